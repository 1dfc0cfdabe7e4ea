"""Candidate pairs: records that share one of several independent keys, found column by column.

A key is left out where one of its parts is unknown, and a group of records that share a key by habit (a whole supplement's DOI, a
column of "Editorial") is cut into smaller ones, so that the number of pairs grows in line with the number of records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from winnow.deduplicate import journals
from winnow.deduplicate.columns import Ints, codes, integers, once
from winnow.deduplicate.fields import WITHOUT_SIGNS, Fields

#: The largest group whose records are all compared with each other; in a larger one each with its next neighbours by title.
GROUP = 30
NEIGHBOURS = 12


class Marks(NamedTuple):
    """What records are found by, one entry a record in each column; "" and 0 are unknown.

    ``title`` and ``other_title`` are keys, ``beginning`` and ``middle`` parts of the abstract; ``author`` is the first one's family
    name, ``journal`` the initials of the journal's.
    """

    doi: Sequence[str]
    pmid: Sequence[str]
    title: Sequence[str]
    other_title: Sequence[str]
    beginning: Sequence[str]
    middle: Sequence[str]
    long_words: Sequence[str]
    author: Sequence[str]
    journal: Sequence[str]
    volume: Sequence[str]
    issue: Sequence[str]
    year: Sequence[int]
    page: Sequence[int]


def marks(fields: Fields) -> Marks:
    """The marks of records; each follows from its record alone."""
    initials = [journals.initials(names[0]) for names in fields.journals.names]
    return Marks(
        doi=[cell.translate(WITHOUT_SIGNS) for cell in fields.identifiers.doi],
        pmid=fields.identifiers.pmid,
        title=fields.titles.key,
        other_title=fields.titles.other_key,
        beginning=[key[:80] for key in fields.abstracts.key],
        middle=[key[200:280] if len(key) >= 280 else "" for key in fields.abstracts.key],
        long_words=once(_longest_words, fields.titles.words),
        author=[one.first.partition(" ")[0] for one in fields.authors.people],
        journal=["" if code < 0 else initials[code] for code in fields.journals.code.tolist()],
        volume=fields.places.volume,
        issue=fields.places.issue,
        year=fields.years.cited.tolist(),
        page=fields.places.first_page.tolist(),
    )


def candidates(marks: Marks) -> tuple[Ints, Ints]:
    """Rows of every candidate pair, the smaller first, each pair once, sorted."""
    count = len(marks.title)
    order = title_order(marks)
    titles, others = np.split(codes([*marks.title, *marks.other_title]), 2)
    found = [pairs_of(key, order) for key in keys(marks, titles)]
    found.append(_two_titles(titles, others, order))
    packed = np.unique(np.concatenate([a * count + b for a, b in found]))
    return packed // max(count, 1), packed % max(count, 1)


def _two_titles(titles: Ints, others: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Pairs in which the title of one is the title in its other language of the other."""
    if not (others >= 0).any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    a, b = pairs_of(np.concatenate([titles, others]), np.concatenate([order, order]))
    a, b = a % len(titles), b % len(titles)
    apart = a != b
    return np.minimum(a, b)[apart], np.maximum(a, b)[apart]


def title_order(marks: Marks) -> Ints:
    """Each row's place when records are sorted by title: neighbours in a large group are those with the most alike beginnings."""
    order = np.empty(len(marks.title), np.int64)
    order[sorted(range(len(order)), key=lambda row: (marks.title[row], row))] = np.arange(len(order))
    return order


def pairs_of(key: Ints, order: Ints) -> tuple[Ints, Ints]:
    """All pairs of rows with one key (negative: none), in groups of at most ``GROUP``; in larger ones, neighbours only."""
    rows = np.flatnonzero(key >= 0)
    rows = rows[np.lexsort((order[rows], key[rows]))]
    sorted_keys = key[rows]
    starts = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]]) if len(rows) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(rows)])
    reach = np.repeat(np.where(sizes > GROUP, NEIGHBOURS, GROUP), sizes)
    end = np.repeat(starts + sizes, sizes)
    firsts, seconds = [], []
    place = np.arange(len(rows))
    for step in range(1, GROUP):
        here = place[(place + step < end) & (step <= reach)]
        if not len(here):
            break
        firsts.append(rows[here])
        seconds.append(rows[here + step])
    if not firsts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    a, b = np.concatenate(firsts), np.concatenate(seconds)
    return np.minimum(a, b), np.maximum(a, b)


def keys(marks: Marks, titles: Ints) -> Iterator[Ints]:
    """The keys, each a column of codes; -1 where a part is unknown."""
    year, page = known(integers(marks.year)), known(integers(marks.page))
    volume, issue = codes(marks.volume), codes(marks.issue)
    start = codes([key[:24] if len(key) >= 8 else "" for key in marks.title])
    end = codes([key[-24:] if len(key) >= 24 else "" for key in marks.title])
    long_words, author, journal = codes(marks.long_words), codes(marks.author), codes(marks.journal)
    yield codes(marks.doi)
    yield codes(marks.pmid)
    yield titles
    yield codes(marks.beginning)
    yield codes(marks.middle)
    yield both(start, year)
    yield both(start, author)
    yield both(end, year)
    yield both(end, author)
    yield both(long_words, year)
    yield both(author, page)
    yield both(author, year, journal)
    yield both(author, volume, issue)
    yield both(year, volume, page)
    yield both(year, issue, page)
    yield both(volume, issue, page)
    yield both(journal, volume, page)
    yield both(journal, year, page)


def _longest_words(title: str) -> str:
    """The two longest words, the longer first, of equal ones the first by letter."""
    return " ".join(sorted(sorted(title.split()), key=len, reverse=True)[:2])


def known(numbers: Ints) -> Ints:
    """Numbers as codes: 0 is unknown."""
    return np.where(numbers > 0, numbers, -1)


def both(*parts: Ints) -> Ints:
    """One code for several: equal where all of them are, -1 where one is unknown."""
    whole = parts[0]
    complete = whole >= 0
    for part in parts[1:]:
        complete &= part >= 0
        width = int(part.max(initial=0)) + 2
        whole = np.unique(np.where(complete, whole * width + part, -1), return_inverse=True)[1].astype(np.int64)
    return np.where(complete, whole, -1)
