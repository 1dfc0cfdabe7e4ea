"""Every PMID of a search, however many there are.

ESearch lists the first 9,999 hits and no more. A larger search is cut in two by entry date ([crdt]: one value per record, so that
slices are disjoint), again and again; a single day that is still too large is cut by ranges of PMIDs ([uid]). At every cut the
two counts must sum to the whole, and in the end the distinct PMIDs must be as many as the hits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from winnow.search.answers import Found
from winnow.search.conversation import Steps

#: How many hits ESearch lists ("PubMed, ESearch can only retrieve the first 9,999 records").
MOST = 9_999

Find = Callable[[str, str, int], Steps[Found]]


class Disagreement(Exception):
    """Counts that do not sum: PubMed changed while we asked, or does not tell the truth."""


@dataclass(frozen=True)
class Days:
    """Entry dates from ``first`` to ``last``, both included."""

    first: date = date(1800, 1, 1)
    last: date = date(3000, 12, 31)

    @property
    def term(self) -> str:
        """``2011/01/01:2011/12/31[crdt]``."""
        return f"{self.first:%Y/%m/%d}:{self.last:%Y/%m/%d}[crdt]"

    def halves(self) -> tuple[Days | Pmids, ...]:
        """Two disjoint spans that make up this one; a single day goes on by PMID."""
        if self.first == self.last:
            return Pmids(day=self).halves()
        middle = date.fromordinal((self.first.toordinal() + self.last.toordinal()) // 2)
        return Days(self.first, middle), Days(date.fromordinal(middle.toordinal() + 1), self.last)


@dataclass(frozen=True)
class Pmids:
    """PMIDs from ``first`` to ``last``, both included, of one entry day."""

    day: Days
    first: int = 1
    last: int = 999_999_999

    @property
    def term(self) -> str:
        """``2011/01/01:2011/01/01[crdt] AND 1:500000000[uid]``."""
        return f"{self.day.term} AND {self.first}:{self.last}[uid]"

    def halves(self) -> tuple[Days | Pmids, ...]:
        """Two disjoint ranges; a single PMID cannot be cut."""
        if self.first == self.last:
            raise Disagreement(f"more than {MOST} hits with the one PMID {self.first}")
        middle = (self.first + self.last) // 2
        return Pmids(self.day, self.first, middle), Pmids(self.day, middle + 1, self.last)


@dataclass(frozen=True)
class Slice:
    """One piece of a search that ESearch listed whole: its limits (none for a small search) and its hits."""

    limits: str
    hits: int


@dataclass(frozen=True)
class Listing:
    """All PMIDs of a search in ascending order, and the slices that they came from."""

    pmids: tuple[str, ...]
    slices: tuple[Slice, ...]


def listing(find: Find, term: str, whole: Found) -> Steps[Listing]:
    """Every PMID that ``term`` finds; ``whole`` is what ESearch said of all of it.

    Raises:
        Disagreement: the counts do not sum, or a PMID is in two slices.
    """
    if whole.count <= MOST:
        pieces = [(Slice("", whole.count), whole.pmids)]
    else:
        pieces = yield from _cut(find, term, Days(), whole.count)
    pmids = sorted({pmid for _, listed in pieces for pmid in listed}, key=int)
    hits = sum(piece.hits for piece, _ in pieces)
    if not len(pmids) == hits == whole.count:
        raise Disagreement(f"{whole.count} hits, {hits} in its slices, {len(pmids)} different PMIDs")
    return Listing(tuple(pmids), tuple(piece for piece, _ in pieces))


def _cut(find: Find, term: str, span: Days | Pmids, count: int) -> Steps[list[tuple[Slice, tuple[str, ...]]]]:
    pieces: list[tuple[Slice, tuple[str, ...]]] = []
    found: list[tuple[Days | Pmids, Found]] = []
    for half in span.halves():
        found.append((half, (yield from find(f"({term}) AND {half.term}", f"hits of {half.term}", MOST))))
    counts = [part.count for _, part in found]
    if sum(counts) != count:
        raise Disagreement(f"{count} hits in {span.term}, but {' + '.join(map(str, counts))} in its halves")
    for half, part in found:
        if part.count > MOST:
            pieces += yield from _cut(find, term, half, part.count)
        elif part.count:
            pieces.append((Slice(half.term, part.count), part.pmids))
    return pieces
