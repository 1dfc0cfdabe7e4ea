"""The records table as its rows stand: a text that a later search finds again is one content, and read once if at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from winnow import lines, reuse, tables
from winnow.deduplicate import entries

if TYPE_CHECKING:
    import pandas as pd

#: A row as the records stage writes it: cells that need no quotes at both ends, and the content between them.
_ROW = re.compile(rb"""(([^,"'\s]+),([^,"'\s]+),([^,"'\s]+)),(.*),([^,"'\n]+,\d+-\d+,[0-9a-f]{64})""", re.DOTALL)


class Content(NamedTuple):
    """What a record says: its cells as they are written, and their hash."""

    cells: bytes
    name: str


class Row(NamedTuple):
    """One row of the records table.

    Attributes:
        record_id, search_id, source: its own cells, as they are meant.
        own: the same, as they are written.
        content: what it says.
        place: where it stands, as written.
        filled: whether no cell but the content's is empty.
    """

    record_id: str
    search_id: str
    source: str
    own: bytes
    content: Content
    place: bytes
    filled: bool


class Entry(NamedTuple):
    """A record that one or several searches found, as :func:`winnow.deduplicate.entries.one_per_record` makes one of its rows.

    Attributes:
        record_id: its id.
        first: the place of the earliest search that found it, from 0.
        own: the id, the earliest search and the source, as they are written.
        content: what it says now.
        place: where that stands, as written.
    """

    record_id: str
    first: int
    own: bytes
    content: Content
    place: bytes

    @property
    def cells(self) -> bytes:
        """The whole row."""
        return b"%b,%b,%b" % (self.own, self.content.cells, self.place)


@dataclass(frozen=True)
class Records:
    """The records table; ``columns`` are those of a row's content."""

    where: str
    columns: tuple[str, ...]
    rows: Sequence[Row]

    @property
    def header(self) -> tuple[str, ...]:
        """The columns of a whole row."""
        return (*tables.RECORD_OWN, *self.columns, *tables.RECORD_PLACE)

    def table(self, chosen: Sequence[Entry], only: Sequence[str] = ()) -> pd.DataFrame:
        """Entries cell by cell."""
        return lines.parsed([entry.cells for entry in chosen], self.header, self.where, only)

    def of(self, searches: Collection[str]) -> Records:
        """What these searches found."""
        return Records(self.where, self.columns, [row for row in self.rows if row.search_id in searches])

    def entries(self, searches: Sequence[str]) -> list[Entry]:
        """One for each record, sorted by id; ``searches`` are named oldest first."""
        order = {name: place for place, name in enumerate(searches)}
        unnamed = sorted({row.search_id for row in self.rows} - order.keys())
        order |= {name: place for place, name in enumerate(unnamed, len(order))}
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.record_id, []).append(row)
        single: list[Entry] = []
        several: list[Row] = []
        for record_id, rows in found.items():
            if len(rows) > 1:
                rows.sort(key=lambda row: (order[row.search_id], row.search_id, row.source))
                if not all(row.filled and row.content == rows[0].content for row in rows):
                    several += rows
                    continue
            first, last = rows[0], rows[-1]
            single.append(Entry(record_id, order[first.search_id], first.own, last.content, last.place))
        return sorted(single + self._together(several, list(order)))

    def _together(self, rows: Sequence[Row], searches: Sequence[str]) -> list[Entry]:
        """The entries of records of which two searches found different texts."""
        if not rows:
            return []
        whole = [b"%b,%b,%b" % (row.own, row.content.cells, row.place) for row in rows]
        table = entries.one_per_record(lines.parsed(whole, self.header, self.where), searches)
        parts = [
            [lines.cells(cells) for cells in zip(*(table[name].tolist() for name in names), strict=True)]
            for names in (tables.RECORD_OWN, self.columns, tables.RECORD_PLACE)
        ]
        own, content, place = parts
        contents = _contents(content, self.columns)
        return [
            Entry(*cells)
            for cells in zip(table["record_id"], table[entries.FIRST_SEARCH], own, contents, place, strict=True)
        ]


def read(path: Path) -> Records:
    """The records table of a review.

    Raises:
        InputError: it is missing, or no table of records; a record has no id; a row is there twice.
    """
    try:
        found = _cut(path)
    except (OSError, UnicodeDecodeError):
        found = []  # reading it says what is wrong
    if len({(row.search_id, row.source, row.record_id) for row in found}) == len(found) > 0:
        return Records(str(path), tables.RECORD_CONTENT, found)
    return _read(path)


def _cut(path: Path) -> list[Row]:
    """The rows as they stand; none if one of them is not as the records stage writes it, or has a cell that it had to quote."""
    header, *rows = lines.cut(path.read_bytes())
    matches = [_ROW.fullmatch(row) for row in rows]
    if header != lines.cells(tables.RECORDS) or None in matches:
        return []
    cut = [match.groups() for match in matches if match]
    contents = _contents([cells[4] for cells in cut], tables.RECORD_CONTENT)
    return [
        Row(record_id.decode(), search_id.decode(), source.decode(), own, content, place, True)
        for (own, record_id, search_id, source, _, place), content in zip(cut, contents, strict=True)
    ]


def _read(path: Path) -> Records:
    """The same, cell by cell: of a table that the records stage did not write, or with cells that it has to quote."""
    table = tables.read(path, needs=["record_id", "title"], columns=tables.RECORDS)
    entries.refuse_bad_ids(table)
    more = [str(name) for name in table.columns if name not in tables.RECORDS]
    columns = (*tables.RECORD_CONTENT, *more)
    own, content, place = (
        zip(*(table[name] for name in names), strict=True)
        for names in (tables.RECORD_OWN, columns, tables.RECORD_PLACE)
    )
    rows = []
    for ids, said, stands in zip(own, _contents(list(map(lines.cells, content)), columns), place, strict=True):
        record_id, search_id, source = ids
        filled = all(ids) and all(stands)
        rows.append(Row(record_id, search_id, source, lines.cells(ids), said, lines.cells(stands), filled))
    return Records(str(path), columns, rows)


def _contents(cells: Sequence[bytes], columns: Sequence[str]) -> list[Content]:
    """Contents with their names, one for equal cells."""
    distinct = list(dict.fromkeys(cells))
    named = zip(distinct, reuse.keys([lines.cells(columns)], distinct), strict=True)
    known = {content: Content(content, name) for content, name in named}
    return [known[one] for one in cells]
