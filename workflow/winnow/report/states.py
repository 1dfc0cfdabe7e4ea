"""Where each record of the latest search ended: exactly one terminal state for every row, or no flow at all.

The states of a row, in the order in which they are asked for::

    duplicate                another row of the same report came first in this search
    known                    the report was found by an earlier search, or belongs to the previous review
    automatic                a rule excluded it before anybody screened
    excluded                 a person excluded it on title and abstract
    awaiting_screening       nobody has decided on title and abstract yet
    not_retrieved            sought, not obtained
    awaiting_retrieval       still sought
    ineligible               excluded at full text, for a reason
    awaiting_eligibility     obtained, not yet decided
    included                 in the review
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property

from winnow.report.evidence import Evidence, Row
from winnow.tables import join, split

RECORD_COLUMNS = (
    "record_id", "search_id", "source", "report_id", "title", "authors", "year", "journal", "doi", "pmid", "url",
    "state", "reason", "by", "basis", "duplicate_of", "file", "line",
)  # fmt: skip

SOUGHT = ("not_retrieved", "awaiting_retrieval", "ineligible", "awaiting_eligibility", "included")
ASSESSED = ("ineligible", "awaiting_eligibility", "included")
SCREENED = ("excluded", "awaiting_screening", *SOUGHT)
STATES = ("duplicate", "known", "automatic", *SCREENED)
UNDECIDED = ("awaiting_screening", "awaiting_retrieval", "awaiting_eligibility")

#: stage: decision: the state that the report ends in, or the stage that must follow.
_COURSE: dict[str, dict[str, str]] = {
    "before_screening": {"exclude": "automatic"},
    "title_abstract": {"exclude": "excluded", "awaiting": "awaiting_screening", "include": "retrieval"},
    "retrieval": {"exclude": "not_retrieved", "awaiting": "awaiting_retrieval", "include": "full_text"},
    "full_text": {"exclude": "ineligible", "awaiting": "awaiting_eligibility", "include": "included"},
}
_ENTRIES = ("before_screening", "title_abstract")


@dataclass(frozen=True)
class Place:
    """Where a row or a report ended, and who put it there on what reason and basis."""

    state: str
    reason: str = ""
    by: str = ""
    basis: str = ""
    duplicate_of: str = ""

    @property
    def by_rule(self) -> bool:
        """Whether no person had a part in it."""
        people = split(self.by)
        return bool(people) and all(name.startswith("rule:") for name in people)


def report_places(evidence: Evidence) -> tuple[dict[str, Place], list[str]]:
    """Where each report ended by its decisions, and what in the decisions contradicts itself."""
    stages: dict[str, dict[str, Row]] = defaultdict(dict)
    wrong: list[str] = []
    known = set(evidence.reports.values())
    for row in evidence.decisions:
        report, stage, decision = row["report_id"], row["stage"], row["decision"]
        if report not in known:
            wrong.append(f"{report} has a decision and is no report")
        elif decision not in _COURSE.get(stage, {}):
            wrong.append(f"{report}: '{decision}' is no decision at '{stage}'")
        elif stage in stages[report]:
            wrong.append(f"{report} is decided twice at {stage}")
        else:
            stages[report][stage] = row
    places = {}
    for report in sorted(known):
        place, fault = _course(stages.get(report, {}))
        if fault:
            wrong.append(f"{report} {fault}")
        places[report] = place
    return places, wrong


def _course(rows: Mapping[str, Row]) -> tuple[Place, str]:
    """Follow one report from stage to stage; the fault says where the way breaks."""
    entries = [stage for stage in _ENTRIES if stage in rows]
    if len(entries) != 1:
        fault = "was excluded before screening and screened too" if entries else "has no decision"
        return Place("awaiting_screening"), fault
    stage = entries[0]
    passed = {stage}
    while True:
        row = rows[stage]
        following = _COURSE[stage][row["decision"]]
        if following not in _COURSE:
            beyond = sorted(set(rows) - passed)
            fault = f"ended at {stage} and is decided at {', '.join(beyond)}" if beyond else ""
            return Place(following, row.get("reason", ""), row.get("by", ""), row.get("basis", "")), fault
        stage = following
        if stage not in rows:
            return Place("awaiting_retrieval"), f"advanced and has no row at {stage}"
        passed.add(stage)


@dataclass(frozen=True)
class Journey:
    """One row of the latest search: the record, its report, its arm of the diagram and its place.

    ``arm`` is ``dbr`` (databases and registers) or ``other``; ``kind`` is the source's.
    """

    record: Row
    report_id: str
    kind: str
    category: str
    arm: str
    place: Place

    @cached_property
    def row(self) -> Row:
        """The record as lists show it; the same dictionary in every list that it stands in."""
        place = self.place
        return {name: self.record.get(name, "") for name in RECORD_COLUMNS} | {
            "report_id": self.report_id, "state": place.state, "reason": place.reason, "by": place.by,
            "basis": place.basis, "duplicate_of": place.duplicate_of,
        }  # fmt: skip


def journeys(evidence: Evidence, places: Mapping[str, Place], previous: Container[str]) -> list[Journey]:
    """Every row of the latest search with its one terminal state; ``previous`` are the reports that a previous review had.

    Databases and registers come first, so that a web page's record of a report that a database also found is the
    duplicate, never the other way round.
    """
    plan = evidence.plan
    kinds = {source.name: source for source in plan.of(plan.latest)}
    rank = {source.name: (source.kind == "other", index) for index, source in enumerate(plan.of(plan.latest))}
    rows = [row for row in evidence.records if row["search_id"] == plan.latest]
    rows.sort(key=lambda row: (rank[row["source"]], row["record_id"]))
    latest = len(plan.searches) - 1
    first = evidence.first
    seen: dict[str, str] = {}
    found = []
    for row in rows:
        report = evidence.reports[row["record_id"]]
        source = kinds[row["source"]]
        if report in seen:
            place = Place("duplicate", "duplicate record", duplicate_of=seen[report])
        elif first[report] < latest:
            place = Place("known", "screened in an earlier search")
        elif report in previous:
            place = Place("known", "included in the previous version of the review")
        else:
            place = places[report]
        seen.setdefault(report, named(row))
        arm = "other" if source.kind == "other" else "dbr"
        found.append(Journey(row, report, source.kind, source.category, arm, place))
    return found


def named(row: Row) -> str:
    """A record's id, after its source unless the id itself says it."""
    record_id, source = row["record_id"], row["source"]
    return record_id if record_id.startswith(f"{source}:") else f"{source} {record_id}"


def faults_of_tables(evidence: Evidence) -> list[str]:
    """What in the tables themselves makes counting impossible."""
    plan = evidence.plan
    wrong = []
    listed = {(source.search_id, source.name) for source in plan.sources}
    identities: set[tuple[str, str, str]] = set()
    for row in evidence.records:
        key = (row["search_id"], row["source"], row["record_id"])
        if key[:2] not in listed:
            wrong.append(f"{key[2]} comes from {key[0]}/{key[1]}, which config.yaml does not list")
        if key in identities:
            wrong.append(f"{join(key)} is there twice")
        identities.add(key)
        report = evidence.reports.get(row["record_id"])
        if report is None:
            wrong.append(f"{row['record_id']} belongs to no report")
        elif report not in evidence.merged:
            wrong.append(f"{report} has no merged row")
    found = {row["record_id"] for row in evidence.records}
    wrong += [f"{record} is in reports.csv and in no search" for record in sorted(set(evidence.reports) - found)]
    return wrong
