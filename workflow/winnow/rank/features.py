"""Reports as weighted words and pairs of words, for ranking. Chinese is read by pairs of characters.

The words of the whole collection are numbered once (:mod:`winnow.rank.numbered`); pairs are numbered by arithmetic on those
numbers, which is several times faster than building them as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from winnow import reuse, tables
from winnow.rank.numbered import END, numbered
from winnow.wording.tokens import folded, lowered

if TYPE_CHECKING:
    import pandas as pd

#: The fields that ranking reads.
FIELDS = ("title", "original_title", "abstract", "keywords", "mesh")
#: How much the title counts beside the whole report, when two reports are compared.
TITLE = 0.15

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]{{2,}}")
#: The same in a text that has nothing but ASCII, twice as fast.
_ASCII_WORD = re.compile(r"[a-z0-9]{2,}")
_HAN_RUN = re.compile(f"[{_HAN}]")


def words(text: str) -> list[str]:
    """The words of a text without their endings; a run of Chinese characters gives its overlapping pairs."""
    return [word for written in _written(text) for word in _read(written)]


def _written(text: str) -> list[str]:
    low = lowered(folded(text))
    return (_ASCII_WORD if low.isascii() else _WORD).findall(low)


def _read(written: str) -> list[str]:
    if _HAN_RUN.match(written):
        return [written[index : index + 2] for index in range(max(1, len(written) - 1))]
    return [stem(written)]


class _Readings(dict[str, list[str]]):
    """The words that a written word is read as; worked out where it occurs first."""

    def __missing__(self, written: str) -> list[str]:
        self[written] = found = _read(written)
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
        matrix: reports by words and pairs, TF-IDF with logarithmic counts, and once more those of the titles; rows of length one.
        counts: reports by words, plain counts, for BM25.
        titles: the same of the titles alone.
        vocabulary: the column of each word in ``counts`` and ``titles``.
    """

    matrix: sparse.csr_matrix
    counts: sparse.csr_matrix
    titles: sparse.csr_matrix
    vocabulary: dict[str, int]


def features(reports: pd.DataFrame, kept: reuse.Kept = reuse.NOTHING) -> Features:
    """The features of a table of reports (any of the columns of ``FIELDS``); ``kept`` are the words of an earlier run."""
    names = [name for name in FIELDS if name in reports.columns]
    columns = [tables.column(reports, name) for name in names]
    readings = _Readings()
    texts = list(zip(*columns, strict=True)) if columns else [()] * len(reports)
    found = numbered(texts, partial(_words, readings=readings), kept)
    rows, shape = found.texts, (len(texts), max(1, len(found.words)))
    counts = _counted(rows, found.numbers, *shape)
    titles = _titles(found.numbers, names)
    titled = _counted(rows[titles], found.numbers[titles], *shape)
    whole = _weighted(counts, rows, found.numbers)
    heads = _weighted(titled, rows[titles], found.numbers[titles])
    matrix = _normalised(sparse.hstack([whole, TITLE**0.5 * heads], format="csr"))
    return Features(matrix, counts, titled, {word: number for number, word in enumerate(found.words)})


def _words(cells: Sequence[str], readings: _Readings) -> Iterator[Iterator[str]]:
    """The words of each field."""
    return (chain.from_iterable(map(readings.__getitem__, _written(cell))) for cell in cells)


def _titles(numbers: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Which of the numbers stand in a title; the field of a number follows from how many fields end before it."""
    ending = numbers == END
    if "title" not in names:
        return np.zeros(len(numbers), dtype=bool)
    fields = (np.cumsum(ending) - ending) % len(names)
    return np.asarray(~ending & (fields == names.index("title")))


def _weighted(counts: sparse.csr_matrix, rows: np.ndarray, numbers: np.ndarray) -> sparse.csr_matrix:
    """TF-IDF of the words that are counted, and of the pairs of neighbours in the sequence of their numbers."""
    height, size = counts.shape
    real = numbers >= 0
    follows = real[:-1] & real[1:] & (rows[:-1] == rows[1:])
    pairs = numbers[:-1][follows] * size + numbers[1:][follows]
    places, kinds = _several(pairs)
    paired = _counted(rows[:-1][follows][places], kinds, height, int(kinds.max(initial=0)) + 1)
    matrix = sparse.hstack([_shared(counts), _shared(paired)], format="csr")
    documents = np.bincount(matrix.indices, minlength=matrix.shape[1])
    inverse = 1.0 + np.log((1.0 + height) / (1.0 + documents))
    matrix.data = (1.0 + np.log(matrix.data)) * inverse[matrix.indices]
    return _normalised(matrix)


def _normalised(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same with rows of length one; an empty row stays empty."""
    rows = _rows(matrix)
    lengths = np.sqrt(np.bincount(rows, matrix.data**2, minlength=matrix.shape[0]))
    matrix.data /= lengths[rows]
    return sparse.csr_matrix(matrix)


def _several(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of the keys that occur more than once, and for each of these which key it is, numbered from 0."""
    import pandas as pd

    codes, _ = pd.factorize(keys)
    places = np.flatnonzero(np.bincount(codes, minlength=1)[codes] > 1)
    return places, pd.factorize(codes[places])[0]


def _shared(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """The columns that more than one report has."""
    return counts[:, np.bincount(counts.indices, minlength=counts.shape[1]) > 1]


def _rows(matrix: sparse.csr_matrix) -> np.ndarray:
    """The row of each stored number."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _counted(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> sparse.csr_matrix:
    """How often each column occurs in each row; columns below 0 are none."""
    real = columns >= 0
    matrix = sparse.coo_matrix((np.ones(int(real.sum())), (rows[real], columns[real])), shape=(height, width)).tocsr()
    matrix.sum_duplicates()
    return matrix
