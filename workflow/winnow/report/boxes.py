"""A box of the flow: a key, the list of its rows, and how reports and studies are shown in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow.report.evidence import Evidence, Row
from winnow.report.states import RECORD_COLUMNS, Place

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


def report_row(report: str, place: Place, evidence: Evidence, studies: Mapping[str, Sequence[str]]) -> Row:
    """One report as lists and tables show it."""
    merged = evidence.merged[report]
    shown = {name: merged.get(name, "") for name in REPORT_COLUMNS}
    return shown | {
        "report_id": report, "state": place.state, "reason": place.reason, "by": place.by, "basis": place.basis,
        "study_ids": "; ".join(studies.get(report, [])),
    }  # fmt: skip
