"""Full texts that people supply: PMC's XML, or the text layer of a PDF, as further passages for the extractors.

``decisions/retrieval.csv`` names the file of a report and its SHA-256. Documents are hostile: XML is read without entities and
without the network, and a PDF that cannot be read is a fault with its name, never a traceback. A scanned PDF has no text layer;
then there is nothing to read, and the fault says so.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import files
from winnow.errors import InputError
from winnow.extract.extractors import BODY
from winnow.extract.passage import Passage

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML, _PDF, _TEXT = frozenset((".xml", ".nxml")), frozenset((".pdf",)), frozenset((".txt",))
#: Parts of an article that hold other people's numbers, or none.
_SKIPPED = frozenset(("ref-list", "table-wrap-foot", "fn-group", "ack", "app-group", "supplementary-material"))
#: A passage longer than this is read in pieces, so that no sentence search grows with the article.
_LONGEST = 20_000


def passages(path: Path, shown: str, sha256: str = "") -> list[Passage]:
    """The passages of one document, ``full text: <file>, <section or page>`` each.

    Args:
        path: where the document is.
        shown: how results name it (relative to the review's folder).
        sha256: what it was when it was filed; empty if nobody wrote it down.

    Raises:
        InputError: not there, changed since it was filed, unreadable, of an unknown kind, or without any text.
    """
    if not path.is_file():
        raise InputError("no such full text", where=shown, mend="mend the file's name in decisions/retrieval.csv")
    if sha256 and files.sha256_file(path) != sha256.lower():
        raise InputError("changed since it was filed", where=shown, mend="restore it, or file it anew")
    kind = path.suffix.lower()
    if kind in _XML:
        parts = list(_jats(path, shown))
    elif kind in _PDF:
        parts = list(_pdf(path, shown))
    elif kind in _TEXT:
        parts = [("", path.read_bytes().decode("utf-8-sig", "replace"))]
    else:
        raise InputError(f"full text of kind '{kind}'", where=shown, mend="supply PMC XML (.xml), .pdf or .txt")
    found = [
        Passage(f"{BODY}: {shown}" + (f", {place}" if place else ""), piece)
        for place, text in parts
        for piece in _pieces(text)
    ]
    if not found:
        raise InputError("no text in it", where=shown, mend="a scanned PDF needs a text layer (OCR) first")
    return found


def _pieces(text: str) -> Iterator[str]:
    while text.strip():
        if len(text) <= _LONGEST:
            yield text
            return
        cut = max(text.rfind("\n", 0, _LONGEST), text.rfind(". ", 0, _LONGEST)) + 1 or _LONGEST
        yield text[:cut]
        text = text[cut:]


def _jats(path: Path, shown: str) -> Iterator[tuple[str, str]]:
    """Title and text of each top section of the body, tables row by row."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        with files.opened(path) as stream:
            root = etree.parse(stream, parser).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        raise InputError(f"not XML ({error})", where=shown, mend="download it again") from None
    for body in root.iter("{*}body"):
        loose = [child for child in body if etree.QName(child).localname != "sec"] if len(body) else []
        if text := "\n".join(filter(None, (_text(child) for child in loose))):
            yield "body", text
        for section in body.iterchildren("{*}sec"):
            title = section.find("{*}title")
            yield (_flat(title) if title is not None else "body"), _text(section)


def _text(element: _Element) -> str:
    """The text of a section: one line per paragraph, heading or table row; references and footnotes left out."""
    from lxml import etree

    lines: list[str] = []
    for part in element.iter():
        if not isinstance(part.tag, str) or any(_name(up) in _SKIPPED for up in [part, *part.iterancestors()]):
            continue
        name = etree.QName(part).localname
        if name == "tr":
            lines.append("; ".join(filter(None, (_flat(cell) for cell in part))))
        elif name in ("p", "title") and not any(_name(up) in ("p", "tr") for up in part.iterancestors()):
            lines.append(_flat(part))
    return "\n".join(line for line in lines if line)


def _name(element: _Element) -> str:
    from lxml import etree

    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _flat(element: _Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext("*")).split())


def _pdf(path: Path, shown: str) -> Iterator[tuple[str, str]]:
    """The text layer of each page, words that were broken at a line's end joined again."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore")
            reader = PdfReader(stream)
            pages = [page.extract_text() or "" for page in reader.pages]
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError, NotImplementedError) as error:
        raise InputError(f"not a PDF that can be read ({error})", where=shown, mend="save it anew") from None
    for number, text in enumerate(pages, start=1):
        if text.strip():
            yield f"page {number}", text.replace("-\n", "").replace("\n", " ")
