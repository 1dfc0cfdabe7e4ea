"""Deciding once: the same thing said again writes nothing; another thing, or the same of a changed record, is a new row."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from small_review import REPORT_OF, write_results
from winnow import tables
from winnow.cli import main
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.review import Review
from winnow.screen import deciding, stage
from winnow.screen.deciding import Decision, Overtaken

Write = Callable[..., Path]
WANG = "decisions/screening/wang.csv"

#: Ways to name the same two reports, and what can be said of them.
said = st.builds(
    Decision,
    st.sampled_from(["1", "pubmed:1", "10.1000/one", "embase:9", "2", "PMID: 2"]),
    st.sampled_from(["title_abstract", "full_text"]),
    st.sampled_from(["include", "unclear"]),
    basis=st.sampled_from(["title", "abstract"]),
    note=st.sampled_from(["", "=1+1", " two\r\nlines "]),
)


def rows(root: Path, path: str = WANG, kind: str = "screening") -> tuple[dict[str, str], ...]:
    one = ledger.read(root / path, KINDS[kind])
    assert one.verify() == [] and ledger.faults(one) == []
    return one.rows


def what(decision: Decision) -> tuple[str, ...]:
    return decision.decision, decision.basis, ledger.clean(decision.note)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(decisions=st.lists(said, max_size=8))
def test_a_row_is_written_when_and_only_when_it_says_something_new(
    small_review: Review, decisions: list[Decision]
) -> None:
    """Whatever is decided in whatever order and under whatever id, the ledger has a row for each change of mind and no other."""
    (small_review.root / WANG).unlink(missing_ok=True)
    seen = deciding.known(small_review)
    assert seen is not None
    standing: dict[tuple[str, str], tuple[str, ...]] = {}
    changes = 0
    for decision in decisions:
        place = (seen.identities.named(decision.id).report, decision.stage)
        written = deciding.decide(small_review, "wang", decision, seen)
        assert written.new == (standing.get(place) != what(decision))
        changes += written.new
        standing[place] = what(decision)
        assert written.seal == [row["seal"] for row in rows(small_review.root) if same(row, place, seen)][-1]
    if decisions:
        assert len(rows(small_review.root)) == changes


def same(row: dict[str, str], place: tuple[str, str], seen: Any) -> bool:
    return (seen.identities.named(row["id"]).report, row["stage"]) == place


def test_programs_that_say_the_same_at_once_write_one_row(small_review: Review) -> None:
    """Four processes decide alike at the same time: one row, exit 0 for all, and three are told that it was recorded."""
    command = [sys.executable, "-m", "winnow", "decide", "1", "include", "--reviewer", "wang", "--stage"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    programs = [
        subprocess.Popen(
            [*command, "title_abstract"], stdout=subprocess.PIPE, text=True, env=env, cwd=small_review.root
        )
        for _ in range(4)
    ]
    lines = [program.communicate(timeout=60)[0] for program in programs]
    assert [program.returncode for program in programs] == [0] * 4
    assert sorted("already recorded" in line for line in lines) == [False, True, True, True]
    assert len(rows(small_review.root)) == 1


@pytest.mark.parametrize(
    ("stage", "words", "otherwise", "path"),
    [
        ("retrieval", ["1", "obtained", "--from", "x"], ["10.1000/one", "obtained", "--from", "y"], "retrieval"),
        ("duplicates", ["1", "same", "--other", "4"], ["4", "different", "--other", "1"], "duplicates"),
    ],
)
def test_shared_ledgers_take_a_thing_once_from_each_person(
    small_review: Review, monkeypatch: pytest.MonkeyPatch, stage: str, words: list[str], otherwise: list[str], path: str
) -> None:
    """The same again by the same person is no row; by another person, or after somebody said otherwise, it is."""
    monkeypatch.chdir(small_review.root)
    for reviewer, said, count in (
        ("wang", words, 1), ("wang", words, 1), ("li", words, 2), ("li", words, 2), ("wang", otherwise, 3), ("wang", words, 4),
    ):  # fmt: skip
        assert main(["decide", *said, "--reviewer", reviewer, "--stage", stage]) == 0
        assert len(rows(small_review.root, f"decisions/{path}.csv", path)) == count


def test_the_same_of_a_changed_record_is_a_new_row(small_review: Review) -> None:
    """An abstract came since: deciding alike again says that the new one was read, and the decision is stale no more."""
    decision = Decision("2", "title_abstract", "include")
    assert deciding.decide(small_review, "wang", decision).new
    records = [row for _, row in tables.read_rows(small_review.result("records", "records.csv"))]
    for row in records:
        row["abstract"] = row["abstract"] or "Kettles."
    write_results(small_review.root, records, REPORT_OF)
    again = deciding.decide(small_review, "wang", decision)
    assert again.new and again.supersedes and not deciding.decide(small_review, "wang", decision).new


def test_a_row_typed_by_hand_is_decided_anew_to_get_its_fingerprint(small_review: Review, write_ledger: Write) -> None:
    """A row without a fingerprint says nothing of what was read, so the same decision is one row more."""
    write_ledger("screening", {"id": "1", "decision": "include"})
    assert [deciding.decide(small_review, "wang", Decision("1", "title_abstract", "include")).new for _ in "12"] == [
        True, False,
    ]  # fmt: skip


def test_an_adjudicator_settles_again_what_was_written_since(small_review: Review) -> None:
    """The same verdict again is recorded already, until a reviewer writes anew; then it names the new row."""
    verdict = Decision("1", "title_abstract", "include", role="adjudicator")
    deciding.decide(small_review, "wang", Decision("1", "title_abstract", "include"))
    deciding.decide(small_review, "li", Decision("1", "title_abstract", "exclude"))
    assert [deciding.decide(small_review, "zhou", verdict).new for _ in "12"] == [True, False]
    changed = deciding.decide(small_review, "li", Decision("1", "title_abstract", "exclude", note="still"))
    again = deciding.decide(small_review, "zhou", verdict)
    assert again.new and changed.seal in tables.split(again.supersedes)


def test_a_new_decision_replaces_all_that_the_person_said_of_what_is_one_report_now(small_review: Review) -> None:
    """Two records were decided differently and then merged: one row of the same person settles both."""
    for identifier, word in (("2", "exclude"), ("4", "include")):
        deciding.decide(small_review, "wang", Decision(identifier, "title_abstract", word))
        deciding.decide(small_review, "li", Decision(identifier, "title_abstract", "include"))
    records = [row for _, row in tables.read_rows(small_review.result("records", "records.csv"))]
    write_results(small_review.root, records, REPORT_OF | {"pubmed:4": "pubmed:2"})
    first, second = rows(small_review.root)
    written = deciding.decide(small_review, "wang", Decision("4", "title_abstract", "include"))
    assert written.new and set(tables.split(written.supersedes)) == {first["seal"], second["seal"]}
    stage.run(small_review)
    decisions = tables.rows(tables.read(small_review.result("screen", "decisions.csv")))
    assert [
        row["agreed"] for row in decisions if (row["report_id"], row["stage"]) == ("pubmed:2", "title_abstract")
    ] == ["yes"]


def test_what_a_person_was_not_shown_is_not_overwritten(small_review: Review) -> None:
    """A page made before the row that stands now is refused, unless it says the same; nothing is written then."""
    first = deciding.decide(small_review, "wang", Decision("1", "title_abstract", "include"), previous="")
    with pytest.raises(Overtaken, match="nothing was written"):
        deciding.decide(small_review, "wang", Decision("1", "title_abstract", "exclude"), previous="")
    assert not deciding.decide(small_review, "wang", Decision("1", "title_abstract", "include"), previous="").new
    deciding.decide(small_review, "wang", Decision("1", "title_abstract", "exclude"), previous=first.seal)
    with pytest.raises(Overtaken):
        deciding.rule(small_review, "1", "4", "same", "wang", previous="0" * 64)
    with pytest.raises(Overtaken):
        deciding.retrieve(small_review, {"id": "1", "status": "obtained", "by": "wang"}, previous="0" * 64)
    assert len(rows(small_review.root)) == 2
    assert not list((small_review.root / "decisions").glob("*.csv"))
