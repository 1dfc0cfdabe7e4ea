"""Tables: CSV and tab-delimited text, XLSX, old XLS, and HTML tables that are called ``.xls``.

A table is told by its header: a row near the top with a title column and at least one other column that ``tags.csv`` knows.
Columns are found by name, never by position. A CNKI header ``Title-题名`` counts by its English part. Embase can also write
a table on its side: one field in each row, its name in front, and a blank row between records.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from winnow import tables
from winnow.errors import InputError
from winnow.records.mapping import Entry, known_tags, rows_of
from winnow.records.reading import Opened, Reading
from winnow.records.starts import tagged_start

#: The header stands within this many rows: exports put the query and a rule above it.
PREAMBLE = 20
#: With faulty quotes: how many lines one row may span, and how many lines may be lost before the file is refused.
_ROW_LINES = 60
_MOST_LOSSES = 1000
_DELIMITERS = (",", "\t", ";")
_TITLES = frozenset(row.tag for row in rows_of("table") if row.column == "title")
_NAMES = frozenset(row.tag for row in rows_of("table")) | {"pt", "nct number", "trialid", "record id"}
_SIDE_LABEL = re.compile(r"[A-Za-z][A-Za-z ()/-]{1,40}")
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_VARIANTS = (
    ("table-embase", {"pui", "embase accession id", "emtree drug index terms", "aip ip entry date"}),
    ("table-openalex", {"ids openalex", "authorships author display name", "cited by api url"}),
    ("table-cochrane", {"cochrane id", "review group", "source", "cengroup", "trial registry"}),
    ("table-covidence", {"covidence", "study", "tags"}),
    ("table-wos", {"pt", "au", "ti", "so", "ut", "wc"}),
    ("table-trials", {"nct number", "study status", "trialid", "scientific title", "web address", "study url"}),
    ("table-pubmed", {"journal book", "create date", "nihms id", "first author", "citation"}),
)
_LABELS = {
    "table": "table",
    "table-cochrane": "Cochrane table",
    "table-covidence": "Covidence table",
    "table-embase": "Embase table",
    "table-openalex": "OpenAlex table",
    "table-pubmed": "PubMed table",
    "table-trials": "trial register table",
    "table-wos": "Web of Science table",
}


@dataclass(frozen=True)
class Line:
    """One row of a table: its cells, its line numbers, and the text it was read from."""

    cells: list[str]
    first: int
    last: int
    raw: str


def header_name(cell: str) -> str:
    """A header as ``tags.csv`` spells it: lower case, words parted by one space, of ``Title-题名`` the English part."""
    name = re.sub(r"^([A-Za-z]{2,20})-[^\x00-\x7f].*$", r"\1", cell.strip())
    return " ".join(re.sub(r"[^\w]+|_", " ", name.casefold()).split())


def is_header(cells: Sequence[str]) -> bool:
    """Whether the row is a header: a title and at least one more column that we know."""
    names = [header_name(cell) for cell in cells]
    columns = {row.column for row in rows_of("table") if row.tag in names}
    columns |= {"title"} if "ti" in names and "au" in names else set()
    return "title" in columns and len(columns) > 1 and all(len(cell) < 200 for cell in cells)


def delimiter(head: str) -> str:
    """The delimiter of a text table, or "" if the text begins with no header."""
    for number, line in enumerate(head.split("\n")):
        if number >= PREAMBLE or tagged_start(line):
            break
        for sign in _DELIMITERS:
            if sign in line and is_header(next(csv.reader([line], delimiter=sign), [])):
                return sign
    return next((sign for sign in _DELIMITERS if _on_its_side(_first_rows(head, sign))), "")


def _first_rows(head: str, sign: str) -> list[list[str]]:
    """The first rows of a text, which need not be a table."""
    try:
        return list(islice(csv.reader(head.splitlines(keepends=True), delimiter=sign), PREAMBLE))
    except csv.Error:
        return []


def _on_its_side(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a row with a title is followed by a row of another field that we know, before any header."""
    for one, following in pairwise([cells for cells in rows if any(cell.strip() for cell in cells)]):
        if is_header(one) or is_header(following):
            return False
        if _side_label(one) in _TITLES and _side_label(following) in _NAMES - _TITLES:
            return True
    return False


def _side_label(cells: Sequence[str]) -> str:
    """The name of the field that a row of a table on its side holds, or ""."""
    label = cells[0].strip()
    return header_name(label) if _SIDE_LABEL.fullmatch(label) and len(cells) > 1 else ""


def recognised(opened: Opened) -> bool:
    """Whether the text begins as a table."""
    return bool(delimiter(opened.head))


def read_text(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """CSV or tab-delimited text."""
    return entries(_text_lines(opened, delimiter(opened.head), reading), reading)


def _text_lines(opened: Opened, sign: str, reading: Reading) -> Iterator[Line]:
    """Rows with their line numbers."""
    if _broken(opened, sign):
        yield from _mended_lines(opened, sign, reading)
        return
    taken: list[str] = []

    def remembered() -> Iterator[str]:
        for line in opened.text.lines():
            taken.append(line)
            yield line + "\n"

    number = 0
    for cells in csv.reader(remembered(), delimiter=sign):
        yield Line(cells, number + 1, number + len(taken), "\n".join(taken))
        number += len(taken)
        taken.clear()


def _broken(opened: Opened, sign: str) -> bool:
    """Whether the quoting of the whole can't be trusted."""
    try:
        for _ in csv.reader((line + "\n" for line in opened.text.lines()), delimiter=sign, strict=True):
            pass
    except csv.Error:
        return True
    return False


def _mended_lines(opened: Opened, sign: str, reading: Reading) -> Iterator[Line]:
    """Rows of a table with faulty quotes: a row is the fewest lines that parse into as many cells as the header has.

    A line that begins no such row is reported, and reading goes on with the next.
    """
    lines = list(opened.text.lines())
    at, width = 0, 0
    while at < len(lines):
        for length in range(1, 1 if not lines[at].strip() else _ROW_LINES):
            raw = "\n".join(lines[at : at + length])
            cells, whole = _row(raw, sign)
            if whole and (not width or len(cells) == width):
                if not width and is_header(cells):
                    width = len(cells)
                yield Line(cells, at + 1, at + length, raw)
                at += length
                break
            if whole or at + length >= len(lines):
                length = _ROW_LINES
                break
        else:
            length = _ROW_LINES
        if length == _ROW_LINES:
            if lines[at].strip():
                reading.losses.append(f"line {at + 1} has quotes that don't match and begins no whole row")
                if len(reading.losses) > _MOST_LOSSES:
                    raise InputError("quotes don't match throughout", where=opened.where, mend="save it as CSV anew")
            at += 1


def _row(raw: str, sign: str) -> tuple[list[str], bool]:
    """The cells of one row, and whether its quotes are closed; a stray quote inside a cell is taken as it stands."""
    try:
        return next(csv.reader(raw.splitlines(keepends=True), delimiter=sign, strict=True), []), True
    except csv.Error as error:
        if "end of data" in str(error):
            return [], False
        rows = list(csv.reader(raw.splitlines(keepends=True), delimiter=sign))
        return (rows[0], True) if len(rows) == 1 else ([], False)


@dataclass(frozen=True)
class Header:
    """A table's columns: its cells as given, their names, whose rows of the tag table apply, whether it is one of winnow's."""

    cells: list[str]
    names: list[str]
    variant: str
    own: bool


def _header(cells: list[str]) -> Header:
    own = {"record_id", "title"} <= {cell.strip() for cell in cells}
    names = [cell.strip() if own else header_name(cell) for cell in cells]
    return Header(cells, names, _variant(set(names)), own)


def entries(lines: Iterable[Line], reading: Reading) -> Iterator[Entry]:
    """The entries of a table, upright or on its side."""
    lines = iter(lines)
    first = list(islice(lines, PREAMBLE))
    read = _side_entries if _on_its_side([line.cells for line in first]) else _upright_entries
    return read(chain(first, lines), reading)


def _side_entries(lines: Iterable[Line], reading: Reading) -> Iterator[Entry]:
    """The entries of a table on its side: a record begins at a title, and at any field that we know after a blank row."""
    known = known_tags("table-embase")
    entry: Entry | None = None
    blank = False
    for line in lines:
        cells = [_unwrapped(cell) for cell in line.cells]
        values = [[cell] for cell in cells[1:] if cell.strip()]
        label = _side_label(cells) if cells else ""
        if not any(cell.strip() for cell in cells):
            blank = True
            continue
        if label in _TITLES or (label in known and blank and entry):
            if entry:
                yield entry
            reading.starts["table"] += 1
            entry = Entry("table", line.first, variant="table-embase")
        elif not label or entry is None or blank:
            reading.stray(line.first, line.raw)
            continue
        blank = False
        entry.last = line.last
        entry.raw += f"\n{line.raw}" if entry.raw else line.raw
        entry.values += [(label, value) for value in values]
        if label not in known and values:
            reading.unknown_tags[label] += 1
    if entry:
        yield entry


def _upright_entries(lines: Iterable[Line], reading: Reading) -> Iterator[Entry]:
    """The entries of a table's rows: everything below the header that has a filled cell.

    A header that comes again (files joined) begins a stretch of its own columns.
    """
    header: Header | None = None
    for line in lines:
        cells = [_unwrapped(cell) for cell in line.cells]
        if not any(cell.strip() for cell in cells):
            continue
        if (header is None or header_name(cells[0][:80]) in _NAMES) and is_header(cells):
            header = _header(cells)
            continue
        if header is None:
            reading.stray(line.first, line.raw)
            continue
        filled = [name for name, cell in zip(header.names, cells, strict=False) if cell.strip()]
        if not header.own and len(filled) == 1 and len(header.names) > 2 and filled[0] not in _TITLES:
            reading.stray(line.first, line.raw)  # a footer such as "Exported on ..."
            continue
        yield _entry(line, cells, header, reading)


def _entry(line: Line, cells: list[str], header: Header, reading: Reading) -> Entry:
    reading.starts["table"] += 1
    difference = f"line {line.first} has {len(cells)} cells where the header has {len(header.names)}"
    if any(cell.strip() for cell in cells[len(header.names) :]):
        reading.losses.append(difference)
    elif len(cells) < len(header.names):
        reading.problems.append(difference)
    entry = Entry("table", line.first, line.last, raw=line.raw, variant=header.variant)
    filled = [(name, cell) for name, cell in zip(header.names, cells, strict=False) if cell.strip()]
    if header.own:
        entry.format = "winnow"
        entry.columns = {name: tables.plain(cell) for name, cell in filled if name in tables.RECORDS}
        return entry
    known = known_tags(header.variant)
    for name, cell in filled:
        entry.values.append((name, [cell]))
        if name not in known:
            reading.unknown_tags[name] += 1
    return entry


def _unwrapped(cell: str) -> str:
    """EBSCO keeps leading zeros with ``="01234567"``: the text inside."""
    found = _FORMULA_TEXT.fullmatch(cell) if cell.startswith('="') else None
    return found.group(1) if found else cell


def _variant(names: set[str]) -> str:
    scores = [(len(names & signs), name) for name, signs in _VARIANTS]
    best, name = max(scores)
    return name if best >= 2 else "table"


def label(variant: str) -> str:
    """A table's kind as people call it."""
    return _LABELS[variant]
