"""Text as words with their places, and which words of the criteria occur where.

A word is a run of letters and digits; a Chinese character is a word of its own. Every word that some phrase asks for is known to
the :class:`Lexicon`, which tells for each word of a text, once per distinct word, who asks for it. A phrase then looks at the
few places where its words stand instead of running over the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:'[^\W_{_HAN}]+)?")
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


class Lexicon:
    """The words that phrases ask for, each with a number.

    A word is asked for by its spellings, or by a beginning and an expression for the rest (wildcards).
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._spelled: dict[str, list[int]] = {}
        self._begun: dict[str, list[tuple[re.Pattern[str], int]]] = {}
        self._known = _Known(self)

    def ask(self, spellings: Sequence[str]) -> int:
        """The number of a word with these spellings; one with capitals is asked for as written."""
        key = tuple(sorted(spellings))
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            for spelling in key:
                self._spelled.setdefault(spelling, []).append(self._numbers[key])
            self._known.clear()
        return self._numbers[key]

    def ask_like(self, expression: str) -> int:
        """The number of a word with wildcards; ``expression`` is for the whole word in lower case."""
        key = ("", expression)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            begin = re.match(r"[a-z0-9]{0,3}", expression)
            stem = begin.group() if begin and len(begin.group()) == 3 else ""
            self._begun.setdefault(stem, []).append((re.compile(expression), self._numbers[key]))
            self._known.clear()
        return self._numbers[key]

    def found(self, word: str) -> tuple[int, ...]:
        """The numbers of those that ask for this word (folded, capitals kept)."""
        low = lowered(word)
        found = {*self._spelled.get(word, ()), *self._spelled.get(low, ())}
        for stem in (low[:3], ""):
            found |= {number for like, number in self._begun.get(stem, ()) if like.fullmatch(low)}
        return tuple(sorted(found))

    @property
    def who(self) -> Callable[[str], tuple[int, ...]]:
        """Like :meth:`found`, worked out once per distinct word."""
        return self._known.__getitem__


class _Known(dict[str, tuple[int, ...]]):
    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def __missing__(self, word: str) -> tuple[int, ...]:
        self[word] = found = self._lexicon.found(word)
        return found


LEXICON = Lexicon()


class Tokens:
    """One field as words: their places, and the positions of those that are asked for.

    Args:
        text: the field, folded.
        sentences: start and end of each sentence, in order.
    """

    __slots__ = ("_clauses", "_count", "_joined", "_places", "_segments", "_sentences", "at", "text")

    def __init__(self, text: str, sentences: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.at: dict[int, list[int]] = {}
        self._sentences = sentences
        self._places: tuple[list[int], list[int]] | None = None
        self._joined: dict[int, bool] = {}
        self._clauses: list[int] | None = None
        self._segments: list[int] | None = None
        words = _WORD.findall(text)
        self._count = len(words)
        at = self.at
        for position, numbers in enumerate(map(LEXICON.who, words)):
            for number in numbers:
                if number in at:
                    at[number].append(position)
                else:
                    at[number] = [position]

    def __len__(self) -> int:
        return self._count

    @property
    def starts(self) -> list[int]:
        """Where each word begins."""
        return self._located()[0]

    @property
    def ends(self) -> list[int]:
        """Where each word ends."""
        return self._located()[1]

    def _located(self) -> tuple[list[int], list[int]]:
        if self._places is None:
            spans = [found.span() for found in _WORD.finditer(self.text)]
            self._places = [start for start, _ in spans], [end for _, end in spans]
        return self._places

    def joined(self, position: int) -> bool:
        """Whether only space, hyphens, slashes or brackets stand between this word and the one before."""
        known = self._joined.get(position)
        if known is None:
            between = self.text[self.ends[position - 1] : self.starts[position]] if position else "."
            known = self._joined[position] = between in (" ", "-", "") or _APART.search(between) is None
        return known

    def segment(self, position: int) -> int:
        """The number of the word's sentence."""
        if self._segments is None:
            begins = [start for start, _ in self._sentences]
            self._segments = [bisect_right(begins, start) for start in self.starts]
        return self._segments[position]

    def clause(self, position: int) -> int:
        """The number of the word's clause: commas, semicolons and words such as `but` begin a new one."""
        if self._clauses is None:
            number, clauses = 0, []
            for index, start in enumerate(self.starts):
                before = self.text[self.ends[index - 1] if index else 0 : start]
                parted = (len(before) > 1 or before in "，；：。") and _CLAUSE.search(before)
                if parted or self.text[start : self.ends[index]].lower() in _BREAKERS:
                    number += 1
                clauses.append(number)
            self._clauses = clauses
        return self._clauses[position]

    def distance(self, first: int, last: int) -> int:
        """Words from ``first`` up to ``last``; two Chinese characters count as one word."""
        han = sum(1 for index in range(first, last) if HAN.match(self.text, self.starts[index]))
        return last - first - han // 2
