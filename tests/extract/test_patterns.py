"""A form's patterns: searched faster than ``re`` would, with the same matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.extract.patterns import Pattern

RUNS = ("[^.;]*", "[ab]*", "[^.]*?", "[^a]*")
REST = ("a", "b", ".", r"\bab\b", "(?:a|bb)", "(b|a)", "(?=a)", r"[^.;]*", "a?", "c|a", "$", r"\w+ ", "(?<=b)a")
PATTERNS = st.builds(
    lambda run, parts, shape: shape.replace("RUN", run).replace("REST", "".join(parts)),
    st.sampled_from(RUNS),
    st.lists(st.sampled_from(REST), min_size=1, max_size=3),
    st.sampled_from(
        ("RUNREST", "(?P<value>RUNREST)", "(?P<value>RUN)REST", "(?:RUNREST)*", "(RUN)REST\\1", "(?:RUN|b)REST", "(?i:RUN)REST",
         "(?:(RUN)REST){2}c", "(?:RUNREST)|b", "xRUNREST")
    ),
)  # fmt: skip


@given(PATTERNS, st.text("abcABC .;", max_size=40))
def test_matches_are_those_of_re(text: str, searched: str) -> None:
    """Whatever the pattern and the text, every match and every group stands where ``re.finditer`` finds it."""
    plain = [match.regs for match in re.finditer(text, searched, re.IGNORECASE)]
    assert [match.regs for match in Pattern(text).search_all(searched)] == plain


@pytest.mark.parametrize(
    ("text", "led"),
    [
        (r"(?P<value>[^.;]*\bCK\b[^.;]*)", True),
        (r"[^。;,]*(?:激素|泼尼松)", True),
        (r"(?P<value>[^.;]*a|b)", False),
        (r"[^.;]*a|b", False),
        (r"([^.;]*)a\1", False),
        (r"(?:[^.;]*a)+", False),
        (r"[^.;]+a", False),
        (r"\b[^.;]*a", False),
        (r"[^.;]*a(?#()|b", False),
    ],
)
def test_which_patterns_are_tried_at_beginnings_of_runs(text: str, led: bool) -> None:
    """Only patterns that every match of begins with a run of one class, whatever else they hold."""
    assert (Pattern(text)._led is not None) == led


def test_within_a_clause_nothing_is_tried() -> None:
    """Of all places of a text the pattern can begin at one: where the run begins that holds a match, not at each sign of it."""
    pattern, text = Pattern(r"[^.;]*\bmuscle strength\b[^.;]*"), "weak; muscle strength rose and rose; unchanged"
    assert pattern._led is not None
    assert [place for place in range(len(text)) if pattern._led.match(text, place)] == [text.index(" muscle")]
    assert [match.group() for match in pattern.search_all(text)] == [" muscle strength rose and rose"]
