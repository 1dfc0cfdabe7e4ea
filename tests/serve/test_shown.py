"""A record as the page shows it: its text in pieces, two records side by side, and the words around them in two languages."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from winnow.serve.shown import compared, pieces
from winnow.serve.words import LANGUAGES, words


def test_both_languages_say_everything() -> None:
    """Every word of the page is there in English and Chinese, and none is the same by oversight."""
    english, chinese = words("en"), words("zh")
    assert english.keys() == chinese.keys() and all(english.values()) and all(chinese.values())
    assert LANGUAGES.keys() == {"en", "zh"}
    templates = Path(sys.modules["winnow.serve.words"].__file__ or "").parent / "templates"
    used = {name for page in templates.glob("*.html") for name in re.findall(r"\bw\.(\w+)", page.read_text("utf-8"))}
    assert used <= english.keys()


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), max_size=4))
def test_the_pieces_of_a_text_are_the_text(content: str, spans: list[tuple[int, int, bool]]) -> None:
    """However quotes lie over each other, no character is lost or doubled, and each marked one lies in a quote."""
    verdicts = [
        {
            "field": "title", "quote": content[a:b], "start": str(a), "end": str(b), "criterion": f"c{n}",
            "verdict": "met" if good else "not met",
        }
        for n, (a, b, good) in enumerate(spans)
    ]  # fmt: skip
    found = pieces("title", content, verdicts, {})
    assert "".join(piece.text for piece in found) == content
    at = 0
    for piece in found:
        inside = any(v["quote"] and int(v["start"]) <= at < int(v["end"]) for v in verdicts)
        assert bool(piece.marks) == inside
        at += len(piece.text)


def test_a_quote_that_is_no_longer_there_is_not_marked() -> None:
    """If the record changed since the rules ran, nothing wrong is highlighted."""
    verdict: dict[str, Any] = {
        "field": "title",
        "quote": "pots",
        "start": "0",
        "end": "4",
        "criterion": "c",
        "verdict": "met",
    }
    assert [piece.marks for piece in pieces("title", "cups and pots", [verdict], {})] == [""]


def test_two_records_are_compared_by_what_they_say() -> None:
    """A field differs if its letters do; one that only one record has is shown, and does not differ."""
    found = compared({"title": "A B", "year": "1999"}, {"title": "a b.", "year": "2000", "pages": "1"})
    assert [(row.field, row.differs) for row in found] == [("title", False), ("year", True), ("pages", False)]
