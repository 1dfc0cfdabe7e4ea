"""The four official forms of the PRISMA 2020 flow diagram, from one table (``form.csv``): which box stands where and says what.

Wording after Page MJ et al., BMJ 2021;372:n71; "new" stands only in an updated review. Boxes of kind ``awaiting`` are ours: PRISMA
has none for open work, and they are drawn only while there is some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from winnow import package_data
from winnow.report.boxes import Box
from winnow.report.flow import Flow
from winnow.report.typeface import printable

ROWS = ("identification", "screened", "sought", "assessed", "included", "total")
PHASES = {
    "Identification": ("identification", "identification"),
    "Screening": ("screened", "assessed"),
    "Included": ("included", "total"),
}
#: Keeps a number in brackets on one line; it is printed as an ordinary space.
UNBROKEN = "\u00a0"
SOURCE = (
    "Form and wording: Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement: an updated guideline for "
    "reporting systematic reviews. BMJ 2021;372:n71. doi:10.1136/bmj.n71"
)


@dataclass(frozen=True)
class Line:
    """A line of a box.

    ``key`` names the box of the flow whose number follows (empty: text alone); ``numbered`` says where: ``beside`` the text,
    ``below`` it, or ``by part``, with a line for each part of that box. ``note`` is a footnote's sign.
    """

    text: str
    key: str = ""
    numbered: str = ""
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """A box in its column and row."""

    column: str
    row: str
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Printed:
    """One line as it is printed: its text, its indent in steps, the list behind it and the footnote's sign (empty: none).

    ``continued`` is a line that goes on with the entry above it.
    """

    text: str
    indent: int = 0
    key: str = ""
    note: str = ""
    continued: bool = False


def cells(*, updated: bool) -> tuple[Cell, ...]:
    """Every box of the form; those that do not apply are left out when it is filled."""
    words = {"new": "new ", "Studies": "New studies"} if updated else {"new": "", "Studies": "Studies"}
    boxes = groupby(package_data.rows("report/form.csv"), itemgetter("column", "row", "kind"))
    return tuple(
        Cell(column, row, kind, tuple(_line(its, words) for its in lines)) for (column, row, kind), lines in boxes
    )


def _line(row: Mapping[str, str], words: Mapping[str, str]) -> Line:
    return Line(row["text"].format_map(words), row["key"], row["numbered"], row["note"])


def applies(cell: Cell, flow: Flow) -> bool:
    """Whether the form has this box: its column is there, and open work is shown only while there is some."""
    if cell.column == "previous" or cell.row == "total":
        if not flow.updated:
            return False
    elif cell.column.startswith("other") and not flow.other_methods:
        return False
    return cell.kind != "awaiting" or bool(flow.n(cell.lines[0].key))


def printed(cell: Cell, flow: Flow, labels: Mapping[str, str]) -> list[Printed]:
    """The lines of a box with their numbers; ``labels`` says how criteria are called."""
    found: list[Printed] = []
    several = len(cell.lines) > 1 and not cell.lines[0].key
    for line in cell.lines:
        indent = 1 if several and line.key else 0
        if not line.key:
            found.append(Printed(line.text, note=line.note))
            continue
        box = flow.boxes[line.key]
        if box.n is None:
            if line.key == "register_results":
                found.append(Printed(f"{line.text} (none searched)", indent))
            continue
        by_part = line.numbered == "by part"
        if by_part and line.text.endswith(":") and box.parts:
            found.append(Printed(line.text, indent, box.key))
        elif line.numbered == "below" or line.text.endswith(":"):
            text = line.text.removesuffix(":")
            found += [Printed(text, indent, box.key, line.note), Printed(_number(box), indent, box.key)]
        else:
            found.append(Printed(f"{line.text} {_number(box)}", indent, box.key))
        if by_part:
            found += [_part(part, indent + 1, labels) for part in box.parts]
    return found


def _part(part: Box, indent: int, labels: Mapping[str, str]) -> Printed:
    label = printable(labels.get(part.label, part.label))
    if part.n is None:
        return Printed(f"{label}: no export supplied", indent)
    return Printed(f"{label} {_number(part)}", indent, part.key)


def _number(box: Box) -> str:
    return f"(n = {box.n})".replace(" ", UNBROKEN)


#: Boxes that have no place of their own in the official forms.
BESIDE = {
    "other_duplicates": "Records of other methods that were found again",
    "other_known": "Records of other methods known before",
    "other_dismissed": "Records of other methods dismissed on title or by rule",
    "new_reports_of_previous_studies": "New reports of studies that the review already had",
    "read_for_screening": "Reports by what was read at screening",
    "read_for_eligibility": "Reports by what was read for eligibility",
    "dbr_included": "Reports included from databases and registers",
    "other_included": "Reports included from other methods",
    "database_specific_results": "Databases, one by one",
    "register_specific_results": "Registers, one by one",
}


def names(flow: Flow, labels: Mapping[str, str]) -> dict[str, str]:
    """How every box and every part is called where it stands alone, as above its list."""
    said = {line.key: line.text.rstrip(":*") for cell in cells(updated=flow.updated) for line in cell.lines if line.key}
    found = {}
    for key, box in flow.boxes.items():
        arm = " (other methods)" if key.startswith("other_") and key in said else ""
        found[key] = (said.get(key) or BESIDE.get(key) or key.replace("_", " ")) + arm
        for part in box.parts:
            found.setdefault(part.key, f"{found[key]}: {labels.get(part.label, part.label)}")
    return found
