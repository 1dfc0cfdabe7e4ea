"""What the rules say of records, worked out for what is new: what a record is found by, and its comparison with each candidate.

The first follows from the content of one record, the second from that of two, whatever stands beside them. A record's comparisons
are kept together, so that a new candidate has them made again: many records have none, and few have many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from winnow import lines, reuse
from winnow.deduplicate import blocking, columns, fields, matching
from winnow.deduplicate.found import Content, Records
from winnow.deduplicate.matching import Judgement


class Judge:
    """Judges records by their content.

    Args:
        records: the table that they stand in.
        kept: what was worked out before.
    """

    def __init__(self, records: Records, kept: reuse.Kept = reuse.NOTHING) -> None:
        self._columns, self._where, self._kept = records.columns, records.where, kept

    def __call__(self, contents: Sequence[Content]) -> list[Judgement]:
        """Every candidate pair of rows on which a rule says something, sorted by row; as :func:`matching.judge`."""
        marks, prepared = self._marks(contents)
        beside: dict[int, list[int]] = {}
        for one, other in zip(*map(np.ndarray.tolist, blocking.candidates(marks)), strict=True):
            beside.setdefault(one, []).append(other)
        names = {row: reuse.key([contents[place].name for place in (row, *others)]) for row, others in beside.items()}
        said = {row: self._kept.at(name) for row, name in names.items()}
        new = [(row, other) for row, others in beside.items() if said[row] is None for other in others]
        told = dict(self._compared(contents, new, prepared))
        for row in dict.fromkeys(row for row, _ in new):
            pairs = enumerate(beside[row])
            said[row] = [[place, *told[row, other]] for place, other in pairs if (row, other) in told]
            self._kept.put(names[row], said[row])
        return [Judgement(row, others[place], *one) for row, others in beside.items() for place, *one in said[row]]

    def _marks(self, contents: Sequence[Content]) -> tuple[blocking.Marks, _Prepared]:
        """What each is found by; and those of them prepared for which it was worked out."""
        marks = {content.name: self._kept.at(content.name) for content in dict.fromkeys(contents)}
        prepared = self._prepare([content for content in dict.fromkeys(contents) if marks[content.name] is None])
        for name, mark in zip(prepared.row, zip(*blocking.marks(prepared.fields), strict=True), strict=True):
            marks[name] = mark
            self._kept.put(name, mark)
        rows = [marks[content.name] for content in contents]
        return blocking.Marks(*([row[place] for row in rows] for place in range(len(blocking.Marks._fields)))), prepared

    def _compared(
        self, contents: Sequence[Content], pairs: Sequence[tuple[int, int]], prepared: _Prepared
    ) -> Iterator[tuple[tuple[int, int], matching.Said]]:
        """What the rules say of pairs of rows; ``prepared`` is used if it has them all."""
        rows = dict.fromkeys(contents[row] for pair in pairs for row in pair)
        if not all(content.name in prepared.row for content in rows):
            prepared = self._prepare(list(rows))
        a, b = (columns.integers(prepared.row[contents[pair[side]].name] for pair in pairs) for side in (0, 1))
        for place, said in matching.compared(prepared.fields, a, b):
            yield pairs[place], said

    def _prepare(self, contents: Sequence[Content]) -> _Prepared:
        table = lines.parsed([content.cells for content in contents], self._columns, self._where)
        return _Prepared({content.name: row for row, content in enumerate(contents)}, fields.prepare(table))


class _Prepared(NamedTuple):
    """Some contents in comparable form, and the row of each by its name."""

    row: dict[str, int]
    fields: fields.Fields
