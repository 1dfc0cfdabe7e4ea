"""The extraction table as a spreadsheet: typed cells, the quote as a comment on each, and a sheet that explains every field.

The same values give the same bytes: creation date fixed, nothing is taken from the clock or the machine. Text is written as
text, so that nothing from outside runs as a formula or becomes a link.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from winnow.extract.cells import MARKS, Cell
from winnow.extract.form import Form
from winnow.text import is_han

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_BORN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
#: Excel takes at most this many signs in a comment's box with comfort, and 32,767 in a cell.
_LONGEST_COMMENT, _LONGEST_CELL = 8000, 32000
#: Bounds of a column's width in signs; the height of a line and of the highest row that Excel allows, in points; A4 to Excel.
_NARROWEST, _WIDEST = 8, 44
_LINE, _HIGHEST_ROW, _A4 = 15.0, 409.0, 9
_LEGEND = (
    ("checked", "extracted by one person and checked by another, or the same from two people"),
    ("one person", "extracted by one person"),
    ("disputed", "two people differ and nobody has settled it"),
    ("suggested", "found in the text by a rule; no person has seen it"),
    ("not in text", "neither a person nor a rule found it"),
)


def workbook(form: Form, head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]]) -> bytes:
    """The workbook's bytes.

    Args:
        form: the extraction form.
        head: one mapping per study with ``study_id``, ``study`` (its label), ``reports`` and ``year``.
        table: each study's cells in the form's order.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": _BORN, "title": form.title or "Extraction table"})
    plain = {"valign": "top", "align": "left", "text_wrap": True, "font_name": "Calibri"}
    formats = {
        "header": book.add_format(plain | {"bold": True, "bottom": 1, "bg_color": "#EEF2F5"}),
        "checked": book.add_format(plain),
        "one person": book.add_format(plain),
        # A number stays a number and shows its mark all the same.
        "suggested": book.add_format(
            plain | {"italic": True, "bg_color": "#FFF3CD", "num_format": f'General"{MARKS["suggested"]}"'}
        ),
        "disputed": book.add_format(plain | {"bold": True, "bg_color": "#F8D7DA"}),
        "not in text": book.add_format(plain | {"font_color": "#767676"}),
    }
    sheet = book.add_worksheet("Extraction")
    fixed = ("study_id", "study", "year", "reports")
    for column, name in enumerate((*fixed, *(field.label for field in form.fields))):
        sheet.write_string(0, column, name, formats["header"])
    sheet.freeze_panes(1, 2)
    lines = [[*(study[name] for name in fixed), *(cell.marked for cell in table[study["study_id"]])] for study in head]
    _lay_out(sheet, [[*fixed, *(field.label for field in form.fields)], *lines])
    for line, study in enumerate(head, start=1):
        for column, name in enumerate(fixed):
            sheet.write_string(line, column, study[name], formats["checked"])
        for column, cell in enumerate(table[study["study_id"]], start=len(fixed)):
            _write(sheet, line, column, cell, formats)
    _dictionary(book, form, formats)
    book.close()
    return buffer.getvalue()


def _lay_out(sheet: Worksheet, lines: Sequence[Sequence[str]]) -> None:
    """Columns as wide and rows as high as what stands in them; on paper landscape, with heading and study on each page.

    Heights are written down, for programs that don't work them out.
    """
    wide = [
        min(_WIDEST, max(_NARROWEST, 2 + max(map(_half_widths, column)))) for column in zip(*lines, strict=True)
    ]  # fmt: skip
    for column, width in enumerate(wide):
        sheet.set_column(column, column, width)
    for number, line in enumerate(lines):
        high = max(1 + _half_widths(text) // (width - 1) for text, width in zip(line, wide, strict=True))
        sheet.set_row(number, min(_HIGHEST_ROW, _LINE * high))
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)


def _half_widths(text: str) -> int:
    return sum(2 if is_han(sign) else 1 for sign in text)


def _write(sheet: Worksheet, line: int, column: int, cell: Cell, formats: Mapping[str, Format]) -> None:
    look = formats[cell.status]
    if cell.number is not None:
        sheet.write_number(line, column, cell.number, look)
    else:
        sheet.write_string(line, column, cell.marked[:_LONGEST_CELL], look)
    if cell.values:
        text = f"{cell.status}\n{cell.comment}"[:_LONGEST_COMMENT]
        sheet.write_comment(line, column, text, {"author": "winnow", "x_scale": 3, "y_scale": 2})


def _dictionary(book: Workbook, form: Form, formats: Mapping[str, Format]) -> None:
    sheet = book.add_worksheet("Data dictionary")
    header = ("field", "label", "question", "type", "unit", "allowed values", "several values", "suggested by")
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, formats["header"])
    lines = [
        (
            field.id, field.label, field.question, field.type, field.unit, "; ".join(field.allowed),
            "yes" if field.multiple else "no",
            field.extractor or ("patterns of the form" if field.patterns else "people only"),
        )
        for field in form.fields
    ]  # fmt: skip
    _lay_out(sheet, [header, *lines])
    for number, line in enumerate(lines, start=1):
        for column, text in enumerate(line):
            sheet.write_string(number, column, text, formats["checked"])
    for number, (status, meaning) in enumerate(_LEGEND, start=len(form.fields) + 3):
        sheet.write_string(number, 0, status, formats[status])
        sheet.write_string(number, 1, meaning, formats["checked"])
