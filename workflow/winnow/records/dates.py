"""Years and dates, as precise as their source gives them and no more."""

from __future__ import annotations

import re

from winnow.records.cleaning import clean
from winnow.text import fold

#: No date is longer.
_LONGEST = 100
_YEAR = re.compile(r"(?<!\d)((?:1[5-9]|20|21)\d\d)(?=\d{2}(?!\d)|\d{4}(?!\d)|\D|$)", re.ASCII)
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = dict(zip(_NAMES, range(1, 13), strict=True))
_PRINTED = re.compile(r"\d{4} [A-Za-z]{3}(?: \d{1,2})?", re.ASCII)
_NUMERIC_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?(?!\d)", re.ASCII)
_PACKED_DATE = re.compile(r"(?<!\d)((?:1[5-9]|20|21)\d\d)([01]\d)([0-3]\d)(?!\d)", re.ASCII)
_NAMED_DATE = re.compile(r"(\d{4})[\s/]+([A-Za-z]{3})[A-Za-z]*\.?(?:[\s/]+(\d{1,2})(?!\d))?", re.ASCII)
_NAMED_LAST = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3})[A-Za-z]*\.?(?:\s+(\d{1,2}),?)?\s+(\d{4})(?!\d)", re.ASCII)


def year(value: str) -> list[str]:
    """The first year from 1500 to 2199."""
    found = _YEAR.search(value if value.isascii() else fold(value[:_LONGEST]))
    return [found.group(1)] if found else []


def date(value: str) -> list[str]:
    """ISO, as precise as it is given: ``2021-01-19`` or ``2021-01``; a year alone gives nothing."""
    value = fold(value[:_LONGEST])
    for pattern in (_NUMERIC_DATE, _PACKED_DATE, _NAMED_DATE):
        if found := pattern.search(value):
            return _iso(*found.groups(default=""))
    if found := _NAMED_LAST.search(value):
        day, month, other_day, of_year = found.groups(default="")
        return _iso(of_year, month, day or other_day)
    return []


def _iso(of_year: str, month: str, day: str) -> list[str]:
    number = int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0)
    if not (1 <= number <= 12 and _YEAR.fullmatch(of_year)):
        return []
    if day and 1 <= int(day) <= 31:
        return [f"{of_year}-{number:02}-{int(day):02}"]
    return [f"{of_year}-{number:02}"]


def medline_date(value: str) -> list[str]:
    """As :mod:`winnow.records.pubmed_xml` has it: ISO as far as it goes, a season or a range as printed."""
    value = clean(value)
    if not _PRINTED.fullmatch(value):
        return [value] if value else []
    return date(value) or [value]


#: A citation as PubMed's CSV has it: ``Clin Rheumatol. 2012 May;31(5):801-6. doi: ...``
_CITATION = re.compile(
    r"\b(?P<date>\d{4}(?: [A-Z][a-z]{2}(?: \d{1,2})?)?);(?P<volume>[^():;]*)(?:\((?P<issue>[^)]*)\))?:(?P<pages>[^.]*)\."
)


def cited(part: str, value: str) -> list[str]:
    """One part of a citation: date, volume, issue or pages."""
    found = _CITATION.search(clean(value))
    return [found.group(part)] if found and found.group(part) else []
