"""The tables beside the diagram: what was set aside, what the logs prove, the checklist and the database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import files, tables
from winnow import review as reviews
from winnow.errors import Faults, IdentityError, RecordLossError
from winnow.report import checklist, database, methods, set_aside, stage
from winnow.report import flow as flows
from winnow.report.evidence import Evidence
from winnow.report.states import UNDECIDED

Builder = Callable[..., Evidence]
Writer = Callable[[Evidence, Path], Path]


@pytest.fixture(scope="module")
def reported(review: Builder, folder: Writer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up update with open work, reported."""
    root = folder(review(seed=11, reports=60, searches=2), tmp_path_factory.mktemp("review"))
    stage.run(reviews.load(root=root))
    return root


@given(seed=st.integers(0, 10_000), searches=st.integers(1, 3))
def test_set_aside_tables_hold_each_such_report_once(review: Builder, seed: int, searches: int) -> None:
    """Excluded at full text and awaiting: every report of every search in that state, once, with a reason in words."""
    evidence = review(seed=seed, searches=searches)
    flow = flows.flow(evidence)
    for rows, states in (
        (set_aside.excluded_full_text(evidence, flow, {}), ("ineligible",)),
        (set_aside.awaiting(evidence, flow), UNDECIDED),
    ):
        expected = sorted(report for report, place in flow.places.items() if place.state in states)
        assert sorted(row["report_id"] for row in rows) == expected
        assert all(row["reason"] and row["search_id"] for row in rows)


def test_an_ongoing_study_is_one_that_people_marked(review: Builder) -> None:
    """Only rows of the studies ledger with the role ongoing count, by any id that names the report."""
    evidence = review(seed=2)
    report = min(evidence.merged)
    ledger = [
        {"id": report, "role": "Ongoing", "note": "registered"},
        {"id": max(evidence.merged), "role": "primary", "note": ""},
        {"id": "nobody", "role": "ongoing", "note": ""},
    ]
    found = set_aside.ongoing(evidence, flows.flow(evidence), ledger)
    assert [(row["report_id"], row["note"]) for row in found] == [(report, "registered")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "."),
        ({"title": "No authors."}, "No authors."),
        (
            {"authors": "A, B; C, D; E, F; G, H", "title": "T", "journal": "J", "year": "2001", "volume": "3",
             "issue": "2", "pages": "1-9"},
            "A, B, C, D, E, F, et al. T. J. 2001;3(2):1-9.",
        ),
        ({"authors": "王, 东", "title": "题名", "year": "1999", "pages": "12"}, "王, 东. 题名. 1999;12."),
    ],
)  # fmt: skip
def test_a_citation_names_only_what_is_known(row: dict[str, str], expected: str) -> None:
    """Missing parts leave no punctuation behind."""
    assert set_aside.citation(row) == expected


def test_methods_text_claims_only_what_is_logged(reported: Path) -> None:
    """Every sentence names a file that exists; without a second reader in the ledgers none is claimed."""
    text = (reported / "results/report/methods.md").read_text(encoding="utf-8")
    proofs = [line.split("`")[1] for line in text.splitlines() if line.strip().startswith("Proof:")]
    assert proofs
    assert all((reported / proof).exists() for proof in proofs)
    assert "(1 person; 0 reports by two or more" in text
    assert "checked by another" in text


def test_methods_count_people_not_rows(review: Builder, folder: Writer, tmp_path: Path) -> None:
    """Readers of one stage are counted once each, without adjudicators; what rules alone settled stands apart."""
    evidence = review(seed=1, reports=4)
    a, b, c, d = sorted(evidence.merged)
    decided = [
        (a, "include", "ann; bo", "abstract", "adjudicated"), (b, "exclude", "ann", "", "single"),
        (c, "exclude", "rule:population", "title", ""), (d, "awaiting", "", "", ""),
    ]  # fmt: skip
    decisions = [
        dict(zip(tables.DECISIONS, (report, "title_abstract", decision, "", by, basis, agreed, ""), strict=True))
        for report, decision, by, basis, agreed in decided
    ]
    told = {
        a: [("ann", "title_abstract", "reviewer"), ("bo", "title_abstract", "reviewer"), ("cy", "title_abstract", "adjudicator")],
        b: [("ann", "title_abstract", "reviewer"), ("ann", "title_abstract", "reviewer"), ("di", "full_text", "reviewer")],
    }  # fmt: skip
    ledger = {
        report: [dict(zip(("reviewer", "stage", "role"), row, strict=True)) for row in rows]
        for report, rows in told.items()
    }
    sentences = methods.methods(
        reviews.load(root=folder(evidence, tmp_path)), replace(evidence, decisions=decisions), ledger, []
    )
    (judged,) = [each.text for each in sentences if "judged" in each.text]
    assert judged == (
        "2 reports were judged on title and abstract by people (2 people; 1 report by two or more, 1 by one); what was read: "
        "a basis not stated (1), abstract (1); 1 disagreement was settled by an adjudicator; 1 report was decided by rules alone."
    )


def test_notes_at_full_text_stand_beside_the_exclusion() -> None:
    """Each note once, of the full text alone."""
    noted = (
        ("title_abstract", "a letter?"),
        ("full_text", "no control"),
        ("full_text", "no control"),
        ("full_text", ""),
    )
    rows = [{"stage": stage, "note": note} for stage, note in noted]
    assert set_aside.full_text_notes({"a": rows, "b": rows[:1]}) == {"a": "no control", "b": ""}


def test_methods_text_counts_readers_of_what_was_judged(review: Builder, folder: Writer, tmp_path: Path) -> None:
    """By two or more, by one and by an adjudicator alone add up to what was judged; what is still open is said apart."""
    evidence = review(seed=1, reports=0)
    said = [
        ("1", "include", "wang; li"),
        ("2", "exclude", "wang"),
        ("3", "exclude", "zhou"),
        ("4", "awaiting", "li; wang"),
    ]
    decided = [{"report_id": id, "stage": "full_text", "decision": decision, "by": by, "basis": "", "agreed": ""}
               for id, decision, by in said]  # fmt: skip
    ledger = {
        id: [{"stage": "full_text", "reviewer": name, "role": "adjudicator" if name == "zhou" else "reviewer"}
             for name in tables.split(by)]
        for id, _, by in said
    }  # fmt: skip
    root = folder(evidence, tmp_path)
    sentences = methods.methods(reviews.load(root=root), replace(evidence, decisions=decided), ledger, [])
    (text,) = (each.text for each in sentences if "for eligibility" in each.text)
    assert (
        "3 reports were judged for eligibility by people (2 people; 1 report by two or more, 1 by one, 1 by an " in text
    )
    assert text.endswith("; 1 report that was read awaits a decision.")


def test_methods_text_of_nothing_says_nothing(review: Builder, folder: Writer, tmp_path: Path) -> None:
    """A review whose ledgers and values are empty makes no claim about people."""
    root = folder(review(seed=1, reports=0), tmp_path)
    evidence = review(seed=1, reports=0)
    sentences = methods.methods(reviews.load(root=root), evidence, {}, [])
    assert not [each for each in sentences if "person" in each.text or "people" in each.text]


def test_each_checklist_answer_is_a_file(reported: Path) -> None:
    """The 27 items are there in order; an item is answered only by a file that exists, else the author must state it."""
    rows = tables.rows(tables.read(reported / "results/report/prisma_checklist.csv"))
    numbers = [int(row["item"].rstrip("abcdef")) for row in rows]
    assert sorted(set(numbers)) == list(range(1, 28)) and numbers == sorted(numbers)
    for row in rows:
        path = row["answered_in"].split(" (")[0]
        assert (row["status"] == "answered") == bool(path)
        assert not path or list(reported.glob(path))


def test_a_search_that_is_not_planned_answers_no_item(reported: Path, tmp_path: Path) -> None:
    """Files of a folder under searches/ count only if config.yaml lists that search and source."""
    root = tmp_path / "review"
    shutil.copytree(reported, root)
    review = reviews.load(root=root)

    def sources() -> str:
        return next(row["answered_in"] for row in checklist.checklist(review) if row["item"] == "6")

    assert sources() == ""
    for folder in ("old/pubmed", "s1/pubmed"):
        files.write_text(root / "searches" / folder / "manifest.json", "{}")
    assert sources() == "searches/s1/pubmed/manifest.json"


def test_the_dictionary_knows_every_column_of_every_table() -> None:
    """The columns that the stages write are the columns that the dictionary describes."""
    described: dict[str, set[str]] = {}
    for column in database.columns():
        described.setdefault(column.table, set()).add(column.name)
    for name, columns in {
        "records": tables.RECORDS, "reports": tables.REPORTS, "pairs": tables.PAIRS, "merged": tables.MERGED,
        "verdicts": tables.VERDICTS, "decisions": tables.DECISIONS, "studies": tables.STUDIES,
        "extracted_values": tables.VALUES,
    }.items():  # fmt: skip
        assert described[name] == set(columns)


def test_the_database_holds_every_row_and_every_view_answers(reported: Path) -> None:
    """Rows in the database = rows of the tables; each view can be read; no reference dangles."""
    connection = sqlite3.connect(reported / "results/review.sqlite")
    for table, path in {
        "records": "records/records.csv", "reports": "deduplicate/reports.csv", "merged": "deduplicate/merged.csv",
        "decisions": "screen/decisions.csv", "verdicts": "screen/verdicts.csv", "studies": "extract/studies.csv",
        "to_decide": "screen/to_decide.csv", "pairs": "deduplicate/pairs.csv", "extracted_values": "extract/values.csv",
    }.items():  # fmt: skip
        (count,) = connection.execute(f'select count(*) from "{table}"').fetchone()
        assert count == len(tables.read(reported / "results" / path)), table
    for view in database.VIEWS:
        connection.execute(f"select * from {view}").fetchall()
    (open_work,) = connection.execute("select count(*) from open_work").fetchone()
    assert open_work == len(tables.read(reported / "results/screen/to_decide.csv")) > 0
    (duplicates,) = connection.execute("select count(*) from duplicates").fetchone()
    reports = tables.read(reported / "results/deduplicate/reports.csv")
    assert duplicates == (reports["record_id"] != reports["report_id"]).sum() > 0
    assert connection.execute("pragma foreign_key_check").fetchall() == []
    connection.close()


def test_disagreements_are_those_that_agreement_counts() -> None:
    """First decisions of two reviewers that differ: neither an adjudicator's row nor a changed mind makes or mends one."""
    ledger = [
        ("li:9", "a", "li", "include", "reviewer"), ("li:10", "a", "li", "exclude", "reviewer"),
        ("wang:2", "a", "wang", "exclude", "reviewer"), ("sun:2", "a", "sun", "exclude", "adjudicator"),
        ("li:2", "b", "li", "include", "reviewer"), ("wang:3", "b", "wang", "include", ""),
        ("wang:4", "b", "wang", "exclude", ""),
    ]  # fmt: skip
    connection = sqlite3.connect(":memory:")
    connection.execute("create table merged (record_id, title)")
    connection.executemany("insert into merged values (?, '')", [("a",), ("b",)])
    connection.execute("create table screening_ledger (ledger, report_id, reviewer, decision, role, stage)")
    connection.executemany("insert into screening_ledger values (?, ?, ?, ?, ?, 'title_abstract')", reversed(ledger))
    found = connection.execute(database.VIEWS["disagreements"]).fetchall()
    connection.close()
    assert found == [("a", "title_abstract", "li", "include", "wang", "exclude", "")]


def test_a_duplicate_is_listed_once_with_its_surest_pair() -> None:
    """Three records of one report are two duplicates, whatever number of pairs joins them."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create table reports (record_id, report_id)")
    connection.executemany("insert into reports values (?, 'a')", [("a",), ("b",), ("c",)])
    connection.execute("create table pairs (record_id_1, record_id_2, verdict, score, rule, evidence)")
    pairs = [
        ("a", "b", "same", "0.990"),
        ("a", "c", "same", "0.900"),
        ("b", "c", "same", "1.000"),
        ("c", "d", "related", "2"),
    ]
    connection.executemany("insert into pairs values (?, ?, ?, ?, 'rule', '')", pairs)
    found = connection.execute(
        "select record_id, score from (" + database.VIEWS["duplicates"] + ") order by 1"
    ).fetchall()
    connection.close()
    assert found == [("b", "1.000"), ("c", "1.000")]


def test_a_row_that_refers_to_nothing_stops_the_database(tmp_path: Path) -> None:
    """A record whose report was lost is an error, and no file is left."""
    rows = {"reports": [{"record_id": "a", "report_id": "gone"}]}
    with pytest.raises(RecordLossError, match="reports"):
        database.write(tmp_path / "review.sqlite", rows)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_give_the_same_bytes(reported: Path) -> None:
    """Every result of the report stage is the same byte for byte when it is made again."""
    results = reported / "results"
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    stage.run(reviews.load(root=reported))
    after = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    assert before.keys() == after.keys()
    assert [path.name for path in before if before[path] != after[path]] == []


def test_a_flow_that_does_not_add_up_leaves_nothing_stale(reported: Path) -> None:
    """After a fault neither diagram, page nor database of an earlier run is left."""
    decisions = reported / "results/screen/decisions.csv"
    kept = decisions.read_bytes()
    decisions.write_bytes(b"\n".join(kept.splitlines()[:-1]) + b"\n")
    try:
        with pytest.raises((IdentityError, Faults)):
            stage.run(reviews.load(root=reported))
        assert not (reported / "results/report").exists()
        assert not (reported / "results/review.sqlite").exists()
    finally:
        decisions.write_bytes(kept)
        stage.run(reviews.load(root=reported))
