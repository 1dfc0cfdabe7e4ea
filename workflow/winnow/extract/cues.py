"""Whether a number means what a rule looks for: the cues around it, added up.

Each table ``rules/<name>.csv`` lists cues and their weights, fitted by ``benchmarks/fit_extract.py`` on labelled abstracts: a cue
is a place (``L1`` the word before the number, ``R12`` the two after it, ``left`` anywhere before it in the sentence ...) and a word
or class of ``rules/lexicon.csv`` in that place. The sum of the weights, through the logistic curve, is the probability that the
number means it. Nothing but words near the number counts: no drug or disease is in a table.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from winnow.extract.passage import Passage
from winnow.extract.words import EDGE, WHOLE, Words, words

#: A place and the words in it, one by one.
Cue = tuple[str, ...]
#: For a place, the words that any of some tables knows there.
Known = Mapping[str, frozenset[str]]

#: How many words to each side are looked at one by one, and how many as a bag.
_NEAR, _BAG = 5, 14
_EDGES = [EDGE] * _NEAR
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)
#: The places of cues that take longer to work out: they are, if a table has one.
_COUNTED = frozenset(("adds", "next", "ratio", "share"))
#: The places that hold any number of words.
_BAGS = ("left", "right", "said")
_SIZED = [("size", str(order)) for order in range(len(_SIZES) + 1)]
_PLACES = [("place", str(fifth)) for fifth in range(5)]
_BRACKETS = [("bracket", str(depth)) for depth in range(3)]


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
        self._sums: dict[tuple[tuple[str, ...], int], tuple[int, ...]] = {}

    def sentence(self, index: int) -> tuple[int, int, int]:
        """The number of the sentence of a word, and the indices of its first and past-last word."""
        number = max(0, bisect_right(self._first, index) - 1)
        return number, self._first[number], self._past(number)

    def _past(self, number: int) -> int:
        return self._first[number + 1] if number + 1 < len(self._first) else len(self.words.names)

    def shared(self, number: int, known: Known | None = None) -> list[Cue]:
        """The cues that all numbers of a sentence share: its place in the text, its words, how many numbers it holds."""
        begin, end = self._first[number], self._past(number)
        held = bisect_left(self.places, end) - bisect_left(self.places, begin)
        said = self.words.names[begin:end]
        return [
            ("sentence", str(min(number, 6))),
            ("numbers", str(min(held, 8))),
            *(("said", name) for name in (set(said) if known is None else known["said"].intersection(said))),
        ]

    def shared_sum(self, names: tuple[str, ...], number: int) -> tuple[int, ...]:
        """What the shared cues of a sentence add to the bases of the tables ``names``, worked out once."""
        if (names, number) not in self._sums:
            bases, weights, known = tables(names)
            hits = [hit for cue in self.shared(number, known) if (hit := weights.get(cue))]
            self._sums[names, number] = tuple(map(sum, zip(bases, *hits, strict=True)))
        return self._sums[names, number]


def read(passage: Passage) -> Context:
    """The passage's words, made once."""
    if "context" not in passage.kept:
        passage.kept["context"] = Context(passage)
    context: Context = passage.kept["context"]
    return context


def cues(context: Context, first: int, last: int) -> list[Cue]:
    """Every cue of the number that stands in ``words[first:last + 1]``."""
    sentence = context.sentence(first)
    return _near(context, first, last, sentence, None) + context.shared(sentence[0])


def _near(context: Context, first: int, last: int, sentence: tuple[int, int, int], known: Known | None) -> list[Cue]:
    """The cues of the number itself and what stands around it; with ``known``, only what some table knows of the words beside."""
    _, begin, end = sentence
    words_ = context.words
    names = words_.names
    left = names[max(begin, first - _BAG) : first]
    right = names[last + 1 : min(end, last + 1 + _BAG)]
    l1, l2, l3, l4, l5 = (left[: -_NEAR - 1 : -1] + _EDGES)[:_NEAR]
    r1, r2, r3, r4, r5 = (right[:_NEAR] + _EDGES)[:_NEAR]
    value = words_.numbers.get(first)
    found: list[Cue] = [
        ("L1", l1), ("L2", l2), ("L3", l3), ("L4", l4), ("L5", l5), ("R1", r1), ("R2", r2), ("R3", r3), ("R4", r4), ("R5", r5),
        ("L21", l2, l1), ("R12", r1, r2), ("L321", l3, l2, l1), ("R123", r1, r2, r3), ("L1R1", l1, r1), ("L21R1", l2, l1, r1),
        ("L1R12", l1, r1, r2),
        _PLACES[5 * first // len(names)],
        _BRACKETS[min(max(_open(names[begin:first]), 0), 2)],
        ("form", *_form(words_, first, value, first == begin)),
    ]  # fmt: skip
    found += [("left", name) for name in (set(left) if known is None else known["left"].intersection(left))]
    found += [("right", name) for name in (set(right) if known is None else known["right"].intersection(right))]
    if last > first:
        found += [("inside", token) for token in words_.tokens[first + 1 : last + 1]]
    if value is not None:
        found.append(_SIZED[bisect_right(_SIZES, value)])
    if known is None or not _COUNTED.isdisjoint(known):
        found += _others(context, first, end)
        found += _share(context, first, last, end)
    return found


def _open(names: Sequence[str]) -> int:
    """How many brackets are open after these words."""
    return names.count("(") + names.count("[") - names.count(")") - names.count("]")


def _others(context: Context, first: int, end: int) -> Iterator[Cue]:
    """How the number goes with the whole numbers beside it: how the next one is set, and whether they add up."""
    order = context.order.get(first)
    if order is None:
        return
    names, numbers, wholes = context.words.names, context.words.numbers, context.whole_places
    value = numbers[first]
    before = [numbers[place] for place in wholes[max(0, order - 3) : order]]
    after = [numbers[place] for place in wholes[order + 1 : order + 5]]
    if value and len(after) > 1 and value in (sum(after[:2]), sum(after[:3]), sum(after[:4])):
        yield "adds", "sum", "of", "the", "next"
    elif value and len(before) > 1 and value == sum(before[-2:]):
        yield "adds", "sum", "of", "the", "last"
    elif value and after and after[0] and value + after[0] in context.wholes:
        yield "adds", "part", "with", "the", "next"
    elif value and before and before[-1] and value + before[-1] in context.wholes:
        yield "adds", "part", "with", "the", "last"
    if order + 1 < len(wholes) and (following := wholes[order + 1]) < end:
        yield "next", names[following - 1], names[following + 1] if following + 1 < end else EDGE
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
            yield "share", "whole", "known" if known else "unknown"
        return


def _form(words_: Words, first: int, value: float | None, opens: bool) -> tuple[str, ...]:
    kind = words_.names[first]
    if first in words_.spelled:
        kind = "spelled"
    elif value is not None and 1900 <= value <= 2030 and len(words_.tokens[first]) == 4:
        kind = "year"
    return (kind, "opening") if opens else (kind,)


class Tables(NamedTuple):
    """Some tables ``rules/<name>.csv`` side by side, weights in thousandths, so that sums are exact in any order."""

    bases: tuple[int, ...]
    weights: Mapping[Cue, tuple[int, ...]]
    known: Known


@cache
def tables(names: tuple[str, ...]) -> Tables:
    """The tables of these names: their bases, per cue its weight in each, and the words known in each place."""
    each = []
    for name in names:
        text = resources.files("winnow.extract").joinpath("rules", f"{name}.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(text.splitlines())
        each.append({(row["place"], *row["word"].split(" ")): round(float(row["weight"]) * 1000) for row in rows})
    bases = tuple(table.pop(("base", "")) for table in each)
    weights = {
        cue: tuple(table.get(cue, 0) for table in each) for cue in sorted({cue for table in each for cue in table})
    }
    known: dict[str, set[str]] = {place: set() for place in _BAGS}
    for place, *listed in weights:
        known.setdefault(place, set()).add(" ".join(listed))
    return Tables(bases, weights, {place: frozenset(words_) for place, words_ in known.items()})


def scores(names: tuple[str, ...], context: Context, first: int, last: int) -> tuple[float, ...]:
    """The probability, by each of the tables ``names``, that the number in ``words[first:last + 1]`` means it."""
    _, weights, known = tables(names)
    weight = weights.get
    sentence = context.sentence(first)
    hits = [hit for cue in _near(context, first, last, sentence, known) if (hit := weight(cue))]
    sums = map(sum, zip(context.shared_sum(names, sentence[0]), *hits, strict=True))
    return tuple([1 / (1 + math.exp(total / -1000)) for total in sums])


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
