"""A protocol that changes leaves a trace: who, when, why, and whether results were known."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow import review as reviews
from winnow import tables
from winnow.decisions import amendments, rule_verdicts
from winnow.errors import InputError, LedgerError, UsageError

CONFIG = "review: {title: A review}\nsearches:\n  - {id: one, years: [2000, 2001], databases: [pubmed]}\n"


@pytest.fixture
def review(tmp_path: Path) -> reviews.Review:
    (tmp_path / "config/strategy").mkdir(parents=True)
    (tmp_path / "config/config.yaml").write_text(CONFIG)
    (tmp_path / "config/criteria.yaml").write_text("criteria: []\n")
    (tmp_path / "config/strategy/pubmed.txt").write_text("#1 a\n")
    return reviews.load([tmp_path / "config/config.yaml"], tmp_path)


def approve(review: reviews.Review, *names: str) -> list[str]:
    return amendments.amend(review, names, reason="because", results_known="no", by="li")


def test_a_review_without_a_baseline_is_asked_nothing(review: reviews.Review) -> None:
    """Before the protocol is fixed its files may change freely."""
    assert amendments.check(review) == []


def test_after_the_baseline_a_silent_change_is_told(review: reviews.Review) -> None:
    """A file whose hash is in no row is a fault that says what to write; writing it mends the fault."""
    assert approve(review) == ["config/criteria.yaml", "config/strategy/pubmed.txt"]
    assert amendments.check(review) == []
    (review.root / "config/criteria.yaml").write_text("criteria: [x]\n")
    (told,) = amendments.check(review)
    assert "config/criteria.yaml" in told.line and "winnow amend config/criteria.yaml" in told.line
    assert approve(review, "config/criteria.yaml") == ["config/criteria.yaml"]
    assert amendments.check(review) == []
    assert [row["file"] for row in amendments.rows(review)].count("config/criteria.yaml") == 2


def test_every_approved_version_is_kept(review: reviews.Review) -> None:
    """Each row's version can be read in config/history; one that is lost or changed there is a fault."""
    approve(review)
    (review.root / "config/criteria.yaml").write_text("criteria: [x]\n")
    approve(review)
    kept = sorted((review.root / "config/history").glob("criteria-*.yaml"))
    assert {path.read_text() for path in kept} == {"criteria: [x]\n", "criteria: []\n"}
    kept[0].write_text("other")
    assert any("config/history" in fault.line for fault in amendments.check(review))


def test_approving_twice_writes_once(review: reviews.Review) -> None:
    """The version that was approved last is not written again."""
    approve(review)
    assert approve(review) == []
    assert len(amendments.rows(review)) == 2


def test_returning_to_an_earlier_version_is_an_amendment(review: reviews.Review) -> None:
    """The last row names what holds: an earlier version that stands there again is told, and approved by a row of its own."""
    path = review.root / "config/criteria.yaml"
    approve(review)
    path.write_text("criteria: [x]\n")
    approve(review)
    path.write_text("criteria: []\n")
    (told,) = amendments.check(review)
    assert "an earlier version again" in told.line and "winnow amend config/criteria.yaml" in told.line
    assert approve(review) == ["config/criteria.yaml"] and amendments.check(review) == []
    hashes = [row["sha256"] for row in amendments.rows(review) if row["file"] == "config/criteria.yaml"]
    assert len(hashes) == 3 and hashes[0] == hashes[2] != hashes[1]


def test_a_protocol_file_does_not_vanish_in_silence(review: reviews.Review) -> None:
    """A file that was approved and is gone is told; left empty and approved, it is a change like any other."""
    path = review.root / "config/strategy/pubmed.txt"
    approve(review)
    path.unlink()
    (told,) = amendments.check(review)
    assert told.line.startswith("config/strategy/pubmed.txt: approved in") and "leave it empty" in told.line
    path.write_text("")
    assert approve(review) == ["config/strategy/pubmed.txt"] and amendments.check(review) == []


def test_what_is_refused_leaves_no_version_behind(review: reviews.Review) -> None:
    """Without a reason nothing is approved, and config/history/ holds approved versions only."""
    with pytest.raises(LedgerError, match="'reason' is empty"):
        amendments.amend(review, (), reason=" ", results_known="no", by="li")
    assert not (review.root / "config/amendments.csv").exists() and not (review.root / "config/history").exists()


def test_only_the_protocol_is_approved(review: reviews.Review) -> None:
    """A file that is no part of the protocol is refused, and nothing is written."""
    with pytest.raises(UsageError, match=r"config/config\.yaml"):
        approve(review, "config/config.yaml")
    assert not (review.root / "config/amendments.csv").exists()


def test_verdicts_of_reports_that_are_gone_are_refused_in_one_line(review: reviews.Review) -> None:
    """Verdicts beside reports that were put together anew are a fault that says what to run; nothing is written."""
    results = review.root / "results"
    tables.write_rows(results / "deduplicate/merged.csv", [{"record_id": "r1", "title": "x"}], tables.MERGED)
    gone = {"report_id": "r2", "criterion": "a", "verdict": "met"}
    tables.write_rows(results / "screen/verdicts.csv", [gone], tables.VERDICTS)
    with pytest.raises(InputError) as told:
        amendments.amend(review, [], reason="because", results_known="no", by="li", verdicts=True)
    assert "'r2'" in told.value.line and "make review" in told.value.line
    assert amendments.rows(review) == []


def test_approved_verdicts_that_say_no_verdict_are_named(tmp_path: Path) -> None:
    """A version that was written otherwise is a fault with its file and report, for the report to tell."""
    path = tmp_path / "verdicts-x.csv"
    tables.write_rows(path, [{"report_id": "r1", "text": "t", "verdicts": "met"}], rule_verdicts.COLUMNS)
    with pytest.raises(InputError) as told:
        rule_verdicts.read(path)
    assert "verdicts-x.csv" in told.value.line and "'r1'" in told.value.line


def test_the_hash_of_a_text_never_changes() -> None:
    """Versions that were approved years ago are held against today's texts: another hash would compare nothing, in silence."""
    report = {
        "title": "Lumivane for Halden myopathy",
        "abstract": "\u5362\u7c73\u51e1 30",
        "year": "2020",
        "doi": "10.1/x",
    }
    assert rule_verdicts.text(report) == "6a73aa6d678bb439"
