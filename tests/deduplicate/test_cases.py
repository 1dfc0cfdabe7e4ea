"""Case law: what two records are to each other, one sentence each, in ``cases.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from winnow.deduplicate import core
from winnow.deduplicate.weights import RULES

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))


def verdict(records: list[dict[str, str]], ids: tuple[str, str] = ("a", "b")) -> tuple[str, bool]:
    """The verdict on two records (``different`` where no rule says anything), and whether they became one report."""
    rows = [record | {"record_id": name} for record, name in zip(records, ids, strict=True)]
    found = core.deduplicate(pd.DataFrame(rows).fillna(""))
    said = found.pairs["verdict"].tolist()
    return (said[0] if said else "different"), found.reports["report_id"].nunique() == 1


def test_the_case_law_is_rich_and_each_case_has_its_reason() -> None:
    """Law: at least 120 cases, each with an id of its own, a sentence, and a verdict of the four."""
    assert len(CASES) >= 120
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert case["verdict"] in {"same", "possible", "related", "different"}
        assert case["why"].endswith(".") and len(case["records"]) == 2
    assert {case["verdict"] for case in CASES} == {"same", "possible", "related", "different"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['why']}")
def test_case(case: dict[str, Any]) -> None:
    """Law: the verdict is that of the case, whichever record comes first and whatever the ids are; only ``same`` merges."""
    for records, ids in ((case["records"], ("a", "b")), (case["records"][::-1], ("9", "10"))):
        said, merged = verdict(records, ids)
        assert said == case["verdict"], case["why"]
        assert merged == (said == "same")


def test_every_rule_that_speaks_has_its_case() -> None:
    """Law: no rule without case law: each that says same, possible or related decides at least one case."""
    decided = set()
    for case in CASES:
        rows = [record | {"record_id": name} for record, name in zip(case["records"], "ab", strict=True)]
        decided |= set(core.deduplicate(pd.DataFrame(rows).fillna("")).pairs["rule"])
    assert [rule.name for rule in RULES if rule.verdict != "none" and rule.name not in decided] == []
