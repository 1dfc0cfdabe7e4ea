"""PubMed XML, as EFetch and PubMed's baseline give it, read as a stream in constant memory.

No DTD is loaded, no entity is resolved, nothing is fetched. One dictionary per PubmedArticle or PubmedBookArticle, in the order
of the file; its keys are :data:`COLUMNS`, all of them always there, all strings, a missing value is "".

What the columns mean where MEDLINE leaves a choice:

- ``title``: ArticleTitle with its markup flattened. A translated title keeps its brackets; the vernacular title stands in
  ``original_title``, and takes the place of the placeholders that NLM prints when there is no translation.
- ``abstract``: one line per AbstractText, ``LABEL: text`` where it has a label. OtherAbstract is read only if there is no
  Abstract, English before others: a second abstract in the same cell would be counted and extracted twice.
- ``year_print``: the year of the issue (PubDate or MedlineDate, its first year), whatever the medium; ``year_electronic``: of
  ArticleDate; ``year``: of the issue, else of the electronic publication.
- ``date``: of the issue, else electronic: ``2011``, ``2011-03`` or ``2011-03-09``; a season or a range stays as printed.
- ``authors``: ``Family, Given; Family, Given, Jr; Collective name``; names that NLM marked as superseded are left out.
- ``mesh``: one part per heading, ``Descriptor* / qualifier / qualifier*``; the asterisk marks a major topic.
- ``notices``: ``retracted in pubmed:123``, the wording of :data:`NOTICES`; a notice without PMID is named by its citation.
- ``line``: where the record begins in the unpacked file.

A ``;`` inside one part of a multi-valued cell is written ``,``.

Sources: NLM's PubMed DTD of 2025 (element by element), MEDLINE/PubMed Data Element Descriptions.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from winnow import files, text
from winnow.errors import InputError

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

#: What may pass without a record ending: several times the longest real record (fifteen thousand authors, MathML throughout).
LONGEST_RECORD = 64 << 20
MOST_MARKUP = 1_000_000
_ORDINARY = 1 << 20
_BLOCK = 256 << 10

_RECORDS = ("PubmedArticle", "PubmedBookArticle")
_ROOTS = frozenset(("PubmedArticleSet", "PubmedBookArticleSet"))
_NO_RECORDS = frozenset(("DeleteCitation", "DeleteDocument"))
_PLACEHOLDERS = frozenset(("", "[not available]", "[in process citation]"))
_MONTHS = {
    name: f"{number:02d}"
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|2[01])\d\d(?!\d)")
_MEND = "fetch the file again; if it came from PubMed's website, choose an export in XML or 'PubMed' format"

Row = dict[str, str]


def read(source: IO[bytes] | Path | str) -> Iterator[Row]:
    """The records of one PubMed XML document.

    Args:
        source: a path (gzipped or not), or a binary stream of unpacked XML.

    Raises:
        InputError: not PubMed XML, cut short, malformed, or hostile (entities, endless text). Records before the fault have been
            yielded by then.
    """
    if isinstance(source, (str, Path)):
        where = str(source)
        try:
            with files.opened(source) as stream:
                yield from _read(stream, where)
        except (EOFError, zlib.error, OSError) as error:
            raise InputError(f"cannot be read ({error})", where=where, mend="fetch or copy it again") from None
    else:
        yield from _read(source, str(getattr(source, "name", "") or "PubMed XML"))


class _Gauge:
    """Fails when too much passes without a record, so that memory stays bounded whatever is sent."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.passed = self.markup = 0

    def record_ended(self) -> None:
        self.passed = self.markup = 0

    def check(self, block: bytes) -> None:
        self.passed += len(block)
        if self.passed > _ORDINARY:
            self.markup += block.count(b"<") + block.count(b"=")
        if self.passed > LONGEST_RECORD or self.markup > MOST_MARKUP:
            raise InputError(f"{self.passed >> 10} KB without a complete record", where=self.where, mend=_MEND)


def _read(stream: IO[bytes], where: str) -> Iterator[Row]:
    parser: Any = etree.XMLPullParser(
        events=("end",), tag=_RECORDS, load_dtd=False, no_network=True, resolve_entities=False,
        remove_comments=True, remove_pis=True,  # never collect_ids=False: libxml2 then asks for the DTD
    )  # fmt: skip
    gauge = _Gauge(where)
    checked = False
    try:
        while block := stream.read(_BLOCK):
            gauge.check(block)
            parser.feed(block)
            for _, record in parser.read_events():
                if not checked:
                    _check_document(record.getroottree(), where)
                    checked = True
                yield _article(record) if record.tag == "PubmedArticle" else _book(record)
                gauge.record_ended()
                _forget(record, where)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise InputError(f"not well-formed XML ({error.msg})", where=f"{where}:{line}", mend=_MEND) from None
    _check_document(root.getroottree(), where)
    for rest in root:
        _check_sibling(rest, where)


def _forget(record: Any, where: str) -> None:
    """Free a record that was read, and whatever stood before it."""
    record.clear()
    parent = record.getparent()
    while (earlier := record.getprevious()) is not None:
        _check_sibling(earlier, where)
        del parent[0]


def _check_document(tree: Any, where: str) -> None:
    """Refuse what is not PubMed's, and anything that declares entities: PubMed's answers never do."""
    dtd = tree.docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise InputError("declares XML entities", where=where, mend="this is no PubMed answer; don't trust its source")
    root = tree.getroot()
    if root.tag not in _ROOTS:
        said = _flat(root)[:200]
        raise InputError(f"root element {root.tag}, not PubmedArticleSet ({said})", where=where, mend=_MEND)


def _check_sibling(element: Any, where: str) -> None:
    if element.tag not in _RECORDS and element.tag not in _NO_RECORDS:
        raise InputError(
            f"unknown element {element.tag} among the records",
            where=f"{where}:{element.sourceline}",
            mend="its records would be lost; report this as a fault of winnow",
        )


# ---- one record ----------------------------------------------------------------------------------------------------------------


def _blank(record: Any) -> Row:
    row = dict.fromkeys(COLUMNS, "")
    row["line"] = str(record.sourceline)
    return row


def _article(record: Any) -> Row:
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
    if data is not None:
        _identifiers(data.find("ArticleIdList"), row)
    return _finished(row)


def _book(record: Any) -> Row:
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
    row["pmid"] = _flat(element)


def _journal_info(element: Any, row: Row) -> None:
    row["journal_abbrev"] = row["journal_abbrev"] or _child(element, "MedlineTA")
    row["issn"] = row["issn"] or _child(element, "ISSNLinking")
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
                    row["volume"] = _flat(detail)
                elif detail.tag == "Issue":
                    row["issue"] = _flat(detail)
                elif detail.tag == "PubDate":
                    row["date"], row["year_print"] = _date(detail)
        elif part.tag == "Title":
            row["journal"] = _flat(part)
        elif part.tag == "ISOAbbreviation":
            row["journal_abbrev"] = _flat(part)
        elif part.tag == "ISSN":
            row["issn"] = _flat(part)


def _electronic_date(element: Any, row: Row) -> None:
    if element.get("DateType", "Electronic") == "Electronic":
        date, row["year_electronic"] = _date(element)
        row["date"] = row["date"] or date


def _title(element: Any, row: Row) -> None:
    row["title"] = _flat(element)


def _original_title(element: Any, row: Row) -> None:
    row["original_title"] = _flat(element)


def _pages(element: Any, row: Row) -> None:
    row["pages"] = _child(element, "MedlinePgn")
    if not row["pages"]:
        row["pages"] = "-".join(page for page in (_child(element, "StartPage"), _child(element, "EndPage")) if page)


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
            row["pmcid"] = _flat(element)
        elif kind == "pubmed" and not row["pmid"]:
            row["pmid"] = _flat(element)


def _doi(element: Any) -> str:
    printed = _flat(element)
    return text.doi(printed) or printed.lower()


def _abstract(element: Any, row: Row) -> None:
    lines = []
    for part in element:
        if part.tag == "AbstractText":
            label, words = part.get("Label", ""), _flat(part)
            if words:
                lines.append(f"{label}: {words}" if label and label != "UNLABELLED" else words)
    row["abstract"] = "\n".join(lines)


def _other_abstract(element: Any, row: Row) -> None:
    """In place of a missing abstract only; MedlineCitation has it after Article, so that ``abstract`` is known by now."""
    if not row["abstract"] or (row.get("_abstract_language", "eng") != "eng" and element.get("Language") == "eng"):
        _abstract(element, row)


def _authors(element: Any, row: Row) -> None:
    if not row["authors"]:
        row["authors"] = "; ".join(name for name in map(_author, element) if name)


def _author(author: Any) -> str:
    if author.get("ValidYN") == "N":
        return ""
    family = given = initials = suffix = ""
    for part in author:
        tag = part.tag
        if tag == "LastName":
            family = _flat(part)
        elif tag == "ForeName":
            given = _flat(part)
        elif tag == "Initials":
            initials = part.text or ""
        elif tag == "Suffix":
            suffix = _flat(part)
        elif tag == "CollectiveName":
            return _part(_flat(part))
        else:  # identifiers and affiliations come last
            break
    return _part(", ".join(name for name in (family, given or initials, suffix) if name))


def _languages(element: Any, row: Row) -> None:
    _append(row, "language", _flat(element))


def _publication_types(element: Any, row: Row) -> None:
    row["publication_types"] = "; ".join(_part(_flat(kind)) for kind in element)


def _publication_type(element: Any, row: Row) -> None:
    _append(row, "publication_types", _flat(element))


def _mesh(element: Any, row: Row) -> None:
    headings = []
    for heading in element:
        headings.append(
            " / ".join(_flat(name) + ("*" if name.get("MajorTopicYN") == "Y" else "") for name in heading)
        )  # fmt: skip
    row["mesh"] = "; ".join(headings)


def _keywords(element: Any, row: Row) -> None:
    for keyword in element:
        _append(row, "keywords", _flat(keyword))


def _notices(element: Any, row: Row) -> None:
    for link in element:
        name = NOTICES.get(link.get("RefType", ""))
        if name:
            pmid = _child(link, "PMID")
            _append(row, "notices", f"{name} pubmed:{pmid}" if pmid else f"{name} {_child(link, 'RefSource')}".strip())


def _book_part(book: Any, row: Row) -> None:
    for part in book:
        if part.tag == "BookTitle":
            row["journal"] = _flat(part)
        elif part.tag == "PubDate":
            row["date"], row["year_print"] = _date(part)
        elif part.tag == "Volume":
            row["volume"] = _flat(part)
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
    "OtherAbstract": _other_abstract,
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


# ---- text and dates ------------------------------------------------------------------------------------------------------------


def _child(element: Any, tag: str) -> str:
    for part in element:
        if part.tag == tag:
            return _flat(part)
    return ""


def _part(words: str) -> str:
    return words.replace(";", ",") if ";" in words else words


def _append(row: Row, column: str, words: str) -> None:
    if words:
        row[column] = f"{row[column]}; {_part(words)}" if row[column] else _part(words)


def _flat(element: Any) -> str:
    """All text of an element on one line."""
    if len(element):
        pieces: list[str] = []
        _flatten(element, pieces)
        return " ".join("".join(pieces).split())
    words = element.text
    return " ".join(words.split()) if words else ""


#: Markup that keeps apart what flattening would run together: 10<sup>5</sup> is not 105.
_SIGNED = re.compile(r"[-+−–]?\d")
_BETWEEN_DIGITS = {"sup": "^", "msup": " ", "sub": "_", "mfrac": " "}


def _flatten(element: Any, pieces: list[str]) -> None:
    if element.text:
        pieces.append(element.text)
    for child in element:
        if isinstance(child.tag, str):
            mark = _BETWEEN_DIGITS.get(etree.QName(child).localname, "")
            before = len(pieces)
            _flatten(child, pieces)
            if mark and before and pieces[before - 1][-1:].isdigit() and _SIGNED.match("".join(pieces[before:])):
                pieces.insert(before, mark)
        else:
            pieces.append(html.unescape(child.text))
        if child.tail:
            pieces.append(child.tail)


def _date(element: Any) -> tuple[str, str]:
    """A date element as (date, year): ISO as far as it goes; a season or a range as printed, with its first year."""
    year = month = day = season = ""
    for part in element:
        if part.tag == "MedlineDate":
            printed = _flat(part)
            found = _YEAR.search(printed)
            return printed, found.group() if found else ""
        if part.tag == "Year":
            year = _flat(part)
        elif part.tag == "Month":
            month = _flat(part)
        elif part.tag == "Day":
            day = _flat(part)
        elif part.tag == "Season":
            season = _flat(part)
    number = _MONTHS.get(month[:3].lower()) or (month.zfill(2) if month.isdecimal() else "")
    if season or (month and not number):
        return f"{year} {season or month}".strip(), year
    return "-".join(piece for piece in (year, number, day.zfill(2) if number and day else "") if piece), year
