"""The columns that are compared: each record's fields, once, in comparable form. Empty always means unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from winnow import text
from winnow.deduplicate import journals, people, places, titles

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
T = TypeVar("T")

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


@dataclass(frozen=True)
class Fields:
    """Comparable columns, one entry a record, in the order of the records.

    A ``_code`` is equal where the values are; -1 is unknown.
    """

    count: int
    pmid: Sequence[str]
    pmid_code: Ints
    doi: Sequence[str]
    doi_code: Ints
    living_code: Ints
    versioned: Flags
    title: Sequence[str]
    title_key: Sequence[str]
    title_code: Ints
    other_title_key: Sequence[str]
    other_title_code: Ints
    title_length: Ints
    script: Ints
    language_code: Ints
    numbers_code: Ints
    contrasts: Sequence[str]
    contrasts_code: Ints
    part_code: Ints
    kinds: Sequence[str]
    kind: Ints
    abstract: Sequence[str]
    raw_abstract: Sequence[str]
    has_abstract: Flags
    han_abstract: Flags
    authors: Sequence[people.People]
    raw_authors: Sequence[str]
    authors_code: Ints
    han_authors: Flags
    year: Ints
    years: Sequence[tuple[int, ...]]
    several_years: bool
    journal_names: Sequence[tuple[str, ...]]
    journal_code: Ints
    issn: Sequence[frozenset[str]]
    issn_code: Ints
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


def prepare(records: pd.DataFrame) -> Fields:
    """The comparable columns of ``records``; a column that is absent is empty."""
    count = len(records)

    def column(*names: str) -> list[str]:
        """The first of these columns, and in a record that does not fill it the next."""
        there = [records[name].tolist() for name in names if name in records]
        if len(there) < 2:
            return there[0] if there else [""] * count
        return [next(filter(None, cells), "") for cells in zip(*there, strict=True)]

    raw_title, raw_authors, raw_abstract = column("title"), column("authors"), column("abstract")
    title = once(titles.read, raw_title)
    pmid = [cell.strip().lstrip("0") for cell in column("pmid")]
    doi = [_COMPONENT.sub(r"\1", text.doi(cell)) if cell else "" for cell in column("doi")]
    other = [titles.key(titles.words(cell)) if cell else "" for cell in column("original_title")]
    title_code, other_title_code = np.split(codes([one.key for one in title] + other), 2)
    typed = once(titles.kind_of_type, column("publication_types", "entry_type"))
    kinds = [of_type or one.kind for of_type, one in zip(typed, title, strict=True)]
    authors = once(people.people, raw_authors)
    volume_cells, issue_cells, journal_cells = column("volume"), column("issue"), column("journal", "journal_abbrev")
    volume, issues, pages = _places(volume_cells, issue_cells, column("pages"), journal_cells)
    issue = [one.name for one in issues]
    year, years = _years(column("year"), issue, [column("year_print"), column("year_electronic")])
    journal = [journals.names(*cells) for cells in zip(journal_cells, volume_cells, strict=True)]
    journal_names = sorted(set(journal) - {("",)})
    place = {name: order for order, name in enumerate(journal_names)}
    #: one numbering for all, since what is a volume's number in one record is an issue's or a supplement's in another
    numbered = [*volume, *(one.number for one in issues), *(one.supplement for one in issues)]
    volume_code, issue_number_code, supplement_code = np.split(codes(numbered), 3)
    issn = once(places.issns, [" ".join(cells) for cells in zip(column("issn"), column("isbn"), strict=True)])
    abstract = [abstract_key(cell) if cell else "" for cell in raw_abstract]
    return Fields(
        count=count,
        pmid=pmid,
        pmid_code=codes(pmid),
        doi=doi,
        doi_code=codes([cell.translate(WITHOUT_SIGNS) for cell in doi]),
        living_code=codes([living_review(*cells) for cells in zip(doi, column("pages"), issue_cells, strict=True)]),
        versioned=flags(bool(_VERSION.search(cell)) for cell in doi),
        title=[one.words for one in title],
        title_key=[one.key for one in title],
        title_code=title_code,
        other_title_key=other,
        other_title_code=other_title_code,
        title_length=integers(len(one.key) for one in title),
        script=integers(one.script for one in title),
        language_code=codes([one.language for one in title]),
        numbers_code=codes([one.numbers or "none" for one in title]),
        contrasts=[one.contrasts for one in title],
        contrasts_code=codes([one.contrasts for one in title]),
        part_code=codes([one.part for one in title]),
        kinds=kinds,
        kind=codes([kind or "ordinary" for kind in kinds]),
        abstract=abstract,
        raw_abstract=raw_abstract,
        has_abstract=flags(bool(cell) for cell in abstract),
        han_abstract=flags(not cell.isascii() and text.is_han(cell) for cell in abstract),
        authors=authors,
        raw_authors=raw_authors,
        authors_code=codes([one.families for one in authors]),
        han_authors=flags(not one.families.isascii() and text.is_han(one.families) for one in authors),
        year=year,
        years=years,
        several_years=any(len(several) > 1 for several in years),
        journal_names=journal_names,
        journal_code=integers(place.get(name, -1) for name in journal),
        issn=issn,
        issn_code=integers(0 if several else -1 for several in issn),
        volume=volume,
        volume_code=volume_code,
        issue=issue,
        issue_code=codes(issue),
        issue_number_code=issue_number_code,
        issue_as_page=integers(
            int(one.name) if not page.first and one.name.isdecimal() and len(one.name) < 9 else -1
            for one, page in zip(issues, pages, strict=True)
        ),
        supplement=flags(name.startswith("s") for name in issue),
        supplement_code=supplement_code,
        pages=pages,
        first_page=integers(page.first for page in pages),
        last_page=integers(page.last for page in pages),
        page_prefix_code=codes([page.prefix for page in pages]),
        locator=flags(page.locator for page in pages),
    )


def once(function: Callable[[str], T], cells: Sequence[str]) -> list[T]:
    """``function`` of every cell, worked out once for equal cells."""
    known: dict[str, T] = {}
    for cell in cells:
        if cell not in known:
            known[cell] = function(cell)
    return [known[cell] for cell in cells]


def integers(values: Iterable[int]) -> Ints:
    """A column of whole numbers."""
    return np.fromiter(values, np.int64)


def flags(values: Iterable[bool]) -> Flags:
    """A column of truth values."""
    return np.fromiter(values, np.bool_)


def codes(values: Sequence[str]) -> Ints:
    """A number for each distinct value, in the order of the values' first appearance; -1 for an empty one."""
    known: dict[str, int] = {"": -1}
    return integers(known.setdefault(value, len(known) - 1) for value in values)


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


def _places(
    volumes: Sequence[str], issues: Sequence[str], pages: Sequence[str], in_journals: Sequence[str]
) -> tuple[list[str], list[places.Issue], list[places.Pages]]:
    found = [
        places.located(volume, issue, page, journal) if volume or issue or page else _NOWHERE
        for volume, issue, page, journal in zip(volumes, issues, pages, in_journals, strict=True)
    ]
    return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]


_NOWHERE = ("", places.NO_ISSUE, places.NO_PAGES)


def _years(
    cells: Sequence[str], issues: Sequence[str], others: Sequence[Sequence[str]]
) -> tuple[Ints, list[tuple[int, ...]]]:
    """The year cited, and every year that a record gives.

    A year that is the issue's number is the issue, put in the wrong place.
    """
    cited = once(places.year, cells)
    cited = [0 if issue == cell else year for year, issue, cell in zip(cited, issues, cells, strict=True)]
    further = [once(places.year, other) for other in others]
    every = [tuple(sorted({year for year in years if year})) for years in zip(cited, *further, strict=True)]
    return integers(year or (several[0] if several else 0) for year, several in zip(cited, every, strict=True)), every
