"""A strategy file means what a librarian meant, or is refused with the line that is at fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.errors import ConfigError, Faults, WinnowError
from winnow.search import lint, strategy

ROOT = Path(__file__).parents[2]


def parsed(text: str) -> strategy.Strategy:
    return strategy.parse(text, "s.txt")


def test_lines_are_combined_by_reference() -> None:
    """References become the lines they name, in parentheses; a hash inside quotes is no reference."""
    read = parsed(
        '# note\n#1 a[tiab]\n#2 "no #1"[tiab] OR\n   b[tiab]\n\n#3 #1 AND #2\n#4 #3 NOT (animals[mh] NOT humans[mh])\n'
    )
    assert [line.label for line in read.lines] == ["#1", "#2", "#3", "#4"]
    assert read.term == '((a[tiab]) AND ("no #1"[tiab] OR b[tiab])) NOT (animals[mh] NOT humans[mh])'


NUMBERED = [
    "#1 a[tiab]\n#2 #1 OR b[tiab]",
    "1. a[tiab]\n2. #1 OR b[tiab]",
    "1 a[tiab]\n2 #1\n  OR b[tiab]",
    "#1\na[tiab]\n#2\n#1 OR\nb[tiab]",
]


@pytest.mark.parametrize("text", NUMBERED)
def test_ways_of_numbering(text: str) -> None:
    """The usual ways of numbering and of breaking lines mean the same."""
    read = parsed(text)
    assert (len(read.lines), read.term) == (2, "(a[tiab]) OR b[tiab]")


def test_a_file_without_numbers_is_one_line() -> None:
    """One search pasted as it is needs no numbers."""
    assert parsed("# note\na[tiab] AND\nb[tiab]\n").term == "a[tiab] AND b[tiab]"


BROKEN = [
    ("#1 a[tiab]\n#1 b[tiab]", "twice"),
    ("#1 #2\n#2 a[tiab]", "not above it"),
    ("#1 #1 OR a[tiab]", "not above it"),
    ("#1 a[tiab]\n#2 #7", "not above it"),
    ("# only a note\n", "empty"),
    ("#1\n", "empty"),
    ("loose words\n#1 a[tiab]", "outside"),
]


@pytest.mark.parametrize(("text", "says"), BROKEN)
def test_a_broken_file_is_refused(text: str, says: str) -> None:
    """What cannot be meant is refused with file and line."""
    with pytest.raises(WinnowError) as caught:
        parsed(text)
    assert says in caught.value.line
    assert "s.txt" in caught.value.line


@given(st.lists(st.lists(st.integers(1, 30), max_size=3), min_size=1, max_size=12))
def test_expansion_leaves_no_reference(plan: list[list[int]]) -> None:
    """However lines refer to lines above them, the term has no reference left and every named word in it."""
    lines = [
        f"#{number} w{number}[tiab]" + "".join(f" OR #{ref % (number - 1) + 1}" for ref in refs if number > 1)
        for number, refs in enumerate(plan, start=1)
    ]
    term = parsed("\n".join(lines)).term
    assert "#" not in term
    assert f"w{len(plan)}[tiab]" in term


def test_an_expansion_that_explodes_is_refused() -> None:
    """Lines that double each other are refused before they fill the memory."""
    lines = ["#1 a[tiab]", *(f"#{n} #{n - 1} OR #{n - 1}" for n in range(2, 60))]
    with pytest.raises(ConfigError, match="more than"):
        parsed("\n".join(lines)).term  # noqa: B018


STOPS = [
    ('"intraven*"[tiab]', "truncation inside quotes"),
    ("ab*[tiab]", "fewer than 4 letters"),
    ("im*une[tiab]", "inside a word"),
    ("foo[xyz]", "no field [xyz]"),
    ("foo[tiab:noexp]", "only MeSH"),
    ("foo[mh:~3]", "proximity"),
    ("foo[tiab] and bar[tiab]", "small letters"),
    ("(foo[tiab] or bar[tiab]) AND baz[tiab]", "small letters"),
    ("“foo”[tiab]", "typographic"),
    ("（foo[tiab]）", "full-width"),
    ("(foo[tiab]", "unbalanced"),
    ("foo[tiab]) OR (bar[tiab]", "unbalanced"),
    ('"foo[tiab]', "quote is missing"),
    ("foo[tiab] OR", "follow each other"),
    ("foo[tiab] AND OR bar[tiab]", "follow each other"),
    ("[mh] OR foo[tiab]", "follows no term"),
    ("wom?n[tiab]", "no wildcard"),
]


@pytest.mark.parametrize(("text", "says"), STOPS)
def test_what_pubmed_would_bend_stops_the_search(text: str, says: str) -> None:
    """What PubMed would bend, drop or misread in silence stops the search before anything is sent."""
    found = [finding for finding in lint.findings(parsed(text)) if finding.stops]
    assert any(says in finding.what for finding in found), [finding.name for finding in found]
    assert all(finding.mend for finding in found)


ADVICE = [
    ("foo", "no field tag"),
    ("aaa[tiab] AND bbb[tiab] OR ccc[tiab]", "one level"),
    ("#1 aaa[tiab]\n#2 bbb[tiab]\n#3 #2 OR ccc[tiab]", "#1 is used by no other line"),
]


@pytest.mark.parametrize(("text", "says"), ADVICE)
def test_what_is_legal_is_advice(text: str, says: str) -> None:
    """What is legal but rarely meant is said and does not stop."""
    found = lint.findings(parsed(text))
    assert [finding.stops for finding in found] == [False]
    assert says in found[0].what


CLEAN = [
    '"Dermatomyositis"[Mesh] OR dermatomyosit*[tiab]',
    "foo[tiab] NOT (animals[mh] NOT humans[mh])",
    "immunoglobulins, intravenous[majr:noexp] OR il-6[tiab] OR pain and suffering[tiab]",
    '"ivig treatment"[tiab:~3] AND 1985:2011[dp]',
    '("2010/01/01"[Date - Publication] : "2012/12/31"[Date - Publication]) AND foo[tw]',
    '"J Rheumatol"[ta] OR English[la] OR 12345678[uid] OR "10.1000/x"[aid]',
]


@pytest.mark.parametrize("text", CLEAN)
def test_good_syntax_passes(text: str) -> None:
    """What librarians write is left alone; the humans filter above all."""
    assert [finding.name for finding in lint.findings(parsed(text))] == []


def test_the_bundled_strategy_is_clean() -> None:
    """The review's own strategy passes its own lint, and ends with exactly the humans filter."""
    read = strategy.load(ROOT / "config" / "strategy" / "pubmed.txt")
    assert lint.findings(read) == []
    assert read.term.endswith(" NOT (animals[mh] NOT humans[mh])")


def test_faults_come_all_at_once() -> None:
    """Two faults are two lines in one go."""
    with pytest.raises(Faults) as caught:
        parsed("#1 #9\n#2 #8")
    assert caught.value.line.count("\n") == 1
