"""Columns of records in comparable form: numpy arrays, one entry a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
T = TypeVar("T")


def once(function: Callable[[str], T], cells: Sequence[str]) -> list[T]:
    """``function`` of every cell, worked out once for equal cells."""
    known: dict[str, T] = {}
    for cell in cells:
        if cell not in known:
            known[cell] = function(cell)
    return [known[cell] for cell in cells]


def integers(values: Iterable[int]) -> Ints:
    """A column of whole numbers."""
    return np.fromiter(values, np.int64)


def flags(values: Iterable[bool]) -> Flags:
    """A column of truth values."""
    return np.fromiter(values, np.bool_)


def codes(values: Sequence[str]) -> Ints:
    """A number for each distinct value, in the order of the values' first appearance; -1 for an empty one."""
    known: dict[str, int] = {"": -1}
    return integers(known.setdefault(value, len(known) - 1) for value in values)
