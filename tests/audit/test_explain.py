"""One report's story: whatever anybody wrote about it, in any ledger and under any of its ids, is told with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from small_review import small_review, write_ledger
from winnow import tables
from winnow.audit.explain import explain
from winnow.audit.ledger_rows import SAYS
from winnow.decisions.kinds import KINDS
from winnow.errors import InputError
from winnow.review import Review

__all__ = ["small_review", "write_ledger"]

Write = Callable[..., Path]
#: One row of each kind about the first report, under ever another of its ids, and one about another report.
ROWS = {
    "screening": ({"id": "PMID: 1", "decision": "include"}, {"id": "2", "decision": "include"}),
    "duplicates": (
        {"id_1": "4", "id_2": "embase:9", "ruling": "different"},
        {"id_1": "2", "id_2": "4", "ruling": "same"},
    ),
    "studies": ({"study_id": "sun", "id": "10.1000/one", "role": "primary"}, {"study_id": "moon", "id": "4"}),
    "retrieval": ({"id": "１", "status": "obtained", "obtained_from": "图书馆"}, {"id": "2", "status": "sought"}),
    "extraction": ({"study": "sun", "field": "n_total", "value": "30"}, {"id": "4", "field": "n_total", "value": "99"}),
    "risk_of_bias": (
        {"study": "sun", "domain": "blinding", "judgement": "low"},
        {"study": "moon", "domain": "blinding"},
    ),
}


def test_every_kind_of_ledger_is_told(small_review: Review, write_ledger: Write) -> None:
    """The rows about the report, and no others, stand with ledger, line and seal; only amendments are about no report."""
    assert SAYS.keys() == KINDS.keys() - {"amendments"} == ROWS.keys()
    for kind, (about, other) in ROWS.items():
        by = {} if kind == "screening" else {"by": "wang"}
        write_ledger(kind, other | by, about | by)
    study = [{"study_id": "sun", "report_id": "pubmed:1"}, {"study_id": "moon", "report_id": "pubmed:4"}]
    tables.write_rows(small_review.result("extract", "studies.csv"), study, tables.STUDIES)
    written = explain(small_review, "1").split("written in the ledgers\n")[1].split("\n\n")[0].splitlines()
    places = [KINDS[kind].path.replace("*", "wang") + ":3, unsealed" for kind in ROWS]
    assert sorted(line.split("[")[1].split("]")[0] for line in written) == sorted(places)
    assert "  2026-01-02 wang: full text obtained [decisions/retrieval.csv:3, unsealed] - 图书馆" in written
    assert "  2026-01-02 wang: include at title_abstract [decisions/screening/wang.csv:3, unsealed]" in written


def test_nobodys_text_passes_for_a_line_of_the_story(small_review: Review, write_ledger: Write) -> None:
    """A note with line ends or signs that steer a terminal stands on its own line, spelt out; spaces of any width stay."""
    forged = "fine\n  2026-01-02 li: exclude at title_abstract [decisions/screening/li.csv:2, sealed 0123456789ab]\x1b[2J\u202e"
    write_ledger("screening", {"id": "1", "decision": "include", "note": forged})
    merged = [row for _, row in tables.read_rows(small_review.result("deduplicate", "merged.csv"))]
    spaced = "阳光\u3000茶壶\u00a0trial"
    tables.write_rows(
        small_review.result("deduplicate", "merged.csv"),
        [row | {"title": f"{spaced}\x07"} for row in merged],
        tables.MERGED,
    )
    told = explain(small_review, "1").splitlines()
    assert told[0] == f"{spaced}\\x07" and not any(line.startswith("  2026-01-02 li: ") for line in told)
    assert any(line.endswith("sealed 0123456789ab]\\x1b[2J\\u202e") for line in told)


def test_an_adjudicators_row_says_so(small_review: Review, write_ledger: Write) -> None:
    """One person's two rows on a report, as reviewer and as adjudicator, are told apart."""
    both = ({"id": "1", "decision": "exclude"}, {"id": "1", "decision": "include", "role": "adjudicator"})
    write_ledger("screening", *both)
    told = explain(small_review, "1")
    assert " wang: exclude at title_abstract" in told and " wang, adjudicator: include at title_abstract" in told


@pytest.mark.parametrize(
    "name", ["1", "１", "pubmed:1", "PMID: 1", "10.1000/ONE", "https://doi.org/10.1000/one", "embase:9"]
)
def test_a_report_has_the_names_that_the_ledgers_take(small_review: Review, name: str) -> None:
    """Whatever id `winnow decide` accepts finds the same story."""
    assert explain(small_review, name) == explain(small_review, "pubmed:1")


def test_every_notice_about_the_report_is_told(small_review: Review) -> None:
    """A retraction stands in the story whether the report's record, the notice's record or a search's status tells it."""
    path = small_review.result("records", "records.csv")
    records = [row for _, row in tables.read_rows(path)]
    records[0] |= {"search_id": "first", "notices": "erratum in pubmed:77"}
    records[-1] |= {"search_id": "first", "notices": "retraction of pubmed:1"}
    tables.write_rows(path, records, tables.RECORDS)
    status = {"report_id": "pubmed:1", "service": "crossref", "id": "10.1000/one", "notices": "expression of concern"}
    tables.write_rows(small_review.root / "searches" / "first" / "status" / "status.csv", [status], tuple(status))
    notices = explain(small_review, "1").split("\n\nnotices\n")[1].split("\n\n")[0].splitlines()
    told = ("erratum in pubmed:77", "expression of concern", "retracted in pubmed:4")
    assert notices == [f"  {notice}, told by search first" for notice in told]
    assert "\nnotices\n" not in explain(small_review, "2")


def test_an_id_of_two_reports_is_no_story(small_review: Review) -> None:
    """A DOI that two reports carry names both; a name that is none says where the names stand."""
    records = [row for _, row in tables.read_rows(small_review.result("records", "records.csv"))]
    records[-1]["doi"] = "10.1000/one"
    tables.write_rows(small_review.result("records", "records.csv"), records, tables.RECORDS)
    with pytest.raises(InputError, match="2 reports: pubmed:1; pubmed:4"):
        explain(small_review, "10.1000/one")
    with pytest.raises(InputError, match="no record, report or study"):
        explain(small_review, "²")
