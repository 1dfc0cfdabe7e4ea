"""How the conclusions move: the synthesis on the evidence of the earlier searches beside that on all of it.

``before`` is worked out by the same stage, from the same decisions and values, cut down to the reports that an earlier search had
found. So a difference is what the latest search brought, and nothing that people changed their minds about in between.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from winnow import tables
from winnow.report.changed_records import COLUMNS
from winnow.report.evidence import Evidence, Row
from winnow.report.states import first_searches
from winnow.report.story import optional
from winnow.review import Review

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
    if not (review.results / "synthesise").is_dir():
        return []
    first = first_searches(evidence)
    latest = len(evidence.plan.searches) - 1
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
