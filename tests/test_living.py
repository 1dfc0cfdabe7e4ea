"""A review that lives: original, update, second update, an amended criterion, a retraction, and the way back.

The walkthrough is taken through all of it once; each test asks one thing of every step.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from winnow import files, manifests, tables
from winnow.cli import main
from winnow.decisions import rule_verdicts
from winnow.decisions.fingerprint import Now
from winnow.decisions.identities import Identities
from winnow.decisions.resolve import Judgement, Readers
from winnow.deduplicate import core
from winnow.report import changes_told
from winnow.report.changes import KINDS
from winnow.screen import signals
from winnow.screen import verdicts as screen_verdicts
from winnow.screen.criteria import Criterion
from winnow.screen.documents import Document
from winnow.screen.settle import Settings, steps
from winnow.screen.signals import Judged

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


@pytest.mark.parametrize("name", LIFE)
def test_the_flow_adds_up(life: dict[str, Step], name: str) -> None:
    """Every equation holds, every number is the length of its list, and the studies carried over are those that were there."""
    step = life[name]
    assert all(one["left"] == one["right"] for one in json.loads(step.contents["report/flow.json"])["identities"])
    for key, box in step.flow().items():
        if box["n"] is not None:
            assert len(step.rows(f"report/lists/{key}.csv")) == box["n"], key
    earlier = [life[other] for other, searches in LIFE.items() if searches < LIFE[name]]
    if earlier:
        total = earlier[-1].flow()["total_studies"]["n"]
        assert step.flow()["previous_studies"]["n"] == (
            earlier[-1].flow()["new_studies"]["n"] if total is None else total
        )


@pytest.mark.parametrize("name", list(LIFE)[1:])
def test_no_earlier_decision_is_lost_or_changed(life: dict[str, Step], name: str) -> None:
    """What was decided at any earlier step is decided the same way by the same people, and no ledger row is touched."""
    step = life[name]
    for other in list(LIFE)[: list(LIFE).index(name)]:
        now = step.decisions()
        for key, row in life[other].decisions().items():
            if row["decision"] != "awaiting":
                assert [now[key][column] for column in ("decision", "reason", "by", "agreed")] == [
                    row[column] for column in ("decision", "reason", "by", "agreed")
                ], (other, key)
        for path, content in life[other].ledgers.items():
            assert step.ledgers[path].startswith(content), (other, path)


@pytest.mark.parametrize("name", LIFE)
def test_everything_that_needs_a_person_is_listed(life: dict[str, Step], name: str) -> None:
    """The worklist has exactly the decisions that are awaited or stale, and every new notice is in the table of changes."""
    step = life[name]
    needed = {key for key, row in step.decisions().items() if row["decision"] == "awaiting" or row["stale"]}
    listed = {
        (row["report_id"], row["stage"]) for row in step.rows("screen/to_decide.csv") if row["stage"] != "duplicates"
    }
    assert listed == needed
    stale = {(row["report_id"], row["what"]) for row in step.changes("stale")}
    assert LIFE[name] == 1 or stale == {key for key, row in step.decisions().items() if row["stale"]}


@pytest.mark.parametrize("name", list(LIFE)[1:])
def test_new_is_what_no_earlier_search_found(life: dict[str, Step], name: str) -> None:
    """The new and late rows are exactly the records of reports of which no earlier search has one; each row's ids open."""
    step = life[name]
    latest = list(SEARCHES)[LIFE[name] - 1]
    report_of = {row["record_id"]: row["report_id"] for row in step.rows("deduplicate/reports.csv")}
    records = step.rows("records/records.csv")
    known = {report_of[row["record_id"]] for row in records if row["search_id"] != latest}
    new = {row["record_id"] for row in records if report_of[row["record_id"]] not in known}
    assert {row["record_id"] for kind in ("new", "late") for row in step.changes(kind)} == new
    for row in step.rows("report/changes.csv"):
        assert row["change"] in KINDS
        assert set(tables.split(row["report_id"])) <= set(report_of.values())
        assert not row["record_id"] or report_of[row["record_id"]] == row["report_id"]


def test_a_record_of_an_old_year_is_late(life: dict[str, Step]) -> None:
    """The report of 2015 that the search of 2019 covered and did not find is told apart from those of new years."""
    assert {row["year"] for row in life["update"].changes("late")} == {"2015"}
    assert all(int(row["year"]) > 2019 for row in life["update"].changes("new"))


def test_conclusions_move_from_the_review_before_to_the_review_now(life: dict[str, Step]) -> None:
    """Before is what the original concluded, now is what the update concludes: five studies become seven."""
    moved = {row["what"]: (row["before"], row["after"]) for row in life["update"].changes("conclusion")}
    assert moved["counts: studies, all"] == (
        "5 studies, 193 participants in 5 of them",
        "7 studies, 309 participants in 7 of them",
    )
    assert [pair for what, pair in moved.items() if what.startswith("pooled: response, randomised, all")] == [
        ("38 of 54 in 2 studies", "0.6970 (0.5997 to 0.7793): 69 of 99 in 3 studies")
    ]
    for before, after in (("original", 0), ("update", 1)):
        stated = {row["statement"] for row in life[before].rows("synthesise/statements.csv")}
        assert {pair[after] for what, pair in moved.items() if what.startswith("statements")} <= stated


def test_an_amended_criterion_shows_what_it_would_change_and_changes_nothing(life: dict[str, Step]) -> None:
    """The follow-up's verdict differs under the amended criterion; decisions and flow stay, and the amendment is told."""
    (row,) = life["amended"].changes("verdict")
    assert (row["report_id"], row["what"], row["state"]) == ("pubmed:90000021", "intervention", "included")
    assert row["before"].startswith("met: ") and row["after"].startswith("unclear: ")
    assert life["decided"].changes("verdict") == []
    assert life["amended"].contents["screen/decisions.csv"] == life["decided"].contents["screen/decisions.csv"]
    assert life["amended"].contents["report/prisma.json"] == life["decided"].contents["report/prisma.json"]
    page = life["amended"].contents["report/index.html"].decode()
    told = life["amended"].contents["report/changes.md"].decode()
    for line in life["amended"].ledgers["amendments.csv"].decode().splitlines()[1:]:
        cells = line.split(",")
        assert cells[2] in page and cells[2] in told
    assert "follow-ups are left out" in page


def test_other_code_that_judges_otherwise_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are held against those approved: a difference on the same text is told with its cause, one on other text is not."""
    shutil.copytree(
        ROOT / "examples/walkthrough", tmp_path, ignore=shutil.ignore_patterns("results*", ".*"), dirs_exist_ok=True
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WINNOW_CACHE", "off")
    with_searches(tmp_path, 2)
    assert main(["amend", "--verdicts", "--reason", "too early", "--results-known", "no", "--by", "li"]) == 1
    run_all()
    criteria, ledger = Path("config/criteria.yaml"), Path("config/amendments.csv")
    as_planned, before = criteria.read_bytes(), ledger.read_bytes()
    criteria.write_bytes(as_planned.replace(b"any: [lumivane, ", b"any: ["))
    assert main(["amend", "--verdicts", "--reason", "too late", "--results-known", "yes", "--by", "li"]) == 1
    assert ledger.read_bytes() == before, "verdicts of other criteria are not approved with these"
    criteria.write_bytes(as_planned)
    run("amend", "--verdicts", "--reason", "what the rules say", "--results-known", "yes", "--by", "li")
    verdicts = [row for _, row in tables.read_rows(tmp_path / "results/screen/verdicts.csv")]
    one, other = [
        row["report_id"] for row in verdicts if (row["criterion"], row["verdict"]) == ("intervention", "met")
    ][:2]
    title = {row["record_id"]: row["title"] for _, row in tables.read_rows(tmp_path / "results/deduplicate/merged.csv")}

    def other_code(criterion: Criterion, document: Document) -> Judged:
        judged = signals.judge(criterion, document)
        turned = criterion.id == "intervention" and document.text("title") in (title[one], title[other])
        return judged._replace(verdict="unclear") if turned else judged

    monkeypatch.setattr(screen_verdicts, "judge", other_code)
    (kept,) = (tmp_path / "config/history").glob("verdicts-*.csv")
    table = tables.read(kept)
    table.loc[table["report_id"] == other, "text"] = "another text"
    tables.write(kept, table, rule_verdicts.COLUMNS)
    assert main(["check"]) == 1, "an approved version that was changed by hand is a fault"
    for stage in STAGES[1:]:
        run(stage)
    told = [row for _, row in tables.read_rows(tmp_path / "results/report/changes.csv") if row["change"] == "verdict"]
    assert [(row["report_id"], row["what"], row["before"]) for row in told] == [(one, "intervention", "met")]
    assert told[0]["after"].startswith("unclear") and told[0]["note"].endswith("the criterion is as it was")


def test_a_retraction_is_flagged_and_excludes_nothing(life: dict[str, Step]) -> None:
    """Notices of records and of the status folder are told with their report; the reports stay included, for people to judge."""
    step = life["retraction"]
    assert {(row["report_id"], row["after"], row["state"]) for row in step.changes("notice")} == {
        (RETRACTED[1], "retracted in pubmed:90000099", "included"), (*CONCERN, "included"),
    }  # fmt: skip
    assert [row["report_id"] for row in step.changes("notice known")] == ["pubmed:90000003"]
    assert (RETRACTED[1], "full_text") in {(row["report_id"], row["what"]) for row in step.changes("stale")}
    assert step.flow()["total_studies"]["n"] == life["amended"].flow()["total_studies"]["n"]


def test_a_retraction_moves_the_estimate_that_leaves_it_out(life: dict[str, Step]) -> None:
    """Without new studies the estimate over all stays, the one without retracted studies moves, and the row opens what moved it."""
    (row,) = life["second update"].changes("conclusion")
    assert row["what"] == "pooled: response, prospective, without retracted and overlapping"
    assert row["report_id"] == "pubmed:90000003"
    assert row["before"].endswith("50 of 76 in 3 studies") and row["after"] == "39 of 58 in 2 studies"


def test_going_back_gives_the_earlier_bytes(life: dict[str, Step]) -> None:
    """With the earlier config and ledgers every result is as it was, pictures and workbooks included."""
    assert life["back"].contents == life["update"].contents


def test_one_search_has_nothing_to_be_held_against(life: dict[str, Step]) -> None:
    """The original's table of changes is empty, its document says why, and its page has no such section."""
    assert life["original"].rows("report/changes.csv") == []
    assert "one search" in life["original"].contents["report/changes.md"].decode()
    assert b'id="changes"' not in life["original"].contents["report/index.html"]
    assert b'id="changes"' in life["update"].contents["report/index.html"]


@pytest.mark.parametrize(
    ("table", "code"), [([], 0), (["conclusion", "notice known", "minor"], 0), (["new"], 3), (["vanished", "minor"], 3)]
)
def test_the_exit_code_says_whether_anything_is_new(
    life: dict[str, Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[str], code: int
) -> None:
    """0 if the latest search brought nothing, 3 if it did; what it did not bring itself does not count."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/walkthrough/config", tmp_path / "config")
    row = dict.fromkeys(life["update"].rows("report/changes.csv")[0], "x")
    tables.write_rows(tmp_path / "results/report/changes.csv", [row | {"change": kind} for kind in table], tuple(row))
    assert main(["changes", "--exit-code"]) == code
    assert main(["changes"]) == 0


def test_the_changes_of_a_review_that_did_not_run_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a table, or with one search only, the command says what to do and exits 1: never a silent 0."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/walkthrough/config", tmp_path / "config")
    assert main(["changes", "--exit-code"]) == 1
    assert "make review" in capsys.readouterr().err
    assert main(["changes", "--exit-code", "--config", "config/config.yaml", "config/first-search.yaml"]) == 1
    assert "one search" in capsys.readouterr().err


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=9), st.text(max_size=9))
def test_a_narrowed_difference_still_differs(start: str, end: str, one: str, other: str) -> None:
    """Cut down to where they differ, two texts differ if and only if they did, and none grows by more than its marks."""
    before, after = start + one + end, start + other + end
    cut, its = changes_told.narrowed(before, after)
    assert (cut == its) == (before == after)
    assert len(cut) <= len(before) + 2 and len(its) <= len(after) + 2


FIELDS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(
            (
                "Sunlight for teapots: a trial",
                "Sunlight for teapots",
                "阳光治疗茶壶30例",
                "Moonlight for kettles in winter",
                "",
            )
        ),
        "doi": st.sampled_from(("", "", "10.1000/one", "10.1000/two")),
        "year": st.sampled_from(("2001", "2002", "")),
        "journal": st.sampled_from(("Journal of Teapots", "")),
        "authors": st.sampled_from(("Doe, Jane", "王, 东", "")),
    }
)


@st.composite
def found_by_searches(draw: st.DrawFn) -> tuple[list[dict[str, str]], list[list[int]], list[tuple[int, str]]]:
    """Records, which of them each of three searches found (every record by at least one), and decisions on some."""
    records = draw(st.lists(FIELDS, min_size=1, max_size=7))
    several = st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True)
    places = [draw(several) for _ in records]
    decided = draw(
        st.lists(st.tuples(st.integers(0, len(records) - 1), st.sampled_from(("include", "exclude"))), max_size=9)
    )
    rows = [
        row | {"record_id": f"s{number % 2}:{number}", "source": f"s{number % 2}"} for number, row in enumerate(records)
    ]
    return rows, places, decided


def included(rows: Rows, searches: Sequence[str], decided: Sequence[tuple[int, str]], last: int) -> set[frozenset[str]]:
    """The included reports of the review as it stands with these rows, each as the set of its records."""
    table = pd.DataFrame(rows, dtype=str).reindex(columns=list(tables.RECORDS), fill_value="")
    reports = core.deduplicate(table, (), searches).reports
    report_of = dict(zip(reports["record_id"], reports["report_id"], strict=True))
    names = Identities(rows, report_of)
    judgements = []
    for order, (number, decision) in enumerate(decided):
        named = names.named(f"s{number % 2}:{number}")
        if named.report:
            cells = {"criterion": "", "role": "reviewer", "basis": "", "date": "", "fingerprint": "", "supersedes": ""}
            for stage in ("title_abstract", "full_text"):
                judgements.append(
                    Judgement(
                        reviewer=f"r{number % 2}", report_id=named.report, records=named.records, stage=stage,
                        decision=decision, link=str(order), order=order, **cells,
                    )
                )  # fmt: skip
    readers = dict.fromkeys(("title_abstract", "full_text"), Readers(needed=last))
    found = steps(sorted(set(report_of.values())), judgements, {}, {}, lambda _: Now(), Settings(readers))
    chosen = {step.report_id for step in found if step.stage == "full_text" and step.outcome.decision == "include"}
    return {frozenset(record for record, report in report_of.items() if report == one) for one in chosen}


@given(found_by_searches(), st.permutations((0, 1, 2)), st.integers(1, 2))
@settings(max_examples=25)
def test_searches_in_any_order_include_the_same(
    made: tuple[Rows, list[list[int]], list[tuple[int, str]]], order: Sequence[int], readers: int
) -> None:
    """All records in one search, in three, or in the same three in another order: the same documents are included."""
    records, places, decided = made
    names = ("a", "b", "c")
    rows = [
        row | {"search_id": names[place]}
        for place in range(3)
        for row, its in zip(records, places, strict=True)
        if place in its
    ]
    at_once = included([row | {"search_id": "a"} for row in records], ("a",), decided, readers)
    assert included(rows, names, decided, readers) == at_once
    again = [row for place in order for row in rows if row["search_id"] == names[place]]
    assert included(again, [names[place] for place in order], decided, readers) == at_once
