"""What a later search did to groups that were there before it: such a change reopens decisions, so it is listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.decisions import rulings
from winnow.deduplicate import found

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
        last = name == present[-1]
        if last:
            read += _cells(records.of(others))
        after = kept.recall(read, partial(dict, final) if last else partial(_grouped, grouped, records, its))
        rows += [(name, *change) for change in _changes(before, after)]
        before = after
    order = {name: place for place, name in enumerate(present)}
    rows.sort(key=lambda row: (order[row[0]], row[1:]))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _grouped(
    grouped: Callable[[found.Records], Mapping[str, str]], records: found.Records, searches: Sequence[str]
) -> Mapping[str, str]:
    return grouped(records.of(searches))


def _cells(records: found.Records) -> list[str]:
    """Everything that a grouping is worked out from."""
    return [cell for row in records.rows for cell in (row.record_id, row.search_id, row.source, row.content.name)]


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, ...]]:
    steps = set(zip(before.values(), map(after.__getitem__, before), strict=True))
    former: dict[str, list[str]] = defaultdict(list)
    parts = Counter(old for old, _ in steps)
    for old, report_id in sorted(steps):
        former[report_id].append(old)
    kinds = {
        report_id: ["joined"] * (len(old) > 1) + ["split"] * any(parts[name] > 1 for name in old)
        for report_id, old in former.items()
    }
    members: dict[str, list[str]] = defaultdict(list)
    for record_id, report_id in after.items():
        if kinds.get(report_id):
            members[report_id].append(record_id)
    changes: list[tuple[str, ...]] = []
    for report_id, its in members.items():
        ids = sorted(its)
        new = [record_id for record_id in ids if record_id not in before]
        told = (report_id, *map(tables.join, (former[report_id], ids, new)))
        changes += [(kind, *told) for kind in kinds[report_id]]
    return changes
