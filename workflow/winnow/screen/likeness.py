"""Weak evidence against a report, weighed by how the report reads beside those that meet every criterion.

That an abstract does not mention something proves little: the author of the criteria may have missed a synonym, the author of the
abstract may have left out what the review asks for. So silence, and a word found in the abstract alone, count against a report
only if it also reads unlike the reports that meet the criteria. These are known from the same table, without anybody's decisions.
Each report is scored by the words that it shares with them beyond what it shares with all reports; each of them likewise with the
rest of them (leave-one-out). Weak evidence holds if the report and those of them that score lower are fewer than one in fifty of
them all, itself counted. A hint of the subject makes silence weaker still: then it must be fewer than one in a hundred.

That is a conformal p-value (Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005) with reports that meet the
criteria in place of labelled ones; forty-nine of them can never give one below one in fifty. It is no guarantee, since relevant
reports that are silent may read a little less like these than these do themselves; what it loses and saves is measured by
``benchmarks/screen_exclude.py``.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from winnow.screen.criteria import Criteria
from winnow.screen.signals import HINTED, MET, NOT_MET, UNCLEAR
from winnow.wording.tokens import HAN, folded, lowered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

#: Weak evidence holds if fewer than this share of the reports that meet the criteria, itself counted among them, read as unlike.
SHARE = 0.02
#: The same where there is a hint, which makes silence weaker still.
SHARE_HINTED = 0.01
#: A table with fewer reports than this is too small for them to be expected; silence then counts by itself, but for a hint.
SMALL = 50

TOO_FEW = "too few reports meet the criteria to tell how such reports read"
TOO_SMALL = "too few reports to compare it with"
ALIKE = "reads like the reports that meet the criteria"
_BUT = ", but "

#: What a report reads like.
FIELDS = frozenset(("title", "original_title", "abstract", "keywords", "mesh"))
#: Fields that do not say what a report is about, only what occurs in it.
_PASSING = frozenset(("abstract", "keywords"))
_WORD, _ASCII_WORD = re.compile(r"[^\W\d_]{3,}"), re.compile(r"[a-z]{3,}")
_SHOWN = 4

#: What one criterion says of a report: criterion, verdict, rule, field, quote, start, end.
Said = Sequence[str]


def weighed(
    said: Sequence[Sequence[Said]],
    texts: Iterable[str],
    criteria: Criteria,
    share: float = SHARE,
    share_hinted: float = SHARE_HINTED,
) -> list[list[Said]]:
    """What the criteria say of each report, unclear where the evidence against it is weak and not enough.

    Args:
        said: for each report, what each criterion says of it.
        texts: for each report, all that it says.
        criteria: the protocol.
        share: see :data:`SHARE`.
        share_hinted: see :data:`SHARE_HINTED`.

    Returns:
        ``said``, with the reason added to the rule wherever a verdict changed.
    """
    decisive = {
        (criterion.id, signal.rule) for criterion in criteria for signal in criterion.not_met if signal.decisive
    }
    needed = frozenset(criterion.id for criterion in criteria if criterion.absent == NOT_MET)
    weak: list[int] = []
    hinted: list[int] = []
    meeting: list[int] = []
    for position, rows in enumerate(said):
        against = [row for row in rows if row[1] == NOT_MET]
        plain = [row for row in against if not is_hinted(row)]
        if len(plain) < len(against):
            hinted.append(position)
        if plain and all(is_weak(row) and (row[0], row[2]) not in decisive for row in plain):
            weak.append(position)
        if not against and all(row[1] == MET for row in rows if row[0] in needed):
            meeting.append(position)
    found = [list(rows) for rows in said]
    if len(said) < SMALL:
        _doubt(found, dict.fromkeys(hinted, TOO_SMALL), is_hinted)
    elif weak or hinted:
        alike = _Alike(_Words(texts), meeting)
        _doubt(found, dict(alike.among(weak, share)), is_weak)
        _doubt(found, dict(alike.among(hinted, share_hinted)), is_hinted)
    return found


def is_weak(row: Said) -> bool:
    """Whether what speaks against the report stands in its abstract or keywords alone, or is silence, which is the abstract's."""
    return row[3] in _PASSING or is_hinted(row)


def is_hinted(row: Said) -> bool:
    """Whether it is silence but for a hint."""
    return row[2].startswith(f"{HINTED}: ")


def undoubted(row: Said) -> Said:
    """A row of :func:`weighed` as it was before."""
    criterion, verdict, rule, *place = row
    weak, but, doubt = rule.rpartition(_BUT)
    if verdict == UNCLEAR and but and doubt.startswith((TOO_FEW, TOO_SMALL, ALIKE)):
        verdict, rule = NOT_MET, weak
    return (criterion, verdict, rule, *place)


def _doubt(found: list[list[Said]], why: Mapping[int, str], among: Callable[[Said], bool]) -> None:
    for position, doubt in why.items():
        for index, (criterion, verdict, rule, *place) in enumerate(found[position]):
            if verdict == NOT_MET and among(found[position][index]):
                found[position][index] = (criterion, UNCLEAR, f"{rule}{_BUT}{doubt}", *place)


class _Words:
    """Texts as rows of distinct words, weighted by how rare they are and brought to length one.

    A word that occurs in one text only has no weight. Han characters count in pairs.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy as np
        from scipy.sparse import csr_array

        known: defaultdict[str, int] = defaultdict()
        known.default_factory = known.__len__  # a word that was not met before gets the next number
        columns, ends = array("i"), array("q", [0])
        for text in texts:
            columns.extend(map(known.__getitem__, dict.fromkeys(_words(text))))
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


class _Alike:
    """How much each report reads like those that meet the criteria."""

    def __init__(self, words: _Words, meeting: list[int]) -> None:
        import numpy as np

        theirs, usual = words.mean(meeting), words.mean(slice(None))
        scores = words.against(theirs)
        itself = (words.scale[meeting] > 0).astype(float)
        scores[meeting] = (scores[meeting] * len(meeting) - itself) / max(1, len(meeting) - 1)
        self._words = words
        self._scores: Scores = np.round(scores - words.against(usual), 9)
        self._meeting: Scores = np.sort(self._scores[meeting])
        self._worth: Scores = np.round(words.weights * (theirs - usual), 9)

    def among(self, positions: Sequence[int], share: float) -> Iterator[tuple[int, str]]:
        """Those of the reports that do not read unlike enough, or that cannot be told from so few, each with the reason."""
        enough = share * (1 + len(self._meeting))
        lower = self._meeting.searchsorted(self._scores[list(positions)], side="left")
        for position, count in zip(positions, lower.tolist(), strict=True):
            if enough <= 1:
                yield position, TOO_FEW
            elif 1 + count >= enough:
                yield position, f"{ALIKE} ({', '.join(self._shared(position))})"

    def _shared(self, position: int) -> list[str]:
        """The words that it shares with them that are worth most."""
        start, end = self._words.rows.indptr[position : position + 2]
        own = self._words.rows.indices[start:end].tolist()
        names, worth = self._words.names, self._worth
        return [names[word] for word in sorted(own, key=lambda word: (-worth[word], names[word]))[:_SHOWN]]


def _words(text: str) -> list[str]:
    low = lowered(folded(text))
    if low.isascii():
        return _ASCII_WORD.findall(low)
    pairs = [one + other for one, other in pairwise(low) if HAN.match(one) and HAN.match(other)]
    return [*_WORD.findall(HAN.sub(" ", low)), *pairs]
