"""Candidate pairs: records that share one of several independent keys, found column by column.

A key is left out where one of its parts is unknown, and a group of records that share a key by habit (a whole supplement's DOI, a
column of "Editorial") is cut into smaller ones, so that the number of pairs grows in line with the number of records.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winnow.deduplicate import journals
from winnow.deduplicate.fields import Fields, Ints, codes, once

#: The largest group whose records are all compared with each other; in a larger one each with its next neighbours by title.
GROUP = 30
NEIGHBOURS = 12


def candidates(fields: Fields) -> tuple[Ints, Ints]:
    """Rows of every candidate pair, the smaller first, each pair once, sorted."""
    order = title_order(fields)
    found = [pairs_of(key, order) for key in keys(fields)]
    found.append(_two_titles(fields, order))
    packed = np.unique(np.concatenate([a * fields.count + b for a, b in found])) if found else np.empty(0, np.int64)
    return packed // max(fields.count, 1), packed % max(fields.count, 1)


def _two_titles(fields: Fields, order: Ints) -> tuple[Ints, Ints]:
    """Pairs in which the title of one is the title in its other language of the other."""
    if not (fields.other_title_code >= 0).any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    a, b = pairs_of(np.concatenate([fields.title_code, fields.other_title_code]), np.concatenate([order, order]))
    a, b = a % fields.count, b % fields.count
    apart = a != b
    return np.minimum(a, b)[apart], np.maximum(a, b)[apart]


def title_order(fields: Fields) -> Ints:
    """Each row's place when records are sorted by title: neighbours in a large group are those with the most alike beginnings."""
    order = np.empty(fields.count, np.int64)
    order[sorted(range(fields.count), key=lambda row: (fields.title_key[row], row))] = np.arange(fields.count)
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


def keys(fields: Fields) -> Iterator[Ints]:
    """The keys, each a column of codes; -1 where a part is unknown."""
    year, page = known(fields.year), known(fields.first_page)
    volume, issue = fields.volume_code, fields.issue_code
    start = codes([key[:24] if len(key) >= 8 else "" for key in fields.title_key])
    end = codes([key[-24:] if len(key) >= 24 else "" for key in fields.title_key])
    long_words = codes(once(_longest_words, fields.title))
    author = codes([one.first.partition(" ")[0] for one in fields.authors])
    initials = [journals.initials(names[0]) for names in fields.journal_names]
    journal = codes(["" if code < 0 else initials[code] for code in fields.journal_code.tolist()])
    yield fields.doi_code
    yield fields.pmid_code
    yield fields.title_code
    yield codes([key[:80] for key in fields.abstract])
    yield codes([key[200:280] if len(key) >= 280 else "" for key in fields.abstract])
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
