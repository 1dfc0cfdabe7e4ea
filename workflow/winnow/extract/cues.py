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
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise

from winnow.extract.passage import Passage
from winnow.extract.words import EDGE, WHOLE, Word, words

Cue = tuple[str, str]

#: How many words to each side are looked at one by one, and how many as a bag.
_NEAR, _BAG = 5, 14
_TELLING = frozenset(("%", "UNIT", "TIME", "PEOPLE", ")", "/", "of"))
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


def cues(context: Context, first: int, last: int) -> Iterator[Cue]:
    """The cues of the number that stands in ``words[first:last + 1]``."""
    number, begin, end = context.sentence(first)
    listed = context.words
    left = [listed[i].name if i >= begin else EDGE for i in range(first - 1, first - 1 - _NEAR, -1)]
    right = [listed[i].name if i < end else EDGE for i in range(last + 1, last + 1 + _NEAR)]
    for distance in range(_NEAR):
        yield f"L{distance + 1}", left[distance]
        yield f"R{distance + 1}", right[distance]
    yield "L21", f"{left[1]} {left[0]}"
    yield "R12", f"{right[0]} {right[1]}"
    yield "L321", f"{left[2]} {left[1]} {left[0]}"
    yield "R123", f"{right[0]} {right[1]} {right[2]}"
    yield "L1R1", f"{left[0]} {right[0]}"
    yield "L21R1", f"{left[1]} {left[0]} {right[0]}"
    yield "L1R12", f"{left[0]} {right[0]} {right[1]}"
    for name in {word.name for word in listed[max(begin, first - _BAG) : first]}:
        yield "left", name
    for name in {word.name for word in listed[last + 1 : min(end, last + 1 + _BAG)]}:
        yield "right", name
    if last > first:
        for place in range(first + 1, last + 1):
            word = listed[place]
            yield "inside", context.passage.tight[word.start : word.end].lower()
    value = listed[first].number
    if value is not None:
        yield "size", str(bisect_right(_SIZES, value))
    yield "form", _form(listed[first], first == begin)
    yield "sentence", str(min(number, 6))
    yield "place", str(int(5 * first / len(listed)))
    yield "before", _neighbour(listed, range(first - 1, begin - 1, -1), first)
    yield "after", _neighbour(listed, range(last + 1, end), last)
    said, count = context.said(number)
    yield "numbers", str(min(count, 8))
    for name in said:
        yield "said", name
    yield from _others(context, first, end)
    if (share := _share(context, first, last, end)) is not None:
        yield "share", share
    depth = sum(_BRACKETS.get(word.name, 0) for word in listed[begin:first])
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


@cache
def weights(names: tuple[str, ...]) -> tuple[tuple[float, ...], dict[Cue, tuple[float, ...]]]:
    """The tables ``rules/<name>.csv`` side by side: their bases, and per cue its weight in each of them."""
    tables = []
    for name in names:
        text = resources.files("winnow.extract").joinpath("rules", f"{name}.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(text.splitlines())
        tables.append({(row["place"], row["word"]): float(row["weight"]) for row in rows})
    bases = tuple(table.pop(("base", "")) for table in tables)
    every = {cue for table in tables for cue in table}
    return bases, {cue: tuple(table.get(cue, 0.0) for table in tables) for cue in every}


def scores(names: tuple[str, ...], found: Iterable[Cue]) -> tuple[float, ...]:
    """The probability, by each of the tables ``names``, that a number with these cues means it."""
    bases, table = weights(names)
    hits = [weight for cue in found if (weight := table.get(cue))]
    sums = [base + sum(column) for base, column in zip(bases, zip(*hits, strict=True), strict=True)] if hits else bases
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
