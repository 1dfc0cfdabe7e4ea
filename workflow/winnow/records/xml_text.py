"""The text and the dates inside an XML element, flattened without loss."""

from __future__ import annotations

import html
import re
from typing import Any

from lxml import etree

_MONTHS = {
    name: f"{number:02d}"
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|2[01])\d\d(?!\d)")
#: Markup that keeps apart what flattening would run together: 10<sup>5</sup> is not 105.
_BETWEEN_DIGITS = {"sup": "^", "sub": "_", "mn": " "}
_SIGNED = re.compile(r"[-+−–]?\d")


def child(element: Any, tag: str) -> str:
    """The text of the first child called ``tag``, or ""."""
    for part in element:
        if part.tag == tag:
            return flat(part)
    return ""


def flat(element: Any) -> str:
    """All text of an element on one line."""
    if len(element):
        pieces: list[str] = []
        _flatten(element, pieces)
        return " ".join("".join(pieces).split())
    words = element.text
    return " ".join(words.split()) if words else ""


def _flatten(element: Any, pieces: list[str]) -> None:
    if element.text:
        pieces.append(element.text)
    for inner in element:
        if isinstance(inner.tag, str):
            mark = _BETWEEN_DIGITS.get(etree.QName(inner).localname, "")
            before = len(pieces)
            _flatten(inner, pieces)
            if mark and before and pieces[before - 1][-1:].isdecimal() and _SIGNED.match("".join(pieces[before:])):
                pieces.insert(before, mark)
        else:
            pieces.append(html.unescape(inner.text))
        if inner.tail:
            pieces.append(inner.tail)


def date(element: Any) -> tuple[str, str]:
    """A date element as (date, year): ISO as far as it goes; a season or a range as printed, with its first year."""
    year = month = day = season = ""
    for part in element:
        if part.tag == "MedlineDate":
            printed = flat(part)
            found = _YEAR.search(printed)
            return printed, found.group() if found else ""
        if part.tag == "Year":
            year = flat(part)
        elif part.tag == "Month":
            month = flat(part)
        elif part.tag == "Day":
            day = flat(part)
        elif part.tag == "Season":
            season = flat(part)
    number = _MONTHS.get(month[:3].lower()) or (month.zfill(2) if month.isdecimal() else "")
    if season or (month and not number):
        return f"{year} {season or month}".strip(), year
    return "-".join(piece for piece in (year, number, day.zfill(2) if number and day else "") if piece), year
