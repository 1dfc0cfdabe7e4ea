"""The two tables, rules.csv and thresholds.csv: whole, readable and reachable."""

from __future__ import annotations

import numpy as np
import pytest

from winnow.deduplicate import comparing, journals, matching, title_levels
from winnow.deduplicate.levels import LEVELS
from winnow.deduplicate.weights import RULES, THRESHOLDS


def test_every_rule_is_well_formed() -> None:
    """Law: names are unique, fields and levels exist, and each rule has a sentence and a verdict."""
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.verdict in {"same", "possible", "related", "none"} and rule.why.endswith(".")
        assert (rule.verdict == "same") == (rule.score > 0.9), rule.name
        for field, levels in rule.when.items():
            assert set(levels) <= set(LEVELS[field]), rule.name


def test_no_merge_without_a_title_a_doi_or_an_abstract() -> None:
    """Law: a rule that merges rests on a PMID, a DOI, an agreeing title or abstract, or on a place and people in two languages."""
    for rule in RULES:
        if rule.verdict == "same":
            sure = {"pmid", "doi", "abstract"} & {field for field, levels in rule.when.items() if levels == ("same",)}
            titled = set(rule.when.get("title", ("different",))) <= {"identical", "short", "near", "contained"}
            placed = {"pages", "authors"} <= set(rule.when) and "unknown" not in rule.when["pages"]
            assert sure or titled or placed, rule.name


def test_unknown_is_never_evidence() -> None:
    """Law: of two records of which nothing is known, no rule says that they are the same, or anything else."""
    levels = {
        field: np.array([1 << names.index("unknown" if "unknown" in names else "same")], np.uint16)
        for field, names in LEVELS.items()
    }
    assert matching.first_rule(levels, 1).tolist() == [len(RULES)]


@pytest.mark.parametrize("number", range(len(RULES)), ids=[rule.name for rule in RULES])
def test_every_rule_can_be_reached(number: int) -> None:
    """Law: there is a pair that this rule decides: no earlier one always fits first."""
    rule = RULES[number]
    chance = np.random.default_rng(1)
    drawn = {}
    for field, names in LEVELS.items():
        bits = np.array([1 << names.index(level) for level in rule.when.get(field, names)], np.uint16)
        drawn[field] = chance.choice(bits, 20_000)
    assert number in set(matching.first_rule(drawn, 20_000).tolist())


def test_thresholds_are_used() -> None:
    """Law: no threshold is left over: each name stands in the code that compares."""
    import inspect

    source = "".join(inspect.getsource(module) for module in (comparing, journals, title_levels))
    assert [name for name in THRESHOLDS if f'"{name}"' not in source] == []
