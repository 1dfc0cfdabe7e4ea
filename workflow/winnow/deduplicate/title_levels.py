"""How two titles agree: whole, in part, in another language, or only in their beginning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import partial_ratio, ratio, token_sort_ratio

from winnow.deduplicate import titles
from winnow.deduplicate.columns import Flags, Ints
from winnow.deduplicate.fields import Titles
from winnow.deduplicate.levels import Bits, chosen, scores_of, taken
from winnow.deduplicate.weights import THRESHOLDS


def compare(fields: Titles, a: Ints, b: Ints) -> tuple[Bits, Bits, Bits]:
    """The levels of the title, of its numbers and opposites, and of its part's number, of every pair (rows ``a[i]``, ``b[i]``)."""
    limit = THRESHOLDS
    code, script, length = fields.code, fields.script, fields.length
    unknown = (code[a] < 0) | (code[b] < 0)
    identical = ~unknown & ((code[a] == code[b]) | _crosswise(code, fields.other_code, a, b))
    cjk = script == titles.CJK
    foreign = ~unknown & (script[a] != script[b])
    shortest = np.minimum(length[a], length[b])
    short = identical & np.where(cjk[a], shortest < limit["title_short_cjk"], shortest < limit["title_short"])
    latin = ~unknown & ~identical & ~foreign & ~cjk[a]
    keys, words = fields.key, fields.words
    whole = scores_of(keys, keys, ratio, latin, a, b, limit["title_weak"])
    close = latin & (whole >= limit["title_weak"])
    sorted_words = scores_of(
        words, words, token_sort_ratio, close & (whole < limit["title_near"]), a, b, limit["title_near"]
    )
    near = latin & ((whole >= limit["title_near"]) | (sorted_words >= limit["title_near"]))
    within = latin & ~near & (shortest >= limit["title_contained"])
    part_of = scores_of(keys, keys, partial_ratio, within, a, b, limit["title_part"]) > 0
    begins = _beginnings(
        keys, a, b, latin & ~near & (shortest >= limit["title_begins"]) & (shortest < limit["title_contained"])
    )
    alike = (latin & (whole >= limit["title_alike"])) | _alike_chinese(
        fields, a, b, ~unknown & ~identical & cjk[a] & cjk[b]
    )
    other_language = latin & ~near & ~alike & ~part_of & _other_language(fields, a, b)
    conditions = {
        "unknown": unknown, "short": short, "identical": identical, "foreign": foreign | other_language,
        "near": near, "contained": part_of, "alike": alike, "begins": begins, "unlike": cjk[a],
    }  # fmt: skip
    level = chosen("title", conditions, "different")
    compared = ~(unknown | identical | foreign)
    same_numbers = ~compared | (fields.numbers_code[a] == fields.numbers_code[b])
    opposite = _contrasting(fields, a, b, compared & (near | part_of | alike | begins))
    ours, theirs = fields.part_code[a], fields.part_code[b]
    one_part = unknown | identical | foreign | (ours == theirs)
    return (
        level,
        chosen("numbers", {"opposite": opposite, "same": same_numbers}, "different"),
        chosen("part", {"same": one_part, "one": (ours < 0) | (theirs < 0)}, "different"),
    )


def _contrasting(fields: Titles, a: Ints, b: Ints, where: Flags) -> Flags:
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


def _alike_chinese(fields: Titles, a: Ints, b: Ints, where: Flags) -> Flags:
    """A slip (one sign on at least twelve, numbers equal), or one title within the other.

    One sign can change the disease or the patients, so such titles are only *alike*, and rules ask for the people and the
    place too. A fuzzy ratio would join unrelated short titles.
    """
    limit, length, keys = THRESHOLDS, fields.length, fields.key
    shortest = np.minimum(length[a], length[b])
    found = np.zeros(len(a), bool)
    slip = where & (shortest >= limit["title_near_cjk"]) & (fields.numbers_code[a] == fields.numbers_code[b])
    if slip.any():
        ours, theirs = taken(keys, a[slip]), taken(keys, b[slip])
        most = int(limit["title_edits_cjk"])
        edits: Ints = process.cpdist(ours, theirs, scorer=Levenshtein.distance, score_cutoff=most)
        found[slip] = edits <= most
    for place in np.flatnonzero(where & ~found & (shortest >= limit["title_contained_cjk"])).tolist():
        one, other = keys[a[place]], keys[b[place]]
        found[place] = one in other or other in one
    return found


def _other_language(fields: Titles, a: Ints, b: Ints) -> Flags:
    """Two Latin titles in two languages: they cannot be compared, so they do not contradict each other."""
    ours, theirs = fields.language_code[a], fields.language_code[b]
    other: Flags = (ours >= 0) & (theirs >= 0) & (ours != theirs)
    return other
