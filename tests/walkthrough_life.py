"""The walkthrough taken through a life: original, update, second update, an amended criterion, a retraction, and the way back."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from winnow import files, manifests, tables
from winnow.cli import main

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("check", "records", "deduplicate", "screen", "extract", "synthesise", "report")
SEARCHES = {"2019-original": 2019, "2022-update": 2022, "2024-update": 2024, "2025-update": 2025}
#: The steps of the life, and how many searches the review has at each.
LIFE = {"original": 1, "update": 2, "second update": 3, "decided": 3, "amended": 3, "retraction": 4}
RETRACTED = ("90000020", "embase:d9d82d32edd3")
CONCERN = ("embase:a3b19163767b", "expression of concern in doi:10.5555/made-up.concern")
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Step:
    """The review after one step: every file of its results and ledgers."""

    contents: dict[str, bytes]
    ledgers: dict[str, bytes]
    folder: Path

    def rows(self, name: str) -> Rows:
        """The rows of one table of the results."""
        path = self.folder / name
        return [row for _, row in tables.read_rows(path)] if path.is_file() else []

    def decisions(self) -> dict[tuple[str, str], dict[str, str]]:
        """Each decision by report and stage."""
        return {(row["report_id"], row["stage"]): row for row in self.rows("screen/decisions.csv")}

    def changes(self, kind: str) -> Rows:
        """The changes of one kind."""
        return [row for row in self.rows("report/changes.csv") if row["change"] == kind]

    def flow(self) -> dict[str, dict[str, object]]:
        """prisma.json."""
        told: dict[str, dict[str, object]] = json.loads(self.contents["report/prisma.json"])
        return told


def with_searches(review: Path, number: int) -> None:
    """Write the first searches of :data:`SEARCHES` into config.yaml, as a person adds an entry."""
    path = review / "config/config.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["searches"] = [
        {"id": name, "years": [2000, year], "databases": ["pubmed", "cnki", "embase"]}
        for name, year in list(SEARCHES.items())[:number]
    ]
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")


def run(*words: str) -> None:
    assert main(list(words)) == 0, words


def run_all() -> None:
    for stage in STAGES:
        run(stage)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def retract(review: Path) -> None:
    """A fourth search: as the third, but one included trial is retracted by now, and Crossref voices a concern about another."""
    old, new = review / "searches/2024-update", review / "searches/2025-update"
    shutil.copytree(old, new)
    for folder in sorted(new.iterdir()):
        data = json.loads((folder / "manifest.json").read_bytes()) | {"search": new.name, "years": [2000, 2025]}
        if folder.name == "pubmed":
            text = gzip.decompress((folder / "records.xml.gz").read_bytes()).decode()
            notice = (
                '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Made up. 2025</RefSource>'
                '<PMID Version="1">90000099</PMID></CommentsCorrections></CommentsCorrectionsList>'
            )
            head, _, tail = text.partition(f'<PMID Version="1">{RETRACTED[0]}</PMID>')
            article, end, rest = tail.partition("</MedlineCitation>")
            text = f'{head}<PMID Version="1">{RETRACTED[0]}</PMID>{article}{notice}{end}{rest}'
            (folder / "records.xml.gz").write_bytes(files.gzip_bytes(text.encode()))
            data["files"] = [
                manifests.file_entry(folder, entry["path"], role=entry["role"], records=entry.get("records"))
                for entry in data["files"]
            ]
        manifests.write(folder, data)
    row = {
        "report_id": CONCERN[0],
        "service": "crossref",
        "id": "10.5555/made-up.001",
        "found": "yes",
        "notices": CONCERN[1],
    }
    tables.write_rows(new / "status/status.csv", [row], ("report_id", "service", "id", "found", "notices"))


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Step]]:
    """Every step of the life; the last one goes back to the first update."""
    review = tmp_path_factory.mktemp("living") / "review"
    shutil.copytree(ROOT / "examples/walkthrough", review, ignore=shutil.ignore_patterns("results*", ".snakemake"))
    before = Path.cwd()
    os.chdir(review)
    found: dict[str, Step] = {}

    def lived(name: str) -> None:
        run_all()
        kept = review / "kept" / name
        shutil.copytree(review / "results", kept)
        ledgers = contents(review / "decisions") | {"amendments.csv": (review / "config/amendments.csv").read_bytes()}
        found[name] = Step(contents(kept), ledgers, kept)

    try:
        with_searches(review, 1)
        run("amend", "--reason", "baseline", "--results-known", "no", "--by", "li")
        lived("original")
        with_searches(review, 2)
        lived("update")
        with_searches(review, 3)
        lived("second update")
        for report in ("cnki:d6c58558b2a3", "embase:259c567dc433", "pubmed:90000030"):
            for reviewer in ("li", "wang"):
                run(
                    *("decide", report, "exclude", "--reviewer", reviewer, "--stage", "title_abstract"),
                    *("--criterion", "original_study", "--basis", "abstract"),
                )
        lived("decided")
        criteria = review / "config/criteria.yaml"
        text = criteria.read_text(encoding="utf-8")
        criteria.write_text(text.replace("lumivane tablets]", "lumivane tablets, five-year]"), encoding="utf-8")
        assert main(["check"]) == 1
        run("amend", "--reason", "follow-ups are left out", "--results-known", "yes", "--by", "li")
        lived("amended")
        retract(review)
        with_searches(review, 4)
        lived("retraction")
        with_searches(review, 2)
        criteria.write_text(text, encoding="utf-8")
        for name, content in found["update"].ledgers.items():
            (review / ("config" if name == "amendments.csv" else "decisions") / name).write_bytes(content)
        lived("back")
        yield found
    finally:
        os.chdir(before)
