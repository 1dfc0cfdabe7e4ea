"""What an update changed: every record of the two searches is told once, and nothing that needs a person is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winnow import review as reviews
from winnow import tables
from winnow.report import changed, stage
from winnow.report import evidence as gathering
from winnow.report import flow as flows
from winnow.report import story as stories
from winnow.report.evidence import Evidence, Row

Builder = Callable[..., Evidence]
Writer = Callable[[Evidence, Path], Path]


def told(root: Path) -> list[Row]:
    """The changes of a review on disk."""
    review = reviews.load(root=root)
    evidence = gathering.read(review)
    return changed.changes(review, evidence, flows.flow(evidence), stories.read(review, evidence))


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), searches=st.integers(2, 3))
def test_each_record_is_new_or_gone_or_in_both(
    review: Builder, folder: Writer, tmp_path_factory: pytest.TempPathFactory, seed: int, searches: int
) -> None:
    """Records of the later search alone are new or late, of the earlier alone vanished or out of scope, each exactly once."""
    evidence = review(seed=seed, reports=15, searches=searches)
    rows = told(folder(evidence, tmp_path_factory.mktemp("review")))
    earlier, later = (
        {(row["source"], row["record_id"]) for row in evidence.records if row["search_id"] == search}
        for search in evidence.plan.searches[-2:]
    )
    for kinds, expected in ((("new", "late"), later - earlier), (("vanished", "out of scope"), earlier - later)):
        found = [(row["source"], row["record_id"]) for row in rows if row["change"] in kinds]
        assert sorted(found) == sorted(expected)


def test_a_review_of_one_search_has_nothing_to_compare(review: Builder, folder: Writer, tmp_path: Path) -> None:
    """The table is empty and the text says why."""
    root = folder(review(seed=1), tmp_path)
    stage.run(reviews.load(root=root))
    assert len(tables.read(root / "results/report/changes.csv")) == 0
    assert "one search" in (root / "results/report/changes.md").read_text(encoding="utf-8")


@pytest.fixture
def updated(review: Builder, folder: Writer, tmp_path: Path) -> tuple[Path, str]:
    """An update in which one included report was found again with a new title and a retraction, and its decision is stale."""
    evidence = review(seed=3, reports=20, searches=2, kinds=1, settled=True)
    report = evidence.studies[0]["report_id"]
    own = next(row for row in evidence.records if row["record_id"] == report)
    others = [row for row in evidence.records if row["record_id"] != report]
    again = [
        own | {"search_id": "s1"},
        own | {"search_id": "s2", "title": "*New* [title]", "notices": "retraction: 12345"},
    ]
    decisions = [
        row | {"stale": "title changed"} if (row["report_id"], row["stage"]) == (report, "full_text") else row
        for row in evidence.decisions
    ]
    root = folder(replace(evidence, records=[*others, *again], decisions=decisions), tmp_path)
    return root, report


def test_a_retraction_a_new_title_and_a_stale_decision_are_each_told(updated: tuple[Path, str]) -> None:
    """Each is a row of its own with the report and where it ended; the report stays included."""
    root, report = updated
    rows = [row for row in told(root) if row["report_id"] == report]
    assert {(row["change"], row["field"]) for row in rows} == {
        ("notice", "notices"), ("stale", "full_text"), ("changed", "title"), ("changed", "notices"),
    }  # fmt: skip
    assert {row["ended"] for row in rows} == {"included"}


def test_a_notice_from_the_status_folder_is_told_once(updated: tuple[Path, str]) -> None:
    """A notice that an earlier search's status had is not new; one that only the latest has is, whichever service said it."""
    root, report = updated
    columns = ("report_id", "service", "id", "found", "notices")
    old = {"report_id": report, "service": "pubmed", "id": "1", "found": "yes", "notices": "erratum: 1"}
    for search, rows in (("s1", [old]), ("s2", [old, old | {"service": "crossref", "notices": "concern: 2"}])):
        tables.write_rows(root / "searches" / search / "status" / "status.csv", rows, columns)
    fresh = [(row["source"], row["after"]) for row in told(root) if row["change"] == "notice" and not row["field"]]
    assert fresh == [("crossref", "concern: 2")]


def test_the_summary_is_plain_text_whatever_a_title_holds(updated: tuple[Path, str]) -> None:
    """Markdown signs of a title mean nothing in changes.md; the page has the section too."""
    root, _ = updated
    stage.run(reviews.load(root=root))
    text = (root / "results/report/changes.md").read_text(encoding="utf-8")
    assert "## Newly retracted, corrected or under concern" in text
    assert "[title]" not in text.replace("\\[title\\]", "")
    assert 'id="changes"' in (root / "results/report/index.html").read_text(encoding="utf-8")
