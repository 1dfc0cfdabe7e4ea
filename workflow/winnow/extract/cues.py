"""Whether a number means what a rule looks for: the cues around it, added up.

Each table ``rules/<name>.csv`` lists cues and their weights, fitted by ``benchmarks/fit_extract.py`` on labelled abstracts: a cue
is a place (``L1`` the word before the number, ``R12`` the two after it, ``left`` anywhere before it in the sentence ...) and a word
or class of ``rules/lexicon.csv`` in that place. The sum of the weights, through the logistic curve, is the probability that the
number means it. Nothing but words near the number counts: no drug or disease is in a table.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import NamedTuple

from winnow.extract.passage import Passage
from winnow.extract.words import EDGE, WHOLE, Word, words

Cue = tuple[str, str]
#: For a place, the words that any of some tables knows there.
Known = Mapping[str, frozenset[str]]

#: How many words to each side are looked at one by one, and how many as a bag.
_NEAR, _BAG = 5, 14
_TELLING = frozenset(("%", "UNIT", "TIME", "PEOPLE", ")", "/", "of"))
_LEFT = tuple(f"L{distance}" for distance in range(1, _NEAR + 1))
_RIGHT = tuple(f"R{distance}" for distance in range(1, _NEAR + 1))
_NOTHING: frozenset[str] = frozenset()
_BRACKETS = {"(": 1, "[": 1, ")": -1, "]": -1}
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)


class Context:
    """The words of a passage and where its sentences begin and end, made once for all rules."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.words = words(passage)
        #: Every whole number of the text: what a percentage may be of.
        self.wholes = frozenset(word.number for word in self.words if word.number is not None and word.name == WHOLE)
        self.whole_places = [place for place, word in enumerate(self.words) if word.name == WHOLE]
        self.order = {place: order for order, place in enumerate(self.whole_places)}
        #: How many brackets are open before each word.
        self.depth = [0, *accumulate(_BRACKETS.get(word.name, 0) for word in self.words)]
        starts = [word.start for word in self.words]
        self._first = [bisect_right(starts, start - 1) for start, _ in passage.sentences]
        self._of: list[int] = []
        for number, first in enumerate(self._first):
            last = self._first[number + 1] if number + 1 < len(self._first) else len(self.words)
            self._of += [number] * (last - first)
        # Sentences cover all words; a word before the first would be counted to it.
        self._of = [0] * (len(self.words) - len(self._of)) + self._of
        self._said: dict[int, tuple[frozenset[str], int]] = {}

    def said(self, number: int) -> tuple[frozenset[str], int]:
        """The words of a sentence, and how many numbers it holds."""
        if number not in self._said:
            last = self._first[number + 1] if number + 1 < len(self._first) else len(self.words)
            its = self.words[self._first[number] : last]
            self._said[number] = frozenset(word.name for word in its), sum(word.number is not None for word in its)
        return self._said[number]

    def sentence(self, index: int) -> tuple[int, int, int]:
        """The number of the sentence of a word, and the indices of its first and past-last word."""
        number = self._of[index]
        last = self._first[number + 1] if number + 1 < len(self._first) else len(self.words)
        return number, self._first[number], last


def read(passage: Passage) -> Context:
    """The passage's words, made once."""
    if "context" not in passage.kept:
        passage.kept["context"] = Context(passage)
    context: Context = passage.kept["context"]
    return context


def cues(context: Context, first: int, last: int, known: Known | None = None) -> Iterator[Cue]:
    """The cues of the number that stands in ``words[first:last + 1]``; with ``known``, bags hold only the words it names."""
    number, begin, end = context.sentence(first)
    listed = context.words
    before = [listed[i].name if i >= begin else EDGE for i in range(first - 1, first - 1 - _NEAR, -1)]
    after = [listed[i].name if i < end else EDGE for i in range(last + 1, last + 1 + _NEAR)]
    yield from zip(_LEFT, before, strict=True)
    yield from zip(_RIGHT, after, strict=True)
    l1, l2, l3 = before[:3]
    r1, r2, r3 = after[:3]
    yield "L21", f"{l2} {l1}"
    yield "R12", f"{r1} {r2}"
    yield "L321", f"{l3} {l2} {l1}"
    yield "R123", f"{r1} {r2} {r3}"
    yield "L1R1", f"{l1} {r1}"
    yield "L21R1", f"{l2} {l1} {r1}"
    yield "L1R12", f"{l1} {r1} {r2}"
    said, count = context.said(number)
    bags = (
        ("left", {word.name for word in listed[max(begin, first - _BAG) : first]}),
        ("right", {word.name for word in listed[last + 1 : min(end, last + 1 + _BAG)]}),
        ("said", said),
    )
    for place, bag in bags:
        for name in bag if known is None else bag & known.get(place, _NOTHING):
            yield place, name
    for word in listed[first + 1 : last + 1]:
        yield "inside", context.passage.lower[word.start : word.end]
    value = listed[first].number
    if value is not None:
        yield "size", str(bisect_right(_SIZES, value))
    yield "form", _form(listed[first], first == begin)
    yield "sentence", str(min(number, 6))
    yield "place", str(int(5 * first / len(listed)))
    yield "before", _neighbour(listed, range(first - 1, begin - 1, -1), first)
    yield "after", _neighbour(listed, range(last + 1, end), last)
    yield "numbers", str(min(count, 8))
    yield from _others(context, first, end)
    if (share := _share(context, first, last, end)) is not None:
        yield "share", share
    depth = context.depth[first] - context.depth[begin]
    yield "bracket", str(min(max(depth, 0), 2))


def _neighbour(listed: list[Word], places: range, origin: int) -> str:
    """The nearest number on one side in the sentence: what it is, what follows it, and how far it is."""
    for place in places:
        if listed[place].number is not None:
            after = listed[place + 1].name if place + 1 < len(listed) else EDGE
            after = after if after in _TELLING else ""
            return f"{listed[place].name} {after} {min(abs(place - origin), 6)}"
    return EDGE


def _others(context: Context, first: int, end: int) -> Iterator[Cue]:
    """How the number goes with the whole numbers beside it: how the next one is set, and whether they add up."""
    listed = context.words
    place = context.order.get(first)
    if place is None:
        return
    value = listed[first].number or 0
    beside = [listed[i].number or 0 for i in context.whole_places[max(0, place - 3) : place + 5]]
    here = place - max(0, place - 3)
    after, before = beside[here + 1 :], beside[:here]
    if value and value in (sum(after[:2]), sum(after[:3]), sum(after[:4])) and len(after) > 1:
        yield "adds", "sum of the next"
    elif value and value == sum(before[-2:]) and len(before) > 1:
        yield "adds", "sum of the last"
    elif after and value and after[0] and value + after[0] in context.wholes:
        yield "adds", "part with the next"
    elif before and value and before[-1] and value + before[-1] in context.wholes:
        yield "adds", "part with the last"
    if place + 1 < len(context.whole_places) and context.whole_places[place + 1] < end:
        following = context.whole_places[place + 1]
        name = listed[following + 1].name if following + 1 < end else EDGE
        yield "next", f"{listed[following - 1].name} {name}"
        ratio = (listed[following].number or 0) / value if value else 0
        yield "ratio", "like" if 0.5 <= ratio <= 2 else "unlike"


def _share(context: Context, first: int, last: int, end: int) -> str | None:
    """For a count with a percentage right after it: whether the whole that they imply is a number of the text."""
    listed = context.words
    for place in range(last + 1, min(end, last + 4)):
        share, after = listed[place], listed[place + 1].name if place + 1 < len(listed) else EDGE
        if share.number is not None:
            count = listed[first].number
            if after != "%" or not count or not share.number:
                return None
            low, high = count / (share.number + 0.55) * 100, count / max(share.number - 0.55, 0.01) * 100
            return (
                "whole known"
                if any(low <= each <= high for each in context.wholes if each != count)
                else "whole unknown"
            )
    return None


def _form(word: Word, opens: bool) -> str:
    kind = "spelled" if word.spelled else word.name
    if not word.spelled and word.number is not None and 1900 <= word.number <= 2030 and word.end - word.start == 4:
        kind = "year"
    return f"{kind} opening" if opens else kind


class Tables(NamedTuple):
    """Some tables ``rules/<name>.csv`` side by side."""

    bases: tuple[float, ...]
    weights: Mapping[Cue, tuple[float, ...]]
    known: Known


@cache
def tables(names: tuple[str, ...]) -> Tables:
    """The tables of these names: their bases, per cue its weight in each, and the words known in each place."""
    each = []
    for name in names:
        text = resources.files("winnow.extract").joinpath("rules", f"{name}.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(text.splitlines())
        each.append({(row["place"], row["word"]): float(row["weight"]) for row in rows})
    bases = tuple(table.pop(("base", "")) for table in each)
    every = sorted({cue for table in each for cue in table})
    known: dict[str, set[str]] = {}
    for place, word in every:
        known.setdefault(place, set()).add(word)
    weights = {cue: tuple(table.get(cue, 0.0) for table in each) for cue in every}
    return Tables(bases, weights, {place: frozenset(words_) for place, words_ in known.items()})


def scores(names: tuple[str, ...], context: Context, first: int, last: int) -> tuple[float, ...]:
    """The probability, by each of the tables ``names``, that the number in ``words[first:last + 1]`` means it."""
    bases, table, known = tables(names)
    hits = [weight for cue in cues(context, first, last, known) if (weight := table.get(cue))]
    # fsum: the order in which a bag is read must not show in the last digit.
    sums = (
        [base + math.fsum(column) for base, column in zip(bases, zip(*hits, strict=True), strict=True)]
        if hits
        else bases
    )
    return tuple(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) for total in sums)


@cache
def _levels() -> dict[str, tuple[float, list[tuple[float, float]]]]:
    """Per table: the score from which on a finding is taken, and how often findings of a score were right."""
    text = resources.files("winnow.extract").joinpath("rules", "confidence.csv").read_text(encoding="utf-8")
    accept: dict[str, float] = {}
    knots: dict[str, list[tuple[float, float]]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["score"] == "accept":
            accept[row["extractor"]] = float(row["confidence"])
        else:
            knots.setdefault(row["extractor"], []).append((float(row["score"]), float(row["confidence"])))
    return {name: (accept[name], knots[name]) for name in accept}


def accepted(name: str) -> float:
    """The score from which on the table ``name`` takes a finding."""
    return _levels()[name][0]


def confidence(name: str, reached: float) -> float:
    """How often findings with this score were right on abstracts that the table had not seen, between the knots a line."""
    knots = _levels()[name][1]
    if reached <= knots[0][0]:
        return knots[0][1]
    for (low, low_share), (high, high_share) in pairwise(knots):
        if reached <= high:
            return low_share + (high_share - low_share) * (reached - low) / (high - low)
    return knots[-1][1]
