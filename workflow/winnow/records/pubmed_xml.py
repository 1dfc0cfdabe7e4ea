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

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from winnow import files
from winnow.errors import InputError
from winnow.records.pubmed_article import COLUMNS, NOTICES, Row, article, book
from winnow.records.references import WithoutReferences
from winnow.records.xml_text import flat

__all__ = ["COLUMNS", "NOTICES", "Endless", "read"]

#: What may pass without a record ending: several times the longest real record (fifteen thousand authors, MathML throughout).
LONGEST_RECORD = 64 << 20
MOST_MARKUP = 1_000_000
_ORDINARY = 1 << 20
_BLOCK = 256 << 10

#: libxml2's XML_ERR_RESOURCE_LIMIT: a text of more than 10 MB.
_TOO_LONG = 114

_RECORDS = ("PubmedArticle", "PubmedBookArticle")
_ROOTS = frozenset(("PubmedArticleSet", "PubmedBookArticleSet"))
_NO_RECORDS = frozenset(("DeleteCitation", "DeleteDocument"))
_MEND = "fetch the file again; if it came from PubMed's website, choose an export in XML or 'PubMed' format"


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
        except files.UNREADABLE as error:
            raise InputError(f"cannot be read ({error})", where=where, mend="fetch or copy it again") from None
    else:
        yield from _read(source, str(getattr(source, "name", "") or "PubMed XML"))


class Endless(InputError):
    """Too much without a record, or in one text. Not worth another try: lxml doesn't free what it built of such a document."""


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
            raise Endless(f"{self.passed >> 10} KB without a complete record", where=self.where, mend=_MEND)


def _read(stream: IO[bytes], where: str) -> Iterator[Row]:
    # Never collect_ids=False, quicker though it is: libxml2 then asks for the DTD.
    parser: Any = etree.XMLPullParser(
        events=("end",), tag=_RECORDS, load_dtd=False, no_network=True, resolve_entities=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    gauge = _Gauge(where)
    visible = WithoutReferences(where)
    checked = False
    root: Any = None
    fault: tuple[type[InputError], str, str] | None = None  # no exception: its traceback would hold this frame
    while root is None and fault is None:
        block = stream.read(_BLOCK)
        gauge.check(block)
        try:
            if block:
                parser.feed(visible.feed(block))
            else:
                parser.feed(visible.feed(b""))
                root = parser.close()
        except etree.XMLSyntaxError as error:
            kind = Endless if getattr(error, "code", 0) == _TOO_LONG else InputError
            at = f"{where}:{error.lineno or 1}"
            fault = kind, f"not well-formed XML ({error.msg})", at  # the records before it are read first
        for _, record in parser.read_events():
            if not checked:
                _check_document(record.getroottree(), where)
                checked = True
            yield article(record) if record.tag == "PubmedArticle" else book(record)
            gauge.record_ended()
            _forget(record, where)
    if fault is not None:
        kind, what, at = fault
        raise kind(what, where=at, mend=_MEND)
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
        said = f" ({flat(root)[:200]})" if flat(root) else ""
        raise InputError(f"the root element is {root.tag}, not PubmedArticleSet{said}", where=where, mend=_MEND)


def _check_sibling(element: Any, where: str) -> None:
    if element.tag not in _RECORDS and element.tag not in _NO_RECORDS:
        raise InputError(
            f"unknown element {element.tag} among the records",
            where=f"{where}:{element.sourceline}",
            mend="its records would be lost; report this as a fault of winnow",
        )
