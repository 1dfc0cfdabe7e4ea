"""Which counts are numbers of events, on a second look: by what the first look made of the numbers around them.

The words beside a number seldom tell events from people. In "12 (8 %) of 150 against 9 of 148" what tells is that 8 % is an
outcome, 150 a group, and 9 an event as well. So each count that the first look holds for possible is judged again, by
``rules/second_look.csv``, whose cues are the scores of its neighbours, how the numbers go together, and the words next to it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from winnow.extract.counting import Count
from winnow.extract.cues import Context, Cue
from winnow.extract.words import EDGE, NUMERIC, Words

#: Below this score of the first look a number is no count of events.
WORTH = 0.015
#: Steps of the number's own score, and of those of its neighbours.
_OWN = (0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.27, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97)
_STEPS = (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95)
#: From this score on another count is taken for a group or for the total.
_LIKELY = 0.5
#: Steps of the share that a number is of the total, and of the largest group.
_OF_TOTAL = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.49, 0.51, 0.7, 0.99, 1.01)
_OF_GROUP = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.99, 1.01, 2)
#: How far a percentage may stand from its count, and what comes between the two only if it is another's.
_BESIDE = 8
_ENDS_AFTER, _ENDS_BEFORE = frozenset((",", ";", ".", "AND", "VS")), frozenset((")", ";", ".", "AND", "VS"))
#: How many counts before and after one may be its parts, or the whole that it is part of.
_PARTS = 6
#: What may stand between a number and the word for a grade or group that it belongs to ("grade 3 and 4", "group 1/2").
_LIST = NUMERIC | {"/", "-", "AND", "or", ",", "to", "(", "<", ">", "=", "≥", "≤"}
_LONGEST_LIST = 8
#: What may stand between "of" and the number of people that it is of; and how long a bracket between count and "of" may be.
_OF_ALL = frozenset(("THE", "of", "all", "PEOPLE", "TOTAL"))
_LONGEST_BRACKET = 14


class SecondLook:
    """One passage: its counts in the order of the text, with the scores of the first look, and the scores of its percentages.

    ``percentages`` has the score of each percentage by the index of its first word.
    """

    def __init__(self, context: Context, counts: Sequence[Count], percentages: Mapping[int, float]) -> None:
        self.counts, self.percentages = counts, percentages
        self.words = context.words
        self._numbers = [each.number for each in counts]
        self._sentences = [context.sentence(each.first) for each in counts]
        #: The word of the whole that each count is of ("12 of 150", "12/150").
        self._whole = {place: whole for place in range(len(counts)) if (whole := self._whole_of(place))}
        self._wholes = frozenset(self._whole.values())
        self._total = max((each.number for each in counts if each.total > _LIKELY), default=0)
        self._group = max((each.number for each in counts if each.arm > _LIKELY), default=0)

    def cues(self) -> Iterator[tuple[int, list[Cue]]]:
        """The place in ``counts`` of each number worth a second look, and its cues."""
        for place, each in enumerate(self.counts):
            if each.event_count >= WORTH:
                _, begin, end = self._sentences[place]
                yield (
                    place,
                    [
                        *(("own", str(step)) for step in range(bisect_right(_OWN, each.event_count))),
                        ("own group", _step(each.arm)),
                        *_words_beside(self.words.names, each, begin, end),
                        *self._neighbours(place, begin, end),
                        *self._sizes(each.number),
                        *self._shares(each, begin, end),
                        *self._fraction(place),
                        *self._sums(place),
                    ],
                )

    def _neighbours(self, place: int, begin: int, end: int) -> Iterator[Cue]:
        """How likely the counts before and after it in the sentence are events."""
        for name, beside in (("event before", place - 1), ("event after", place + 1)):
            inside = 0 <= beside < len(self.counts) and begin <= self.counts[beside].first < end
            yield name, _step(self.counts[beside].event_count) if inside else "none"

    def _sizes(self, number: int) -> Iterator[Cue]:
        """Which part it is of the total, and of the largest group."""
        if self._total:
            yield "of total", str(bisect_right(_OF_TOTAL, number / self._total))
        if self._group:
            yield "of group", str(bisect_right(_OF_GROUP, number / self._group))

    def _shares(self, each: Count, begin: int, end: int) -> Iterator[Cue]:
        """Whether the percentages beside it look like shares of people with an outcome, and what they are shares of."""
        after = self._percentage(range(each.last + 1, min(end, each.last + 1 + _BESIDE)), _ENDS_AFTER)
        before = self._percentage(range(each.first - 1, max(begin - 1, each.first - _BESIDE), -1), _ENDS_BEFORE)
        yield "share after", "none" if after is None else _step(self.percentages[after])
        yield "share before", "none" if before is None else _step(self.percentages[before])
        if after is not None and each.number and (share := self.words.numbers[after]):
            low, high = each.number / (share + 0.55) * 100, each.number / max(share - 0.55, 0.01) * 100
            wholes = [other for other in self.counts if low <= other.number <= high and other.number != each.number]
            yield "share of group", _step(max((other.arm for other in wholes), default=0.0))
            yield "share of total", _step(max((other.total for other in wholes), default=0.0))

    def _percentage(self, way: Iterable[int], ends: frozenset[str]) -> int | None:
        for word in way:
            if word in self.percentages:
                return word
            if self.words.names[word] in ends:
                return None
        return None

    def _fraction(self, place: int) -> Iterator[Cue]:
        """Whether it is a part of a printed whole, or such a whole."""
        if (whole := self._whole.get(place)) is not None:
            size = self.words.numbers[whole]
            yield "part of", "ten" if size == 10 else "hundred" if size == 100 else "some"
        if self.counts[place].first in self._wholes:
            yield "whole of", "some"

    def _whole_of(self, place: int) -> int | None:
        each = self.counts[place]
        whole = _whole(self.words, each, self._sentences[place][2])
        return whole if whole is not None and self.words.numbers[whole] >= max(each.number, 1) else None

    def _sums(self, place: int) -> Iterator[Cue]:
        """Whether two later counts add up to it, or it and another to an earlier one: numbers of both groups together."""
        numbers = self._numbers
        number = numbers[place]
        later = numbers[place + 1 : place + 1 + _PARTS]
        if number > 2 and any(
            one and two and one + two == number for order, one in enumerate(later) for two in later[order + 1 :]
        ):
            yield "adds up", "whole"
        for before in range(max(0, place - _PARTS), place):
            rest = numbers[before] - number
            if number and rest > 0 and rest in numbers[before + 1 : place] + numbers[place + 1 : before + 1 + _PARTS]:
                yield "adds up", "part"
                break


def _step(score: float) -> str:
    return str(bisect_right(_STEPS, score))


def _words_beside(names: Sequence[str], each: Count, begin: int, end: int) -> Iterator[Cue]:
    """The words next to the number, and whether it is one of a grade or of numbered groups."""
    l1, l2 = (names[each.first - back] if each.first - back >= begin else EDGE for back in (1, 2))
    r1, r2 = (names[each.last + on] if each.last + on < end else EDGE for on in (1, 2))
    yield from (("L1", l1), ("L2", l2), ("R1", r1), ("L21", (l2, l1)), ("R12", (r1, r2)))
    for word in range(each.first - 1, max(begin, each.first - _LONGEST_LIST) - 1, -1):
        if names[word] in ("GRADE", "GROUP"):
            yield "one of", names[word]
        if names[word] not in _LIST:
            break


def _whole(words: Words, part: Count, end: int) -> int | None:
    """The word of the number that a count is of: "12/150", "12 of the 150", "12 patients (8 %) of 150"."""
    names, numbers = words.names, words.numbers
    word = part.last + 1
    if word < end and names[word] in ("PEOPLE", "EYES"):
        word += 1
    if word < end and names[word] in ("(", "["):
        closed = (far + 1 for far in range(word, min(end, word + _LONGEST_BRACKET)) if names[far] in (")", "]"))
        word = next(closed, end)
    if word + 1 >= end:
        return None
    if names[word] == "/":
        return word + 1 if word + 1 in numbers else None
    if names[word] not in ("of", "in", "out"):
        return None
    far = next((far for far in range(word + 1, min(end, word + 6)) if names[far] not in _OF_ALL), end)
    return far if far in numbers else None
