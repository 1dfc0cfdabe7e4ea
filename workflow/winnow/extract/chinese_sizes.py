"""How many took part, in Chinese: the total that is stated, checked against groups and sexes, or the sum of groups."""

from __future__ import annotations

import itertools
import re

from winnow.extract import chinese_counts, numbers
from winnow.extract.chinese_counts import EACH, GROUP, NUMBER, SEX, WHOLE, Mention
from winnow.extract.counting import ADDED_UP, STATED, SUMMED
from winnow.extract.passage import Found, Passage

TITLES = ("title", "original_title")
#: What must speak for a number to be surely the total; by how much it must outdo every other.
_SURE, _MARGIN = 5, 3
#: What speaks against a number in the results, unless who took part is told there.
_OUTCOMES = 3
#: How sure an answer is. A total that its groups or sexes add up to; a total with nothing beside it, well or less well worded, or
#: with another number that may be it; one that groups contradict; a sum of groups whose number is told, or is not.
_AGREED, _ALONE, _WORDED, _RIVALLED, _AGAINST, _SUM, _SUM_OF_SOME = 0.97, 0.93, 0.8, 0.7, 0.6, 0.9, 0.75
_OF_TITLE, _ONE = 0.85, 0.93

#: Of how many kinds people may be; how many groups a study has.
_KINDS = 8
_MANY = (2, 3, 4)
#: Signs of an outcome's name, at least, before that of a group.
_OUTCOME = 3

_IN_TITLE = re.compile(rf"(?P<number>{NUMBER}) ?(?:例|名|位)(?!次)")
#: A text about one patient.
_SINGLE = re.compile(
    r"(?:^|[。.\]】:] ?)(?:患者|病人|患儿|先证者)[,、]? ?(?:为)?(?P<number>[男女])(?:性|童|孩|婴)?[,、]"
)


def total(passage: Passage) -> list[Found]:
    """The total, at most one."""
    if passage.source in TITLES:
        return _of_title(passage)
    every = chinese_counts.mentions(passage)
    parts = groups(passage)
    answer = _stated(passage, every, parts) or _sum(parts) or _single(passage)
    return [answer] if answer else []


def arm(passage: Passage) -> list[Found]:
    """The size of each group."""
    if passage.source in TITLES:
        return []
    parts = groups(passage)
    agreed = any(each.number == _together(parts) for each in _wholes(passage, chinese_counts.mentions(passage)))
    sure = _AGREED if agreed else _SUM if len(parts) > 1 or _together(parts) else _AGAINST
    return [_found(each.start, each.end, each.number, STATED, sure) for each in parts]


def groups(passage: Passage) -> list[Mention]:
    """The groups with their sizes: the size that each of them has, or those of different names, named before the results.

    Groups that are counted in the results alone, as in a review of studies, are read there if they come to a stated total.
    """
    every, results = chinese_counts.mentions(passage), chinese_counts.results(passage)
    earlier = [each for each in every if each.start < results]
    if each := next((each for each in earlier if each.role == EACH and each.many), None):
        return [each]
    if found := _listed(passage, results) or _named(passage, earlier):
        return found
    later = _named(passage, [each for each in every if each.start >= results])
    return later if any(each.number == _together(later) for each in _wholes(passage, every)) else []


def _named(passage: Passage, every: list[Mention]) -> list[Mention]:
    """The first number of each group.

    A longer name in a later sentence that ends like another is that group's outcome ("终点事件激素组4例").
    """
    wholes = {each.number for each in every if each.role == WHOLE}
    found: dict[str, Mention] = {}
    sentence = -1
    for mention in every:
        if mention.role != GROUP or mention.name in found:
            continue
        here = passage.sentence(mention.start, mention.end)[0]
        later = bool(found) and here != sentence
        if later and _together(list(found.values())) in wholes:
            break
        outcome = any(mention.name.endswith(name) and len(mention.name) - len(name) >= _OUTCOME for name in found)
        if not (later and outcome):
            found[mention.name], sentence = mention, here
    return list(found.values())


def _listed(passage: Passage, results: int) -> list[Mention]:
    """The sizes of groups that are named first ("三组例数依次为50、50、50例")."""
    for match in chinese_counts.rules()["listed"].finditer(passage.tight, 0, results):
        first, _ = passage.sentence(match.start(), match.end())
        names = [each["name"] for each in chinese_counts.rules()["named"].finditer(passage.tight, first, match.start())]
        places = list(re.finditer(numbers.HAN, match["numbers"]))
        if len(dict.fromkeys(names)) < 2 or len(places) < 2:
            continue
        start = match.start("numbers")
        return [
            Mention(start + each.start(), start + each.end(), match.end(), numbers.whole(each.group()) or 0, GROUP, str(order))
            for order, each in enumerate(places)
        ]  # fmt: skip
    return []


def _together(parts: list[Mention]) -> int:
    """What the groups come to; nought if there is but one, or nobody says how many."""
    if len(parts) == 1 and parts[0].role != EACH:
        return 0
    return sum(each.number * each.many for each in parts)


def _wholes(passage: Passage, every: list[Mention], least: int = chinese_counts.TAKEN) -> list[Mention]:
    """The numbers that may be the total, the likeliest first."""
    found = [each for each in every if each.role == WHOLE and _weight(passage, each) >= least]
    return sorted(found, key=lambda each: (-_weight(passage, each), each.start))


def _weight(passage: Passage, mention: Mention) -> int:
    """What speaks for the total; less in the results, where numbers are outcomes."""
    if mention.start < chinese_counts.results(passage):
        return mention.weight
    told = chinese_counts.rules()["results"]["took_part"].search(chinese_counts.said_before(passage, mention))
    return mention.weight if told else mention.weight - _OUTCOMES


def _stated(passage: Passage, every: list[Mention], parts: list[Mention]) -> Found | None:
    wholes = _wholes(passage, every)
    largest = max((each.number for each in [*wholes, *parts]), default=0)
    for each in _wholes(passage, every, 0):  # what groups add up to needs no more to speak for it
        # A part may be what its own kinds add up to; the whole is larger.
        split = each.number >= largest and _split(passage, every, each)
        if each.number in _sums(every, parts) or split:
            return _found(each.start, each.end, each.number, ADDED_UP, _AGREED)
    if not wholes:
        return None
    best = wholes[0]
    if listed := _joined(passage, every, best):
        return _found(listed[0].start, listed[-1].end, sum(each.number for each in listed), SUMMED, _RIVALLED)
    together = _together(parts)
    if together > best.number and parts[0].role == GROUP:
        return _found(parts[0].start, parts[-1].end, together, SUMMED, _AGAINST)
    return _found(best.start, best.end, best.number, STATED, _unopposed(passage, every, parts, best, wholes))


def _unopposed(
    passage: Passage, every: list[Mention], parts: list[Mention], best: Mention, wholes: list[Mention]
) -> float:
    """How sure a stated total is that nothing adds up to, by what speaks against it."""
    alone = len(parts) == 1 and parts[0].role == GROUP  # its counterpart may be beside the total or in it
    if alone or chinese_counts.rules()["more"].search(passage.tight):
        return _AGAINST
    weight = _weight(passage, best)
    rivals = [_weight(passage, each) for each in wholes if each.number != best.number]
    differs = {_together(parts), _sexes(every)} - {0, best.number}
    if differs or (rivals and weight - max(rivals) < _MARGIN):
        return _RIVALLED
    return _ALONE if weight >= _SURE else _WORDED


def _sums(every: list[Mention], parts: list[Mention]) -> set[int]:
    """What groups or sexes come to. Where each group has one size, nobody may have said how many groups there are."""
    sums = {_together(parts), _sexes(every)}
    for each in every:
        if each.role == EACH:
            sums |= {each.number * many for many in _MANY}
    return sums - {0}


def _split(passage: Passage, every: list[Mention], whole: Mention) -> bool:
    """Whether the next numbers of its sentence, two or more, add up to a total ("84例,其中轻度30例,重度54例")."""
    end = passage.sentence(whole.start, whole.stop)[1]
    place = every.index(whole) + 1
    parts = list(
        itertools.takewhile(
            lambda each: each.start < end and each.role in (WHOLE, GROUP, SEX), every[place : place + _KINDS]
        )
    )
    return any(sum(each.number for each in parts[:size]) == whole.number for size in range(2, len(parts) + 1))


def _joined(passage: Passage, every: list[Mention], best: Mention) -> list[Mention]:
    """The numbers of a list of people of several kinds ("95例患者和30例健康者"), if the likeliest total is one of it."""
    joined = chinese_counts.rules()["joined"]
    run: list[Mention] = []
    for mention in every:
        if run and not joined.search(passage.tight[run[-1].end : mention.start].lstrip()):
            if best in run:
                break
            run = []
        run.append(mention)
    return run if best in run and len(run) > 1 and all(each.role == WHOLE for each in run) else []


def _sexes(every: list[Mention]) -> int:
    """The sum of men and women, where one of each follows the other."""
    sexes = [each for each in every if each.role == SEX]
    return sum(each.number for each in sexes[:2]) if len(sexes) == 2 else 0


def _sum(parts: list[Mention]) -> Found | None:
    if not _together(parts):
        return None
    return _found(parts[0].start, parts[-1].end, _together(parts), SUMMED, _SUM if len(parts) < 4 else _SUM_OF_SOME)


def _single(passage: Passage) -> Found | None:
    match = _SINGLE.search(passage.tight)
    return _found(*match.span("number"), 1, STATED, _ONE) if match else None


def _of_title(passage: Passage) -> list[Found]:
    found = list(_IN_TITLE.finditer(passage.tight))
    number = numbers.whole(found[0]["number"]) if len(found) == 1 else None
    if not number:
        return []
    return [_found(*found[0].span("number"), number, STATED, _ONE if number == 1 else _OF_TITLE)]


def _found(start: int, end: int, number: int, rule: str, sure: float) -> Found:
    return Found(start, end, rule, sure, str(number), str(number), "participants", (start, end))
