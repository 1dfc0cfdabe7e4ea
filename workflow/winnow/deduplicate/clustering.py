"""Groups from judged pairs, the surest first; two records that contradict each other never end in one group."""

from __future__ import annotations

from collections.abc import Sequence

from winnow.decisions.rulings import Resolved
from winnow.deduplicate.matching import Judgement


def group(count: int, judged: Sequence[Judgement], resolved: Resolved) -> list[int]:
    """A group number for each of ``count`` rows.

    People's ``same`` come first, then the rules' by falling score, ties by row. A join that would bring together two rows between
    which a person or a rule sees a contradiction (``different``, ``related``) is not made.
    """
    parent = list(range(count))
    members: dict[int, set[int]] = {}
    apart: dict[int, set[int]] = {}

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def forbid(a: int, b: int) -> None:
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)

    def join(a: int, b: int, *, check: bool) -> None:
        a, b = sorted((root(a), root(b)))
        if a == b:
            return
        ours, theirs = members.pop(a, {a}), members.pop(b, {b})
        if check and any(apart.get(row, frozenset()) & ours for row in theirs):
            members[a], members[b] = ours, theirs
            return
        parent[b] = a
        members[a] = ours | theirs

    for a, b in resolved.different:
        forbid(a, b)
    for pair in judged:
        if pair.verdict == "related" and (pair.row_1, pair.row_2) not in resolved.same:
            forbid(pair.row_1, pair.row_2)
    for a, b in sorted(resolved.same):
        join(a, b, check=False)
    sure = [pair for pair in judged if pair.verdict == "same"]
    for pair in sorted(sure, key=lambda pair: (-pair.score, pair.row_1, pair.row_2)):
        join(pair.row_1, pair.row_2, check=True)
    return [root(row) for row in range(count)]
