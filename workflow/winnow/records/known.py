"""Files that an earlier run read: put together from what it kept, instead of read again.

A later search finds nearly the same articles in other files, so PubMed's XML is kept by article, and any other file as a whole. A
file of articles is put together only if every one of them is known, and an article is known only if putting its own file together
gave exactly what reading it gave: records, lines, hashes and the report.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winnow import files, reuse
from winnow.records import formats
from winnow.records.import_report import FileReport
from winnow.records.importing import Imported, import_file
from winnow.records.reading import Reading

#: A longer file is kept as a whole; EFetch gives a few megabytes.
LONGEST = 64 << 20
_START, _END = "<PubmedArticle>", "</PubmedArticle>"
_FORMAT = "pubmedxml"
#: The cells of a record that its file gives it, not its article.
_OF_FILE = ("file", "line")
_INSTRUCTION = re.compile(r"<\?[A-Za-z]+\s[^<>?]*\?>")


def imported(path: Path, name: str, whole: reuse.Kept, articles: reuse.Kept) -> Imported:
    """As ``import_file(path, name=name)``.

    Args:
        path: the file.
        name: how it is called in the records and the report.
        whole: the store of files.
        articles: the store of PubMed's articles.

    Raises:
        InputError: as reading it does.
    """
    if not whole.on:
        return import_file(path, name=name)
    this = reuse.key([files.sha256_file(path), name])
    said = whole.at(this)
    if isinstance(said, list):
        return _told(said)
    if said is not None and all(rows := [articles.at(key) for key in said["articles"]]):
        return _together(said["lines"], rows, name)
    parts = _split(path)
    keys = [reuse.key([parts.head, article, parts.tail]) for article in parts.articles] if parts else []
    rows = [articles.at(key) for key in keys]
    if parts and all(rows):
        read = _together(parts.lines, rows, name)
    else:
        read = import_file(path, name=name)
        rows = [{column: row[column] for column in row if column not in _OF_FILE} for row in read.records]
        if not parts or len(rows) != len(keys) or _said(_together(parts.lines, rows, name)) != _said(read):
            whole.put(this, _said(read))
            return read
        for key, row in zip(keys, rows, strict=True):
            articles.put(key, row)
    whole.put(this, {"articles": keys, "lines": parts.lines})
    return read


@dataclass(frozen=True)
class _Parts:
    """A file of articles with nothing but white space between them; ``lines`` are ``first-last``."""

    head: str
    articles: list[str]
    lines: list[str]
    tail: str


def _split(path: Path) -> _Parts | None:
    """The articles of a file in UTF-8; None if it is anything but plain articles, one after the other.

    An article with a comment or a section in it might not end where its end tag is first written. NLM's instructions hold no tag.
    """
    try:
        with files.opened(path) as stream:
            content = stream.read(LONGEST + 1)
        text = content.decode("utf-8") if len(content) <= LONGEST else ""
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None  # reading it says what is wrong
    at = text.find(_START)
    if at < 0:
        return None
    parts = _Parts(text[:at], [], [], text[text.rfind(_END) + len(_END) :])
    end, line = 0, 1
    while (start := text.find(_START, end)) >= 0:
        after = text.find(_END, start) + len(_END)
        article = text[start:after]
        plain = article.find("<PubmedArticle", 1) < 0 and "<!" not in article
        plain &= article.count("<?") == len(_INSTRUCTION.findall(article))
        if after < start or not plain or (end and text[end:start].strip()):
            return None
        line += text.count("\n", end, start)
        last = line + article.count("\n")
        parts.articles.append(article)
        parts.lines.append(f"{line}-{last}")
        end, line = after, last
    return parts


def _together(lines: list[str], rows: list[Any], name: str) -> Imported:
    """What reading the file gives, if these are the rows of its articles."""
    report = FileReport(name)
    for row in rows:
        report.add(row, formats.LABELS[_FORMAT])
    report.reading.starts["xml"] = len(rows)
    report.reading.encodings["utf-8"] = None
    return Imported([row | {"file": name, "line": line} for row, line in zip(rows, lines, strict=True)], report)


def _said(read: Imported) -> list[Any]:
    """A file's records and report as JSON holds them."""
    report, reading = read.report, read.report.reading
    account = {"file": report.file, "records": report.records, "formats": report.formats, "without": report.without}
    met = vars(reading) | {"strays": [list(stray) for stray in reading.strays]}
    return [read.records, account, met]


def _told(said: list[Any]) -> Imported:
    """The inverse of :func:`_said`."""
    records, account, met = said
    counters = {name: Counter(met[name]) for name in ("starts", "unknown_tags")}
    reading = Reading(**met | counters | {"strays": [(number, line) for number, line in met["strays"]]})
    counted = {name: Counter(account[name]) for name in ("formats", "without")}
    return Imported(records, FileReport(**account | counted, reading=reading))
