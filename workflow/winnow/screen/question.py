"""How well reports answer the review's question, before anyone has decided anything.

BM25 (Robertson and Zaragoza 2009) finds the question's words; the reports that come first then lend it their own words (Rocchio's
feedback, twice), since a question names an illness and a treatment but rarely all that goes with them. A question about trials
prefers reports that speak of allocation, and titles that announce a review, a protocol or a comment come later: both are in the
review's words or in nearly every protocol, and neither excludes anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from winnow.screen.features import Features, words

if TYPE_CHECKING:
    import pandas as pd

_TRIALS = re.compile(r"random|\btrials?\b|placebo|随机|对照试验", re.IGNORECASE)
_ALLOCATED = re.compile(r"random|placebo|double.?blind|allocat|随机|双盲", re.IGNORECASE)
_SECONDARY = re.compile(
    r"\breview|meta-?analys|protocol|editorial|\bcomment|guideline|\bletter\b|erratum|rationale|综述|荟萃|系统评价|指南",
    re.IGNORECASE,
)
#: How many of the first reports (a tenth at most) lend their words, how often, and how much these count.
_LENDING, _TIMES, _FEEDBACK = 30, 2, 3.0


def relevance(reports: pd.DataFrame, collection: Features, question: str) -> np.ndarray:
    """A score per report with mean 0 and standard deviation 1; all zero if the question's words occur nowhere."""
    asked = bm25(collection, question)
    if not asked.any():
        return asked
    base = standard(asked)
    if "title" in reports.columns:
        base -= reports["title"].str.contains(_SECONDARY).to_numpy(dtype=float)
    if _TRIALS.search(question):
        text = reports[[name for name in ("title", "abstract") if name in reports.columns]].agg(" ".join, axis=1)
        base += text.str.contains(_ALLOCATED).to_numpy(dtype=float)
    scores = base
    for _ in range(_TIMES):
        first = np.argsort(-scores, kind="stable")[: min(_LENDING, max(1, len(scores) // 10))]
        lent = np.asarray(collection.matrix[first].mean(axis=0)).ravel()
        scores = base + _FEEDBACK * standard(collection.matrix @ lent)
    return standard(scores)


def bm25(collection: Features, question: str, *, k: float = 1.2, b: float = 0.3) -> np.ndarray:
    """BM25 of each report for a question."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    asked = {word for part in question.split() if part.lower() not in ENGLISH_STOP_WORDS for word in words(part)}
    columns = sorted({collection.vocabulary[word] for word in asked if word in collection.vocabulary})
    counts = collection.counts
    if not columns or not counts.shape[0]:
        return np.zeros(counts.shape[0])
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    part = counts[:, columns].toarray()
    holding = (part > 0).sum(axis=0)
    inverse = np.log(1.0 + (counts.shape[0] - holding + 0.5) / (holding + 0.5))
    norm = k * (1.0 - b + b * lengths / max(1.0, float(lengths.mean())))
    return np.asarray((inverse * part * (k + 1.0) / (part + norm[:, None])).sum(axis=1))


def standard(scores: np.ndarray) -> np.ndarray:
    """Scores shifted and scaled to mean 0 and standard deviation 1 (all 0 if they do not differ)."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros(len(scores))
