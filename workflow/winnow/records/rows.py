"""A record as a row of the records table: written once, and copied for every search that finds the same text again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from winnow import lines, tables
from winnow.records.import_report import COUNTED


class Content(NamedTuple):
    """What a record says, and what must be known of it to name, find and count it.

    Attributes:
        pmid, doi: its identifiers, or "".
        sha256: of its raw text.
        format: the format that it was read as.
        without: the counted fields that it lacks.
        cells: the cells ``tables.RECORD_CONTENT`` as they are written.
    """

    pmid: str
    doi: str
    sha256: str
    format: str
    without: tuple[str, ...]
    cells: bytes

    @property
    def named_by(self) -> dict[str, str]:
        """What :class:`winnow.records.identity.RecordIds` names it by."""
        return {"format": self.format, "pmid": self.pmid, "sha256": self.sha256}


class Row(NamedTuple):
    """A record in its file; ``line`` is ``first-last``."""

    content: Content
    file: str
    line: str


def row(record: Mapping[str, str]) -> Row:
    """The row of a record as :func:`winnow.records.importing.import_file` gives it."""
    unknown = record.keys() - set(tables.RECORDS) - {"format"}
    if unknown:
        raise KeyError(f"{record['file']}: no column for {sorted(unknown)}")
    without = tuple(name for name in COUNTED if name not in record)
    said = lines.cells(map(record.get, tables.RECORD_CONTENT))
    ids = record.get("pmid", ""), record.get("doi", "")
    content = Content(*ids, record["sha256"], record["format"], without, said)
    return Row(content, record["file"], record["line"])


def line(row: Row, record_id: str, search_id: str, source: str) -> bytes:
    """The row under its own id, as it is written."""
    content, place = row.content, lines.cells((row.file, row.line, row.content.sha256))
    return b"%b,%b,%b" % (lines.cells((record_id, search_id, source)), content.cells, place)
