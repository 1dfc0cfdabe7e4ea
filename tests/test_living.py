"""A review that lives: each test asks one thing of every step of :mod:`walkthrough_life`."""

from __future__ import annotations

import json

import pytest

from walkthrough_life import CONCERN, LIFE, RETRACTED, SEARCHES, Step, life
from winnow import tables
from winnow.report.changes import KINDS

__all__ = ["life"]


@pytest.mark.parametrize("name", LIFE)
def test_the_flow_adds_up(life: dict[str, Step], name: str) -> None:
    """Every equation holds, every number is the length of its list, and the studies carried over are those that were there."""
    step = life[name]
    assert all(one["left"] == one["right"] for one in json.loads(step.contents["report/flow.json"])["identities"])
    for key, box in step.flow().items():
        if box["n"] is not None:
            assert len(step.rows(f"report/lists/{key}.csv")) == box["n"], key
    earlier = [life[other] for other, searches in LIFE.items() if searches < LIFE[name]]
    if earlier:
        total = earlier[-1].flow()["total_studies"]["n"]
        assert step.flow()["previous_studies"]["n"] == (
            earlier[-1].flow()["new_studies"]["n"] if total is None else total
        )


@pytest.mark.parametrize("name", list(LIFE)[1:])
def test_no_earlier_decision_is_lost_or_changed(life: dict[str, Step], name: str) -> None:
    """What was decided at any earlier step is decided the same way by the same people, and no ledger row is touched."""
    step = life[name]
    for other in list(LIFE)[: list(LIFE).index(name)]:
        now = step.decisions()
        for key, row in life[other].decisions().items():
            if row["decision"] != "awaiting":
                assert [now[key][column] for column in ("decision", "reason", "by", "agreed")] == [
                    row[column] for column in ("decision", "reason", "by", "agreed")
                ], (other, key)
        for path, content in life[other].ledgers.items():
            assert step.ledgers[path].startswith(content), (other, path)


@pytest.mark.parametrize("name", LIFE)
def test_everything_that_needs_a_person_is_listed(life: dict[str, Step], name: str) -> None:
    """The worklist has exactly the decisions that are awaited or stale, and every new notice is in the table of changes."""
    step = life[name]
    needed = {key for key, row in step.decisions().items() if row["decision"] == "awaiting" or row["stale"]}
    listed = {
        (row["report_id"], row["stage"]) for row in step.rows("screen/to_decide.csv") if row["stage"] != "duplicates"
    }
    assert listed == needed
    stale = {(row["report_id"], row["what"]) for row in step.changes("stale")}
    assert LIFE[name] == 1 or stale == {key for key, row in step.decisions().items() if row["stale"]}


@pytest.mark.parametrize("name", list(LIFE)[1:])
def test_new_is_what_no_earlier_search_found(life: dict[str, Step], name: str) -> None:
    """The new and late rows are exactly the records of reports of which no earlier search has one; each row's ids open."""
    step = life[name]
    latest = list(SEARCHES)[LIFE[name] - 1]
    report_of = {row["record_id"]: row["report_id"] for row in step.rows("deduplicate/reports.csv")}
    records = step.rows("records/records.csv")
    known = {report_of[row["record_id"]] for row in records if row["search_id"] != latest}
    new = {row["record_id"] for row in records if report_of[row["record_id"]] not in known}
    assert {row["record_id"] for kind in ("new", "late") for row in step.changes(kind)} == new
    for row in step.rows("report/changes.csv"):
        assert row["change"] in KINDS
        assert set(tables.split(row["report_id"])) <= set(report_of.values())
        assert not row["record_id"] or report_of[row["record_id"]] == row["report_id"]


def test_a_record_of_an_old_year_is_late(life: dict[str, Step]) -> None:
    """The report of 2015 that the search of 2019 covered and did not find is told apart from those of new years."""
    assert {row["year"] for row in life["update"].changes("late")} == {"2015"}
    assert all(int(row["year"]) > 2019 for row in life["update"].changes("new"))


def test_conclusions_move_from_the_review_before_to_the_review_now(life: dict[str, Step]) -> None:
    """Before is what the original concluded, now is what the update concludes: five studies become seven."""
    moved = {row["what"]: (row["before"], row["after"]) for row in life["update"].changes("conclusion")}
    assert moved["counts: studies, all"] == (
        "5 studies, 193 participants in 5 of them",
        "7 studies, 309 participants in 7 of them",
    )
    assert [pair for what, pair in moved.items() if what.startswith("pooled: response, randomised, all")] == [
        ("38 of 54 in 2 studies", "0.6970 (0.5997 to 0.7793): 69 of 99 in 3 studies")
    ]
    for before, after in (("original", 0), ("update", 1)):
        stated = {row["statement"] for row in life[before].rows("synthesise/statements.csv")}
        assert {pair[after] for what, pair in moved.items() if what.startswith("statements")} <= stated


def test_an_amended_criterion_shows_what_it_would_change_and_changes_nothing(life: dict[str, Step]) -> None:
    """The follow-up's verdict differs under the amended criterion; decisions and flow stay, and the amendment is told."""
    (row,) = life["amended"].changes("verdict")
    assert (row["report_id"], row["what"], row["state"]) == ("pubmed:90000021", "intervention", "included")
    assert row["before"].startswith("met: ") and row["after"].startswith("unclear: ")
    assert life["decided"].changes("verdict") == []
    assert life["amended"].contents["screen/decisions.csv"] == life["decided"].contents["screen/decisions.csv"]
    assert life["amended"].contents["report/prisma.json"] == life["decided"].contents["report/prisma.json"]
    page = life["amended"].contents["report/index.html"].decode()
    told = life["amended"].contents["report/changes.md"].decode()
    for line in life["amended"].ledgers["amendments.csv"].decode().splitlines()[1:]:
        cells = line.split(",")
        assert cells[2] in page and cells[2] in told
    assert "follow-ups are left out" in page


def test_a_retraction_is_flagged_and_excludes_nothing(life: dict[str, Step]) -> None:
    """Notices of records and of the status folder are told with their report; the reports stay included, for people to judge."""
    step = life["retraction"]
    assert {(row["report_id"], row["after"], row["state"]) for row in step.changes("notice")} == {
        (RETRACTED[1], "retracted in pubmed:90000099", "included"), (*CONCERN, "included"),
    }  # fmt: skip
    assert [row["report_id"] for row in step.changes("notice known")] == ["pubmed:90000003"]
    assert (RETRACTED[1], "full_text") in {(row["report_id"], row["what"]) for row in step.changes("stale")}
    assert step.flow()["total_studies"]["n"] == life["amended"].flow()["total_studies"]["n"]


def test_a_retraction_moves_the_estimate_that_leaves_it_out(life: dict[str, Step]) -> None:
    """Without new studies the estimate over all stays, the one without retracted studies moves, and the row opens what moved it."""
    (row,) = life["second update"].changes("conclusion")
    assert row["what"] == "pooled: response, prospective, without retracted and overlapping"
    assert row["report_id"] == "pubmed:90000003"
    assert row["before"].endswith("50 of 76 in 3 studies") and row["after"] == "39 of 58 in 2 studies"


def test_going_back_gives_the_earlier_bytes(life: dict[str, Step]) -> None:
    """With the earlier config and ledgers every result is as it was, pictures and workbooks included."""
    assert life["back"].contents == life["update"].contents


def test_one_search_has_nothing_to_be_held_against(life: dict[str, Step]) -> None:
    """The original's table of changes is empty, its document says why, and its page has no such section."""
    assert life["original"].rows("report/changes.csv") == []
    assert "one search" in life["original"].contents["report/changes.md"].decode()
    assert b'id="changes"' not in life["original"].contents["report/index.html"]
    assert b'id="changes"' in life["update"].contents["report/index.html"]
