"""How many had an outcome, in Chinese: shares of people, and counts of them."""

from __future__ import annotations

import re

from winnow.extract import chinese_counts, chinese_sizes, numbers
from winnow.extract.chinese_counts import GROUP, LEFT, NOBODY, SEX, Mention
from winnow.extract.passage import Found, Passage

_SHARE = re.compile(r"(?<![\d.])(?P<number>\d{1,3}(?:\.\d+)?) ?(?:%|％|﹪)")
#: How far around a share words say whose it is, and how far the next one of a list may be.
_BEFORE, _AFTER, _LIST = 60, 16, 40
#: How sure a finding is: the outcome is one of those that are always counted, or a share and a count stand side by side; other
#: outcomes; what is only one of a list; a share of which it isn't said that it is one.
#: What speaks so strongly for the total is no outcome.
_TOOK_PART = 5
_NAMED, _OTHER, _OF_LIST, _BARE = 0.92, 0.8, 0.75, 0.6


def percentage(passage: Passage) -> list[Found]:
    """Shares of people with an outcome, digits without their sign; every mention."""
    return [
        Found(start, end, "chinese", sure, text, text, "%")
        for start, end, sure, _ in _shares(passage)
        for text in (passage.tight[start:end],)
    ]


def _shares(passage: Passage) -> list[tuple[int, int, float, tuple[int, int] | None]]:
    """Place, sureness and, if it is printed beside it, the place of the number of people; worked out once."""
    if "chinese shares" not in passage.kept:
        found: list[tuple[int, int, float, tuple[int, int] | None]] = []
        for match in _SHARE.finditer(passage.tight) if chinese_counts.counts_people(passage) else ():
            start, end = match.span("number")
            if float(match["number"]) > 100:
                continue
            sure, count = _share(passage, start, match.end(), found)
            if sure:
                found.append((start, end, sure, count))
        passage.kept["chinese shares"] = found
    known: list[tuple[int, int, float, tuple[int, int] | None]] = passage.kept["chinese shares"]
    return known


def _share(
    passage: Passage, start: int, stop: int, earlier: list[tuple[int, int, float, tuple[int, int] | None]]
) -> tuple[float, tuple[int, int] | None]:
    """How sure it is that a percentage is a share of people, nought if it is none, and the place of their number beside it."""
    table, text = chinese_counts.rules()["share"], passage.tight
    first = passage.sentence(start, stop)[0]
    before, after = text[max(first, start - _BEFORE) : start], text[stop : stop + _AFTER]
    if table["never_before"].search(before) or table["never_after"].search(after):
        return 0.0, None
    if table["measure"].search(before) or table["eyes"].search(before):
        return 0.0, None
    if start < chinese_counts.results(passage):
        return 0.0, None
    offset = start - len(before)
    for pattern, place, at in (("counted", before, offset), ("of", before, offset), ("then_of", after, stop)):
        if beside := table[pattern].search(place):
            return _NAMED, (at + beside.start("count"), at + beside.end("count"))
    if earlier and start - earlier[-1][1] <= _LIST and table["listed"].match(text[earlier[-1][1] : start].lstrip(" %")):
        return min(earlier[-1][2], _OTHER) if _named(before) is False else earlier[-1][2], None
    if table["rate"].search(before):
        return (_NAMED if _named(before) else _OTHER), None
    return (_BARE if table["of_group"].search(before) else 0.0), None


def _named(before: str) -> bool:
    return chinese_counts.rules()["share"]["named"].search(before) is not None


def event_count(passage: Passage) -> list[Found]:
    """Numbers of people with an outcome, in digits; every mention."""
    if passage.source in chinese_sizes.TITLES:
        return []
    table = chinese_counts.rules()["event"]
    found = {count: _NAMED for _, _, _, count in _shares(passage) if count}
    begin = chinese_counts.results(passage)
    taken = {each.start for each in chinese_sizes.groups(passage)}
    taken |= {each.start for each in chinese_sizes.total(passage)}
    for mention in chinese_counts.mentions(passage):
        place = mention.start, mention.end
        if mention.start < begin or mention.start in taken or place in found:
            continue
        if sure := _event(passage, mention):
            found[place] = sure
    for match in table["series"].finditer(passage.tight, begin):
        for each in re.finditer(numbers.HAN, match["numbers"]):
            place = match.start("numbers") + each.start(), match.start("numbers") + each.end()
            found.setdefault(place, _OF_LIST)
    rows = []
    for (start, end), sure in sorted(found.items()):
        number = numbers.whole(passage.tight[start:end])
        if number is not None:
            rows.append(Found(start, end, "chinese", sure, str(number), str(number), "participants"))
    return rows


def _event(passage: Passage, mention: Mention) -> float:
    """How sure it is that a number of people in the results is one of an outcome; nought if it is none."""
    table, text = chinese_counts.rules()["event"], passage.tight
    if mention.role in (LEFT, NOBODY, SEX) or mention.weight >= _TOOK_PART:
        return 0.0
    first, last = chinese_counts.clause(passage, mention.start, mention.stop)
    before = text[max(first, mention.start - _BEFORE) : mention.start]
    after = text[mention.stop : min(last, mention.stop + _BEFORE)]
    if table["never_before"].search(before) or table["never_after"].search(after):
        return 0.0
    if mention.role == GROUP and (
        table["sizes"].search(chinese_counts.said_before(passage, mention)) or text.startswith(",其中", mention.stop)
    ):
        return 0.0
    if table["named"].search(before) or table["named_after"].search(after):
        return _NAMED if mention.role != GROUP else _OTHER
    return _OTHER
