"""A protocol that changes leaves a trace: who, when, why, and whether results were known."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow import review as reviews
from winnow.decisions import amendments
from winnow.errors import UsageError

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
    """A version that stands in the ledger is not written again, and returning to it is no amendment."""
    approve(review)
    assert approve(review) == []
    assert len(amendments.rows(review)) == 2


def test_only_the_protocol_is_approved(review: reviews.Review) -> None:
    """A file that is no part of the protocol is refused, and nothing is written."""
    with pytest.raises(UsageError, match=r"config/config\.yaml"):
        approve(review, "config/config.yaml")
    assert not (review.root / "config/amendments.csv").exists()
