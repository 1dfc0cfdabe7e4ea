"""How two records agree, field by field, for all candidate pairs at once.

Each field of a pair gets one *level* (``LEVELS``), kept as a bit so that a rule can name several of them. ``unknown`` is a level of
its own: an empty field agrees with nothing and contradicts nothing. Similarities come from rapidfuzz, whole columns at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import partial_ratio, ratio, token_set_ratio, token_sort_ratio

from winnow.deduplicate import chinese, journals, titles
from winnow.deduplicate.fields import Fields, Ints
from winnow.deduplicate.weights import THRESHOLDS

Bits = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

#: field: its levels, the last one being what is left when nothing can be said.
LEVELS: dict[str, tuple[str, ...]] = {
    "pmid": ("same", "different", "unknown"),
    "doi": ("same", "version", "different", "unknown"),
    "kind": ("same", "different"),
    "part": ("same", "one", "different"),
    "title": (
        "identical",
        "short",
        "near",
        "contained",
        "begins",
        "alike",
        "different",
        "foreign",
        "unlike",
        "unknown",
    ),
    "numbers": ("same", "opposite", "different"),
    "authors": ("same", "first", "some", "different", "unknown"),
    "year": ("same", "near", "far", "unknown"),
    "journal": ("same", "alike", "different", "unknown"),
    "printed": ("both", "one", "unknown"),
    "volume": ("same", "different", "unknown"),
    "issue": ("same", "different", "unknown"),
    "pages": ("whole", "same", "near", "different", "unknown"),
    "abstract": ("same", "similar", "different", "unknown"),
}


def bit(field: str, level: str) -> int:
    """The bit of a level."""
    return 1 << LEVELS[field].index(level)


def compare(fields: Fields, a: Ints, b: Ints) -> Mapping[str, Bits]:
    """The level of every field of every pair (rows ``a[i]``, ``b[i]``)."""
    levels: dict[str, Bits] = {}
    levels["title"], levels["numbers"], levels["part"] = _titles(fields, a, b)
    levels["kind"] = _chosen("kind", {"same": fields.kind[a] == fields.kind[b]}, "different")
    levels["pmid"] = _equal("pmid", fields.pmid_code, a, b)
    levels["doi"] = _dois(fields, a, b)
    levels["authors"] = _authors(fields, a, b, levels["title"])
    levels["year"] = _years(fields, a, b)
    levels["journal"] = _journals(fields, a, b)
    levels["printed"] = _printed(fields, a, b)
    levels["volume"] = _volumes(fields, a, b)
    levels["issue"] = _issues(fields, a, b)
    levels["pages"] = _pages(fields, a, b)
    levels["abstract"] = _abstracts(fields, a, b)
    return levels


def _chosen(field: str, conditions: Mapping[str, Flags], otherwise: str) -> Bits:
    """The first level whose condition holds."""
    bits = [np.uint16(bit(field, level)) for level in conditions]
    return np.select(list(conditions.values()), bits, np.uint16(bit(field, otherwise))).astype(np.uint16)


def _equal(field: str, code: Ints, a: Ints, b: Ints) -> Bits:
    unknown = (code[a] < 0) | (code[b] < 0)
    return _chosen(field, {"unknown": unknown, "same": code[a] == code[b]}, "different")


def _taken(column: Sequence[str], rows: Ints) -> list[str]:
    return [column[row] for row in rows.tolist()]


def _scores(
    one: Sequence[str],
    other: Sequence[str],
    scorer: Callable[..., Any],
    where: Flags,
    a: Ints,
    b: Ints,
    cutoff: float = 0,
) -> Floats:
    """``scorer`` of two columns for the pairs of ``where``; 0 elsewhere and below ``cutoff``."""
    scores = np.zeros(len(a), np.float32)
    if where.any():
        found = process.cpdist(_taken(one, a[where]), _taken(other, b[where]), scorer=scorer, score_cutoff=cutoff)
        scores[where] = found
    return scores


def _titles(fields: Fields, a: Ints, b: Ints) -> tuple[Bits, Bits, Bits]:
    limit = THRESHOLDS
    code, script, length = fields.title_code, fields.script, fields.title_length
    unknown = (code[a] < 0) | (code[b] < 0)
    identical = ~unknown & ((code[a] == code[b]) | _crosswise(code, fields.other_title_code, a, b))
    cjk = script == titles.CJK
    foreign = ~unknown & (script[a] != script[b])
    shortest = np.minimum(length[a], length[b])
    short = identical & np.where(cjk[a], shortest < limit["title_short_cjk"], shortest < limit["title_short"])
    latin = ~unknown & ~identical & ~foreign & ~cjk[a]
    keys, words = fields.title_key, fields.title
    whole = _scores(keys, keys, ratio, latin, a, b, limit["title_weak"])
    close = latin & (whole >= limit["title_weak"])
    sorted_words = _scores(
        words, words, token_sort_ratio, close & (whole < limit["title_near"]), a, b, limit["title_near"]
    )
    near = latin & ((whole >= limit["title_near"]) | (sorted_words >= limit["title_near"]))
    within = latin & ~near & (shortest >= limit["title_contained"])
    part_of = _scores(keys, keys, partial_ratio, within, a, b, limit["title_part"]) > 0
    begins = _beginnings(
        keys, a, b, latin & ~near & (shortest >= limit["title_begins"]) & (shortest < limit["title_contained"])
    )
    alike = (latin & (whole >= limit["title_alike"])) | _alike_chinese(
        fields, a, b, ~unknown & ~identical & cjk[a] & cjk[b]
    )
    other_language = latin & ~near & ~alike & ~part_of & _other_language(fields, a, b)
    conditions = {
        "unknown": unknown, "short": short, "identical": identical, "foreign": foreign | other_language,
        "near": near, "contained": part_of, "alike": alike, "begins": begins, "unlike": cjk[a] | (whole < limit["title_weak"]),
    }  # fmt: skip
    level = _chosen("title", conditions, "different")
    compared = ~(unknown | identical | foreign)
    same_numbers = ~compared | (fields.numbers_code[a] == fields.numbers_code[b])
    opposite = _contrasting(fields, a, b, compared & (near | part_of | alike | begins))
    ours, theirs = fields.part_code[a], fields.part_code[b]
    one_part = unknown | identical | foreign | (ours == theirs)
    return (
        level,
        _chosen("numbers", {"opposite": opposite, "same": same_numbers}, "different"),
        _chosen("part", {"same": one_part, "one": (ours < 0) | (theirs < 0)}, "different"),
    )


def _contrasting(fields: Fields, a: Ints, b: Ints, where: Flags) -> Flags:
    """Whether two titles name opposites: men and women, a first and a second report."""
    code, said = fields.contrasts_code, fields.contrasts
    found = np.zeros(len(a), bool)
    for place in np.flatnonzero(where & (code[a] >= 0) & (code[b] >= 0) & (code[a] != code[b])).tolist():
        found[place] = titles.contrasting(said[a[place]], said[b[place]])
    return found


def _beginnings(keys: Sequence[str], a: Ints, b: Ints, where: Flags) -> Flags:
    """Whether one title is the beginning of the other."""
    found = np.zeros(len(a), bool)
    for place in np.flatnonzero(where).tolist():
        one, other = keys[a[place]], keys[b[place]]
        found[place] = one.startswith(other) or other.startswith(one)
    return found


def _crosswise(title: Ints, other: Ints, a: Ints, b: Ints) -> Flags:
    """The title of one is the title in its other language of the other (Wanfang and PubMed of one article)."""
    found: Flags = (other[a] >= 0) & ((other[a] == title[b]) | (other[a] == other[b]))
    found |= (other[b] >= 0) & (other[b] == title[a])
    return found


def _alike_chinese(fields: Fields, a: Ints, b: Ints, where: Flags) -> Flags:
    """A slip (one sign on at least twelve, numbers equal), or one title within the other.

    One sign can change the disease or the patients, so such titles are only *alike*, and rules ask for the people and the
    place too. A fuzzy ratio would join unrelated short titles.
    """
    limit, length, keys = THRESHOLDS, fields.title_length, fields.title_key
    shortest = np.minimum(length[a], length[b])
    found = np.zeros(len(a), bool)
    slip = where & (shortest >= limit["title_near_cjk"]) & (fields.numbers_code[a] == fields.numbers_code[b])
    if slip.any():
        ours, theirs = _taken(keys, a[slip]), _taken(keys, b[slip])
        most = int(limit["title_edits_cjk"])
        edits: Ints = process.cpdist(ours, theirs, scorer=Levenshtein.distance, score_cutoff=most)
        found[slip] = edits <= most
    for place in np.flatnonzero(where & ~found & (shortest >= limit["title_contained_cjk"])).tolist():
        one, other = keys[a[place]], keys[b[place]]
        found[place] = one in other or other in one
    return found


def _other_language(fields: Fields, a: Ints, b: Ints) -> Flags:
    """Two Latin titles in two languages: they cannot be compared, so they do not contradict each other."""
    ours, theirs = fields.language_code[a], fields.language_code[b]
    other: Flags = (ours >= 0) & (theirs >= 0) & (ours != theirs)
    return other


def _dois(fields: Fields, a: Ints, b: Ints) -> Bits:
    """A ``version`` is another one of the same living review: another DOI, or where one has none another year or issue."""
    code, living, issue, year = fields.doi_code, fields.living_code, fields.issue_code, fields.year
    unknown = (code[a] < 0) | (code[b] < 0)
    one_review = (living[a] >= 0) & (living[a] == living[b])
    later = (year[a] > 0) & (year[b] > 0) & (year[a] != year[b])
    later |= (issue[a] >= 0) & (issue[b] >= 0) & (issue[a] != issue[b])
    conditions = {
        "same": ~unknown & (code[a] == code[b]),
        "version": one_review & (~unknown | later),
        "unknown": unknown,
    }
    return _chosen("doi", conditions, "different")


def _authors(fields: Fields, a: Ints, b: Ints, title: Bits) -> Bits:
    limit = THRESHOLDS
    families = [people.families for people in fields.authors]
    first = [people.first for people in fields.authors]
    code = fields.authors_code
    unknown = (code[a] < 0) | (code[b] < 0)
    identical = ~unknown & (code[a] == code[b])
    han = fields.han_authors
    crossing = ~unknown & (han[a] != han[b])
    rest = ~unknown & ~identical & ~crossing
    whole = _scores(families, families, token_set_ratio, rest, a, b)
    heads = _scores(first, first, token_set_ratio, rest, a, b, limit["author_first"])
    glued = [name.replace(" ", "") for name in first]
    heads = np.maximum(heads, _scores(glued, glued, ratio, rest & (heads == 0), a, b, limit["author_first"]))
    same_first = heads >= limit["author_first"]
    enough = whole >= limit["authors_same"]
    read = np.zeros(len(a), np.int8)
    for place in np.flatnonzero(crossing).tolist():
        one, other = (a[place], b[place]) if han[a[place]] else (b[place], a[place])
        read[place] = chinese.same_people(fields.raw_authors[one], fields.raw_authors[other])
    conditions = {
        "unknown": unknown | (crossing & (read == chinese.CANNOT_TELL)),
        "same": identical | (rest & same_first & enough) | (read == chinese.SAME_PEOPLE),
        "first": (rest & same_first) | (read == chinese.SAME_FIRST),
        "some": (rest & (whole >= limit["authors_some"])) | (read == chinese.SOME_SHARED),
    }
    return _chosen("authors", conditions, "different")


def _years(fields: Fields, a: Ints, b: Ints) -> Bits:
    unknown = (fields.year[a] == 0) | (fields.year[b] == 0)
    apart = np.abs(fields.year[a] - fields.year[b])
    if fields.several_years:
        for place in np.flatnonzero(~unknown & (apart > 0)).tolist():
            ours, theirs = fields.years[a[place]], fields.years[b[place]]
            apart[place] = min(abs(x - y) for x in ours for y in theirs)
    return _chosen("year", {"unknown": unknown, "same": apart == 0, "near": apart == 1}, "far")


def _journals(fields: Fields, a: Ints, b: Ints) -> Bits:
    """By ISSN when they share one, else by name; each two names are compared once. A Chinese name is compared as pinyin."""
    names, code = fields.journal_names, fields.journal_code
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


def _printed(fields: Fields, a: Ints, b: Ints) -> Bits:
    """How many of the two have a volume: an article published online first has none until it is printed."""
    ours, theirs = fields.volume_code[a] >= 0, fields.volume_code[b] >= 0
    return _chosen("printed", {"both": ours & theirs, "one": ours != theirs}, "unknown")


def _volumes(fields: Fields, a: Ints, b: Ints) -> Bits:
    """The number of a supplement stands in many a record in the place of the volume's: that says nothing about the volume."""
    volume, supplement = fields.volume_code, fields.supplement_code
    unknown = (volume[a] < 0) | (volume[b] < 0)
    same = volume[a] == volume[b]
    unknown |= ~same & ((volume[a] == supplement[b]) | (volume[b] == supplement[a]))
    return _chosen("volume", {"unknown": unknown, "same": same}, "different")


def _issues(fields: Fields, a: Ints, b: Ints) -> Bits:
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
    unknown |= (fields.issue_as_page[a] == fields.first_page[b]) | (fields.issue_as_page[b] == fields.first_page[a])
    same = (name[a] == name[b]) & ~(ours & theirs & other_number)
    return _chosen("issue", {"unknown": unknown, "same": same}, "different")


def _pages(fields: Fields, a: Ints, b: Ints) -> Bits:
    first, last = fields.first_page, fields.last_page
    prefix, locator = fields.page_prefix_code, fields.locator
    unknown = (first[a] == 0) | (first[b] == 0) | ((locator[a] != locator[b]) & (first[a] != first[b]))
    clash = (prefix[a] >= 0) & (prefix[b] >= 0) & (prefix[a] != prefix[b]) & ~locator[a]
    ranged = (last[a] > first[a]) & (last[b] > first[b])
    end = ranged & (last[a] == last[b])
    overlap = (first[a] <= last[b]) & (first[b] <= last[a]) & ~locator[a]
    conditions = {
        "unknown": unknown,
        "different": clash,
        "whole": (first[a] == first[b]) & (last[a] == last[b]) & (last[a] - first[a] >= THRESHOLDS["pages_article"]),
        "same": first[a] == first[b],
        "near": end | overlap,
    }
    return _chosen("pages", conditions, "different")


def _abstracts(fields: Fields, a: Ints, b: Ints) -> Bits:
    keys = fields.abstract
    known = fields.has_abstract[a] & fields.has_abstract[b]
    score = _scores(keys, keys, ratio, known, a, b, THRESHOLDS["abstract_similar"])
    crossing = np.flatnonzero(known & (fields.han_abstract[a] != fields.han_abstract[b]))
    raw = fields.raw_abstract
    shared = [chinese.shared_numbers(raw[a[place]], raw[b[place]]) for place in crossing.tolist()]
    score[crossing] = np.where(np.array(shared) >= THRESHOLDS["numbers_shared"], THRESHOLDS["abstract_similar"], 0)
    known[crossing] = score[crossing] > 0
    conditions = {
        "unknown": ~known,
        "same": score >= THRESHOLDS["abstract_same"],
        "similar": score >= THRESHOLDS["abstract_similar"],
    }
    return _chosen("abstract", conditions, "different")
