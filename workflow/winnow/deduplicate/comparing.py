"""How two records agree, field by field, for all candidate pairs at once.

Each field of a pair gets one *level* (``LEVELS``), kept as a bit so that a rule can name several of them. ``unknown`` is a level of
its own: an empty field agrees with nothing and contradicts nothing. Similarities come from rapidfuzz, whole columns at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from rapidfuzz.fuzz import ratio, token_set_ratio

from winnow.deduplicate import chinese, journals, title_levels
from winnow.deduplicate.columns import Ints
from winnow.deduplicate.fields import Abstracts, Authors, Fields, Journals, Places, Years
from winnow.deduplicate.levels import LEVELS, Bits, bit, chosen, scores_of
from winnow.deduplicate.weights import THRESHOLDS


def compare(fields: Fields, a: Ints, b: Ints) -> Mapping[str, Bits]:
    """The level of every field of every pair (rows ``a[i]``, ``b[i]``)."""
    levels: dict[str, Bits] = {}
    levels["title"], levels["numbers"], levels["part"] = title_levels.compare(fields.titles, a, b)
    levels["kind"] = chosen("kind", {"same": fields.titles.kind_code[a] == fields.titles.kind_code[b]}, "different")
    levels["pmid"] = _equal("pmid", fields.identifiers.pmid_code, a, b)
    levels["doi"] = _dois(fields, a, b)
    levels["authors"] = _authors(fields.authors, a, b)
    levels["year"] = _years(fields.years, a, b)
    levels["journal"] = _journals(fields.journals, a, b)
    levels["printed"] = _printed(fields.places, a, b)
    levels["volume"] = _volumes(fields.places, a, b)
    levels["issue"] = _issues(fields.places, a, b)
    levels["pages"] = _pages(fields.places, a, b)
    levels["abstract"] = _abstracts(fields.abstracts, a, b)
    return levels


def _equal(field: str, code: Ints, a: Ints, b: Ints) -> Bits:
    unknown = (code[a] < 0) | (code[b] < 0)
    return chosen(field, {"unknown": unknown, "same": code[a] == code[b]}, "different")


def _dois(fields: Fields, a: Ints, b: Ints) -> Bits:
    """A ``version`` is another one of the same living review: another DOI, or where one has none another year or issue.

    A DOI that names the review and no version of it was given to several, which year and issue tell apart.
    """
    code, living, versioned = fields.identifiers.doi_code, fields.identifiers.living_code, fields.identifiers.versioned
    issue, year = fields.places.issue_code, fields.years.cited
    unknown = (code[a] < 0) | (code[b] < 0)
    same = ~unknown & (code[a] == code[b])
    one_review = (living[a] >= 0) & (living[a] == living[b])
    other_year = (year[a] > 0) & (year[b] > 0) & (year[a] != year[b])
    other_issue = (issue[a] >= 0) & (issue[b] >= 0) & (issue[a] != issue[b])
    conditions = {
        "version": one_review
        & np.where(same, ~versioned[a] & other_year & other_issue, ~unknown | other_year | other_issue),
        "same": same,
        "unknown": unknown,
    }
    return chosen("doi", conditions, "different")


def _authors(fields: Authors, a: Ints, b: Ints) -> Bits:
    limit = THRESHOLDS
    families = [people.families for people in fields.people]
    first = [people.first for people in fields.people]
    code = fields.code
    unknown = (code[a] < 0) | (code[b] < 0)
    identical = ~unknown & (code[a] == code[b])
    han = fields.han
    crossing = ~unknown & (han[a] != han[b])
    rest = ~unknown & ~identical & ~crossing
    whole = scores_of(families, families, token_set_ratio, rest, a, b)
    heads = scores_of(first, first, token_set_ratio, rest, a, b, limit["author_first"])
    glued = [name.replace(" ", "") for name in first]
    heads = np.maximum(heads, scores_of(glued, glued, ratio, rest & (heads == 0), a, b, limit["author_first"]))
    same_first = heads >= limit["author_first"]
    enough = whole >= limit["authors_same"]
    read = np.zeros(len(a), np.int8)
    for place in np.flatnonzero(crossing).tolist():
        one, other = (a[place], b[place]) if han[a[place]] else (b[place], a[place])
        read[place] = chinese.same_people(fields.raw[one], fields.raw[other])
    conditions = {
        "unknown": unknown | (crossing & (read == chinese.CANNOT_TELL)),
        "same": identical | (rest & same_first & enough) | (read == chinese.SAME_PEOPLE),
        "first": (rest & same_first) | (read == chinese.SAME_FIRST),
        "some": (rest & (whole >= limit["authors_some"])) | (read == chinese.SOME_SHARED),
    }
    return chosen("authors", conditions, "different")


def _years(fields: Years, a: Ints, b: Ints) -> Bits:
    unknown = (fields.cited[a] == 0) | (fields.cited[b] == 0)
    apart = np.abs(fields.cited[a] - fields.cited[b])
    if fields.differ:
        for place in np.flatnonzero(~unknown & (apart > 0)).tolist():
            ours, theirs = fields.every[a[place]], fields.every[b[place]]
            apart[place] = min(abs(x - y) for x in ours for y in theirs)
    return chosen("year", {"unknown": unknown, "same": apart == 0, "near": apart == 1}, "far")


def _journals(fields: Journals, a: Ints, b: Ints) -> Bits:
    """By ISSN when they share one, else by name; each two names are compared once. A Chinese name is compared as pinyin."""
    names, code = fields.names, fields.code
    unknown = (code[a] < 0) | (code[b] < 0)
    size = len(names) + 1
    low, high = np.minimum(code[a], code[b]), np.maximum(code[a], code[b])
    packed, inverse = np.unique(np.where(unknown | (low == high), -1, low * size + high), return_inverse=True)
    verdicts = []
    for pair in packed.tolist():
        verdicts.append(_journal_level(names[pair // size], names[pair % size]) if pair >= 0 else "same")
    bits = np.array([bit("journal", verdict) for verdict in verdicts], np.uint16)[inverse]
    bits[unknown] = bit("journal", "unknown")
    issn = fields.issn_code
    both = np.flatnonzero((issn[a] >= 0) & (issn[b] >= 0) & (bits != bit("journal", "same"))).tolist()
    shared = [place for place in both if fields.issn[a[place]] & fields.issn[b[place]]]
    bits[shared] = bit("journal", "same")
    return bits


def _journal_level(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """The best that any two of their names say."""
    found = {
        chinese.same_journal(name, theirs) or journals.same(name, theirs) or "unknown"
        for name in one
        for theirs in other
    }
    return next(level for level in LEVELS["journal"] if level in found)


def _printed(fields: Places, a: Ints, b: Ints) -> Bits:
    """How many of the two have a volume: an article published online first has none until it is printed."""
    ours, theirs = fields.volume_code[a] >= 0, fields.volume_code[b] >= 0
    return chosen("printed", {"both": ours & theirs, "one": ours != theirs}, "unknown")


def _volumes(fields: Places, a: Ints, b: Ints) -> Bits:
    """The number of a supplement stands in many a record in the place of the volume's: that says nothing about the volume."""
    volume, supplement = fields.volume_code, fields.supplement_code
    unknown = (volume[a] < 0) | (volume[b] < 0)
    same = volume[a] == volume[b]
    unknown |= ~same & ((volume[a] == supplement[b]) | (volume[b] == supplement[a]))
    return chosen("volume", {"unknown": unknown, "same": same}, "different")


def _issues(fields: Places, a: Ints, b: Ints) -> Bits:
    """An issue and its supplement (``12``, ``12 Suppl 1``), or a supplement with its number or without, cannot be told apart.

    Nor does an issue say anything that is the other record's page: an article's number in the wrong place.
    """
    name, number, supplement = fields.issue_code, fields.issue_number_code, fields.supplement_code
    ours, theirs = fields.supplement[a], fields.supplement[b]
    unknown = (name[a] < 0) | (name[b] < 0)
    one_number = (number[a] >= 0) & (number[a] == number[b])
    other_number = (number[a] >= 0) & (number[b] >= 0) & ~one_number
    crossed = ((supplement[a] >= 0) & (supplement[a] == number[b])) | (
        (supplement[b] >= 0) & (supplement[b] == number[a])
    )
    unknown |= (ours != theirs) & (one_number | crossed)
    unknown |= ours & theirs & ~other_number & ((supplement[a] < 0) != (supplement[b] < 0))
    as_page, first_page = fields.issue_as_page, fields.first_page
    unknown |= (as_page[a] == first_page[b]) | (as_page[b] == first_page[a])
    same = (name[a] == name[b]) & ~(ours & theirs & other_number)
    return chosen("issue", {"unknown": unknown, "same": same}, "different")


def _pages(fields: Places, a: Ints, b: Ints) -> Bits:
    """``apart`` are two places for sure, where ``different`` may be one place in two writings."""
    first, last = fields.first_page, fields.last_page
    prefix, locator = fields.page_prefix_code, fields.locator
    unknown = (first[a] == 0) | (first[b] == 0) | ((locator[a] != locator[b]) & (first[a] != first[b]))
    clash = (prefix[a] >= 0) & (prefix[b] >= 0) & (prefix[a] != prefix[b]) & ~locator[a]
    ranged = (last[a] > first[a]) & (last[b] > first[b])
    end = ranged & (last[a] == last[b])
    overlap = (first[a] <= last[b]) & (first[b] <= last[a]) & ~locator[a]
    paper = last - first >= THRESHOLDS["pages_article"]
    # Publishers move papers while they are in press, and databases keep both places; a piece of a page or two stays.
    page = (prefix < 0) & ~locator & (first > 1) & (first <= THRESHOLDS["page_highest"])
    conditions = {
        "unknown": unknown,
        "different": clash,
        "whole": (first[a] == first[b]) & (first[a] > 1) & (last[a] == last[b]) & paper[a],
        "same": first[a] == first[b],
        "near": end | overlap,
        "apart": page[a] & page[b] & ~(paper[a] & paper[b]),
    }
    return chosen("pages", conditions, "different")


def _abstracts(fields: Abstracts, a: Ints, b: Ints) -> Bits:
    keys = fields.key
    known = fields.known[a] & fields.known[b]
    score = scores_of(keys, keys, ratio, known, a, b, THRESHOLDS["abstract_similar"])
    crossing = np.flatnonzero(known & (fields.han[a] != fields.han[b]))
    raw = fields.raw
    shared = [chinese.shared_numbers(raw[a[place]], raw[b[place]]) for place in crossing.tolist()]
    score[crossing] = np.where(np.array(shared) >= THRESHOLDS["numbers_shared"], THRESHOLDS["abstract_similar"], 0)
    known[crossing] = score[crossing] > 0
    conditions = {
        "unknown": ~known,
        "same": score >= THRESHOLDS["abstract_same"],
        "similar": score >= THRESHOLDS["abstract_similar"],
    }
    return chosen("abstract", conditions, "different")
