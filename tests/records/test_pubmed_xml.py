"""What PubMed's XML says is what the rows say; what is hostile or broken is refused in bounded memory."""

from __future__ import annotations

import gzip
import io
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from winnow import tables
from winnow.errors import InputError
from winnow.records import pubmed_xml

ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">123</PMID>
<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Print">1234-5678</ISSN>
<JournalIssue CitedMedium="Print"><Volume>5</Volume><Issue>2</Issue>
<PubDate><Year>2012</Year><Month>Jan</Month><Day>9</Day></PubDate></JournalIssue>
<Title>Journal of invented &amp; made-up results</Title><ISOAbbreviation>J Inv</ISOAbbreviation></Journal>
<ArticleTitle>[Effect of <i>invented</i> IVIG at 10<sup>5</sup> IU in <b>CO<sub>2</sub></b> and β-globin.]</ArticleTitle>
<Pagination><MedlinePgn>472-5</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="N">10.9999/WRONG</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.9999/Made.Up</ELocationID>
<Abstract><AbstractText Label="AIM" NlmCategory="OBJECTIVE">To invent.</AbstractText>
<AbstractText Label="UNLABELLED">No label here.</AbstractText><AbstractText Label="RESULTS">p &lt; 10<sup>-3</sup>,
 n = 12.</AbstractText><CopyrightInformation>nobody</CopyrightInformation></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Müller</LastName><ForeName>Anna B</ForeName><Initials>AB</Initials>
<Suffix>Jr</Suffix><AffiliationInfo><Affiliation>Nowhere; at all</Affiliation></AffiliationInfo></Author>
<Author ValidYN="N"><LastName>Mueler</LastName><ForeName>Anna</ForeName></Author>
<Author ValidYN="Y"><LastName>王</LastName><Initials>X</Initials></Author>
<Author ValidYN="Y"><CollectiveName>Group; of inventors</CollectiveName></Author></AuthorList>
<Language>ger</Language><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>
<PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList>
<VernacularTitle>Wirkung von erfundenem IVIG.</VernacularTitle>
<ArticleDate DateType="Electronic"><Year>2011</Year><Month>10</Month><Day>07</Day></ArticleDate></Article>
<MedlineJournalInfo><MedlineTA>J Inv Med</MedlineTA><ISSNLinking>1234-9999</ISSNLinking></MedlineJournalInfo>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Inv. 2013</RefSource><PMID>456</PMID>
</CommentsCorrections><CommentsCorrections RefType="ErratumIn"><RefSource>J Inv. 2012;5(3):9</RefSource></CommentsCorrections>
<CommentsCorrections RefType="CommentIn"><RefSource>no notice</RefSource></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Dermatomyositis</DescriptorName>
<QualifierName MajorTopicYN="Y">drug therapy</QualifierName><QualifierName MajorTopicYN="N">immunology</QualifierName></MeshHeading>
<MeshHeading><DescriptorName MajorTopicYN="Y">Humans</DescriptorName></MeshHeading></MeshHeadingList>
<OtherAbstract Type="Publisher" Language="ger"><AbstractText>Zu erfinden.</AbstractText></OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">one</Keyword><Keyword MajorTopicYN="N">two</Keyword></KeywordList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">123</ArticleId><ArticleId IdType="pmc">PMC77</ArticleId>
</ArticleIdList><ReferenceList><Reference><Citation>x</Citation><ArticleIdList><ArticleId IdType="doi">10.1/ref</ArticleId>
</ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"""

BOOK = """<PubmedBookArticle><BookDocument><PMID Version="1">20301</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1
</ArticleId><ArticleId IdType="doi">10.9999/book</ArticleId></ArticleIdList><Book><Publisher><PublisherName>Made-up</PublisherName>
</Publisher><BookTitle>Book of inventions</BookTitle><PubDate><Year>1993</Year></PubDate><AuthorList Type="editors"><Author>
<LastName>Editor</LastName><ForeName>E</ForeName></Author></AuthorList></Book>{chapter}<Language>eng</Language>
<PublicationType UI="D016454">Review</PublicationType><Abstract><AbstractText>About it.</AbstractText></Abstract></BookDocument>
<PubmedBookData><ArticleIdList><ArticleId IdType="pubmed">20301</ArticleId></ArticleIdList></PubmedBookData></PubmedBookArticle>"""

CHAPTER = """<ArticleTitle>Chapter of it</ArticleTitle><AuthorList Type="authors"><Author><LastName>Writer</LastName>
<ForeName>W</ForeName></Author></AuthorList>"""

DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    '"http://127.0.0.1:9/pubmed_190101.dtd">'
)


def document(*records: str, doctype: str = DOCTYPE, root: str = "PubmedArticleSet") -> bytes:
    return f'<?xml version="1.0"?>\n{doctype}\n<{root}>{"".join(records)}</{root}>'.encode()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(pubmed_xml.read(io.BytesIO(content)))


def article(inner: str) -> dict[str, str]:
    """The row of an article whose Article element holds ``inner``."""
    return rows(
        document(
            f"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article>{inner}</Article></MedlineCitation></PubmedArticle>"
        )
    )[0]


def test_every_field_of_an_article() -> None:
    """Each column holds what its element holds, flattened, in the house's spelling."""
    (row,) = rows(document(ARTICLE))
    assert row == {
        "pmid": "123",
        "pmcid": "PMC77",
        "doi": "10.9999/made.up",
        "title": "[Effect of invented IVIG at 10^5 IU in CO2 and β-globin.]",
        "original_title": "Wirkung von erfundenem IVIG.",
        "abstract": "AIM: To invent.\nNo label here.\nRESULTS: p < 10^-3, n = 12.",
        "authors": "Müller, Anna B, Jr; 王, X; Group, of inventors",
        "year": "2012",
        "year_print": "2012",
        "year_electronic": "2011",
        "date": "2012-01-09",
        "journal": "Journal of invented & made-up results",
        "journal_abbrev": "J Inv",
        "issn": "1234-5678",
        "volume": "5",
        "issue": "2",
        "pages": "472-5",
        "language": "ger; eng",
        "publication_types": "Journal Article; Retracted Publication",
        "mesh": "Dermatomyositis / drug therapy* / immunology; Humans*",
        "keywords": "one; two",
        "notices": "retracted in pubmed:456; erratum in J Inv. 2012,5(3):9",
        "url": "https://pubmed.ncbi.nlm.nih.gov/123/",
        "line": "3",
    }


def test_columns_are_those_of_the_records_table() -> None:
    """A row fits the records table: every key is a column of it, in its order."""
    assert [name for name in tables.RECORDS if name in pubmed_xml.COLUMNS] == list(pubmed_xml.COLUMNS)


def test_a_chapter_and_a_book() -> None:
    """A chapter has its own title and authors and its book as journal; a whole book has its title and editors."""
    chapter, book = rows(document(BOOK.format(chapter=CHAPTER), BOOK.format(chapter=""), root="PubmedBookArticleSet"))
    assert (chapter["title"], chapter["journal"], chapter["authors"]) == (
        "Chapter of it", "Book of inventions", "Writer, W",
    )  # fmt: skip
    assert (book["title"], book["journal"], book["authors"]) == ("Book of inventions", "", "Editor, E")
    assert {row["pmid"] for row in (chapter, book)} == {"20301"}
    assert {(row["year"], row["doi"], row["publication_types"]) for row in (chapter, book)} == {
        ("1993", "10.9999/book", "Review")
    }


DATES = [
    ("<Year>2004</Year><Month>04</Month>", "2004-04", "2004", "a month in digits"),
    ("<Year>2004</Year><Month>Sept</Month><Day>3</Day>", "2004-09-03", "2004", "a month in letters"),
    ("<Year>2004</Year><Season>Summer</Season>", "2004 Summer", "2004", "a season stays a season"),
    ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998 Dec-1999 Jan", "1998", "a range has its first year"),
    ("<MedlineDate>Spring 1976</MedlineDate>", "Spring 1976", "1976", "the year may stand last"),
    ("<MedlineDate>1975-76 Winter</MedlineDate>", "1975-76 Winter", "1975", "a range of years"),
    ("<MedlineDate>unknown</MedlineDate>", "unknown", "", "no year is no guess"),
]


@pytest.mark.parametrize(("inner", "date", "year"), [case[:3] for case in DATES], ids=[case[3] for case in DATES])
def test_dates_of_issues(inner: str, date: str, year: str) -> None:
    """A date is ISO as far as it goes and as printed where it is none; its year is the first that stands in it."""
    row = article(f"<Journal><JournalIssue><PubDate>{inner}</PubDate></JournalIssue></Journal>")
    assert (row["date"], row["year_print"], row["year"]) == (date, year, year)


def test_electronic_year_where_there_is_no_issue() -> None:
    """Without an issue the electronic date is the date."""
    row = article("<ArticleDate DateType='Electronic'><Year>2020</Year><Month>2</Month></ArticleDate>")
    assert (row["year"], row["year_print"], row["year_electronic"], row["date"]) == ("2020", "", "2020", "2020-02")


@pytest.mark.parametrize("printed", ["[Not Available].", "[In Process Citation]", ""])
def test_a_placeholder_is_no_title(printed: str) -> None:
    """Where NLM has no translation the vernacular title is the title: two such records are not one."""
    row = article(f"<ArticleTitle>{printed}</ArticleTitle><VernacularTitle>皮肌炎。</VernacularTitle>")
    assert row["title"] == row["original_title"] == "皮肌炎。"


FLATTENED = [
    ("a <i>b</i><b>c</b> d", "a bc d"),
    ("10<sup>-3</sup>", "10^-3"),
    ("Ca<sup>2+</sup> and 5<sup>th</sup>", "Ca2+ and 5th"),
    ("log 2<sub>10</sub>", "log 2_10"),
    ("x<m:math xmlns:m='u'><m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac></m:math>y", "x1 2y"),
    ("<i> spaced </i>\n\tout\u00a0\u3000here", "spaced out here"),
    ("before<!-- a comment -->after<?a pi?>end", "beforeafterend"),
    ("&#x1F600; &amp;lt;", "😀 &lt;"),
    ("an &alpha; that only a DTD would know", "an α that only a DTD would know"),
]


@pytest.mark.parametrize(("markup", "flat"), FLATTENED)
def test_markup_is_flattened_without_loss(markup: str, flat: str) -> None:
    """No letter inside or after markup is dropped, and digits that markup kept apart do not run together."""
    assert article(f"<ArticleTitle>{markup}</ArticleTitle>")["title"] == flat


def test_other_abstracts_only_where_there_is_none() -> None:
    """An OtherAbstract stands in for a missing Abstract, English first, and is never added to one."""
    other = '<OtherAbstract Language="{0}"><AbstractText>{0}</AbstractText></OtherAbstract>'
    citation = "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article>{}</Article>{}</MedlineCitation></PubmedArticle>"
    both = other.format("chi") + other.format("eng")
    texts = [row["abstract"] for row in rows(document(
        citation.format("", both), citation.format("<Abstract><AbstractText>main</AbstractText></Abstract>", both),
        citation.format("", other.format("chi")),
    ))]  # fmt: skip
    assert texts == ["eng", "main", "chi"]


def test_deleted_citations_are_no_records() -> None:
    """An update file's DeleteCitation holds PMIDs, not records."""
    assert len(rows(document(ARTICLE, "<DeleteCitation><PMID>9</PMID></DeleteCitation>"))) == 1


def test_an_unknown_neighbour_is_a_fault() -> None:
    """An element that we do not know among the records is never passed over in silence."""
    with pytest.raises(InputError, match="unknown element PubmedThing"):
        rows(document(ARTICLE, "<PubmedThing/>", ARTICLE))
    with pytest.raises(InputError, match="unknown element PubmedThing"):
        rows(document(ARTICLE, "<PubmedThing/>"))


def test_an_empty_set_is_no_fault() -> None:
    """A well-formed answer without records has no rows."""
    assert rows(document()) == []


def test_records_before_a_fault_are_read(tmp_path: Path) -> None:
    """A cut file gives what is whole in it, then one line that names the file and the line."""
    path = tmp_path / "cut.xml"
    path.write_bytes(document(ARTICLE, ARTICLE, ARTICLE)[:-2000])
    reader = pubmed_xml.read(path)
    assert [next(reader)["pmid"], next(reader)["pmid"]] == ["123", "123"]
    with pytest.raises(InputError, match=r"cut\.xml:\d+: not well-formed XML") as caught:
        next(reader)
    assert "\n" not in caught.value.line


def test_a_cut_gzip_is_a_fault(tmp_path: Path) -> None:
    """A gzip cut short is one line, not a traceback."""
    path = tmp_path / "cut.xml.gz"
    path.write_bytes(gzip.compress(document(ARTICLE))[:-20])
    with pytest.raises(InputError, match=r"cut\.xml\.gz"):
        list(pubmed_xml.read(path))


BOMB = "<!DOCTYPE PubmedArticleSet [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)
)
EXTERNAL = '<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE PubmedArticleSet [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'
HOSTILE: list[tuple[str, Any, str]] = [
    ("entity bomb", document(ARTICLE.replace("Effect", "&m;"), doctype=BOMB + "]>"), "entit"),
    ("bomb in an attribute", document(ARTICLE.replace("AIM", "&m;"), doctype=BOMB + "]>"), "entit|well-formed"),
    ("external entity", document(ARTICLE.replace("Effect", "&x;"), doctype=EXTERNAL), "entit"),
    ("parameter entity", document(doctype=PARAMETER), "entit"),
    ("eFetchResult", b"<eFetchResult><ERROR>cannot get document</ERROR></eFetchResult>", "cannot get document"),
    ("web page", b"<!DOCTYPE html><html><head><meta charset=x></head><body>Blocked<br></body></html>", "well-formed"),
    ("empty", b"", "well-formed"),
    ("another set", document(ARTICLE, root="Articles"), "root element is Articles"),
    ("deep nesting", b"<PubmedArticleSet>" + b"<a>" * 100_000, "well-formed"),
    ("not XML", b"\x00\x01\x02PK", "well-formed"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "says"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_hostile_documents_are_refused(content: bytes, says: str) -> None:
    """What is no PubMed answer is refused with one line, whatever it tries."""
    with pytest.raises(InputError, match=says) as caught:
        rows(content)
    assert "\n" not in caught.value.line
    assert len(caught.value.line) < 600


class Flood:
    """A stream that never ends: ``head``, then ``unit`` for two gigabytes."""

    def __init__(self, head: bytes, unit: bytes) -> None:
        self.head, self.unit, self.left = head, unit, 2 << 30

    def read(self, size: int) -> bytes:
        if self.head:
            block, self.head = self.head, b""
            return block
        self.left -= size
        return (self.unit * (size // len(self.unit) + 1))[:size] if self.left > 0 else b""


FLOODS = {
    "spaces before the root": (b"<?xml version='1.0'?>", b" "),
    "spaces among the records": (b"<PubmedArticleSet>", b" "),
    "spaces in a title": (b"<PubmedArticleSet><PubmedArticle><ArticleTitle>", b" "),
    "endless small elements": (b"<PubmedArticleSet><PubmedArticle>", b"<a/>"),
    "endless attributes": (b"<PubmedArticleSet><PubmedArticle ", b"a='b' "),
    "an endless tag name": (b"<PubmedArticleSet><", b"a"),
    "an endless comment": (b"<PubmedArticleSet><!--", b"a"),
}


def _flooded(name: str) -> None:
    """In a process of its own: read the flood within 300 MB of new memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        list(pubmed_xml.read(Flood(*FLOODS[name])))  # type: ignore[arg-type]
    except InputError:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_stopped_in_bounded_memory(name: str) -> None:
    """Two gigabytes of nothing end in one line, with less than 200 MB more memory than before."""
    here = Path(__file__)
    code = f"import sys; sys.path[:0] = [{str(here.parent)!r}]; import {here.stem}; {here.stem}._flooded({name!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) < 200 << 10


# ---- real records ----------------------------------------------------------------------------------------------------------

#: column: XPath for the records that must have it
COUNTS = {
    "pmid": "MedlineCitation/PMID",
    "year_electronic": "MedlineCitation/Article/ArticleDate",
    "journal": "MedlineCitation/Article/Journal/Title",
    "original_title": "MedlineCitation/Article/VernacularTitle",
    "publication_types": "MedlineCitation/Article/PublicationTypeList/PublicationType",
    "language": "MedlineCitation/Article/Language",
    "mesh": "MedlineCitation/MeshHeadingList/MeshHeading",
    "pmcid": "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']",
    "doi": "PubmedData/ArticleIdList/ArticleId[@IdType='doi']|MedlineCitation/Article/ELocationID[@EIdType='doi'][@ValidYN='Y']",
    "abstract": "MedlineCitation/Article/Abstract/AbstractText[.//text()]|MedlineCitation/OtherAbstract/AbstractText",
    "authors": "MedlineCitation/Article/AuthorList/Author[@ValidYN='Y']",
    "title": "MedlineCitation/Article/ArticleTitle[.//text()]|MedlineCitation/Article/VernacularTitle",
    "year_print": "MedlineCitation/Article/Journal/JournalIssue/PubDate/*[self::Year or self::MedlineDate]",
}


@pytest.mark.slow
def test_real_records_hold_what_xpath_finds(shared: Path) -> None:
    """On NLM's own answers every field is there as often as XPath finds its element, and in the same record."""
    for path in sorted((shared / "data" / "pubmed").glob("pubmed[0-9].xml")):
        parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
        found = list(etree.parse(str(path), parser).getroot())
        read = list(pubmed_xml.read(path))
        assert len(read) == len(found)
        for row, element in zip(read, found, strict=True):
            for column, xpath in COUNTS.items():
                assert bool(row[column]) == bool(element.xpath(xpath)), (path.name, row["pmid"], column)
            names = element.xpath("MedlineCitation/Article/AuthorList/Author[@ValidYN='Y']")
            assert len(tables.split(row["authors"])) == len(names)


# ---- references ------------------------------------------------------------------------------------------------------------

REFERENCES = (
    "<ReferenceList>\n<Title>x</Title><ReferenceList><Reference>\n<Citation>Müller</Citation></Reference></ReferenceList>"
    "</ReferenceList>"
)
WITH_REFERENCES = ARTICLE.replace(
    "<ReferenceList><Reference><Citation>x", f"{REFERENCES}<ReferenceList><Reference><Citation>x"
)


def whole(content: bytes) -> list[dict[str, str]]:
    """The rows as they are when nothing is cut out of the document."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pubmed_xml.WithoutReferences, "feed", lambda self, block: block)
        return rows(content)


@given(st.integers(1, 400), st.integers(0, 3))
@settings(max_examples=60)
def test_cutting_references_changes_nothing(size: int, more: int) -> None:
    """Wherever blocks end, the rows and their line numbers are those of the whole document."""
    content = document(*[WITH_REFERENCES] * (2 + more), ARTICLE, BOOK.format(chapter=CHAPTER))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pubmed_xml, "_BLOCK", size)
        read = rows(content)
    assert read == whole(content)
    assert len({row["line"] for row in read}) > 1


TRICKS = [
    ARTICLE.replace("<AuthorList", "<!-- <ReferenceList> --><AuthorList", 1),
    ARTICLE.replace("Effect of", "<![CDATA[<ReferenceList>]]> Effect of", 1) + ARTICLE,
    ARTICLE + "<!-- <ReferenceList> -->" + ARTICLE + "<!-- </ReferenceList> -->" + ARTICLE,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_tag_that_is_text_cuts_nothing(trick: str) -> None:
    """A list of references inside a comment or CDATA is no list: every record and every word is read."""
    content = document(WITH_REFERENCES, trick, WITH_REFERENCES)
    assert rows(content) == whole(content)


def test_references_never_swallow_a_record() -> None:
    """A list that is still open where its record ends stops the reading."""
    opened = ARTICLE.replace("</ReferenceList>", "<!-- --><ReferenceList></ReferenceList>")
    with pytest.raises(InputError, match="does not end with its record"):
        rows(document(ARTICLE, opened, ARTICLE))
