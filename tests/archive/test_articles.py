"""How one fact becomes an element of PubMed's XML or a line of RIS: case law for names, dates and headings."""

from __future__ import annotations

from typing import Any

import pytest

#: what the facts say, the author elements
PEOPLE: list[tuple[str, dict[str, str]]] = [
    ("Dalakas MC", {"LastName": "Dalakas", "Initials": "MC"}),
    ("McKinney RE Jr", {"LastName": "McKinney", "Initials": "RE", "Suffix": "Jr"}),
    ("van der Kooi AJ", {"LastName": "van der Kooi", "Initials": "AJ"}),
    ("Fa'ak F", {"LastName": "Fa'ak", "Initials": "F"}),
    ("Sánchez-Díaz, Manuel", {"LastName": "Sánchez-Díaz", "ForeName": "Manuel"}),
    ("Additional Members of the GB-0998 Study Group", {"CollectiveName": "Additional Members of the GB-0998 Study Group"}),
    ("ProDERM investigators", {"CollectiveName": "ProDERM investigators"}),
]  # fmt: skip

LISTS: list[tuple[str, list[str], bool]] = [
    ("Basta M; Dalakas MC", ["Basta M", "Dalakas MC"], True),
    ("Cherin P (first author; others not shown)", ["Cherin P"], False),
    ("Galimberti F; Li Y (list truncated in the source)", ["Galimberti F", "Li Y"], False),
    ("Dalakas MC et al.", ["Dalakas MC"], False),
    ("Donofrio PD; Berger A; et al.", ["Donofrio PD", "Berger A"], False),
]

DATES: list[tuple[str, dict[str, str]]] = [
    ("2001", {"Year": "2001"}),
    ("2012 Jun", {"Year": "2012", "Month": "Jun"}),
    ("1991 Feb 16", {"Year": "1991", "Month": "Feb", "Day": "16"}),
    ("2000 Jan-Feb", {"MedlineDate": "2000 Jan-Feb"}),
    ("2001 Fal", {"MedlineDate": "2001 Fal"}),
]


@pytest.mark.parametrize(("name", "elements"), PEOPLE)
def test_a_person_has_family_and_initials_and_a_group_its_name(name: str, elements: dict[str, str]) -> None:
    """A name is a person only if it ends in initials; nothing of it is lost."""
    import articles

    assert articles.person(name) == elements


@pytest.mark.parametrize(("cell", "wanted", "complete"), LISTS)
def test_a_cut_list_of_authors_says_so(cell: str, wanted: list[str], complete: bool) -> None:
    """The coder's remark is no author, and turns into CompleteYN="N"."""
    import articles

    assert articles.people(cell) == (wanted, complete)
    marked = articles.article_set([row(authors=cell)]).decode()
    assert f'<AuthorList CompleteYN="{"Y" if complete else "N"}">' in marked


@pytest.mark.parametrize(("text", "elements"), DATES)
def test_a_date_says_no_more_than_was_seen(text: str, elements: dict[str, str]) -> None:
    """Year, month and day as far as they go; anything else is kept as it stands."""
    from articles import article_set
    from lxml import etree

    date = etree.fromstring(article_set([row(pub_date=text)])).find(".//PubDate")
    assert date is not None
    assert {child.tag: child.text for child in date} == elements


def test_headings_are_major_only_where_a_star_was_seen() -> None:
    """A starred list marks each heading Y or N; a list without any star says nothing; a cut list says that it was cut."""
    import articles

    starred = articles.article_set(
        [row(mesh="Dermatomyositis / pathology; Dermatomyositis / therapy*; Humans")]
    ).decode()
    assert '<QualifierName MajorTopicYN="Y">therapy</QualifierName>' in starred
    assert '<DescriptorName MajorTopicYN="N">Humans</DescriptorName>' in starred
    assert starred.count("<MeshHeading>") == 2
    assert "MajorTopicYN" not in articles.article_set([row(mesh="Myositis; Humans")]).decode()
    cut = articles.article_set([row(mesh="Humans; Male; [list truncated in the excerpt]")]).decode()
    assert "cut on the page" in cut
    assert "truncated" not in cut


def test_hostile_text_stays_text() -> None:
    """Signs of markup in a fact are escaped, and come back as they were."""
    import articles
    from lxml import etree

    title = "<script>&amp;</script> R&D <b>"
    found = etree.fromstring(articles.article_set([row(title=title)])).findtext(".//ArticleTitle")
    assert found == title


def test_ris_keeps_kind_headings_and_partial_dates() -> None:
    """A page's label is a kind and no heading; a bare year gives no DA; a remark about a cut list becomes a note."""
    from web_pages import date, headings_of, kind_of, ris

    assert [date("1997-03"), date("2021 Dec 01"), date("2014"), date("2018-04-27")] == [
        "1997/03//", "2021/12/01/", "", "2018/04/27/",
    ]  # fmt: skip
    labelled = row(mesh="Case Report (journal label)")
    assert (kind_of(labelled), headings_of(labelled)) == ("Case Report", ([], False))
    text = ris([row(mesh="Adult; Humans [list truncated in the excerpt]", authors="Yoo SR et al.")]).decode()
    assert "KW  - Humans\r\n" in text
    assert text.count("N1  - ") == 2


def row(**cells: str) -> dict[str, Any]:
    """A row of facts with nothing but what the test gives."""
    columns = (
        "pmid doi title journal journal_abbrev year pub_date volume issue pages authors language publication_type mesh "
        "source_url ref_key remark"
    )
    return dict.fromkeys(columns.split(), "") | {"pmid": "1", "title": "A title"} | cells
