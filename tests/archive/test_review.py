"""The bundled review taken through every stage: what the coder decided is what comes out, and an export can be added as told."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from winnow import tables
from winnow.cli import main

STAGES = ("check", "records", "deduplicate", "screen", "extract", "synthesise", "report")
UPDATE = ("--config", "config/config.yaml", "config/update-2025.yaml")
Rows = list[dict[str, str]]


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def copied(root: Path, folder: Path) -> Path:
    for name in ("config", "searches", "decisions"):
        shutil.copytree(root / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def ran(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled review and its update, each taken through every stage."""
    folder = copied(root, tmp_path_factory.mktemp("bundled"))
    with inside(folder):
        for options in ((), UPDATE):
            for stage in STAGES:
                assert main([stage, *options]) == 0, (stage, options)
    return folder


def rows(path: Path) -> Rows:
    return [row for _, row in tables.read_rows(path)]


def boxes(folder: Path, results: str = "results") -> dict[str, int | None]:
    told = json.loads((folder / results / "report" / "prisma.json").read_bytes())
    return {name: box["n"] for name, box in told.items() if isinstance(box, dict) and "n" in box}


def test_the_flow_counts_the_archive(ran: Path) -> None:
    """34 PubMed records and 10 pages; nine studies are included, one of them from a page; nothing is left to decide."""
    found = boxes(ran)
    wanted = {
        "database_results": 34, "website_results": 10, "records_screened": 34, "records_excluded": 24, "dbr_assessed": 10,
        "dbr_excluded": 2, "dbr_included": 8, "other_assessed": 2, "other_included": 1, "new_studies": 9,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    for name in ("screen/to_decide.csv", "screen/unmatched_decisions.csv", "extract/unmatched_rows.csv"):
        assert rows(ran / "results" / name) == [], name


def test_every_diagram_says_what_it_is_not(ran: Path) -> None:
    """Title and notes: assembled, not a search result; CNKI: no export supplied; what was read is no full text."""
    for results in ("results", "results-2025-update"):
        diagram = " ".join((ran / results / "report" / "prisma.svg").read_text(encoding="utf-8").split())
        assert "assembled demonstration, not a search result" in diagram
        assert "no export supplied" in diagram
        assert "full text (n" not in diagram


def test_the_eight_are_included_with_their_sizes(root: Path, ran: Path) -> None:
    """Each established study is an included study with a size that a person vouches for; together 196."""
    eight = {row["study_id"] for row in rows(root / "config/previous_review.csv")}
    studies = {row["study_id"]: row["overlaps_with"] for row in rows(ran / "results/extract/studies.csv")}
    assert {study for study, overlap in studies.items() if not overlap} == eight
    sizes = {
        row["study_id"]: int(row["number"])
        for row in rows(ran / "results/extract/values.csv")
        if row["field"] == "n_total" and row["by"] == "bundled-coding"
    }
    assert sum(sizes[study] for study in eight) == 196


def test_what_is_not_established_is_called_so(ran: Path) -> None:
    """Only the number of randomised trials comes out as published; 308 adults and 14 studies do not, and nobody made them."""
    status = {
        row["figure"]: (row["established_here"], row["status"]) for row in rows(ran / "results/report/reproduction.csv")
    }
    assert status["Included studies"] == ("8", "partly")
    assert status["Randomised controlled trials"] == ("2", "established")
    assert status["Adults in all studies"] == ("196", "partly")
    assert status["Lung involvement"] == ("not established", "not established")


def test_the_update_shows_open_work_and_keeps_what_was_decided(ran: Path) -> None:
    """Its 18 new records and 13 new pages wait for a person; the decisions and studies of the first search stand."""
    found = boxes(ran, "results-2025-update")
    assert (found["database_results"], found["website_results"]) == (52, 23)
    assert (found["awaiting_screening"], found["other_awaiting_screening"]) == (18, 13)
    assert (found["previous_studies"], found["new_studies"]) == (9, 0)
    waiting = rows(ran / "results-2025-update/screen/to_decide.csv")
    assert len(waiting) == 31
    assert {row["why"] for row in waiting} == {"no decision"}
    before, after = (
        {(row["report_id"], row["stage"]): row for row in rows(ran / results / "screen/decisions.csv")}
        for results in ("results", "results-2025-update")
    )
    assert {key: after[key] for key in before} == before


def test_an_export_is_added_as_the_folder_says(root: Path, tmp_path: Path) -> None:
    """The command of ADD-AN-EXPORT.md replaces the folder by the export, and its records wait for a decision."""
    folder = copied(root, tmp_path)
    told = (folder / "searches/2011-original/cnki/ADD-AN-EXPORT.md").read_text(encoding="utf-8")
    assert "winnow add 2011-original cnki EXPORT.txt" in told
    assert "1985 to 2011" in told
    shutil.copy(root / "examples/walkthrough/searches/2019-original/cnki/refworks.txt", folder / "EXPORT.txt")
    with inside(folder):
        words = ["add", "2011-original", "cnki", "EXPORT.txt", "--hits", "5", "--date", "2026-11-20"]
        assert main(words) == 0
        for stage in STAGES[:4]:
            assert main([stage]) == 0
    assert len(rows(folder / "results/screen/to_decide.csv")) == 5
