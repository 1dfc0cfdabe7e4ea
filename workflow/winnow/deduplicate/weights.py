"""The one table of thresholds (``thresholds.csv``) and the one of rules (``rules.csv``)."""

from __future__ import annotations

from dataclasses import dataclass

from winnow import package_data

#: name: value, as documented in thresholds.csv.
THRESHOLDS: dict[str, float] = {
    row["name"]: float(row["value"]) for row in package_data.rows("deduplicate/thresholds.csv")
}


@dataclass(frozen=True)
class Rule:
    """One line of rules.csv: when every field named has one of its levels, the verdict holds.

    Attributes:
        name: the rule's name, shown with the pair.
        verdict: same, possible, related, or nothing (the pair is of no interest).
        score: how sure the verdict is, from 0 to 1: a judgement, checked against the share of true pairs on labelled sets. Surer
            pairs join first.
        when: field: the levels that it may have.
        why: the reasoning, one sentence.
    """

    name: str
    verdict: str
    score: float
    when: dict[str, tuple[str, ...]]
    why: str


_NOT_FIELDS = ("rule", "verdict", "score", "why")


def _rule(row: dict[str, str]) -> Rule:
    when = {field: tuple(cell.split("|")) for field, cell in row.items() if cell and field not in _NOT_FIELDS}
    return Rule(row["rule"], row["verdict"], float(row["score"]), when, row["why"])


#: In order: the first rule that fits a pair decides.
RULES: tuple[Rule, ...] = tuple(_rule(row) for row in package_data.rows("deduplicate/rules.csv"))
