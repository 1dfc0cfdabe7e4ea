"""A labelled review replayed: how early would the ranking have shown what was included?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from winnow.rank.ranker import Ranker

if TYPE_CHECKING:
    import pandas as pd


def simulate(
    reports: pd.DataFrame,
    included: np.ndarray,
    *,
    question: str = "",
    balance: Mapping[str, int] | None = None,
    priors: int = 1,
    seed: int = 1,
) -> dict[str, Any]:
    """Replay the screening of a labelled review.

    Args:
        reports: one row per report.
        included: 1 or 0 per report.
        question: the review's question; may be empty.
        balance: what the rules say of the reports, see ``Ranker``.
        priors: so many included and so many excluded reports are known at the start, drawn with ``seed``.

    Returns:
        ``atd`` mean rank of an included report over the number of reports, ``wss95`` work saved over sampling at 95 %
        recall, ``recall10`` share of the included found in the first tenth, ``cpu_s``, ``n``, ``included``, ``order``.
        Priors count neither as found nor as read.
    """
    begin = time.process_time()
    ranker = Ranker(reports, question, balance)
    order = replay(ranker, included, priors=priors, seed=seed)
    found = np.flatnonzero(included[order] == 1) + 1
    return measures(found, len(order)) | {
        "cpu_s": round(time.process_time() - begin, 3),
        "n": len(order),
        "included": len(found),
        "order": order.tolist(),
    }


def drawn(included: np.ndarray, priors: int, seed: int) -> np.ndarray:
    """What is known at the start: the labels of so many included and so many excluded reports, -1 for all others."""
    labels = np.full(len(included), -1)
    draw = np.random.default_rng(seed)
    for label in (1, 0):
        rows = np.flatnonzero(included == label)
        labels[draw.choice(rows, size=min(priors, len(rows)), replace=False)] = label
    return labels


def replay(ranker: Ranker, included: np.ndarray, *, priors: int, seed: int) -> np.ndarray:
    """The order in which the reports come up (row numbers), without the priors."""
    labels = drawn(included, priors, seed)
    waiting = int(((included == 1) & (labels < 0)).sum())
    order: list[int] = []
    while waiting:
        scores = ranker.scores(labels)
        scores[labels >= 0] = -np.inf
        batch = _batch(int((labels >= 0).sum()))
        for row in np.argsort(-scores, kind="stable")[:batch]:
            if labels[row] >= 0:
                break
            order.append(int(row))
            labels[row] = included[row]
            if included[row]:
                waiting -= 1
                break
    left = np.flatnonzero(labels < 0)
    return np.array([*order, *left], dtype=np.int64)


def _batch(decided: int) -> int:
    """After how many exclusions in a row the model is fitted again; an include always fits it again."""
    return max(1, min(50, decided // 10))


def measures(found: np.ndarray, size: int) -> dict[str, float]:
    """The measures of a replay from the ranks (from 1) at which included reports came up."""
    if not len(found) or not size:
        return {"atd": 0.0, "wss95": 0.0, "recall10": 0.0}
    last = found[int(np.ceil(0.95 * len(found))) - 1]
    return {
        "atd": round(float(found.mean()) / size, 4),
        "wss95": round(0.95 - float(last) / size, 4),
        "recall10": round(float((found <= size / 10).mean()), 4),
    }
