"""What the rules say about every candidate pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winnow.deduplicate import blocking, comparing, evidence, fields
from winnow.deduplicate.fields import Ints
from winnow.deduplicate.levels import Bits, bit
from winnow.deduplicate.weights import RULES

if TYPE_CHECKING:
    import pandas as pd

#: Pairs that are compared at once, so that memory does not grow with the number of pairs.
CHUNK = 500_000


@dataclass(frozen=True)
class Judgement:
    """A verdict on two rows (``row_1`` < ``row_2``): same, possible or related."""

    row_1: int
    row_2: int
    verdict: str
    score: float
    rule: str
    evidence: str


def judge(records: pd.DataFrame) -> list[Judgement]:
    """Every candidate pair on which a rule says something, sorted by row."""
    prepared = fields.prepare(records)
    a, b = blocking.candidates(prepared)
    judged: list[Judgement] = []
    for start in range(0, len(a), CHUNK):
        judged += _judge(prepared, a[start : start + CHUNK], b[start : start + CHUNK])
    return judged


def _judge(prepared: fields.Fields, a: Ints, b: Ints) -> list[Judgement]:
    levels = comparing.compare(prepared, a, b)
    decided = first_rule(levels, len(a))
    told = np.array([rule.verdict != "none" for rule in RULES] + [False])[decided]
    kept = np.flatnonzero(told)
    words = evidence.words(prepared, a[kept], b[kept], {field: bits[kept] for field, bits in levels.items()})
    found = []
    for place, text in zip(kept.tolist(), words, strict=True):
        rule = RULES[decided[place]]
        found.append(Judgement(int(a[place]), int(b[place]), rule.verdict, rule.score, rule.name, text))
    return found


def first_rule(levels: Mapping[str, Bits], count: int) -> Ints:
    """The number of the first rule that fits each pair; ``len(RULES)`` where none does."""
    decided = np.full(count, len(RULES), np.int64)
    open_pairs = np.arange(count)
    for number, rule in enumerate(RULES):
        fits = np.ones(len(open_pairs), bool)
        for field, allowed in rule.when.items():
            mask = np.uint16(sum(bit(field, level) for level in allowed))
            fits &= (levels[field][open_pairs] & mask) != 0
        decided[open_pairs[fits]] = number
        open_pairs = open_pairs[~fits]
    return decided
