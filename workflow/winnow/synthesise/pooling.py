"""Proportions, study by study and pooled.

* :func:`exact_interval`: Clopper and Pearson, Biometrika 1934;26:404.
* :func:`binomial_normal`: random effects on the logit scale with the binomial likelihood itself, so that no study needs a
  correction for zero events (Stijnen, Hamza, Ozdemir, Stat Med 2010;29:3046); maximum likelihood, the integral over the
  random effect by adaptive Gauss-Hermite quadrature.
* :func:`inverse_variance`: observed logits, restricted maximum likelihood for the variance between studies, and the interval of
  Hartung and Knapp (Stat Med 2001;20:3875), as a check on the first.

Prediction intervals use a t distribution with k - 2 degrees of freedom (Higgins, Thompson, Spiegelhalter, J R Stat Soc A 2009;
172:137). All take plain numbers and return plain numbers; nothing rounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import special  # not scipy.stats: it takes a second to load

#: Fewer studies than this are never pooled.
FEWEST = 3
#: Seven nodes, as the published tables and the usual R packages use, so that their figures come out to the last digit; twenty
#: nodes would move the variance between studies of the worked example by 0.001.
_NODES = 7


class Pooled(NamedTuple):
    """A pooled estimate on the logit scale; ``tau2`` is the variance between studies, ``i2`` and ``q`` its measures."""

    estimate: float
    se: float
    low: float
    high: float
    tau2: float
    prediction_low: float
    prediction_high: float
    i2: float | None = None
    q: float | None = None


def exact_interval(events: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """The Clopper-Pearson interval of a proportion."""
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(special.betaincinv(events, total - events + 1, tail))
    high = 1.0 if events == total else float(special.betaincinv(events + 1, total - events, 1 - tail))
    return low, high


def probability(logit: float) -> float:
    """The proportion whose logit this is."""
    return 1 / (1 + math.exp(-logit))


def logits(events: Sequence[int], totals: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Observed logits and their variances; one half is added on both sides of a study with no or only events."""
    x, n = np.asarray(events, float), np.asarray(totals, float)
    half = np.where((x == 0) | (x == n), 0.5, 0.0)
    x, rest = x + half, n - x + half
    return np.log(x / rest), 1 / x + 1 / rest


def restricted_tau2(y: np.ndarray, v: np.ndarray) -> float:
    """The variance between studies by restricted maximum likelihood."""
    from scipy import optimize

    def negative(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = (w @ y) / w.sum()
        return float(0.5 * (np.log(v + tau2).sum() + math.log(w.sum()) + w @ (y - mean) ** 2))

    # The likelihood may have its maximum at 0, and is flat far away: look on a grid of scales first.
    scales = np.concatenate([[0.0], np.geomspace(1e-6, 1e3, 91) * max(float(np.var(y)), float(v.mean()))])
    best = int(np.argmin([negative(each) for each in scales]))
    around = (scales[max(0, best - 1)], scales[min(len(scales) - 1, best + 1)])
    found = optimize.minimize_scalar(negative, bounds=around, method="bounded", options={"xatol": 1e-12})
    return float(found.x) if found.fun < negative(0.0) - 1e-12 else 0.0


def inverse_variance(y: np.ndarray, v: np.ndarray, *, knapp: bool = True) -> Pooled:
    """Random effects by inverse variance; without ``knapp`` the interval is the normal one."""
    k = len(y)
    tau2 = restricted_tau2(y, v)
    w = 1 / (v + tau2)
    mean = float((w @ y) / w.sum())
    if knapp:
        se = math.sqrt(float(w @ (y - mean) ** 2) / (k - 1) / w.sum())
        quantile = float(special.stdtrit(k - 1, 0.975))
    else:
        se, quantile = math.sqrt(1 / w.sum()), float(special.ndtri(0.975))
    fixed = 1 / v
    q = float(fixed @ (y - (fixed @ y) / fixed.sum()) ** 2)
    # The "typical" variance within studies (Higgins and Thompson, Stat Med 2002;21:1539).
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    reach = _prediction(k, tau2, 1 / w.sum())
    return Pooled(
        mean, se, mean - quantile * se, mean + quantile * se, tau2, mean - reach, mean + reach,
        float(tau2 / (tau2 + typical)), q,
    )  # fmt: skip


def _prediction(k: int, tau2: float, variance: float) -> float:
    return float(special.stdtrit(k - 2, 0.975)) * math.sqrt(tau2 + variance)


def binomial_normal(events: Sequence[int], totals: Sequence[int]) -> Pooled:
    """The binomial-normal model; the interval is the normal one, from the curvature of the likelihood.

    Where no study or every study has events only, there is no maximum: the estimate would run to infinity.

    Raises:
        ValueError: no participant, or all participants, had the outcome.
    """
    from scipy import optimize

    x, n = np.asarray(events, float), np.asarray(totals, float)
    if x.sum() == 0 or x.sum() == n.sum():
        raise ValueError("no participant or every participant had the outcome")
    nodes, node_weights = np.polynomial.hermite_e.hermegauss(_NODES)
    log_weights = np.log(node_weights) - 0.5 * math.log(2 * math.pi)

    def negative(parameters: np.ndarray) -> float:
        return -float(_log_likelihood(x, n, parameters[0], abs(parameters[1]), nodes, log_weights).sum())

    start = math.log(x.sum() / (n.sum() - x.sum()))
    fits = [
        optimize.minimize(
            negative, np.array([start, tau]), method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
        )
        for tau in (0.1, 0.8)
    ]  # fmt: skip
    best = min(fits, key=lambda fit: float(fit.fun))
    mean, tau = float(best.x[0]), abs(float(best.x[1]))
    if tau < 1e-4 or negative(np.array([mean, 0.0])) <= best.fun + 1e-9:
        # No variance between studies: one proportion for all, and its own standard error.
        mean, tau = start, 0.0
        variance = n.sum() / (x.sum() * (n.sum() - x.sum()))
    else:
        variance = float(np.linalg.inv(_hessian(negative, np.array([mean, tau])))[0, 0])
    se = math.sqrt(variance)
    half = float(special.ndtri(0.975)) * se
    reach = _prediction(len(x), tau**2, variance)
    return Pooled(mean, se, mean - half, mean + half, tau**2, mean - reach, mean + reach)


def _log_likelihood(
    x: np.ndarray, n: np.ndarray, mean: float, tau: float, nodes: np.ndarray, log_weights: np.ndarray
) -> np.ndarray:
    """Each study's log-likelihood without its binomial coefficient, integrated over the random effect."""
    if tau < 1e-8:
        exact: np.ndarray = x * mean - n * np.logaddexp(0, mean)
        return exact
    # Where each study's integrand peaks and how wide it is (Newton's method on a concave function).
    u = np.zeros_like(x)
    for _ in range(50):
        p = 1 / (1 + np.exp(-(mean + tau * u)))
        gradient = tau * (x - n * p) - u
        curvature = tau**2 * n * p * (1 - p) + 1
        step = gradient / curvature
        u = u + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-12:
            break
    p = 1 / (1 + np.exp(-(mean + tau * u)))
    width = 1 / np.sqrt(tau**2 * n * p * (1 - p) + 1)
    z = u[:, None] + width[:, None] * nodes[None, :]
    eta = mean + tau * z
    terms = x[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - 0.5 * z**2 + 0.5 * nodes[None, :] ** 2
    terms = terms + log_weights[None, :] + np.log(width)[:, None]
    top = terms.max(axis=1)
    summed: np.ndarray = top + np.log(np.exp(terms - top[:, None]).sum(axis=1))
    return summed


def _hessian(function: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Second derivatives by central differences."""
    size = len(at)
    matrix = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            total = 0.0
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = at.copy()
                moved[i] += a * step
                moved[j] += b * step
                total += a * b * function(moved)
            matrix[i, j] = total / (4 * step * step)
    return matrix
