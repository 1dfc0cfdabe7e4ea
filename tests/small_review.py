"""A small made-up review as its stages would leave it, and ledgers as people would write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from winnow import tables
from winnow.decisions.kinds import KINDS
from winnow.review import Review, load

CONFIG = """\
review:
  title: A made-up review of sunlight for tired teapots
searches:
  - id: first
    years: [1990, 2020]
    databases: [pubmed, cnki]
screening:
  reviewers:
    title_abstract: {people: [wang, li]}
    full_text: {people: [wang, li]}
"""
CRITERIA = """\
criteria:
  - id: about_teapots
    met: [teapot*, 茶壶]
    not_met: [kettle*]
  - id: not_a_letter
    met: [trial]
    not_met: [letter]
"""
RECORDS = [
    {"record_id": "pubmed:1", "pmid": "1", "doi": "10.1000/one", "title": "Sunlight for teapots: a trial"},
    {"record_id": "pubmed:2", "pmid": "2", "title": "A letter about kettles"},
    {"record_id": "cnki:aaa", "title": "阳光治疗疲惫茶壶的临床观察", "abstract": "茶壶三十例。"},
    {"record_id": "embase:9", "pmid": "1", "doi": "10.1000/ONE", "title": "Sunlight for teapots: a trial."},
    {"record_id": "pubmed:4", "pmid": "4", "doi": "10.1000/four", "title": "Moonlight for teapots"},
]
REPORT_OF = {"embase:9": "pubmed:1"}


def made(root: Path) -> Review:
    """Five records, four reports, two reviewers; nothing decided yet."""
    (root / "config").mkdir()
    (root / "config" / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (root / "config" / "criteria.yaml").write_text(CRITERIA, encoding="utf-8")
    write_results(root, RECORDS, REPORT_OF)
    return load(root=root)


@pytest.fixture
def small_review(tmp_path: Path) -> Review:
    """The review in a folder of its own."""
    return made(tmp_path)


@pytest.fixture
def inside(small_review: Review, monkeypatch: pytest.MonkeyPatch) -> Review:
    """The small review as the current folder."""
    monkeypatch.chdir(small_review.root)
    return small_review


def write_results(root: Path, records: Sequence[dict[str, str]], report_of: dict[str, str]) -> None:
    """What the stages before screening would have written."""
    tables.write_rows(root / "results/records/records.csv", records, tables.RECORDS)
    reports = [
        {"record_id": r["record_id"], "report_id": report_of.get(r["record_id"], r["record_id"])} for r in records
    ]
    tables.write_rows(root / "results/deduplicate/reports.csv", reports, tables.REPORTS)
    merged = [r for r in records if report_of.get(r["record_id"], r["record_id"]) == r["record_id"]]
    tables.write_rows(root / "results/deduplicate/merged.csv", merged, tables.MERGED)
    tables.write_rows(root / "results/deduplicate/pairs.csv", [], tables.PAIRS)


Write = Callable[..., Path]


@pytest.fixture
def write_ledger(small_review: Review) -> Write:
    """Write a ledger of the small review from rows with some of the cells."""

    def write(kind: str, *rows: dict[str, str], reviewer: str = "wang") -> Path:
        path = small_review.root / KINDS[kind].path.replace("*", reviewer)
        basic = {"date": "2026-01-02", "stage": "title_abstract", "role": "reviewer"} if kind == "screening" else {}
        tables.write_rows(path, [{"date": "2026-01-02", **basic, **row} for row in rows], KINDS[kind].columns)
        return path

    return write
