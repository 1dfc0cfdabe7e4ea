"""A report that waited for a person and is excluded by a rule since the last search, or the other way round, is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from winnow import review as reviews
from winnow import tables
from winnow.report import changes
from winnow.report import evidence as gathering
from winnow.report import flow as flows
from winnow.report import story as stories
from winnow.report.evidence import Evidence, Row
from winnow.screen.criteria import load
from winnow.screen.proposals import proposals
from winnow.screen.verdicts import verdicts

Builder = Callable[..., Evidence]
Writer = Callable[[Evidence, Path], Path]
CRITERIA = {
    "criteria": [
        {"id": "drug", "label": "no wonderdrug", "question": "Wonderdrug?", "met": ["wonderdrug"], "absent": "not met"}
    ]
}
#: What reports are about; each draws on twenty words that no other subject has.
SUBJECTS = {name: [f"{name}{letter}ing" for letter in "abcdefghijklmnopqrst"] for name in ("joint", "field", "sea")}


def abstract(seed: int, subject: str, more: str = "") -> str:
    drawn = random.Random(seed).sample(SUBJECTS[subject], 12)
    return (
        f"The people of the study were seen by us and asked at each visit about {' and '.join(drawn)} {more} with care."
    )


def updated(evidence: Evidence, root: Path, folder: Writer, more: str) -> tuple[Path, set[str]]:
    """An update of 100 reports by 120 more, worked through by rules alone; and the reports that an earlier search found.

    Of the 60 that meet the criterion at first, two are about something else, and so 20 silent ones about that are in doubt.
    """
    first = [("joint", "wonderdrug")] * 58 + [("field", "wonderdrug")] * 2 + [("field", "")] * 20 + [("sea", "")] * 20
    subjects = [*first, *[(more, "wonderdrug")] * 120]
    cells = dict.fromkeys(tables.RECORDS, "") | {"source": "pubmed", "year": "2001", "title": "A study"}
    records: list[Row] = [
        cells | {"record_id": f"pubmed:{n:04}", "search_id": search, "abstract": abstract(n, *subject)}
        for search, size in (("s1", len(first)), ("s2", len(subjects)))
        for n, subject in enumerate(subjects[:size])
    ]
    merged = {row["record_id"]: row | {"record_ids": row["record_id"], "field_sources": ""} for row in records}
    (root / "config").mkdir(parents=True)
    (root / "config/criteria.yaml").write_text(yaml.safe_dump(CRITERIA), encoding="utf-8")
    criteria = load(root / "config/criteria.yaml")
    found = verdicts(pd.DataFrame(list(merged.values())), criteria)
    out = {row["report_id"] for row in tables.rows(proposals(found, criteria)) if row["automatic"]}
    decisions: list[Row] = [
        dict.fromkeys(tables.DECISIONS, "")
        | (
            {"report_id": name, "stage": "before_screening", "decision": "exclude", "reason": "drug", "by": "rule:drug"}
            if name in out
            else {"report_id": name, "stage": "title_abstract", "decision": "awaiting"}
        )
        for name in merged
    ]
    names = {name: name for name in merged}
    folder(replace(evidence, records=records, reports=names, merged=merged, decisions=decisions, studies=[]), root)
    tables.write(root / "results/screen/verdicts.csv", found, tables.VERDICTS)
    (root / "decisions/screening/ann.csv").unlink()
    path = root / "config/config.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8")) | {"screening": {"rules": "exclude"}}
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    return root, {row["record_id"] for row in records if row["search_id"] == "s1"}


def excluded(root: Path, only: set[str]) -> set[str]:
    """Whom the rules exclude in a table of these reports."""
    merged = tables.read(root / "results/deduplicate/merged.csv")
    criteria = load(root / "config/criteria.yaml")
    found = verdicts(merged[merged["record_id"].isin(only)], criteria)
    return {row["report_id"] for row in tables.rows(proposals(found, criteria)) if row["automatic"]}


def told(root: Path) -> list[Row]:
    review = reviews.load(root=root)
    evidence = gathering.read(review)
    return list(changes.changes(review, evidence, flows.flow(evidence), stories.read(review, evidence)).rows)


@pytest.mark.parametrize("more", ["joint", "sea"])
def test_every_exclusion_that_other_reports_changed_is_told(
    review: Builder, folder: Writer, tmp_path: Path, more: str
) -> None:
    """Law: told are the reports known before that the rules exclude now and would not have, or the reverse; and it is news."""
    root, known = updated(review(searches=2, kinds=1), tmp_path / "review", folder, more)
    everything = set(tables.read(root / "results/deduplicate/merged.csv")["record_id"])
    before, now = excluded(root, known), excluded(root, everything) & known
    assert before != now
    rows = [row for row in told(root) if row["change"] == "exclusion"]
    assert {row["report_id"] for row in rows} == before ^ now
    for row in rows:
        gone = row["report_id"] in now
        assert ("reads like" in row["before"], "reads like" in row["after"]) == (gone, not gone)
        assert row["state"] == ("excluded by a rule" if gone else "awaits a decision on title and abstract")
    assert changes.news(rows) == {"exclusion": len(before ^ now)}


def test_what_a_person_decided_and_what_rules_only_propose_is_no_exclusion(
    review: Builder, folder: Writer, tmp_path: Path
) -> None:
    """A rule never overrides a person, and proposes nothing more than a proposal: neither is told as an exclusion."""
    root, _ = updated(review(searches=2, kinds=1), tmp_path / "review", folder, "joint")
    first, *others = (row["report_id"] for row in told(root) if row["change"] == "exclusion")
    row = {"date": "2026-01-05", "id": first, "stage": "title_abstract", "decision": "include", "role": "reviewer"}
    tables.write_rows(root / "decisions/screening/ann.csv", [row], tables.SCREENING_LEDGER)
    assert [row["report_id"] for row in told(root) if row["change"] == "exclusion"] == others
    path = root / "config/config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("exclude", "propose"), encoding="utf-8")
    assert not [row for row in told(root) if row["change"] == "exclusion"]
