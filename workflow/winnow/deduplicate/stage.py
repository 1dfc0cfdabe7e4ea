"""The review's deduplicate stage: ``records/records.csv`` and ``decisions/duplicates.csv`` in, four tables out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.deduplicate import changes, core, merging, rulings
from winnow.errors import RecordLossError

if TYPE_CHECKING:
    import pandas as pd

    from winnow.review import Review

STAGE = "deduplicate"
LEDGER = "duplicates.csv"


def run(review: Review) -> None:
    """Write ``reports.csv``, ``pairs.csv``, ``merged.csv`` and ``changes.csv`` under ``results/deduplicate/``.

    Raises:
        InputError: records.csv is missing or is no table of records.
        LedgerError: a line of the ledger cannot be followed.
        RecordLossError: the reports do not hold every record.
    """
    records = tables.read(review.result("records", "records.csv"), needs=["record_id", "title"], columns=tables.RECORDS)
    ledger = review.decisions / LEDGER
    ruled = rulings.read(ledger) if ledger.is_file() else []
    searches = [search.id for search in review.searches]
    found = core.deduplicate(records, ruled, searches)
    refuse_loss(records, found.reports)
    merged = merging.merge_entries(found.entries, found.reports)
    tables.write(review.result(STAGE, "reports.csv"), found.reports, tables.REPORTS, sort=["record_id"])
    tables.write(review.result(STAGE, "pairs.csv"), found.pairs, tables.PAIRS, sort=tables.PAIRS[:2])
    tables.write(review.result(STAGE, "merged.csv"), merged, tables.MERGED, sort=["record_id"])
    with reuse.kept(review, "groupings", STAGE) as kept:
        changed = changes.between_searches(records, found, ruled, searches, kept)
    tables.write(review.result(STAGE, "changes.csv"), changed, changes.COLUMNS)


def refuse_loss(records: pd.DataFrame, reports: pd.DataFrame) -> None:
    """Law 1: every record id is in the reports, once."""
    ids = set(records["record_id"])
    if len(reports) != len(ids) or set(reports["record_id"]) != ids:
        raise RecordLossError(
            f"{len(ids)} records went in and {len(reports)} came out", where="deduplicate", mend="report this as a bug"
        )
