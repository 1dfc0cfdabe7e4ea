"""What may still be missed if screening stops now: an exact statistical bound, not "so many irrelevant in a row".

Two bounds, both on the hypergeometric distribution and neither in need of a model of the ranking:

* **random sample**: of the reports that nobody had read, some were drawn at random and read. The bound is the largest number of
  includes among the unread that such a sample would show so few of with at least the chance that is left to error.
* **ranked reading** (Callaghan and Müller-Hansen, Syst Rev 2020;9:273): if the ranking is no worse than chance, the last reports
  read are at least as rich as a random draw. The test asks how likely so few includes among them would be if recall were below
  the target, and takes the stretch that says most; the p value is for a single look, so look rarely.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def largest_missed(unread: int, sampled: int, found: int, *, confidence: float = 0.95) -> int:
    """The most includes that may hide among ``unread`` reports of which ``sampled`` were drawn at random and ``found`` included.

    The exact one-sided upper bound; it counts those found in the sample too.
    """
    from scipy.stats import hypergeom

    low, high = found, unread - (sampled - found)
    while low < high:  # the chance of so few falls as the number grows
        middle = (low + high + 1) // 2
        if hypergeom.cdf(found, unread, middle, sampled) > 1.0 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def recall_test(decisions: Sequence[int], size: int, *, target: float = 0.95) -> float:
    """The p value of the hypothesis that recall is below ``target``.

    Args:
        decisions: 1 included or 0 excluded, in the order in which they were read.
        size: reports in all, read or not.
    """
    import numpy as np
    from scipy.stats import hypergeom

    labels = np.asarray(decisions, dtype=np.int64)
    found = int(labels.sum())
    if not found:
        return 1.0
    if len(labels) >= size:
        return 0.0
    before = np.concatenate([[0], np.cumsum(labels)[:-1]])  # includes before the stretch that begins here
    left = size - np.arange(len(labels))  # unread when the stretch began
    drawn = len(labels) - np.arange(len(labels))
    # the fewest includes that would have been left then if recall now were just below the target
    least = np.floor(found / target).astype(np.int64) + 1 - before
    least = np.minimum(least, left)
    return float(round(hypergeom.cdf(found - before, left, least, drawn).min(), 6))


def report(decisions: Sequence[int], size: int, *, sampled: Sequence[int] = (), target: float = 0.95) -> dict[str, Any]:
    """The stopping report.

    Args:
        decisions: 1 or 0 in the order in which the ranked reports were read.
        size: reports in all.
        sampled: 1 or 0 for each report that was drawn at random from the then unread and read.
        target: the recall that the review wants.
    """
    found, drawn = sum(decisions), len(sampled)
    result: dict[str, Any] = {
        "reports": size,
        "read": len(decisions) + drawn,
        "included": found + sum(sampled),
        "unread": size - len(decisions) - drawn,
        "target_recall": target,
        "ranked_reading": {"p_recall_below_target": recall_test(decisions, size - drawn, target=target)},
    }
    if drawn:
        pool = size - len(decisions)
        most = largest_missed(pool, drawn, sum(sampled)) - sum(sampled)
        total = found + sum(sampled)
        result["random_sample"] = {
            "drawn": drawn,
            "from": pool,
            "included": sum(sampled),
            "missed_at_most": most,
            "recall_at_least": round(total / (total + most), 4) if total + most else 1.0,
            "confidence": 0.95,
        }
    return result
