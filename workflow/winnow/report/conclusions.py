"""How the conclusions move: the synthesis on the evidence of the earlier searches beside that on all of it.

``before`` is worked out as the synthesise stage does it, from today's decisions and values, cut down to the reports that an earlier
search had found and to the notices that it knew. So a difference is what the latest search brought, and nothing that people
changed their minds about in between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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


def rows(review: Review, evidence: Evidence, told: Mapping[str, Mapping[str, Collection[str]]]) -> list[Row]:
    """One row per result that differs; ``report_id`` names what moves it: reports of studies that came with the latest search, and
    reports with a notice that it brought.

    Nothing moves in a review that has no synthesis yet.

    Args:
        review: whose synthesis it is.
        evidence: the tables.
        told: every notice about every report, and the searches that told it.
    """
    if not (review.results / "synthesise").is_dir():
        return []
    first = evidence.first
    latest = len(evidence.plan.searches) - 1
    studies = [row for row in evidence.studies if first[row["report_id"]] < latest]
    earlier = {row["report_id"] for row in studies}
    came = {row["report_id"] for row in evidence.studies} - earlier
    known = {report: _known(told.get(report, {}), evidence.plan.latest) for report in earlier}
    noticed = {report for report in earlier if len(known[report]) < len(told.get(report, {}))}
    if not came and not noticed:
        return []  # the same studies, the same values: nothing to work out
    from winnow.extract.stage import heading
    from winnow.synthesise import stage

    values = tables.read(review.result("extract", "values.csv"), needs=tables.VALUES)
    values = values[values["report_id"].isin(earlier)]
    labels = {row["study_id"]: row["study"] for row in heading(studies, evidence.merged, known)}
    before = stage.synthesis(review, values, studies, labels, known)
    return [
        dict.fromkeys(COLUMNS, "") | {"change": "conclusion", "report_id": tables.join(sorted(came | noticed))} | moved
        for name in TOLD
        for moved in differences(name, getattr(before, name), optional(review.result("synthesise", f"{name}.csv")))
    ]


def _known(told: Mapping[str, Collection[str]], latest: str) -> list[str]:
    """The notices that a search before the latest had told."""
    return [notice for notice, searches in told.items() if set(searches) - {latest}]


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
