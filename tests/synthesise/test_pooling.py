"""Pooling: equal to published worked examples to three decimals, and laws that hold for any studies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winnow.synthesise import pooling

# Niel-Weise et al., Intensive Care Med 2007;33:2058: bloodstream infections with treated and with standard catheters, 18 trials.
TREATED = (
    (0, 1, 2, 0, 5, 1, 1, 1, 1, 1, 0, 0, 3, 6, 0, 0, 1, 4),
    (116, 44, 208, 130, 151, 98, 174, 74, 97, 113, 66, 70, 188, 187, 118, 252, 345, 64),
)
STANDARD = (
    (3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1),
    (117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69),
)
# Colditz et al., JAMA 1994;271:698: BCG vaccination, 13 trials.
BCG = (
    ((4, 119), (6, 300), (3, 228), (62, 13536), (33, 5036), (180, 1361), (8, 2537), (505, 87886), (29, 7470), (17, 1699),
     (186, 50448), (5, 2493), (27, 16886)),
    ((11, 128), (29, 274), (11, 209), (248, 12619), (47, 5761), (372, 1079), (10, 619), (499, 87892), (45, 7232), (65, 1600),
     (141, 27197), (3, 2338), (29, 17825)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("arm", "estimate", "se", "tau2", "low", "high"),
    [(STANDARD, -3.4964, 0.2570, 0.8124, 0.0180, 0.0478), (TREATED, -4.8121, 0.3555, 0.8265, 0.0040, 0.0161)],
)
def test_binomial_normal_as_published(
    arm: tuple[tuple[int, ...], tuple[int, ...]], estimate: float, se: float, tau2: float, low: float, high: float
) -> None:
    """Table II of Stijnen, Hamza, Ozdemir (Stat Med 2010;29:3046), exact likelihood, in the digits of its re-analysis with R."""
    found = pooling.binomial_normal(*arm)
    assert found.estimate == pytest.approx(estimate, abs=5e-5)
    assert found.se == pytest.approx(se, abs=5e-5)
    assert found.tau2 == pytest.approx(tau2, abs=5e-4)
    assert pooling.probability(found.low) == pytest.approx(low, abs=5e-5)
    assert pooling.probability(found.high) == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("arm", "estimate", "se", "tau2"), [(STANDARD, -3.3018, 0.2378, 0.6629), (TREATED, -4.2604, 0.2589, 0.3928)]
)
def test_observed_logits_as_published(
    arm: tuple[tuple[int, ...], tuple[int, ...]], estimate: float, se: float, tau2: float
) -> None:
    """The same table, approximate likelihood: one half added where a study has no event, variance by REML."""
    found = pooling.inverse_variance(*pooling.logits(*arm), knapp=False)
    assert (found.estimate, found.se, found.tau2) == pytest.approx((estimate, se, tau2), abs=5e-5)


def test_reml_and_hartung_knapp_as_published() -> None:
    """The BCG trials, log risk ratios (Viechtbauer, J Stat Softw 2010;36(3)): REML, I2, Q, normal and Knapp-Hartung interval."""
    (a, b), (c, d) = (np.array(arm, float).T for arm in BCG)
    y, v = np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    found = pooling.inverse_variance(y, v, knapp=False)
    assert (found.estimate, found.se, found.tau2) == pytest.approx((-0.7145, 0.1798, 0.3132), abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    assert found.i2 is not None and 100 * found.i2 == pytest.approx(92.22, abs=0.005)
    assert found.q == pytest.approx(152.233, abs=5e-4)
    knapp = pooling.inverse_variance(y, v)
    assert (knapp.se, knapp.low, knapp.high) == pytest.approx((0.1808, -1.1084, -0.3206), abs=5e-5)


@pytest.mark.parametrize(
    ("events", "total", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (15, 148, 0.0578, 0.1617), (81, 263, 0.2527, 0.3676), (1, 29, 0.0009, 0.1776)],
)  # fmt: skip
def test_exact_intervals_as_published(events: int, total: int, low: float, high: float) -> None:
    """Clopper-Pearson intervals of Newcombe, Stat Med 1998;17:857, table I, and the rule for none of ten."""
    assert pooling.exact_interval(events, total) == pytest.approx((low, high), abs=6e-5)


STUDIES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=3, max_size=8).map(
    lambda rows: ([x for x, _ in rows], [x + rest + 1 for x, rest in rows])
)


@settings(max_examples=15)
@given(STUDIES)
def test_pooled_proportions_stay_between_the_studies(studies: tuple[list[int], list[int]]) -> None:
    """For any studies: finite, inside 0 to 1, low before high, prediction no narrower than what it predicts from."""
    events, totals = studies
    shares = [x / n for x, n in zip(events, totals, strict=True)]
    if 0 < sum(events) < sum(totals):
        found = pooling.binomial_normal(events, totals)
        assert all(math.isfinite(each) for each in (found.estimate, found.se, found.low, found.high, found.tau2))
        assert min(shares) - 1e-6 <= pooling.probability(found.estimate) <= max(shares) + 1e-6
        assert found.low < found.estimate < found.high and found.tau2 >= 0
        assert found.prediction_high - found.prediction_low >= found.high - found.low - 1e-9
    check = pooling.inverse_variance(*pooling.logits(events, totals))
    assert check.tau2 >= 0 and check.low <= check.estimate <= check.high


@settings(max_examples=10)
@given(STUDIES)
def test_the_order_of_studies_is_no_matter(studies: tuple[list[int], list[int]]) -> None:
    """The same studies in another order pool to the same estimate."""
    events, totals = studies
    if 0 < sum(events) < sum(totals):
        one, two = pooling.binomial_normal(events, totals), pooling.binomial_normal(events[::-1], totals[::-1])
        assert one.estimate == pytest.approx(two.estimate, abs=1e-5)


def test_like_studies_have_no_variance_between_them() -> None:
    """Equal proportions: no heterogeneity, and the plain binomial standard error."""
    found = pooling.binomial_normal([10, 20, 40], [20, 40, 80])
    assert found.tau2 == 0 and found.estimate == pytest.approx(0) and found.se == pytest.approx(math.sqrt(140 / 70**2))


def test_no_events_at_all_cannot_be_pooled() -> None:
    """The estimate would run to minus infinity: that is said, not hidden behind a correction."""
    with pytest.raises(ValueError, match="no participant"):
        pooling.binomial_normal([0, 0, 0], [10, 12, 9])
