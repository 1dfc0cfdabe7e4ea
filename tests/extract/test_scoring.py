"""Cues added up: the quick sum is the plain sum, and the second look reads fractions as people do."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.extract import candidates, cues, sample_size, scoring, sure_total
from winnow.extract.counting import KINDS, counts
from winnow.extract.extractors import EXTRACTORS
from winnow.extract.passage import Passage

PIECES = st.sampled_from(
    ("patients", "were", "randomized", "n", "=", "12", "of", "150", "(", "8%", ")", "and", "9", "vs", "grade", "3", "died", ".",
     "A", "two hundred", "receiving", "group", "1999", "0.5")
)  # fmt: skip


def plain(name: str, found: Iterable[cues.Cue]) -> float:
    """The probability worked out from the table as it is printed, one weight after the other."""
    text = resources.files("winnow.extract").joinpath("rules", f"{name}.csv").read_text(encoding="utf-8")
    weights = {
        (row["place"], row["word"]): round(1000 * float(row["weight"])) for row in csv.DictReader(text.splitlines())
    }
    words = [(place, key if isinstance(key, str) else " ".join(key)) for place, key in found]
    return 1 / (1 + math.exp((weights["base", ""] + sum(weights.get(cue, 0) for cue in words)) / -1000))


@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_scores_are_the_sums_of_the_printed_weights(text: str) -> None:
    """Several tables at once, sums shared by a sentence, weights packed side by side: to the last digit what the tables say."""
    context = cues.Context(Passage("abstract", text))
    for first, last in candidates.counts(context.words):
        around = cues.cues(context, first, last)
        assert scoring.scores(KINDS, context, first, last) == tuple(plain(kind, around) for kind in KINDS)


@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_how_sure_a_total_is_follows_from_the_printed_weights(text: str) -> None:
    """Every cue of an answer is looked up as the table prints it, and the confidence is read off their sum."""
    passage = Passage("abstract", text)
    every = [each for each in counts(passage) if each.number]
    answer = sample_size.likeliest(passage, every)
    told = sample_size.total(passage)
    assert len(told) == (answer is not None)
    if answer:
        score = plain(sure_total.NAME, sure_total.look(passage, every, answer))
        assert told[0].confidence == scoring.confidence(sure_total.NAME, score)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("In all, 150 patients were randomized. There was a response in 30 of 75 (40%) on the drug and 12 of 75 (16%) on placebo.",
         ["30", "12"]),
        ("Relapse occurred in 8/40 patients (20%) in the drug group and in 18/41 (44%) in the placebo group.", ["8", "18"]),
        ("Grade 3 or 4 neutropenia was seen in 21 patients (14%) in the drug group and 9 patients (6%) in the placebo group.",
         ["21", "9"]),
    ],
)  # fmt: skip
def test_wholes_and_grades_are_no_events(text: str, events: list[str]) -> None:
    """What a count is of, and the number of a grade, are not counted as events; the counts beside them are."""
    assert [found.number for found in EXTRACTORS["event_count"](Passage("abstract", text))] == events
