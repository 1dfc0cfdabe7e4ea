"""Every table of the house: its columns, and the one way to read and write it.

A table on disk is CSV: UTF-8 without BOM, LF, a header, rows sorted. In memory it is a pandas DataFrame of strings; a missing
value is the empty string, never NaN, "nan" or "None". Cells that a spreadsheet would run as a formula are written with one
``'`` in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from winnow import files
from winnow.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: A row of the records table: which record of which search it is, what it says wherever it is found, and where it stands.
RECORD_OWN = ("record_id", "search_id", "source")
RECORD_CONTENT = (
    "pmid", "pmcid", "doi", "title", "original_title", "abstract", "authors", "year", "year_print", "year_electronic", "date",
    "journal", "journal_abbrev", "issn", "volume", "issue", "pages", "language", "publication_types", "mesh", "keywords",
    "notices", "url",
)  # fmt: skip
RECORD_PLACE = ("file", "line", "sha256")
RECORDS = (*RECORD_OWN, *RECORD_CONTENT, *RECORD_PLACE)
REPORTS = ("record_id", "report_id")
PAIRS = ("record_id_1", "record_id_2", "verdict", "score", "rule", "evidence")
MERGED = (*RECORDS, "record_ids", "field_sources")
VERDICTS = ("report_id", "criterion", "verdict", "rule", "field", "quote", "start", "end")
DECISIONS = ("report_id", "stage", "decision", "reason", "by", "basis", "agreed", "stale")
STUDIES = ("study_id", "report_id", "role", "overlaps_with", "note")
VALUES = (
    "study_id", "report_id", "field", "value", "number", "unit", "quote", "start", "end",
    "confidence", "by", "checked_by", "source",
)  # fmt: skip

#: The ledgers, as people write them. The last column is the seal; an empty one means typed by hand.
SCREENING_LEDGER = (
    "date", "id", "stage", "decision", "criterion", "role", "basis", "note", "fingerprint", "supersedes", "seal",
)  # fmt: skip
DUPLICATES_LEDGER = ("date", "id_1", "id_2", "ruling", "by", "note", "seal")
STUDIES_LEDGER = ("date", "study_id", "id", "role", "overlaps_with", "by", "note", "seal")
RETRIEVAL_LEDGER = ("date", "id", "status", "reason", "obtained_from", "file", "sha256", "by", "seal")
EXTRACTION_LEDGER = (
    "date", "study", "id", "field", "value", "number", "unit", "quote", "source", "by", "checked_by", "note", "seal",
)  # fmt: skip
RISK_OF_BIAS_LEDGER = (
    "date", "study", "tool", "domain", "judgement", "quote", "source", "by", "checked_by", "note", "seal",
)  # fmt: skip
AMENDMENTS_LEDGER = ("date", "file", "sha256", "reason", "results_known", "by", "seal")

_FORMULA = frozenset("=+-@'")
#: What a joined row holds if one of its cells cannot stand as it is, unless it is the first one or has a comma.
_MARKS = ('"', "\n", "\r", *(f",{sign}" for sign in sorted(_FORMULA)))
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_LINE_END = re.compile(rb"\r\n|\r|\n")
#: Excel writes so many rows at a time.
_TOGETHER = 16

csv.field_size_limit(1 << 30)


def neutral(cell: str) -> str:
    """The cell as it is written: one ``'`` before text that a spreadsheet would take for a formula."""
    if cell and cell[0] in _FORMULA and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def plain(cell: str) -> str:
    """The cell as it was meant: the inverse of :func:`neutral`. An apostrophe that nobody put there stays."""
    if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA:
        return cell[1:]
    return cell


def csv_bytes(rows: Iterable[Sequence[str]], header: Sequence[str]) -> bytes:
    """Rows of strings as CSV bytes; line ends inside a cell become LF."""
    return "".join((_joined(list(map(_quoted, header))), *map(_line, rows))).encode("utf-8")


def _one_line_end(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell


def write(path: Path | str, table: pd.DataFrame, columns: Sequence[str] = (), *, sort: Sequence[str] = ()) -> None:
    """Write a table: ``columns`` first and always, other columns after them, rows sorted by ``sort`` (stable)."""
    ordered = [*columns, *(name for name in table.columns if name not in columns)]
    table = table.reindex(columns=ordered, fill_value="").fillna("").astype(str)
    if sort:
        table = table.sort_values(list(sort), kind="stable")
    files.write_bytes(path, csv_bytes(zip(*_columns(table), strict=True), ordered))


def write_rows(
    path: Path | str,
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    lines: dict[int, bytes] | None = None,
) -> None:
    """Write dictionaries in the order given; what ``columns`` does not name is an error, what is missing is empty.

    ``lines`` remembers them by the identity of their rows, for whoever writes the same rows of the same columns into several
    tables and keeps them alive until the last is written.
    """
    known = frozenset(columns)
    told = {} if lines is None else lines
    with files.replacing(path) as out:
        out.write(_joined(list(map(_quoted, columns))).encode("utf-8"))
        for row in rows:
            line = told.get(id(row))
            if line is None:
                if not known.issuperset(row):
                    raise KeyError(f"{path}: no column for {sorted(set(row) - known)}")
                line = _line(list(map(row.get, columns))).encode("utf-8")
                if lines is not None:
                    lines[id(row)] = line
            out.write(line)


def _line(cells: Sequence[object]) -> str:
    """A row as CSV. The library's writer looks at every character, which of long tables was most of what a stage cost."""
    return _unquoted(cells) or _joined(list(map(written, cells)))


def _unquoted(cells: Sequence[object]) -> str:
    """A row of strings as CSV if no cell of it needs quotes or an apostrophe, as in most rows; else nothing."""
    try:
        line = ",".join(cells)  # type: ignore[arg-type]
    except TypeError:
        return ""
    if line.count(",") != len(cells) - 1 or line[:1] in _FORMULA:
        return ""
    for mark in _MARKS:
        if mark in line:
            return ""
    return f"{line}\n" if line else ""


def _joined(cells: Sequence[str]) -> str:
    """Written cells as a line; of one empty cell it has quotes, since an empty line is no row."""
    line = ",".join(cells)
    return f"{line}\n" if line or len(cells) != 1 else '""\n'


def written(cell: object) -> str:
    """The cell as it stands in the file."""
    if cell is None or cell == "":
        return ""
    text = cell if isinstance(cell, str) else str(cell)
    return _quoted(neutral(_one_line_end(text)) if text[0] in _FORMULA or "\r" in text else text)


def _quoted(text: str) -> str:
    """Text in quotes if something in it would end the cell."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text or "\n" in text else text


def read(
    path: Path | str | IO[bytes], *, needs: Sequence[str] = (), columns: Sequence[str] = (), only: Collection[str] = ()
) -> pd.DataFrame:
    """Read a table of strings.

    Args:
        path: a CSV file, or its content as a stream; BOM and CRLF are accepted.
        needs: columns that must be there.
        columns: columns that are added empty when absent, so that a caller may rely on them.
        only: the columns that are wanted; all if empty. The others are parsed too, since a row that has a cell too many is told
            by its length alone, but nothing else is done with them.

    Raises:
        InputError: not there, not UTF-8, not a table, or a column of ``needs`` is missing.
    """
    import pandas as pd

    where = str(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8", index_col=False,
                lineterminator=None, encoding_errors="strict",
            )  # fmt: skip
    except FileNotFoundError:
        raise InputError("no such file", where=where, mend="check the path") from None
    except UnicodeDecodeError:
        raise InputError(
            f"byte {_not_utf8(path)} is not UTF-8", where=where, mend="save it as CSV UTF-8, or use 'winnow import'"
        ) from None
    except pd.errors.EmptyDataError:
        raise InputError("the file is empty", where=where, mend="a table needs at least its header") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, OSError, ValueError) as error:
        raise InputError(f"not a CSV table ({error})", where=where, mend="mend the quoting of the line named") from None
    table.columns = pd.Index([str(name).strip() for name in table.columns])
    if only:
        table = table[[name for name in table.columns if name in only]]
    missing = [name for name in needs if name not in table.columns]
    if missing:
        raise InputError(
            f"no column {', '.join(missing)}", where=where, mend=f"its header has {', '.join(table.columns[:12])}"
        )
    table = table.fillna("")
    for name in table.columns:
        cells = table[name].to_numpy(dtype=object).tolist()
        if any(cell[:1] == "'" for cell in cells):
            table[name] = list(map(plain, cells))
    for name in columns:
        if name not in table.columns:
            table[name] = ""
    return table


def _not_utf8(source: Path | str | IO[bytes]) -> int:
    """The place of the first byte that is not UTF-8, from 0."""
    if isinstance(source, (Path, str)):
        content = Path(source).read_bytes()
    else:
        source.seek(0)
        content = source.read()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def read_rows(path: Path | str, columns: Sequence[str] | None = None) -> list[tuple[int, dict[str, str]]]:
    """Rows of a small table that people edit, each with the number of its first line (the header is line 1).

    Raises:
        InputError: not there, not UTF-8, a row longer or shorter than the header, columns missing or twice there, or text under
            one of several columns without a name.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), mend="check the path") from None
    return parse_rows(content, str(path), columns)


def parse_rows(
    content: bytes, where: str, columns: Sequence[str] | None = None, *, left_out: int = 0
) -> list[tuple[int, dict[str, str]]]:
    """What :func:`read_rows` gives, from the bytes of the file.

    Args:
        content: the bytes.
        where: what the file is called in a fault.
        columns: columns that must be there.
        left_out: so many lines of the file between its header and the rest are not in ``content``; those that follow keep
            their numbers.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.split(content[: error.start]))
        at = line + left_out if line > 1 else line
        raise InputError("not UTF-8", where=f"{where}:{at}", mend="save it as CSV UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            raise InputError(f"two columns {', '.join(twice)}", where=f"{where}:1", mend="remove or rename one of them")
        missing = [name for name in columns or () if name not in header]
        if missing:
            raise InputError(f"no column {', '.join(missing)}", where=f"{where}:1", mend=_header_mend(header))
        nameless = [place for place, name in enumerate(header) if not name]
        for first, row in _completed(_lined(reader, left_out), 0 if left_out else len(header)):
            if any(row):
                if len(row) != len(header):
                    raise InputError(
                        f"{len(row)} cells where the header has {len(header)}",
                        where=f"{where}:{first}",
                        mend="a comma or a quote is missing or too many",
                    )
                if len(nameless) > 1 and any(row[place] for place in nameless):
                    raise InputError(
                        "text in one of several columns without a name",
                        where=f"{where}:{first}",
                        mend="name the column in the first line",
                    )
                rows.append((first, {name: plain(cell) for name, cell in zip(header, row, strict=True)}))
    except csv.Error as error:
        at = reader.line_num + left_out
        raise InputError(f"not CSV ({error})", where=f"{where}:{at}", mend="mend its quotes") from None
    return rows


def _lined(reader: Any, left_out: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that are left, each with the number of its first line."""
    first = reader.line_num + 1 + left_out
    for row in reader:
        yield first, row
        first = reader.line_num + 1 + left_out


def _completed(lined: Iterable[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with the empty cells that Excel left out at their ends.

    It writes sixteen rows at a time, and of columns at the right that are empty in all of them not even the commas. So several rows
    that begin such a group and are short of the same number of cells are completed; below them a program may have added whole ones.
    Any other short row has lost a comma, nobody knows which, and stays as it is.
    """
    together: list[tuple[int, list[str]]] = []
    for place, row in enumerate(lined, 1):  # the header is the first of the first sixteen
        together.append(row)
        if place % _TOGETHER == _TOGETHER - 1:
            yield from _as_one(together, 0 if place < _TOGETHER else width)
            together = []
    yield from _as_one(together, 0 if not together or place < _TOGETHER else width)


def _as_one(together: Sequence[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    short = [len(row) for _, row in together if 0 < len(row) < width]
    first = [len(row) for _, row in together[: len(short)]]
    same = len(short) > 1 and first == [short[0]] * len(short)
    for line, row in together:
        yield line, row + [""] * (width - len(row)) if same and len(row) < width else row


def _header_mend(header: Sequence[str]) -> str:
    """How to mend a first line that lacks columns; spreadsheets of many countries save other signs than commas between cells."""
    if len(header) == 1:
        for sign, called in ((";", "semicolons"), ("\t", "tabs")):
            if sign in header[0]:
                return f"its cells are divided by {called}: save it as CSV UTF-8 with commas"
    if header and header[0].startswith("sep="):
        return f"remove the line '{','.join(header)}'"
    return "restore the header line"


def rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a table of strings as dictionaries, in order."""
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*_columns(table), strict=True)]


def column(table: pd.DataFrame, name: str) -> list[str]:
    """The cells of one column; several times as quick as asking pandas for cell after cell."""
    cells: list[str] = table[name].to_numpy(dtype=object).tolist()
    return cells


def _columns(table: pd.DataFrame) -> list[list[str]]:
    """The cells of each column; ten times as quick as asking pandas for row after row."""
    return [table.iloc[:, place].to_numpy(dtype=object).tolist() for place in range(table.shape[1])]


def split(cell: str) -> list[str]:
    """The parts of a multi-valued cell (``a; b; c``)."""
    return [part for part in (piece.strip() for piece in cell.split(";")) if part]


def join(parts: Iterable[str]) -> str:
    """A multi-valued cell from its parts, empty ones dropped."""
    return "; ".join(part for part in parts if part)
