"""Every number of a text that could count people, with how likely it is each kind of count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from winnow.extract import candidates, cues, scoring
from winnow.extract.passage import Found, Passage
from winnow.extract.words import Words

KINDS = ("total", "arm", "event_count")
#: The rules of a number of people: printed, printed and the sum of groups, a sum that is printed nowhere.
STATED, ADDED_UP, SUMMED = "stated", "stated, its groups add up", "sum of groups"


class Count(NamedTuple):
    """A whole number of the text, where it stands, and its probability of being the total, a group's size or a number of events.

    ``start`` and ``end`` are its place in the tight text, ``first`` and ``last`` its words. ``sized``: it is printed as "n = 30".
    """

    start: int
    end: int
    number: int
    total: float
    arm: float
    event_count: float
    sized: bool
    first: int
    last: int

    def found(self, rule: str, confidence: float) -> Found:
        """The number as a finding, in digits."""
        digits = str(self.number)
        return Found(self.start, self.end, rule, confidence, digits, digits, "participants")


def count(words: Words, first: int, last: int, scores: tuple[float, ...]) -> Count:
    """The number that stands in ``words[first:last + 1]``, with its score of each of :data:`KINDS`."""
    total, arm, event_count = scores
    sized = words.names[max(0, first - 2) : first] == ["n", "="]
    place, number = (words.starts[first], words.ends[last]), int(words.numbers[first])
    return Count(*place, number, total, arm, event_count, sized, first, last)


def counts(passage: Passage) -> list[Count]:
    """The counts in the order of the text, judged once for all extractors."""
    if "counts" not in passage.kept:
        context = cues.read(passage)
        passage.kept["counts"] = [
            count(context.words, first, last, scoring.scores(KINDS, context, first, last))
            for first, last in candidates.counts(context.words)
        ]
    judged: list[Count] = passage.kept["counts"]
    return judged


def first_groups(passage: Passage, counts: Sequence[Count], least: float) -> list[Count]:
    """The groups, by a score of at least ``least``, of the first sentence that names two or more."""
    found = [each for each in counts if each.arm >= max(least, each.total)]
    for _, group in groupby(found, key=lambda each: passage.sentence(each.start, each.end)):
        if len(groups := list(group)) >= 2:
            return groups
    return []
