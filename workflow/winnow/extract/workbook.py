"""The extraction table as a spreadsheet: typed cells, the quote as a comment on each, and a sheet that explains every field.

The same values give the same bytes: creation date fixed, nothing is taken from the clock or the machine. Text is written as
text, so that nothing from outside runs as a formula or becomes a link.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence

from winnow.extract.cells import Cell
from winnow.extract.form import Form

_BORN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
#: Excel takes at most this many signs in a comment's box with comfort, and 32,767 in a cell.
_LONGEST_COMMENT, _LONGEST_CELL = 8000, 32000
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
    plain = {"valign": "top", "text_wrap": True, "font_name": "Calibri"}
    formats = {
        "header": book.add_format(plain | {"bold": True, "bottom": 1, "bg_color": "#EEF2F5"}),
        "checked": book.add_format(plain),
        "one person": book.add_format(plain),
        "suggested": book.add_format(plain | {"italic": True, "bg_color": "#FFF3CD"}),
        "disputed": book.add_format(plain | {"bold": True, "bg_color": "#F8D7DA"}),
        "not in text": book.add_format(plain | {"font_color": "#767676"}),
    }
    sheet = book.add_worksheet("Extraction")
    fixed = ("study_id", "study", "year", "reports")
    for column, name in enumerate((*fixed, *(field.label for field in form.fields))):
        sheet.write_string(0, column, name, formats["header"])
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, len(fixed) + len(form.fields) - 1, 18)
    for line, study in enumerate(head, start=1):
        for column, name in enumerate(fixed):
            sheet.write_string(line, column, study[name], formats["checked"])
        for column, cell in enumerate(table[study["study_id"]], start=len(fixed)):
            _write(sheet, line, column, cell, formats)
    _dictionary(book, form, formats)
    book.close()
    return buffer.getvalue()


def _write(sheet: object, line: int, column: int, cell: Cell, formats: Mapping[str, object]) -> None:
    look = formats[cell.status]
    if cell.number is not None:
        sheet.write_number(line, column, cell.number, look)  # type: ignore[attr-defined]
    else:
        sheet.write_string(line, column, cell.marked[:_LONGEST_CELL], look)  # type: ignore[attr-defined]
    if cell.values:
        text = f"{cell.status}\n{cell.comment}"[:_LONGEST_COMMENT]
        sheet.write_comment(line, column, text, {"author": "winnow", "x_scale": 3, "y_scale": 2})  # type: ignore[attr-defined]


def _dictionary(book: object, form: Form, formats: Mapping[str, object]) -> None:
    sheet = book.add_worksheet("Data dictionary")  # type: ignore[attr-defined]
    header = ("field", "label", "question", "type", "unit", "allowed values", "several values", "suggested by")
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, formats["header"])
    for line, field in enumerate(form.fields, start=1):
        by = field.extractor or ("patterns of the form" if field.patterns else "people only")
        row = (
            field.id, field.label, field.question, field.type, field.unit, "; ".join(field.allowed),
            "yes" if field.multiple else "no", by,
        )  # fmt: skip
        for column, text in enumerate(row):
            sheet.write_string(line, column, text, formats["checked"])
    sheet.set_column(0, len(header) - 1, 24)
    for line, (status, meaning) in enumerate(_LEGEND, start=len(form.fields) + 3):
        sheet.write_string(line, 0, status, formats[status])
        sheet.write_string(line, 1, meaning, formats["checked"])
