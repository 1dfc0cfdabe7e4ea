"""Which pairs of records are looked at, and what the rules say about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winnow import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Judgement:
    """A verdict on two rows (``row_1`` < ``row_2``): same, possible or related."""

    row_1: int
    row_2: int
    verdict: str
    score: float
    rule: str
    evidence: str


def judge(records: pd.DataFrame) -> list[Judgement]:
    """Pairs with one PMID, with one DOI and title, or with one title, year and first page."""
    blank = [""] * len(records)
    column = {
        name: records[name].tolist() if name in records else blank for name in ("pmid", "doi", "title", "year", "pages")
    }
    titles = [text.title_key(title) for title in column["title"]]
    pages = [text.first_page(page) for page in column["pages"]]
    dois = [text.doi(doi) for doi in column["doi"]]
    found: dict[tuple[int, int], Judgement] = {}
    rules: tuple[tuple[str, float, Iterable[tuple[str, ...]]], ...] = (
        ("pmid", 1.0, ((pmid,) for pmid in column["pmid"])),
        ("doi and title", 0.99, zip(dois, titles, strict=True)),
        ("title, year and page", 0.95, zip(titles, column["year"], pages, strict=True)),
    )
    for rule, score, keys in rules:
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(keys):
            if all(key):
                other = first.setdefault(key, row)
                if other != row:
                    evidence = f"same {rule}: {' / '.join(key)}"
                    found.setdefault((other, row), Judgement(other, row, "same", score, rule, evidence))
    return [found[pair] for pair in sorted(found)]
