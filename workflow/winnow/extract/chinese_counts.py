"""Every number of people in a Chinese text, and whose number it is: of all, of one group, of each group, of one sex, of an outcome.

The rules are a table, ``rules/chinese_counts.yaml``; what they say is worked out once for all extractors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from winnow import package_data
from winnow.extract import numbers
from winnow.extract.passage import Passage

#: Groups of three may be set apart by a space, or by a comma where no list of numbers is.
NUMBER = rf"(?:[1-9]\d{{0,2}}(?: \d{{3}}){{1,3}}(?! ?\d)|[1-9]\d{{0,2}}(?:,\d{{3}}){{1,3}}(?![\d,])|{numbers.HAN})"
#: A count, or "n=30"; never the end of a number, a range, a share or a number broken by a space ("3 0例").
_COUNT = re.compile(
    rf"(?<![\d.~±/])(?<!\d[-,])(?P<number>{NUMBER}) ?(?P<unit>例|名|位|人)|(?<![A-Za-z])n ?= ?(?P<sized>\d+)(?![\d.%])",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"(?<![^\W\u4e00-\u9fff])(?<!-)[\d.]+ $")
_COMMA = re.compile(r"(?:分别|依次|各)[^。;]{0,12}$")
_EDGES = ",。;:"
#: How far the words around a number are looked at, and how far back the number of groups may stand.
_BEFORE, _AFTER, _FAR = 60, 48, 150

#: What must speak for a number to be the total.
TAKEN = 2
#: What a count may be.
WHOLE, GROUP, EACH, SEX, LEFT, NOBODY = "whole", "group", "each", "sex", "left", "nobody"


@dataclass(frozen=True)
class Mention:
    """One number: its place (``start`` to ``end``), where its unit ends, what it is, of which group, and what speaks for the total.

    ``many`` is the number of groups of which each has this size, 1 for any other.
    """

    start: int
    end: int
    stop: int
    number: int
    role: str
    name: str = ""
    many: int = 1
    weight: int = 0


@cache
def rules() -> dict[str, Any]:
    """The table, its patterns compiled."""
    table = package_data.from_yaml("extract/rules/chinese_counts.yaml")
    words = table.pop("words") | {"NUM": NUMBER}
    compiled: dict[str, Any] = _compiled(table, words)
    return compiled


def _compiled(entry: Any, words: dict[str, str]) -> Any:
    if isinstance(entry, dict):
        return {key: value if key == "where" else _compiled(value, words) for key, value in entry.items()}
    if isinstance(entry, list):
        return [_compiled(each, words) for each in entry]
    if not isinstance(entry, str):
        return entry
    for word, listed in words.items():
        entry = entry.replace(word, listed)
    return re.compile(entry, re.IGNORECASE)


def results(passage: Passage) -> int:
    """Where the results begin: behind their heading, or at the first clause that counts an outcome; the end if there are none."""
    if "results" not in passage.kept:
        table = rules()["results"]
        heading = table["heading"].search(passage.tight)
        took_part = next(
            (each for each in mentions(passage) if each.role in (GROUP, EACH) or each.weight >= TAKEN), None
        )
        # Who took part is said before what became of them.
        first = clause(passage, took_part.start, took_part.stop)[1] if took_part else 0
        outcomes = [match.span() for each in table["outcome"] if (match := each.search(passage.tight, first))]
        start = len(passage.tight)
        if heading:
            start = heading.end()
        elif outcomes:
            start = clause(passage, *min(outcomes))[0]
        passage.kept["results"] = start
    return int(passage.kept["results"])


def counts_people(passage: Passage) -> bool:
    """Whether the text is about people at all, and not about animals."""
    if "people" not in passage.kept:
        table, text = rules(), passage.tight
        passage.kept["people"] = bool(table["people"].search(text)) and not table["animals"].search(text)
    return bool(passage.kept["people"])


def clause(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The span between two commas, stops or colons that holds ``start`` to ``end``."""
    first, last = passage.sentence(start, end)
    begin = max(passage.tight.rfind(sign, first, start) + 1 for sign in _EDGES)
    stops = [place for sign in _EDGES if (place := passage.tight.find(sign, end, last)) >= 0]
    return max(first, begin), min([last, *stops])


def mentions(passage: Passage) -> list[Mention]:
    """The counts in the order of the text, judged once for all extractors."""
    if "mentions" not in passage.kept:
        found: list[Mention] = []
        for match in _COUNT.finditer(passage.tight) if counts_people(passage) else ():
            mention = _judged(passage, match, bool(found))
            if mention:
                found.append(mention)
        passage.kept["mentions"] = found
    judged: list[Mention] = passage.kept["mentions"]
    return judged


def said_before(passage: Passage, mention: Mention) -> str:
    """What its sentence says before a number, as far back as anything is looked for."""
    first = passage.sentence(mention.start, mention.stop)[0]
    return passage.tight[max(first, mention.start - _FAR) : mention.start]


def _judged(passage: Passage, match: re.Match[str], later: bool) -> Mention | None:
    text, table = passage.tight, rules()
    name = "sized" if match["sized"] else "number"
    (start, end), stop = match.span(name), match.end()
    before, after = text[max(0, start - _BEFORE) : start], text[stop : stop + _AFTER]
    if _BROKEN.search(before) or ("," in match[name] and _COMMA.search(before)):
        return None
    number = numbers.whole(match[name])
    if not number:
        return None
    place = start, end, stop, number
    if table["nobody"]["before"].search(before) or table["nobody"]["after"].search(after):
        return Mention(*place, NOBODY)
    if table["left"]["before"].search(before) or table["left"]["after"].search(after):
        return Mention(*place, LEFT)
    if table["each"].search(before):
        return Mention(*place, EACH, many=_many(passage, start))
    if group := _group(before, after):
        return Mention(*place, GROUP, group)
    if table["sex"].search(before):
        return Mention(*place, SEX)
    return Mention(*place, WHOLE, weight=_weight(passage, start, stop) + (not later))


def _group(before: str, after: str) -> str:
    """The name of the group whose number stands between ``before`` and ``after``, if it is one's."""
    table = rules()["group"]
    if found := table["before"].search(before):
        return str(found["name"])
    for pattern in table["after"]:
        if (found := pattern.search(after)) and not table["never"].search(after[: found.start("name")]):
            return str(found["name"])
    return ""


def _many(passage: Passage, place: int) -> int:
    """How many groups there are, by the words before a place; 0 if they don't say."""
    text = passage.tight[max(0, place - _FAR) : place]
    told = list(rules()["every_of"].finditer(text))
    if told:
        return numbers.whole(told[-1]["many"]) or 0
    first, _ = passage.sentence(place, place + 1)
    names = {each["name"] for each in rules()["named"].finditer(passage.tight, first, place)}
    return len(names) if len(names) > 1 else 0


def _weight(passage: Passage, start: int, stop: int) -> int:
    """What speaks for and against the total in the words around a number, added up."""
    first = clause(passage, start, stop)[0]
    end = passage.sentence(start, stop)[1]
    before = passage.tight[max(first, start - _BEFORE) : start]
    after = passage.tight[stop : min(end, stop + _AFTER)]
    said = {"before": before, "after": after}
    return sum(each["weight"] for each in rules()["whole"] if each["pattern"].search(said[each["where"]]))
