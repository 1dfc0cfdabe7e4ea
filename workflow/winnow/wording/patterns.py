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
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from winnow.wording.spelling import either, spellings
from winnow.wording.tokens import EVERYWHERE, HAN, LEXICON, Tokens, folded

_OPERATOR = re.compile(r"\s+(NEAR|PRE)/(\d+)\s+")
_TOKEN = re.compile(r"\)\??|[(|]|[^\s()|]+")
_CAPITALS = re.compile(r"[A-Z]{2,3}")

#: A stretch of words: first position, and the position after the last.
Stretch = tuple[int, int]


class PatternError(ValueError):
    """A phrase that cannot be read; the message says why."""


class Unit(NamedTuple):
    """Any one of several words at one place; ``words`` is None for any word. ``rarity`` guesses how selective it is: its length,
    and nothing for a word that nearly every text has.
    """

    words: frozenset[int] | None
    rarity: int


#: One way of putting a phrase, word by word. Brackets and optional words are written out as forms of their own.
Form = tuple[Unit, ...]
_MOST_FORMS = 4096


class _Rest(NamedTuple):
    """What a form needs around its rarest word: how many words stand before that, how many in all, and which."""

    before: int
    length: int
    words: tuple[tuple[int, frozenset[int]], ...]


class Plain:
    """A phrase whose words follow each other, in any of its forms.

    Attributes:
        anchors: the rarest words of the forms; where none occurs, the phrase cannot.
        needs: more sets of words; where one of the sets has no word in a text, the phrase cannot stand there.
    """

    __slots__ = ("_forms", "anchors", "needs")

    def __init__(self, forms: Sequence[Form]) -> None:
        by_rarest: dict[frozenset[int], list[_Rest]] = {}
        for form in forms:
            known = [(offset, unit.words, unit.rarity) for offset, unit in enumerate(form) if unit.words is not None]
            (before, rarest, _), *others = sorted(known, key=lambda unit: (-unit[2], unit[0]))
            rest = tuple((offset, words) for offset, words, _ in others)
            by_rarest.setdefault(rarest, []).append(_Rest(before, len(form), rest))
        self._forms = tuple(by_rarest.items())
        self.anchors: frozenset[int] = frozenset[int]().union(*by_rarest)
        asked = _needs([[unit for unit in form if unit.words is not None] for form in forms])
        self.needs = [words for words in asked if not words >= self.anchors]
        LEXICON.place(self.anchors)

    def stretches(self, tokens: Tokens) -> Iterable[Stretch]:
        """Where it stands, from left to right."""
        found: set[Stretch] = set()
        at, who, here, size = tokens.at, LEXICON.who, tokens.words, len(tokens.words)
        for rarest, rests in self._forms:
            for number in at.keys() & rarest if len(rarest) > 1 else rarest:
                for position in at.get(number, ()):
                    for before, length, words in rests:
                        first = position - before
                        last = first + length
                        if first < 0 or last > size:
                            continue
                        for offset, wanted in words:
                            if wanted.isdisjoint(who(here[first + offset])):
                                break
                        else:
                            if length == 1 or all(map(tokens.joined, range(first + 1, last))):
                                found.add((first, last))
        return sorted(found) if len(found) > 1 else found


def _needs(forms: Sequence[Sequence[Unit]]) -> list[frozenset[int]]:
    """Sets of words of each of which every form has one, smallest first.

    The first takes from each form what it shares with most of the others, and so finds the one word that the ways of putting
    "(this|the present|our) review (article|paper)" have in common; the next what they share then, and so on. Words that stand in
    every text are left out where a form has others.
    """
    telling = [[unit.words for unit in form if unit.rarity] or [unit.words for unit in form] for form in forms]
    named = [[words for words in form if words is not None] for form in telling]
    shared = Counter(words for form in named for words in set(form))
    ordered = [sorted(form, key=lambda words: (-shared[words], sorted(words))) for form in named]
    longest = max(map(len, ordered))
    columns = [[form[min(place, len(form) - 1)] for form in ordered] for place in range(longest)]
    return sorted(
        {frozenset[int]().union(*column) for column in columns}, key=lambda words: (len(words), sorted(words))
    )


class Near:
    """Two phrases in one sentence with at most ``words`` between them."""

    __slots__ = ("_left", "_ordered", "_right", "_words", "anchors", "needs")

    def __init__(self, left: Node, right: Node, words: int, *, ordered: bool) -> None:
        self._left, self._right, self._words, self._ordered = left, right, words, ordered
        few, many = sorted((left.anchors, right.anchors), key=len)
        self.anchors: frozenset[int] = few
        self.needs: list[frozenset[int]] = [many, *left.needs, *right.needs]

    def stretches(self, tokens: Tokens) -> Iterable[Stretch]:
        """Where they stand, from left to right."""
        left = list(self._left.stretches(tokens))
        right = list(self._right.stretches(tokens)) if left else []
        pairs = [(one, other) for one in left for other in right]
        if not self._ordered:
            pairs += [(other, one) for one, other in pairs]
        return sorted({
            (one[0], other[1])
            for one, other in pairs
            if one[1] <= other[0] <= one[1] + 2 * self._words
            and tokens.distance(one[1], other[0]) <= self._words
            and tokens.segment(one[0]) == tokens.segment(other[1] - 1)
        })  # fmt: skip


Node = Plain | Near


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One phrase: how to find it, its bit in the lexicon, and whether it is Chinese."""

    phrase: str
    node: Node
    bit: int
    han: bool


class Phrases:
    """Several phrases, of which only those are tried whose words occur in the text at all.

    Attributes:
        patterns: the phrases in the order given.
        bits: their bits in the lexicon.
        languages: chinese, english, both or none: those in which a text can be searched for them.
    """

    __slots__ = ("_places", "bits", "languages", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self._places = {pattern.bit: index for index, pattern in enumerate(self.patterns)}
        self.bits = sum(self._places)
        self.languages = frozenset("chinese" if pattern.han else "english" for pattern in self.patterns)

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def located(self, tokens: Tokens) -> Iterator[tuple[int, Stretch]]:
        """Where the phrases stand, each with its number, phrase by phrase in the order given."""
        possible, indices = self.bits & tokens.possible, []
        while possible:
            lowest = possible & -possible
            indices.append(self._places[lowest])
            possible ^= lowest
        for index in sorted(indices):
            for stretch in self.patterns[index].node.stretches(tokens):
                yield index, stretch

    def found(self, tokens: Tokens) -> Iterator[Stretch]:
        """Where the phrases stand, phrase by phrase in the order given."""
        return (stretch for _, stretch in self.located(tokens))


NO_PHRASES = Phrases(())


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
        node: Node = Plain([(Unit(frozenset((LEXICON.ask((text, text + "s")),)), len(text)),)])
    else:
        operators = _OPERATOR.findall(text)
        sides = _OPERATOR.sub("\x00", text).lower().split("\x00")
        if any(not side.strip() for side in sides) or re.search(r"\b(near|pre)/", "\x00".join(sides)):
            raise PatternError(f"'{phrase}': NEAR/n and PRE/n stand between two phrases")
        node = _parsed(sides[0], phrase)
        for (name, distance), side in zip(operators, sides[1:], strict=True):
            node = Near(node, _parsed(side, phrase), int(distance), ordered=name == "PRE")
    return Pattern(phrase, node, LEXICON.hang([node.anchors, *node.needs]), HAN.search(text) is not None)


def _parsed(side: str, phrase: str) -> Plain:
    forms, rest = _choice(_TOKEN.findall(side), phrase)
    if rest:
        raise PatternError(f"'{phrase}': a bracket is closed that was not opened")
    if any(all(unit.words is None for unit in form) for form in forms):
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
    single = [form[0] for form in forms if len(form) == 1 and form[0].words is not None]
    longer = [form for form in forms if len(form) > 1 or form[0].words is None]
    if not single:
        return longer
    words = frozenset[int]().union(*(unit.words for unit in single if unit.words is not None))
    return [(Unit(words, min(unit.rarity for unit in single)),), *longer]


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
        return Unit(None, 0)
    if exact:
        return Unit(frozenset((LEXICON.ask((word,)),)), _rarity(word))
    if "*" in word or "?" in word:
        pieces = re.split(r"([*?])", word)
        expression = "".join(
            r"[\w']*" if piece == "*" else r"\w?" if piece == "?" else either(piece) for piece in pieces
        )
        return Unit(frozenset((LEXICON.ask_like(expression),)), len(word) - 1)
    return Unit(frozenset((LEXICON.ask(sorted(spellings(word))),)), _rarity(word))


def _rarity(word: str) -> int:
    return 0 if word in EVERYWHERE else len(word)
