"""Extractors that are nothing but phrases: Chinese doses, frequencies and durations, and ages in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from winnow import package_data
from winnow.extract import numbers
from winnow.extract.passage import Found, Passage

#: A sentence without one of these says nothing of age; most are skipped.
_AGED = re.compile(r"age(?<=\bage)|old(?<=\bold)|years? of")
#: The first number of an age and, where it begins a range, the last: 18-65, 18岁至65岁.
_NUMERALS = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)(?:(?: ?(?:years?|yrs?|岁))? ?(?:[-–~]|to|至|到) ?(?P<high>\d+(?:\.\d+)?))?", re.IGNORECASE
)
#: What an English age is in if not in years; ``rules/age.yaml`` ends before it.
_YOUNGER = re.compile(r" ?-?(?:months?|mos?|weeks?|wks?|days?|hours?)\b", re.IGNORECASE)
#: Months and days, and two ages side by side, of which nobody can say whether they are a range.
_NO_YEARS = re.compile(rf"[月天、]|{_YOUNGER.pattern}$|\d ?岁? ?(?:and|[和与及]) ?\d", re.IGNORECASE)

#: Nobody is older: a point was lost in "(613±106)岁".
_OLDEST = 120
#: How far before a value it is looked for what speaks against it.
_LOOK = 24


@dataclass(frozen=True)
class Phrase:
    """A regular expression with a group ``value``, how sure a match is, and what must not stand right before the value."""

    expression: re.Pattern[str]
    confidence: float
    unless: re.Pattern[str] | None = None


def _phrase(entry: dict[str, Any], words: dict[str, str]) -> Phrase:
    text = str(entry["pattern"])
    for word, listed in words.items():
        text = text.replace(word, listed)
    unless = re.compile(entry["unless"]) if "unless" in entry else None
    return Phrase(re.compile(text, re.IGNORECASE), float(entry["confidence"]), unless)


@cache
def chinese() -> dict[str, tuple[Phrase, ...]]:
    """``rules/chinese.yaml`` by extractor."""
    rules = package_data.from_yaml("extract/rules/chinese.yaml")
    words = rules.pop("words") | {"NUM": numbers.HAN}  # NUM last: the other words hold it
    return {name: tuple(_phrase(entry, words) for entry in entries) for name, entries in rules.items()}


@cache
def ages() -> tuple[Phrase, ...]:
    """``rules/age.yaml``."""
    return tuple(_phrase(entry, {}) for entry in package_data.from_yaml("extract/rules/age.yaml"))


def matched(
    phrases: tuple[Phrase, ...], passage: Passage, rule: str, within: tuple[int, int] | None = None
) -> list[Found]:
    """What the phrases find; of findings that overlap the surer, then the longer, stays."""
    start, end = within or (0, len(passage.tight))
    every = [
        Found(*match.span("value"), rule, phrase.confidence, quoted=match.span())
        for phrase in phrases
        for match in phrase.expression.finditer(passage.tight, start, end)
        if not (phrase.unless and phrase.unless.search(passage.tight, *_ahead(start, match.start("value"))))
    ]
    kept: list[Found] = []
    for found in sorted(every, key=lambda each: (-each.confidence, each.start - each.end, each.start)):
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda each: each.start)


def _ahead(start: int, place: int) -> tuple[int, int]:
    return max(start, place - _LOOK), place


def in_chinese(name: str, passage: Passage) -> list[Found]:
    """What the Chinese phrases of one extractor find; nothing in a text that isn't Chinese."""
    return matched(chinese()[name], passage, "chinese") if passage.chinese else []


def age(passage: Passage) -> list[Found]:
    """Ages as printed; the number is the first that stands in them, or the range as ``low-high``."""
    found = in_chinese("age", passage)
    done = -1
    for hint in _AGED.finditer(passage.lower):
        if hint.start() >= done:
            start, done = passage.sentence(*hint.span())
            found += [_with_unit(passage, each) for each in matched(ages(), passage, "age", (start, done))]
    read = [(each, *_years(passage.tight[each.start : each.end])) for each in found]
    return [
        Found(each.start, each.end, each.rule, each.confidence, "", number, unit, each.quoted)
        for each, number, unit in read
        if not number or float(number.rpartition("-")[2]) <= _OLDEST
    ]


def _with_unit(passage: Passage, found: Found) -> Found:
    """The age with the months, weeks or days that stand behind it, so that nobody takes them for years."""
    unit = _YOUNGER.match(passage.tight, found.end)
    if not unit:
        return found
    first, last = found.quoted or (found.start, found.end)
    return replace(found, end=unit.end(), quoted=(first, max(last, unit.end())))


def _years(text: str) -> tuple[str, str]:
    """The first number, or the range that it begins; nothing of months or days, nor of ages that are listed one by one."""
    found = _NUMERALS.search(text)
    if not found or _NO_YEARS.search(text):
        return "", ""
    low, high = found.group("low"), found.group("high")
    return (f"{low}-{high}" if high else low), "years"
