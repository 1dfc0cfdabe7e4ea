"""The table of docs/import.md: which tag of which format fills which column, out of ``tags.csv`` alone.

    python -m winnow.records.format_table docs/import.md

replaces what stands between the two marks of that file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from winnow import files
from winnow.records.formats import LABELS
from winnow.records.mapping import table
from winnow.records.sheets import label

BEGIN = "<!-- format table: begin (written by python -m winnow.records.format_table) -->"
END = "<!-- format table: end -->"
COLUMNS = (
    ("title", "title"), ("original_title", "original title"), ("abstract", "abstract"), ("authors", "authors"),
    ("year", "year"), ("date", "date"), ("journal", "journal"), ("volume", "volume"), ("issue", "issue"),
    ("pages", "pages"), ("doi", "DOI"), ("pmid", "PMID"), ("issn", "ISSN"), ("language", "language"),
    ("publication_types", "type"), ("keywords", "keywords"), ("mesh", "MeSH"), ("notices", "notices"), ("url", "link"),
)  # fmt: skip
#: Parts that make up the pages.
_PARTS = {
    "page_first": "pages",
    "page_last": "pages",
    "article_number": "pages",
    "cnki_issue": "issue",
    "other_pages": "pages",
}


def markdown() -> str:
    """One section per format: each column with the tags that fill it, in order of preference."""
    return "\n".join(line for format_id in _formats() for line in _section(format_id))


def _formats() -> Iterator[str]:
    seen = dict.fromkeys(row.format for row in table())
    return (format_id for format_id in seen if not format_id.endswith("-winnow"))


def _name(format_id: str) -> str:
    if format_id.startswith("table"):
        return label(format_id).capitalize() if format_id == "table" else label(format_id)
    base, _, variant = format_id.partition("-")
    return f"{LABELS[base]} as {variant.capitalize()} writes it" if variant else LABELS[base]


def _section(format_id: str) -> Iterator[str]:
    tags: dict[str, list[str]] = {}
    ignored = []
    for row in table():
        if row.format != format_id:
            continue
        if row.column:
            held = tags.setdefault(_PARTS.get(row.column, row.column), [])
            held += [row.tag] if row.tag not in held else []
        else:
            ignored.append(row.tag)
    yield f"### {_name(format_id)}"
    yield ""
    yield "| column | tags, the first that has a value first |"
    yield "|---|---|"
    for column, name in COLUMNS:
        if column in tags:
            yield f"| {name} | {' '.join(_code(tag) for tag in tags[column])} |"
    yield ""
    if ignored:
        yield f"Known and not kept: {' '.join(_code(tag) for tag in ignored)}"
        yield ""


def _code(tag: str) -> str:
    return f"`{tag}`".replace("|", "\\|")


def replaced(text: str) -> str:
    """The document with its table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{markdown().strip()}\n\n{END}{after}"


if __name__ == "__main__":
    document = Path(sys.argv[1])
    files.write_text(document, replaced(document.read_text(encoding="utf-8")))
