"""From the tags of one entry to the columns of the records table, by the tag table alone.

``tags.csv`` has one row per format, tag and column: which column a tag fills, and by which function of :mod:`values`. Rows
stand in order of preference: for a column that holds one value the first row that gives one wins. A tag with an empty column
is known and not kept. A format ``a-b`` is a variant of ``a``: its rows come
first, and a tag that it names is not read as ``a`` would read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from winnow import package_data
from winnow.records.values import HOW, How

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)")
#: What NLM prints for a title that was not translated.
_PLACEHOLDERS = frozenset(("", "[not available]", "[in process citation]"))
#: Columns that hold several values, joined by "; ".
MULTIPLE = frozenset({"authors", "issn", "language", "publication_types", "mesh", "keywords", "notices"})
#: Columns whose several values are one text in parts, and what joins them.
PARTED = {"title": " ", "abstract": "\n"}


@dataclass(slots=True)
class Entry:
    """One record as its file has it.

    ``values`` holds (tag, lines) in the order of the file; ``first`` and ``last`` are line numbers from 1. ``columns`` is
    filled instead by a reader that knows the columns itself. ``variant`` names the tag table's rows, if not the format does;
    ``member`` the file inside an archive.
    """

    format: str
    first: int
    last: int = 0
    values: list[tuple[str, list[str]]] = field(default_factory=list)
    raw: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    variant: str = ""
    member: str = ""

    def closed(self, raw: list[str]) -> Entry:
        """The entry with its lines from ``first`` on, without the empty ones at their end."""
        while len(raw) > 1 and not raw[-1].strip():
            raw.pop()
        self.last = self.first + len(raw) - 1
        self.raw = "\n".join(raw)
        return self


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the tag table; ``column`` is empty for a tag that is known and not kept; ``clean`` reads its values."""

    format: str
    tag: str
    column: str
    how: str
    meaning: str
    clean: How


@cache
def table() -> tuple[Row, ...]:
    """The tag table, in order of preference within each format."""
    return tuple(
        Row(row["format"], row["tag"], row["column"], row["how"], row["meaning"], HOW[row["how"]])
        for row in package_data.rows("records/tags.csv")
    )


@cache
def rows_of(format_id: str) -> tuple[Row, ...]:
    """The rows of one format; a variant's own rows come before those of the format that it doesn't redefine."""
    base = format_id.split("-")[0]
    own = tuple(row for row in table() if row.format == format_id)
    redefined = {row.tag for row in own} if format_id != base else set()
    return own + tuple(row for row in table() if format_id != base == row.format and row.tag not in redefined)


@cache
def known_tags(format_id: str) -> frozenset[str]:
    """Every tag that the format knows, kept or not."""
    return frozenset(row.tag for row in rows_of(format_id))


@cache
def _plan(format_id: str) -> tuple[tuple[str, str, bool, Row], ...]:
    return tuple((row.tag, row.column, row.column in MULTIPLE, row) for row in rows_of(format_id) if row.column)


def mapped(entry: Entry, format_id: str, line_values: frozenset[str] = frozenset()) -> dict[str, str]:
    """The bibliographic columns that the entry fills; columns without a value are left out.

    Args:
        entry: the record as its file has it.
        format_id: the format or the variant whose rows apply.
        line_values: the functions of :mod:`values` for which each further line of a tag is a value of its own (EndNote's
            RIS, Web of Science's names) and not the rest of the line before.
    """
    given: dict[str, list[list[str]]] = {}
    for tag, lines in entry.values:
        given.setdefault(tag, []).append(lines)
    found: dict[str, list[str]] = {}
    for tag, column, many, row in _plan(format_id):
        if tag not in given or (not many and column in found):
            continue
        clean = row.clean
        values: list[str] = []
        for lines in given[tag]:
            if len(lines) == 1:
                values += clean(lines[0])
            elif row.how in line_values:
                for line in lines:
                    values += clean(line)
            else:
                values += clean(joined(lines))
        if values:
            _add(found, row, values)
    return composed(found)


def _add(found: dict[str, list[str]], row: Row, values: list[str]) -> None:
    before = found.get(row.column)
    if before is None:
        found[row.column] = [PARTED[row.column].join(values)] if row.column in PARTED else values
    elif row.column != "authors":
        found[row.column] = before + [value for value in values if value not in before]
    elif row.how == "group":
        found[row.column] = before + values
    elif len(values) > len(before):
        found[row.column] = values


def joined(lines: Sequence[str]) -> str:
    """Wrapped lines as one text: a space between them, unless the break stands between two Han characters."""
    if len(lines) == 1:
        return lines[0]
    pieces = [lines[0].rstrip()]
    for line in lines[1:]:
        if line := line.strip():
            pieces.append(line if _han(pieces[-1][-1:]) and _han(line[0]) else f" {line}")
    return "".join(pieces)


def _han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def composed(found: Mapping[str, list[str]]) -> dict[str, str]:
    """The record's columns out of its parts: pages from first and last page, the year from a date, the journal of a thesis."""
    parts = dict(found)
    first, last = parts.pop("page_first", [""])[0], parts.pop("page_last", [""])[0]
    number = parts.pop("article_number", [""])[0]
    publisher = parts.pop("publisher", [""])
    batch = parts.pop("cnki_issue", [])  # on a thesis the number of the batch in which CNKI took it in
    other = parts.pop("other_pages", [""])[0]
    if other:
        parts["pages"] = [f"{first}-{other}" if first and other.isalnum() and other != first else other]
    elif "pages" in parts:
        ranged = [value for value in parts["pages"] if "-" in value or "+" in value]
        parts["pages"] = ranged or parts["pages"]
    elif pages := (f"{first}-{last}" if first and last and last != first and "-" not in first else first or number):
        parts["pages"] = [pages]
    if "year" not in parts and (dated := _YEAR.search(parts.get("date", [""])[0])):
        parts["year"] = [dated.group()]
    if "Thesis" in parts.get("publication_types", ()):
        if "journal" not in parts and publisher[0]:
            parts["journal"] = publisher
    elif batch:
        parts["issue"] = batch
    if "original_title" in parts and parts.get("title", [""])[0].rstrip(".").lower() in _PLACEHOLDERS:
        parts["title"] = parts["original_title"]
    elif "original_title" in parts and parts["original_title"] == parts.get("title"):
        del parts["original_title"]
    if "journal" not in parts and "journal_abbrev" in parts:
        parts["journal"] = parts["journal_abbrev"]
    return {
        column: "; ".join(dict.fromkeys(values) if column != "authors" else values) if column in MULTIPLE else values[0]
        for column, values in parts.items()
    }
