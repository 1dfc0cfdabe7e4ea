"""One PubmedArticle or PubmedBookArticle element as one row; :mod:`winnow.records.pubmed_xml` says what the columns mean.

Each table below maps an element to the function that reads it into the row.
"""

from __future__ import annotations

import re
from typing import Any

from winnow import text
from winnow.records.xml_text import child, date, flat

COLUMNS = (
    "pmid", "pmcid", "doi", "title", "original_title", "abstract", "authors", "year", "year_print", "year_electronic",
    "date", "journal", "journal_abbrev", "issn", "volume", "issue", "pages", "language", "publication_types", "mesh",
    "keywords", "notices", "url", "line",
)  # fmt: skip

#: CommentsCorrections/@RefType, and how the notice is called in ``notices``. Other links (comments, reprints) are no notices.
NOTICES = {
    "RetractionIn": "retracted in",
    "RetractionOf": "retraction of",
    "PartialRetractionIn": "partially retracted in",
    "PartialRetractionOf": "partial retraction of",
    "RetractedandRepublishedIn": "retracted and republished in",
    "RetractedandRepublishedFrom": "retracted and republished from",
    "ErratumIn": "erratum in",
    "ErratumFor": "erratum for",
    "CorrectedandRepublishedIn": "corrected and republished in",
    "CorrectedandRepublishedFrom": "corrected and republished from",
    "ExpressionOfConcernIn": "expression of concern in",
    "ExpressionOfConcernFor": "expression of concern for",
}

_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._()/-]*[A-Za-z0-9]")
_PLACEHOLDERS = frozenset(("", "[not available]", "[in process citation]"))

Row = dict[str, str]


def _blank(record: Any) -> Row:
    row = dict.fromkeys(COLUMNS, "")
    row["line"] = str(record.sourceline)
    return row


def article(record: Any) -> Row:
    """The row of a PubmedArticle."""
    row = _blank(record)
    citation = data = None
    for part in record:
        if part.tag == "MedlineCitation":
            citation = part
        elif part.tag == "PubmedData":
            data = part
    if citation is not None:
        for part in citation:
            reader = _CITATION.get(part.tag)
            if reader is not None:
                reader(part, row)
        if not row["abstract"]:
            _other_abstract(citation, row)
    if data is not None:
        _identifiers(data.find("ArticleIdList"), row)
    return _finished(row)


def book(record: Any) -> Row:
    """A chapter of a book, or the book itself; ``journal`` is the book's title where the record is a chapter."""
    row = _blank(record)
    document = record.find("BookDocument")
    if document is not None:
        for part in document:
            reader = _BOOK.get(part.tag)
            if reader is not None:
                reader(part, row)
    data = record.find("PubmedBookData")
    if data is not None:
        _identifiers(data.find("ArticleIdList"), row)
    if not row["title"]:
        row["title"], row["journal"] = row["journal"], ""
    return _finished(row)


def _finished(row: Row) -> Row:
    row["year"] = row["year_print"] or row["year_electronic"]
    if row["original_title"] and row["title"].rstrip(".").lower() in _PLACEHOLDERS:
        row["title"] = row["original_title"]
    if row["pmid"]:
        row["url"] = f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/"
    return row


def _pmid(element: Any, row: Row) -> None:
    row["pmid"] = flat(element)


def _journal_info(element: Any, row: Row) -> None:
    row["journal_abbrev"] = row["journal_abbrev"] or child(element, "MedlineTA")
    row["issn"] = row["issn"] or child(element, "ISSNLinking")
    row["journal"] = row["journal"] or row["journal_abbrev"]


def _article_part(article: Any, row: Row) -> None:
    for part in article:
        reader = _ARTICLE.get(part.tag)
        if reader is not None:
            reader(part, row)


def _journal(journal: Any, row: Row) -> None:
    for part in journal:
        if part.tag == "JournalIssue":
            for detail in part:
                if detail.tag == "Volume":
                    row["volume"] = flat(detail)
                elif detail.tag == "Issue":
                    row["issue"] = flat(detail)
                elif detail.tag == "PubDate":
                    row["date"], row["year_print"] = date(detail)
        elif part.tag == "Title":
            row["journal"] = flat(part)
        elif part.tag == "ISOAbbreviation":
            row["journal_abbrev"] = flat(part)
        elif part.tag == "ISSN":
            row["issn"] = flat(part)


def _electronic_date(element: Any, row: Row) -> None:
    if element.get("DateType", "Electronic") == "Electronic":
        day, row["year_electronic"] = date(element)
        row["date"] = row["date"] or day


def _title(element: Any, row: Row) -> None:
    row["title"] = flat(element)


def _original_title(element: Any, row: Row) -> None:
    row["original_title"] = flat(element)


def _pages(element: Any, row: Row) -> None:
    row["pages"] = child(element, "MedlinePgn")
    if not row["pages"]:
        row["pages"] = "-".join(page for page in (child(element, "StartPage"), child(element, "EndPage")) if page)


def _location(element: Any, row: Row) -> None:
    if not row["doi"] and element.get("EIdType") == "doi" and element.get("ValidYN") != "N":
        row["doi"] = _doi(element)


def _identifiers(identifiers: Any, row: Row) -> None:
    if identifiers is None:
        return
    for element in identifiers:
        kind = element.get("IdType")
        if kind == "doi" and not row["doi"]:
            row["doi"] = _doi(element)
        elif kind == "pmc" and not row["pmcid"]:
            row["pmcid"] = flat(element)
        elif kind == "pubmed" and not row["pmid"]:
            row["pmid"] = flat(element)


def _doi(element: Any) -> str:
    printed = flat(element)
    if _PLAIN_DOI.fullmatch(printed):  # nearly all of them; text.doi would change nothing else
        return printed.lower()
    return text.doi(printed) or printed.lower()


def _abstract(element: Any, row: Row) -> None:
    lines = []
    for part in element:
        if part.tag == "AbstractText":
            label, words = part.get("Label", ""), flat(part)
            if words:
                lines.append(f"{label}: {words}" if label and label != "UNLABELLED" else words)
    row["abstract"] = "\n".join(lines)


def _other_abstract(citation: Any, row: Row) -> None:
    """In place of a missing abstract: an English one, else the first."""
    others = citation.findall("OtherAbstract")
    for element in sorted(others, key=lambda other: other.get("Language") != "eng"):
        if not row["abstract"]:
            _abstract(element, row)


def _authors(element: Any, row: Row) -> None:
    if not row["authors"]:
        row["authors"] = "; ".join(name for name in map(_author, element) if name)


_NAMES = frozenset(("LastName", "ForeName", "Initials", "Suffix", "CollectiveName"))


def _author(author: Any) -> str:
    if author.get("ValidYN") == "N":
        return ""
    names: dict[str, str] = {}
    for part in author:
        tag = part.tag
        if tag not in _NAMES:  # identifiers and affiliations come last
            break
        names[tag] = flat(part)
    if "CollectiveName" in names:
        return _part(names["CollectiveName"])
    given = names.get("ForeName") or names.get("Initials")
    return _part(", ".join(name for name in (names.get("LastName"), given, names.get("Suffix")) if name))


def _languages(element: Any, row: Row) -> None:
    _append(row, "language", flat(element))


def _publication_types(element: Any, row: Row) -> None:
    row["publication_types"] = "; ".join([_part((kind.text or "").strip()) for kind in element])


def _publication_type(element: Any, row: Row) -> None:
    _append(row, "publication_types", flat(element))


def _mesh(element: Any, row: Row) -> None:
    """Headings are NLM's own words, without markup, so their text is read directly: they are a third of an indexed record."""
    headings = []
    for heading in element:
        names = []
        for name in heading:
            words = name.text or ""
            names.append(words.strip() + "*" if name.get("MajorTopicYN") == "Y" else words.strip())
        headings.append(" / ".join(names))
    row["mesh"] = "; ".join(headings)


def _keywords(element: Any, row: Row) -> None:
    words = [_part(word) for word in map(flat, element) if word]
    row["keywords"] = "; ".join([row["keywords"], *words] if row["keywords"] else words)


def _notices(element: Any, row: Row) -> None:
    for link in element:
        name = NOTICES.get(link.get("RefType", ""))
        if name:
            pmid = child(link, "PMID")
            _append(row, "notices", f"{name} pubmed:{pmid}" if pmid else f"{name} {child(link, 'RefSource')}".strip())


def _book_part(book: Any, row: Row) -> None:
    for part in book:
        if part.tag == "BookTitle":
            row["journal"] = flat(part)
        elif part.tag == "PubDate":
            row["date"], row["year_print"] = date(part)
        elif part.tag == "Volume":
            row["volume"] = flat(part)
        elif part.tag == "AuthorList":
            _authors(part, row)
        elif part.tag == "ELocationID":
            _location(part, row)


def _chapter_authors(element: Any, row: Row) -> None:
    row["authors"] = ""
    _authors(element, row)


_ARTICLE = {
    "Journal": _journal,
    "ArticleTitle": _title,
    "VernacularTitle": _original_title,
    "Pagination": _pages,
    "ELocationID": _location,
    "Abstract": _abstract,
    "AuthorList": _authors,
    "Language": _languages,
    "PublicationTypeList": _publication_types,
    "ArticleDate": _electronic_date,
}
_CITATION = {
    "PMID": _pmid,
    "Article": _article_part,
    "MedlineJournalInfo": _journal_info,
    "CommentsCorrectionsList": _notices,
    "MeshHeadingList": _mesh,
    "KeywordList": _keywords,
}
_BOOK = {
    "PMID": _pmid,
    "ArticleIdList": _identifiers,
    "Book": _book_part,
    "ArticleTitle": _title,
    "VernacularTitle": _original_title,
    "Pagination": _pages,
    "Language": _languages,
    "AuthorList": _chapter_authors,
    "PublicationType": _publication_type,
    "Abstract": _abstract,
    "KeywordList": _keywords,
}


def _part(words: str) -> str:
    return words.replace(";", ",") if ";" in words else words


def _append(row: Row, column: str, words: str) -> None:
    if words:
        row[column] = f"{row[column]}; {_part(words)}" if row[column] else _part(words)
