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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from winnow.screen.spelling import either, spellings
from winnow.screen.tokens import HAN, LEXICON, Tokens, folded

_OPERATOR = re.compile(r"\s+(NEAR|PRE)/(\d+)\s+")
_TOKEN = re.compile(r"\)\??|[(|]|[^\s()|]+")
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[*?=]")
_CAPITALS = re.compile(r"[A-Z]{2,3}")

#: A stretch of words: first position, and the position after the last.
Stretch = tuple[int, int]


class PatternError(ValueError):
    """A phrase that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word; ``number`` is its number in the lexicon, -1 for any word. ``rarity`` guesses how selective it is."""

    number: int
    rarity: int

    @property
    def anchors(self) -> frozenset[int]:
        return frozenset((self.number,)) if self.number >= 0 else frozenset()

    def stretches(self, tokens: Tokens) -> Iterable[Stretch]:
        if self.number < 0:
            return [(position, position + 1) for position in range(len(tokens))]
        places = tokens.at.get(self.number)
        return [(position, position + 1) for position in places] if places else ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Node, ...]

    @property
    def rarity(self) -> int:
        return min(option.rarity for option in self.options)

    @property
    def anchors(self) -> frozenset[int]:
        return frozenset().union(*(option.anchors for option in self.options))

    def stretches(self, tokens: Tokens) -> Iterable[Stretch]:
        found: set[Stretch] = set()
        for option in self.options:
            found.update(option.stretches(tokens))
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other; those of ``optional`` may be missing."""

    parts: tuple[Node, ...]
    optional: tuple[bool, ...]

    @property
    def _rarest(self) -> Node:
        return max(
            (part for part, free in zip(self.parts, self.optional, strict=True) if not free),
            key=lambda part: part.rarity,
        )

    @property
    def rarity(self) -> int:
        return self._rarest.rarity

    @property
    def anchors(self) -> frozenset[int]:
        return self._rarest.anchors

    def stretches(self, tokens: Tokens) -> Iterable[Stretch]:
        for part, free in zip(self.parts, self.optional, strict=True):
            if not free and type(part) is Word and part.number >= 0 and part.number not in tokens.at:
                return ()
        whole: set[Stretch] | None = None
        for part, free in zip(self.parts, self.optional, strict=True):
            if whole is None:
                own = set(part.stretches(tokens))
                whole = own | {(position, position) for position in range(len(tokens))} if free else own
            else:
                after: dict[int, list[int]] = {}
                for start, end in part.stretches(tokens):
                    after.setdefault(start, []).append(end)
                longer = {
                    (first, further)
                    for first, last in whole
                    for further in after.get(last, ())
                    if first == last or tokens.joined(last)
                }
                whole = longer | whole if free else longer
            if not whole:
                return ()
        return sorted(stretch for stretch in whole or () if stretch[0] < stretch[1])


@dataclass(frozen=True, slots=True)
class Near:
    """Two parts in one sentence with at most ``words`` between them."""

    left: Node
    right: Node
    words: int
    ordered: bool

    @property
    def _rarest(self) -> Node:
        return max((self.left, self.right), key=lambda part: part.rarity)

    @property
    def rarity(self) -> int:
        return self._rarest.rarity

    @property
    def anchors(self) -> frozenset[int]:
        return self._rarest.anchors

    def stretches(self, tokens: Tokens) -> Iterable[Stretch]:
        left = list(self.left.stretches(tokens))
        right = list(self.right.stretches(tokens)) if left else []
        pairs = [(one, other) for one in left for other in right]
        if not self.ordered:
            pairs += [(other, one) for one, other in pairs]
        return sorted({
            (one[0], other[1])
            for one, other in pairs
            if one[1] <= other[0] <= one[1] + 2 * self.words
            and tokens.distance(one[1], other[0]) <= self.words
            and tokens.segment(one[0]) == tokens.segment(other[1] - 1)
        })  # fmt: skip


Node = Word | Choice | Sequence | Near


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase: its tree, the words of which one must occur for it to have a chance, and whether it is Chinese."""

    phrase: str
    node: Node
    anchors: frozenset[int]
    han: bool


class Phrases:
    """Several phrases, of which only those are tried whose rarest words occur in the text at all."""

    __slots__ = ("_asking", "anchors", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._asking: dict[int, list[int]] = {}
        for index, pattern in enumerate(self.patterns):
            for anchor in pattern.anchors:
                self._asking.setdefault(anchor, []).append(index)
        self.anchors = frozenset(self._asking)

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def found(self, tokens: Tokens) -> Iterator[Stretch]:
        """Where the phrases stand, phrase by phrase in the order given."""
        asked = tokens.at.keys() & self.anchors
        if asked:
            for index in sorted({index for anchor in asked for index in self._asking[anchor]}):
                yield from self.patterns[index].node.stretches(tokens)


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
        node: Node = Word(LEXICON.ask((text, text + "s")), len(text))
    else:
        operators = _OPERATOR.findall(text)
        sides = _OPERATOR.sub("\x00", text).lower().split("\x00")
        if any(not side.strip() for side in sides) or re.search(r"\b(near|pre)/", "\x00".join(sides)):
            raise PatternError(f"'{phrase}': NEAR/n and PRE/n stand between two phrases")
        node = _parsed(sides[0], phrase)
        for (name, distance), side in zip(operators, sides[1:], strict=True):
            node = Near(node, _parsed(side, phrase), int(distance), ordered=name == "PRE")
    if not node.anchors:
        raise PatternError(f"'{phrase}' has nothing but wildcards")
    return Pattern(phrase, node, node.anchors, HAN.search(text) is not None)


def _parsed(side: str, phrase: str) -> Node:
    node, rest = _choice(_TOKEN.findall(side), phrase)
    if rest:
        raise PatternError(f"'{phrase}': a bracket is closed that was not opened")
    return node


def _choice(tokens: list[str], phrase: str) -> tuple[Node, list[str]]:
    options: list[Node] = []
    while True:
        node, tokens = _sequence(tokens, phrase)
        options.append(node)
        if not tokens or tokens[0][0] == ")":
            return options[0] if len(options) == 1 else Choice(tuple(options)), tokens
        tokens = tokens[1:]


def _sequence(tokens: list[str], phrase: str) -> tuple[Node, list[str]]:
    parts: list[Node] = []
    optional: list[bool] = []
    while tokens and tokens[0][0] not in "|)":
        token, tokens = tokens[0], tokens[1:]
        free = False
        if token == "(":
            node, tokens = _choice(tokens, phrase)
            if not tokens:
                raise PatternError(f"'{phrase}': a bracket is not closed")
            free, tokens = tokens[0] == ")?", tokens[1:]
        else:
            node = _written(token, phrase)
        parts.append(node)
        optional.append(free)
    if all(optional):
        raise PatternError(f"'{phrase}': nothing stands between its brackets or bars")
    return (parts[0] if len(parts) == 1 else Sequence(tuple(parts), tuple(optional))), tokens


def _written(token: str, phrase: str) -> Node:
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
    words = [_word(chunk, exact=exact or HAN.fullmatch(chunk) is not None) for chunk in chunks]
    if len(words) == 1:
        return words[0]
    joined: Node = Sequence(tuple(words), (False,) * len(words))
    if "-" in token and not HAN.search(token) and not exact:
        return Choice((joined, _word("".join(chunks), exact=False)))
    return joined


def _word(word: str, *, exact: bool) -> Word:
    if word == "*":
        return Word(-1, 0)
    if exact:
        return Word(LEXICON.ask((word,)), len(word))
    if "*" in word or "?" in word:
        pieces = re.split(r"([*?])", word)
        expression = "".join(
            r"[\w']*" if piece == "*" else r"\w?" if piece == "?" else either(piece) for piece in pieces
        )
        return Word(LEXICON.ask_like(expression), len(word) - 1)
    return Word(LEXICON.ask(sorted(spellings(word))), len(word))
