"""A box of the flow: a key, the list of its rows, and how records, reports and studies are shown in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow.report.evidence import Evidence, Row
from winnow.report.states import Journey, Place

RECORD_COLUMNS = (
    "record_id", "search_id", "source", "report_id", "title", "authors", "year", "journal", "doi", "pmid", "url",
    "state", "reason", "by", "basis", "duplicate_of", "file", "line",
)  # fmt: skip
REPORT_COLUMNS = (
    "report_id", "record_ids", "title", "authors", "year", "journal", "doi", "pmid", "url", "state", "reason", "by",
    "basis", "study_ids",
)  # fmt: skip
STUDY_COLUMNS = ("study_id", "label", "report_ids", "overlaps_with", "found_in")
COLUMNS = {"record": RECORD_COLUMNS, "report": REPORT_COLUMNS, "study": STUDY_COLUMNS}


@dataclass(frozen=True)
class Box:
    """One box: its key, the rows of its list (None: it does not apply), and its parts with a list each.

    ``unit`` is record, report or study and says what a row is.
    """

    key: str
    unit: str
    rows: Sequence[Row] | None
    label: str = ""
    note: str = ""
    parts: tuple[Box, ...] = ()

    @property
    def n(self) -> int | None:
        """The number in the box: the length of its list."""
        return None if self.rows is None else len(self.rows)


def record_row(row: Journey) -> Row:
    """One record of the latest search as lists show it."""
    shown = {name: row.record.get(name, "") for name in RECORD_COLUMNS}
    place = row.place
    return shown | {
        "report_id": row.report_id, "state": place.state, "reason": place.reason, "by": place.by, "basis": place.basis,
        "duplicate_of": place.duplicate_of,
    }  # fmt: skip


def report_row(report: str, place: Place, evidence: Evidence, studies: Mapping[str, Sequence[str]]) -> Row:
    """One report as lists and tables show it."""
    merged = evidence.merged[report]
    shown = {name: merged.get(name, "") for name in REPORT_COLUMNS}
    return shown | {
        "report_id": report, "state": place.state, "reason": place.reason, "by": place.by, "basis": place.basis,
        "study_ids": "; ".join(studies.get(report, [])),
    }  # fmt: skip
