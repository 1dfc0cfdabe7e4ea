"""Laws of signals: what holds, what is denied, and that evidence is where it is said to be."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from winnow.screen import criteria as criteria_files
from winnow.screen.signals import holds
from winnow.screen.verdicts import verdicts
from winnow.wording.documents import Batch, Document, Span
from winnow.wording.patterns import Near, Phrases, compiled
from winnow.wording.texts import Texts
from winnow.wording.tokens import folded, lowered


def stretches(phrase: str, text: str, sentences: Sequence[tuple[int, int]] = ((0, 1000),)) -> list[tuple[int, int]]:
    """Where a phrase stands in one text."""
    found = Phrases([compiled(phrase)]).found(Texts([text], lambda _: sentences))
    return list(zip(found[0].first.tolist(), found[0].last.tolist(), strict=True)) if found else []


CASES = yaml.safe_load(Path(__file__).with_name("criteria_cases.yaml").read_text(encoding="utf-8"))


def load(tmp_path: Path, text: dict[str, Any]) -> criteria_files.Criteria:
    path = tmp_path / "criteria.yaml"
    path.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    return criteria_files.load(path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_case_law(case: dict[str, Any], tmp_path: Path) -> None:
    """Each case of criteria_cases.yaml holds or not as it says."""
    criteria = load(tmp_path, {"criteria": [{"id": "one", "met": [case["signal"]]}]})
    row = {key: str(case[key]) for key in case if key not in ("why", "signal", "holds")}
    held, span = holds(next(iter(criteria)).met[0], Document(row))
    assert held is case["holds"]
    if held and span:
        assert row[span.field][span.start : span.end]


@given(st.text(max_size=80))
def test_folding_keeps_every_place(text: str) -> None:
    """Folding and lower case change no text's length, so that offsets hold in the original."""
    assert len(folded(text)) == len(text) == len(lowered(folded(text)))


@given(
    st.lists(
        st.sampled_from(["IVIG", "in", "肌炎", "patients", "was not given", "Résumé", "ﬁve", "İstanbul", "."]),
        max_size=9,
    )
)
def test_the_quote_is_where_it_is_said_to_be(words: list[str]) -> None:
    """Every verdict's quote equals field[start:end] of the table as it stands, in any script."""
    text = " ".join(words)
    records = pd.DataFrame([{"record_id": "r1", "title": text, "abstract": f"{text}. {text}", "mesh": "IVIG"}])
    criterion = {"id": "one", "met": [{"any": ["IVIG", "肌炎"], "in": ["abstract", "title"]}], "not_met": ["patients"]}
    reader = criteria_files._built({"criteria": [criterion]}, "made up", {}, frozenset())
    row = verdicts(records, reader).iloc[0]
    if row["quote"]:
        assert records.loc[0, row["field"]][int(row["start"]) : int(row["end"])] == row["quote"]
    else:
        assert row["verdict"] == "unclear"


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "a", "IVIG"]), max_size=12))
def test_a_phrase_is_found_just_where_its_words_follow_each_other(words: list[str]) -> None:
    """The word index gives the same places as reading the text from left to right."""
    found = [start for start, _ in stretches("alpha beta", " ".join(words))]
    assert found == [i for i in range(len(words) - 1) if words[i : i + 2] == ["alpha", "beta"]]


@pytest.mark.parametrize(
    "phrase",
    [
        "(a|b",
        "a)",
        "NEAR/3 x",
        "x NEAR/3",
        "x NEAR/ y",
        "x NEAR/9999999 y",
        "x PRE/" + "9" * 5000 + " y",
        "()",
        "(a|b)*",
        "*",
        "!!!",
        "(a)?",
    ],
    ids=lambda phrase: phrase[:20],
)
def test_a_phrase_that_cannot_be_read_is_a_fault_with_its_line(phrase: str, tmp_path: Path) -> None:
    """A broken phrase is refused when the file is loaded, with file and line, not found to match nothing later."""
    path = tmp_path / "criteria.yaml"
    path.write_text(f'criteria:\n  - id: one\n    met:\n      - any: ["{phrase}"]\n', encoding="utf-8")
    with pytest.raises(Exception, match=r"criteria\.yaml:4: .* - see docs/screening-criteria\.md"):
        criteria_files.load(path)


WORDS = ("alpha", "beta", "gamma", "delta")
#: A phrase as it is written, and every way of putting it.
SAID = st.recursive(
    st.sampled_from(WORDS).map(lambda word: (word, {(word,)})),
    lambda parts: st.one_of(
        st.tuples(parts, parts).map(
            lambda two: (f"{two[0][0]} {two[1][0]}", {a + b for a in two[0][1] for b in two[1][1]})
        ),
        st.tuples(parts, parts).map(lambda two: (f"({two[0][0]}|{two[1][0]})", two[0][1] | two[1][1])),
        st.tuples(parts, parts).map(
            lambda two: (f"({two[0][0]})? {two[1][0]}", {a + b for a in {(), *two[0][1]} for b in two[1][1]})
        ),
    ),
    max_leaves=5,
)


@given(SAID, st.lists(st.sampled_from([*WORDS, "other", "of"]), max_size=14))
def test_every_way_of_putting_a_phrase_is_found_and_no_other(
    said: tuple[str, set[tuple[str, ...]]], words: list[str]
) -> None:
    """Brackets, bars and optional words mean what writing all forms out would mean; no shortcut loses one."""
    phrase, forms = said
    found = set(stretches(phrase, " ".join(words)))
    read = {
        (first, first + len(form))
        for form in forms
        for first in range(len(words) - len(form) + 1)
        if tuple(words[first : first + len(form)]) == form
    }
    assert found == read


def test_a_wide_near_costs_no_more_for_being_read_with_others() -> None:
    """Words of one text are never paired with those of another, however far NEAR/n reaches: that grows with the square."""
    text = "alpha gamma beta delta"
    batch = Batch([{"title": text}] * 2000)
    pattern = compiled("alpha NEAR/99999 beta")
    assert isinstance(pattern.node, Near)
    tracemalloc.start()
    try:
        found = pattern.node.stretches(batch.texts)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None and len(found.first) == 2000
    assert most < 8 << 20, most


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "."]), max_size=14), st.integers(0, 4))
def test_near_means_so_many_words_between_in_one_sentence(words: list[str], reach: int) -> None:
    """NEAR/n counts the words between and stays within the sentence, in either order."""
    text = " ".join(words)
    stops = [0, *(place + 1 for place, sign in enumerate(text) if sign == "."), len(text)]
    sentences = [span for span in pairwise(stops) if span[0] < span[1]]
    found = set(stretches(f"alpha NEAR/{reach} beta", text, sentences))
    place, sentence, spoken = 0, 0, []
    for word in words:
        if word == ".":
            sentence += 1
        else:
            spoken.append((word, sentence, place))
            place += 1
    read = {
        (one[2], other[2] + 1)
        for one in spoken
        for other in spoken
        if one[2] < other[2]
        and {one[0], other[0]} == {"alpha", "beta"}
        and one[1] == other[1]
        and other[2] - one[2] - 1 <= reach
    }
    assert found == read


@given(st.lists(st.lists(st.sampled_from([*WORDS, ".", "no", "but", "茶", "壶"]), max_size=8), min_size=1, max_size=5))
def test_a_report_says_alone_what_it_says_among_others(texts: list[list[str]]) -> None:
    """No phrase reaches from one text into the next, and none is lost where texts are searched together."""
    rows = [{"title": " ".join(words), "abstract": " ".join(words[::-1])} for words in texts]
    for phrase in ("alpha beta", "alpha NEAR/3 gamma", "* beta", "beta *", "茶壶", "(alpha|beta)? gamma"):
        phrases = Phrases([compiled(phrase)])
        for row, document in zip(rows, Batch(rows), strict=True):
            alone = Document(row)
            for field in row:
                here, there = document.mentions(phrases, field), alone.mentions(phrases, field)
                assert [(document.span(one), document.negated(one)) for one in here] == [
                    (alone.span(one), alone.negated(one)) for one in there
                ]


def test_a_phrase_that_is_new_is_found_in_texts_that_were_read_before() -> None:
    """Words that nobody had asked for when a text was read are found when somebody does."""
    document = Document({"title": "An unheard-of zarquon in a text"})
    [mention] = document.mentions(Phrases([compiled("zarquon in")]), "title")
    assert document.span(mention) == Span("title", 14, 24)
