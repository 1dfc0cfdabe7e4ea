"""Retractions, corrections and concerns: whoever tells them, each is about one report and told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow import review as reviews
from winnow import tables
from winnow.extract import reports
from winnow.records.pubmed_article import NOTICES
from winnow.search import notices


@pytest.mark.parametrize("words", sorted(NOTICES.values()))
def test_only_a_whole_retraction_retracts(words: str) -> None:
    """Of PubMed's links two say on a report's own record that it was retracted; the republished and the partly retracted stand."""
    for notice in (f"{words} pubmed:1", words.capitalize()):
        assert notices.retracts(notice) == (words in {"retracted in", "retracted and republished in"})


def test_a_retraction_is_known_whoever_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report's own record, its publication type, the notice's record and a search's status each suffice; others don't."""
    monkeypatch.chdir(tmp_path)
    Path("config").mkdir()
    Path("config/config.yaml").write_text(
        "review: {title: Made up}\nsearches: [{id: s1, years: [2000, 2001], databases: [pubmed]}]\n", encoding="utf-8"
    )
    said = {
        "own": ("retracted in pubmed:90", ""),
        "type": ("", "Journal Article; Retracted Publication"),
        "by_notice": ("", ""),
        "notice": ("retraction of 10.1000/by_notice", "Retraction of Publication"),
        "by_status": ("", ""),
        "republished": ("retracted and republished from pubmed:80", ""),
        "partly": ("partially retracted in pubmed:91", ""),
        "concern": ("expression of concern in pubmed:92; erratum in pubmed:93", ""),
    }
    rows = [
        dict.fromkeys(tables.MERGED, "")
        | {"record_id": name, "record_ids": name, "search_id": "s1", "doi": f"10.1000/{name}"}
        | {"notices": told, "publication_types": types}
        for name, (told, types) in said.items()
    ]
    tables.write_rows("results/deduplicate/merged.csv", rows, tables.MERGED)
    asked = {
        "report_id": "by_status",
        "service": "crossref",
        "id": "x",
        "found": "yes",
        "notices": "retracted in doi:10.1000/n",
    }
    tables.write_rows("searches/s1/status/status.csv", [asked], tuple(asked))
    told = reports.notices(reviews.load())
    retracted = {report for report, its in told.items() if any(map(notices.retracts, its))}
    assert retracted == {"own", "type", "by_notice", "by_status"}
