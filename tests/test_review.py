"""The bundled review as its users meet it: it runs, it is reproducible, and bad input stops it before anything is touched."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from winnow.cli import main

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("records", "deduplicate", "screen", "extract", "synthesise", "report")
PARTS = ("config", "searches", "decisions")


def fresh(folder: Path, source: Path = ROOT) -> Path:
    """A copy of a review without its results."""
    for part in PARTS:
        shutil.copytree(source / part, folder / part)
    return folder


def run_stages(folder: Path, **environment: str) -> None:
    """Every stage by its command, each in a process of its own, as the rules do."""
    for stage in ("search --report", *STAGES):
        subprocess.run(
            [sys.executable, "-m", "winnow", *stage.split()],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT / "workflow")} | environment,
            check=True,
        )


def contents(folder: Path) -> dict[str, bytes]:
    results = folder / "results"
    return {
        path.relative_to(results).as_posix(): path.read_bytes() for path in sorted(results.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled review, run once in a folder of its own."""
    folder = fresh(tmp_path_factory.mktemp("review"))
    run_stages(folder)
    return folder


def test_same_inputs_same_bytes(first_run: Path, tmp_path: Path) -> None:
    """Another folder, time zone, language and hash seed give the same bytes, pictures and workbooks included."""
    other = fresh(tmp_path / "elsewhere" / "ü 名")
    run_stages(other, TZ="Asia/Shanghai", LANG="zh_CN.UTF-8", LC_ALL="C", PYTHONHASHSEED="7")
    ours, theirs = contents(first_run), contents(other)
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_committed_results_are_what_a_run_gives(first_run: Path) -> None:
    """Every result under version control equals a fresh run's."""
    listed = subprocess.run(["git", "ls-files", "results"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name.removeprefix("results/") for name in listed.stdout.split()]
    assert names
    ours = contents(first_run)
    assert [name for name in names if ours.get(name) != (ROOT / "results" / name).read_bytes()] == []


def test_every_count_is_the_length_of_its_list(first_run: Path) -> None:
    """A box of prisma.json names a CSV with a header and exactly n rows; one that does not apply has neither."""
    flow = json.loads((first_run / "results/report/prisma.json").read_text(encoding="utf-8"))
    boxes = list(_boxes(flow))
    assert len(boxes) > 10
    for key, box in boxes:
        if box["n"] is None:
            assert not box.get("list"), key
        else:
            with open(first_run / box["list"], newline="", encoding="utf-8") as stream:
                assert len(list(csv.reader(stream))) - 1 == box["n"], key


def _boxes(value: object, key: str = "") -> list[tuple[str, dict[str, object]]]:
    if isinstance(value, dict):
        if "n" in value:
            return [(key, value)]
        return [box for name, part in value.items() for box in _boxes(part, f"{key}.{name}")]
    if isinstance(value, list):
        return [box for number, part in enumerate(value) for box in _boxes(part, f"{key}[{number}]")]
    return []


def test_no_result_names_a_machine(first_run: Path) -> None:
    """No absolute path, host name or user of this machine stands in a text result."""
    for name, content in contents(first_run).items():
        if name.endswith((".csv", ".json", ".md", ".svg", ".html")):
            assert str(first_run).encode() not in content, name
            assert str(ROOT).encode() not in content, name


def test_the_established_studies_survive_to_the_end(
    first_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The eight studies that could be established are found, included and extracted."""
    with open(ROOT / "config/previous_review.csv", newline="", encoding="utf-8") as stream:
        ids = [row["id"] for row in csv.DictReader(stream)]
    assert len(ids) == 8
    monkeypatch.chdir(first_run)
    for name in ids:
        assert main(["explain", name]) == 0
        told = capsys.readouterr().out
        assert "full_text: include" in told and "n_total" in told, name


def append(path: str, line: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with open(folder / path, "a", encoding="utf-8") as out:
            out.write(line)

    return change


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = (folder / path).read_text(encoding="utf-8")
        assert old in content
        (folder / path).write_text(content.replace(old, new, 1), encoding="utf-8")

    return change


def remove(path: str) -> Callable[[Path], None]:
    return lambda folder: shutil.rmtree(folder / path)


def truncate(path: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = (folder / path).read_bytes()
        (folder / path).write_bytes(content[: len(content) // 2])

    return change


LEDGER = "decisions/screening/bundled-coding.csv"
BAD_INPUT = {
    "a missing CNKI folder": (remove("searches/2011-original/cnki"), "winnow add 2011-original cnki"),
    "a bad key in config": (append("config/config.yaml", "\nscreeening: {}\n"), "did you mean 'screening'"),
    "a cut archive file": (truncate("searches/2011-original/pubmed/records.xml.gz"), "changed since it was filed"),
    "a stray archive file": (append("searches/2011-original/pubmed/more.xml", "x"), "not in the manifest"),
    "a broken manifest": (truncate("searches/2011-original/pubmed/manifest.json"), "manifest.json"),
    "a ledger row that is too long": (append(LEDGER, "a,b,c,d,e,f,g,h,i,j,k,l,m,n\n"), "bundled-coding.csv:"),
    "a duplicate decision": (lambda folder: repeat_last_row(folder / LEDGER), "bundled-coding.csv:"),
    "an unknown criterion": (replace("config/criteria.yaml", "id: original_study", "id: some_other_id"), "original_study"),
    "criteria that are no list": (lambda folder: write(folder / "config/criteria.yaml", "criteria: 5\n"), "criteria.yaml:1"),
    "digests without their column": (replace("config/digests.csv", "id,digest", "name,digest"), "digests.csv: no column id"),
    "criteria that are not YAML": (append("config/criteria.yaml", "\n  - [\n"), "criteria.yaml:"),
}  # fmt: skip


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def repeat_last_row(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_told_before_anything_is_touched(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``winnow check`` exits 1 with lines that name the file and the remedy, without a traceback, and changes nothing."""
    change, says = BAD_INPUT[name]
    folder = fresh(tmp_path)
    change(folder)
    monkeypatch.chdir(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main(["check"]) == 1
    told = capsys.readouterr().err
    assert says in told and "Traceback" not in told
    assert all(line.startswith("winnow: ") for line in told.splitlines())
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_previous_review_without_its_columns_is_told_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table of the review that is updated is read by the check, not first by the last stage."""
    folder = fresh(tmp_path)
    write(folder / "config/previous_review.csv", "name\n1\n")
    monkeypatch.chdir(folder)
    assert main(["check", "--config", "config/config.yaml", "config/update-2025.yaml"]) == 1
    assert "config/previous_review.csv:1: no column study_id" in capsys.readouterr().err


def test_the_bundled_review_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The committed review passes its own check, and so does the overlay of the update."""
    monkeypatch.chdir(fresh(tmp_path))
    assert main(["check"]) == 0
    assert main(["check", "--config", "config/config.yaml", "config/update-2025.yaml"]) == 0


def test_a_decision_is_shown_however_its_id_is_written(
    first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``explain`` knows a report by every spelling of an id that the ledgers accept."""
    shutil.copytree(first_run, tmp_path / "review")
    monkeypatch.chdir(tmp_path / "review")
    replace(LEDGER, "2026-11-22,7932419,full_text", "2026-11-22,PMID: 7932419,full_text")(tmp_path / "review")
    assert main(["explain", "7932419"]) == 0
    assert "bundled-coding: include at full_text" in capsys.readouterr().out
