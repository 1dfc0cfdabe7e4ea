"""Agreement: equal to published worked examples, honest where nothing can be estimated, from first decisions only."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.decisions.agreement import NOT_ESTIMABLE, Vote, agreement, table


def pairs(counts: list[list[int]], names: str = "abc") -> list[tuple[str, str]]:
    """The pairs behind a square table of counts (rows: first rater)."""
    return [(names[i], names[j]) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]


#: source, table of counts, {figure: value as printed}
PUBLISHED = [
    (
        "Feinstein & Cicchetti 1990, J Clin Epidemiol 43:543, balanced margins",
        [[40, 9], [6, 45]],
        {"raw": 0.85, "kappa": 0.70},
    ),
    (
        "Feinstein & Cicchetti 1990, the first paradox: as much agreement, low kappa",
        [[80, 10], [5, 5]],
        {"raw": 0.85, "kappa": 0.32},
    ),
    (
        "Byrt, Bishop & Carlin 1993, J Clin Epidemiol 46:423: PABAK is twice the agreement less one",
        [[80, 10], [5, 5]],
        {"pabak": 0.70},
    ),
    (
        "Gwet 2002, Stat Methods Inter-Rater Reliab Assess 1: kappa and AC1 of 125 subjects",
        [[118, 5], [2, 0]],
        {"raw": 0.944, "kappa": -0.0234, "ac1": 0.941},
    ),
    (
        "Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323: 200 patients, three diagnoses",
        [[106, 10, 4], [22, 28, 10], [2, 12, 6]],
        {"kappa": 0.429},
    ),
]


@pytest.mark.parametrize(("counts", "printed"), [case[1:] for case in PUBLISHED], ids=[case[0] for case in PUBLISHED])
def test_published_examples(counts: list[list[int]], printed: dict[str, float]) -> None:
    """Each figure equals the printed one to the digits that are printed."""
    found = agreement(pairs(counts), "abc"[: len(counts)])
    for name, value in printed.items():
        digits = len(str(value).split(".")[1])
        assert round(getattr(found, name), digits) == value


def test_the_interval_is_that_of_fleiss_cohen_and_everitt() -> None:
    """For a table of two categories the standard error is the textbook formula, and it is near the bootstrap's."""
    data = pairs([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
    found = agreement(data, "abc")
    assert found.kappa is not None and found.low is not None and found.high is not None
    error = (found.high - found.low) / 2 / 1.959963984540054
    draw = random.Random(1)
    kappas = []
    for _ in range(400):
        kappa = agreement(draw.choices(data, k=len(data)), "abc").kappa
        assert kappa is not None
        kappas.append(kappa)
    mean = math.fsum(kappas) / len(kappas)
    spread = math.sqrt(math.fsum((k - mean) ** 2 for k in kappas) / (len(kappas) - 1))
    assert abs(error - spread) < 0.1 * spread


counts = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)


@given(counts)
def test_kappa_is_that_of_scikit_learn(found: list[list[int]]) -> None:
    """An independent implementation gives the same kappa wherever both give one."""
    from sklearn.metrics import cohen_kappa_score

    data = pairs(found)
    ours = agreement(data, "abc")
    if ours.kappa is not None:
        assert ours.kappa == pytest.approx(cohen_kappa_score(*zip(*data, strict=True)))


@given(counts, st.permutations("abc"))
def test_names_and_sides_make_no_difference(found: list[list[int]], names: list[str]) -> None:
    """Renaming the categories, or exchanging the reviewers, changes no figure."""
    data = pairs(found)
    first = agreement(data, "abc")
    others = [
        agreement(pairs(found, "".join(names)), "abc"),
        agreement([(b, a) for a, b in data], "abc"),
    ]
    for other in others:
        for name in ("raw", "kappa", "low", "high", "pabak", "ac1"):
            one, two = getattr(first, name), getattr(other, name)
            assert (one is None and two is None) or one == pytest.approx(two, abs=1e-9)


@given(counts)
def test_figures_stay_within_their_bounds(found: list[list[int]]) -> None:
    """Raw lies in 0..1, the coefficients in -1..1, the interval around kappa."""
    figures = agreement(pairs(found), "abc")
    for name in ("kappa", "low", "high", "pabak", "ac1"):
        value = getattr(figures, name)
        assert value is None or -1 - 1e-9 <= value <= 1 + 1e-9
    if figures.low is not None:
        assert figures.kappa is not None and figures.high is not None
        assert figures.low <= figures.kappa <= figures.high


def shown(*votes: tuple[str, str, str]) -> dict[str, dict[str, str]]:
    rows = table(Vote(who, report, "title_abstract", said) for who, report, said in votes)
    return {row["categories"]: row for row in rows}


def test_what_cannot_be_estimated_says_so() -> None:
    """No common report: nothing. One category throughout: no kappa, but raw, PABAK and AC1. All agree: no interval."""
    none = shown(("li", "1", "include"), ("wang", "2", "include"))["advance / exclude"]
    assert none["n"] == "0" and none["raw"] == none["kappa"] == none["ac1"] == NOT_ESTIMABLE
    same = shown(*(("li", n, "include") for n in "123"), *(("wang", n, "include") for n in "123"))["advance / exclude"]
    assert (same["raw"], same["kappa"], same["ac1"]) == ("1.000", NOT_ESTIMABLE, "1.000") and same["note"]
    both = [
        (who, n, said)
        for who in ("li", "wang")
        for n, said in zip("123", ("include", "exclude", "include"), strict=True)
    ]
    agreed = shown(*both)["advance / exclude"]
    assert (agreed["kappa"], agreed["kappa_low"], agreed["kappa_high"]) == ("1.000", NOT_ESTIMABLE, NOT_ESTIMABLE)


def test_only_first_decisions_count() -> None:
    """What was changed after the two had talked is no measure of agreement."""
    votes = [("li", "1", "include"), ("wang", "1", "exclude"), ("li", "2", "exclude"), ("wang", "2", "exclude")]
    assert shown(*votes) == shown(*votes, ("wang", "1", "include"))


def test_unclear_is_a_category_of_its_own_and_advances() -> None:
    """Include against unclear disagrees three-way, and agrees that the report goes forward."""
    found = shown(("li", "1", "include"), ("wang", "1", "unclear"), ("li", "2", "exclude"), ("wang", "2", "exclude"))
    assert found["include / unclear / exclude"]["raw"] == "0.500" and found["advance / exclude"]["raw"] == "1.000"
