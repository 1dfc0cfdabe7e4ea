"""How many had an outcome, in Chinese: shares of people, and counts of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from winnow.extract import chinese_counts, chinese_sizes, numbers
from winnow.extract.chinese_counts import GROUP, LEFT, NOBODY, SEX, Mention
from winnow.extract.passage import Found, Passage

_SHARE = re.compile(r"(?<![\d.])(?P<number>\d{1,3}(?:\.\d+)?) ?%")
#: How far around a share words say whose it is, and how far the next one of a list may be.
_BEFORE, _AFTER, _LIST = 60, 16, 40
#: How sure a finding is: the outcome is one of those that are always counted, or a share and a count stand side by side; other
#: outcomes; what is only one of a list; a share of which it isn't said that it is one.
_NAMED, _OTHER, _OF_LIST, _BARE = 0.92, 0.8, 0.75, 0.6
#: A number for which so much speaks as the total is no outcome.
_TOOK_PART = 5


class Share(NamedTuple):
    """A percentage of people: its place, how sure it is that it is one, and where their number stands if it does beside it."""

    start: int
    end: int
    sure: float
    people: tuple[int, int] | None = None


def percentage(passage: Passage) -> list[Found]:
    """Shares of people with an outcome, digits without their sign; every mention."""
    found = []
    for share in _shares(passage):
        digits = passage.tight[share.start : share.end]
        found.append(Found(share.start, share.end, "chinese", share.sure, digits, digits, "%"))
    return found


def _shares(passage: Passage) -> list[Share]:
    """The shares in the order of the text, judged once for all extractors."""
    if "chinese shares" not in passage.kept:
        found: list[Share] = []
        for match in _SHARE.finditer(passage.tight) if chinese_counts.counts_people(passage) else ():
            if float(match["number"]) <= 100 and (share := _share(passage, match, found[-1] if found else None)):
                found.append(share)
        passage.kept["chinese shares"] = found
    known: list[Share] = passage.kept["chinese shares"]
    return known


def _share(passage: Passage, match: re.Match[str], earlier: Share | None) -> Share | None:
    """The share of people that a percentage is, if it is one; ``earlier`` is the one before it."""
    table, text = chinese_counts.rules()["share"], passage.tight
    (start, end), stop = match.span("number"), match.end()
    first = max(passage.sentence(start, stop)[0], start - _BEFORE)
    before, after = text[first:start], text[stop : stop + _AFTER]
    if start < chinese_counts.results(passage) or table["never_after"].search(after):
        return None
    if any(table[never].search(before) for never in ("never_before", "measure", "eyes")):
        return None
    for pattern, words, offset in (("counted", before, first), ("of", before, first), ("then_of", after, stop)):
        if beside := table[pattern].search(words):
            return Share(start, end, _NAMED, (offset + beside.start("count"), offset + beside.end("count")))
    named = table["named"].search(before)
    if earlier and start - earlier.end <= _LIST and table["listed"].match(text[earlier.end : start].lstrip(" %")):
        return Share(start, end, earlier.sure if named else min(earlier.sure, _OTHER))
    if table["rate"].search(before):
        return Share(start, end, _NAMED if named else _OTHER)
    return Share(start, end, _BARE) if table["of_group"].search(before) else None


def event_count(passage: Passage) -> list[Found]:
    """Numbers of people with an outcome, in digits; every mention."""
    if passage.source in chinese_sizes.TITLES:
        return []
    table = chinese_counts.rules()["event"]
    found = {share.people: _NAMED for share in _shares(passage) if share.people}
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
