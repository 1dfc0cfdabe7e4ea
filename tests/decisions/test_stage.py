"""The screening stage: ledgers, rules and reports in; one row per report and stage reached out, and all that needs a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from winnow import tables
from winnow.decisions.fingerprint import fingerprint
from winnow.errors import Faults, LedgerError
from winnow.review import Review, load
from winnow.screen import stage

Write = Callable[..., Path]
FULL = {"stage": "full_text", "basis": "full text"}


def decided(review: Review) -> dict[tuple[str, str], dict[str, str]]:
    stage.run(review)
    rows = tables.read_rows(review.result("screen", "decisions.csv"), tables.DECISIONS)
    return {(row["report_id"], row["stage"]): row for _, row in rows}


def table(review: Review, name: str) -> list[dict[str, str]]:
    return [row for _, row in tables.read_rows(review.result("screen", name))]


def configured(review: Review, **screening: Any) -> Review:
    return Review(review.root, review.config_files, review.settings | {"screening": screening})


def test_without_decisions_everything_waits(small_review: Review) -> None:
    """Every report is awaiting at title and abstract and stands in to_decide, with what the rules propose."""
    rows = decided(small_review)
    assert {key: row["decision"] for key, row in rows.items()} == {
        (report, "title_abstract"): "awaiting" for report in ("pubmed:1", "pubmed:2", "pubmed:4", "cnki:aaa")
    }
    to_do = {row["report_id"]: row for row in table(small_review, "to_decide.csv")}
    assert to_do.keys() == {report for report, _ in rows}
    assert {(row["why"], row["waiting_for"]) for row in to_do.values()} == {("no decision", "wang; li")}
    assert (to_do["pubmed:2"]["proposal"], to_do["pubmed:2"]["evidence"]) == ("exclude", "A letter about kettles")
    assert to_do["cnki:aaa"]["title"] == "阳光治疗疲惫茶壶的临床观察"


def test_a_report_goes_through_the_stages(small_review: Review, write_ledger: Write) -> None:
    """Two agree at title and abstract, the full text is obtained, two agree on it: include at each stage."""
    for reviewer in ("wang", "li"):
        write_ledger(
            "screening",
            {"id": "1", "decision": "include"},
            {"id": "10.1000/four", "decision": "include"},
            {"id": "cnki:aaa", "decision": "unclear"},
            {"id": "2", "decision": "exclude", "criterion": "about_teapots"},
            {"id": "1", "decision": "include", **FULL},
            reviewer=reviewer,
        )
    write_ledger(
        "retrieval",
        {"id": "4", "status": "not_retrieved", "reason": "no library holds it", "by": "wang"},
        {"id": "cnki:aaa", "status": "sought", "by": "wang"},
    )
    rows = decided(small_review)
    assert {key: (row["decision"], row["reason"], row["basis"]) for key, row in rows.items()} == {
        ("pubmed:1", "title_abstract"): ("include", "", ""),
        ("pubmed:1", "retrieval"): ("include", "", "full text"),
        ("pubmed:1", "full_text"): ("include", "", "full text"),
        ("pubmed:2", "title_abstract"): ("exclude", "about_teapots", ""),
        ("pubmed:4", "title_abstract"): ("include", "", ""),
        ("pubmed:4", "retrieval"): ("exclude", "no library holds it", ""),
        ("cnki:aaa", "title_abstract"): ("include", "", ""),
        ("cnki:aaa", "retrieval"): ("awaiting", "", ""),
    }
    assert rows["pubmed:1", "title_abstract"]["by"] == "li; wang"
    assert [(row["report_id"], row["stage"]) for row in table(small_review, "to_decide.csv")] == [
        ("cnki:aaa", "retrieval")
    ]


def test_a_full_text_decision_says_that_the_report_went_forward(small_review: Review, write_ledger: Write) -> None:
    """Coded from facts, without a row at title and abstract: the report is included there and was retrieved, on that basis."""
    facts = {"id": "1", "decision": "include", "stage": "full_text", "basis": "public facts"}
    write_ledger("screening", facts)
    review = configured(small_review, reviewers={"full_text": {"people": ["wang"]}})
    rows = decided(review)
    assert [rows["pubmed:1", s]["decision"] for s in ("title_abstract", "retrieval", "full_text")] == ["include"] * 3
    assert {rows["pubmed:1", s]["basis"] for s in ("title_abstract", "retrieval", "full_text")} == {"public facts"}


def test_a_full_text_decision_after_an_exclusion_is_a_conflict(small_review: Review, write_ledger: Write) -> None:
    """Excluded at title and abstract, then assessed all the same: nobody's word is dropped, somebody must look."""
    write_ledger("screening", {"id": "1", "decision": "exclude"}, {"id": "1", "decision": "include", **FULL})
    review = configured(small_review, reviewers={s: {"people": ["wang"]} for s in ("title_abstract", "full_text")})
    rows = decided(review)
    assert rows["pubmed:1", "title_abstract"]["decision"] == "awaiting" and ("pubmed:1", "full_text") not in rows
    assert ("pubmed:1", "conflict") in {(row["report_id"], row["why"]) for row in table(review, "to_decide.csv")}


def test_rules_exclude_only_where_they_may_and_never_over_a_person(small_review: Review, write_ledger: Write) -> None:
    """Under 'exclude' a rule excludes before screening; a person's decision on the report takes its place."""
    review = configured(small_review, rules="exclude", reviewers={"title_abstract": {"people": ["wang"]}})
    row = decided(review)["pubmed:2", "before_screening"]
    assert (row["decision"], row["reason"], row["by"], row["basis"]) == (
        "exclude",
        "about_teapots",
        "rule:about_teapots",
        "title",
    )
    write_ledger("screening", {"id": "2", "decision": "include"})
    rows = decided(review)
    assert ("pubmed:2", "before_screening") not in rows and rows["pubmed:2", "title_abstract"]["decision"] == "include"


def test_a_merge_that_brings_conflicting_decisions_together_reopens(small_review: Review, write_ledger: Write) -> None:
    """Two records were decided apart, then turn out to be one document: the report waits for somebody, as reopened."""
    write_ledger("screening", {"id": "1", "decision": "include"}, {"id": "4", "decision": "exclude"})
    review = configured(small_review, reviewers={"title_abstract": {"people": ["wang"]}})
    assert {row["decision"] for row in decided(review).values()} == {"include", "exclude", "awaiting"}
    records = [row for _, row in tables.read_rows(review.result("records", "records.csv"))]
    reports = [
        {"record_id": r["record_id"], "report_id": {"pubmed:4": "pubmed:1"}.get(r["record_id"], r["record_id"])}
        for r in records
    ]
    tables.write_rows(review.result("deduplicate", "reports.csv"), reports, tables.REPORTS)
    merged = [r for r in records if r["record_id"] != "pubmed:4"]
    tables.write_rows(review.result("deduplicate", "merged.csv"), merged, tables.MERGED)
    assert decided(review)["pubmed:1", "title_abstract"]["decision"] == "awaiting"
    assert ("pubmed:1", "reopened") in {(row["report_id"], row["why"]) for row in table(review, "to_decide.csv")}


def test_a_decision_outlives_a_change_of_the_record_and_says_so(small_review: Review, write_ledger: Write) -> None:
    """The abstract arrives later: the decision stands, is stale, and is listed for another look."""
    seen = fingerprint({"title": "阳光治疗疲惫茶壶的临床观察"})
    write_ledger("screening", {"id": "cnki:aaa", "decision": "include", "fingerprint": seen})
    review = configured(small_review, reviewers={"title_abstract": {"people": ["wang"]}})
    row = decided(review)["cnki:aaa", "title_abstract"]
    assert (row["decision"], row["stale"]) == ("include", "abstract changed since it was decided")
    assert ("cnki:aaa", "title_abstract", "stale") in {
        (row["report_id"], row["stage"], row["why"]) for row in table(review, "to_decide.csv")
    }


def test_an_id_of_no_report_is_listed_and_never_dropped(
    small_review: Review, write_ledger: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """A decision on an unknown id, or on a DOI that two reports carry, stands in a list with its line and why."""
    records = [row for _, row in tables.read_rows(small_review.result("records", "records.csv"))]
    records[1]["doi"] = "10.1000/four"
    tables.write_rows(small_review.result("records", "records.csv"), records, tables.RECORDS)
    write_ledger("screening", {"id": "999", "decision": "include"}, {"id": "10.1000/four", "decision": "exclude"})
    write_ledger("retrieval", {"id": "888", "status": "sought", "by": "li"})
    stage.run(small_review)
    assert [(row["line"], row["id"], row["why"]) for row in table(small_review, "unmatched_decisions.csv")] == [
        ("2", "999", "no record of any search has this id"),
        ("3", "10.1000/four", "the id names 2 reports: pubmed:2; pubmed:4"),
        ("2", "888", "no record of any search has this id"),
    ]
    assert "3 decisions name no report" in capsys.readouterr().err


def test_possible_duplicates_are_listed_until_somebody_rules(small_review: Review, write_ledger: Write) -> None:
    """A pair that may be one document is work; a ruling by any of the records' ids ends it."""
    pair = {"record_id_1": "cnki:aaa", "record_id_2": "embase:9", "verdict": "possible", "evidence": "same year"}
    tables.write_rows(small_review.result("deduplicate", "pairs.csv"), [pair], tables.PAIRS)
    stage.run(small_review)
    row = table(small_review, "to_decide.csv")[-1]
    assert (row["report_id"], row["other_id"], row["stage"], row["why"]) == (
        "cnki:aaa",
        "pubmed:1",
        "duplicates",
        "possible duplicate",
    )
    write_ledger("duplicates", {"id_1": "10.1000/one", "id_2": "cnki:aaa", "ruling": "different", "by": "wang"})
    stage.run(small_review)
    assert "duplicates" not in {row["stage"] for row in table(small_review, "to_decide.csv")}


def test_a_faulty_ledger_stops_the_stage_and_changes_nothing(small_review: Review, write_ledger: Write) -> None:
    """A bad row is an error with its line; what the last run wrote stays as it was."""
    stage.run(small_review)
    before = small_review.result("screen", "decisions.csv").read_bytes()
    write_ledger("screening", {"id": "1", "decision": "perhaps"}, {"id": "2", "decision": "exclude", "criterion": "x"})
    with pytest.raises((LedgerError, Faults)) as caught:
        stage.run(small_review)
    assert "wang.csv:2" in caught.value.line and "wang.csv:3" in caught.value.line
    assert small_review.result("screen", "decisions.csv").read_bytes() == before


def test_the_same_ledgers_give_the_same_bytes(small_review: Review, write_ledger: Write) -> None:
    """Nothing in the results depends on when or in which order the files were written."""
    write_ledger("screening", {"id": "1", "decision": "include"}, {"id": "2", "decision": "exclude"}, reviewer="wang")
    write_ledger("screening", {"id": "2", "decision": "include"}, {"id": "4", "decision": "unclear"}, reviewer="li")

    def content() -> dict[str, bytes]:
        stage.run(load(root=small_review.root))
        return {path.name: path.read_bytes() for path in small_review.result("screen", "").iterdir()}

    first = content()
    assert content() == first and set(first) == {
        "verdicts.csv", "decisions.csv", "to_decide.csv", "agreement.csv", "sensitivity.csv", "unmatched_decisions.csv",
        "fulltext.csv",
    }  # fmt: skip


def test_the_rules_are_compared_with_unaided_decisions_only(small_review: Review, write_ledger: Write) -> None:
    """Agreement with the rules is over decisions that were taken while their evidence was hidden."""
    write_ledger(
        "screening",
        {"id": "1", "decision": "include", "note": "evidence hidden"},
        {"id": "2", "decision": "include", "note": "evidence hidden; an odd one"},
        {"id": "4", "decision": "include"},
    )
    stage.run(small_review)
    rows = {(row["reviewer_2"], row["categories"]): row for row in table(small_review, "agreement.csv")}
    row = rows["(rules)", "advance / exclude"]
    assert (row["reviewer_1"], row["n"], row["raw"]) == ("wang", "2", "0.500")


def test_who_had_adjudicated_before_is_no_independent_reader(small_review: Review, write_ledger: Write) -> None:
    """A decision taken after its reviewer had seen what the others said is no measure of agreement; at another stage it is."""
    write_ledger(
        "screening",
        {"id": "1", "decision": "include", "role": "adjudicator"},
        {"id": "1", "decision": "include"},
        {"id": "2", "decision": "exclude"},
        {"id": "2", "decision": "exclude", "role": "adjudicator"},
        {"id": "1", "decision": "include", **FULL},
    )
    write_ledger(
        "screening", {"id": "1", "decision": "include"}, {"id": "2", "decision": "include"},
        {"id": "1", "decision": "unclear", **FULL}, reviewer="li",
    )  # fmt: skip
    stage.run(small_review)
    rows = {(row["stage"], row["categories"]): row for row in table(small_review, "agreement.csv")}
    found = {
        name: (rows[name, "advance / exclude"]["n"], rows[name, "advance / exclude"]["agreed"]) for name, _ in rows
    }
    assert found == {"title_abstract": ("1", "0"), "full_text": ("1", "1")}


def test_an_adjudicator_ends_the_conflict_of_an_exclusion_that_was_assessed(
    small_review: Review, write_ledger: Write
) -> None:
    """Whichever way the adjudicator decides at title and abstract, it holds."""
    rows = [{"id": "1", "decision": "exclude"}, {"id": "1", "decision": "include", **FULL}]
    review = configured(small_review, reviewers={s: {"people": ["wang"]} for s in ("title_abstract", "full_text")})
    for decision in ("exclude", "include"):
        write_ledger("screening", *rows, {"id": "1", "decision": decision, "role": "adjudicator"})
        assert decided(review)["pubmed:1", "title_abstract"]["decision"] == decision
        assert "pubmed:1" not in {row["report_id"] for row in table(review, "to_decide.csv")}


def test_a_changed_ledger_stops_the_stage(small_review: Review, write_ledger: Write) -> None:
    """Nothing is worked out from a chain that does not hold."""
    path = write_ledger("screening", {"id": "1", "decision": "include", "seal": "0" * 64})
    with pytest.raises(LedgerError, match="changed after it was sealed"):
        stage.run(small_review)
    path.unlink()
    stage.run(small_review)


def ranked(review: Review) -> list[str]:
    stage.run(review)
    rows = table(review, "to_decide.csv")
    assert [row["rank"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
    return [row["report_id"] for row in rows]


def test_what_is_likely_comes_first(small_review: Review, write_ledger: Write) -> None:
    """What meets more criteria comes first, and what resembles it next; a question, then decisions, bring others forward."""
    assert ranked(small_review) == ["pubmed:1", "pubmed:4", "cnki:aaa", "pubmed:2"]
    settings = small_review.settings
    asked = settings | {"review": settings["review"] | {"question": "Does moonlight help teapots?"}}
    assert ranked(Review(small_review.root, small_review.config_files, asked))[0] == "pubmed:4"
    review = configured(small_review, reviewers={"title_abstract": {"people": ["wang"]}})
    write_ledger("screening", {"id": "cnki:aaa", "decision": "exclude"}, {"id": "1", "decision": "include"})
    first = [report for report in ranked(review) if report in ("pubmed:2", "pubmed:4")]
    assert first == ["pubmed:4", "pubmed:2"]
