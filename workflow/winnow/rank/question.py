"""What is likely to be included before anyone has decided: reports that answer the review's question, and that look like a study.

BM25 (Robertson and Zaragoza 2009) finds the question's words, in the whole report and once more in its title. A few signs
(``signs.csv``) tell reports with results of their own from the rest; they hold in reviews of every kind, and count alone where
there is no question. The reports that come first then lend their own words to the question (Rocchio's feedback, twice), since a
question names an illness and a treatment but rarely all that goes with them. Nothing here excludes anything.

The weights are those of a logistic regression over 21 labelled reviews, rounded (``benchmarks/fit_rank.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from winnow import package_data
from winnow.rank.features import Features, words

if TYPE_CHECKING:
    from scipy import sparse

#: What the question counts in the whole report and in the title, beside the signs.
ANYWHERE, TITLE = 0.35, 0.35
#: What the verdicts on the review's criteria count.
CRITERIA = 0.6
#: How many of the first reports (a tenth at most) lend their words, how often, and how much these count.
LENDING, TIMES, FEEDBACK = 30, 2, 1.0


@dataclass(frozen=True)
class Sign:
    """Words that tell something about a report, and how much; ``field`` is ``anywhere`` or ``title``."""

    name: str
    field: str
    words: re.Pattern[str]
    weight: float


@cache
def asking() -> frozenset[str]:
    """Words that ask, and tell nothing of what is asked."""
    return frozenset(package_data.text("rank/asking.txt").split())


@cache
def signs() -> tuple[Sign, ...]:
    """The table of signs."""
    return tuple(
        Sign(row["sign"], row["field"], re.compile(row["words"]), float(row["weight"]))
        for row in package_data.rows("rank/signs.csv")
    )


def relevance(collection: Features, question: str = "", balance: np.ndarray | None = None) -> np.ndarray:
    """A score per report with mean 0 and standard deviation 1; all zero if nothing tells the reports apart.

    Args:
        collection: the reports.
        question: the review's question; may be empty.
        balance: how many of the review's criteria each report meets, less those that it does not, if the rules were asked.
    """
    signed = sum((sign.weight * shown(collection, sign) for sign in signs()), np.zeros(collection.counts.shape[0]))
    asked = ANYWHERE * standard(bm25(collection.counts, collection.vocabulary, question))
    asked += TITLE * standard(bm25(collection.titles, collection.vocabulary, question))
    if balance is not None:
        asked += CRITERIA * standard(balance)
    base = standard(signed + asked)
    return fed_back(collection, base) if asked.any() else base


def fed_back(collection: Features, base: np.ndarray) -> np.ndarray:
    """The scores and, beside them, how much each report resembles those that come first."""
    scores = base
    for _ in range(TIMES):
        first = np.argsort(-scores, kind="stable")[: min(LENDING, max(1, len(scores) // 10))]
        lent = np.asarray(collection.matrix[first].mean(axis=0)).ravel()
        scores = base + FEEDBACK * standard(collection.matrix @ lent)
    return standard(scores)


def shown(collection: Features, sign: Sign) -> np.ndarray:
    """1 for each report that shows a sign, else 0."""
    columns = [column for word, column in collection.vocabulary.items() if sign.words.fullmatch(word)]
    counts = collection.titles if sign.field == "title" else collection.counts
    return np.asarray(counts[:, columns].sum(axis=1) > 0, dtype=float).ravel()


def bm25(
    counts: sparse.csr_matrix, vocabulary: dict[str, int], question: str, *, k: float = 1.2, b: float = 0.3
) -> np.ndarray:
    """BM25 of each report for a question.

    Args:
        counts: reports by words, how often.
        vocabulary: the column of each word.
        question: what is asked.
        k: how soon more of the same word counts no more.
        b: how much a long text is held against it, 0 to 1.
    """
    asked = {word for part in question.split() if part.lower() not in asking() for word in words(part)}
    columns = sorted({vocabulary[word] for word in asked if word in vocabulary})
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
