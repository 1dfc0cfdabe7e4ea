"""``import_file``: any export, whatever it is called, as records with their provenance and a report of the reading.

The format is told from the content, never from the name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from winnow import files, tables
from winnow.errors import InputError, WinnowError, raise_all
from winnow.records import archives, formats, sheets, workbooks
from winnow.records.dialects import BY_ID
from winnow.records.identity import RecordIds
from winnow.records.import_report import FileReport
from winnow.records.mapping import Entry, mapped
from winnow.records.reading import Opened, Reading


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
    report = FileReport(name or str(path))
    return Imported(list(read_records(path, report, encoding)), report)


def import_files(
    paths: Sequence[str], output: str, *, report: str = "", source: str = "", encoding: str = ""
) -> tuple[list[FileReport], list[WinnowError]]:
    """Read several exports into one table, in the order given; returns what was read, and what may be lost.

    Raises:
        InputError, Faults: nothing at all could be read; then nothing is written.
    """
    ids = RecordIds()
    reports: list[FileReport] = []
    unread: list[WinnowError] = []

    def rows() -> Iterator[dict[str, str]]:
        for path in paths:
            reports.append(FileReport(path))
            try:
                for record in read_records(path, reports[-1], encoding):
                    name = record.setdefault("source", source or record["format"])
                    record.setdefault("record_id", ids.assign(record, name))
                    del record["format"]
                    yield record
            except InputError as fault:
                unread.append(fault)
                reports.pop()
        if not reports:
            raise_all(unread)

    tables.write_rows(output, rows(), tables.RECORDS)
    if report:
        body = {"records": sum(one.records for one in reports), "files": [one.as_json() for one in reports]}
        files.write_json(report, body)
    return reports, unread + [fault for one in reports for fault in one.faults]


def read_records(path: Path | str, report: FileReport, encoding: str = "") -> Iterator[dict[str, str]]:
    """The records of one file as they are read; ``report`` is complete when the last one is taken.

    Raises:
        InputError: before the first record. A fault after that is a loss in the report, and what was read stays.
    """
    for record, _ in read_with_entries(path, report, encoding):
        yield record


def read_with_entries(
    path: Path | str, report: FileReport, encoding: str = ""
) -> Iterator[tuple[dict[str, str], Entry]]:
    """As :func:`read_records`, each record with the entry that it was made of."""
    try:
        for entry in entries(opened(path, report.file, encoding), report.reading):
            yield _record(entry, report), entry
    except InputError as fault:
        if not report.records:
            raise
        report.reading.losses.append(f"read up to record {report.records}: {fault.what}")
    if not report.records:
        raise report.faults[0] if report.losses else _unknown(report.file)


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
    except files.UNREADABLE as error:
        raise InputError(f"cannot be read ({error})", where=where, mend="check the file") from None
    return Opened(where, lambda: files.opened(path), magic, encoding)


def entries(source: Opened, reading: Reading) -> Iterator[Entry]:
    """The entries of a file in its order, whatever its format.

    Raises:
        InputError: no known format, or the file can't be read (on).
    """
    if source.magic.startswith(b"PK\x03\x04") and not workbooks.is_xlsx(source):
        yield from _member_entries(source, reading)
        return
    told = formats.told(source)
    if told is None:
        raise _unknown(source.where)
    yield from told.read(source, reading)
    if not told.binary:
        reading.encodings[source.text.encoding] = None
        reading.problems += source.text.problems


def _member_entries(archive: Opened, reading: Reading) -> Iterator[Entry]:
    """The entries of every file of a zip archive; a file without records is named as a problem."""
    for member in archives.members(archive):
        name = member.where.rpartition("!")[2]
        if member.magic.startswith(b"PK\x03\x04") and not workbooks.is_xlsx(member):
            reading.losses.append(f"{name} is an archive inside the archive")
            continue
        told = formats.told(member)
        if told is None:
            reading.problems.append(f"{name} holds no records")
            continue
        for entry in told.read(member, reading):
            entry.member = name
            yield entry
        if not told.binary:
            reading.encodings[member.text.encoding] = None
            reading.problems += [f"{name}: {problem}" for problem in member.text.problems]


def _unknown(where: str) -> InputError:
    return InputError("no record of any known format", where=where, mend="docs/import.md lists the formats")


def _record(entry: Entry, report: FileReport) -> dict[str, str]:
    """The entry's columns with its file, line range and the SHA-256 of its raw text."""
    format_id, label = _rows_and_label(entry)
    dialect = BY_ID.get(entry.format)
    record = entry.columns or mapped(entry, format_id, dialect.line_values if dialect else frozenset())
    report.add(record, label)
    own = {
        "file": f"{report.file}!{entry.member}" if entry.member else report.file,
        "line": f"{entry.first}-{entry.last}",
        "sha256": hashlib.sha256(entry.raw.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    record |= own
    record["format"] = "medline" if format_id == "table-pubmed" else entry.format
    return record


def _rows_and_label(entry: Entry) -> tuple[str, str]:
    """Whose rows of the tag table apply to the entry, and what the report calls its format."""
    if entry.variant:
        return entry.variant, formats.LABELS[entry.format] if entry.format != "table" else sheets.label(entry.variant)
    dialect = BY_ID.get(entry.format)
    for format_id, vendor, tag, pattern in dialect.variants if dialect else ():
        for given, lines in entry.values:
            if given == tag and pattern.match(lines[0]):
                return format_id, f"{formats.LABELS[entry.format]} ({vendor})"
    return entry.format, formats.LABELS[entry.format]
