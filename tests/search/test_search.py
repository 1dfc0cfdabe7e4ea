"""A search is filed complete and as received, or not at all."""

from __future__ import annotations

import pytest
from entrez_server import FAULTS, Corpus, Record
from small_review import SmallReview, records

from winnow import manifests
from winnow.records import pubmed_xml


def pmids(small: SmallReview) -> list[int]:
    """The PMIDs in the archive's files, in their order."""
    manifest = manifests.read(small.folder)
    assert manifests.verify(manifest) == []
    return [int(row["pmid"]) for path in manifest.record_files for row in pubmed_xml.read(path)]


def test_a_search_is_filed_as_received(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder holds every record, the strategy, hits per line and in all, what was sent and what PubMed made of it."""
    small.server.corpus = Corpus(
        [
            *records(450),
            Record(9, title="Dermatomyositis alone"),
            Record(10, book=True, title="IVIG for dermatomyositis"),
        ]
    )
    assert small.search() == 0, capsys.readouterr().err
    assert pmids(small) == [10, *range(1000, 1450)]
    manifest = small.manifest
    assert manifest["hits"] == manifest["records"] == 451
    assert [(line["line"], line["hits"]) for line in manifest["lines"]] == [
        ("#1", 452),
        ("#2", 451),
        ("#3", 451),
        ("#4", 451),
    ]
    assert manifest["lines"][3]["text"] == "#3 AND (2000:2011[dp])"
    assert manifest["query"] == (
        '((Dermatomyositis[mh] OR dermatomyositis[tiab]) AND (IVIG[tiab] OR "intravenous immunoglobulin"[tiab])) AND (2000:2011[dp])'
    )
    assert "2000:2011[dp]" in manifest["query_translation"]
    assert (manifest["method"], manifest["host"], manifest["warnings"]) == ("entrez", small.server.url, [])
    assert (small.folder / "strategy.txt").read_bytes() == (small.root / "config/strategy/pubmed.txt").read_bytes()
    assert not small.partial.exists()
    assert all(path.stat().st_mode & 0o222 == 0 for path in small.folder.iterdir())


def test_an_archived_search_is_never_run_again(small: SmallReview) -> None:
    """A finished folder is used as it is, whatever happened to the strategy since."""
    assert small.search() == 0
    before, asked = small.contents(), len(small.server.asked)
    small.strategy("#1 something[tiab] else")
    assert small.search() == 0
    assert (small.contents(), len(small.server.asked)) == (before, asked)


@pytest.mark.parametrize("kind", FAULTS)
def test_every_passing_fault_is_survived(small: SmallReview, kind: str) -> None:
    """A fault on every second request changes nothing in the archive."""
    small.configure(entrez={"timeout": 0.2})
    small.server.http.slowness = 0.5
    assert small.search() == 0
    undisturbed = small.contents()
    for path in small.folder.iterdir():
        path.unlink()
    small.folder.rmdir()
    small.server.faults = lambda number: kind if number % 2 else None
    assert small.search() == 0
    assert small.contents() == undisturbed
