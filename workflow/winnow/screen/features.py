"""Reports as weighted words and pairs of words, for ranking. Chinese is read by pairs of characters.

The words of the whole collection are numbered once; pairs are numbered by arithmetic on those numbers, which is several times
faster than building them as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from winnow import reuse
from winnow.screen.tokens import folded, lowered

if TYPE_CHECKING:
    import pandas as pd

#: The fields that ranking reads.
FIELDS = ("title", "original_title", "abstract", "keywords", "mesh")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]{{2,}}")
_HAN_RUN = re.compile(f"[{_HAN}]")


def words(text: str) -> list[str]:
    """The words of a text without their endings; a run of Chinese characters gives its overlapping pairs."""
    found: list[str] = []
    for word in _WORD.findall(lowered(folded(text))):
        if _HAN_RUN.match(word):
            found += [word[index : index + 2] for index in range(max(1, len(word) - 1))]
        else:
            found.append(stem(word))
    return found


_ENDINGS = re.compile(
    r"(?:i[sz]ations?|i[sz]ed|i[sz]ing|i[sz]es?|ations?|ities|ments?|ings?|ies|ied|ers?|ors?|ive|ion|ions|ical|al|ic|ity|ed|es|s|e|y)$"
)


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """The word without its ending, so that a question finds ``randomized`` by ``randomised trials``."""
    if not word.isascii() or len(word) < 4:
        return word
    short = _ENDINGS.sub("", word)
    return short if len(short) >= 4 else word[:-1] if word.endswith("s") else word


@dataclass(frozen=True)
class Features:
    """A collection of reports.

    Attributes:
        matrix: reports by words and pairs, TF-IDF with logarithmic counts, rows of length one.
        counts: reports by words, plain counts, for BM25.
        vocabulary: the column of each word in ``counts``.
    """

    matrix: sparse.csr_matrix
    counts: sparse.csr_matrix
    vocabulary: dict[str, int]


def features(reports: pd.DataFrame, kept: reuse.Kept = reuse.NOTHING) -> Features:
    """The features of a table of reports (any of the columns of ``FIELDS``); ``kept`` are the words of an earlier run."""
    columns = [reports[name].tolist() for name in FIELDS if name in reports.columns]
    vocabulary: dict[str, int] = {}
    numbers: list[int] = []
    ends: list[int] = []
    for cells in zip(*columns, strict=True) if columns else [()] * len(reports):
        for found in kept.recall(cells, partial(_words, cells)):
            numbers += [vocabulary.setdefault(word, len(vocabulary)) for word in found.split()]
            numbers.append(-1)  # no pair across two fields
        ends.append(len(numbers))
    return _weighted(np.array(numbers, dtype=np.int64), np.array(ends, dtype=np.int64), vocabulary)


def _words(cells: Sequence[str]) -> list[str]:
    """The words of each field, joined by spaces, of which no word has any."""
    return [" ".join(words(cell)) for cell in cells]


def _weighted(numbers: np.ndarray, ends: np.ndarray, vocabulary: dict[str, int]) -> Features:
    size = max(1, len(vocabulary))
    rows = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    real = numbers >= 0
    counts = _counted(rows[real], numbers[real], len(ends), size)
    follows = real[:-1] & real[1:] & (rows[:-1] == rows[1:]) if len(numbers) > 1 else np.zeros(0, dtype=bool)
    first, second = numbers[:-1][follows], numbers[1:][follows]
    kinds, pairs = np.unique(first * size + second, return_inverse=True)
    paired = _counted(rows[:-1][follows], pairs, len(ends), max(1, len(kinds)))
    matrix = sparse.hstack([counts, paired], format="csr")
    documents = np.bincount(matrix.indices, minlength=matrix.shape[1])
    matrix = matrix[:, documents > 1]
    documents = documents[documents > 1]
    matrix.data = 1.0 + np.log(matrix.data)
    matrix = matrix.multiply(1.0 + np.log((1.0 + len(ends)) / (1.0 + documents))).tocsr()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    matrix = sparse.diags(1.0 / lengths) @ matrix
    return Features(sparse.csr_matrix(matrix), counts, vocabulary)


def _counted(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> sparse.csr_matrix:
    matrix = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(height, width)).tocsr()
    matrix.sum_duplicates()
    return matrix
