"""The loopback server answers as NCBI's does, so that what holds here holds there."""

from __future__ import annotations

import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from entrez_server import Corpus, Record, Server, real_records
from lxml import etree

CORPUS = Corpus([
    Record(1, title="IVIG in dermatomyositis", mesh=("Dermatomyositis", "Humans"), year=1999, crdt="2001/02/03"),
    Record(2, title="Dermatomyositis in mice", mesh=("Dermatomyositis", "Animals"), year=2005, crdt="2005/06/07"),
    Record(3, title="Gamma globulin", abstract="For dermatomyositic skin.", year=2011, crdt="2011/12/31", doi="10.9999/X"),
    Record(4, title="Mice and men", mesh=("Animals", "Humans"), year=2020, crdt="2020/01/01"),
])  # fmt: skip

TERMS = [
    ("dermatomyositis[mh]", {1, 2}),
    ("dermatomyositi*[tiab]", {1, 2, 3}),
    ('"gamma globulin"[tiab]', {3}),
    ("dermatomyositis[mh] NOT (animals[mh] NOT humans[mh])", {1}),
    ("(dermatomyositis[tiab] OR gamma[tiab]) AND 2000:2011[dp]", {2, 3}),
    ("dermatomyositis[tiab] OR gamma[tiab] AND 2000:2011[dp]", {2, 3}),
    ("2001/02/03:2005/06/07[crdt]", {1, 2}),
    ("1800:2005/06/07[crdt]", {1, 2}),
    ("(1:3[uid]) AND 2011/12/31:2011/12/31[crdt]", {3}),
    ('"10.9999/x"[aid] OR 4[uid]', {3, 4}),
]


@pytest.mark.parametrize(("term", "pmids"), TERMS)
def test_terms_are_evaluated_as_pubmed_does(term: str, pmids: set[int]) -> None:
    """Operators from left to right, parentheses, phrases, truncation, ranges of dates and PMIDs."""
    assert CORPUS.find(term)[0] == pmids


def get(server: Server, utility: str, **parameters: str) -> etree._Element:
    query = urllib.parse.urlencode({"db": "pubmed", **parameters})
    with urllib.request.urlopen(f"{server.url}{utility}.fcgi?{query}", timeout=10) as answer:
        return etree.fromstring(answer.read(), etree.XMLParser(load_dtd=False, no_network=True))


def test_nothing_beyond_the_first_9999(server: Server) -> None:
    """ESearch refuses what NCBI's refuses, in its words, with status 200."""
    server.corpus = Corpus([Record(n, title="ivig") for n in range(1, 10_101)])
    found = get(server, "esearch", term="ivig[tiab]", retmax="10000")
    assert (found.findtext("Count"), len(found.findall("IdList/Id"))) == ("10100", 9999)
    refused = get(server, "esearch", term="ivig[tiab]", retstart="9999", retmax="1")
    assert "ESearch can only retrieve the first" in (refused.findtext("ERROR") or "")


def test_history(server: Server) -> None:
    """usehistory and EPost give a set that EFetch pages through."""
    server.corpus = CORPUS
    for asked in (
        get(server, "esearch", term="1:4[uid]", usehistory="y"),
        get(server, "epost", id="4,3,2,1"),
    ):
        known = {"WebEnv": asked.findtext("WebEnv") or "", "query_key": asked.findtext("QueryKey") or ""}
        page = get(server, "efetch", retstart="1", retmax="2", **known)
        assert [element.text for element in page.iter("PMID")] == ["3", "2"]


@pytest.mark.slow
def test_answers_have_the_shape_of_recorded_ones(server: Server, shared: Path) -> None:
    """The elements of an answer, and their order, are those that NCBI sent."""

    def shape(root: etree._Element) -> list[str]:
        return list(dict.fromkeys(str(element.tag) for element in root.iter() if isinstance(element.tag, str)))

    def recorded(name: str) -> list[str]:
        parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
        return shape(etree.parse(str(shared / "data" / "pubmed" / name), parser).getroot())

    server.corpus = CORPUS
    assert shape(get(server, "esearch", term="dermatomyositis[mh]")) == recorded("esearch1.xml")
    assert shape(get(server, "esearch", term="abcxyz[tiab]")) == recorded("esearch8.xml")
    assert shape(get(server, "epost", id="1,2")) == recorded("epost1.xml")


def test_records_of_a_file_are_served_as_they_are(server: Server, tmp_path: Path) -> None:
    """A corpus read from PubMed XML serves each record as it stands there, and finds it by what it holds."""
    path = tmp_path / "made_up.xml"
    record = Record(11, title="IVIG, ²µ and &", abstract="静丙", mesh=("Dermatomyositis",)).xml
    dated = "<PubmedData><History><PubMedPubDate PubStatus='entrez'><Year>2011</Year><Month>2</Month><Day>3</Day></PubMedPubDate>"
    whole = record.replace("</PubmedArticle>", f"{dated}</History></PubmedData></PubmedArticle>").replace("'", '"')
    path.write_text(f"<PubmedArticleSet>{whole}</PubmedArticleSet>", encoding="utf-8")
    (found,) = real_records(path, 10)
    assert (found.xml, found.crdt, found.year) == (whole, "2011/02/03", 2010)
    assert Corpus([found]).find("dermatomyositis[mh] AND 2011/02/03:2011/02/03[crdt]")[0] == {11}
