"""Decisions made in Rayyan or Covidence become rows of a ledger; one that names no record is reported, not dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow import tables
from winnow.cli import main

RAYYAN = (
    "key,title,year,authors,doi,pubmed_id,notes\n"
    'r-1,First,2001,"A, B",10.9999/a,,"RAYYAN-INCLUSION: {""Ana""=>""Included"", ""Bo""=>""Excluded""}"\n'
    'r-2,Second,2002,"C, D",,77,"note | RAYYAN-INCLUSION: {""Ana""=>""Excluded""} '
    '| RAYYAN-EXCLUSION-REASONS: wrong population,old"\n'
    'r-3,Third,2003,"E, F",,,"RAYYAN-INCLUSION: {""Ana""=>""Maybe""}"\n'
    'r-4,Fourth,2004,"G, H",10.9999/d,,\n'
)
OPTIONS = ["--decisions", "--stage", "title_abstract", "--date", "2020-05-01"]


def written(path: Path) -> list[tuple[str, str, str]]:
    """(id, decision, criterion) of a ledger's rows."""
    return [
        (row["id"], row["decision"], row["criterion"]) for _, row in tables.read_rows(path, tables.SCREENING_LEDGER)
    ]


def test_one_members_decisions_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Included, excluded with its reason, maybe; by DOI, by PMID, and by title and year where the review has just one such."""
    export, records, ledger = tmp_path / "rayyan.csv", tmp_path / "records.csv", tmp_path / "ana.csv"
    export.write_text(RAYYAN)
    tables.write_rows(records, [{"record_id": "cnki:0123456789ab", "title": "THIRD", "year": "2003"}], tables.RECORDS)
    command = ["import", str(export), "-o", str(ledger), *OPTIONS, "--person", "Ana", "--records", str(records)]
    assert main([*command, "--criterion", "wrong population=adults"]) == 0
    assert written(ledger) == [
        ("10.9999/a", "include", ""),
        ("77", "exclude", "adults"),
        ("cnki:0123456789ab", "unclear", ""),
    ]
    assert "3 decisions, 1 record without one" in capsys.readouterr().out


def test_a_decision_that_names_no_record_is_a_fault_and_the_others_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Third has neither PMID nor DOI, and nobody said what the review holds."""
    export, ledger = tmp_path / "rayyan.csv", tmp_path / "ana.csv"
    export.write_text(RAYYAN)
    assert main(["import", str(export), "-o", str(ledger), *OPTIONS, "--person", "Ana"]) == 1
    assert "'Third'" in capsys.readouterr().err
    assert len(written(ledger)) == 2


def test_two_members_must_be_told_apart_and_a_ledger_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose decisions they are is not guessed."""
    export, ledger = tmp_path / "rayyan.csv", tmp_path / "ana.csv"
    export.write_text(RAYYAN)
    assert main(["import", str(export), "-o", str(ledger), *OPTIONS]) == 2
    assert "Ana, Bo" in capsys.readouterr().err
    ledger.write_text("there\n")
    assert main(["import", str(export), "-o", str(ledger), *OPTIONS, "--person", "Bo"]) == 1
    assert ledger.read_text() == "there\n"


def test_covidences_file_is_the_list_of_one_decision(tmp_path: Path) -> None:
    """The file says who is in it, the person says what it means; the reason stands in the notes."""
    export, ledger = tmp_path / "excluded.ris", tmp_path / "team.csv"
    export.write_text("TY  - JOUR\nTI  - One\nDO  - 10.9999/a\nN1  - Exclusion reason: Wrong study design;\nER  - \n")
    command = ["import", str(export), "-o", str(ledger), "--decisions", "--stage", "full_text", "--date", "2020-05-01"]
    assert main([*command, "--decision", "exclude", "--criterion", "Wrong study design=design"]) == 0
    assert written(ledger) == [("10.9999/a", "exclude", "design")]
