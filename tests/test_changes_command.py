"""``winnow changes``: what it says of a table, and its exit code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkthrough_life import ROOT
from winnow import tables
from winnow.cli import main
from winnow.report import changes_told
from winnow.report.changes import COLUMNS


@pytest.mark.parametrize(
    ("table", "code"), [([], 0), (["conclusion", "notice known", "minor"], 0), (["new"], 3), (["vanished", "minor"], 3)]
)
def test_the_exit_code_says_whether_anything_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[str], code: int
) -> None:
    """0 if the latest search brought nothing, 3 if it did; what it did not bring itself does not count."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/walkthrough/config", tmp_path / "config")
    row = dict.fromkeys(COLUMNS, "x")
    tables.write_rows(tmp_path / "results/report/changes.csv", [row | {"change": kind} for kind in table], tuple(row))
    assert main(["changes", "--exit-code"]) == code
    assert main(["changes"]) == 0


def test_the_changes_of_a_review_that_did_not_run_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a table, or with one search only, the command says what to do and exits 1: never a silent 0."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/walkthrough/config", tmp_path / "config")
    assert main(["changes", "--exit-code"]) == 1
    assert "make review" in capsys.readouterr().err
    assert main(["changes", "--exit-code", "--config", "config/config.yaml", "config/first-search.yaml"]) == 1
    assert "one search" in capsys.readouterr().err


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=9), st.text(max_size=9))
def test_a_narrowed_difference_still_differs(start: str, end: str, one: str, other: str) -> None:
    """Cut down to where they differ, two texts differ if and only if they did, and none grows by more than its marks."""
    before, after = start + one + end, start + other + end
    cut, its = changes_told.narrowed(before, after)
    assert (cut == its) == (before == after)
    assert len(cut) <= len(before) + 2 and len(its) <= len(after) + 2
