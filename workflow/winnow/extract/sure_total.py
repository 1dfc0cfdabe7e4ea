"""How sure the total of a text is, on a second look: by what else the text says about how many there were.

The words beside a number make it the likeliest total. Whether it is right shows elsewhere: in a larger number that may be the total
as well, in groups that add up to it or to more, in a number of like size right after it. ``rules/sure_total.csv`` adds these up.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from winnow.extract import cues, scoring
from winnow.extract.counting import ADDED_UP, STATED, SUMMED, Count, first_groups
from winnow.extract.passage import Found, Passage
from winnow.extract.words import EDGE

NAME = "sure_total"
#: The rules by one word each, as the table has them.
_RULES = {STATED: "stated", ADDED_UP: "whole", SUMMED: "sum"}

#: Steps of a score, and of the log odds of the answer's own.
_STEPS = (0.02, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95)
_ODDS = (-3, -2, -1, 0, 1, 2, 3, 4, 5)
#: From this score on a number is a group; and a part of a sum that may be one.
_GROUP, _PART = 0.4, 0.1
#: Steps of the ratio to the answer: of a neighbour, of all groups together, of the largest group.
_NEIGHBOUR = (0.1, 0.33, 0.45, 0.55, 0.9, 1.0001, 1.1, 3)
_TOGETHER = (0.3, 0.5, 0.8, 0.999, 1.001, 1.2, 1.8, 2.2)
_LARGEST = (0.2, 0.4, 0.6, 0.999, 1.001, 2)
#: Classes of words that tell what the answer's sentence is about, and what follows the number.
_SAID = ("RANDOM", "ENROL", "ANALYSED", "SCREENED", "TOTAL", "RESPONSE", "HAD", "EVENT", "EYES", "GROUP", "CI")
_AFTER = (
    "RANDOM", "ENROL", "ANALYSED", "SCREENED", "TOTAL", "PEOPLE", "GROUP", "EYES", "HAD", "EVENT", "RECEIVED", "to",
)  # fmt: skip
#: How many words after the number are looked at.
_FAR = 8


def sure(passage: Passage, counts: Sequence[Count], answer: Found) -> float:
    """The share of such answers that were right on abstracts that the tables had not seen."""
    return scoring.confidence(NAME, scoring.added_up(NAME, look(passage, counts, answer)))


def look(passage: Passage, counts: Sequence[Count], answer: Found) -> Iterator[cues.Cue]:
    """The cues of an answer; ``counts`` are those of the passage that are not nought."""
    number = int(answer.number)
    yield "rule", _RULES[answer.rule]
    parts = [each for each in counts if answer.start <= each.start < answer.end]
    own = next((each for each in parts if each.number == number and each.end == answer.end), None)
    if own:
        yield from _reached("own", _odds(own.total), _ODDS)
        yield from _reached("own group", own.arm, _STEPS)
        yield from _beside(passage, counts, own)
    else:
        yield from _reached("parts", min((each.arm for each in parts if each.arm > _PART), default=0.0), _STEPS)
        others = (each.total for each in counts if each.number != number and each not in parts)
        yield from _reached("rival", max(others, default=0.0), _STEPS)
    larger = (each.total for each in counts if each.number > number and each not in parts)
    yield from _reached("larger", max(larger, default=0.0), _STEPS)
    groups = first_groups(passage, counts, _GROUP)
    yield "groups", _ratio(sum(each.number for each in groups), number, _TOGETHER)
    every = (each.number for each in counts if each.arm > _GROUP and each.number != number)
    yield "largest group", _ratio(max(every, default=0), number, _LARGEST)
    if parts:
        names = cues.read(passage).words.names
        _, begin, end = cues.read(passage).sentence(parts[0].first)
        said = set(names[begin:end])
        yield from (("said", word) for word in _SAID if word in said)


def _beside(passage: Passage, counts: Sequence[Count], own: Count) -> Iterator[cues.Cue]:
    """The counts before and after it in its sentence, and the words after it."""
    context = cues.read(passage)
    _, begin, end = context.sentence(own.first)
    place = counts.index(own)
    for name, beside in (("before", place - 1), ("after", place + 1)):
        inside = 0 <= beside < len(counts) and begin <= counts[beside].first < end
        yield name, _ratio(counts[beside].number, own.number, _NEIGHBOUR) if inside else EDGE
    after = set(context.words.names[own.last + 1 : min(end, own.last + 1 + _FAR)])
    yield from (("right", word) for word in _AFTER if word in after)


def _reached(place: str, value: float, steps: Sequence[float]) -> Iterator[cues.Cue]:
    """A cue for each step that the value reaches, so that no step stands alone."""
    return ((place, str(step)) for step in range(bisect_right(steps, value)))


def _ratio(number: int, answer: int, steps: Sequence[float]) -> str:
    return str(bisect_right(steps, number / answer)) if number else "none"


def _odds(score: float) -> float:
    """Log odds, kept between -6 and 6."""
    return max(-6.0, min(6.0, math.log((score + 1e-9) / (1 - score + 1e-9))))
