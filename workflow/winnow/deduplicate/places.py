"""Where a document stands: year, journal, volume, issue, pages.

What is implausible is taken for unknown, never for a difference.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from winnow import text

_YEAR = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d)(?!\d)")
_NUMBER = re.compile(r"\d+")
_SUPPLEMENT = re.compile(r"\b(?:suppl?|supplement(?:um)?|s)\b\.?\s*(\d*)|\bs(\d+)\b|增刊?\s*(\d*)|z(\d)", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\dX])(\d{4})-?(\d{3}[\dX])(?![\dX])", re.IGNORECASE)
_MONTHS = {
    name: order
    for order, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_EATEN = re.compile(r"(?:(\d{1,2})[-/ ]([a-z]{3})|([a-z]{3})[-/ ](\d{1,2}))", re.IGNORECASE)
_RANGE = re.compile(r"([a-z]{0,3})\s?0*(\d+)([a-z]?)(?:\s*[-~]{1,2}\s*([a-z]{0,3})\s?0*(\d+)([a-z]?))?", re.IGNORECASE)
_NO_FIRST = re.compile(r"\s*[a-z]+\.?\s*-\s*\d+\s*", re.IGNORECASE)
_LOCATOR = re.compile(
    r"^\s*(?:e|cd|article|art|no|arts?|ar|id|pii|ehx|bmj)[\s.:#]*[a-z]?\d{2,}|^\s*[a-d]\d{3,}|^\s*\d{6,}", re.IGNORECASE
)
_STOP = frozenset(
    [
        "of",
        "the",
        "and",
        "in",
        "for",
        "de",
        "la",
        "et",
        "der",
        "und",
        "a",
        "an",
        "on",
        "to",
        "del",
        "e",
        "y",
        "fur",
        "des",
        "le",
        "les",
        "di",
        "y",
        "i",
        "online",
        "print",
    ]
)
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{1,4}\d{3,}")
_INNER_ISSUE = re.compile(r"\s*\d+\s*\((\d+)\)")
_SUBTITLE = re.compile(r"\s*[:=;]\s|\.\s?conference\b|\.\s?official\b|[.:]\s?(?:an?|the)\s")
_SUPPLEMENTS = re.compile(r"[\s.:,-]+suppl(?:ements?|\.)?\s*$")
_BRACKETS = re.compile(r"[（(\[〔【][^）)\]〕】]*[）)\]〕】]")


def year(cell: str) -> int:
    """The first year in a cell; 0 if there is none."""
    if len(cell) == 4 and cell.isdigit():
        return int(cell) if "1600" <= cell < "2100" else 0
    found = _YEAR.search(cell)
    return int(found.group()) if found else 0


def volume(cell: str) -> str:
    """The volume's number; empty when the cell holds only a supplement (``3)``, ``Suppl 1``) or a year."""
    if cell.isdigit():
        return "" if _is_year(cell) else cell.lstrip("0")
    cell = text.fold(cell)
    if cell.endswith(")") and "(" not in cell:
        return ""
    found = _NUMBER.search(_BRACKETS.sub(" ", cell))
    before = cell[: found.start()] if found else ""
    if not found or _is_year(found.group()) or re.search(r"s(?:uppl|$)|增", before, re.IGNORECASE):
        return ""
    return found.group().lstrip("0")


def _is_year(digits: str) -> bool:
    """A year in the place of a volume says no more than the year."""
    return len(digits) == 4 and "1900" <= digits < "2100"


def issue(cell: str, of_volume: str = "") -> str:
    """The issue (``3``, a supplement as ``s1`` or ``s``); empty when the cell says neither."""
    if cell.isdigit():
        return cell.lstrip("0")
    cell = text.fold(cell)
    for source in (cell, of_volume if not cell else ""):
        if supplement := _SUPPLEMENT.search(source):
            return "s" + (next((group for group in supplement.groups() if group), "") or "").lstrip("0")
    if cell.endswith(")") and "(" not in cell:
        return ""
    found = _NUMBER.search(cell)
    return found.group().lstrip("0") if found else ""


def located(volume_cell: str, issue_cell: str, pages_cell: str) -> tuple[str, str, Pages]:
    """Volume, issue and pages, each from where it was written: ``12 (8) (no pagination)`` and an article number in the issue."""
    if not issue_cell or _ARTICLE_NUMBER.fullmatch(issue_cell.strip()):
        if issue_cell and not pages_cell:
            pages_cell = issue_cell
        inner = _INNER_ISSUE.match(volume_cell)
        issue_cell = inner.group(1) if inner else ""
    return volume(volume_cell), issue(issue_cell, volume_cell), pages(pages_cell)


class Pages(NamedTuple):
    """First and last page; ``prefix`` is the letter before them, ``locator`` says that it is an article number."""

    prefix: str
    first: int
    last: int
    locator: bool


NO_PAGES = Pages("", 0, 0, False)
_LARGEST = 10**12


def pages(cell: str) -> Pages:
    """Pages as numbers: ``601-7`` is 601 to 607, ``49-1 H384-H391`` is H384, ``01-Aug`` (a spreadsheet's work) is 1 to 8."""
    if not cell:
        return NO_PAGES
    first, dash, last = cell.partition("-")
    if first.isdigit() and len(first) < 6 and (last.isdigit() or not dash):
        return Pages("", int(first), _last_page(first.lstrip("0") or "0", last), False)
    cell = text.fold(cell)
    if _NO_FIRST.fullmatch(cell):
        return NO_PAGES
    if eaten := _EATEN.fullmatch(cell.strip()):
        day, month, month_first, day_last = eaten.groups()
        a, b = (
            (int(day), _MONTHS.get(month.lower(), 0)) if day else (_MONTHS.get(month_first.lower(), 0), int(day_last))
        )
        return Pages("", a, max(a, b), False) if a and b else NO_PAGES
    found = _RANGE.search(cell)
    every = list(_RANGE.finditer(cell)) if " " in cell else []
    if len(every) > 1 and not every[0].group(1) and every[-1].group(1) and every[-1].group(4) is not None:
        found = every[-1]
    if found is None:
        return NO_PAGES
    prefix, first, _, _, last, _ = found.groups()
    start = int(first)
    end = _last_page(first, last or "")
    if start > _LARGEST:
        return NO_PAGES
    return Pages(prefix.lower(), start, min(end, _LARGEST), bool(_LOCATOR.search(cell)) and not (last and end > start))


def _last_page(first: str, last: str) -> int:
    """``601``, ``7`` gives 607; a last page below the first that is no short form is not believed."""
    start = int(first)
    if not last:
        return start
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return int(last) if int(last) >= start else start


def issns(cell: str) -> frozenset[str]:
    """Every ISSN in a cell, eight signs each."""
    return frozenset((a + b).upper() for a, b in _ISSN.findall(cell)) if cell else frozenset()


@cache
def journal_words(name: str) -> tuple[str, ...]:
    """A journal's words without articles, prepositions, place in brackets, subtitle and ``electronic edition``."""
    folded = text.bare(_BRACKETS.sub(" ", name)).replace("&amp;", "&")
    folded = _SUPPLEMENTS.sub("", _SUBTITLE.split(folded)[0])
    found = re.sub(r"[^\w]|_", " ", folded).split()
    return tuple(word for word in found if word not in _STOP) or tuple(found)


def journal_initials(name: str) -> str:
    """The first letter of each word: a key that a full name and its abbreviation share."""
    found = journal_words(name)
    return found[0] if len(found) == 1 else "".join(word[0] for word in found)[:12]


def same_journal(one: str, other: str) -> str:
    """``same``, ``alike``, ``different``, or empty when one is missing: full names and abbreviations stand for each other."""
    a, b = journal_words(one), journal_words(other)
    if not a or not b:
        return ""
    if a == b or "".join(a) == "".join(b):
        return "same"
    if _abbreviates(a, b) or _abbreviates(b, a):
        return "same"
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 2 and _abbreviates(shorter, longer[: len(shorter)]):
        return "alike"
    return "alike" if _shared(a, b) >= 0.6 else "different"


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Word by word the start of the other, or its acronym (``BMJ``, ``PNAS``)."""
    if len(short) == len(long):
        return all(b.startswith(a) or _contracted(a, b) for a, b in zip(short, long, strict=True))
    return len(short) == 1 and len(long) >= 3 and short[0] == "".join(word[0] for word in long)


def _contracted(short: str, long: str) -> bool:
    """``intl`` for international, ``natl`` for national: first letters, then a last one further on."""
    return (
        len(short) >= 3 and short[0] == long[0] and long.startswith(short[:-1]) and short[-1] in long[len(short) - 1 :]
    )


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """The share of the shorter name's words that begin a word of the longer, or the other way round."""
    shorter, longer = sorted((a, b), key=len)
    hits = sum(any(x.startswith(y) or y.startswith(x) for y in longer) for x in shorter)
    return hits / len(shorter) if len(shorter) > 1 else 0.0
