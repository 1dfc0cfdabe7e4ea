"""How far two reviewers agree: raw, Cohen's kappa with its interval, PABAK and Gwet's AC1, from first independent decisions only.

Sources: Cohen 1960 (kappa); Fleiss, Cohen & Everitt 1969 (its large-sample standard error); Byrt, Bishop & Carlin 1993 and, for
more than two categories, Brennan & Prediger 1981 (PABAK); Gwet 2008 (AC1). The interval is kappa ± 1.96 standard errors, cut at ±1.
A figure that the decisions cannot give is "not estimable", never 0 or 1.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

COLUMNS = (
    "stage", "reviewer_1", "reviewer_2", "categories", "n", "agreed", "raw", "kappa", "kappa_low", "kappa_high", "pabak",
    "ac1", "note",
)  # fmt: skip
NOT_ESTIMABLE = "not estimable"
#: How the rules are called among the reviewers; no reviewer's name may begin with a parenthesis.
RULES = "(rules)"
_Z = 1.959963984540054

#: The two ways to look at a decision: as it was given, and whether the report goes forward.
THREE_WAY = {"include": "include", "unclear": "unclear", "exclude": "exclude"}
ADVANCE = {"include": "advance", "unclear": "advance", "exclude": "exclude"}
SCHEMES = {"include / unclear / exclude": THREE_WAY, "advance / exclude": ADVANCE}


@dataclass(frozen=True)
class Vote:
    """One reviewer's decision on one report at one stage; ``unaided`` if the rules' evidence was hidden from the reviewer."""

    reviewer: str
    report_id: str
    stage: str
    decision: str
    unaided: bool = False


@dataclass(frozen=True)
class Agreement:
    """The figures for one pair of reviewers; None is not estimable."""

    n: int
    agreed: int
    raw: float | None
    kappa: float | None
    low: float | None
    high: float | None
    pabak: float | None
    ac1: float | None


def agreement(pairs: Sequence[tuple[str, str]], categories: Sequence[str]) -> Agreement:
    """Agreement over the decisions of two reviewers.

    Args:
        pairs: (first reviewer's category, second reviewer's category) for each report that both decided.
        categories: all that could have been chosen, whether anybody did or not.

    Returns:
        Kappa is not estimable when both used one and the same category throughout; its interval also when everything agreed
        or nothing can vary; everything when there are no pairs.
    """
    n = len(pairs)
    if not n:
        return Agreement(0, 0, None, None, None, None, None, None)
    share = {(a, b): pairs.count((a, b)) / n for a, b in set(pairs)}
    first = {c: math.fsum(p for (a, _), p in share.items() if a == c) for c in categories}
    second = {c: math.fsum(p for (_, b), p in share.items() if b == c) for c in categories}
    agreed = sum(a == b for a, b in pairs)
    raw = agreed / n
    q = len(categories)
    by_chance = math.fsum(first[c] * second[c] for c in categories)
    kappa = low = high = None
    if by_chance < 1 - 1e-12:
        kappa = (raw - by_chance) / (1 - by_chance)
        error = _standard_error(share, first, second, kappa, by_chance, n)
        if error > 0:
            low, high = max(-1.0, kappa - _Z * error), min(1.0, kappa + _Z * error)
    mean = [(first[c] + second[c]) / 2 for c in categories]
    gwet = math.fsum(p * (1 - p) for p in mean) / (q - 1)
    return Agreement(n, agreed, raw, kappa, low, high, (q * raw - 1) / (q - 1), (raw - gwet) / (1 - gwet))


def _standard_error(
    share: dict[tuple[str, str], float],
    first: dict[str, float],
    second: dict[str, float],
    kappa: float,
    by_chance: float,
    n: int,
) -> float:
    """Fleiss, Cohen & Everitt's standard error of kappa (not the one under the hypothesis that kappa is 0)."""
    on = math.fsum(p * (1 - (first[a] + second[b]) * (1 - kappa)) ** 2 for (a, b), p in share.items() if a == b)
    off = (1 - kappa) ** 2 * math.fsum(p * (second[a] + first[b]) ** 2 for (a, b), p in share.items() if a != b)
    variance = (on + off - (kappa - by_chance * (1 - kappa)) ** 2) / (n * (1 - by_chance) ** 2)
    return math.sqrt(variance) if variance > 1e-15 else 0.0


def table(votes: Iterable[Vote]) -> list[dict[str, str]]:
    """The rows of agreement.csv: every stage, every pair of reviewers, both schemes; the rules are a reviewer where they voted.

    Args:
        votes: in the order in which they were cast. Only the first of each reviewer on a report counts: what was changed after
            the two had talked is no measure of agreement. Against the rules only unaided votes count.
    """
    first: dict[str, dict[str, dict[str, Vote]]] = defaultdict(lambda: defaultdict(dict))
    for vote in votes:
        first[vote.stage][vote.reviewer].setdefault(vote.report_id, vote)
    rows = []
    for stage in ("title_abstract", "full_text"):
        # The rules are always the second of a pair.
        for one, other in combinations(sorted(first[stage], key=lambda name: (name == RULES, name)), 2):
            both = _common(first[stage][one], first[stage][other], unaided=other == RULES)
            for name, scheme in SCHEMES.items():
                pairs = [(scheme[a], scheme[b]) for a, b in both]
                figures = agreement(pairs, list(dict.fromkeys(scheme.values())))
                rows.append(
                    {"stage": stage, "reviewer_1": one, "reviewer_2": other, "categories": name, **_shown(figures)}
                )
    return rows


def _common(one: Mapping[str, Vote], other: Mapping[str, Vote], *, unaided: bool) -> list[tuple[str, str]]:
    reports = sorted(one.keys() & other.keys())
    return [(one[r].decision, other[r].decision) for r in reports if not unaided or one[r].unaided]


def _shown(figures: Agreement) -> dict[str, str]:
    def show(value: float | None) -> str:
        return NOT_ESTIMABLE if value is None else f"{value:.3f}".replace("-0.000", "0.000")

    if not figures.n:
        note = "no report was decided by both"
    elif figures.kappa is None:
        note = "both used one category throughout"
    elif figures.low is None:
        note = "the interval has no width"
    else:
        note = ""
    return {
        "n": str(figures.n),
        "agreed": str(figures.agreed),
        "raw": show(figures.raw),
        "kappa": show(figures.kappa),
        "kappa_low": show(figures.low),
        "kappa_high": show(figures.high),
        "pabak": show(figures.pabak),
        "ac1": show(figures.ac1),
        "note": note,
    }
