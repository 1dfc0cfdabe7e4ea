"""The columns that are compared: each record's fields, once, in comparable form. Empty always means unknown.

One group of columns for each thing that a record says of its document. Every column has an entry for each record, in their order; a
``code`` is equal where the values are, and -1 is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winnow import text
from winnow.deduplicate import journals, people, places, titles
from winnow.deduplicate.columns import Flags, Ints, codes, flags, integers, once

if TYPE_CHECKING:
    import pandas as pd

#: How much of an abstract is compared, in characters.
ABSTRACT = 400
_LABEL = re.compile(
    r"^\W*(?:abstract|background|objectives?|purpose|aims?|introduction|context|importance|摘要|目的|背景)[\s:：】\].-]+",
    re.IGNORECASE,
)
_NOT_LETTER = re.compile(r"[\W_]+")
#: For ``translate``: takes every sign of ASCII away that is neither letter nor digit.
WITHOUT_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}
_VERSION = re.compile(r"\.pub\d+$|/v\d+$|\.v\d+$")
_COCHRANE = re.compile(r"\bcd\d{6}", re.IGNORECASE)
#: A DOI of a part of an article (a figure, a reviewer's comment), as one publisher gives it to the article.
_COMPONENT = re.compile(r"^(10\.7554/elife\.\d+)\.\d{3}$")

#: The cells of the first of some columns, and in a record that does not fill it of the next; empty where there is none.
Cells = Callable[..., list[str]]


@dataclass(frozen=True)
class Identifiers:
    """PMIDs and DOIs; versions of one living review share a ``living_code``, a ``versioned`` DOI names its version."""

    pmid: Sequence[str]
    pmid_code: Ints
    doi: Sequence[str]
    doi_code: Ints
    living_code: Ints
    versioned: Flags


@dataclass(frozen=True)
class Titles:
    """Titles; ``other_key`` is that of the title in its other language, ``length`` that of the key, in characters."""

    words: Sequence[str]
    key: Sequence[str]
    code: Ints
    other_key: Sequence[str]
    other_code: Ints
    length: Ints
    script: Ints
    language_code: Ints
    numbers_code: Ints
    contrasts: Sequence[str]
    contrasts_code: Ints
    part_code: Ints
    kind: Sequence[str]
    kind_code: Ints


@dataclass(frozen=True)
class Abstracts:
    """Abstracts as they are given (``raw``) and the ``key`` of their beginning; ``han`` has a Chinese character."""

    raw: Sequence[str]
    key: Sequence[str]
    known: Flags
    han: Flags


@dataclass(frozen=True)
class Authors:
    """Authors as they are given (``raw``) and as family names; ``han`` has a Chinese character."""

    raw: Sequence[str]
    people: Sequence[people.People]
    code: Ints
    han: Flags


@dataclass(frozen=True)
class Years:
    """The year cited, 0 if unknown, and every year that a record gives; ``differ`` where some record gives several."""

    cited: Ints
    every: Sequence[tuple[int, ...]]
    differ: bool


@dataclass(frozen=True)
class Journals:
    """Journals: the distinct ``names``, the place of each record's among them (``code``), and every ISSN."""

    names: Sequence[tuple[str, ...]]
    code: Ints
    issn: Sequence[frozenset[str]]
    issn_code: Ints


@dataclass(frozen=True)
class Places:
    """Volume, issue and pages.

    ``volume_code``, ``issue_number_code`` and ``supplement_code`` are one numbering: what is a volume's number in one record is an
    issue's or a supplement's in another. ``issue_as_page`` is an issue that may be a page in the wrong place.
    """

    volume: Sequence[str]
    volume_code: Ints
    issue: Sequence[str]
    issue_code: Ints
    issue_number_code: Ints
    issue_as_page: Ints
    supplement: Flags
    supplement_code: Ints
    pages: Sequence[places.Pages]
    first_page: Ints
    last_page: Ints
    page_prefix_code: Ints
    locator: Flags


@dataclass(frozen=True)
class Fields:
    """Everything that is compared."""

    identifiers: Identifiers
    titles: Titles
    abstracts: Abstracts
    authors: Authors
    years: Years
    journals: Journals
    places: Places


def prepare(records: pd.DataFrame) -> Fields:
    """The comparable columns of ``records``; a column that is absent is empty."""
    count = len(records)

    def cells(*names: str) -> list[str]:
        there = [records[name].tolist() for name in names if name in records]
        if len(there) < 2:
            return there[0] if there else [""] * count
        return [next(filter(None, several), "") for several in zip(*there, strict=True)]

    place = _places(cells)
    return Fields(
        identifiers=_identifiers(cells),
        titles=_titles(cells),
        abstracts=_abstracts(cells),
        authors=_authors(cells),
        years=_years(cells, place.issue),
        journals=_journals(cells),
        places=place,
    )


def _identifiers(cells: Cells) -> Identifiers:
    pmid = [cell.strip().lstrip("0") for cell in cells("pmid")]
    doi = [_COMPONENT.sub(r"\1", text.doi(cell)) if cell else "" for cell in cells("doi")]
    living = [living_review(*said) for said in zip(doi, cells("pages"), cells("issue"), strict=True)]
    return Identifiers(
        pmid=pmid,
        pmid_code=codes(pmid),
        doi=doi,
        doi_code=codes([cell.translate(WITHOUT_SIGNS) for cell in doi]),
        living_code=codes(living),
        versioned=flags(bool(_VERSION.search(cell)) for cell in doi),
    )


def _titles(cells: Cells) -> Titles:
    read = once(titles.read, cells("title"))
    keys = [one.key for one in read]
    other_keys = [titles.key(titles.words(cell)) if cell else "" for cell in cells("original_title")]
    code, other_code = np.split(codes(keys + other_keys), 2)
    typed = once(titles.kind_of_type, cells("publication_types", "entry_type"))
    kind = [of_type or one.kind for of_type, one in zip(typed, read, strict=True)]
    contrasts = [one.contrasts for one in read]
    return Titles(
        words=[one.words for one in read],
        key=keys,
        code=code,
        other_key=other_keys,
        other_code=other_code,
        length=integers(map(len, keys)),
        script=integers(one.script for one in read),
        language_code=codes([one.language for one in read]),
        numbers_code=codes([one.numbers or "none" for one in read]),
        contrasts=contrasts,
        contrasts_code=codes(contrasts),
        part_code=codes([one.part for one in read]),
        kind=kind,
        kind_code=codes([one or "ordinary" for one in kind]),
    )


def _abstracts(cells: Cells) -> Abstracts:
    raw = cells("abstract")
    keys = [abstract_key(cell) if cell else "" for cell in raw]
    return Abstracts(raw, keys, flags(map(bool, keys)), _han(keys))


def _authors(cells: Cells) -> Authors:
    raw = cells("authors")
    read = once(people.people, raw)
    families = [one.families for one in read]
    return Authors(raw, read, codes(families), _han(families))


def _han(column: Sequence[str]) -> Flags:
    return flags(not cell.isascii() and text.is_han(cell) for cell in column)


def _years(cells: Cells, issues: Sequence[str]) -> Years:
    """A year that is the issue's number is the issue, put in the wrong place."""
    given = cells("year")
    cited = once(places.year, given)
    cited = [0 if issue == cell else year for year, issue, cell in zip(cited, issues, given, strict=True)]
    further = [once(places.year, cells(name)) for name in ("year_print", "year_electronic")]
    every = [tuple(sorted({year for year in years if year})) for years in zip(cited, *further, strict=True)]
    best = (year or (years[0] if years else 0) for year, years in zip(cited, every, strict=True))
    return Years(integers(best), every, any(len(years) > 1 for years in every))


def _journals(cells: Cells) -> Journals:
    titled = zip(cells("journal", "journal_abbrev"), cells("volume"), strict=True)
    named = [journals.names(*said) for said in titled]
    names = sorted(set(named) - {("",)})
    place = {name: order for order, name in enumerate(names)}
    issn = once(places.issns, [" ".join(said) for said in zip(cells("issn"), cells("isbn"), strict=True)])
    return Journals(
        names=names,
        code=integers(place.get(name, -1) for name in named),
        issn=issn,
        issn_code=integers(0 if several else -1 for several in issn),
    )


def _places(cells: Cells) -> Places:
    given = zip(cells("volume"), cells("issue"), cells("pages"), cells("journal", "journal_abbrev"), strict=True)
    found = [places.located(*said) if any(said[:3]) else _NOWHERE for said in given]
    volumes, issues, pages = [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]
    issue = [one.name for one in issues]
    numbered = codes([*volumes, *(one.number for one in issues), *(one.supplement for one in issues)])
    volume_code, issue_number_code, supplement_code = np.split(numbered, 3)
    return Places(
        volume=volumes,
        volume_code=volume_code,
        issue=issue,
        issue_code=codes(issue),
        issue_number_code=issue_number_code,
        issue_as_page=integers(map(_as_page, issue, pages)),
        supplement=flags(name.startswith("s") for name in issue),
        supplement_code=supplement_code,
        pages=pages,
        first_page=integers(page.first for page in pages),
        last_page=integers(page.last for page in pages),
        page_prefix_code=codes([page.prefix for page in pages]),
        locator=flags(page.locator for page in pages),
    )


_NOWHERE = ("", places.NO_ISSUE, places.NO_PAGES)


def _as_page(issue: str, pages: places.Pages) -> int:
    """The page that an issue's number may be where no page is given; -1 where it is none."""
    return int(issue) if not pages.first and issue.isdecimal() and len(issue) < 9 else -1


def living_review(doi: str, pages: str, issue: str) -> str:
    """What the versions of one living document share: the number of a Cochrane review, or the DOI without its version."""
    for cell in (doi, pages, issue):
        if found := _COCHRANE.search(cell):
            return found.group().lower()
    bare = _VERSION.sub("", doi)
    return bare if bare != doi else ""


def abstract_key(cell: str) -> str:
    """The letters and digits of an abstract's beginning, without its first label; empty if it is too short to say anything."""
    start = _LABEL.sub("", cell[:ABSTRACT])
    key = start.lower().translate(WITHOUT_SIGNS) if start.isascii() else _NOT_LETTER.sub("", start.casefold())
    return key if len(key) >= 60 or (len(key) >= 25 and text.is_han(key)) else ""
