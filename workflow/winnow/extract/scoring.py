"""Cues added up: the probability that a number means what a table looks for, and how often such a score was right.

Each table ``rules/<name>.csv`` gives cues their weights, fitted by ``benchmarks/fit_extract.py`` on labelled abstracts. The sum of
the weights, through the logistic curve, is the probability that the number means it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise, repeat
from typing import NamedTuple

from winnow import package_data
from winnow.extract.cues import BESIDE, Context, Cue, Key, inside, others

#: Weights are whole thousandths, those of several tables side by side in one number, so that one sum adds up all of them exactly.
_THOUSANDTHS, _BITS = 1000, 21
_HALF, _MASK = 1 << (_BITS - 1), (1 << _BITS) - 1
#: The places of cues that take longer to work out: they are, if a table has one.
_COUNTED = ("adds", "next", "ratio", "share")


class Tables(NamedTuple):
    """Some tables ``rules/<name>.csv`` side by side: the sum of no cue at all, and per place the weight of what may stand there."""

    names: tuple[str, ...]
    base: int
    places: Mapping[str, Mapping[Key, int]]
    beside: tuple[Mapping[Key, int], ...]
    counted: bool


@cache
def tables(names: tuple[str, ...]) -> Tables:
    """The tables of these names."""
    base = 0
    places: dict[str, dict[Key, int]] = {}
    for order, name in enumerate(names):
        for row in package_data.rows(f"extract/rules/{name}.csv"):
            weight = round(float(row["weight"]) * _THOUSANDTHS) << order * _BITS
            if row["place"] == "base":
                base += weight
                continue
            word = row["word"]
            key = tuple(word.split(" ")) if " " in word else word
            place = places.setdefault(row["place"], {})
            place[key] = place.get(key, 0) + weight
    beside = tuple(places.get(place, {}) for place in BESIDE)
    return Tables(names, base, places, beside, any(place in places for place in _COUNTED))


def scores(names: tuple[str, ...], context: Context, first: int, last: int) -> tuple[float, ...]:
    """The probability, by each of the tables ``names``, that the number in ``words[first:last + 1]`` means it."""
    table = tables(names)
    places = table.places
    number, begin, end = context.sentence(first)
    keys, left, right = context.beside(first, last, begin, end)
    total = _shared(table, context, number) + sum(map(dict.get, table.beside, keys, repeat(0)))  # type: ignore[arg-type]
    total += _bag(places.get("left", {}), left) + _bag(places.get("right", {}), right)
    more = [*inside(context, first, last), *(others(context, first, last, end) if table.counted else ())]
    return _shares(table, total + sum([places[place].get(key, 0) for place, key in more if place in places]))


def added_up(name: str, around: Iterable[Cue]) -> float:
    """The probability, by the table ``name``, that a number with these cues means it."""
    table = tables((name,))
    places = table.places
    return _shares(table, table.base + sum([places[place].get(key, 0) for place, key in around if place in places]))[0]


def _bag(weights: Mapping[Key, int], bag: set[str]) -> int:
    return sum([weights[word] for word in bag if word in weights])


def _shared(table: Tables, context: Context, number: int) -> int:
    """What the cues that the numbers of a sentence share add to the base, worked out once."""
    kept: dict[tuple[tuple[str, ...], int], int] = context.passage.kept.setdefault("shared sums", {})
    if (table.names, number) not in kept:
        shared, said = context.shared(number)
        total = table.base + _bag(table.places.get("said", {}), said)
        kept[table.names, number] = total + sum(table.places.get(place, {}).get(key, 0) for place, key in shared)
    return kept[table.names, number]


def _shares(table: Tables, total: int) -> tuple[float, ...]:
    """The probability by each table, of the sums that stand side by side in one number."""
    found = []
    for _ in table.names:
        one = ((total + _HALF) & _MASK) - _HALF
        total = (total - one) >> _BITS
        found.append(1 / (1 + math.exp(one / -_THOUSANDTHS)))
    return tuple(found)


@cache
def _levels() -> dict[str, tuple[float, list[tuple[float, float]]]]:
    """Per table: the score from which on a finding is taken (nought: any), and how often findings of a score were right."""
    accept: dict[str, float] = {}
    knots: dict[str, list[tuple[float, float]]] = {}
    for row in package_data.rows("extract/rules/confidence.csv"):
        if row["score"] == "accept":
            accept[row["extractor"]] = float(row["confidence"])
        else:
            knots.setdefault(row["extractor"], []).append((float(row["score"]), float(row["confidence"])))
    return {name: (accept.get(name, 0.0), known) for name, known in knots.items()}


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
