"""Every number of a text that could count people, with how likely it is each kind of count."""

from __future__ import annotations

from typing import NamedTuple

from winnow.extract import candidates, cues
from winnow.extract.passage import Found, Passage
from winnow.extract.words import Word

KINDS = ("total", "arm", "event_count")


class Count(NamedTuple):
    """A whole number of the text, and its probability of being the total, a group's size or a number of events."""

    word: Word
    total: float
    arm: float
    event_count: float

    def found(self, rule: str, confidence: float) -> Found:
        """The number as a finding, in digits."""
        digits = str(int(self.word.number or 0))
        return Found(self.word.start, self.word.end, rule, confidence, digits, digits, "participants")


def counts(passage: Passage) -> list[Count]:
    """The counts in the order of the text, judged once for all extractors."""
    if "counts" not in passage.kept:
        context = cues.read(passage)
        passage.kept["counts"] = [
            Count(context.words[first], *cues.scores(KINDS, context, first, last))
            for first, last in candidates.counts(context.words)
        ]
    judged: list[Count] = passage.kept["counts"]
    return judged
