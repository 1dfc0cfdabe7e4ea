"""What the latest search changed: every record is told once, nothing that needs a person is silent, no text is markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winnow import review as reviews
from winnow import tables
from winnow.decisions import amendments
from winnow.errors import InputError
from winnow.report import changes, changes_told, conclusions, stage
from winnow.report import evidence as gathering
from winnow.report import flow as flows
from winnow.report import story as stories
from winnow.report.evidence import Evidence, Row

Builder = Callable[..., Evidence]
Writer = Callable[[Evidence, Path], Path]


def told(root: Path) -> list[Row]:
    """The changes of a review on disk."""
    review = reviews.load(root=root)
    evidence = gathering.read(review)
    return list(changes.changes(review, evidence, flows.flow(evidence), stories.read(review, evidence)).rows)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), searches=st.integers(2, 3))
def test_each_record_is_new_or_gone_or_in_both(
    review: Builder, folder: Writer, tmp_path_factory: pytest.TempPathFactory, seed: int, searches: int
) -> None:
    """Records of the latest search alone are new or late or of known reports, of earlier ones alone vanished or out of scope."""
    evidence = review(seed=seed, reports=15, searches=searches)
    root = folder(evidence, tmp_path_factory.mktemp("review"))
    rows = told(root)
    titles = {source.name: source.title for source in reviews.load(root=root).sources}
    placed = [(row["search_id"], titles[row["source"]], row["record_id"]) for row in evidence.records]
    later = {(title, record) for search, title, record in placed if search == evidence.plan.latest}
    earlier = {(title, record) for search, title, record in placed if search != evidence.plan.latest}
    for kinds, expected in (
        (("new", "late", "new record"), later - earlier), (("vanished", "out of scope"), earlier - later),
    ):  # fmt: skip
        found = [(row["source"], row["record_id"]) for row in rows if row["change"] in kinds]
        assert sorted(found) == sorted(expected)


@pytest.fixture
def updated(review: Builder, folder: Writer, tmp_path: Path) -> tuple[Path, str]:
    """An update in which one included report was found again with a new title and a retraction, and its decision is stale."""
    evidence = review(seed=3, reports=20, searches=2, kinds=1, settled=True)
    report = evidence.studies[0]["report_id"]
    own = next(row for row in evidence.records if row["record_id"] == report)
    others = [row for row in evidence.records if row["record_id"] != report]
    changed = {"search_id": "s2", "title": "*New* [title]", "notices": "retracted in pubmed:9", "pages": "1-2"}
    decisions = [
        row | {"stale": "title changed"} if (row["report_id"], row["stage"]) == (report, "full_text") else row
        for row in evidence.decisions
    ]
    merged = dict(evidence.merged) | {report: evidence.merged[report] | {"title": "*New* [title] | <b>"}}
    records = [*others, own | {"search_id": "s1"}, own | changed]
    return folder(replace(evidence, records=records, decisions=decisions, merged=merged), tmp_path), report


def test_a_retraction_a_new_title_and_a_stale_decision_are_each_told(updated: tuple[Path, str]) -> None:
    """Each is a row of its own with the report and where it stands; the report stays included; a page number is minor."""
    root, report = updated
    rows = [row for row in told(root) if row["report_id"] == report]
    assert {(row["change"], row["what"]) for row in rows} == {
        ("notice", "notices"), ("stale", "full_text"), ("changed", "title"), ("changed", "notices"), ("minor", "pages"),
    }  # fmt: skip
    assert {row["state"] for row in rows} == {"included"}


def test_a_notice_is_new_once(updated: tuple[Path, str]) -> None:
    """What an earlier search's status had is known; what only the latest has is new, whichever service said it."""
    root, report = updated
    columns = ("report_id", "service", "id", "found", "notices")
    old = {"report_id": report, "service": "pubmed", "id": "1", "found": "yes", "notices": "erratum in pubmed:1"}
    for search, rows in (
        ("s1", [old]),
        ("s2", [old, old | {"service": "crossref", "notices": "expression of concern"}]),
    ):
        tables.write_rows(root / "searches" / search / "status" / "status.csv", rows, columns)
    found = {(row["change"], row["after"]) for row in told(root) if row["change"].startswith("notice")}
    assert found == {
        ("notice", "expression of concern"), ("notice", "retracted in pubmed:9"), ("notice known", "erratum in pubmed:1"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "known"),
    [
        ("retracted in pubmed:8; retracted", {"retracted in pubmed:8"}),
        ("retracted", {"retracted in pubmed:8", "retracted in pubmed:9"}),
    ],
)
def test_a_second_notice_of_a_retraction_is_new(updated: tuple[Path, str], first: str, known: set[str]) -> None:
    """A bare "retracted" is the notice that the same search names; only where it named none may it be any that comes later."""
    root, report = updated
    columns = ("report_id", "service", "id", "found", "notices")
    old = {"report_id": report, "service": "pubmed", "id": "1", "found": "yes", "notices": first}
    now = old | {"notices": "retracted in pubmed:8; retracted"}
    for search, row in (("s1", old), ("s2", now)):
        tables.write_rows(root / "searches" / search / "status" / "status.csv", [row], columns)
    found = {
        change: {row["after"] for row in told(root) if row["change"] == change} for change in ("notice", "notice known")
    }
    assert found == {"notice": {"retracted in pubmed:8", "retracted in pubmed:9"} - known, "notice known": known}


def test_the_document_is_plain_text_whatever_a_title_holds(updated: tuple[Path, str]) -> None:
    """Signs of a title mean nothing in changes.md; the page has the section too, and its ids open their reports."""
    root, report = updated
    stage.run(reviews.load(root=root))
    text = (root / "results/report/changes.md").read_text(encoding="utf-8")
    assert r"\*New\* \[title\] \| \<b\>" in text and "<b>" not in text.replace(r"\<b\>", "")
    page = (root / "results/report/index.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="changes"') :]
    assert f"#record={report.replace(':', '%3A')}" in section[: section.index("</section>")]


def test_a_former_version_that_nobody_can_read_is_told(updated: tuple[Path, str]) -> None:
    """Criteria of long ago that this version refuses stop no report: a row says that they cannot be compared, and why."""
    root, _ = updated
    loaded = reviews.load(root=root)
    for text in ("criteria: [{id: old, met: [a], forgotten: 1}]\n", "criteria: [{id: now, met: [a]}]\n"):
        (root / "config/criteria.yaml").write_text(text, encoding="utf-8")
        amendments.amend(loaded, (), reason="because", results_known="no", by="li")
    (row,) = (row for row in told(root) if row["change"] == "verdict")
    assert "cannot be compared" in row["note"] and "forgotten" in row["note"]


def test_a_long_list_says_what_it_leaves_out() -> None:
    """Of more rows than are shown the first stand there, and the number of the others is told."""
    rows = [dict.fromkeys(changes.COLUMNS, "") | {"change": "new", "report_id": f"r{n:04}"} for n in range(250)]
    headings, shown, left_out = changes_told.lists(rows)["new"]
    assert (len(shown), left_out) == (changes_told.SHOWN, 250 - changes_told.SHOWN)
    assert headings == ["Report"]


def test_a_kind_of_change_is_counted_in_its_unit() -> None:
    """Records count once for each source that lost or changed them, reports and results once whatever their sources and rows."""
    empty = dict.fromkeys(changes.COLUMNS, "")
    told = [
        ("new", "pubmed", "r1", "a", ""), ("new", "cnki", "r1", "b", ""),
        ("changed", "pubmed", "r1", "a", "title"), ("changed", "pubmed", "r1", "a", "doi"), ("changed", "cnki", "r1", "a", "doi"),
        ("conclusion", "", "", "", "counts: design"), ("conclusion", "", "", "", "counts: design"),
        ("minor", "pubmed", "r1", "a", "url"),
    ]  # fmt: skip
    names = ("change", "source", "report_id", "record_id", "what")
    rows = [empty | dict(zip(names, row, strict=True)) for row in told]
    counted = {kind: n for kind, n in changes.counts(rows).items() if n}
    assert counted == {"new": 1, "changed": 2, "minor": 1, "conclusion": 1}
    assert changes.news(rows) == {"new": 1, "changed": 2}


def test_an_update_that_was_not_reported_is_told(review: Builder, folder: Writer, tmp_path: Path) -> None:
    """`winnow changes` before `winnow report`, or of a single search, says what to do first."""
    for searches, mend in ((2, "make review"), (1, "add a search")):
        root = folder(review(searches=searches), tmp_path / str(searches))
        with pytest.raises(InputError, match=mend):
            changes_told.told(reviews.load(root=root))


def test_a_conclusion_that_stays_is_not_told() -> None:
    """Of two versions of a table only rows that say something else are told, once each, gone and new ones too."""
    before = [{"id": name, "statement": said} for name, said in (("a", "1"), ("b", "2"), ("gone", "3"))]
    after = [{"id": name, "statement": said} for name, said in (("a", "1"), ("b", "4"), ("new", "5"))]
    assert [(row["what"], row["before"], row["after"]) for row in conclusions.differences("statements", before, after)] == [
        ("statements: b", "2", "4"), ("statements: new", "", "5"), ("statements: gone", "3", ""),
    ]  # fmt: skip
