"""How the conclusions move: the synthesis on the evidence of the earlier searches beside that on all of it.

``before`` is worked out as the synthesise stage does it, from today's decisions and values, cut down to the reports that an earlier
search had found and to the notices that it knew. So a difference is what the latest search brought, and nothing that people
changed their minds about in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from winnow import tables
from winnow.report.changed_records import COLUMNS
from winnow.report.evidence import Evidence, Row
from winnow.report.story import optional
from winnow.review import Review


@dataclass(frozen=True)
class Told:
    """How a row of a synthesis table is told: what it is about, and what it says."""

    about: Sequence[str]
    said: Callable[[Row], str]


def _count(row: Row) -> str:
    size = (
        f", {row['participants']} participants in {row['participants_stated_by']} of them"
        if row["participants"]
        else ""
    )
    return f"{row['n_studies']} studies{size}"


def _estimate(row: Row) -> str:
    counted = f"{row['events']} of {row['total']} in {row['k']} studies"
    return f"{row['proportion']} ({row['low']} to {row['high']}): {counted}" if row["proportion"] else counted


#: Table: of several rows about the same the first is told, which for a pooled estimate is the main model's.
TOLD = {
    "counts": Told(("id", "value"), _count),
    "statements": Told(("id",), lambda row: row["statement"]),
    "pooled": Told(("outcome", "group", "subgroup", "studies_counted"), _estimate),
}


def rows(review: Review, evidence: Evidence) -> list[Row]:
    """One row per result that differs; ``report_id`` names what moves it: reports of studies that came with the latest search, and
    reports with a notice that it brought.

    Nothing moves in a review that has no synthesis yet.
    """
    if not (review.results / "synthesise").is_dir():
        return []
    first = evidence.first
    latest = len(evidence.plan.searches) - 1
    studies = [row for row in evidence.studies if first[row["report_id"]] < latest]
    earlier = {row["report_id"] for row in studies}
    known = _as_known(evidence, earlier)
    came = {row["report_id"] for row in evidence.studies} - earlier
    noticed = {
        report
        for report, row in known.items()
        if not set(tables.split(evidence.merged[report]["notices"])) <= set(tables.split(row["notices"]))
    }
    if not came and not noticed:
        return []  # the same studies, the same values: nothing to work out
    from winnow.synthesise import stage

    values = tables.read(review.result("extract", "values.csv"), needs=tables.VALUES)
    values = values[values["report_id"].isin(earlier)]
    before = stage.conclusions(review, values, studies, known)
    return [
        dict.fromkeys(COLUMNS, "") | {"change": "conclusion", "report_id": tables.join(sorted(came | noticed))} | moved
        for name, was in before.items()
        for moved in differences(name, was, optional(review.result("synthesise", f"{name}.csv")))
    ]


def _as_known(evidence: Evidence, reports: Iterable[str]) -> dict[str, Row]:
    """The merged row of some reports, with the notices of the earlier searches' records only."""
    notices: dict[str, list[str]] = {report: [] for report in reports}
    for row in evidence.records:
        report = evidence.reports[row["record_id"]]
        if report in notices and row["search_id"] != evidence.plan.latest:
            notices[report] += tables.split(row["notices"])
    return {
        report: evidence.merged[report] | {"notices": tables.join(dict.fromkeys(its))}
        for report, its in notices.items()
    }


def differences(table: str, before: Iterable[Row], after: Iterable[Row]) -> Iterator[Row]:
    """``what``, ``before`` and ``after`` of each result that differs between two versions of a table, in the order of the table."""
    old, new = _said(table, before), _said(table, after)
    for about in dict.fromkeys([*new, *old]):
        if old.get(about, "") != new.get(about, ""):
            yield {"what": f"{table}: {about}", "before": old.get(about, ""), "after": new.get(about, "")}


def _said(table: str, rows: Iterable[Row]) -> dict[str, str]:
    """What each row of a table says, by what it is about."""
    told = TOLD[table]
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(", ".join(row[name] for name in told.about if row[name]), told.said(row))
    return found
