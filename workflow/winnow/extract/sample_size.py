"""How many took part: the total that a text states, the size of each group, and a sum of groups where no total is printed."""

from __future__ import annotations

from itertools import groupby

from winnow.extract import cues, phrases
from winnow.extract.counting import counts
from winnow.extract.passage import Found, Passage

#: Below this score no number of the text is taken for a stated total; groups are added up instead if there are any.
_STATED = 0.3
#: How sure a sum of groups is at most: it was printed nowhere.
_SUM = 0.8


def total(passage: Passage) -> list[Found]:
    """The total, at most one: the surest number stated, or else the sum of the groups of the first sentence that has two."""
    if chinese := phrases.counted("sample_size.total", passage):
        return [max(chinese, key=lambda each: (each.confidence, -each.start))]
    stated = [each for each in counts(passage) if each.word.number]
    best = max(stated, default=None, key=lambda each: (each.total, -each.word.start))
    if best and best.total >= _STATED:
        return [best.found("stated", cues.confidence("total", best.total))]
    if summed := _sum(passage):
        return [summed]
    if best and best.total >= _STATED / 3:
        return [best.found("stated", cues.confidence("total", best.total))]
    return []


def _sum(passage: Passage) -> Found | None:
    for groups in _groups(passage):
        if len(groups) >= 2:
            digits = str(sum(int(each.number) for each in groups))
            sure = _SUM * min(each.confidence for each in groups)
            start, end = groups[0].start, groups[-1].end
            return Found(start, end, "sum of groups", sure, digits, digits, "participants", (start, end))
    return None


def _groups(passage: Passage) -> list[list[Found]]:
    """The groups of each sentence, in the order of the sentences."""
    found = arm(passage)
    return [
        list(group) for _, group in groupby(found, key=lambda each: passage.sentence(each.start, each.end))
    ]  # fmt: skip


def arm(passage: Passage) -> list[Found]:
    """The size of each group, every mention."""
    if chinese := phrases.counted("sample_size.arm", passage):
        return chinese
    least = cues.accepted("arm")
    return [
        each.found("stated", cues.confidence("arm", each.arm))
        for each in counts(passage)
        if each.word.number and each.arm >= max(least, each.total)
    ]
