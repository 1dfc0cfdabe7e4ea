"""Resolving: an adjudicator, agreeing people, rules, else open; nothing that two people disagree on is settled by chance."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.decisions.fingerprint import Now
from winnow.decisions.resolve import Judgement, Readers, current, drawn, outcome

PAIR = Readers(("li", "wang"), 2)
ONE = Readers()


def row(order: int, reviewer: str, decision: str, **cells: Any) -> Judgement:
    given = {
        "report_id": "r", "records": frozenset({"r"}), "stage": "title_abstract", "criterion": "", "role": "reviewer",
        "basis": "title", "date": "2026-01-01", "fingerprint": "", "supersedes": "", "link": f"{order:064d}",
    }  # fmt: skip
    return Judgement(reviewer=reviewer, decision=decision, order=order, **(given | cells))


#: (case, the rows as (reviewer, decision, more), readers, decision, agreed, why)
CASES: list[tuple[str, list[tuple[str, str, dict[str, Any]]], Readers, str, str, str]] = [
    ("nobody", [], PAIR, "awaiting", "", "no decision"),
    ("one of one", [("li", "include", {})], ONE, "include", "single", ""),
    ("one of two", [("li", "include", {})], PAIR, "awaiting", "", "second reader"),
    ("both include", [("li", "include", {}), ("wang", "include", {})], PAIR, "include", "yes", ""),
    ("both exclude", [("li", "exclude", {}), ("wang", "exclude", {})], PAIR, "exclude", "yes", ""),
    ("include and unclear advance", [("li", "include", {}), ("wang", "unclear", {})], PAIR, "include", "yes", ""),
    ("two unclear advance", [("li", "unclear", {}), ("wang", "unclear", {})], PAIR, "include", "yes", ""),
    ("include against exclude", [("li", "include", {}), ("wang", "exclude", {})], PAIR, "awaiting", "", "conflict"),
    ("unclear against exclude", [("li", "unclear", {}), ("wang", "exclude", {})], PAIR, "awaiting", "", "conflict"),
    (
        "adjudicated",
        [("li", "include", {}), ("wang", "exclude", {}), ("zhou", "exclude", {"role": "adjudicator"})],
        PAIR,
        "exclude",
        "adjudicated",
        "",
    ),
    (
        "an adjudicator may be one of the two",
        [("li", "include", {}), ("wang", "exclude", {}), ("li", "exclude", {"role": "adjudicator"})],
        PAIR,
        "exclude",
        "adjudicated",
        "",
    ),
    (
        "two adjudicators at odds",
        [("zhou", "exclude", {"role": "adjudicator"}), ("sun", "include", {"role": "adjudicator"})],
        PAIR,
        "awaiting",
        "",
        "conflict",
    ),
    (
        "a changed mind",
        [("li", "include", {}), ("li", "exclude", {"supersedes": "previous"})],
        ONE,
        "exclude",
        "single",
        "",
    ),
    (
        "superseded by its seal",
        [("li", "include", {}), ("li", "exclude", {"supersedes": "0" * 64, "records": frozenset("q")})],
        ONE,
        "exclude",
        "single",
        "",
    ),
    (
        "nobody supersedes another's row",
        [("li", "include", {}), ("wang", "exclude", {"supersedes": "0" * 64})],
        PAIR,
        "awaiting",
        "",
        "conflict",
    ),
    (
        "at full text unclear is no include",
        [("li", "include", {"stage": "full_text"}), ("wang", "unclear", {"stage": "full_text"})],
        PAIR,
        "awaiting",
        "",
        "conflict",
    ),
    (
        "at full text two unclear await",
        [("li", "unclear", {"stage": "full_text"}), ("wang", "unclear", {"stage": "full_text"})],
        PAIR,
        "awaiting",
        "",
        "no decision",
    ),
    (
        "one person's decisions on two records that were merged",
        [("li", "include", {"records": frozenset("a")}), ("li", "exclude", {"records": frozenset("b")})],
        ONE,
        "awaiting",
        "",
        "reopened",
    ),
    (
        "two people's decisions on two records that were merged",
        [("li", "include", {"records": frozenset("a")}), ("wang", "exclude", {"records": frozenset("b")})],
        PAIR,
        "awaiting",
        "",
        "reopened",
    ),
    (
        "the same decision on two records that were merged",
        [("li", "include", {"records": frozenset("a")}), ("li", "include", {"records": frozenset("b")})],
        ONE,
        "include",
        "single",
        "",
    ),
    (
        "what was adjudicated on one record does not settle what was decided on another",
        [
            ("zhou", "include", {"records": frozenset("a"), "role": "adjudicator"}),
            ("li", "exclude", {"records": frozenset("b")}),
        ],
        ONE,
        "awaiting",
        "",
        "reopened",
    ),
    (
        "until an adjudicator names that decision's seal",
        [
            ("li", "exclude", {"records": frozenset("b")}),
            ("zhou", "include", {"records": frozenset("a"), "role": "adjudicator", "supersedes": "0" * 64}),
        ],
        ONE,
        "include",
        "adjudicated",
        "",
    ),
    (
        "a seal that is named was there before, whatever the dates say",
        [
            ("zhou", "include", {"records": frozenset("a"), "role": "adjudicator", "supersedes": "0" * 63 + "1"}),
            ("li", "exclude", {"records": frozenset("b")}),
        ],
        ONE,
        "include",
        "adjudicated",
        "",
    ),
    (
        "a PMID and a DOI of one record are one matter",
        [("li", "include", {"records": frozenset("a")}), ("wang", "exclude", {"records": frozenset("ab")})],
        PAIR,
        "awaiting",
        "",
        "conflict",
    ),
]


@pytest.mark.parametrize(
    ("rows", "readers", "decision", "agreed", "why"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_case(
    rows: list[tuple[str, str, dict[str, Any]]], readers: Readers, decision: str, agreed: str, why: str
) -> None:
    """Each case comes to its decision, says whether people agreed, and why somebody is still needed."""
    stage = rows[0][2].get("stage", "title_abstract") if rows else "title_abstract"
    judgements = [row(n, who, said, **more) for n, (who, said, more) in enumerate(rows)]
    found = outcome(stage, "r", judgements, readers)
    assert (found.decision, found.agreed, found.why) == (decision, agreed, why)


def test_who_is_waited_for() -> None:
    """The missing readers by name, or the adjudicator."""
    assert outcome("title_abstract", "r", [], PAIR).waiting_for == "li; wang"
    assert outcome("title_abstract", "r", [row(0, "li", "include")], PAIR).waiting_for == "wang"
    both = [row(0, "li", "include"), row(1, "wang", "exclude")]
    assert outcome("title_abstract", "r", both, PAIR).waiting_for == "adjudicator"


def test_of_several_reasons_the_first_in_protocol_order_is_the_primary_one() -> None:
    """Two who exclude for different reasons agree; the reason printed does not depend on who came first."""
    rows = [row(0, "li", "exclude", criterion="b"), row(1, "wang", "exclude", criterion="c")]
    order = ["c", "b"].index
    for judgements in (rows, rows[::-1]):
        found = outcome("title_abstract", "r", judgements, PAIR, rank_reason=order)
        assert (found.decision, found.reason, found.by) == ("exclude", "c", "li; wang")


def test_a_changed_record_makes_its_decision_stale_and_keeps_it() -> None:
    """The decision stands, says which part changed, and is listed for another look."""
    then, current_print = "a-b-c-d", "a-x-c-y"
    now = Now(current_print)
    rows = [row(0, "li", "include", fingerprint=then), row(1, "wang", "include", fingerprint=then)]
    found = outcome("title_abstract", "r", rows, PAIR, now=now)
    assert (found.decision, found.why, found.waiting_for) == ("include", "stale", "li; wang")
    assert found.stale == "abstract, notices changed since it was decided"
    fresh = [rows[0], row(1, "wang", "include", fingerprint=current_print)]
    assert outcome("title_abstract", "r", fresh, PAIR, now=now).stale == ""
    unknown = [row(0, "li", "include"), row(1, "wang", "include")]
    assert outcome("title_abstract", "r", unknown, PAIR, now=now).stale == ""


decisions = st.sampled_from(["include", "exclude", "unclear"])
votes = st.lists(st.tuples(st.sampled_from(["li", "wang", "sun"]), decisions, st.booleans()), max_size=6)


@given(votes, st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_in_which_chains_are_read_makes_no_difference(
    said: list[tuple[str, str, bool]], needed: int, shuffle: random.Random
) -> None:
    """Branches merge in any order: the outcome depends on the rows alone."""
    rows = [row(n, who, what, supersedes="previous" if again else "") for n, (who, what, again) in enumerate(said)]
    mixed = list(rows)
    shuffle.shuffle(mixed)
    readers = Readers(("li", "sun", "wang"), needed)
    assert outcome("title_abstract", "r", rows, readers) == outcome("title_abstract", "r", mixed, readers)


@given(votes, st.integers(1, 3))
def test_include_and_exclude_are_never_settled_without_an_adjudicator(
    said: list[tuple[str, str, bool]], needed: int
) -> None:
    """If any two people's last words differ in direction, the report stays open."""
    rows = [row(n, who, what) for n, (who, what, _) in enumerate(said)]
    last = {who: "exclude" if what == "exclude" else "advance" for who, what, _ in said}
    found = outcome("title_abstract", "r", rows, Readers(("li", "sun", "wang"), needed))
    if len(set(last.values())) > 1:
        assert (found.decision, found.why) == ("awaiting", "conflict")
    elif len(last) >= needed:
        assert found.decision == ("exclude" if "exclude" in last.values() else "include")
    else:
        assert found.decision == "awaiting"


@given(votes)
def test_only_rows_that_something_replaced_are_left_out(said: list[tuple[str, str, bool]]) -> None:
    """Each reviewer who wrote anything still speaks, exactly once per record."""
    rows = [row(n, who, what, supersedes="previous" if again else "") for n, (who, what, again) in enumerate(said)]
    assert sorted(r.reviewer for r in current(rows)) == sorted({who for who, _, _ in said})


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=30), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_sample_contains_the_smaller(ids: list[str], one: float, other: float) -> None:
    """Raising the share only adds reports; no share is nobody, the whole share is everybody."""
    small, large = sorted((one, other))
    assert {r for r in ids if drawn("full_text", r, small)} <= {r for r in ids if drawn("full_text", r, large)}
    assert all(drawn("full_text", r, 1.0) and not drawn("full_text", r, 0.0) for r in ids)


def test_the_sample_has_the_share_that_was_asked_for() -> None:
    """A tenth of 20,000 reports is a tenth, within chance; the draw is fixed for ever."""
    share = sum(drawn("title_abstract", f"pubmed:{n}", 0.1) for n in range(20_000)) / 20_000
    assert abs(share - 0.1) < 0.01
    assert [n for n in range(40) if drawn("title_abstract", f"pubmed:{n}", 0.1)] == [20, 25, 33]


def test_reports_outside_the_sample_need_one_reader() -> None:
    """With a sample, a report that was not drawn is decided by one."""
    readers = Readers(("li", "wang"), 2, 0.0)
    assert outcome("title_abstract", "r", [row(0, "li", "exclude")], readers).decision == "exclude"
