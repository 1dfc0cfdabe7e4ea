"""Text as words with their places, and which words of the criteria occur where.

A word is a run of letters and digits; a Chinese character is a word of its own. Every word that some phrase asks for is known to
the :class:`Lexicon`, which tells for each word of a text, once per distinct word, who asks for it. A phrase then looks at the
few places where its words stand instead of running over the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import accumulate, compress
from operator import or_
from typing import TypeVar

_T = TypeVar("_T")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"([{_HAN}]|[^\W_{_HAN}]+(?:'[^\W_{_HAN}]+)?)")
#: The same for a text in ASCII, for which it is twice as fast, and for one without apostrophes too.
_ASCII_WORD = re.compile(r"([A-Za-z0-9]+(?:'[A-Za-z0-9]+)?)")
_PLAIN_WORD = re.compile(r"([A-Za-z0-9]+)")
_APART = re.compile(r"[^\s\-/'\"().\[\]]|\.(?=\s)|\n\s*\n")
_CLAUSE = re.compile(r"[;；，：:。]|,(?!\d)|\.\s")
_BREAKERS = frozenset(
    (
        "but",
        "however",
        "whereas",
        "while",
        "although",
        "though",
        "yet",
        "because",
        "who",
        "which",
        "that",
        "then",
        "但",
        "而",
    )
)


def _table() -> dict[int, str]:
    """One character for one character: width, dashes, quotes, and letters without their marks."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= dict.fromkeys(range(0x2010, 0x2016), "-") | {0x2212: "-", 0xFE63: "-", 0x00AD: "-"}
    table |= {0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x201C: '"', 0x201D: '"', 0x3000: " ", 0x00A0: " ", 0x2009: " "}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base
    table |= {0x00D8: "O", 0x00F8: "o", 0x0141: "L", 0x0142: "l", 0x0131: "i", 0x0130: "I", 0x1E9E: "S"}
    return table


_TABLE = _table()


def folded(text: str) -> str:
    """The text as phrases see it, capitals kept: one character for one, so that offsets hold in both."""
    return text if text.isascii() else text.translate(_TABLE)


def lowered(text: str) -> str:
    """Lower case of a folded text, again one character for one."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


#: Words that nearly every text has: they are taken to stand in each, since to look for them saves nothing.
EVERYWHERE = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "had", "has", "have", "in", "is", "it", "its", "not",
    "of", "on", "or", "our", "that", "the", "their", "there", "these", "this", "to", "was", "we", "were", "which", "with",
))  # fmt: skip


#: So many of a phrase's conditions are looked at before the text is searched for it; more rarely say no where these did not.
_CONDITIONS = 4


class Lexicon:
    """The words that phrases ask for, each with a number.

    A word is asked for by its spellings, or by a beginning and an expression for the rest (wildcards).
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._spelled: dict[str, list[int]] = {}
        self._begun: dict[str, list[tuple[re.Pattern[str], int]]] = {}
        self._meeting: tuple[dict[int, int], ...] = tuple({} for _ in range(_CONDITIONS))
        self._placed: set[int] = set()
        self._phrases = 0
        self._known = _Known(self.found)
        self._placed_in = _Known(lambda word: tuple(number for number in self._known[word] if number in self._placed))
        self._met = _Known(self._meets)
        self._idle: set[str] = set()
        self._everywhere = 0

    def ask(self, spellings: Sequence[str]) -> int:
        """The number of a word with these spellings; one with capitals is asked for as written."""
        key = tuple(sorted(spellings))
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            for spelling in key:
                self._spelled.setdefault(spelling, []).append(self._numbers[key])
            self._forget()
        return self._numbers[key]

    def ask_like(self, expression: str) -> int:
        """The number of a word with wildcards; ``expression`` is for the whole word in lower case."""
        key = ("", expression)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            begin = re.match(r"[a-z0-9]{0,3}", expression)
            stem = begin.group() if begin else ""
            self._begun.setdefault(stem, []).append((re.compile(expression), self._numbers[key]))
            self._forget()
        return self._numbers[key]

    def place(self, numbers: Iterable[int]) -> None:
        """Have the places of these words kept: those by which phrases are found."""
        self._placed.update(numbers)
        self._forget()

    def hang(self, conditions: Sequence[Iterable[int]]) -> int:
        """Hang up a phrase; gives its bit.

        Args:
            conditions: sets of words, the most telling first; a text in which one of the sets has no word cannot hold the phrase.
        """
        bit = 1 << self._phrases
        self._phrases += 1
        for place, meeting in enumerate(self._meeting):
            for number in conditions[min(place, len(conditions) - 1)]:
                meeting[number] = meeting.get(number, 0) | bit
        self._forget()
        return bit

    def possible(self, words: Iterable[str]) -> int:
        """The bits of the phrases that may stand in a text with these words: all others cannot."""
        if not self._everywhere:
            self._everywhere = reduce(or_, map(self._met.__getitem__, EVERYWHERE), 0)
            self._idle |= EVERYWHERE
        met = reduce(or_, map(self._met.__getitem__, set(words) - self._idle), self._everywhere)
        bits = (1 << self._phrases) - 1
        for _ in self._meeting:
            bits &= met
            met >>= self._phrases
        return bits

    def _meets(self, word: str) -> int:
        """The phrases of which a word meets the first condition, the second and so on, side by side in one integer."""
        met = 0
        for number in self._known[word]:
            for place, meeting in enumerate(self._meeting):
                met |= meeting.get(number, 0) << place * self._phrases
        if not met:
            self._idle.add(word)
        return met

    def _forget(self) -> None:
        for known in (self._known, self._placed_in, self._met, self._idle):
            known.clear()
        self._everywhere = 0

    def found(self, word: str) -> tuple[int, ...]:
        """The numbers of those that ask for this word (folded, capitals kept)."""
        low = lowered(word)
        found = [*self._spelled.get(word, ()), *self._spelled.get(low, ())]
        for begin in {low[:3], low[:2], low[:1], ""}:
            for like, number in self._begun.get(begin, ()):
                if like.fullmatch(low):
                    found.append(number)
        return tuple(sorted(set(found))) if found else ()

    @property
    def who(self) -> Callable[[str], tuple[int, ...]]:
        """Like :meth:`found`, worked out once per distinct word."""
        return self._known.__getitem__

    @property
    def placed(self) -> Callable[[str], tuple[int, ...]]:
        """Likewise, but only the numbers that have places."""
        return self._placed_in.__getitem__


class _Known(dict[str, _T]):
    def __init__(self, found: Callable[[str], _T]) -> None:
        self._found = found

    def __missing__(self, word: str) -> _T:
        self[word] = found = self._found(word)
        return found


LEXICON = Lexicon()


@lru_cache(maxsize=4096)
def _joins(gap: str) -> bool:
    """Whether what stands between two words leaves them one phrase: space, hyphens, slashes, brackets."""
    return _APART.search(gap) is None


@lru_cache(maxsize=4096)
def _parts(gap: str) -> bool:
    """Whether what stands between two words begins a new clause."""
    return (len(gap) > 1 or gap in "，；：。") and _CLAUSE.search(gap) is not None


class Tokens:
    """One field as words: their places, and the positions of those that are asked for.

    Args:
        text: the field, folded.
        sentences: gives start and end of each sentence, in order; asked only if a phrase depends on it.

    Attributes:
        words: one after the other.
        possible: the bits of the phrases that may stand in it.
    """

    def __init__(self, text: str, sentences: Callable[[], Sequence[tuple[int, int]]]) -> None:
        self._split = sentences
        self._ascii = text.isascii()
        pattern = (_ASCII_WORD if "'" in text else _PLAIN_WORD) if self._ascii else _WORD
        self._pieces = pattern.split(text)  # gap, word, gap, word, ..., gap
        self.words = self._pieces[1::2]
        self.possible = LEXICON.possible(self.words)

    @cached_property
    def at(self) -> dict[int, list[int]]:
        """Where each word stands that has places, by its number."""
        at: dict[int, list[int]] = defaultdict(list)
        placed = list(map(LEXICON.placed, self.words))
        for position in compress(range(len(placed)), placed):
            for number in placed[position]:
                at[number].append(position)
        return at

    @cached_property
    def _ends(self) -> list[int]:
        """Where each piece ends."""
        return list(accumulate(map(len, self._pieces)))

    def start(self, position: int) -> int:
        """Where the word begins."""
        return self._ends[2 * position]

    def end(self, position: int) -> int:
        """Where the word ends."""
        return self._ends[2 * position + 1]

    def joined(self, position: int) -> bool:
        """Whether only space, hyphens, slashes or brackets stand between this word and the one before."""
        gap = self._pieces[2 * position]
        return gap in (" ", "-", "") or _joins(gap)

    @cached_property
    def sentences(self) -> Sequence[tuple[int, int]]:
        """Start and end of each sentence, in order."""
        return self._split()

    @cached_property
    def _begins(self) -> list[int]:
        return [start for start, _ in self.sentences]

    def segment(self, position: int) -> int:
        """The number of the word's sentence."""
        return bisect_right(self._begins, self._ends[2 * position])

    def one_clause(self, first: int, last: int) -> bool:
        """Whether no comma, semicolon, stop or word such as `but` begins a new clause after ``first``, up to ``last``."""
        pieces, words = self._pieces, self.words
        return not any(
            _parts(pieces[2 * index]) or words[index].lower() in _BREAKERS for index in range(first + 1, last + 1)
        )

    def distance(self, first: int, last: int) -> int:
        """Words from ``first`` up to ``last``; two Chinese characters count as one word."""
        if self._ascii:
            return last - first
        han = sum(1 for word in self.words[first:last] if HAN.match(word))
        return last - first - han // 2
