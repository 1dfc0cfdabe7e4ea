"""Where a document stands: year, volume, issue, pages.

What is implausible is taken for unknown, never for a difference.
"""

from __future__ import annotations

import re
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
#: What follows an article on pages of its own: ``213-25; discussion 232-3``.
_APPENDED = re.compile(r"(?<=\d)\W*(?:;|\bdiscussion|\bquiz|\bauthor reply|\breply).*", re.IGNORECASE | re.DOTALL)
_RANGE = re.compile(
    r"((?<![a-z])[a-z]{1,3}|)\s?0*(\d+)([a-z]?)(?:\s*[-~]{1,2}\s*([a-z]{0,3})\s?0*(\d+)([a-z]?))?", re.IGNORECASE
)
_NO_FIRST = re.compile(r"\s*[a-z]+\.?\s*-\s*\d+\s*", re.IGNORECASE)
_LOCATOR = re.compile(
    r"^\s*(?:e|cd|article|art|no|arts?|ar|id|pii|ehx|bmj)[\s.:#]*[a-z]?\d{2,}|^\s*[a-d]\d{3,}|^\s*\d{6,}", re.IGNORECASE
)
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{1,4}\d{3,}")
_INNER_ISSUE = re.compile(r"\s*\d+\s*\((\d+)\)")
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_NO_PAGINATION = re.compile(r"\bno pagination\b", re.IGNORECASE)
_BRACKETS = re.compile(r"[（(\[〔【][^）)\]〕】]*[）)\]〕】]")


def year(cell: str) -> int:
    """The first year in a cell; 0 if there is none."""
    if len(cell) == 4 and cell.isascii() and cell.isdigit():
        return int(cell) if "1600" <= cell < "2100" else 0
    found = _YEAR.search(cell)
    return int(found.group()) if found else 0


def volume(cell: str) -> str:
    """The volume's number; empty when the cell holds only a supplement (``3)``, ``Suppl 1``) or a year."""
    if cell.isascii() and cell.isdigit():
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


class Issue(NamedTuple):
    """An issue: ``name`` is its number, or ``s1`` (``s``) for a supplement; of a supplement ``number`` is the issue it belongs to.

    ``12 Suppl 1`` is (s1, 12, 1), ``Suppl`` is (s, "", ""), ``12`` is (12, 12, "").
    """

    name: str
    number: str
    supplement: str


NO_ISSUE = Issue("", "", "")


def issue(cell: str, of_volume: str = "") -> Issue:
    """The issue that a cell names, or the supplement that the volume's cell does; ``NO_ISSUE`` when neither does."""
    if cell.isascii() and cell.isdigit():
        return _plain(cell)
    cell = text.fold(cell)
    for source in (cell, of_volume if not cell else ""):
        if supplement := _SUPPLEMENT.search(source):
            number = (next((group for group in supplement.groups() if group), "") or "").lstrip("0")
            before = source[: supplement.start()]
            of_issue = _NUMBER.search(before if source is cell else before.partition("(")[2])
            return Issue("s" + number, of_issue.group().lstrip("0") if of_issue else "", number)
    if cell.endswith(")") and "(" not in cell:
        return NO_ISSUE
    if eaten := _eaten(cell):
        return _plain(str(eaten[0]))
    found = _NUMBER.search(cell)
    return _plain(found.group()) if found else NO_ISSUE


def _plain(digits: str) -> Issue:
    number = digits.lstrip("0")
    return Issue(number, number, "")


def located(volume_cell: str, issue_cell: str, pages_cell: str, journal: str = "") -> tuple[str, Issue, Pages]:
    """Volume, issue and pages, each from where it was written.

    ``12 (8) (no pagination)`` with something in the issue's cell: the issue stands with the volume, the article's number in the
    issue's place. A journal with a full stop behind it and nothing but a number up to 31 is an article in press, and the number
    the day on which it came out (so with each of 107 such records of a labelled library; none has it as its volume elsewhere).
    Where no issue is given, a page S189 is a supplement's.
    """
    inner = _INNER_ISSUE.match(volume_cell)
    displaced = inner or _NO_PAGINATION.search(volume_cell)
    if not issue_cell or displaced or _ARTICLE_NUMBER.fullmatch(issue_cell.strip()):
        if issue_cell and not pages_cell:
            pages_cell = issue_cell
        issue_cell = inner.group(1) if inner else ""
    elif _NO_PAGINATION.search(issue_cell):
        issue_cell = ""
    if journal.endswith(".") and not (issue_cell or pages_cell) and _DAY.fullmatch(volume_cell.strip()):
        volume_cell = ""
    found = volume(volume_cell), issue(issue_cell, volume_cell), pages(pages_cell)
    if found[1] == NO_ISSUE and found[2].prefix == "s":
        found = found[0], Issue("s", "", ""), found[2]
    return (*found[:2], NO_PAGES) if found[:2] == ("", NO_ISSUE) and _of_a_proof(found[2]) else found


def _of_a_proof(found: Pages) -> bool:
    """``1-21`` without a volume or an issue: the pages of the file, until the article is printed."""
    return found.first == 1 and found.last > 1 and not found.prefix


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
    if cell.isascii() and first.isdigit() and len(first) < 6 and (last.isdigit() or not dash):
        return Pages("", int(first), _last_page(first.lstrip("0") or "0", last), False)
    cell = _APPENDED.sub("", text.fold(cell))
    if eaten := _eaten(cell):
        return Pages("", eaten[0], max(eaten), False)
    if _NO_FIRST.fullmatch(cell):
        return NO_PAGES
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


def _eaten(cell: str) -> tuple[int, int] | None:
    """The two numbers that a spreadsheet took for a date: ``01-Aug`` was 1-8, ``Jul-17`` was 7-17."""
    found = _EATEN.fullmatch(cell.strip())
    if not found:
        return None
    day, month, month_first, day_last = found.groups()
    a, b = (int(day), _MONTHS.get(month.lower(), 0)) if day else (_MONTHS.get(month_first.lower(), 0), int(day_last))
    return (a, b) if a and b else None


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
