"""A linear model of what was decided: weighted ridge regression on sparse rows, by conjugate gradients.

It orders reports as well as the support vector machine that is usual here (``benchmarks/rank.py``), has one solution, and takes a
few passes over the decided rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse

#: The solver always takes so many steps, which leave less than a thousandth of the error: to stop at a bound would make the
#: result depend on how a machine adds up. It stops early only where nothing is left to add.
STEPS, NOTHING = 12, 1e-28


def fitted(rows: sparse.csr_matrix, targets: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, float]:
    """The coefficients w and the constant b that make ``|w|^2 + b^2 + sum(weights * (rows @ w + b - targets)^2)`` least.

    Args:
        rows: one per decided report.
        targets: what the model should say of each, 1 or -1.
        weights: how much each row counts; all above 0.
    """
    # w is a sum of the rows; with s the roots of the weights and K the rows' products plus 1, that sum's parts are s * c, where
    # (1 + s K s) c = s * targets. The system is positive definite, and the 1 keeps it well conditioned.
    roots, turned = np.sqrt(weights), rows.T
    parts = np.zeros(len(targets))
    left = roots * targets
    way = left.copy()
    size = start = float(left @ left)
    for _ in range(STEPS):
        if size <= NOTHING * start:
            break
        sent = roots * way
        product = way + roots * (rows @ (turned @ sent) + sent.sum())
        step = size / float(way @ product)
        parts += step * way
        left -= step * product
        size, before = float(left @ left), size
        way = left + size / before * way
    parts *= roots
    return np.asarray(turned @ parts), float(parts.sum())
