"""The tables that readers of a review want: characteristics, results, adverse events, as CSV, DOCX and HTML.

Every form shows the same cells (:mod:`winnow.extract.cells`): what no person vouches for is marked, and where nothing was found the
cell says so. The DOCX is a three-line table on a landscape page, ready to paste into a manuscript; its bytes depend on nothing but
the cells.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

from winnow.extract.cells import Cell
from winnow.extract.form import Form

TITLES = {
    "characteristics": "Characteristics of included studies",
    "results": "Results of included studies",
    "adverse_events": "Adverse events in included studies",
}
#: A table of more columns than this does not fit a landscape page; its fields continue in a further block under it.
_COLUMNS = 9
_NOTE = (
    "(unverified): found in the text by a rule, seen by no person. (disputed): two people differ. "
    "not in text: found by neither."
)
_BORN = datetime.datetime(2000, 1, 1)


def tables_of(form: Form) -> dict[str, list[str]]:
    """The ids of each table's fields, in the order of the form; tables without a field are left out."""
    found: dict[str, list[str]] = {name: [] for name in TITLES}
    for field in form.fields:
        found[field.table].append(field.id)
    return {name: ids for name, ids in found.items() if ids}


def rows(
    head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]], fields: Sequence[str]
) -> list[dict[str, str]]:
    """One row per study with the marked text of the wanted fields."""
    wanted = set(fields)
    return [
        {"study_id": study["study_id"], "study": study["study"]}
        | {cell.field.id: cell.marked for cell in table[study["study_id"]] if cell.field.id in wanted}
        for study in head
    ]


def html(form: Form, head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]]) -> str:
    """The tables as one page without scripts; each cell's quotes stand behind it, open to keyboard and reader alike."""
    title = escape(form.title or "Extraction table")
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>',
        _STYLE,
        f"</style></head><body><h1>{title}</h1><p>{escape(_NOTE)}</p>",
    ]
    for name, fields in tables_of(form).items():
        labels = "".join(f'<th scope="col">{escape(form[field].label)}</th>' for field in fields)
        parts.append(f"<h2>{escape(TITLES[name])}</h2><div class='scroll' tabindex='0'><table>")
        parts.append(f'<thead><tr><th scope="col">Study</th>{labels}</tr></thead><tbody>')
        for study in head:
            cells = {cell.field.id: cell for cell in table[study["study_id"]]}
            body = "".join(_cell(cells[field]) for field in fields)
            parts.append(f'<tr><th scope="row">{escape(study["study"])}</th>{body}</tr>')
        parts.append("</tbody></table></div>")
    return "\n".join([*parts, "</body></html>"]) + "\n"


_STYLE = """body{font:15px/1.45 "Noto Sans","Noto Sans CJK SC","Microsoft YaHei",Arial,sans-serif;margin:2rem;color:#111827}
.scroll{overflow-x:auto}table{border-collapse:collapse;border-top:2px solid;border-bottom:2px solid;font-size:13px}
th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;min-width:6rem}thead th{border-bottom:1px solid}
.suggested{background:#fff3cd;font-style:italic}.disputed{background:#f8d7da;font-weight:bold}.not-in-text{color:#6b6b6b}
summary{cursor:pointer}blockquote{margin:.3rem 0;font-size:12px;font-style:normal;font-weight:normal}"""


def _cell(cell: Cell) -> str:
    name = cell.status.replace(" ", "-")
    if not cell.values:
        return f'<td class="{name}">{escape(cell.marked)}</td>'
    told = "".join(f"<blockquote>{escape(line)}</blockquote>" for line in cell.comment.split("\n"))
    return f'<td class="{name}"><details><summary>{escape(cell.marked)}</summary>{told}</details></td>'


def docx(form: Form, head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]]) -> bytes:
    """The tables as a Word document: landscape, three lines each, marks and quotes' sources in a note."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    properties = document.core_properties
    properties.created = properties.modified = _BORN
    properties.title, properties.author, properties.last_modified_by = form.title or "Extraction tables", "", ""
    properties.revision = 1
    for number, (name, fields) in enumerate(tables_of(form).items(), start=1):
        blocks = [fields[start : start + _COLUMNS] for start in range(0, len(fields), _COLUMNS)]
        for order, block in enumerate(blocks):
            more = f" (continued, {order + 1} of {len(blocks)})" if order else ""
            caption = document.add_paragraph()
            caption.add_run(f"Table {number}. ").bold = True
            caption.add_run(TITLES[name] + more)
            caption.paragraph_format.keep_with_next = True
            _three_lines(document, form, head, table, block)
        note = document.add_paragraph()
        note.add_run(_NOTE).italic = True
    return _fixed_zip(document)


def _three_lines(
    document: object, form: Form, head: Sequence[Mapping[str, str]], table: Mapping[str, Sequence[Cell]],
    fields: Sequence[str],
) -> None:  # fmt: skip
    grid = document.add_table(rows=1, cols=len(fields) + 1)  # type: ignore[attr-defined]
    for cell, words in zip(grid.rows[0].cells, ["Study", *(form[field].label for field in fields)], strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    for study in head:
        cells = {cell.field.id: cell for cell in table[study["study_id"]]}
        line = grid.add_row().cells
        line[0].paragraphs[0].add_run(study["study"])
        for place, field in zip(line[1:], fields, strict=True):
            run = place.paragraphs[0].add_run(_printable(cells[field].marked))
            run.italic = cells[field].status == "suggested"
            run.bold = cells[field].status == "disputed"
    _rule(grid.rows[0], top=12, bottom=6)
    _rule(grid.rows[-1], bottom=12, top=6 if len(grid.rows) == 2 else 0)
    _repeat(grid.rows[0])


def _printable(text: str) -> str:
    """Text without the signs that XML does not allow."""
    return "".join(sign for sign in text if sign in "\t\n" or ord(sign) >= 32)


def _rule(row: object, *, top: int = 0, bottom: int = 0) -> None:
    """Lines over and under a row, in eighths of a point; none beside."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in row.cells:  # type: ignore[attr-defined]
        borders = OxmlElement("w:tcBorders")
        for side, size in (("top", top), ("bottom", bottom)):
            if size:
                edge = OxmlElement(f"w:{side}")
                for key, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "000000")):
                    edge.set(qn(f"w:{key}"), value)
                borders.append(edge)
        cell._tc.get_or_add_tcPr().append(borders)


def _repeat(row: object) -> None:
    """The heading row again on each page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # type: ignore[attr-defined]


def _fixed_zip(document: object) -> bytes:
    """The document's bytes with the time of each part fixed, so that the same tables are the same file."""
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as saved, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in saved.namelist():
            part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            fixed.writestr(part, saved.read(name))
    return out.getvalue()
