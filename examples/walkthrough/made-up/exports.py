"""Made-up articles in the words of four exports: PubMed XML, CNKI RefWorks, CNKI EndNote and Embase RIS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

Article = dict[str, Any]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTICE = " Made up: disease, drug, people, journals and numbers. "


def text(lines: Iterable[tuple[str, str]], pattern: str) -> str:
    """One line per tag that has a value, CRLF as exports have it."""
    return "".join(pattern.format(tag, value) + "\r\n" for tag, value in lines if value)


def refworks(articles: Iterable[Article]) -> bytes:
    """CNKI's RefWorks text: UTF-8 without BOM, no end tag, a blank line after each record, ``vo`` in lower case."""
    records = []
    for one in articles:
        journal = one["journal"]
        head = [
            ("RT", "Journal Article"),
            ("SR", "1"),
            ("A1", ";".join(one["chinese_authors"])),
            ("AD", "虚构医科大学;"),
        ]
        head += [
            ("T1", one["chinese"]),
            ("JF", journal["chinese"]),
            ("YR", one["date"][:4]),
            ("IS", one["issue"].zfill(2)),
        ]
        tail = [("OP", whole(one["pages"])), ("K1", ";".join(one["chinese_keywords"])), ("AB", one["chinese_abstract"])]
        tail += [
            ("SN", journal["issn"]),
            ("LA", "中文;"),
            ("DS", "CNKI"),
            ("DO", one["doi"] if one["cnki_doi"] else ""),
        ]
        records.append(text(head, "{} {}") + f"vo {one['volume']}\r\n" + text(tail, "{} {}"))
    return "\r\n".join(records).encode("utf-8")


def endnote(articles: Iterable[Article]) -> bytes:
    """CNKI's EndNote text: one ``%`` tag a line, ``%W CNKI`` last, a blank line after each record; a thesis among them."""
    records = []
    for one in articles:
        lines = [("0", "Thesis" if "thesis" in one else "Journal Article")]
        lines += [("A", name) for name in one["chinese_authors"]]
        lines += [("+", "虚构医科大学;"), ("T", one["chinese"])]
        if "thesis" in one:
            lines += [("I", one["thesis"]), ("9", "硕士"), ("D", one["date"][:4])]
        else:
            lines += [("J", one["journal"]["chinese"]), ("D", one["date"][:4]), ("V", one["volume"])]
            lines += [("N", one["issue"].zfill(2))]
        lines += [
            ("K", ";".join(one["chinese_keywords"])),
            ("X", one["chinese_abstract"]),
            ("P", whole(one.get("pages", ""))),
        ]
        lines += [
            ("@", one["journal"]["issn"] if "journal" in one else ""),
            ("R", one["doi"] if one["cnki_doi"] else ""),
        ]
        records.append(text([*lines, ("W", "CNKI")], "%{} {}"))
    return "\r\n".join(records).encode("utf-8")


def embase(articles: Iterable[Article]) -> bytes:
    """Embase's RIS: ``T1``, ``A1``, ``Y1``, ``JF`` and ``N2``, the PMID in ``C5``."""
    records = []
    for one in articles:
        first, _, last = whole(one["pages"]).partition("-")
        lines = [("TY", "JOUR"), ("M3", one["types"][0] if "Conference" in one["types"][0] else "Article")]
        lines += [("T1", one["title"].strip("[]"))]
        lines += [("A1", f"{family}, {given[0]}." if given else family) for family, given in one["authors"]]
        lines += [
            ("Y1", one["date"][:4]),
            ("VL", one["volume"]),
            ("IS", one["issue"]),
            ("SP", first),
            ("EP", last),
        ]
        lines += [("JF", one["journal"]["name"]), ("JA", one["journal"]["abbrev"]), ("SN", one["journal"]["issn"])]
        lines += [
            ("DO", one["doi"]),
            ("C5", one.get("pmid", "")),
            ("LA", "Chinese" if one.get("language") else "English"),
        ]
        lines += [("N2", " ".join(said for _, said in one.get("abstract", ())))]
        lines += [("KW", word) for word in one.get("keywords", ())]
        records.append(text(lines, "{}  - {}") + "ER  - \r\n")
    return "\r\n".join(records).encode("utf-8")


def whole(pages: str) -> str:
    """PubMed's ``315-9`` as everybody else prints it: 315-319."""
    first, dash, last = pages.partition("-")
    short = last.isdigit() and len(last) < len(first)
    return first + dash + (first[: len(first) - len(last)] + last if short else last)


def pubmed(articles: Iterable[Article], retracted: dict[str, str]) -> bytes:
    """A PubmedArticleSet; ``retracted`` has the PMID of the notice of each article that is retracted by then."""
    root = etree.Element("PubmedArticleSet")
    root.append(etree.Comment(NOTICE))
    for one in articles:
        root.append(_article(one, retracted.get(one["key"], "")))
    etree.indent(root, " ")
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body + b"\n"


def _add(parent: etree._Element, tag: str, said: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, tag, attributes)
    child.text = said or None
    return child


def _article(one: Article, notice: str) -> etree._Element:
    record = etree.Element("PubmedArticle")
    citation = _add(record, "MedlineCitation", Status="MEDLINE", Owner="NLM")
    _add(citation, "PMID", one["pmid"], Version="1")
    article = _add(citation, "Article", PubModel="Print-Electronic" if "electronic" in one else "Print")
    journal = _add(article, "Journal")
    _add(journal, "ISSN", one["journal"]["issn"], IssnType="Print")
    issue = _add(journal, "JournalIssue", CitedMedium="Print")
    _add(issue, "Volume", one["volume"])
    _add(issue, "Issue", one["issue"])
    _date(_add(issue, "PubDate"), one["date"])
    _add(journal, "Title", one["journal"]["name"])
    _add(journal, "ISOAbbreviation", one["journal"]["abbrev"])
    _add(article, "ArticleTitle", one["title"] + ".")
    _add(_add(article, "Pagination"), "MedlinePgn", one["pages"])
    _add(article, "ELocationID", one["doi"], EIdType="doi", ValidYN="Y")
    if one.get("abstract"):
        abstract = _add(article, "Abstract")
        for label, said in one["abstract"]:
            _add(abstract, "AbstractText", said, **({"Label": label} if label else {}))
    authors = _add(article, "AuthorList", CompleteYN="Y")
    for family, given in one["authors"]:
        author = _add(authors, "Author", ValidYN="Y")
        _add(author, "LastName", family)
        _add(author, "ForeName", given)
        _add(author, "Initials", given[0])
    _add(article, "Language", one.get("language", "eng"))
    kinds = _add(article, "PublicationTypeList")
    for kind in [*one["types"], *(["Retracted Publication"] if notice else [])]:
        _add(kinds, "PublicationType", kind)
    if "electronic" in one:
        year, month, day = one["electronic"].split()
        _date(
            _add(article, "ArticleDate", DateType="Electronic"), f"{year} {MONTHS.index(month) + 1:02d} {int(day):02d}"
        )
    _add(_add(citation, "MedlineJournalInfo"), "MedlineTA", one["journal"]["abbrev"])
    _notices(citation, one, notice)
    if one.get("mesh"):
        headings = _add(citation, "MeshHeadingList")
        for heading in one["mesh"]:
            _add(_add(headings, "MeshHeading"), "DescriptorName", heading, MajorTopicYN="N")
    if one.get("keywords"):
        words = _add(citation, "KeywordList", Owner="NOTNLM")
        for word in one["keywords"]:
            _add(words, "Keyword", word, MajorTopicYN="N")
    data = _add(record, "PubmedData")
    _add(data, "PublicationStatus", "ppublish")
    ids = _add(data, "ArticleIdList")
    _add(ids, "ArticleId", one["pmid"], IdType="pubmed")
    _add(ids, "ArticleId", one["doi"], IdType="doi")
    return record


def _notices(citation: etree._Element, one: Article, notice: str) -> None:
    links = [("RetractionIn", notice), ("RetractionOf", one.get("retraction_of", ""))]
    if any(pmid for _, pmid in links):
        block = _add(citation, "CommentsCorrectionsList")
        for kind, pmid in links:
            if pmid:
                link = _add(block, "CommentsCorrections", RefType=kind)
                _add(link, "RefSource", one["journal"]["abbrev"])
                _add(link, "PMID", pmid, Version="1")


def _date(parent: etree._Element, said: str) -> None:
    if re.search(r"[A-Z][a-z]{2}-", said):
        _add(parent, "MedlineDate", said)
        return
    for tag, part in zip(("Year", "Month", "Day"), said.split(), strict=False):
        _add(parent, tag, part)
