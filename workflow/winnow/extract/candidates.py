"""Where in a passage a number could mean something: counts, percentages, doses and durations, before any is judged.

A candidate is the first and last word of a phrase (``0.5 mg/kg``, ``28 - week``, ``31.8`` of "31.8 vs. 17.6 %").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from winnow import package_data
from winnow.extract import numbers
from winnow.extract.words import NUMERIC, WHOLE, Words, listed

Candidate = tuple[int, int]

#: What may stand between the numbers of one list, before the unit that they share.
_LISTED = NUMERIC | {"-", "VS", "AND", "to", "or", ",", "/", "~", ".", "or=", "–"}
_PERCENT = frozenset(("%", "per"))
#: What joins two percentages of which only the last has its sign ("60 vs. 47%").
_JOINED = NUMERIC | {"-", "VS", "AND", "to", "or", "."}
#: What follows the level of a confidence interval; and the strongest solution, in percent, that may be a dose.
_CONFIDENCE = ["%", "CI"]
_STRONGEST = 10
#: How far from a number the unit may be that a list shares.
_REACH = 9
#: What stands between the two ends of a time (``2 to 4 weeks``).
_RANGE = NUMERIC | {"-", "to", "AND", "or"}

#: Units of a dose, as printed, in lower case; a slash and a second unit may follow.
_DOSE_UNITS = listed("dose unit")
_PER = listed("dose per")
_TIMES = listed("time")


def counts(words: Words) -> Iterator[Candidate]:
    """Whole numbers that could count people: no percentage (or one of two that share a sign), no measure or time, no part of
    ``T1``."""
    names = words.names
    for index, value in words.numbers.items():
        if names[index] != WHOLE or value < 0:
            continue
        if index + 1 < len(names):
            after = names[index + 1]
            if after in ("%", "UNIT", "TIME") or (after[0].isalpha() and words.starts[index + 1] == words.ends[index]):
                continue
            if after == "-" and names[index + 2 : index + 3] == ["TIME"]:
                continue
        if not _glued(words, index) and not _shares(names, index, _JOINED):
            yield index, index


def _glued(words: Words, index: int) -> bool:
    """Whether a number is the rest of a name (``T1``, ``HbA1c``), of a time of day or of a part of a larger number."""
    if not index or words.ends[index - 1] != words.starts[index]:
        return False
    before = words.names[index - 1]
    return before[0].isalpha() or before == ":"


def percentages(words: Words) -> Iterator[Candidate]:
    """Numbers with a percent sign or word of their own, or one that a list of numbers shares; no "95% CI"."""
    for index in words.numbers:
        if _shares(words.names, index, _LISTED) and words.names[index + 1 : index + 3] != _CONFIDENCE:
            yield index, index


def _shares(names: list[str], index: int, between: frozenset[str]) -> bool:
    """Whether a percent sign follows with nothing but ``between`` on the way."""
    for name in names[index + 1 : index + _REACH]:
        if name in _PERCENT:
            return True
        if name not in between:
            return False
    return False


def durations(words: Words) -> Iterator[Candidate]:
    """A number, or a range of two, with a unit of time after it (``28 - week``, ``2 to 4 weeks``)."""
    done = -1
    for index in words.numbers:
        if index > done and not _glued(words, index):
            last = _to_time(words, index)
            if last:
                yield index, last
                done = last


def _to_time(words: Words, index: int) -> int:
    for place, token in enumerate(words.tokens[index + 1 : index + 7], start=index + 1):
        if token in _TIMES:
            return place
        if words.names[place] not in _RANGE:
            return 0
    return 0


def doses(words: Words) -> Iterator[Candidate]:
    """A number with a unit of mass, volume, activity or a percentage, the unit's own divisor included (``mg/kg/day``)."""
    done = -1
    for index in words.numbers:
        if index <= done or _glued(words, index) or _too_strong(words, index):
            continue
        last = _to_unit(words, index)
        if last >= 0:
            done = last
            yield index, last


def _too_strong(words: Words, index: int) -> bool:
    """Whether the number is a percentage that no solution of a drug has: an outcome, most likely."""
    return words.numbers[index] > _STRONGEST and words.names[index + 1 : index + 2] == ["%"]


def _to_unit(words: Words, index: int) -> int:
    """The last word of the unit right after the number; the number itself if a list shares a unit; -1 if there is none."""
    for place, token in enumerate(words.tokens[index + 1 : index + _REACH], start=index + 1):
        if token in _DOSE_UNITS:
            if _laboratory(words.tokens, place):
                return -1
            return _whole_unit(words, place) if _direct(words.names, index, place) else index
        if words.names[place] not in _LISTED:
            return -1
    return -1


def _laboratory(tokens: list[str], place: int) -> bool:
    """Whether the unit is one of blood or body (``mg/dl``, ``g/l``, ``kg/m2``), which no dose has."""
    if place + 2 >= len(tokens) or tokens[place + 1] != "/":
        return False
    unit, divisor = tokens[place], tokens[place + 2]
    return divisor in ("dl", "l", "mol", "mmol", "min") or (divisor == "m" and unit == "kg")


def _direct(names: list[str], index: int, place: int) -> bool:
    """Whether between number and unit there is nothing but the rest of a range (``500 - 1000 mg``)."""
    between = names[index + 1 : place]
    return not between or (len(between) == 2 and between[0] in ("-", "to", "~") and between[1] in NUMERIC)


def _whole_unit(words: Words, place: int) -> int:
    tokens, last = words.tokens, place
    if tokens[place] in "μµ" and words.names[place + 1 : place + 2] == ["UNIT"]:
        last += 1  # a tokeniser's "μ g"
    while last + 2 < len(tokens) and tokens[last + 1] == "/" and tokens[last + 2] in _PER:
        last += 2
        if tokens[last] == "m" and words.numbers.get(last + 1) == 2:
            last += 1
    return last


#: No English frequency is without one of these words; the phrases are only looked for around them, which is much faster.
_TELLTALE = listed("frequency")
#: Those of them that say how often only if one of the next few words is a time.
_NEEDS_TIME = listed("frequency with a time")
_OFTEN = listed("time of a frequency")
_AHEAD = 8
_AROUND = 40


@cache
def frequency_phrases() -> re.Pattern[str]:
    """``rules/frequency.yaml`` as one expression."""
    rules = package_data.from_yaml("extract/rules/frequency.yaml")
    phrases = "|".join(phrase.replace("NUM", numbers.WHOLE) for phrase in rules)
    return re.compile(f"(?<![A-Za-z])(?:{phrases})")


def frequencies(words: Words, text: str) -> Iterator[Candidate]:
    """English phrases that may say how often."""
    tokens, starts, ends = words.tokens, words.starts, words.ends
    phrases = frequency_phrases()
    done = 0
    for place, token in enumerate(tokens):
        if token not in _TELLTALE or starts[place] < done:
            continue
        if token in _NEEDS_TIME and _OFTEN.isdisjoint(tokens[place + 1 : place + _AHEAD]):
            continue
        start, end = starts[place], ends[place]
        # Begin at a word's beginning, so that no phrase starts inside a word or a number.
        begin = max(done, starts[max(0, bisect_right(starts, start - _AROUND) - 1)])
        match = phrases.search(text, begin, end + _AROUND)
        while match and match.end() <= start:
            match = phrases.search(text, match.end(), end + _AROUND)
        if match and match.start() <= start:
            done = match.end()
            first = max(0, bisect_right(starts, match.start()) - 1)
            yield first, max(first, bisect_right(starts, match.end() - 1) - 1)
