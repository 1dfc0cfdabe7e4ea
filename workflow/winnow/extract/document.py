"""The readers' tables as a Word document: three lines each, on landscape pages, ready to paste into a manuscript.

Columns are as wide as what stands in them needs, no row is torn by a page's end, and the heading row comes again on each page. The
bytes depend on nothing but the cells.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from winnow.extract.cells import Cell
from winnow.extract.form import Form
from winnow.extract.readers_tables import NOTE, TITLES, tables_of
from winnow.text import is_han

if TYPE_CHECKING:
    from docx.document import Document as Written
    from docx.table import Table, _Row

#: A table of more columns than this does not fit a landscape page; its fields continue in a further block under it.
_COLUMNS = 9
#: The width and height of the page, its margin, the width of one sign (a Chinese one counts twice) and what a cell keeps
#: free at its sides, in cm.
_PAGE, _MARGIN, _SIGN, _SIDES = (29.7, 21.0), 2.0, 0.165, 0.42
_BORN = datetime.datetime(2000, 1, 1)
#: Signs that XML 1.0 does not allow.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: A property of a Word document has no more signs.
_LONGEST_TITLE = 255


def docx(form: Form, head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]]) -> bytes:
    """The document's bytes: the tables one after another, unverified and disputed cells marked, a note under each."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(_PAGE[0]), Cm(_PAGE[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    properties = document.core_properties
    properties.created = properties.modified = _BORN
    properties.title = _printable(form.title or "Extraction tables")[:_LONGEST_TITLE]
    properties.author = properties.last_modified_by = ""
    properties.revision = 1
    for number, (name, fields) in enumerate(tables_of(form).items(), start=1):
        blocks = [fields[start : start + _COLUMNS] for start in range(0, len(fields), _COLUMNS)]
        for order, block in enumerate(blocks):
            more = f" (continued, {order + 1} of {len(blocks)})" if order else ""
            caption = document.add_paragraph()
            caption.add_run(f"Table {number}. ").bold = True
            caption.add_run(TITLES[name] + more)
            caption.paragraph_format.keep_with_next = True
            caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(12), Pt(4)
            _three_lines(document, form, head, table, block)
        note = document.add_paragraph()
        note.paragraph_format.space_before = Pt(3)
        said = note.add_run(NOTE)
        said.italic, said.font.size = True, Pt(8)
    return _fixed_zip(document)


def _three_lines(
    document: Written, form: Form, head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]],
    fields: Sequence[str],
) -> None:  # fmt: skip
    labels = ["Study", *(form[field].label for field in fields)]
    listed = [{cell.field.id: cell for cell in table[study["study_id"]]} for study in head]
    body = [
        [study["study"], *(cells[field].marked for field in fields)] for study, cells in zip(head, listed, strict=True)
    ]
    grid = document.add_table(rows=1 + len(body), cols=len(labels))
    rows = list(grid.rows)
    for place, words in zip(rows[0].cells, labels, strict=True):
        place.paragraphs[0].add_run(_printable(words)).bold = True
    for row, texts, cells in zip(rows[1:], body, listed, strict=True):
        for place, text, field in zip(row.cells, texts, ["", *fields], strict=True):
            run = place.paragraphs[0].add_run(_printable(text))
            run.italic = bool(field) and cells[field].status == "suggested"
            run.bold = bool(field) and cells[field].status == "disputed"
    _set(grid, widths([labels, *body]))
    _rule(rows[0], top=12, bottom=6)
    if body:
        _rule(rows[-1], bottom=12)
    _mark(rows[0], "tblHeader")


def widths(lines: Sequence[Sequence[str]]) -> list[float]:
    """How wide each column is, in cm: its longest word fits, and what is left goes where most is to be read."""
    whole = _PAGE[0] - 2 * _MARGIN
    columns = list(zip(*lines, strict=True))
    least = [max(max(map(_signs, re.split(r"[\s-]+", text)), default=0) for text in column) for column in columns]
    room = [sign * _SIGN + _SIDES for sign in least]
    wanted = [1 + max(_signs(text) for text in column) ** 0.5 for column in columns]
    spare = whole - sum(room)
    if spare <= 0:
        return [each * whole / sum(room) for each in room]
    return [each + spare * want / sum(wanted) for each, want in zip(room, wanted, strict=True)]


def _signs(text: str) -> int:
    """The length of a text in half-width signs; of a Chinese one, which may break anywhere, at most eight."""
    if is_han(text) and " " not in text:
        return min(8, 2 * len(text))
    return len(text)


def _set(grid: Table, wide: Sequence[float]) -> None:
    """Fixed widths, no space between paragraphs, and rows that stay whole."""
    from docx.shared import Cm, Pt

    grid.autofit = False
    for column, width in zip(grid.columns, wide, strict=True):
        column.width = Cm(width)
    for row in grid.rows:
        _mark(row, "cantSplit")
        for place, width in zip(row.cells, wide, strict=True):
            place.width = Cm(width)
            paragraph = place.paragraphs[0].paragraph_format
            paragraph.space_before = paragraph.space_after = Pt(2)


def _printable(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _rule(row: _Row, *, top: int = 0, bottom: int = 0) -> None:
    """Lines over and under a row, in eighths of a point; none beside."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in row.cells:
        borders = OxmlElement("w:tcBorders")
        for side, size in (("top", top), ("bottom", bottom)):
            if size:
                edge = OxmlElement(f"w:{side}")
                for key, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "000000")):
                    edge.set(qn(f"w:{key}"), value)
                borders.append(edge)
        cell._tc.get_or_add_tcPr().append(borders)


def _mark(row: _Row, name: str) -> None:
    """A property of a row: ``tblHeader`` (again on each page) or ``cantSplit`` (not torn by a page's end)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(f"w:{name}")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _fixed_zip(document: Written) -> bytes:
    """The document's bytes with the time of each part fixed, so that the same tables are the same file."""
    buffer = io.BytesIO()
    document.save(buffer)
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as saved, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in saved.namelist():
            part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            fixed.writestr(part, saved.read(name))
    return out.getvalue()
