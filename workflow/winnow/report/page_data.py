"""What the page carries beside the documents: each report's journey, and the lists behind the boxes, as plain JSON values.

Where records came from and what was decided is the same for many reports; it is told once and named by its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from winnow.report.boxes import Box
from winnow.report.documents import Told, cells_of
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.form import names
from winnow.report.lists import every_box
from winnow.report.states import named
from winnow.report.story import Story, by_report
from winnow.tables import split

#: How each state is called on the page.
ENDED = {
    "automatic": "excluded by a rule",
    "excluded": "excluded on title and abstract",
    "awaiting_screening": "awaits a decision on title and abstract",
    "not_retrieved": "not retrieved",
    "awaiting_retrieval": "still sought",
    "ineligible": "excluded at full text",
    "awaiting_eligibility": "awaits a decision at full text",
    "included": "included",
    "duplicate": "duplicate record",
    "known": "known from an earlier search",
}

#: field of the page's report: columns of the table whose rows on it are shown
_TOLD = {
    "e": ("record_id_1", "record_id_2", "verdict", "rule", "score", "evidence"),
    "z": ("date", "reviewer", "stage", "decision", "criterion", "role", "basis", "note", "seal", "where"),
    "ex": ("study_id", "field", "value", "quote", "by", "checked_by", "source", "confidence"),
    "dg": ("digest", "source"),
}
_OPEN = ("stage", "why", "waiting_for", "rank", "proposal", "evidence", "other_id")
_DECIDED = ("stage", "decision", "reason", "by", "basis", "agreed", "stale")


def payload(evidence: Evidence, flow: Flow, story: Story) -> dict[str, Any]:
    """The page's data but for the documents; reports follow the order of report ids."""
    order = sorted(evidence.merged)
    index = {report: place for place, report in enumerate(order)}
    labels = evidence.plan.criteria
    called = names(flow, labels)
    journeys = _Journeys(evidence, flow, story)
    return {
        "states": ENDED,
        "criteria": dict(labels),
        "questions": dict(evidence.plan.questions),
        "reports": [journeys.of(report) for report in order],
        "found": journeys.found.rows,
        "decided": journeys.decided.rows,
        "boxes": _boxes([box for box in every_box(flow) if box.rows is not None], called, index, labels),
        "open": [[index.get(row["report_id"], -1), *cells_of(row, _OPEN)] for row in story.to_decide],
    }


class _Journeys:
    """The way of each report: where it was found, what it was compared with, who decided what, and where it ended."""

    def __init__(self, evidence: Evidence, flow: Flow, story: Story) -> None:
        self.found, self.decided = Told(), Told()
        self._evidence, self._places = evidence, flow.places
        self._titles = {(source.search_id, source.name): source.title for source in evidence.plan.sources}
        self._records: dict[str, list[Row]] = defaultdict(list)
        for row in evidence.records:
            self._records[evidence.reports[row["record_id"]]].append(row)
        self._decisions = by_report(evidence.decisions)
        told = {"e": story.pairs, "z": story.ledger, "ex": story.values, "dg": story.digests}
        self._told = [(key, rows, _TOLD[key]) for key, rows in told.items()]

    def of(self, report: str) -> dict[str, Any]:
        """The journey of one report; what there is nothing of is left out."""
        place, title = self._places[report], self._evidence.merged[report]["title"]
        journey = {
            "s": place.state,
            "f": self._evidence.plan.searches[self._evidence.first[report]],
            "r": place.reason,
            "c": [self._origin(row, title) for row in self._records[report]],
            "g": [self.decided.number(*cells_of(row, _DECIDED)) for row in self._decisions.get(report, ())],
        }
        journey |= {
            key: [cells_of(row, columns) for row in rows[report]] for key, rows, columns in self._told if report in rows
        }
        return {key: value for key, value in journey.items() if value}

    def _origin(self, row: Row, title: str) -> list[Any]:
        """Where a record came from, and its title if the report has another."""
        source = self._titles[row["search_id"], row["source"]]
        place = self.found.number(row["search_id"], source, row.get("file", ""))
        other = row["title"] if row["title"] != title else ""
        return [place, row["record_id"], row.get("line", ""), row.get("sha256", "")[:12], other]


def _boxes(
    boxes: Iterable[Box], called: Mapping[str, str], index: Mapping[str, int], labels: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The boxes' lists. Several boxes may hold the same rows; all but one of these name that one (``as``)."""
    told: dict[str, dict[str, Any]] = {}
    known: dict[tuple[str, int], list[Box]] = defaultdict(list)
    for box in {box.key: box for box in boxes}.values():
        its = known[box.unit, box.n or 0]
        same = next((other for other in its if other.rows == box.rows), None)
        rows = _box(box, index, labels) if same is None else {"unit": box.unit, "as": same.key}
        told[box.key] = {"label": called[box.key], **rows}
        if same is None:
            its.append(box)
    return told


def _box(box: Box, index: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, Any]:
    """A box's list: rows of ``[report, where, why, by]``, or of ``[study, label, reports]``."""
    rows: list[list[Any]] = []
    for row in box.rows or ():
        if box.unit == "study":
            rows.append([row["study_id"], row["label"], [index[r] for r in split(row["report_ids"]) if r in index]])
            continue
        found = index.get(row["report_id"], -1)
        why = labels.get(row["reason"], row["reason"])
        if row.get("duplicate_of"):
            why = f"{why} of {row['duplicate_of']}"
        where = named(row) if box.unit == "record" else row["report_id"]
        rows.append([found, where, why, row["by"]] + ([row["title"]] if found < 0 else []))
    return {"unit": box.unit, "rows": rows}
