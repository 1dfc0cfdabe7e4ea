"""XML exports: PubMed's, and the XML of EndNote (also written by Zotero, Mendeley and Covidence).

Records are found by their start tags in the decoded text before any XML parser sees them, so that a damaged record doesn't
take its neighbours along, and so that every record keeps its own lines. No DTD, entity or network is ever used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from winnow.errors import InputError
from winnow.records.mapping import Entry, known_tags
from winnow.records.reading import Opened, Reading
from winnow.records.starts import tagged_start

LONGEST = 64 << 20
_PUBMED = re.compile(r"<(Pubmed(?:Book)?Article)(?=[\s>])")
_ENDNOTE = re.compile(r"<(record)(?=[\s>])")
_ENDNOTE_HEAD = re.compile(
    r"<xml>\s*<records>|<records>\s*<record>|<record>\s*<(?:database|source-app|rec-number|ref-type)\b"
)
_DECLARES = re.compile(r"<!ENTITY\b")


def is_pubmed(opened: Opened) -> bool:
    """Whether the file is PubMed's XML."""
    return opened.head.lstrip().startswith("<") and bool(
        re.search(r"<Pubmed(?:Book)?Article(?:Set)?[\s>]", opened.head[:100_000])
    )


def is_endnote(opened: Opened) -> bool:
    """Whether the file is EndNote's XML."""
    return opened.head.lstrip().startswith("<") and bool(_ENDNOTE_HEAD.search(opened.head[:100_000]))


def read_pubmed(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each PubmedArticle; its columns are those of :mod:`winnow.records.pubmed_xml`."""
    from winnow.records import pubmed_xml

    raws = blocks(opened, reading, _PUBMED)
    try:
        with opened.opener() as stream:
            for row, entry in zip(pubmed_xml.read(stream), raws, strict=False):
                entry.format = "pubmedxml"
                entry.columns = {name: value for name, value in row.items() if value and name != "line"}
                yield entry
    except InputError as fault:
        reading.losses.append(fault.what)
    for _ in raws:
        pass


def read_endnote(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each record element."""
    if _DECLARES.search(opened.head):
        raise InputError("declares XML entities", where=opened.where, mend="no export does; don't trust its source")
    for entry in blocks(opened, reading, _ENDNOTE):
        element = parsed(entry.raw)
        if element is None:
            reading.losses.append(f"the record on lines {entry.first}-{entry.last} is damaged XML")
            continue
        entry.format = "endnotexml"
        entry.values = list(_values(element, ""))
        for tag, _ in entry.values:
            if tag not in known_tags("endnotexml"):
                reading.unknown_tags[tag] += 1
        yield entry


def parsed(raw: str) -> Any:
    """The element of one raw record, or None if it isn't well-formed; entities are not resolved."""
    from lxml import etree

    parser = etree.XMLParser(
        load_dtd=False, no_network=True, resolve_entities=False, remove_comments=True, recover=False
    )
    try:
        return etree.fromstring(raw.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


#: Elements that only hold a list; the path of a value names them.
_LISTS = frozenset({
    "titles", "contributors", "authors", "secondary-authors", "tertiary-authors", "subsidiary-authors", "periodical",
    "alt-periodical", "dates", "pub-dates", "keywords", "urls", "related-urls", "web-urls", "pdf-urls", "image-urls",
    "text-urls", "foreign-keys",
})  # fmt: skip


def _values(element: Any, above: str) -> Iterator[tuple[str, list[str]]]:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        path = above + child.tag
        if child.tag in _LISTS:
            yield from _values(child, f"{path}/")
        else:
            value = child.get("name") or "".join(child.itertext())
            yield path, [value.replace("\r\n", "\n").replace("\r", "\n")]


def blocks(opened: Opened, reading: Reading, start: re.Pattern[str]) -> Iterator[Entry]:
    """The raw records with their line numbers; start tags are counted whether or not their end is found."""
    text, at, line = "", 0, 1
    pieces = opened.text.blocks()
    while True:
        found = start.search(text, at)
        ended = text.find(f"</{found.group(1)}>", found.end()) if found else -1
        if found and ended >= 0:
            stop = ended + len(found.group(1)) + 3
            raw = text[found.start() : stop]
            _inspect(text[at : found.start()], reading)
            line += text.count("\n", at, found.start())
            last = line + raw.count("\n")
            reading.starts["xml"] += 1
            yield Entry("xml", line, last, raw=raw)
            at, line = stop, last
            continue
        more = next(pieces, None)
        if more is None:
            break
        kept = found.start() if found else max(at, len(text) - 40)
        _inspect(text[at:kept], reading)
        line += text.count("\n", at, kept)
        text, at = text[kept:] + more, 0
        if len(text) > LONGEST:
            raise InputError("a record longer than 64 million characters", where=opened.where, mend="export it again")
    unended = sum(1 for _ in start.finditer(text, at))
    reading.starts["xml"] += unended
    if not unended:
        _inspect(text[at:], reading)


def _inspect(between: str, reading: Reading) -> None:
    """Records of another format may stand between or after those of this one; nobody reads them here.

    A file that was joined to this one may have brought its BOM along.
    """
    for line in between.replace("\ufeff", "").split("\n"):
        if tagged_start(line):
            reading.stray(0, line)
