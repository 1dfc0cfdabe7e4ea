"""Verdicts that are kept are those of the criteria that gave them, whatever happens to the file meanwhile."""

from __future__ import annotations

import pandas as pd
import pytest

from small_review import small_review
from winnow.review import Review
from winnow.screen import state

__all__ = ["small_review"]


def test_criteria_saved_while_rules_are_asked_are_not_taken_for_those_that_were_asked(
    small_review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: a run during which somebody saves other criteria leaves no verdict of the former ones under the new."""
    path = small_review.config_dir / "criteria.yaml"
    merged = state._merged

    def saved_meanwhile(review: Review) -> pd.DataFrame:
        path.write_text(path.read_text(encoding="utf-8").replace("teapot*", "moonlight"), encoding="utf-8")
        return merged(review)

    former = state.judged(small_review).verdicts
    monkeypatch.setattr(state, "_merged", saved_meanwhile)
    assert state.judged(small_review).verdicts == former
    monkeypatch.setattr(state, "_merged", merged)
    now = state.judged(small_review).verdicts
    monkeypatch.setenv("WINNOW_CACHE", "off")
    assert state.judged(small_review).verdicts == now != former


def test_a_comment_in_the_criteria_asks_no_rule_again(small_review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: what is kept follows from what the criteria say, not from how their file is laid out."""
    path = small_review.config_dir / "criteria.yaml"
    said = state.judged(small_review).verdicts
    path.write_bytes(b"\xef\xbb\xbf# a note\r\n" + path.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr("winnow.screen.verdicts.judge", lambda *_: pytest.fail("judged again"))
    assert state.judged(small_review).verdicts == said
