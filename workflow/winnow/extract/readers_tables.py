"""The tables that readers of a review want: characteristics, results, adverse events, as CSV and HTML.

Every form shows the same cells (:mod:`winnow.extract.cells`): what no person vouches for is marked, and where nothing was found the
cell says so. :mod:`winnow.extract.document` sets the same tables for Word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from winnow.extract.cells import Cell
from winnow.extract.form import Form

TITLES = {
    "characteristics": "Characteristics of included studies",
    "results": "Results of included studies",
    "adverse_events": "Adverse events in included studies",
}
NOTE = (
    "(unverified): found in the text by a rule, seen by no person. (disputed): two people differ. "
    "not in text: found by neither."
)


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
        f"</style></head><body><h1>{title}</h1><p>{escape(NOTE)}</p>",
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
