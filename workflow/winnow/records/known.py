"""Files that an earlier run read: put together from what it kept, instead of read again.

A later search finds nearly the same articles in other files, so PubMed's XML is kept by article, and any other file as a whole. A
file of articles is put together only if every one of them is known, and an article is known only if putting its own file together
gave exactly what reading it gave: records, lines, hashes and the report. So what makes an article safe to put together is looked at
once, when it is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winnow import files, reuse
from winnow.records import formats, rows
from winnow.records.import_report import FileReport
from winnow.records.importing import import_file
from winnow.records.reading import Reading

#: A longer file is kept as a whole; EFetch gives a few megabytes.
LONGEST = 64 << 20
_START, _END = b"<PubmedArticle>", b"</PubmedArticle>"
#: What may stand between two articles. A carriage return alone would be a line end for the reader.
_BLANK = b" \t\n"
_FORMAT = "pubmedxml"
_INSTRUCTION = re.compile(rb"<\?[A-Za-z]+\s[^<>?]*\?>")


@dataclass(frozen=True)
class Read:
    """The rows of one file, in its order, and the report of reading it."""

    rows: Sequence[rows.Row]
    report: FileReport


class Known:
    """What earlier runs read.

    Args:
        whole: the store of files.
        articles: the store of PubMed's articles.
    """

    def __init__(self, whole: reuse.Kept = reuse.NOTHING, articles: reuse.Kept = reuse.NOTHING) -> None:
        self._whole, self._articles = whole, articles
        self._met: dict[str, rows.Content] = {}

    def read(self, path: Path, name: str) -> Read:
        """What ``import_file(path, name=name)`` gives, as rows.

        Raises:
            InputError: as reading it does.
        """
        if not self._whole.on:
            return _read(path, name)
        sha256 = files.sha256_file(path)
        this = reuse.key([sha256, name])
        said = self._whole.at(this)
        if isinstance(said, list):
            return _told(said)
        if said is not None and (contents := self._contents(said["articles"])):
            return _together(said["lines"], contents, name)
        parts = _split(path)
        keys = reuse.keys([parts.head, parts.tail], parts.articles) if parts else []
        if parts and (contents := self._contents(keys)):
            read = _together(parts.lines, contents, name)
        else:
            read = _read(path, name)
            if files.sha256_file(path) != sha256:
                return read  # somebody put another file there meanwhile: no telling what was read from which
            contents = [row.content for row in read.rows]
            if not parts or not parts.give(contents) or _said(_together(parts.lines, contents, name)) != _said(read):
                self._whole.put(this, _said(read))
                return read
            for key, content in zip(keys, contents, strict=True):
                self._articles.put(key, _content_said(content))
                self._met[key] = content
        self._whole.put(this, {"articles": keys, "lines": parts.lines})
        return read

    def _contents(self, keys: Sequence[str]) -> list[rows.Content]:
        """What the articles of these keys say; nothing unless all are known."""
        found = []
        for key in keys:
            content = self._met.get(key)
            if content is None:
                said = self._articles.at(key)
                if said is None:
                    return []
                content = self._met[key] = _content_told(said)
            found.append(content)
        return found


def _read(path: Path, name: str) -> Read:
    imported = import_file(path, name=name)
    return Read([rows.row(record) for record in imported.records], imported.report)


@dataclass(frozen=True)
class _Parts:
    """A file cut at its articles' tags; ``lines`` are ``first-last``."""

    head: bytes
    articles: list[bytes]
    lines: list[str]
    tail: bytes

    def give(self, contents: Sequence[rows.Content]) -> bool:
        """Whether each article is one record, and ends where its end tag is first written. NLM's instructions hold no tag."""
        return len(self.articles) == len(contents) and not any(
            article.find(b"<PubmedArticle", 1) >= 0
            or b"<!" in article
            or article.count(b"<?") != len(_INSTRUCTION.findall(article))
            for article in self.articles
        )


def _split(path: Path) -> _Parts | None:
    """The articles of a file; None if it is anything but articles, one after the other with white space between them."""
    try:
        content = files.unpacked(path, LONGEST + 1)
    except files.UNREADABLE:
        return None  # reading it says what is wrong
    at = content.find(_START)
    if at < 0 or len(content) > LONGEST:
        return None
    *pieces, tail = content[at:].split(_END)
    parts = _Parts(content[:at], [], [], tail)
    line = content.count(b"\n", 0, at) + 1
    for piece in pieces:
        article = piece.lstrip(_BLANK)
        if not article.startswith(_START):
            return None
        first = line + piece.count(b"\n", 0, len(piece) - len(article))
        line = first + article.count(b"\n")
        parts.articles.append(article)
        parts.lines.append(f"{first}-{line}")
    return parts if pieces else None


def _together(lines: Sequence[str], contents: Sequence[rows.Content], name: str) -> Read:
    """What reading the file gives, if this is what its articles say. Only UTF-8 was read as such, tag by tag."""
    report = FileReport(name)
    for content in contents:
        report.count(content.without, formats.LABELS[_FORMAT])
    report.reading.starts["xml"] = len(contents)
    report.reading.encodings["utf-8"] = None
    return Read([rows.Row(content, name, line) for content, line in zip(contents, lines, strict=True)], report)


def _content_said(content: rows.Content) -> list[Any]:
    """A record as JSON holds it."""
    return [*content[:-1], content.cells.decode("utf-8")]


def _content_told(said: list[Any]) -> rows.Content:
    """The inverse of :func:`_content_said`."""
    pmid, doi, sha256, read_as, without, cells = said
    return rows.Content(pmid, doi, sha256, read_as, tuple(without), cells.encode("utf-8"))


def _said(read: Read) -> list[Any]:
    """A file's rows and report as JSON holds them."""
    report, reading = read.report, read.report.reading
    account = {"file": report.file, "records": report.records, "formats": report.formats, "without": report.without}
    met = vars(reading) | {"strays": [list(stray) for stray in reading.strays]}
    return [[[_content_said(row.content), row.file, row.line] for row in read.rows], account, met]


def _told(said: list[Any]) -> Read:
    """The inverse of :func:`_said`."""
    records, account, met = said
    counters = {name: Counter(met[name]) for name in ("starts", "unknown_tags")}
    reading = Reading(**met | counters | {"strays": [(number, line) for number, line in met["strays"]]})
    counted = {name: Counter(account[name]) for name in ("formats", "without")}
    its = [rows.Row(_content_told(content), file, line) for content, file, line in records]
    return Read(its, FileReport(**account | counted, reading=reading))
