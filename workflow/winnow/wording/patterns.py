"""The little language of phrases that criteria are written in, compiled once.

====================================  ==============================================================================
``intravenous immunoglobulin``        these words in this order; a hyphen and a space are the same
``immunoglobulin*``                   any ending; ``?`` is one letter or none; ``*`` alone is any one word
``(muscle|grip) strength``            one of these; ``(open|blinded)? trial`` one of these or none
``immunoglobulin* NEAR/3 intraven*``  both in one sentence with at most three words between them, in either order
``no PRE/2 (benefit|effect)``         likewise, in this order
``=trials``                           this very word: no other number, no other spelling
``丙种球蛋白``                         Chinese needs no spaces; for NEAR and PRE two characters count as one word
====================================  ==============================================================================

Case, width, diacritics, British and American spelling (``spelling.csv``) and the number of a noun make no difference. Only a
phrase of two or three capitals (``PM``, ``ACE``) is read as written, since it may spell a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from winnow.wording.spelling import either, spellings
from winnow.wording.texts import Texts, Words
from winnow.wording.tokens import HAN, LEXICON, folded

if TYPE_CHECKING:
    from winnow.wording.texts import Positions

_OPERATOR = re.compile(r"\s+(NEAR|PRE)/(\d{1,6})\s+")
_TOKEN = re.compile(r"\)\??|[(|]|[^\s()|]+")
_CAPITALS = re.compile(r"[A-Z]{2,3}")


class PatternError(ValueError):
    """A phrase that cannot be read; the message says why."""


#: What may stand at one place: any of several words, or None for any word at all.
Unit = Words | None
#: One way of putting a phrase, word by word. Brackets and optional words are written out as forms of their own.
Form = tuple[Unit, ...]
_MOST_FORMS = 4096


class Stretches(NamedTuple):
    """Stretches of words, from left to right: the position of the first word of each, and the one after its last."""

    first: Positions
    last: Positions


def _ordered(found: Sequence[Stretches]) -> Stretches:
    """Several lots of stretches as one, each stretch once."""
    import numpy as np

    both = np.unique(np.concatenate([first << 32 | last for first, last in found]))
    return Stretches(both >> 32, both & 0xFFFFFFFF)


class Plain:
    """A phrase whose words follow each other, in any of its forms."""

    __slots__ = ("_forms",)

    def __init__(self, forms: Iterable[Form]) -> None:
        self._forms = [
            (len(form), [(words, offset) for offset, words in enumerate(form) if words is not None]) for form in forms
        ]

    def stretches(self, texts: Texts) -> Stretches | None:
        """Where it stands; None if nowhere."""
        found = []
        for length, words in self._forms:
            first = self._first(texts, length, words)
            if first is not None:
                found.append(Stretches(first, first + length))
        return _ordered(found) if len(found) > 1 else found[0] if found else None

    @staticmethod
    def _first(texts: Texts, length: int, words: list[tuple[Words, int]]) -> Positions | None:
        """Where one form begins: it is looked for from its rarest word."""
        counts = [texts.count(wanted) for wanted, _ in words]
        if not all(counts):
            return None
        (rarest, offset), *others = [words[place] for place in sorted(range(len(words)), key=counts.__getitem__)]
        first = texts.places(rarest) - offset
        if length == 1:
            return first
        first = first[(first >= 0) & (first + length <= texts.size)]
        for wanted, place in others:
            first = first[texts.among(first + place, wanted)]
        return first[texts.joined(first, length)]


class Near:
    """Two phrases in one sentence with at most ``words`` between them."""

    __slots__ = ("_left", "_ordered", "_right", "_words")

    def __init__(self, left: Node, right: Node, words: int, *, ordered: bool) -> None:
        self._left, self._right, self._words, self._ordered = left, right, words, ordered

    def stretches(self, texts: Texts) -> Stretches | None:
        """Where they stand; None if nowhere."""
        left = self._left.stretches(texts)
        right = self._right.stretches(texts) if left else None
        if not left or not right:
            return None
        found = [self._pairs(texts, left, right)]
        if not self._ordered:
            found.append(self._pairs(texts, right, left))
        return _ordered(found)

    def _pairs(self, texts: Texts, left: Stretches, right: Stretches) -> Stretches:
        """Where one of ``right`` follows one of ``left`` closely enough."""
        import numpy as np

        begin = np.searchsorted(right.first, left.last)
        # Two characters count as one word, hence twice the distance. `left.last` is at most the free position of its own text.
        many = np.searchsorted(right.first, texts.reach(left.last, 2 * self._words), side="right") - begin
        one = np.repeat(np.arange(len(many)), many)
        other = np.arange(len(one)) + np.repeat(begin - np.cumsum(many) + many, many)
        close = texts.distance(left.last[one], right.first[other]) <= self._words
        first, last = left.first[one[close]], right.last[other[close]]
        kept = [texts.one_sentence(*ends) for ends in zip(first.tolist(), (last - 1).tolist(), strict=True)]
        return Stretches(first[np.flatnonzero(kept)], last[np.flatnonzero(kept)])


Node = Plain | Near


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One phrase: how to find it, and whether it is Chinese."""

    phrase: str
    node: Node
    han: bool


class Phrases:
    """Several phrases.

    Attributes:
        patterns: the phrases in the order given.
        languages: chinese, english, both or none: those in which a text can be searched for them.
    """

    __slots__ = ("languages", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self.languages = frozenset("chinese" if pattern.han else "english" for pattern in self.patterns)

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def found(self, texts: Texts) -> tuple[Stretches, Positions] | None:
        """Where the phrases stand, phrase by phrase, and for each place the number of the phrase; None if nowhere."""
        import numpy as np

        found = [(number, pattern.node.stretches(texts)) for number, pattern in enumerate(self.patterns)]
        standing = [(number, stretches) for number, stretches in found if stretches]
        if not standing:
            return None
        first, last = (np.concatenate(parts) for parts in zip(*(stretches for _, stretches in standing), strict=True))
        numbers = np.repeat([number for number, _ in standing], [len(stretches.first) for _, stretches in standing])
        return Stretches(first, last), numbers


@cache
def together(patterns: tuple[Pattern, ...]) -> Phrases:
    """Several phrases, the same object for the same phrases, which are then looked for once."""
    return Phrases(patterns)


NO_PHRASES = together(())


@cache
def compiled(phrase: str) -> Pattern:
    """The phrase as a pattern.

    Raises:
        PatternError: brackets that don't match, an operator without a side, nothing but wildcards.
    """
    text = folded(" ".join(phrase.split()))
    if not any(c.isalnum() for c in text):
        raise PatternError(f"the phrase '{phrase}' has no letter or digit")
    if ")*" in text:
        raise PatternError(f"'{phrase}': * belongs to a word, not to a bracket")
    if _CAPITALS.fullmatch(text):
        node: Node = Plain([(Words((LEXICON.ask((text, text + "s")),)),)])
    else:
        operators = _OPERATOR.findall(text)
        sides = _OPERATOR.sub("\x00", text).lower().split("\x00")
        if any(not side.strip() for side in sides) or re.search(r"\b(near|pre)/", "\x00".join(sides)):
            raise PatternError(f"'{phrase}': NEAR/n and PRE/n stand between two phrases, with a number up to 999999")
        node = _parsed(sides[0], phrase)
        for (name, distance), side in zip(operators, sides[1:], strict=True):
            node = Near(node, _parsed(side, phrase), int(distance), ordered=name == "PRE")
    return Pattern(phrase, node, HAN.search(text) is not None)


def _parsed(side: str, phrase: str) -> Plain:
    forms, rest = _choice(_TOKEN.findall(side), phrase)
    if rest:
        raise PatternError(f"'{phrase}': a bracket is closed that was not opened")
    if any(all(unit is None for unit in form) for form in forms):
        raise PatternError(f"'{phrase}' has nothing but wildcards")
    return Plain(forms)


def _choice(tokens: list[str], phrase: str) -> tuple[list[Form], list[str]]:
    forms: list[Form] = []
    while True:
        more, tokens = _sequence(tokens, phrase)
        forms += more
        if not tokens or tokens[0][0] == ")":
            return _merged(forms), tokens
        tokens = tokens[1:]


def _sequence(tokens: list[str], phrase: str) -> tuple[list[Form], list[str]]:
    forms: list[Form] = [()]
    while tokens and tokens[0][0] not in "|)":
        token, tokens = tokens[0], tokens[1:]
        free = False
        if token == "(":
            part, tokens = _choice(tokens, phrase)
            if not tokens:
                raise PatternError(f"'{phrase}': a bracket is not closed")
            free, tokens = tokens[0] == ")?", tokens[1:]
        else:
            part = _written(token, phrase)
        forms = [(*form, *more) for form in forms for more in ((), *part) if more or free]
        if len(forms) > _MOST_FORMS:
            raise PatternError(f"'{phrase}' can be put in more than {_MOST_FORMS} ways: make it several phrases")
    if not all(forms):
        raise PatternError(f"'{phrase}': nothing stands between its brackets or bars")
    return forms, tokens


def _merged(forms: Iterable[Form]) -> list[Form]:
    """The forms, with those of a single word made into one."""
    forms = dict.fromkeys(forms)
    single = [form[0] for form in forms if len(form) == 1 and form[0] is not None]
    longer = [form for form in forms if len(form) > 1 or form[0] is None]
    return [(Words().union(*single),), *longer] if single else longer


def _written(token: str, phrase: str) -> list[Form]:
    """What stands between two spaces: a word, words joined by signs, or Chinese characters."""
    if HAN.search(token):
        token = token.strip("*?")
        if "*" in token or "?" in token:
            raise PatternError(f"'{phrase}': inside Chinese text write PRE/n instead of a wildcard")
        token = HAN.sub(lambda found: f" {found.group()} ", token)
    exact = token.startswith("=")
    chunks = [chunk for chunk in re.split(r"[^\w*?']+", token.lstrip("=")) if chunk.strip("_'")]
    if not chunks:
        raise PatternError(f"'{phrase}': '{token}' has no letter or digit")
    joined = tuple(_word(chunk, exact=exact or HAN.fullmatch(chunk) is not None) for chunk in chunks)
    if len(joined) > 1 and "-" in token and not HAN.search(token) and not exact:
        return [joined, (_word("".join(chunks), exact=False),)]
    return [joined]


def _word(word: str, *, exact: bool) -> Unit:
    if word == "*":
        return None
    if exact:
        return Words((LEXICON.ask((word,)),))
    if "*" in word or "?" in word:
        pieces = re.split(r"([*?])", word)
        expression = "".join(
            r"[\w']*" if piece == "*" else r"\w?" if piece == "?" else either(piece) for piece in pieces
        )
        return Words((LEXICON.ask_like(expression),))
    return Words((LEXICON.ask(sorted(spellings(word))),))
