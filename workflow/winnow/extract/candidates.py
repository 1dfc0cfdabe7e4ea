"""Where in a passage a number could mean something: counts, percentages, doses and durations, before any is judged.

A candidate is the first and last word of a phrase (``0.5 mg/kg``, ``28 - week``, ``31.8`` of "31.8 vs. 17.6 %").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from winnow.extract import numbers
from winnow.extract.words import DECIMAL, WHOLE, Word

Candidate = tuple[int, int]

_NUMBERS = frozenset((WHOLE, DECIMAL))
#: What may stand between the numbers of one list, before the unit that they share.
_LISTED = frozenset(("-", "VS", "AND", "to", "or", ",", "/", "~", ".", "or=", "–"))
_PERCENT = frozenset(("%", "per"))
#: Words that hold a list together for a percentage or a dose, and how far the shared unit may be.
_REACH = 9

#: Units of a dose, as printed, in lower case; a slash and a second unit may follow.
DOSE_UNITS = frozenset(
    [
        "mg",
        "g",
        "mcg",
        "ug",
        "μg",
        "µg",
        "μ",
        "µ",
        "microg",
        "ng",
        "kg",
        "ml",
        "l",
        "u",
        "iu",
        "units",
        "unit",
        "mmol",
        "meq",
        "gy",
        "cgy",
        "gray",
        "mci",
        "tablet",
        "tablets",
        "puffs",
        "milligrams",
        "grams",
        "micrograms",
        "microgram",
        "mu",
        "ppm",
        "kcal",
        "cc",
        "gm",
        "gms",
        "gram",
        "milligram",
    ]
)
_PER = frozenset(
    ["kg", "m", "m2", "day", "d", "dose", "h", "hour", "hr", "min", "week", "wk", "ml", "l", "dl", "month", "body"]
)
_TIMES = frozenset(
    [
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "yr",
        "yrs",
        "wk",
        "wks",
        "hour",
        "hours",
        "d",
        "h",
        "mo",
        "minutes",
        "min",
        "minute",
        "hr",
        "hrs",
    ]
)


def counts(words: Sequence[Word]) -> Iterator[Candidate]:
    """Whole numbers that could count people: no percentage, no measure, not a part of a name such as ``T1``."""
    for index, word in enumerate(words):
        if word.name != WHOLE or word.number is None or word.number < 0:
            continue
        after = words[index + 1] if index + 1 < len(words) else None
        if after and (after.name in ("%", "UNIT", "TIME") or (after.start == word.end and after.name[0].isalpha())):
            continue
        if _glued(words, index):
            continue
        yield index, index


def _glued(words: Sequence[Word], index: int) -> bool:
    """Whether a number is the rest of a name (``T1``, ``HbA1c``), of a time of day or of a part of a larger number."""
    if not index or words[index - 1].end != words[index].start:
        return False
    before = words[index - 1].name
    return before[0].isalpha() or before == ":"


def percentages(words: Sequence[Word]) -> Iterator[Candidate]:
    """Numbers with a percent sign or word of their own, or one that a list of numbers shares."""
    for index, word in enumerate(words):
        if word.name in _NUMBERS and _shares(words, index, _PERCENT):
            yield index, index


def _shares(words: Sequence[Word], index: int, wanted: frozenset[str]) -> bool:
    for place in range(index + 1, min(len(words), index + _REACH)):
        name = words[place].name
        if name in wanted:
            return True
        if name not in _LISTED and name not in _NUMBERS:
            return False
    return False


def durations(words: Sequence[Word], text: str) -> Iterator[Candidate]:
    """A number, or a range of two, with a unit of time after it (``28 - week``, ``2 to 4 weeks``)."""
    index = 0
    while index < len(words):
        if words[index].name in _NUMBERS and not _glued(words, index):
            last = _to_time(words, index, text)
            if last:
                yield index, last
                index = last
        index += 1


def _to_time(words: Sequence[Word], index: int, text: str) -> int:
    for place in range(index + 1, min(len(words), index + 7)):
        word = words[place]
        if text[word.start : word.end].lower() in _TIMES:
            return place
        if word.name not in ("-", "to", "AND", "or") and word.name not in _NUMBERS:
            return 0
    return 0


def doses(words: Sequence[Word], text: str) -> Iterator[Candidate]:
    """A number with a unit of mass, volume, activity or a percentage, the unit's own divisor included (``mg/kg/day``)."""
    done = -1
    for index, word in enumerate(words):
        if index <= done or word.name not in _NUMBERS or _glued(words, index):
            continue
        last = _to_unit(words, index, text)
        if last >= 0:
            done = last
            yield index, last


def _to_unit(words: Sequence[Word], index: int, text: str) -> int:
    """The last word of the unit right after the number; the number itself if a list shares a unit; -1 if there is none."""
    for place in range(index + 1, min(len(words), index + _REACH)):
        word = words[place]
        printed = text[word.start : word.end].lower()
        if printed in DOSE_UNITS or printed == "%":
            if _laboratory(words, place, text):
                return -1
            return _whole_unit(words, place, text) if _direct(words, index, place) else index
        if word.name not in _LISTED and word.name not in _NUMBERS:
            return -1
    return -1


def _laboratory(words: Sequence[Word], place: int, text: str) -> bool:
    """Whether the unit is one of blood or body (``mg/dl``, ``g/l``, ``kg/m2``), which no dose has."""
    if place + 2 >= len(words) or words[place + 1].name != "/":
        return False
    unit, divisor = (text[words[at].start : words[at].end].lower() for at in (place, place + 2))
    return divisor in ("dl", "l", "mol", "mmol", "min") or (divisor == "m" and unit == "kg")


def _direct(words: Sequence[Word], index: int, place: int) -> bool:
    """Whether between number and unit there is nothing but the rest of a range (``500 - 1000 mg``)."""
    between = [words[i].name for i in range(index + 1, place)]
    return not between or (len(between) == 2 and between[0] in ("-", "to", "~") and between[1] in _NUMBERS)


def _whole_unit(words: Sequence[Word], place: int, text: str) -> int:
    last = place
    if (
        text[words[place].start : words[place].end] in "μµ"
        and place + 1 < len(words)
        and words[place + 1].name == "UNIT"
    ):
        last += 1  # a tokeniser's "μ g"
    while last + 2 < len(words):
        slash, unit = words[last + 1], words[last + 2]
        if slash.name == "/" and text[unit.start : unit.end].lower() in _PER:
            last += 2
            if last + 1 < len(words) and text[unit.start : unit.end].lower() == "m" and words[last + 1].number == 2:
                last += 1
        else:
            break
    return last


#: No English frequency is without one of these words; the phrases are only looked for around them, which is much faster.
_TELLTALE = frozenset(
    [
        "daily",
        "weekly",
        "monthly",
        "nightly",
        "yearly",
        "annually",
        "fortnightly",
        "biweekly",
        "triweekly",
        "every",
        "each",
        "times",
        "once",
        "twice",
        "thrice",
        "per",
        "a",
        "/",
        "bid",
        "tid",
        "qid",
        "qd",
        "qw",
        "qam",
        "qpm",
        "qhs",
        "qod",
        "b",
        "t",
        "q",
    ]
)
_AROUND = 40


@cache
def frequency_phrases(language: str) -> re.Pattern[str]:
    """``rules/frequency.yaml`` for one language as one expression."""
    import yaml

    text = resources.files("winnow.extract").joinpath("rules", "frequency.yaml").read_text(encoding="utf-8")
    phrases = "|".join(phrase.replace("NUM", numbers.WHOLE) for phrase in yaml.safe_load(text)[language])
    edge = r"(?<![A-Za-z])" if language == "english" else ""
    return re.compile(f"{edge}(?:{phrases})")


def frequencies(words: Sequence[Word], text: str) -> Iterator[Candidate]:
    """English phrases that may say how often."""
    starts = [word.start for word in words]
    phrases = frequency_phrases("english")
    done = 0
    for word in words:
        if word.start < done or text[word.start : word.end] not in _TELLTALE:
            continue
        # Begin at a word's beginning, so that no phrase starts inside a word or a number.
        begin = max(done, starts[max(0, bisect_right(starts, word.start - _AROUND) - 1)])
        match = phrases.search(text, begin, word.end + _AROUND)
        while match and match.end() <= word.start:
            match = phrases.search(text, match.end(), word.end + _AROUND)
        if match and match.start() <= word.start:
            done = match.end()
            first = max(0, bisect_right(starts, match.start()) - 1)
            yield first, max(first, bisect_right(starts, match.end() - 1) - 1)
