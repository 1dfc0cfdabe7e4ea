"""What a later search did to groups that were there before it: such a change reopens decisions, so it is listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.deduplicate import core, rulings

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("search_id", "change", "report_id", "former_report_ids", "record_ids", "new_record_ids")


def between_searches(
    records: pd.DataFrame,
    final: core.Grouping,
    ruled: Sequence[rulings.Ruling],
    searches: Sequence[str],
    kept: reuse.Kept = reuse.NOTHING,
) -> pd.DataFrame:
    """The groups of the searches up to k that search k + 1 joined or split.

    Args:
        records: the records table with ``search_id``.
        final: the grouping of all of them, which is not worked out again.
        ruled: the rulings, as they stand today, for every step.
        searches: search ids, oldest first.
        kept: the groupings of an earlier run: what was the last search then is an earlier one now.

    Returns:
        ``COLUMNS``, sorted. ``joined``: former reports that are now one; ``split``: a former report that is now several (a row for
        each). ``record_ids`` are the report's records now, ``new_record_ids`` those that came with the search.
    """
    import pandas as pd

    of_search = {name: records[records["search_id"] == name] for name in searches}
    present = [name for name in searches if len(of_search[name])]
    content = {name: reuse.key(_cells(its)) if kept.on else "" for name, its in of_search.items()}
    others = records[~records["search_id"].isin(present)]
    judged = [cell for ruling in ruled for cell in vars(ruling).values()]
    rows: list[tuple[str, ...]] = []
    before: dict[str, str] = {}
    for place, name in enumerate(present):
        found = present[: place + 1]
        read = [str(len(found)), *found, *(content[one] for one in found), *judged]
        whole = None
        if name == present[-1]:
            whole = final
            read += _cells(others) if len(others) else []
        after = dict(kept.recall(read, partial(_grouped, whole, records, ruled, found)))
        rows += [(name, *change) for change in _changes(before, after)]
        before = after
    order = {name: place for place, name in enumerate(present)}
    rows.sort(key=lambda row: (order[row[0]], row[1:]))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _cells(records: pd.DataFrame) -> list[str]:
    """A table cell by cell: everything that a grouping can be worked out from."""
    cells = [str(len(records)), *map(str, records.columns)]
    for name in records.columns:
        cells += records[name].tolist()
    return cells


def _grouped(
    whole: core.Grouping | None, records: pd.DataFrame, ruled: Sequence[rulings.Ruling], searches: Sequence[str]
) -> list[list[str]]:
    """Record id and report id of every record of some searches; ``whole`` is their grouping if it is there already."""
    grouping = whole or core.deduplicate(records[records["search_id"].isin(searches)], ruled, searches)
    return [list(row) for row in grouping.reports.itertuples(index=False, name=None)]


def _changes(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, ...]]:
    former: dict[str, set[str]] = defaultdict(set)
    now: dict[str, set[str]] = defaultdict(set)
    members: dict[str, list[str]] = defaultdict(list)
    for record_id, report_id in after.items():
        members[report_id].append(record_id)
        if record_id in before:
            former[report_id].add(before[record_id])
            now[before[record_id]].add(report_id)
    found: list[tuple[str, ...]] = []
    for report_id, old in former.items():
        kinds = ["joined"] * (len(old) > 1) + ["split"] * any(len(now[name]) > 1 for name in old)
        ids = sorted(members[report_id])
        new = [record_id for record_id in ids if record_id not in before]
        found += [(kind, report_id, tables.join(sorted(old)), tables.join(ids), tables.join(new)) for kind in kinds]
    return found
