"""``import_file``: any export, whatever it is called, as records with their provenance and a report of the reading.

The format is told from the content, never from the name. Start tags are counted apart from the records they open; the two
must agree.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from winnow import files, tables
from winnow.errors import InputError, WinnowError, raise_all
from winnow.records import formats
from winnow.records.dialects import BY_ID
from winnow.records.formats import LABELS
from winnow.records.identity import record_ids
from winnow.records.mapping import Entry, mapped
from winnow.records.reading import Opened, Reading
from winnow.records.sheets import label as label_of

#: Fields whose absence is counted in the report.
COUNTED = ("title", "authors", "year", "journal", "pages", "doi")
_SHOWN = 50


@dataclass
class FileReport:
    """What was read from one file, and what was not."""

    file: str
    encoding: str = ""
    formats: Counter[str] = field(default_factory=Counter)
    start_tags: int = 0
    records: int = 0
    without: Counter[str] = field(default_factory=Counter)
    unknown_tags: Counter[str] = field(default_factory=Counter)
    not_understood: list[tuple[int, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as it is written: see ``schemas/import_report.schema.json``."""
        return {
            "file": self.file,
            "format": ", ".join(sorted(self.formats)),
            "encoding": self.encoding,
            "start_tags": self.start_tags,
            "records": self.records,
            "without": {name: self.without[name] for name in COUNTED},
            "unknown_tags": dict(sorted(self.unknown_tags.items())),
            "lines_not_understood": len(self.not_understood),
            "not_understood": [{"line": line, "text": text} for line, text in self.not_understood[:_SHOWN]],
            "problems": [*self.losses, *self.problems],
        }

    @property
    def faults(self) -> list[WinnowError]:
        """What may mean that a record was lost."""
        mend = "export again, or see the import report"
        return [InputError(loss, where=self.file, mend=mend) for loss in self.losses]


@dataclass
class Imported:
    """The records of one file, in its order, and the report of reading it.

    Each record has the bibliographic columns that its entry fills, and ``file``, ``line`` (``first-last``), ``sha256`` (of
    the raw text) and ``format``.
    """

    records: list[dict[str, str]]
    report: FileReport


def import_file(path: Path | str, *, name: str = "", encoding: str = "") -> Imported:
    """Read one export.

    Args:
        path: the file, gzipped or not.
        name: how the file is called in the records and the report (default: the path as given).
        encoding: the encoding, if its content can't tell.

    Raises:
        InputError: not readable at all, or no record of any known format in it.
    """
    where = name or str(path)
    report = FileReport(where)
    records = list(_records(path, where, encoding, report))
    report.records = len(records)
    if not records:
        raise InputError("no record of any known format", where=where, mend="see docs/import.md for the formats")
    for record in records:
        report.without.update(column for column in COUNTED if column not in record)
    if report.start_tags != report.records:
        report.losses.insert(0, f"{report.start_tags} records start in it, {report.records} were read")
    return Imported(records, report)


def import_files(
    paths: Sequence[str], output: str, *, report: str = "", source: str = "", encoding: str = ""
) -> list[WinnowError]:
    """Read several exports into one table, in the order given; returns what may be lost, after writing the rest.

    Raises:
        InputError, Faults: nothing at all could be read; then nothing is written.
    """
    records: list[dict[str, str]] = []
    reports: list[FileReport] = []
    faults: list[WinnowError] = []
    for path in paths:
        try:
            imported = import_file(path, encoding=encoding)
        except InputError as fault:
            faults.append(fault)
            continue
        records += imported.records
        reports.append(imported.report)
        faults += imported.report.faults
    if not records:
        raise_all(faults)
    by_source: dict[str, list[dict[str, str]]] = {}
    for record in records:
        by_source.setdefault(source or record["format"], []).append(record)
    for name, group in by_source.items():
        for record, record_id in zip(group, record_ids(group, name), strict=True):
            record.setdefault("record_id", record_id)
            record.setdefault("source", name)
    for record in records:
        del record["format"]
    tables.write_rows(output, records, tables.RECORDS)
    if report:
        files.write_json(report, {"records": len(records), "files": [one.as_json() for one in reports]})
    return faults


def opened(path: Path | str, where: str = "", encoding: str = "") -> Opened:
    """A file, ready to be read.

    Raises:
        InputError: it can't be opened.
    """
    where = where or str(path)
    try:
        with files.opened(path) as stream:
            magic = stream.read(8)
    except FileNotFoundError:
        raise InputError("no such file", where=where, mend="check the path") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read ({error})", where=where, mend="check the file") from None
    return Opened(where, lambda: files.opened(path), magic, encoding)


def entries(source: Opened, reading: Reading) -> Iterator[Entry]:
    """The entries of a file in its order, whatever its format.

    Raises:
        InputError: no known format, or nothing of it can be read.
    """
    told = formats.told(source)
    if told is None:
        raise InputError("no record of any known format", where=source.where, mend="see docs/import.md for the formats")
    yield from told.read(source, reading)
    if not told.binary:
        reading.problems += source.text.problems


def _records(path: Path | str, where: str, encoding: str, report: FileReport) -> Iterator[dict[str, str]]:
    source = opened(path, where, encoding)
    reading = Reading()
    for entry in entries(source, reading):
        format_id, label = _variant(entry)
        report.formats[label] += 1
        record = entry.columns or mapped(entry, format_id, _line_values(entry))
        record["format"] = "medline" if format_id == "table-pubmed" else entry.format
        yield with_provenance(record, entry, where)
    report.encoding = source.text.encoding if "text" in vars(source) else ""
    report.start_tags += reading.starts.total()
    report.unknown_tags += reading.unknown_tags
    report.not_understood += reading.strays
    report.problems += reading.problems
    report.losses += reading.losses


def _line_values(entry: Entry) -> frozenset[str]:
    dialect = BY_ID.get(entry.format)
    return dialect.line_values if dialect else frozenset()


def _variant(entry: Entry) -> tuple[str, str]:
    """The rows of the tag table that apply to the entry, and what the report calls its format."""
    if entry.variant:
        return entry.variant, LABELS[entry.format] if entry.format != "table" else label_of(entry.variant)
    dialect = BY_ID.get(entry.format)
    for format_id, vendor, tag, pattern in dialect.variants if dialect else ():
        if any(tag == given and pattern.match(lines[0]) for given, lines in entry.values):
            return format_id, f"{LABELS[entry.format]} ({vendor})"
    return entry.format, LABELS[entry.format]


def with_provenance(record: dict[str, str], entry: Entry, where: str) -> dict[str, str]:
    """The record with its file, line range and the SHA-256 of its raw text; a winnow table keeps what it has."""
    own = {
        "file": where,
        "line": f"{entry.first}-{entry.last}",
        "sha256": hashlib.sha256(entry.raw.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    return own | record if entry.format == "winnow" else record | own
