"""Which design a report states.

Screening asks whether a report meets a criterion; here the question is which words name the design, for a cell of a table. So the
rules are few, ordered and fast: ``rules/designs.yaml``, the first that matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from winnow import package_data
from winnow.extract.passage import Found, Passage

_TITLES = ("title", "original_title")


@dataclass(frozen=True)
class Rule:
    """One phrase that states a design."""

    value: str
    expression: re.Pattern[str]
    unless: re.Pattern[str] | None
    title: bool
    confidence: float
    needs: tuple[str, ...]


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            entry["value"],
            re.compile(entry["pattern"]),
            re.compile(entry["unless"]) if "unless" in entry else None,
            bool(entry.get("title")),
            float(entry["confidence"]),
            tuple(entry["needs"]),
        )
        for entry in package_data.from_yaml("extract/rules/designs.yaml")
    )


def design(passage: Passage) -> list[Found]:
    """The design, at most one, with the words that say so; what a title says is surer than what an abstract says."""
    text = passage.lower
    for rule in _rules():
        if rule.title and passage.source not in _TITLES:
            continue
        if not any(word in text for word in rule.needs):
            continue
        match = rule.expression.search(text)
        if match and not (rule.unless and rule.unless.search(text)):
            where = "title" if rule.title else "text"
            return [Found(*match.span(), f"{rule.value} in {where}", rule.confidence, rule.value)]
    return []
