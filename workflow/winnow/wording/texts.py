"""Several texts as words, in which phrases are looked for in all of them at once.

A phrase is found by where its words stand: each step looks at all places of one word in a thousand texts, which is what makes it
fast. The positions of words count through all texts; characters are counted from the beginning of each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from winnow.wording.tokens import APART, CLAUSE, COMMA, GAPS, LENGTH, LEXICON, SENTENCE, pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Positions = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_At = TypeVar("_At", int, "Positions")
#: Any one of several words, by their numbers in the lexicon.
Words = frozenset[int]


class Texts:
    """Texts as words.

    Args:
        texts: one after the other, folded.
        sentences: gives start and end of each sentence of a text, in order; asked only where a phrase depends on it.

    Attributes:
        size: how many positions there are. One is left free behind the last word of each text.
    """

    def __init__(self, texts: Sequence[str], sentences: Callable[[int], Sequence[tuple[int, int]]]) -> None:
        self._texts, self._split = texts, sentences
        self._offsets = [0, *accumulate(map(len, texts))]
        self._sentences: dict[int, Sequence[tuple[int, int]]] = {}
        self._begins: dict[int, list[int]] = {}
        self._read()

    def _read(self) -> None:
        """Ask for each word of the texts who asks for it."""
        import numpy as np

        none = np.zeros(0, dtype=np.int64)
        words, gaps, sizes = [none], [none], []
        for text in self._texts:
            cut = [*pieces(text), ""] if text else []
            sizes.append(len(cut) // 2)
            words.append(np.fromiter(map(LEXICON.kinds.__getitem__, cut[1::2]), np.int64, sizes[-1]))
            gaps.append(np.fromiter(map(GAPS.__getitem__, cut[::2]), np.int64, sizes[-1]))
        kinds, between = np.concatenate(words), np.concatenate(gaps)
        self.size, self._lexicon = len(kinds), len(LEXICON)
        self._text_of = np.repeat(np.arange(len(sizes)), sizes)
        self._free = np.cumsum(sizes) - 1
        self._lengths = kinds >> LENGTH
        self._ends = np.cumsum((between >> LENGTH) + self._lengths)
        self._kinds, between = kinds.astype(np.int32), between.astype(np.int8)
        self._many = np.bincount(self._kinds, minlength=LEXICON.many).tolist()
        apart = between & APART
        first = np.flatnonzero(np.diff(self._text_of, prepend=-1))
        apart[first] = apart[first - 1] = APART  # `first - 1` is the position left free behind the text before
        between[first] |= SENTENCE
        self._runs = np.cumsum(apart)
        han = self._mask(LEXICON.han)[self._kinds]
        comma = (between & COMMA > 0) & (han | np.roll(han, 1))
        self._clauses = np.cumsum((between & CLAUSE > 0) | comma | self._mask(LEXICON.breaking)[self._kinds])
        self._stops = np.cumsum(between & SENTENCE > 0)
        self._han = np.append(0, np.cumsum(han))
        asked = np.flatnonzero(self._kinds)
        self._sorted = asked[np.argsort(self._kinds[asked].astype(np.min_scalar_type(LEXICON.many)), kind="stable")]
        self._until = [0, *accumulate(self._many[1:])]
        self._asking: dict[Words, list[int]] = {}
        self._masks: dict[Words, Mask] = {}

    def _mask(self, kinds: Sequence[int]) -> Mask:
        import numpy as np

        mask = np.zeros(len(self._many), dtype=np.bool_)
        mask[list(kinds)] = True
        return mask

    def _kinds_of(self, words: Words) -> list[int]:
        """The kinds of the texts' words that are among ``words``."""
        if len(LEXICON) != self._lexicon:
            self._read()
        known = self._asking.get(words)
        if known is None:
            many = self._many
            kinds = {kind for number in words for kind in LEXICON.asked[number] if kind < len(many) and many[kind]}
            known = self._asking[words] = sorted(kinds)
        return known

    def count(self, words: Words) -> int:
        """How many times one of the words stands in the texts."""
        return sum(self._many[kind] for kind in self._kinds_of(words))

    def places(self, words: Words) -> Positions:
        """Where one of the words stands, from left to right."""
        import numpy as np

        until = self._until
        parts = [self._sorted[until[kind - 1] : until[kind]] for kind in self._kinds_of(words)]
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts)) if parts else self._sorted[:0]

    def among(self, positions: Positions, words: Words) -> Mask:
        """Whether one of the words stands at each of the positions."""
        mask = self._masks.get(words)
        if mask is None:
            mask = self._masks[words] = self._mask(self._kinds_of(words))
        stands: Mask = mask[self._kinds[positions]]
        return stands

    def joined(self, first: Positions, length: int) -> Mask:
        """Whether the words of each stretch stand in one text with only space, hyphens, slashes or brackets between them."""
        one_run: Mask = self._runs[first] == self._runs[first + length - 1]
        return one_run

    def distance(self, first: _At, last: _At) -> _At:
        """Words from ``first`` up to ``last``; two Chinese characters count as one word."""
        words: _At = last - first - (self._han[last] - self._han[first]) // 2
        return words

    def one_clause(self, first: int, last: int) -> bool:
        """Whether no comma, semicolon, stop or word such as `but` begins a new clause after ``first``, up to ``last``."""
        return self._clauses.item(first) == self._clauses.item(last)

    def one_sentence(self, first: int, last: int) -> bool:
        """Whether two words, which may stand in either order, stand in the same sentence of the same text."""
        if self._stops.item(first) == self._stops.item(last):
            return True  # nothing between them could end a sentence
        return self._segment(first) == self._segment(last)

    def _segment(self, position: int) -> tuple[int, int]:
        text = self._text_of.item(position)
        begins = self._begins.get(text)
        if begins is None:
            begins = self._begins[text] = [start for start, _ in self.sentences(text)]
        return text, bisect_right(begins, self._ends.item(position) - self._offsets[text] - 1)

    def sentences(self, text: int) -> Sequence[tuple[int, int]]:
        """Start and end of each sentence of a text, in order."""
        known = self._sentences.get(text)
        if known is None:
            known = self._sentences[text] = self._split(text)
        return known

    def texts_of(self, positions: Positions) -> Positions:
        """The text in which each word stands."""
        texts: Positions = self._text_of[positions]
        return texts

    def reach(self, positions: Positions, words: int) -> Positions:
        """So many words on from each position, but no further than the position left free behind its text."""
        import numpy as np

        furthest: Positions = np.minimum(positions + words, self._free[self._text_of[positions]])
        return furthest

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where a stretch of words begins and ends in its text."""
        offset = self._offsets[self._text_of.item(first)]
        start = self._ends.item(first) - self._lengths.item(first)
        return start - offset, self._ends.item(last - 1) - offset
