"""How many took part: the total that a text states, the size of each group, and a sum of groups where no total is printed."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from winnow import package_data
from winnow.extract import chinese_sizes, cues, numbers, scoring, sure_total
from winnow.extract.counting import ADDED_UP, STATED, SUMMED, Count, counts, first_groups
from winnow.extract.passage import Found, Passage

#: Below this score no number of the text is taken for a stated total; groups are added up instead if there are any.
_STATED = 0.2
#: From this score on a number is the likeliest total if there are no groups either; below it nothing is said.
_GUESS = 0.05
#: From this score on a number that passes for the total looks like one group of several as well.
_GROUP_TOO = 0.45
#: From this score on a number is surely a group: no total is smaller.
_SURELY_GROUP, _VERY_SURELY_GROUP = 0.5, 0.7
#: From this score on a number is added up as a group if no total is stated.
_PERHAPS_GROUP = 0.28
#: What a number may be a group or the whole of at the least, and how large a group must be to tell anything, for a sum to count.
_PART, _MAYBE, _SMALL = 0.4, 0.15, 7
#: From this score on a number is the total whatever groups add up to.
_CERTAIN = 0.6
#: Groups of one study are of like size.
_LIKE = 3


def total(passage: Passage) -> list[Found]:
    """The total, at most one: the surest number stated, or else the sum of groups (its rule says so)."""
    if passage.chinese:
        return chinese_sizes.total(passage)
    every = [each for each in counts(passage) if each.number]
    answer = likeliest(passage, every)
    return [replace(answer, confidence=sure_total.sure(passage, every, answer))] if answer else []


def likeliest(passage: Passage, every: list[Count]) -> Found | None:
    """The likeliest total by the counts of the passage; how sure it is, the second look says."""
    if whole := _added_up(every):
        return whole.found(ADDED_UP, whole.total)
    largest = max((each.number for each in first_groups(passage, every, _SURELY_GROUP)), default=0)
    stated = [each for each in every if each.number >= largest]
    best = max(stated, default=None, key=lambda each: (each.total, -each.start))
    if best and best.total >= _STATED:
        part = _half(passage, best) or _with_its_groups(passage, stated, best) or _beside(stated, best)
        return part or best.found(STATED, best.total)
    if summed := _sum(passage, every):
        return summed
    return best.found(STATED, best.total) if best and best.total >= _GUESS else None


def _added_up(every: list[Count]) -> Count | None:
    """The likeliest number that two to four groups, one after the other, add up to, unless another number is surer.

    A group may pass for the total itself ("of 84 patients assigned to the drug"): then the whole is the better answer.
    """
    parts = [each for each in every if each.arm + each.total >= _PART]
    found: list[tuple[float, int, Count]] = []
    for size in (2, 3, 4):
        for first in range(len(parts) - size + 1):
            groups = parts[first : first + size]
            if max(each.number for each in groups) < _SMALL:
                continue
            sum_ = sum(each.number for each in groups)
            rivals = max((each.total for each in every if each.number != sum_ and each not in groups), default=0.0)
            found += [
                (each.total, -each.start, each)
                for each in every if each.number == sum_ and each.total >= _MAYBE and rivals < max(_CERTAIN, each.total)
            ]  # fmt: skip
    return max(found, default=(0.0, 0, None))[2]


def arm(passage: Passage) -> list[Found]:
    """The size of each group, every mention."""
    if passage.chinese:
        return chinese_sizes.arm(passage)
    least = scoring.accepted("arm")
    return [
        each.found(STATED, scoring.confidence("arm", each.arm))
        for each in counts(passage)
        if each.number and each.arm >= max(least, each.total)
    ]


def _sum(passage: Passage, every: list[Count]) -> Found | None:
    """The sum of the groups of the first sentence that names two or more; of the sure ones, if two are."""
    for least in (_VERY_SURELY_GROUP, _PERHAPS_GROUP):
        if groups := first_groups(passage, every, least):
            return _summed([each.number for each in groups], groups[0].start, groups[-1].end)
    return None


def _summed(sizes: list[int], start: int, end: int) -> Found:
    digits = str(sum(sizes))
    return Found(start, end, SUMMED, 0.0, digits, digits, "participants", (start, end))


def _beside(stated: list[Count], best: Count) -> Found | None:
    """The sum, if the likeliest total is printed as "(n = 30)" and one other such number is a group of like size."""
    if not best.sized:
        return None
    others = [
        each for each in stated
        if each.sized and each is not best and each.arm >= _GROUP_TOO
        and each.number <= _LIKE * best.number <= _LIKE**2 * each.number
    ]  # fmt: skip
    if len(others) != 1:
        return None
    (other,) = others
    first, second = sorted((best, other), key=lambda each: each.start)
    return _summed([first.number, second.number], first.start, second.end)


def _with_its_groups(passage: Passage, stated: list[Count], best: Count) -> Found | None:
    """The sum, if the likeliest total looks like the first of several groups in its sentence."""
    if best.arm < _GROUP_TOO:
        return None
    sentence = passage.sentence(best.start, best.end)
    others = [
        each for each in stated
        if each.start > best.start and each.end <= sentence[1] and each.arm >= max(_GROUP_TOO, each.total)
    ]  # fmt: skip
    sizes = [each.number for each in others]
    size = best.number
    if not others or len(others) > 4 or sum(sizes) == size or not size < _LIKE * max(sizes) < _LIKE**2 * size:
        return None
    return _summed([size, *sizes], best.start, others[-1].end)


@cache
def _halves() -> tuple[re.Pattern[str], ...]:
    rules = package_data.from_yaml("extract/rules/sample_size.yaml")
    words = {"WHOLE": numbers.WHOLE, "PEOPLE": rules["people"], "VERB": rules["verb"]}
    return tuple(
        re.compile(re.sub("WHOLE|PEOPLE|VERB", lambda match: words[match.group()], rule), re.IGNORECASE)
        for rule in rules["halves"]
    )


def _half(passage: Passage, best: Count) -> Found | None:
    """The sum, if the likeliest total is worded as one of two halves and no number of the text says that it is the whole."""
    sentence = passage.sentence(best.start, best.end)
    wholes = cues.read(passage).wholes
    for pattern in _halves():
        for match in pattern.finditer(passage.tight, *sentence):
            first, second = numbers.whole(match["a"]), numbers.whole(match["b"])
            if best.start not in (match.start("a"), match.start("b")) or not first or not second:
                continue
            rest = first - second
            if match.groupdict().get("p") != "to" and rest > 0 and rest in wholes and rest != second:
                continue  # "100 were enrolled and 87 analysed, 13 dropped out": the first is the whole
            if first <= _LIKE * second and second <= _LIKE * first:
                return _summed([first, second], match.start("a"), match.end("b"))
    return None
