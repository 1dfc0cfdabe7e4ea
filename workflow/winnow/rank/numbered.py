"""The words of a collection of texts as numbers, in the order in which the words first occur.

To split texts and to number their words costs more than all that ranking does with the numbers. So what was read is kept as
numbers, with one list of words for all texts; a later run reads the texts that are new and counts through the numbers of all.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from winnow import reuse

#: Stands after the words of each field.
END = -1
#: How numbers are kept.
_KEPT = np.dtype("<i4")
_NAME = reuse.key(["words as numbers"])


@dataclass(frozen=True)
class Numbered:
    """The words of some texts.

    Attributes:
        words: each word once; its place is its number.
        numbers: the words of all texts one after the other, each field closed by :data:`END`.
        ends: where each text ends in ``numbers``.
    """

    words: list[str]
    numbers: np.ndarray
    ends: np.ndarray

    @property
    def texts(self) -> np.ndarray:
        """The text of each of the numbers."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))


def numbered(
    texts: Sequence[Sequence[str]],
    read: Callable[[Sequence[str]], Iterable[Iterable[str]]],
    kept: reuse.Kept = reuse.NOTHING,
) -> Numbered:
    """The words of each text.

    Args:
        texts: the fields of each text.
        read: gives the words of each field of a text; no word has a space.
        kept: what an earlier run read.
    """
    import pandas as pd

    words, held, places = _earlier(kept)
    before = len(places)
    vocabulary = {word: number for number, word in enumerate(words)}
    keys = [reuse.key(fields) for fields in texts] if kept.on else []
    fresh: list[int] = []
    spans = []
    for place, fields in enumerate(texts):
        span = places.get(keys[place]) if keys else None
        if span is None:
            start = len(held) + len(fresh)
            for found in read(fields):
                fresh += [vocabulary.setdefault(word, len(vocabulary)) for word in found]
                fresh.append(END)
            span = start, len(held) + len(fresh)
            if keys:
                places[keys[place]] = span
        spans.append(span)
    pool = np.concatenate([held, np.array(fresh, dtype=_KEPT)])
    numbers = np.concatenate([pool[:0], *(pool[start:end] for start, end in spans)]).astype(np.int64)
    real = numbers >= 0
    numbers[real], used = pd.factorize(numbers[real])  # as if all had been read now, in this order
    every = list(vocabulary)
    ends = np.cumsum([end - start for start, end in spans], dtype=np.int64)
    made = Numbered([every[number] for number in used.tolist()], numbers, ends)
    if kept.on and (fresh or before != len(set(keys))):
        _keep(made, keys, kept)
    return made


def _earlier(kept: reuse.Kept) -> tuple[list[str], np.ndarray, dict[str, tuple[int, int]]]:
    """What is kept: the words, the numbers of the texts, and where each text stands among these by its hash."""
    said = kept.at(_NAME) if kept.on else None
    if said is None:
        return [], np.zeros(0, dtype=_KEPT), {}
    ends = np.cumsum(_unpacked(said["lengths"]), dtype=np.int64)
    return (
        said["words"].split(),
        _unpacked(said["numbers"]),
        dict(zip(said["texts"].split(), pairwise([0, *ends.tolist()]), strict=True)),
    )


def _keep(made: Numbered, keys: Sequence[str], kept: reuse.Kept) -> None:
    said = {
        "words": " ".join(made.words),
        "texts": " ".join(keys),
        "lengths": _packed(np.diff(made.ends, prepend=0)),
        "numbers": _packed(made.numbers),
    }
    kept.put(_NAME, said)


def _packed(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.astype(_KEPT).tobytes()).decode("ascii")


def _unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=_KEPT)
