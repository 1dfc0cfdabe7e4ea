"""What a title says, in a form that can be compared. Letters of every script stay; nothing is ever reduced to ASCII.

A title becomes words (``words``), the same without spaces (``key``), the numbers in it, the number of its part if it is one of a
series, the kind of document its wording gives away (an erratum, a reply), and the script or language it is written in.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

from winnow import package_data, text

_ASCII = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) != "+"}
_ASCII |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
_ASCII[ord("'")] = ""
_NOT_WORD = re.compile(r"[^\w+±]|_")
_TAG = re.compile(
    r"</?(?:sup|sub|i|b|u|em|strong|italic|bold|inf|scp|p|span)\b[^>]{0,40}>|\$\$?|~\(|~\[", re.IGNORECASE
)
_TRADE = re.compile(r"\((?:r|tm|c)\)|[®™©]", re.IGNORECASE)
#: The scripts that a title can be written in.
LATIN, CJK, CYRILLIC, OTHER, NONE = range(5)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002ffff]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_OTHER_LETTER = re.compile(r"[\u0530-\u1fff\u2c00-\u2dff\ua000-\ua8ff]")
_DIGITS = re.compile(r"\d+")
_MARK_OF_TYPE = re.compile(r"\s*\[[a-z](?:/[a-z]+)?\]\s*$", re.IGNORECASE)
_CASES_NOTE = re.compile(r"附\s*[\d一二三四五六七八九十百]+\s*例.{0,8}$")

_WORDS = package_data.from_yaml("deduplicate/wording.yaml")
_LETTERED = frozenset(_WORDS["lettered"])
_LETTER = re.compile(rf"\b(?:{'|'.join(_WORDS['lettered'])}) ([a-z])\b")
_GREEK = {ord(letter): f" {name} " for name, letters in _WORDS["greek"].items() for letter in letters}
_LANGUAGE_NOTE = re.compile(
    rf"[\s.?!\])]*[\[(.?!]\s*(?:{'|'.join(_WORDS['language_notes'])})(?:\s*(?:and|,|/)\s*\w+)?\s*[\])]?[\s.]*$",
    re.IGNORECASE,
)


def _at_end(notes: list[str]) -> re.Pattern[str]:
    """Notes in brackets at the end of a title; the last bracket may have been cut off with the title."""
    return re.compile(rf"(?:\s*[\[(](?:{'|'.join(notes)})?(?:[\])]|$))+[\s.]*$", re.IGNORECASE)


_NOTE, _NOTE_OR_REFERENCE = _at_end(_WORDS["notes"]), _at_end(_WORDS["notes"] + _WORDS["reference"])
_NUMBER_NOTE = re.compile(rf"\s*(?:{'|'.join(_WORDS['number_notes'])})\W*$", re.IGNORECASE)
#: A longer end of a title is no article's number.
_NOTE_LENGTH = 48
_LEAD_IN = re.compile(_WORDS["lead_in"], re.IGNORECASE)
_KINDS = {kind: re.compile("|".join(patterns), re.IGNORECASE) for kind, patterns in _WORDS["kinds"].items()}
_TYPES = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _WORDS["types"].items()}
_KIND_WORDS = frozenset(_WORDS["kind_words"])
_DAMAGED = re.compile("|".join(_WORDS["no_title"]), re.IGNORECASE)
_PART = re.compile(_WORDS["part_number"]["pattern"], re.IGNORECASE)
_CHINESE_PART = re.compile(_WORDS["part_number"]["chinese"])
_NUMERALS = {name: str(value) for value, names in _WORDS["part_number"]["numerals"].items() for name in names}
_SPELT = "|".join(name for name in _NUMERALS if len(name) > 1 or name in {"i", "v", "x"})
_PART_WRITTEN = re.compile(rf"\b({'|'.join(_WORDS['part_number']['words'])}) ({_SPELT})\b")
_PART_WORDS = frozenset(_WORDS["part_number"]["words"]) | {name for name in _NUMERALS if name.isascii()}
_PART_WORDS |= {str(number) for number in range(11, 100)}
#: Word: its group of opposites, and which of them it is.
_CONTRASTS = {
    word: (str(number), member)
    for number, group in enumerate(_WORDS["contrasts"])
    for member, words_of in group.items()
    for word in words_of.split()
}
_CONTRAST_WORDS = frozenset(_CONTRASTS)
#: British spelling: American. Letters that stand for the same word, wherever they are.
_SPELLING = tuple(_WORDS["spelling"].items())
_FUNCTION_WORDS = {word: language for language, words in _WORDS["function_words"].items() for word in words.split()}


def words(title: str) -> str:
    """The title's words, lower case, without marks, mark-up, trade marks and notes of language; empty if it is no title.

    Digits alone are no title, nor is what a spreadsheet or a database puts in an empty field.
    """
    if "<" in title or "&" in title or "$" in title or "~" in title:
        title = _TAG.sub("", html.unescape(title))
    if "(" in title or not title.isascii():
        title = _TRADE.sub("", title)
    if "[" in title or title.endswith((")", ").")):
        title = _NOTE_OR_REFERENCE.sub("", title)
    if "art" in title[-_NOTE_LENGTH:].lower():
        title = _NUMBER_NOTE.sub("", title)
    if title[:3] in _LEAD_INS:
        title = _LEAD_IN.sub("", title)
    if title.isascii():
        if title[-6:].rstrip(" .])")[-3:].lower() in _LANGUAGE_ENDS:
            title = _LANGUAGE_NOTE.sub("", title)
        found = title.translate(_ASCII)
    else:
        found = _folded(title)
    found = " ".join(found.split())
    return "" if len(found) < 40 and _is_no_title(found) else found


_LEAD_INS = frozenset({"RET", "Ret", "ret"})
_LANGUAGE_ENDS = frozenset(name[-3:] for name in _WORDS["language_notes"])


def _folded(title: str) -> str:
    title = _LANGUAGE_NOTE.sub("", text.fold(title))
    if _CJK.search(title):
        title = _MARK_OF_TYPE.sub("", text.simplified(title))
        title = unicodedata.normalize("NFC", title)
    title = title.casefold().translate(_GREEK)
    return _NOT_WORD.sub(" ", text.bare(title).replace("'", ""))


def _is_no_title(found: str) -> bool:
    return not any(c.isalpha() for c in found) or bool(_DAMAGED.fullmatch(found))


def key(found: str) -> str:
    """The words without spaces, in one spelling, and without the note of how many cases a Chinese report adds (附15例报告)."""
    if not found.isascii() and "例" in found:
        found = _CASES_NOTE.sub("", found)
    return spelt(found.replace(" ", ""))


def spelt(found: str) -> str:
    """British spelling as American: ``haemodialysis`` and ``hemodialysis`` are one word."""
    for british, american in _SPELLING:
        if british in found:
            found = found.replace(british, american)
    return found


def script(found: str) -> int:
    """The script that a title is written in; ``NONE`` for an empty title. One Chinese character makes a title Chinese."""
    if found.isascii():
        return LATIN if found else NONE
    if _CJK.search(found):
        return CJK
    if _CYRILLIC.search(found):
        return CYRILLIC
    return OTHER if _OTHER_LETTER.search(found) else LATIN


def language(tokens: Iterable[str]) -> str:
    """The language that the little words of a Latin title give away (``en``, ``fr``, ``de`` ...); empty when they do not."""
    counts: dict[str, int] = {}
    for word in tokens:
        if name := _FUNCTION_WORDS.get(word):
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return ""
    best = sorted(counts, key=lambda name: (-counts[name], name))
    clear = len(best) == 1 or counts[best[0]] > counts[best[1]]
    return best[0] if clear and (best[0] == "en" or counts[best[0]] > 1) else ""


def numbers(found: str, tokens: Collection[str] = ()) -> str:
    """Every number in the title, in order, and the letters that name a thing as a number would (vitamin E).

    Two titles that differ only here are two documents. ``tokens`` are its words.
    """
    letters = [] if _LETTERED.isdisjoint(tokens) else _LETTER.findall(found)
    return " ".join(_DIGITS.findall(found) + letters)


def contrasts(tokens: Iterable[str]) -> str:
    """The opposites that the words of a title name, by group (``0 male``), sorted; empty for most titles."""
    return ";".join(sorted({" ".join(_CONTRASTS[word]) for word in _CONTRAST_WORDS.intersection(tokens)}))


@cache
def contrasting(one: str, other: str) -> bool:
    """Whether of one group of opposites two titles name different ones (men; women). What one leaves out is no contrast."""
    ours, theirs = _by_group(one), _by_group(other)
    return any(ours[group] - theirs[group] and theirs[group] - ours[group] for group in ours.keys() & theirs.keys())


def _by_group(found: str) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for entry in filter(None, found.split(";")):
        group, member = entry.split(" ")
        groups.setdefault(group, set()).add(member)
    return groups


def part(title: str) -> str:
    """The number of the part, if the title says that it is one of a series (``Part II``, ``2.`` at a seam, ``（Ⅱ）``, ``续``)."""
    if not title.isascii() and (chinese := _CHINESE_PART.search(text.fold(title))):
        return _numeral(next(group for group in chinese.groups() if group))
    found = _PART.search(title)
    return _numeral(next(group for group in found.groups() if group)) if found else ""


def _numeral(written: str) -> str:
    return _NUMERALS.get(written.lower(), written.lower())


def kind(title: str) -> str:
    """The kind of document that the wording gives away (``erratum``, ``reply`` ...); empty for an ordinary one."""
    title = _NOTE.sub("", title)
    return next((name for name, pattern in _KINDS.items() if pattern.search(title)), "")


def kind_of_type(types: str) -> str:
    """The kind that publication types give away; empty for an ordinary document."""
    return next((name for name, pattern in _TYPES.items() if pattern.search(types)), "")


class Title(NamedTuple):
    """A title as it is compared."""

    words: str
    key: str
    script: int
    language: str
    numbers: str
    contrasts: str
    part: str
    kind: str


NO_TITLE = Title("", "", NONE, "", "", "", "", "")


def read(cell: str) -> Title:
    """Everything that a title says. The costly patterns are tried only where a word of theirs is in the title."""
    found = words(cell)
    if not found:
        return NO_TITLE
    written = script(found)
    tokens = set(found.split())
    if written == LATIN and not _PART_WORDS.isdisjoint(tokens):
        found = _PART_WRITTEN.sub(lambda part: f"{part.group(1)} {_numeral(part.group(2))}", found)
    foreign = not cell.isascii()
    return Title(
        words=found,
        key=key(found),
        script=written,
        language=language(tokens) if written == LATIN else "",
        numbers=numbers(found, tokens),
        contrasts=contrasts(found if written == CJK else tokens),
        part=part(cell) if foreign or not _PART_WORDS.isdisjoint(tokens) else "",
        kind=kind(cell) if foreign or not _KIND_WORDS.isdisjoint(tokens) or "(vol" in cell.lower() else "",
    )
