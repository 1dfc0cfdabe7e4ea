"""The little language of phrases that criteria are written in, compiled once.

====================================  ==============================================================================
``intravenous immunoglobulin``        these words in this order; a hyphen, a space or nothing where the phrase has one
``immunoglobulin*``                   any ending; ``?`` is one letter or none
``(muscle|grip) strength``            one of these
``immunoglobulin* NEAR/3 intraven*``  both in one sentence with at most three words between them, in either order
``no PRE/2 (benefit|effect)``         likewise, in this order
``丙种球蛋白``                         Chinese needs no spaces and no word ends; distance counts two characters to a word
====================================  ==============================================================================

Case, width, diacritics, British and American spelling (``spelling.csv``) and the plural of the last word make no
difference. Only a phrase of two or three capitals (``PM``, ``ACE``) is read as written, since it may spell a word.

A pattern is matched on a text from :func:`folded`, which has the length of the original, so that offsets hold in both.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER = rf"[^\W_{_HAN}]"
_START, _END = rf"(?<!{_LETTER})", rf"(?!{_LETTER})"
_GAP = r"(?:\s*-\s*|\s+)"
_SIGN = r"(?:[^\w.!?;。！？；]|\.(?=\w))"
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_OPERATOR = re.compile(r"\s+(NEAR|PRE)/(\d+)\s+")
_TOKEN = re.compile(r"[()|]|[^\s()|]+")
_CAPITALS = re.compile(r"[A-Z]{2,3}")


class PatternError(ValueError):
    """A phrase that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase, compiled.

    ``needles``: pieces of text of which one must occur for the expression to have a chance; finding that none does is
    some fifty times cheaper than running the expression. ``cased``: to be matched on the text that kept its capitals.
    """

    phrase: str
    expression: re.Pattern[str]
    needles: tuple[str, ...]
    cased: bool
    han: bool

    def possible(self, text: str) -> bool:
        """Whether the phrase has a chance in the text."""
        return any(needle in text for needle in self.needles)


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
    """The text as patterns see it, capitals kept: the same length, one character for one."""
    return text if text.isascii() else text.translate(_TABLE)


def lowered(text: str) -> str:
    """Lower case of a folded text, again one character for one."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


@cache
def compiled(phrase: str) -> Pattern:
    """The phrase as a pattern.

    Raises:
        PatternError: brackets that don't match, an operator without a side, no letter at all.
    """
    text = folded(" ".join(phrase.split()))
    if not any(c.isalnum() for c in text):
        raise PatternError(f"the phrase '{phrase}' has no letter or digit")
    cased = _CAPITALS.fullmatch(text) is not None
    if not cased:
        operators = _OPERATOR.findall(text)
        text = _OPERATOR.sub("\x00", text)
        sides = text.lower().split("\x00")
    else:
        operators, sides = [], [text]
    if any(not side.strip() for side in sides) or re.search(r"\b(near|pre)/\d*", text.lower()):
        raise PatternError(f"'{phrase}': NEAR/n and PRE/n stand between two phrases")
    expression, needles = _sequence(sides[0], phrase)
    for (name, distance), side in zip(operators, sides[1:], strict=True):
        right, more = _sequence(side, phrase)
        apart = _apart(int(distance), han=bool(_HAN_CHARACTER.search(phrase)))
        expression = f"(?:{expression}){apart}(?:{right})" + (
            f"|(?:{right}){apart}(?:{expression})" if name == "NEAR" else ""
        )
        needles = max(needles, more, key=_selective)
    return Pattern(phrase, re.compile(expression), needles, cased, bool(_HAN_CHARACTER.search(phrase)))


def _apart(words: int, *, han: bool) -> str:
    if han:
        return rf"[^。！？；.!?;]{{0,{2 * words}}}"
    return rf"(?:{_SIGN}+\w+){{0,{words}}}?{_SIGN}+"


def _selective(needles: tuple[str, ...]) -> int:
    return min(map(len, needles))


def _sequence(side: str, phrase: str) -> tuple[str, tuple[str, ...]]:
    """One side of an operator: words and bracketed choices in order, by recursive descent."""
    tokens = _TOKEN.findall(side)
    expression, needles, rest = _choice(tokens, phrase, depth=0)
    if rest:
        raise PatternError(f"'{phrase}': a bracket is closed that was not opened")
    return expression, needles


def _choice(tokens: list[str], phrase: str, depth: int) -> tuple[str, tuple[str, ...], list[str]]:
    options: list[str] = []
    needles: tuple[str, ...] = ()
    while True:
        expression, some, tokens = _words(tokens, phrase, depth)
        options.append(expression)
        needles += some
        if not tokens or tokens[0] == ")":
            return (options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"), needles, tokens
        tokens = tokens[1:]


def _words(tokens: list[str], phrase: str, depth: int) -> tuple[str, tuple[str, ...], list[str]]:
    parts: list[str] = []
    best: tuple[str, ...] = ()
    while tokens and tokens[0] not in "|)":
        token, tokens = tokens[0], tokens[1:]
        if token == "(":
            part, needles, tokens = _choice(tokens, phrase, depth + 1)
            if not tokens:
                raise PatternError(f"'{phrase}': a bracket is not closed")
            tokens = tokens[1:]
        else:
            last = not tokens or tokens[0] in "|)"
            part, needles = _word(token, last=last)
        if parts:
            parts.append(r"\s*" if _HAN_CHARACTER.search(token) else _GAP)
        parts.append(part)
        best = needles if not best else max(best, needles, key=_selective)
    if not parts:
        raise PatternError(f"'{phrase}': nothing stands between its brackets or bars")
    return "".join(parts), best, tokens


def _word(word: str, *, last: bool) -> tuple[str, tuple[str, ...]]:
    """A word's expression and the longest piece of it that every spelling has."""
    pieces = re.split(r"([*?])", word)
    plural = last and len(word) > 2 and pieces[-1] == word
    body = "".join(
        rf"{_LETTER}*" if piece == "*" else rf"{_LETTER}?" if piece == "?" else _spelled(piece) for piece in pieces
    )
    if plural and not word.isupper():
        body = _either_number(word, body)
    elif plural:
        body += "s?"
    start = _START if not _HAN_CHARACTER.match(word[0]) and word[0] != "*" else ""
    end = _END if not _HAN_CHARACTER.match(word[-1]) else ""
    return start + body + end, (_needle(word),)


def _either_number(word: str, body: str) -> str:
    if not word[-1].isalpha() or _HAN_CHARACTER.match(word[-1]):
        return body
    if word.endswith("is"):
        return body[:-2] + "[ie]s"
    if word.endswith(("ss", "us", "x", "ch", "sh")):
        return body + "(?:'s|es)?"
    if word.endswith("ies") and len(word) > 4:
        return body[:-3] + "(?:ies|y)"
    if word.endswith("s"):
        return body[:-1] + "(?:'?s)?"
    if word.endswith("y") and word[-2] not in "aeiou":
        return body[:-1] + "(?:y|ies|y's)"
    return body + "(?:'?s)?"


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    text = resources.files("winnow.screen").joinpath("spelling.csv").read_text(encoding="utf-8")
    return tuple((row["british"], row["american"]) for row in csv.DictReader(text.splitlines()))


_ISE = re.compile(r"i[sz](?=(?:e|ed|es|er|ers|ing|ation|ations|ational)?$)|y[sz](?=(?:e|ed|es|er|ers|ing)$)")


def _spelled(piece: str) -> str:
    """A piece of a word in both spellings, as an expression."""
    marks: dict[int, tuple[int, str]] = {}
    if len(piece) > 3:
        for pair in _spellings():
            for spelling in pair:
                at = piece.find(spelling)
                if at >= 0 and all(at >= end or at + len(spelling) <= start for start, (end, _) in marks.items()):
                    marks[at] = (at + len(spelling), f"(?:{'|'.join(pair)})")
                    break
    for found in _ISE.finditer(piece):
        if len(piece) > 5 and all(found.start() >= end or found.end() <= start for start, (end, _) in marks.items()):
            marks[found.start()] = (found.end(), piece[found.start()] + "[sz]")
    out, at = [], 0
    for start, (end, expression) in sorted(marks.items()):
        out += [_plain(piece[at:start]), expression]
        at = end
    return "".join([*out, _plain(piece[at:])])


def _plain(piece: str) -> str:
    return re.escape(piece).replace(r"\-", r"(?:\s*-\s*|\s)?").replace("'", "'?")


_LOOSE = re.compile(r"[*?'\-]")


def _needle(word: str) -> str:
    """The longest stretch of the word that no other spelling or number changes."""
    fixed = word
    for british, american in _spellings():
        fixed = fixed.replace(british, "*").replace(american, "*")
    stretches = _LOOSE.split(_ISE.sub("*", fixed) if len(word) > 5 else fixed)
    if stretches[-1] and word[-1].isalpha() and not _HAN_CHARACTER.match(word[-1]):
        stretches[-1] = re.sub(r"(?:ies|is|s|y)$", "", stretches[-1])
    return max(stretches, key=len)
