"""How the conclusions move: the synthesis on the evidence of the earlier searches beside that on all of it.

<<<<<<< HEAD
``before`` is worked out by the same stage, from the same decisions and values, cut down to the reports that an earlier search had
found. So a difference is what the latest search brought, and nothing that people changed their minds about in between.
=======
``before`` is worked out as the synthesise stage does it, from today's decisions and values, cut down to the reports that an earlier
search had found and to the notices that it knew. So a difference is what the latest search brought, and nothing that people
changed their minds about in between.
>>>>>>> living
"""

from __future__ import annotations

<<<<<<< HEAD
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
=======
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
>>>>>>> living

from winnow import tables
from winnow.report.changed_records import COLUMNS
from winnow.report.evidence import Evidence, Row
from winnow.report.states import first_searches
from winnow.report.story import optional
from winnow.review import Review

<<<<<<< HEAD
#: Columns that say what a row of a synthesis table is about; every other one is a result.
NAMING = ("id", "outcome", "group", "subgroup", "set", "method", "label", "value")
#: Tables of the stages before that are cut down, and their column of report ids.
_CUT = {
    ("extract", "studies.csv"): "report_id",
    ("extract", "values.csv"): "report_id",
    ("screen", "decisions.csv"): "report_id",
    ("deduplicate", "merged.csv"): "record_id",
}
#: What of the synthesis tells a conclusion; other tables there list studies one by one.
TABLES = ("counts", "statements", "pooled")


def rows(review: Review, evidence: Evidence) -> list[Row]:
    """One row per result that differs; ``report_id`` names the reports of the studies that came with the latest search."""
=======

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
    "counts": Told(("label", "value"), _count),
    "statements": Told(("id",), lambda row: row["statement"]),
    "pooled": Told(("outcome", "group", "subgroup", "studies_counted"), _estimate),
}


def rows(review: Review, evidence: Evidence) -> list[Row]:
    """One row per result that differs; ``report_id`` names the reports of the studies that came with the latest search.

    Nothing moves in a review that has no synthesis yet.
    """
    from winnow.synthesise import stage

>>>>>>> living
    if not (review.results / "synthesise").is_dir():
        return []
    first = first_searches(evidence)
    latest = len(evidence.plan.searches) - 1
<<<<<<< HEAD
    studied = sorted({row["report_id"] for row in evidence.studies})
    earlier = frozenset(report for report in studied if first[report] < latest)
    came = tables.join(report for report in studied if report not in earlier)
    found: list[Row] = []
    with _before(review, earlier) as former:
        for name in TABLES:
            pair = [optional(where.result("synthesise", f"{name}.csv")) for where in (former, review)]
            found += [
                dict.fromkeys(COLUMNS, "") | {"change": "conclusion", "report_id": came} | moved
                for moved in differences(name, *pair)
            ]
    return found


def differences(table: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[Row]:
    """``what``, ``before`` and ``after`` of each result that differs between two versions of a table, in the order of the table."""
    old, new = _named(before), _named(after)
    for key in dict.fromkeys([*new, *old]):
        one, other = old.get(key, {}), new.get(key, {})
        for column in dict.fromkeys([*other, *one]):
            was, now = one.get(column, ""), other.get(column, "")
            if column not in NAMING and was != now:
                yield {"what": f"{table}: {_shown(key)}: {column.replace('_', ' ')}", "before": was, "after": now}


def _named(rows: Iterable[Row]) -> dict[tuple[str, ...], Row]:
    """Rows by what they are about; of several that are about the same each gets its number."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row.get(column, "") for column in NAMING)
        again = 1
        while (numbered := key if again == 1 else (*key, f"({again})")) in found:
            again += 1
        found[numbered] = row
    return found


def _shown(key: Sequence[str]) -> str:
    """What a row is about, in words: its id only where it has no label."""
    names = dict(zip(NAMING, key, strict=False))
    hidden = "id" if names["label"] else "label"
    return ", ".join([*(cell for name, cell in names.items() if cell and name != hidden), *key[len(NAMING) :]])


@contextmanager
def _before(review: Review, reports: frozenset[str]) -> Iterator[Review]:
    """The review as its earlier searches left it, synthesised in a folder that is taken away again."""
    from winnow.synthesise import stage

    results = f"{review.settings.get('results', 'results')}/report/.before"
    former = replace(review, settings=review.settings | {"results": results})
    try:
        for (room, name), column in _CUT.items():
            _cut(review.result(room, name), former.result(room, name), column, reports)
        stage.run(former)
        yield former
    finally:
        shutil.rmtree(former.results, ignore_errors=True)


def _cut(source: Path, target: Path, column: str, reports: frozenset[str]) -> None:
    if source.is_file():
        table = tables.read(source, needs=(column,))
        tables.write(target, table[table[column].isin(reports)], [str(name) for name in table.columns])
=======
    studies = [row for row in evidence.studies if first[row["report_id"]] < latest]
    earlier = {row["report_id"] for row in studies}
    came = tables.join(sorted({row["report_id"] for row in evidence.studies} - earlier))
    values = tables.read(review.result("extract", "values.csv"), needs=tables.VALUES)
    values = values[values["report_id"].isin(earlier)]
    before = stage.conclusions(review, values, studies, _as_known(evidence, earlier))
    return [
        dict.fromkeys(COLUMNS, "") | {"change": "conclusion", "report_id": came} | moved
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
>>>>>>> living
