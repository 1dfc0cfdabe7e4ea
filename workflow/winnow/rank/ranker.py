"""The order in which people had best read: a linear model of what they decided, blended with what is known before.

The model is linear in TF-IDF of words and pairs, and the included reports together weigh ten times the excluded ones (the design
of ASReview's ELAS u4; Ferdinands et al., Syst Rev 2023;12:100). The mean of all reports counts as one more that is excluded, since
most of what nobody has read yet will be. What is known before anyone decides (``question.py``: the
review's question, and signs of a study) counts ``10 / (10 + included)`` at first, and less if it fails to tell the included from
the excluded, so that the order makes sense from the start and a poor question does no harm for long. Ranking never excludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from winnow import reuse
from winnow.rank.features import Features, features
from winnow.rank.linear import fitted
from winnow.rank.question import relevance, standard

if TYPE_CHECKING:
    import pandas as pd

RANKING = ("rank", "record_id", "score", "label", "sample", "title", "year")

#: How much the included weigh against the excluded, and what a decision weighs on average.
WEIGHT, COST = 9.8, 0.22
#: What the mean of all reports weighs, as a share of all excluded ones.
MEAN = 0.3
#: With so many includes the model and a good prior count the same.
HALF = 10.0
#: How good the prior is thought to be at first (area under its curve), and how many includes that belief is worth.
BELIEF, WORTH = 0.8, 3.0


class Ranker:
    """A collection that can be ranked again after every decision.

    Args:
        reports: one row per report.
        question: the review's question in a sentence or two; may be empty.
        balance: how many criteria each report meets, less those that it does not (``verdicts.balance``), by record id; empty if
            the rules were not asked.
        kept: the words of each report as an earlier run read them.
    """

    def __init__(
        self,
        reports: pd.DataFrame,
        question: str = "",
        balance: Mapping[str, int] | None = None,
        kept: reuse.Kept = reuse.NOTHING,
    ) -> None:
        self.features: Features = features(reports, kept)
        self.mean = sparse.csr_matrix(self.features.matrix.mean(axis=0)) if len(reports) else None
        met = np.array([balance.get(name, 0) for name in reports["record_id"]], dtype=float) if balance else None
        self.prior = relevance(self.features, question, met)
        self.known = bool(self.prior.any())

    def scores(self, labels: np.ndarray) -> np.ndarray:
        """The score of every report, higher first.

        Args:
            labels: 1 included, 0 excluded, -1 not decided.
        """
        if not (labels == 1).any():
            return self.prior.copy()
        share = self.share(labels)
        return share * self.prior + (1.0 - share) * standard(self._model(labels))

    def share(self, labels: np.ndarray) -> float:
        """How much what is known before counts against the model, 0 to 1."""
        if not self.known:
            return 0.0
        included = int((labels == 1).sum())
        quality = (_area(self.prior, labels) * included + BELIEF * WORTH) / (included + WORTH)
        return HALF / (HALF + included) * min(1.0, max(0.0, 4.0 * (quality - 0.5)))

    def _model(self, labels: np.ndarray) -> np.ndarray:
        decided = np.flatnonzero(labels >= 0)
        targets = np.where(labels[decided] == 1, 1.0, -1.0)
        included = int((targets > 0).sum())
        excluded = len(targets) - included
        share = np.where(targets > 0, WEIGHT / included, 1.0 / max(1, excluded))
        weights = COST * len(targets) / (1.0 + WEIGHT) * np.append(share, MEAN)
        rows = sparse.vstack([self.features.matrix[decided], self.mean], format="csr")
        coefficients, constant = fitted(rows, np.append(targets, -1.0), weights)
        return np.asarray(self.features.matrix @ coefficients + constant)


def _area(scores: np.ndarray, labels: np.ndarray) -> float:
    """The chance that an included report has the higher score than an excluded one; one half if either is lacking."""
    included, excluded = scores[labels == 1], np.sort(scores[labels == 0])
    if not len(included) or not len(excluded):
        return 0.5
    beaten = np.searchsorted(excluded, included, side="left") + np.searchsorted(excluded, included, side="right")
    return float(beaten.sum() / (2 * len(included) * len(excluded)))


def ranking(
    reports: pd.DataFrame,
    decided: Mapping[str, int],
    question: str = "",
    balance: Mapping[str, int] | None = None,
    *,
    sample: int = 0,
    seed: int = 1,
) -> pd.DataFrame:
    """Every report once, in the order to read.

    Args:
        reports: with ``record_id`` and any of the bibliographic columns.
        decided: 1 or 0 by record id.
        question: the review's question; may be empty.
        balance: what the rules say, see ``Ranker``.
        sample: so many undecided reports, drawn at random with ``seed``, come first (for the stopping report).

    Returns:
        Columns ``RANKING``: undecided reports first, by score, ties by id; then the decided ones.
    """
    import pandas as pd

    ordered = reports.sort_values("record_id", kind="stable", ignore_index=True)
    ids = ordered["record_id"].tolist()
    labels = np.array([decided.get(name, -1) for name in ids], dtype=np.int64)
    scores = np.round(Ranker(ordered, question, balance).scores(labels), 6) if ids else np.zeros(0)
    undecided = np.flatnonzero(labels < 0)
    drawn = set(np.random.default_rng(seed).choice(undecided, size=min(sample, len(undecided)), replace=False).tolist())
    order = sorted(range(len(ids)), key=lambda row: (labels[row] >= 0, row not in drawn, -scores[row], ids[row]))
    titles = ordered["title"].tolist() if "title" in ordered.columns else [""] * len(ids)
    years = ordered["year"].tolist() if "year" in ordered.columns else [""] * len(ids)
    rows = [
        (str(place), ids[row], f"{scores[row]:.6f}", str(labels[row]) if labels[row] >= 0 else "",
         "yes" if row in drawn else "", titles[row], years[row])
        for place, row in enumerate(order, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(RANKING), dtype=str)
