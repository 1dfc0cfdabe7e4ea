"""The walkthrough: made up, said so everywhere, rebuilt byte for byte, and carried end to end by every stage."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from winnow import manifests, review, tables
from winnow.cli import main
from winnow.text import is_han

STAGES = ("check", "records", "deduplicate", "screen", "extract", "synthesise", "report")
FIRST = ("--config", "config/config.yaml", "config/first-search.yaml")
SECOND = ("--config", "config/config.yaml", "config/second-update.yaml")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "examples" / "walkthrough"


@pytest.fixture(scope="module")
def ran(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walkthrough taken through every stage: after the first search, as it stands, and with the second update."""
    copy = tmp_path_factory.mktemp("walkthrough") / "review"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("results*", ".snakemake"))
    before = Path.cwd()
    os.chdir(copy)
    try:
        for options in (FIRST, (), SECOND):
            for stage in STAGES:
                assert main([stage, *options]) == 0, (stage, options)
    finally:
        os.chdir(before)
    return copy


def rows(path: Path) -> Rows:
    return [row for _, row in tables.read_rows(path)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def decided(ran: Path, results: str = "results") -> dict[tuple[str, str], dict[str, str]]:
    """The decision on each report and stage, by a piece of the report's title."""
    titles = {row["record_id"]: row["title"] for row in rows(ran / results / "deduplicate" / "merged.csv")}
    return {(titles[row["report_id"]], row["stage"]): row for row in rows(ran / results / "screen" / "decisions.csv")}


def one(table: dict[tuple[str, str], dict[str, str]], title: str, stage: str) -> dict[str, str]:
    found = [row for (name, at), row in table.items() if title in name and at == stage]
    assert len(found) == 1, title
    return found[0]


def test_the_searches_are_those_of_the_articles(folder: Path, tmp_path: Path) -> None:
    """Rebuilding from articles.yaml gives the committed bytes, under another hash seed, time zone and language."""
    surroundings = os.environ | {
        "PYTHONPATH": str(folder.parents[1] / "workflow"), "PYTHONHASHSEED": "3", "TZ": "Pacific/Auckland", "LC_ALL": "C",
    }  # fmt: skip
    subprocess.run([sys.executable, str(folder / "made-up" / "build.py"), str(tmp_path)], check=True, env=surroundings)
    assert contents(tmp_path / "searches") == contents(folder / "searches")


def test_everything_says_that_it_is_made_up(folder: Path) -> None:
    """Title, notice, README, every manifest, strategy and abstract; no PMID or DOI can be a real one."""
    loaded = review.load([folder / "config/config.yaml", folder / "config/second-update.yaml"], folder)
    about = loaded.settings["review"]
    assert about["made_up"] is True
    assert "made up" in about["title"]
    assert about["notice"].startswith("Made up")
    assert "**Everything here is made up**" in (folder / "README.md").read_text(encoding="utf-8")
    for source in loaded.sources:
        assert "Made up" in source.manifest.data["note"]
        assert manifests.verify(source.manifest) == []
    for article in yaml.safe_load((folder / "made-up/articles.yaml").read_text(encoding="utf-8"))["articles"]:
        assert article["doi"].startswith("10.5555/made-up.")
        assert int(article.get("pmid", "90000000")) >= 90_000_000
        if said := article.get("abstract"):
            assert said[-1][1].endswith("[Made-up abstract.]"), article["key"]
        if "chinese_abstract" in article:
            assert article["chinese_abstract"].endswith("（虚构摘要）"), article["key"]


def test_each_update_repeats_what_was_there(ran: Path) -> None:
    """An update's records contain those of the search before, so that nothing is new because it was found again."""
    found: dict[str, set[str]] = {}
    for row in rows(ran / "results-second-update/records/records.csv"):
        found.setdefault(row["search_id"], set()).add(row["record_id"])
    first, second, third = (found[name] for name in ("2019-original", "2022-update", "2024-update"))
    assert first < second < third


def test_every_ledger_row_reaches_its_report(ran: Path) -> None:
    """No decision, ruling or value is left over, and the first two searches leave nothing to decide."""
    for name in ("screen/unmatched_decisions.csv", "extract/unmatched_rows.csv", "screen/to_decide.csv"):
        assert rows(ran / "results" / name) == [], name


def test_duplicates_are_found_across_sources_and_languages(ran: Path) -> None:
    """A Chinese record and its English title are one report; so are two CNKI exports, a shared DOI, and PubMed with Embase."""
    merged = {row["title"]: row["record_ids"].split("; ") for row in rows(ran / "results/deduplicate/merged.csv")}
    records = {row["record_id"]: row for row in rows(ran / "results/records/records.csv")}
    languages = [{is_han(records[record]["title"]) for record in group} for group in merged.values() if len(group) > 1]
    assert sum(both == {True, False} for both in languages) == 2
    assert sum(both == {True} for both in languages) == 1
    assert sum(len(group) - 1 for group in merged.values()) == len(records) - len(merged) == 10


def test_a_conflict_is_settled_by_the_adjudicator(ran: Path) -> None:
    """Li includes and Wang excludes Mockup 2011: Chen's row decides; at full text both exclude it for the same reason."""
    table = decided(ran)
    first = one(table, "children and adults", "title_abstract")
    assert (first["decision"], first["agreed"]) == ("include", "adjudicated")
    last = one(table, "children and adults", "full_text")
    assert (last["decision"], last["reason"], last["agreed"]) == ("exclude", "not_children_only", "yes")


def test_a_report_that_was_not_retrieved_is_counted(ran: Path) -> None:
    """The thesis of Wu 2003 advanced, was sought and not had."""
    table = decided(ran)
    assert one(table, "成人哈登肌病的临床研究", "title_abstract")["decision"] == "include"
    assert one(table, "成人哈登肌病的临床研究", "retrieval")["decision"] == "exclude"


def test_what_was_decided_after_the_first_search_is_carried_on(ran: Path) -> None:
    """The update changes no decision of the first search, asks nothing again, and its diagram counts the earlier studies."""
    before, after = decided(ran, "results-first-search"), decided(ran)
    assert {key: after[key] for key in before} == before
    assert rows(ran / "results-first-search/screen/to_decide.csv") == []
    first, later = (
        json.loads((ran / name / "report/prisma.json").read_bytes()) for name in ("results-first-search", "results")
    )
    assert (first["new_studies"]["n"], first["dbr_notretrieved_reports"]["n"]) == (5, 1)
    assert (later["previous_studies"]["n"], later["new_studies"]["n"], later["total_studies"]["n"]) == (5, 2, 7)
    assert later["new_reports_of_previous_studies"]["n"] == 1


def test_three_reports_make_one_study(ran: Path) -> None:
    """Nine included reports describe seven studies; the trial of 2012 has three of them."""
    studies: dict[str, set[str]] = {}
    for row in rows(ran / "results/extract/studies.csv"):
        studies.setdefault(row["study_id"], set()).add(row["report_id"])
    assert len(studies) == 7
    assert len(studies["example-2012"]) == 3
    assert len(set().union(*studies.values())) == 9


def test_the_second_update_asks_only_what_is_new_or_changed(ran: Path) -> None:
    """Three new reports, and the retracted one as stale; every earlier decision stands as it stood."""
    waiting = rows(ran / "results-second-update/screen/to_decide.csv")
    assert sorted({row["title"][:24] for row in waiting if row["why"] == "no decision"}) == [
        "Lumivane every two month", "Retraction: Lumivane for", "卢米凡治疗老年哈登肌病40例回顾性分析",
    ]  # fmt: skip
    assert {row["report_id"] for row in waiting if row["why"] == "stale"} == {"pubmed:90000003"}
    before, after = decided(ran), decided(ran, "results-second-update")
    same = ("decision", "reason", "by", "agreed")
    for key, row in before.items():
        assert [after[key][name] for name in same] == [row[name] for name in same], key


def test_every_quote_is_in_the_article(folder: Path) -> None:
    """Each extracted value cites words of its article, which contain the value unless it is a choice or a word."""
    told = yaml.safe_load((folder / "made-up/articles.yaml").read_text(encoding="utf-8"))["articles"]
    texts = {
        article["key"]: " ".join(
            [article.get("title", ""), article.get("chinese", ""), article.get("chinese_abstract", "")]
            + [said for _, said in article.get("abstract", [])]
        )
        for article in told
    }
    words = {"20": "Twenty", "90": "Ninety"}
    for row in rows(folder / "decisions/extraction.csv"):
        assert row["quote"] in texts[row["study"]], row
        if row["field"] != "design":
            assert row["value"] in row["quote"] or words[row["value"]] in row["quote"], row
        assert row["checked_by"] != row["by"]


def test_the_readme_names_files_that_are_there(folder: Path, ran: Path) -> None:
    """Every path that the README points to exists, before the run or after it."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:config|searches|decisions|results|made-up)[\w/.*-]*)`", text):
        assert list(ran.glob(name.rstrip("/"))), name
