"""How text is cut into words, and which of them phrases ask for.

A word is a run of letters and digits; a Chinese character is a word of its own, traditional or simplified. Every word that some
phrase asks for is known to the :class:`Lexicon`, which tells for each word of a text, once per distinct word, who asks for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

from winnow.text import alike

_T = TypeVar("_T")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"([{_HAN}]|[^\W_{_HAN}]+(?:'[^\W_{_HAN}]+)?)")
#: The same for a text in ASCII, for which it is twice as fast, and for one without apostrophes too.
_ASCII_WORD = re.compile(r"([A-Za-z0-9]+(?:'[A-Za-z0-9]+)?)")
_PLAIN_WORD = re.compile(r"([A-Za-z0-9]+)")
_APART = re.compile(r"[^\s\-/'\"().\[\]]|\.(?=\s)|\n\s*\n")
_CLAUSE = re.compile(r"[;；，：:。]|,(?!\d)|\.\s")
#: What every end of a sentence or of an entry in a list begins with.
END = re.compile(r"[.!?。！？．\n;；]")
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


_FOLDED = {chr(code): sign for code, sign in _table().items()}


def folded(text: str) -> str:
    """The text as phrases see it, capitals kept: one character for one, so that offsets hold in both."""
    if not text.isascii():
        for sign in _FOLDED.keys() & set(text):
            text = text.replace(sign, _FOLDED[sign])
    return text


def lowered(text: str) -> str:
    """Lower case of a folded text, again one character for one."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def pieces(text: str) -> list[str]:
    """A folded text cut into what stands between words and words, in turn; it begins and ends with what is no word."""
    if text.isascii():
        return (_ASCII_WORD if "'" in text else _PLAIN_WORD).split(text)
    return _WORD.split(text)


class Known(dict[str, _T]):
    """What is worked out once per distinct string."""

    def __init__(self, found: Callable[[str], _T]) -> None:
        self._found = found

    def __missing__(self, word: str) -> _T:
        self[word] = found = self._found(word)
        return found


#: What stands between two words may set them apart, so that they make no phrase (space, hyphens, slashes and brackets do not),
#: begin a new clause, and hold a sign that may end a sentence. A comma without a space does so only beside a Chinese character.
APART, CLAUSE, SENTENCE, COMMA = 1, 2, 4, 8
#: So many bits of a number say what a gap does, or of which kind a word is; those above, how long it is.
LENGTH = 32


def _gap(gap: str) -> int:
    clause = (len(gap) > 1 or gap in "，；：。") and _CLAUSE.search(gap) is not None
    does = (APART if _APART.search(gap) else 0) | (CLAUSE if clause else 0) | (SENTENCE if END.search(gap) else 0)
    return does | (COMMA if gap in (",", ";") else 0) | len(gap) << LENGTH


#: For what stands between two words, which of these it does, and its length.
GAPS = Known(_gap)


class Lexicon:
    """The words that phrases ask for, each with a number, and the words of texts by kind: who asks for them.

    A word is asked for by its spellings, or by a beginning and an expression for the rest (wildcards). What is known of a text's
    words holds until another word is asked for.

    Attributes:
        kinds: the kind of each word, 0 if nobody asks for it, and its length; what is no word has none.
        asked: for each number, the kinds that it asks for.
        breaking: the kinds of the words that begin a new clause, such as `but`.
        han: the kinds of Chinese characters.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._spelled: dict[str, list[int]] = {}
        self._begun: dict[str, list[tuple[Callable[[str], object], int]]] = {}
        self._kinds: dict[tuple[tuple[int, ...], bool, bool], int] = {((), False, False): 0}
        self.kinds = Known(self._kind)
        self.kinds[""] = 0
        self.asked: list[list[int]] = []
        self.breaking: list[int] = []
        self.han: list[int] = []

    def __len__(self) -> int:
        """How many words are asked for."""
        return len(self._numbers)

    @property
    def many(self) -> int:
        """How many kinds there are."""
        return len(self._kinds)

    def ask(self, spellings: Sequence[str]) -> int:
        """The number of a word with these spellings; one with capitals is asked for as written."""
        key = tuple(sorted(spellings))
        if key not in self._numbers:
            number = self._numbered(key)
            for spelling in key:
                self._spelled.setdefault(spelling, []).append(number)
        return self._numbers[key]

    def ask_like(self, expression: str) -> int:
        """The number of a word with wildcards; ``expression`` is for the whole word in lower case."""
        key = ("", expression)
        if key not in self._numbers:
            number = self._numbered(key)
            begin = re.match(r"[a-z0-9]{0,3}", expression)
            stem = begin.group() if begin else ""
            self._begun.setdefault(stem, []).append((re.compile(expression).fullmatch, number))
        return self._numbers[key]

    def _numbered(self, key: tuple[str, ...]) -> int:
        """The number of a word that was not asked for before; what was known of words is forgotten."""
        self._numbers[key] = number = len(self._numbers)
        self.kinds.clear()
        self.kinds[""] = 0
        self._kinds = {((), False, False): 0}
        self.asked.append([])
        if any(self.asked):
            self.asked = [[] for _ in self._numbers]
        self.breaking, self.han = [], []
        return number

    def _kind(self, word: str) -> int:
        low = lowered(word)
        key = self._asking(word, low), low in _BREAKERS, HAN.match(low) is not None
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = len(self._kinds)
            for number in key[0]:
                self.asked[number].append(kind)
            if key[1]:
                self.breaking.append(kind)
            if key[2]:
                self.han.append(kind)
        return kind | len(word) << LENGTH

    def _asking(self, word: str, low: str) -> tuple[int, ...]:
        """The numbers of those that ask for this word (folded, capitals kept), given in lower case too."""
        if HAN.match(low):
            # The forms of a character are looked up where one occurs, so that no other text pays for the table.
            return tuple(sorted({number for form in alike(low) for number in self._spelled.get(form, ())}))
        found = [*self._spelled.get(low, ()), *(self._spelled.get(word, ()) if word != low else ())]
        for begin in {low[:3], low[:2], low[:1], ""}:
            for like, number in self._begun.get(begin, ()):
                if like(low):
                    found.append(number)
        return tuple(sorted(set(found))) if found else ()


LEXICON = Lexicon()
