"""Rows of bibliographic facts as the PubmedArticleSet that EFetch would give, minus what nobody saw.

Element names and their order are those of NLM's DTD of 2025. Elements and attributes that it requires are absent where their
value was not seen, so the file names no DTD. There is never an abstract.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from facts import Row
from lxml import etree

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTICE = " Assembled from public bibliographic facts; not a search result. See archive/README.md. "

#: A remark that a list of headings was cut on the page.
CUT = re.compile(r"\s*\[list truncated[^]]*\]|\s*\((?:list|MeSH)[^)]*(?:truncated|cut)[^)]*\)")
_MORE = re.compile(r"\s*\((?:first author; others not shown|list truncated[^)]*)\)|;?\s*et al\.?;?$")
_PERSON = re.compile(r"(?P<last>.+?) (?P<initials>[A-Z]{1,4})(?: (?P<suffix>Jr|Sr|2nd|3rd|4th))?")
_DAY = re.compile(r"(?P<year>\d{4})(?: (?P<month>[A-Z][a-z]{2})(?: (?P<day>\d{1,2}))?)?")


def article_set(rows: Iterable[Row]) -> bytes:
    """A PubmedArticleSet in UTF-8, one article per row in the order given."""
    root = etree.Element("PubmedArticleSet")
    root.append(etree.Comment(NOTICE))
    for row in rows:
        root.append(_article(row))
    etree.indent(root, " ")
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body + b"\n"


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, tag, attributes)
    child.text = text or None
    return child


def _texts(parent: etree._Element, pairs: Iterable[tuple[str, str]]) -> None:
    for tag, text in pairs:
        if text:
            _add(parent, tag, text)


def _article(row: Row) -> etree._Element:
    record = etree.Element("PubmedArticle")
    citation = _add(record, "MedlineCitation")
    _add(citation, "PMID", row["pmid"])
    article = _add(citation, "Article")
    _journal(article, row)
    _add(article, "ArticleTitle", row["title"])
    if row["pages"]:
        _add(_add(article, "Pagination"), "MedlinePgn", row["pages"])
    _authors(article, row["authors"])
    _texts(article, [("Language", row["language"])])
    _list(article, "PublicationTypeList", "PublicationType", row["publication_type"])
    if row.get("electronic_date"):
        _date(_add(article, "ArticleDate", DateType="Electronic"), row["electronic_date"], numbers=True)
    if row["journal_abbrev"]:
        _add(_add(citation, "MedlineJournalInfo"), "MedlineTA", row["journal_abbrev"])
    _headings(citation, row["mesh"])
    _list(citation, "KeywordList", "Keyword", row.get("keywords", ""))
    ids = _add(_add(record, "PubmedData"), "ArticleIdList")
    _add(ids, "ArticleId", row["pmid"], IdType="pubmed")
    if row["doi"]:
        _add(ids, "ArticleId", row["doi"], IdType="doi")
    return record


def _journal(article: etree._Element, row: Row) -> None:
    journal = etree.Element("Journal")
    _texts(journal, [("ISSN", row.get("issn", ""))])
    issue = etree.Element("JournalIssue")
    _texts(issue, [("Volume", row["volume"]), ("Issue", row["issue"])])
    if printed := row["pub_date"] or row["year"]:
        _date(_add(issue, "PubDate"), printed)
    if len(issue):
        journal.append(issue)
    _texts(journal, [("Title", row["journal"]), ("ISOAbbreviation", row["journal_abbrev"])])
    if len(journal):
        article.append(journal)


def _date(parent: etree._Element, text: str, *, numbers: bool = False) -> None:
    """``2011 Oct 6`` as Year, Month, Day as far as they go; anything else (``2000 Jan-Feb``) as MedlineDate."""
    found = _DAY.fullmatch(text)
    if not found or (found["month"] and found["month"] not in MONTHS):
        _add(parent, "MedlineDate", text)
        return
    month, day = found["month"] or "", found["day"] or ""
    if numbers:
        month, day = f"{MONTHS.index(month) + 1:02d}" if month else "", day.zfill(2) if day else ""
    _texts(parent, [("Year", found["year"]), ("Month", month), ("Day", day)])


def people(cell: str) -> tuple[list[str], bool]:
    """The names of an ``authors`` cell, and whether the list is complete."""
    names = _MORE.sub("", cell)
    return [name for name in (part.strip() for part in names.split(";")) if name], names == cell


def person(name: str) -> dict[str, str]:
    """One author as the elements of PubMed; a name without initials is a group."""
    if ", " in name:
        last, fore = name.split(", ", 1)
        return {"LastName": last, "ForeName": fore}
    if found := _PERSON.fullmatch(name):
        parts = {"LastName": found["last"], "Initials": found["initials"], "Suffix": found["suffix"] or ""}
        return {tag: text for tag, text in parts.items() if text}
    return {"CollectiveName": name}


def _authors(article: etree._Element, cell: str) -> None:
    names, complete = people(cell)
    if names:
        authors = _add(article, "AuthorList", CompleteYN="Y" if complete else "N")
        for name in names:
            _texts(_add(authors, "Author"), person(name).items())


def _list(parent: etree._Element, tag: str, item: str, cell: str) -> None:
    parts = [part.strip() for part in cell.split(";") if part.strip()]
    if parts:
        _texts(_add(parent, tag), [(item, part) for part in parts])


def headings(cell: str) -> tuple[dict[str, dict[str, bool]], bool]:
    """``Dermatomyositis / therapy*; Humans`` by descriptor: its qualifiers ("" for itself) and whether each is starred.

    The second value says whether the list was cut on the page; its remark is no heading.
    """
    whole = CUT.sub("", cell)
    found: dict[str, dict[str, bool]] = {}
    for part in (piece.strip() for piece in whole.split(";")):
        if part:
            descriptor, _, qualifier = part.partition(" / ")
            term = qualifier or descriptor
            found.setdefault(descriptor.rstrip("*"), {})["" if not qualifier else term.rstrip("*")] = term.endswith("*")
    return found, whole != cell


def _headings(citation: etree._Element, cell: str) -> None:
    found, cut = headings(cell)
    if not found:
        return
    starred = any(star for qualifiers in found.values() for star in qualifiers.values())
    block = _add(citation, "MeshHeadingList")
    if cut:
        block.append(etree.Comment(" The list was cut on the page that was read. "))
    for descriptor, qualifiers in found.items():
        heading = _add(block, "MeshHeading")
        _add(heading, "DescriptorName", descriptor, **_major(starred, qualifiers.get("", False)))
        for qualifier, star in qualifiers.items():
            if qualifier:
                _add(heading, "QualifierName", qualifier, **_major(starred, star))


def _major(starred: bool, star: bool) -> dict[str, str]:
    """A list without any star doesn't tell which headings are major: then nothing is said."""
    return {"MajorTopicYN": "Y" if star else "N"} if starred else {}
