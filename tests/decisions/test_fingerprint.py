"""Fingerprints: what can change a judgement changes them, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.decisions.fingerprint import Now, fingerprint

REPORT = {
    "title": "Sunlight for teapots: a trial",
    "abstract": "Thirty teapots (n = 30) were treated.",
    "publication_types": "Journal Article; Randomized Controlled Trial",
    "notices": "",
}

SAME = [
    {"title": "  SUNLIGHT for  teapots — a trial. "},
    {"title": "Ｓunlight for teapots: a trial"},
    {"abstract": "Thirty teapots (n=30) were treated"},
    {"publication_types": "Randomized Controlled Trial; Journal Article"},
    {"publication_types": "Randomized Controlled Trial; Article; 期刊论文"},
    {"authors": "Nobody, N", "pages": "1-9", "mesh": "Tea"},
]
DIFFERENT = [
    ({"title": "Moonlight for teapots: a trial"}, "title"),
    ({"title": "茶壶"}, "title"),
    ({"abstract": "Thirty teapots (n = 31) were treated."}, "abstract"),
    ({"abstract": ""}, "abstract"),
    ({"publication_types": "Journal Article; Review"}, "publication types"),
    ({"notices": "retraction: 10.1000/retracted"}, "notices"),
]


@pytest.mark.parametrize("cells", SAME)
def test_what_cannot_change_a_judgement_changes_nothing(cells: dict[str, str]) -> None:
    """Case, width, spaces, punctuation, the order of a list and other columns leave the fingerprint alone."""
    assert fingerprint(REPORT | cells) == fingerprint(REPORT)


@pytest.mark.parametrize(("cells", "part"), DIFFERENT)
def test_what_can_change_a_judgement_is_named(cells: dict[str, str], part: str) -> None:
    """A change of one part is told, and which part it is."""
    assert Now(fingerprint(REPORT | cells)).changes(fingerprint(REPORT)) == [part]


@pytest.mark.parametrize(
    ("one", "other"), [("P < 0.05", "P > 0.05"), ("rose by +3 %", "rose by 3"), ("对照组", "治疗组")]
)
def test_signs_and_characters_that_turn_a_finding_round_count(one: str, other: str) -> None:
    """An abstract's comparison signs and every Chinese character are part of it."""
    assert fingerprint({"abstract": one}) != fingerprint({"abstract": other})


@given(st.dictionaries(st.sampled_from(sorted(REPORT)), st.text(max_size=20)))
def test_a_fingerprint_is_the_same_each_time_and_differs_from_itself_in_nothing(report: dict[str, str]) -> None:
    """A fingerprint depends on the cells alone."""
    assert fingerprint(report) == fingerprint(dict(reversed(report.items())))
    assert Now(fingerprint(report)).changes(fingerprint(report)) == []


def test_a_fingerprint_of_another_form_is_another_record() -> None:
    """What cannot be compared part by part is stale as a whole; an unknown one is not stale."""
    assert Now(fingerprint(REPORT)).changes("abc") == ["the record"]
    assert Now(fingerprint(REPORT)).changes("") == Now().changes(fingerprint(REPORT)) == []


def now(merged: dict[str, str], *records: dict[str, str]) -> Now:
    return Now(fingerprint(merged), tuple(fingerprint(record) for record in records))


def test_a_second_source_of_what_was_read_changes_nothing() -> None:
    """Another database brings a longer abstract and one more type: what the reviewer read is still there."""
    other = REPORT | {
        "abstract": REPORT["abstract"] + " Copyright the teapots.",
        "publication_types": "Conference Paper",
    }
    merged = REPORT | {
        "abstract": other["abstract"],
        "publication_types": "Randomized Controlled Trial; Conference Paper",
    }
    assert now(merged, REPORT, other).changes(fingerprint(REPORT)) == []


def test_a_second_source_of_what_was_not_there_is_a_change() -> None:
    """An abstract where there was none, or a notice from any source, asks for another look."""
    bare = REPORT | {"abstract": ""}
    assert now(REPORT, bare, REPORT).changes(fingerprint(bare)) == ["abstract"]
    retracted = REPORT | {"notices": "retracted in 10.1000/r"}
    assert now(retracted, REPORT, retracted).changes(fingerprint(REPORT)) == ["notices"]


def test_a_record_that_its_own_database_changed_is_a_change() -> None:
    """If no record says any more what was read, the part that differs is named."""
    changed = REPORT | {"abstract": "Forty teapots were treated."}
    assert now(changed, changed).changes(fingerprint(REPORT)) == ["abstract"]
