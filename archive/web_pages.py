"""Rows of papers that were seen on publishers' and libraries' pages, as RIS with the page's address.

A record's text is the same in every search, so its id is, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from articles import CUT, MONTHS, people, person
from facts import Row

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_LABEL = re.compile(r"\s*\([^)]*\blabel\b[^)]*\)$")
_WORDS = re.compile(r"(\d{4})(?: ([A-Z][a-z]{2})(?: (\d{1,2}))?)?")


def ris(rows: Iterable[Row]) -> bytes:
    """RIS in UTF-8 with CRLF, one blank line between records."""
    return "".join(_record(row) for row in rows).encode("utf-8")


def _record(row: Row) -> str:
    names, complete = people(row["authors"])
    keywords, cut = headings_of(row)
    first, _, last = row["pages"].partition("-")
    tags: list[tuple[str, str]] = [("TI", row["title"])]
    tags += [("AU", author(name)) for name in names]
    tags += [
        ("T2", row["journal"]),
        ("J2", row["journal_abbrev"]),
        ("PY", row["year"]),
        ("DA", date(row["pub_date"])),
        ("VL", row["volume"]),
        ("IS", row["issue"]),
        ("SP", first),
        ("EP", last),
        ("DO", row["doi"]),
        ("LA", row["language"]),
        ("M3", kind_of(row)),
        *(("KW", word) for word in keywords),
        ("UR", row["source_url"]),
        ("ID", row["ref_key"]),
    ]
    if names and not complete:
        tags.append(("N1", "The page names only some of the authors."))
    if cut:
        tags.append(("N1", "The list of headings was cut on the page that was read."))
    kind = "ABST" if "meeting abstract" in row["remark"] else "JOUR"
    lines = [f"TY  - {kind}", *(f"{tag}  - {value}" for tag, value in tags if value), "ER  - ", ""]
    return "".join(line + "\r\n" for line in lines)


def kind_of(row: Row) -> str:
    """What the page calls the paper (``Case Report``); the facts keep some of these labels among the headings."""
    labels = [cell for cell in (row["publication_type"], row["mesh"]) if _LABEL.search(cell)]
    return _LABEL.sub("", labels[0]) if labels else row["publication_type"]


def headings_of(row: Row) -> tuple[list[str], bool]:
    """The headings on the page, spelt as there, and whether the list was cut."""
    whole = "" if _LABEL.search(row["mesh"]) else row["mesh"]
    listed = CUT.sub("", whole)
    return [word for word in (part.strip() for part in listed.split(";")) if word], listed != whole


def author(name: str) -> str:
    """``Dalakas MC`` as RIS wants it, ``Dalakas, MC``; a group's name as it is."""
    parts = person(name)
    if "CollectiveName" in parts:
        return name
    given = parts.get("ForeName") or parts["Initials"]
    return ", ".join(part for part in (parts["LastName"], given, parts.get("Suffix", "")) if part)


def date(text: str) -> str:
    """``1997-03`` and ``2021 Dec 01`` as ``1997/03//`` and ``2021/12/01/``; a bare year says no more than PY."""
    found = _ISO.fullmatch(text) or _WORDS.fullmatch(text)
    if not found or not found[2]:
        return ""
    month = f"{MONTHS.index(found[2]) + 1:02d}" if found[2] in MONTHS else found[2]
    return f"{found[1]}/{month}/{(found[3] or '').zfill(2) if found[3] else ''}/"
