"""Where the boxes of the flow diagram stand: one layout for all forms, any number, any length of reason.

Columns have fixed widths; a row is as high as its highest stack of boxes. Text fills at most :data:`FILL` of a box's width as
measured in our own typeface, so that a browser's wider substitute stays inside too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from winnow.report.flow import Flow
from winnow.report.form import PHASES, ROWS, UNBROKEN, Cell, Printed, applies, cells, printed
from winnow.report.notes import Notes
from winnow.report.shapes import Arrow, Link, Picture, Rect, Shape, Text
from winnow.report.svg import LINK
from winnow.report.typeface import wrap

WIDTHS = {"previous": 200.0, "left": 260.0, "right": 300.0, "other_left": 220.0, "other_right": 270.0}
SIZE, LEADING, PADDING, INDENT = 13.0, 18.0, 10.0, 14.0
MARGIN, SIDE, COLUMN_GAP, ROW_GAP, STACK_GAP = 24.0, 30.0, 40.0, 34.0, 12.0
FILL = 0.88
HANG = 8.0
INK, LINE, DRAFT_INK = "#1a1a1a", "#444444", "#8a4b00"
PAINT = {
    "plain": ("#ffffff", "#444444"),
    "grey": ("#f1f1f1", "#7a7a7a"),
    "awaiting": ("#fff7e6", "#b26a00"),
    "bar": ("#ffd45c", "#8f6d00"),
    "grey bar": ("#d9d9d9", "#7a7a7a"),
    "side": ("#bcd9f0", "#4a7ba3"),
}
SPANS = {"previous": ("previous", "previous"), "left": ("left", "right"), "other_left": ("other_left", "other_right")}


@dataclass(frozen=True)
class _Placed:
    """A box with its place."""

    cell: Cell
    x: float
    y: float
    w: float
    h: float
    lines: tuple[Printed, ...]

    @property
    def middle(self) -> float:
        return self.y + self.h / 2

    @property
    def centre(self) -> float:
        return self.x + self.w / 2

    @property
    def bottom(self) -> float:
        return self.y + self.h


def draw(flow: Flow, notes: Notes, labels: Mapping[str, str] | None = None) -> Picture:
    """The flow diagram as a picture.

    Args:
        flow: the counted lists.
        notes: the words around them.
        labels: how criteria are called, by id.

    Raises:
        RenderError: a character that no bundled typeface has.
    """
    shown = [cell for cell in cells(updated=flow.updated) if applies(cell, flow)]
    left_edges = _columns(shown)
    width = max(left_edges[name] + WIDTHS[name] for name in left_edges) + MARGIN
    shapes: list[Shape] = []
    y = _heading(shapes, notes, width)
    y = _bars(shapes, shown, left_edges, y)
    placed, bottom = _boxes(shown, flow, labels or {}, left_edges, y)
    _sides(shapes, placed)
    shapes += _arrows(placed)
    for box in placed:
        _box(shapes, box)
    height = _foot(shapes, notes, width, bottom + ROW_GAP)
    return Picture(width, height, shapes, f"{notes.title}: {notes.form}", _described(placed))


def _columns(shown: Sequence[Cell]) -> dict[str, float]:
    """The left edge of each column that the form has."""
    names = [name for name in WIDTHS if any(name in SPANS.get(cell.column, (cell.column,)) for cell in shown)]
    edges, x = {}, MARGIN + SIDE + 14
    for name in names:
        edges[name] = x
        x += WIDTHS[name] + COLUMN_GAP
    return edges


def _heading(shapes: list[Shape], notes: Notes, width: float) -> float:
    room = (width - 2 * MARGIN) * 0.94
    y = MARGIN
    for text, size, ink in [
        (notes.title, 19.0, INK),
        (notes.form, SIZE, LINE),
        *((warning, SIZE, DRAFT_INK) for warning in notes.warnings),
    ]:
        for line in wrap(text, size, room):
            y += size * 1.4
            shapes.append(Text(MARGIN, y - size * 0.3, line, size, ink))
    if notes.draft:
        y += 8
        shapes.append(Rect(MARGIN, y, width - 2 * MARGIN, 30, *PAINT["awaiting"], dashed=True))
        shapes.append(Text(width / 2, y + 20, notes.draft, 14.0, DRAFT_INK, middle=True))
        y += 30
    return y + 16


def _bars(shapes: list[Shape], shown: Sequence[Cell], edges: Mapping[str, float], y: float) -> float:
    bars = [cell for cell in shown if cell.row == "bar"]
    wrapped = []
    for cell in bars:
        first, last = SPANS[cell.column]
        w = edges[last] + WIDTHS[last] - edges[first]
        wrapped.append((cell, edges[first], w, wrap(cell.lines[0].text, SIZE + 1, (w - 2 * PADDING) * FILL)))
    h = max(len(lines) for *_, lines in wrapped) * LEADING + PADDING * 1.4
    for cell, x, w, lines in wrapped:
        shapes.append(Rect(x, y, w, h, *PAINT[cell.kind]))
        top = y + (h - len(lines) * LEADING) / 2
        for index, line in enumerate(lines):
            shapes.append(Text(x + w / 2, top + index * LEADING + 14, line, SIZE + 1, INK, middle=True))
    return y + h + 18


def _boxes(
    shown: Sequence[Cell], flow: Flow, labels: Mapping[str, str], edges: Mapping[str, float], y: float
) -> tuple[list[_Placed], float]:
    """Every box placed, row by row, and the bottom of the last row."""
    placed: list[_Placed] = []
    bottom = y
    for row in ROWS:
        stacks: dict[str, float] = {}
        for cell in (cell for cell in shown if cell.row == row):
            inset = 34.0 if cell.column == "previous" and cell.kind == "awaiting" else 0.0
            w = WIDTHS[cell.column] - inset
            lines = _wrapped(printed(cell, flow, labels), w)
            top = stacks.get(cell.column, y)
            box = _Placed(cell, edges[cell.column] + inset, top, w, len(lines) * LEADING + 2 * PADDING, lines)
            placed.append(box)
            stacks[cell.column] = box.bottom + STACK_GAP
            bottom = max(bottom, box.bottom)
        if stacks:
            y = bottom + ROW_GAP
    return placed, bottom


def _wrapped(lines: Sequence[Printed], w: float) -> tuple[Printed, ...]:
    """Lines broken to the box's width; an entry that ends in its number goes on with a hanging indent."""
    found: list[Printed] = []
    for line in lines:
        room = (w - 2 * PADDING - line.indent * INDENT) * FILL
        hanging = line.indent > 0 or line.text.endswith(")")
        broken = wrap(line.text, SIZE, room)
        if hanging and len(broken) > 1:
            broken = wrap(line.text, SIZE, room - HANG)
        for place, text in enumerate(broken):
            note = line.note if line.note and line.note in text else ""
            continued = hanging and place > 0
            found.append(Printed(text.replace(UNBROKEN, " "), line.indent, line.key, note, continued))
    return tuple(found)


def _box(shapes: list[Shape], box: _Placed) -> None:
    shapes.append(Rect(box.x, box.y, box.w, box.h, *PAINT[box.cell.kind], dashed=box.cell.kind == "awaiting"))
    for index, line in enumerate(box.lines):
        baseline = box.y + PADDING + index * LEADING + SIZE
        x = box.x + PADDING + line.indent * INDENT + (HANG if line.continued else 0)
        if not line.note:
            shapes.append(Text(x, baseline, line.text, SIZE, LINK if line.key else INK, line.key))
            continue
        sign = line.text.index(line.note)
        whole = (Link(0, sign, line.key),) if line.key else ()
        links = (*whole, Link(sign, sign + len(line.note), f"#{_anchor(line.note)}"))
        shapes.append(Text(x, baseline, line.text, SIZE, INK, links=links))


def _sides(shapes: list[Shape], placed: Sequence[_Placed]) -> None:
    """The three phases on the left."""
    for phase, (first, last) in PHASES.items():
        inside = [box for box in placed if ROWS.index(first) <= ROWS.index(box.cell.row) <= ROWS.index(last)]
        top, bottom = min(box.y for box in inside), max(box.bottom for box in inside)
        height = max(bottom - top, 84.0)
        top -= (height - (bottom - top)) / 2
        shapes.append(Rect(MARGIN, top, SIDE, height, *PAINT["side"]))
        shapes.append(Text(MARGIN + SIDE / 2 + 5, top + height / 2, phase, SIZE, INK, middle=True, upright=True))


def _arrows(placed: Sequence[_Placed]) -> list[Arrow]:
    """From each box to the next, aside to what left the flow, and from the other arms into what is included."""
    main = {(box.cell.column, box.cell.row): box for box in placed if box.cell.kind != "awaiting"}
    found: list[Arrow] = []
    for column in ("left", "other_left"):
        chain = [main[column, row] for row in ROWS if (column, row) in main]
        found += [Arrow(((upper.centre, upper.bottom), (lower.centre, lower.y))) for upper, lower in pairwise(chain)]
    for start, aside in (("left", "right"), ("other_left", "other_right")):
        for row in ROWS:
            if (start, row) in main and (aside, row) in main:
                a, b = main[start, row], main[aside, row]
                y = min(a.middle, b.middle)
                found.append(Arrow(((a.x + a.w, y), (b.x, y))))
    found += [_open_work(box, main) for box in placed if box.cell.kind == "awaiting"]
    included = main["left", "included"]
    if ("other_left", "assessed") in main:
        last = main["other_left", "assessed"]
        found.append(
            Arrow(
                ((last.centre, last.bottom), (last.centre, included.middle), (included.x + included.w, included.middle))
            )
        )
    if ("previous", "identification") in main:
        previous, total = main["previous", "identification"], main["left", "total"]
        x = previous.x + 16
        found.append(Arrow(((x, previous.bottom), (x, total.middle), (total.x, total.middle))))
    return found


def _open_work(box: _Placed, main: Mapping[tuple[str, str], _Placed]) -> Arrow:
    """The dashed way to a box of open work, from the line that it left."""
    if box.cell.column == "previous":
        x = main["previous", "identification"].x + 16
        return Arrow(((x, box.middle), (box.x, box.middle)), dashed=True)
    start = "left" if box.cell.column == "right" else "other_left"
    from_box = main.get((start, box.cell.row))
    if from_box is None:
        return Arrow(((main[start, "identification"].centre, box.middle), (box.x, box.middle)), dashed=True)
    x, y = box.x - COLUMN_GAP / 2, min(from_box.middle, main[box.cell.column, box.cell.row].middle)
    return Arrow(((x, y), (x, box.middle), (box.x, box.middle)), dashed=True)


def _foot(shapes: list[Shape], notes: Notes, width: float, y: float) -> float:
    for note in notes.footnotes:
        name, start = _anchor(note.sign) if note.sign else "", 0
        for line in wrap(note.text, 11.0, (width - 2 * MARGIN) * 0.94):
            start = note.text.index(line, start)
            end = start + len(line)
            links = tuple(
                Link(max(link.start, start) - start, min(link.end, end) - start, link.key)
                for link in note.links
                if link.start < end and link.end > start
            )
            shapes.append(Text(MARGIN, y, line, 11.0, LINE, links=links, id=name))
            y, name, start = y + 15, "", end
        y += 3
    return y + MARGIN / 2


def _anchor(sign: str) -> str:
    """The id of the footnote with this sign; no other element of a page has it."""
    return f"prisma-note-{len(sign)}"


def _described(placed: Sequence[_Placed]) -> str:
    return ". ".join(" ".join(line.text for line in box.lines) for box in placed)
