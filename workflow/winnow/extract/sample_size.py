"""How many took part: the total that a text states, the size of each group, and a sum of groups where no total is printed."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from itertools import groupby

from winnow.extract import cues, numbers, phrases
from winnow.extract.counting import Count, counts
from winnow.extract.passage import Found, Passage

#: Below this score no number of the text is taken for a stated total; groups are added up instead if there are any.
_STATED = 0.2
#: From this score on a number that passes for the total looks like one group of several as well.
_GROUP_TOO = 0.4
#: How sure a sum of groups is at most: it was printed nowhere.
_SUM = 0.8
#: Groups of one study are of like size.
_LIKE = 3


def total(passage: Passage) -> list[Found]:
    """The total, at most one: the surest number stated, or else the sum of groups (its rule says so)."""
    if chinese := phrases.counted("sample_size.total", passage):
        return [max(chinese, key=lambda each: (each.confidence, -each.start))]
    stated = [each for each in counts(passage) if each.number]
    best = max(stated, default=None, key=lambda each: (each.total, -each.start))
    if best and best.total >= _STATED:
        part = _half(passage, best) or _with_its_groups(passage, stated, best)
        return [part or best.found("stated", cues.confidence("total", best.total))]
    return _sum(passage)


def arm(passage: Passage) -> list[Found]:
    """The size of each group, every mention."""
    if chinese := phrases.counted("sample_size.arm", passage):
        return chinese
    least = cues.accepted("arm")
    return [
        each.found("stated", cues.confidence("arm", each.arm))
        for each in counts(passage)
        if each.number and each.arm >= max(least, each.total)
    ]


def _sum(passage: Passage) -> list[Found]:
    """The sum of the groups of the first sentence that names two or more."""
    found = arm(passage)
    for _, group in groupby(found, key=lambda each: passage.sentence(each.start, each.end)):
        groups = list(group)
        if len(groups) >= 2:
            return [_summed([int(each.number) for each in groups], groups[0].start, groups[-1].end, groups)]
    return []


def _summed(sizes: list[int], start: int, end: int, groups: list[Found]) -> Found:
    digits = str(sum(sizes))
    sure = _SUM * min((each.confidence for each in groups), default=1.0)
    return Found(start, end, "sum of groups", sure, digits, digits, "participants", (start, end))


def _with_its_groups(passage: Passage, stated: list[Count], best: Count) -> Found | None:
    """The sum, if the likeliest total looks like the first of several groups in its sentence."""
    if best.arm < _GROUP_TOO:
        return None
    sentence = passage.sentence(best.start, best.end)
    least = max(_GROUP_TOO, cues.accepted("arm"))
    others = [
        each for each in stated
        if each.start > best.start and each.end <= sentence[1] and each.arm >= max(least, each.total)
    ]  # fmt: skip
    sizes = [each.number for each in others]
    size = best.number
    if not others or len(others) > 4 or sum(sizes) == size or not size < _LIKE * max(sizes) < _LIKE**2 * size:
        return None
    found = [each.found("group", cues.confidence("arm", each.arm)) for each in others]
    return _summed([size, *sizes], best.start, others[-1].end, found)


@cache
def _halves() -> tuple[re.Pattern[str], ...]:
    import yaml

    text = resources.files("winnow.extract").joinpath("rules", "sample_size.yaml").read_text(encoding="utf-8")
    rules = yaml.safe_load(text)
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
            if rest in wholes and rest != second:
                continue  # "100 were enrolled and 87 analysed, 13 dropped out": the first is the whole
            if first <= _LIKE * second and second <= _LIKE * first:
                return _summed([first, second], match.start("a"), match.end("b"), [])
    return None
