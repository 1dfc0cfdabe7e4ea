"""The review's deduplicate stage: ``records/records.csv`` and ``decisions/duplicates.csv`` in, four tables out.

It gives what :func:`core.deduplicate` and :func:`merging.merge` give, without reading what an earlier run has read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from winnow import lines, reuse, tables
from winnow.decisions import rulings
from winnow.deduplicate import changes, comparisons, core, found, merging
from winnow.errors import RecordLossError

if TYPE_CHECKING:
    import pandas as pd

    from winnow.review import Review

STAGE = "deduplicate"
LEDGER = "duplicates.csv"


class Grouping(NamedTuple):
    """Entries sorted by record id, the report of each record, and the judged pairs."""

    entries: Sequence[found.Entry]
    reports: Mapping[str, str]
    pairs: pd.DataFrame


def run(review: Review) -> None:
    """Write ``reports.csv``, ``pairs.csv``, ``merged.csv`` and ``changes.csv`` under ``results/deduplicate/``.

    Raises:
        InputError: records.csv is missing or is no table of records.
        LedgerError: a line of the ledger cannot be followed.
        RecordLossError: the reports do not hold every record.
    """
    records = found.read(review.result("records", "records.csv"))
    ledger = review.decisions / LEDGER
    ruled = rulings.read(ledger) if ledger.is_file() else []
    searches = [search.id for search in review.searches]
    with reuse.kept(review, "comparisons", STAGE) as compared, reuse.kept(review, "groupings", STAGE) as groupings:
        grouped = partial(group, judge=comparisons.Judge(records, compared), ruled=ruled, searches=searches)
        final = grouped(records)
        changed = changes.between_searches(
            records, final.reports, lambda its: grouped(its).reports, ruled, searches, groupings
        )
    refuse_loss([row.record_id for row in records.rows], final.reports)
    merged = merging.merge_rows(records, final.entries, final.reports)
    lines.write(review.result(STAGE, "reports.csv"), map(lines.cells, final.reports.items()), tables.REPORTS)
    tables.write(review.result(STAGE, "pairs.csv"), final.pairs, tables.PAIRS, sort=tables.PAIRS[:2])
    lines.write(review.result(STAGE, "merged.csv"), merged, (*records.header, *merging.NOTES))
    tables.write(review.result(STAGE, "changes.csv"), changed, changes.COLUMNS)


def group(
    records: found.Records, judge: comparisons.Judge, ruled: Sequence[rulings.Ruling], searches: Sequence[str]
) -> Grouping:
    """What :func:`core.deduplicate` finds.

    Raises:
        LedgerError: rulings that contradict each other.
    """
    entries = records.entries(searches)
    ids, contents = [entry.record_id for entry in entries], [entry.content for entry in entries]
    resolved = rulings.resolve(ruled, records.table(entries if ruled else (), ("record_id", "pmid", "doi")))
    reports, pairs = core.group(ids, [entry.first for entry in entries], judge(contents), resolved)
    return Grouping(entries, dict(zip(ids, reports, strict=True)), pairs)


def refuse_loss(records: Collection[str], reports: Collection[str]) -> None:
    """Law 1: every record id is in the reports, once."""
    ids = set(records)
    if len(reports) != len(ids) or set(reports) != ids:
        raise RecordLossError(
            f"{len(ids)} records went in and {len(reports)} came out", where="deduplicate", mend="report this as a bug"
        )
