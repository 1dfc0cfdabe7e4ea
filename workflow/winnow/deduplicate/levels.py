"""The levels of agreement that a field of a pair can have, and how a column of pairs gets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process

from winnow.deduplicate.columns import Flags, Ints

Bits = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float32]

#: field: its levels, the last one being what is left when nothing can be said.
LEVELS: dict[str, tuple[str, ...]] = {
    "pmid": ("same", "different", "unknown"),
    "doi": ("same", "version", "different", "unknown"),
    "kind": ("same", "different"),
    "part": ("same", "one", "different"),
    "title": (
        "identical",
        "short",
        "near",
        "contained",
        "begins",
        "alike",
        "different",
        "foreign",
        "unlike",
        "unknown",
    ),
    "numbers": ("same", "opposite", "different"),
    "authors": ("same", "first", "some", "different", "unknown"),
    "year": ("same", "near", "far", "unknown"),
    "journal": ("same", "alike", "different", "unknown"),
    "printed": ("both", "one", "unknown"),
    "volume": ("same", "different", "unknown"),
    "issue": ("same", "different", "unknown"),
    "pages": ("whole", "same", "near", "apart", "different", "unknown"),
    "abstract": ("same", "similar", "different", "unknown"),
}


def bit(field: str, level: str) -> int:
    """The bit of a level."""
    return 1 << LEVELS[field].index(level)


def chosen(field: str, conditions: Mapping[str, Flags], otherwise: str) -> Bits:
    """The first level whose condition holds."""
    bits = [np.uint16(bit(field, level)) for level in conditions]
    return np.select(list(conditions.values()), bits, np.uint16(bit(field, otherwise))).astype(np.uint16)


def taken(column: Sequence[str], rows: Ints) -> list[str]:
    """The cells of some rows."""
    return [column[row] for row in rows.tolist()]


def scores_of(
    one: Sequence[str],
    other: Sequence[str],
    scorer: Callable[..., Any],
    where: Flags,
    a: Ints,
    b: Ints,
    cutoff: float = 0,
) -> Floats:
    """``scorer`` of two columns for the pairs of ``where``; 0 elsewhere and below ``cutoff``."""
    scores = np.zeros(len(a), np.float32)
    if where.any():
        found = process.cpdist(taken(one, a[where]), taken(other, b[where]), scorer=scorer, score_cutoff=cutoff)
        scores[where] = found
    return scores
