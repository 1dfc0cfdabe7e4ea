"""Records and rulings in, reports and judged pairs out: a pure function, the same whatever the order of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from winnow import tables
from winnow.decisions import rulings
from winnow.deduplicate import clustering, entries, matching

if TYPE_CHECKING:
    import pandas as pd


class Grouping(NamedTuple):
    """What deduplication found.

    Attributes:
        reports: one row per distinct record_id: record_id, report_id.
        pairs: one row per judged pair, ``tables.PAIRS``, sorted; ``same`` exactly where the two are in one report.
        entries: the records compared, one row per distinct record_id, as :func:`entries.one_per_record` gives them.
        unused: rulings whose ids name no pair of these records.
    """

    reports: pd.DataFrame
    pairs: pd.DataFrame
    entries: pd.DataFrame
    unused: Sequence[rulings.Ruling] = ()


def deduplicate(records: pd.DataFrame, ruled: Iterable[rulings.Ruling] = (), searches: Sequence[str] = ()) -> Grouping:
    """Group records into reports.

    Args:
        records: any subset of the columns of ``tables.RECORDS``, ``record_id`` at least; cells are strings, empty ones unknown.
        ruled: what people ruled; it always wins.
        searches: search ids, oldest first, for the choice of report ids.

    Raises:
        InputError: a record without an id, or the same row twice.
        LedgerError: rulings that contradict each other.
    """
    import pandas as pd

    records = entries.one_per_record(records, searches)
    resolved = rulings.resolve(ruled, records)
    judged = matching.judge(records)
    ids, first = records["record_id"], records[entries.FIRST_SEARCH].tolist()
    report_ids, pairs = group(ids.tolist(), first, judged, resolved)
    reports = pd.DataFrame({"record_id": ids, "report_id": report_ids}, columns=list(tables.REPORTS))
    return Grouping(reports, pairs, records, resolved.unused)


def group(
    ids: Sequence[str], first: Sequence[int], judged: Sequence[matching.Judgement], resolved: rulings.Resolved
) -> tuple[list[str], pd.DataFrame]:
    """The report of each record, and the judged pairs as a table.

    Args:
        ids: record ids, sorted.
        first: the place of the earliest search that found each.
        judged: what the rules say of pairs of their rows.
        resolved: what people say.
    """
    groups = clustering.group(len(ids), judged, resolved)
    return _report_ids(ids, first, groups), _pairs(ids, judged, resolved, groups)


def _report_ids(ids: Sequence[str], first: Sequence[int], group: Sequence[int]) -> list[str]:
    """The smallest record id of the earliest search in each group, so that a later search never renames a report."""
    best: dict[int, tuple[int, str]] = {}
    for row, name in enumerate(group):
        candidate = (first[row], ids[row])
        if name not in best or candidate < best[name]:
            best[name] = candidate
    return [best[name][1] for name in group]


def _pairs(
    ids: Sequence[str], judged: Sequence[matching.Judgement], resolved: rulings.Resolved, group: Sequence[int]
) -> pd.DataFrame:
    """The judged pairs as a table.

    A ruling takes the place of the rules' verdict and keeps it as evidence. The verdict is what came of the pair: one that a rule
    calls same but that a contradiction keeps apart is ``possible``, and two records that others brought together are ``same``.
    """
    import pandas as pd

    by_pair = {(pair.row_1, pair.row_2): pair for pair in judged}
    rows = []
    for ruled, verdict in ((resolved.same, "same"), (resolved.different, "different")):
        for (a, b), ruling in ruled.items():
            found = by_pair.pop((a, b), None)
            without = f"; without the ruling: {found.verdict} ({found.rule}: {found.evidence})" if found else ""
            rows.append((ids[a], ids[b], verdict, "1.000", "ruling", ruling.evidence + without))
    for pair in by_pair.values():
        verdict, evidence = pair.verdict, pair.evidence
        together = group[pair.row_1] == group[pair.row_2]
        if together and verdict != "same":
            verdict, evidence = "same", f"{evidence}; {verdict} by itself, joined through other records"
        elif not together and verdict == "same":
            verdict, evidence = "possible", f"{evidence}; same by itself, kept apart because another record contradicts"
        rows.append((ids[pair.row_1], ids[pair.row_2], verdict, f"{pair.score:.3f}", pair.rule, evidence))
    return pd.DataFrame(sorted(rows), columns=list(tables.PAIRS), dtype=str)
