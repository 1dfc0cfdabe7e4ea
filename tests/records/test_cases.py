"""Case law: made-up exports, each with a quirk of some database, and what must come out (``cases.yaml``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from winnow.records.importing import import_file

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_quirk_is_read_as_its_case_says(case: dict[str, Any], tmp_path: Path) -> None:
    """Every record is there, each with the columns that the case names, and the report counts what was not understood."""
    path = tmp_path / "export.any"
    path.write_bytes(case["text"].encode("utf-8"))
    imported = import_file(path)
    assert len(imported.records) == len(case["read"]), case["why"]
    for record, expected in zip(imported.records, case["read"], strict=True):
        assert {name: record.get(name, "") for name in expected} == expected, case["why"]
    report = imported.report.as_json()
    assert len(report["losses"]) == case.get("losses", 0), report["losses"]
    assert report["lines_not_understood"] == case.get("strays", 0), report["not_understood"]
    assert len(report["unknown_tags"]) == case.get("unknown", 0), report["unknown_tags"]


def test_every_case_is_named_once_and_says_why() -> None:
    """A case is cited by its name; without a reason nobody dares to change it."""
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)
    assert all(case["why"].strip() for case in CASES)
