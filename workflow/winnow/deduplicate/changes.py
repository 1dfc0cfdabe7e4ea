"""What a later search did to groups that were there before it: such a change reopens decisions, so it is listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.deduplicate import found, rulings

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("search_id", "change", "report_id", "former_report_ids", "record_ids", "new_record_ids")


def between_searches(
    records: found.Records,
    final: Mapping[str, str],
    grouped: Callable[[found.Records], Mapping[str, str]],
    ruled: Sequence[rulings.Ruling],
    searches: Sequence[str],
    kept: reuse.Kept = reuse.NOTHING,
) -> pd.DataFrame:
    """The groups of the searches up to k that search k + 1 joined or split.

    Args:
        records: the records table.
        final: the report of every record of it, which is not worked out again.
        grouped: works out the report of every record of some searches.
        ruled: the rulings that it follows, as they stand today, for every step.
        searches: search ids, oldest first.
        kept: the groupings of an earlier run: what was the last search then is an earlier one now.

    Returns:
        ``COLUMNS``, sorted. ``joined``: former reports that are now one; ``split``: a former report that is now several (a row for
        each). ``record_ids`` are the report's records now, ``new_record_ids`` those that came with the search.
    """
    import pandas as pd

    there = {row.search_id for row in records.rows}
    present = [name for name in searches if name in there]
    content = {name: reuse.key(_cells(records.of([name]))) if kept.on else "" for name in present}
    others = there.difference(present)
    judged = [cell for ruling in ruled for cell in vars(ruling).values()]
    rows: list[tuple[str, ...]] = []
    before: Mapping[str, str] = {}
    for place, name in enumerate(present):
        its = present[: place + 1]
        read = [str(len(its)), *its, *(content[one] for one in its), *judged]
        work: Callable[[], Mapping[str, str]] = partial(grouped, records.of(its))
        if name == present[-1]:
            read += _cells(records.of(others))
            work = partial(dict, final)
        after = kept.recall(read, work)
        rows += [(name, *change) for change in _changes(before, after)]
        before = after
    order = {name: place for place, name in enumerate(present)}
    rows.sort(key=lambda row: (order[row[0]], row[1:]))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _cells(records: found.Records) -> list[str]:
    """Everything that a grouping is worked out from."""
    return [cell for row in records.rows for cell in (row.record_id, row.search_id, row.source, row.content.name)]


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, ...]]:
    former: dict[str, set[str]] = defaultdict(set)
    now: dict[str, set[str]] = defaultdict(set)
    members: dict[str, list[str]] = defaultdict(list)
    for record_id, report_id in after.items():
        members[report_id].append(record_id)
        if record_id in before:
            former[report_id].add(before[record_id])
            now[before[record_id]].add(report_id)
    changes: list[tuple[str, ...]] = []
    for report_id, old in former.items():
        kinds = ["joined"] * (len(old) > 1) + ["split"] * any(len(now[name]) > 1 for name in old)
        ids = sorted(members[report_id])
        new = [record_id for record_id in ids if record_id not in before]
        changes += [(kind, report_id, tables.join(sorted(old)), tables.join(ids), tables.join(new)) for kind in kinds]
    return changes
