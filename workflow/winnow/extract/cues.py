"""What stands around a number: the cues by which a table judges what the number means.

A cue is a place (``L1`` the word before the number, ``R12`` the two after it, ``left`` anywhere before it in the sentence ...) and
the word or words in that place, by the classes of ``rules/lexicon.csv``. Nothing but words near the number counts: no drug or
disease is a cue. ``scoring`` adds them up.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, repeat

from winnow.extract.passage import Passage
from winnow.extract.words import EDGE, WHOLE, Words, words

#: The word in a place, or the words.
Key = str | tuple[str, ...]
#: A place and what stands in it.
Cue = tuple[str, Key]

#: How many words to each side are looked at one by one, and how many as a bag.
_NEAR, _BAG = 5, 14
_EDGES = [EDGE] * _NEAR
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)
#: The places that hold one thing for every number, in the order of :meth:`Context.beside`.
BESIDE = (
    "L1", "L2", "L3", "L4", "L5", "R1", "R2", "R3", "R4", "R5", "L21", "R12", "L321", "R123", "L1R1", "L21R1", "L1R12",
    "place", "bracket", "form",
)  # fmt: skip
_BRACKETS = {"(": 1, "[": 1, ")": -1, "]": -1}
_DEPTHS = ("0", "1", "2")


class Context:
    """The words of a passage and where its sentences begin and end, made once for all rules."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.words = words(passage)
        names = self.words.names
        #: The indices of the numbers, of the whole ones, and the place of each of these in the list of whole ones.
        self.places = list(self.words.numbers)
        self.whole_places = [place for place in self.places if names[place] == WHOLE]
        self.order = {place: order for order, place in enumerate(self.whole_places)}
        #: Every whole number of the text: what a percentage may be of.
        self.wholes = frozenset(self.words.numbers[place] for place in self.whole_places)
        self._first = [bisect_left(self.words.starts, start) for start, _ in passage.sentences]
        self._past = [*self._first[1:], len(names)]
        #: How many brackets are open before each word.
        self._open = [0, *accumulate(map(_BRACKETS.get, names, repeat(0)))]

    def sentence(self, index: int) -> tuple[int, int, int]:
        """The number of the sentence of a word, and the indices of its first and past-last word."""
        number = max(0, bisect_right(self._first, index) - 1)
        return number, self._first[number], self._past[number]

    def shared(self, number: int) -> tuple[list[Cue], set[str]]:
        """What all numbers of a sentence share: its place in the text, how many numbers it holds; and its words."""
        begin, end = self._first[number], self._past[number]
        held = bisect_left(self.places, end) - bisect_left(self.places, begin)
        return [("sentence", str(min(number, 6))), ("numbers", str(min(held, 8)))], set(self.words.names[begin:end])

    def beside(self, first: int, last: int, begin: int, end: int) -> tuple[list[Key], set[str], set[str]]:
        """What stands in each place of :data:`BESIDE`, and the words to the left and to the right.

        ``first`` and ``last`` are the words of the number, ``begin`` and ``end`` those of its sentence.
        """
        names = self.words.names
        left = names[max(begin, first - _BAG) : first]
        right = names[last + 1 : min(end, last + 1 + _BAG)]
        l1, l2, l3, l4, l5 = (left[: -_NEAR - 1 : -1] + _EDGES)[:_NEAR]
        r1, r2, r3, r4, r5 = (right + _EDGES)[:_NEAR]
        depth = self._open[first] - self._open[begin]
        keys: list[Key] = [
            l1, l2, l3, l4, l5, r1, r2, r3, r4, r5, (l2, l1), (r1, r2), (l3, l2, l1), (r1, r2, r3), (l1, r1), (l2, l1, r1),
            (l1, r1, r2), str(5 * first // len(names)), _DEPTHS[min(max(depth, 0), 2)],
            _form(self.words, first, first == begin),
        ]  # fmt: skip
        return keys, set(left), set(right)


def read(passage: Passage) -> Context:
    """The passage's words, made once."""
    if "context" not in passage.kept:
        passage.kept["context"] = Context(passage)
    context: Context = passage.kept["context"]
    return context


def cues(context: Context, first: int, last: int) -> list[Cue]:
    """Every cue of the number that stands in ``words[first:last + 1]``."""
    number, begin, end = context.sentence(first)
    keys, left, right = context.beside(first, last, begin, end)
    shared, said = context.shared(number)
    bags = (("left", left), ("right", right), ("said", said))
    return [
        *zip(BESIDE, keys, strict=True),
        *((place, word) for place, bag in bags for word in bag),
        *inside(context, first, last),
        *others(context, first, last, end),
        *shared,
    ]


def inside(context: Context, first: int, last: int) -> Iterator[Cue]:
    """The words of the phrase after its number, and how large the number is."""
    if last > first:
        for token in context.words.tokens[first + 1 : last + 1]:
            yield "inside", token
    if (value := context.words.numbers.get(first)) is not None:
        yield "size", str(bisect_right(_SIZES, value))


def others(context: Context, first: int, last: int, end: int) -> Iterator[Cue]:
    """How the number goes with the whole numbers beside it: how the next one is set, and whether they add up."""
    yield from _share(context, first, last, end)
    order = context.order.get(first)
    if order is None:
        return
    names, numbers, wholes = context.words.names, context.words.numbers, context.whole_places
    value = numbers[first]
    before = [numbers[place] for place in wholes[max(0, order - 3) : order]]
    after = [numbers[place] for place in wholes[order + 1 : order + 5]]
    if value and len(after) > 1 and value in (sum(after[:2]), sum(after[:3]), sum(after[:4])):
        yield "adds", ("sum", "of", "the", "next")
    elif value and len(before) > 1 and value == sum(before[-2:]):
        yield "adds", ("sum", "of", "the", "last")
    elif value and after and after[0] and value + after[0] in context.wholes:
        yield "adds", ("part", "with", "the", "next")
    elif value and before and before[-1] and value + before[-1] in context.wholes:
        yield "adds", ("part", "with", "the", "last")
    if order + 1 < len(wholes) and (following := wholes[order + 1]) < end:
        yield "next", (names[following - 1], names[following + 1] if following + 1 < end else EDGE)
        yield "ratio", "like" if value and 0.5 <= numbers[following] / value <= 2 else "unlike"


def _share(context: Context, first: int, last: int, end: int) -> Iterator[Cue]:
    """For a count with a percentage right after it: whether the whole that they imply is a number of the text."""
    names, numbers = context.words.names, context.words.numbers
    for place in range(last + 1, min(end, last + 4)):
        if (share := numbers.get(place)) is None:
            continue
        count = numbers.get(first)
        if place + 1 < len(names) and names[place + 1] == "%" and count and share:
            low, high = count / (share + 0.55) * 100, count / max(share - 0.55, 0.01) * 100
            known = any(low <= each <= high for each in context.wholes if each != count)
            yield "share", ("whole", "known" if known else "unknown")
        return


def _form(words_: Words, first: int, opens: bool) -> Key:
    kind = words_.names[first]
    if first in words_.spelled:
        kind = "spelled"
    elif 1900 <= words_.numbers.get(first, 0) <= 2030 and len(words_.tokens[first]) == 4:
        kind = "year"
    return (kind, "opening") if opens else kind
