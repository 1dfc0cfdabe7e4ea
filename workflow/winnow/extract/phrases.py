"""Extractors that are nothing but phrases: Chinese ones of every kind, and ages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from winnow import package_data
from winnow.extract import numbers
from winnow.extract.passage import Found, Passage
from winnow.text import is_han

#: A sentence without one of these says nothing of age; most are skipped.
_AGED = re.compile(r"age(?<=\bage)|old(?<=\bold)|years? of")


@dataclass(frozen=True)
class Phrase:
    """A regular expression with a group ``value``, and how sure a match is."""

    expression: re.Pattern[str]
    confidence: float


def _phrase(entry: dict[str, Any]) -> Phrase:
    text = str(entry["pattern"]).replace("NUM", numbers.HAN)
    return Phrase(re.compile(text, re.IGNORECASE), float(entry["confidence"]))


@cache
def chinese() -> dict[str, tuple[Phrase, ...]]:
    """``rules/chinese.yaml`` by extractor."""
    return {
        name: tuple(_phrase(entry) for entry in entries)
        for name, entries in package_data.from_yaml("extract/rules/chinese.yaml").items()
    }


@cache
def ages() -> tuple[Phrase, ...]:
    """``rules/age.yaml``."""
    return tuple(_phrase(entry) for entry in package_data.from_yaml("extract/rules/age.yaml"))


def matched(
    phrases: tuple[Phrase, ...], passage: Passage, rule: str, within: tuple[int, int] | None = None
) -> list[Found]:
    """What the phrases find; of findings that overlap the surer, then the longer, stays."""
    start, end = within or (0, len(passage.tight))
    every = [
        Found(*match.span("value"), rule, phrase.confidence, quoted=match.span())
        for phrase in phrases
        for match in phrase.expression.finditer(passage.tight, start, end)
    ]
    kept: list[Found] = []
    for found in sorted(every, key=lambda each: (-each.confidence, each.start - each.end, each.start)):
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda each: each.start)


def in_chinese(name: str, passage: Passage) -> list[Found]:
    """What the Chinese phrases of one extractor find; nothing in a text without Chinese characters."""
    if "han" not in passage.kept:
        passage.kept["han"] = is_han(passage.text)
    return matched(chinese().get(name, ()), passage, "chinese") if passage.kept["han"] else []


def counted(name: str, passage: Passage) -> list[Found]:
    """As :func:`in_chinese`, for whole numbers: the value in digits."""
    found = []
    for each in in_chinese(name, passage):
        value = numbers.whole(passage.tight[each.start : each.end])
        if value is not None:
            found.append(
                Found(each.start, each.end, each.rule, each.confidence, str(value), str(value), quoted=each.quoted)
            )
    return found


def age(passage: Passage) -> list[Found]:
    """Ages as printed; the number is the first that stands in them."""
    found = in_chinese("age", passage)
    done = -1
    for hint in _AGED.finditer(passage.lower):
        if hint.start() >= done:
            start, done = passage.sentence(*hint.span())
            found += matched(ages(), passage, "age", (start, done))
    return [
        Found(each.start, each.end, each.rule, each.confidence, "", numeral.group(), "years", each.quoted)
        for each in found
        if (numeral := re.search(r"\d+(?:\.\d+)?", passage.tight[each.start : each.end]))
    ]
