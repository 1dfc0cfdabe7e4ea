"""CNKI's web answers as people save or paste them: HTML of ShowExport, JSON of GetExport.

Both hold the lines of an export with ``<br>`` for a line end. They are unwrapped into lines; what the lines are is then told as
for any text. Line numbers of such a file count the unwrapped lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from winnow.errors import InputError
from winnow.records import citations, starts, tagged
from winnow.records.mapping import Entry
from winnow.records.reading import Opened, Reading

MAX_TEXT = 128 << 20
_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:li|p|div|tr|ul|ol|pre|h[1-6])\s*>")
#: What a page doesn't show: where it begins, and where it ends.
_HIDDEN = (("<script", "</script>"), ("<style", "</style>"), ("<head>", "</head>"), ("<!--", "-->"), ("<!doctype", ">"))
_MARKUP = re.compile(
    r"(?i)</?(?:html|body|ul|ol|li|p|div|span|a|b|i|em|strong|font|table|tbody|thead|tr|t[dh]|pre|h[1-6]|img|input|label|textarea"
    r"|form|section|main|article)(?:\s[^<>]*)?/?>"
)
_PAGE = re.compile(
    r"(?is)\s*(?:<!doctype html|<html|<body|<ul|<ol|<li|<div|<p[ >]|<pre|<table|<span|<textarea|<meta|<head)"
)


def is_html(opened: Opened) -> bool:
    """Whether the file is a web page or a piece of one."""
    return bool(_PAGE.match(opened.head))


def is_json(opened: Opened) -> bool:
    """Whether the file is JSON; ``[1]`` begins a citation and ``{Title}`` a NoteExpress line, so it must parse."""
    if not re.match(r"\s*(?:\[\s*[\[{\"]|\{\s*\")", opened.head):
        return False
    try:
        _loaded(opened)
    except InputError:
        return False
    return True


def _loaded(opened: Opened) -> object:
    try:
        return json.loads(page(opened))
    except (ValueError, RecursionError):
        raise InputError("not JSON", where=opened.where, mend="save the answer again") from None


def unwrapped(text: str) -> list[str]:
    """The lines of a piece of HTML. Only markup that pages have is dropped: ``<正>`` and ``P<0.05`` stay."""
    for begin, end in _HIDDEN:
        text = _without(text, begin, end)
    return _MARKUP.sub("", _BREAK.sub("\n", text)).replace("&nbsp;", " ").split("\n")


def _without(text: str, begin: str, end: str) -> str:
    """The text without what stands from each ``begin`` to its ``end``; one that never ends stays."""
    lower = text.lower() if begin in text.lower() else ""
    if len(lower) != len(text):
        return text
    kept, at = [], 0
    while (found := lower.find(begin, at)) >= 0 and (stop := lower.find(end, found)) >= 0:
        kept.append(text[at:found])
        at = stop + len(end)
    return "".join([*kept, text[at:]])


def page(opened: Opened) -> str:
    """The whole text of a saved page.

    Raises:
        InputError: larger than any page that a person would save.
    """
    pieces, length = [], 0
    for line in opened.text.lines():
        pieces.append(line)
        length += len(line) + 1
        if length > MAX_TEXT:
            raise InputError("larger than any saved page", where=opened.where, mend="export it as text")
    return "\n".join(pieces)


def read_html(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """The entries of a saved page."""
    return _entries(unwrapped(page(opened)), 0, reading)


def read_json(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """The entries of every string in the answer that holds some."""
    number = 0
    for text in _strings(_loaded(opened)):
        lines = unwrapped(text.replace("\r\n", "\n").replace("\r", "\n"))
        yield from _entries(lines, number, reading, quiet=True)
        number += len(lines)


def _entries(lines: list[str], offset: int, reading: Reading, quiet: bool = False) -> Iterator[Entry]:
    """Tagged entries, or citations where there is no tag; ``quiet`` for strings that need not hold any."""
    own = Reading()
    reader = tagged.entries if any(map(starts.tagged_start, lines)) else citations.entries
    for entry in reader(lines, own):
        entry.first += offset
        entry.last += offset
        yield entry
    reading.starts += own.starts
    reading.unknown_tags += own.unknown_tags
    reading.losses += own.losses
    reading.problems += own.problems
    if own.starts or not quiet:
        reading.strays += [(number + offset, line) for number, line in own.strays]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
