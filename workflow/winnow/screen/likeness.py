"""Weak evidence against a report, weighed by how the report reads beside those that meet every criterion.

That an abstract does not mention something proves little: the author of the criteria may have missed a synonym, the author of the
abstract may have left out what the review asks for. So silence, and a word found in the abstract alone, count against a report
only if it also reads unlike the reports that meet the criteria. These are known from the same table, without anybody's decisions.
Each report is scored by the words that it shares with them beyond what it shares with all reports; each of them likewise with the
rest of them (leave-one-out). Weak evidence holds if fewer than one in twenty of them scores lower.

That is the reasoning of conformal prediction (Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005) with reports
that meet the criteria in place of labelled ones. It is no guarantee, since relevant reports that are silent may read a little less
like these than these do themselves; what it loses and saves is measured by ``benchmarks/screen_exclude.py``.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from winnow.screen.criteria import Criteria
from winnow.screen.signals import MET, NOT_MET
from winnow.wording.tokens import HAN, folded, lowered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

#: Weak evidence holds if fewer than this share of the reports that meet the criteria read less like the others.
SHARE = 0.05
#: So many reports must meet the criteria before anything can be said about how such reports read.
ENOUGH = 20
#: A table with fewer reports than this is too small for them to be expected; silence then counts by itself.
SMALL = 50

TOO_FEW = "too few reports meet the criteria to tell how such reports read"
ALIKE = "reads like the reports that meet the criteria"

#: What a report reads like.
FIELDS = frozenset(("title", "original_title", "abstract", "keywords", "mesh"))
#: Fields that do not say what a report is about, only what occurs in it.
_PASSING = frozenset(("abstract", "keywords"))
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHOWN = 4

#: What one criterion says of a report: criterion, verdict, rule, field, quote, start, end.
Said = Sequence[str]


def held_back(
    said: Sequence[Sequence[Said]], texts: Iterable[str], criteria: Criteria, share: float = SHARE
) -> dict[int, str]:
    """The reports against which there is weak evidence only and for which it is not enough.

    Args:
        said: for each report, what each criterion says of it.
        texts: for each report, all that it says.
        criteria: the protocol.
        share: see :data:`SHARE`.

    Returns:
        By position in ``said``: why the weak evidence is not enough.
    """
    decisive = {
        (criterion.id, signal.rule) for criterion in criteria for signal in criterion.not_met if signal.decisive
    }
    needed = frozenset(criterion.id for criterion in criteria if criterion.absent == NOT_MET)
    weak: list[int] = []
    meeting: list[int] = []
    for position, rows in enumerate(said):
        against = [row for row in rows if row[1] == NOT_MET]
        if not against:
            if all(row[1] == MET for row in rows if row[0] in needed):
                meeting.append(position)
        elif all(is_weak(row) and (row[0], row[2]) not in decisive for row in against):
            weak.append(position)
    if not weak or len(said) < SMALL:
        return {}
    if len(meeting) < ENOUGH:
        return dict.fromkeys(weak, TOO_FEW)
    return dict(_alike(_Words(texts), meeting, weak, share))


def is_weak(row: Said) -> bool:
    """Whether what speaks against the report stands in its abstract or keywords alone, or is silence, which is the abstract's."""
    return row[3] in _PASSING


class _Words:
    """Texts as rows of distinct words, weighted by how rare they are and brought to length one.

    A word that occurs in one text only has no weight. Han characters count in pairs.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy as np
        from scipy.sparse import csr_array

        known: dict[str, int] = {}
        columns, ends = array("i"), array("q", [0])
        for text in texts:
            columns.extend(known.setdefault(word, len(known)) for word in dict.fromkeys(_words(text)))
            ends.append(len(columns))
        self.names = list(known)
        indices, indptr = np.frombuffer(columns, dtype=np.int32), np.frombuffer(ends, dtype=np.int64)
        shape = (len(indptr) - 1, len(known))
        self.rows = csr_array((np.ones(len(indices)), indices, indptr), shape=shape)
        occurs = np.bincount(indices, minlength=len(known))
        self.weights: Scores = np.where(occurs > 1, np.log((1 + shape[0]) / (1 + occurs)), 0.0)
        lengths = np.sqrt(self.rows @ self.weights**2)
        self.scale: Scores = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)

    def mean(self, positions: Sequence[int] | slice) -> Scores:
        """The mean of some rows."""
        scale = self.scale[positions]
        total: Scores = self.rows[positions].T @ scale * self.weights / max(1, len(scale))
        return total

    def against(self, direction: Scores) -> Scores:
        """The product of every row with a direction."""
        product: Scores = self.rows @ (self.weights * direction) * self.scale
        return product


def _alike(words: _Words, meeting: list[int], weak: list[int], share: float) -> Iterator[tuple[int, str]]:
    import numpy as np

    theirs, usual = words.mean(meeting), words.mean(slice(None))
    scores = words.against(theirs)
    itself = (words.scale[meeting] > 0).astype(float)
    scores[meeting] = (scores[meeting] * len(meeting) - itself) / (len(meeting) - 1)
    scores = np.round(scores - words.against(usual), 9)
    lower = np.searchsorted(np.sort(scores[meeting]), scores[weak], side="left")
    worth = np.round(words.weights * (theirs - usual), 9)
    for position, count in zip(weak, lower.tolist(), strict=True):
        if count >= share * len(meeting):
            start, end = words.rows.indptr[position : position + 2]
            own = words.rows.indices[start:end].tolist()
            best = sorted(own, key=lambda word: (-worth[word], words.names[word]))[:_SHOWN]
            yield position, f"{ALIKE} ({', '.join(words.names[word] for word in best)})"


def _words(text: str) -> Iterator[str]:
    low = lowered(folded(text))
    if low.isascii():
        yield from _WORD.findall(low)
        return
    yield from _WORD.findall(HAN.sub(" ", low))
    for first, second in pairwise(low):
        if HAN.match(first) and HAN.match(second):
            yield first + second
