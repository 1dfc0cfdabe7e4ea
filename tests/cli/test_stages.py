"""A stage leaves nothing stale: not behind it, not beside it."""

from __future__ import annotations

import threading
import types
from pathlib import Path

import pytest

from winnow import files, tables
from winnow import review as reviews
from winnow.cli import stages
from winnow.errors import InputError

CONFIG = "review: {title: A review}\nsearches:\n  - {id: one, years: [2000, 2001], databases: [pubmed]}\n"


@pytest.fixture
def review(tmp_path: Path) -> reviews.Review:
    files.write_text(tmp_path / "config/config.yaml", CONFIG)
    for stage in stages.ORDER:
        files.write_text(tmp_path / "results" / stage / "old.csv", "old")
        files.write_text(tmp_path / "results" / stage / "same.csv", "a,b\n")
    return reviews.load(root=tmp_path)


def as_stage(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    monkeypatch.setattr(stages.importlib, "import_module", lambda name: types.SimpleNamespace(run=run))


def test_only_what_is_written_again_stays(review: reviews.Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later stages' results go; of its own, those that the run wrote again stay, also when their bytes are the same."""
    as_stage(monkeypatch, lambda review: tables.write_rows(review.result("screen", "same.csv"), [], ["a", "b"]))
    stages.run("screen", review)
    kept = {path.relative_to(review.results).as_posix() for path in review.results.rglob("*") if path.is_file()}
    earlier = {f"{stage}/{name}.csv" for stage in ("records", "deduplicate") for name in ("old", "same")}
    assert kept == earlier | {"screen/same.csv"}


def test_a_stage_that_fails_leaves_its_own_results_as_they_were(
    review: reviews.Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault before anything is written takes nothing of the stage's own away."""

    def failing(review: reviews.Review) -> None:
        raise InputError("no")

    as_stage(monkeypatch, failing)
    with pytest.raises(InputError):
        stages.run("screen", review)
    assert sorted(path.name for path in (review.results / "screen").iterdir()) == ["old.csv", "same.csv"]
    assert not (review.results / "report").exists()


def test_of_two_runs_at_once_each_stage_waits_for_the_other(
    review: reviews.Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage that another run begins meanwhile takes nothing away under the first one's hands, and says that it waits."""
    inside, told, seen = threading.Event(), threading.Event(), []

    def slow(review: reviews.Review) -> None:
        if not inside.is_set():
            inside.set()
            assert told.wait(30)
            seen.append((review.results / "deduplicate/same.csv").is_file())
            tables.write_rows(review.result("deduplicate", "same.csv"), [], ["a", "b"])

    as_stage(monkeypatch, slow)
    monkeypatch.setattr(stages, "print", lambda *words, **more: told.set(), raising=False)
    first = threading.Thread(target=stages.run, args=("deduplicate", review))
    first.start()
    assert inside.wait(30)
    stages.run("records", review)
    first.join(30)
    assert told.is_set() and seen == [True]
    assert not (review.results / "deduplicate").exists()
