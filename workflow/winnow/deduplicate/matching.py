"""What the rules say about every candidate pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winnow.deduplicate import blocking, comparing, evidence, fields
from winnow.deduplicate.columns import Ints
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


#: What a rule says of a pair: verdict, score, rule, evidence.
Said = tuple[str, float, str, str]


def judge(records: pd.DataFrame) -> list[Judgement]:
    """Every candidate pair on which a rule says something, sorted by row."""
    prepared = fields.prepare(records)
    a, b = blocking.candidates(blocking.marks(prepared))
    return [Judgement(int(a[place]), int(b[place]), *said) for place, said in compared(prepared, a, b)]


def compared(prepared: fields.Fields, a: Ints, b: Ints) -> Iterator[tuple[int, Said]]:
    """The places of the pairs (rows ``a[i]``, ``b[i]``) on which a rule says something, and what it says.

    It follows from the content of the two records, and from which of them comes first.
    """
    told = np.array([rule.verdict != "none" for rule in RULES] + [False])
    for start in range(0, len(a), CHUNK):
        ours, theirs = a[start : start + CHUNK], b[start : start + CHUNK]
        levels = comparing.compare(prepared, ours, theirs)
        decided = first_rule(levels, len(ours))
        kept = np.flatnonzero(told[decided])
        its = {field: bits[kept] for field, bits in levels.items()}
        words = evidence.words(prepared, ours[kept], theirs[kept], its)
        for place, text in zip(kept.tolist(), words, strict=True):
            rule = RULES[decided[place]]
            yield start + place, (rule.verdict, rule.score, rule.name, text)


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
