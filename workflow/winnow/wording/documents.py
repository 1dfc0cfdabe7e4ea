"""A report as the criteria see it: its fields, sentences, headings, and which mentions are negated.

Everything is worked out when it is first asked for, since most phrases occur in few reports. Offsets are those of the cell as
it stands in the table.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial, reduce
from importlib import resources
from operator import or_
from typing import Any, NamedTuple

from winnow.text import CHINESE_STOP
from winnow.wording.patterns import Phrases, Stretch, compiled
from winnow.wording.tokens import HAN, Tokens, folded, lowered

#: Fields in which phrases are looked for, in the order in which evidence is preferred.
TEXT_FIELDS = ("title", "original_title", "abstract", "keywords", "mesh", "publication_types")

#: Fields that list entries instead of telling something.
_LISTS = frozenset(("keywords", "mesh", "publication_types"))

_ENDS = re.compile(r"[.!?][\"')\];]*\s+(?=[\"'(\[]?[A-Z0-9\u3400-\u9fff])|[。！？]+|\n+|[;；]\s*(?=\n)|" + CHINESE_STOP)
_END = re.compile(r"[.!?。！？．\n;；]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|al|dr|fig|no|approx|ca|cf|resp|st|i\.v|p\.o|s\.c|i\.m)|\b[A-Z])\.$", re.I
)
#: An abstract shorter than this says too little for silence to mean anything (characters; Chinese says more with fewer).
_ENOUGH, _ENOUGH_HAN = 150, 60
_ENGLISH = re.compile(r"\b(?:of|with|was|were|by)\b.*\b(?:and|the)\b", re.DOTALL)
_ENTRY = re.compile(r"[^;]*[^;\s]")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one field, ``start`` included and ``end`` not."""

    field: str
    start: int
    end: int


class Mention(NamedTuple):
    """Where a phrase stands: a field, its first word, and the word after its last."""

    field: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of a MeSH cell, in lower case: descriptor, its qualifiers, whether it is a major topic, where it stands."""

    descriptor: str
    qualifiers: frozenset[str]
    major: bool
    span: Span


class _Cue(NamedTuple):
    before: bool
    reach: int


@cache
def _cues() -> tuple[Phrases, tuple[_Cue, ...]]:
    """The words of denial, and for each where it stands and how far it reaches."""
    text = resources.files("winnow.wording").joinpath("negations.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    cues = tuple(_Cue(row["side"] == "before", int(row["reach"])) for row in rows)
    return Phrases(compiled(row["cue"]) for row in rows), cues


class _Possible(dict[tuple[str, ...], int]):
    def __init__(self, bits: Mapping[str, int]) -> None:
        self._bits = bits

    def __missing__(self, fields: tuple[str, ...]) -> int:
        self[fields] = bits = reduce(or_, (self._bits.get(field, 0) for field in fields), 0)
        return bits


class Document:
    """One report.

    Args:
        row: any subset of the bibliographic columns; a field that is missing is empty.
    """

    def __init__(self, row: Mapping[str, str]) -> None:
        _cues()  # words are read for what is asked of them by then, so every phrase must be known before the first report
        self.fields = row
        self._tokens: dict[str, Tokens] = {}
        self._denials: dict[str, list[tuple[_Cue, Stretch]]] = {}
        self._negated: dict[Mention, bool] = {}
        #: what was already worked out of built-in classifiers for this report: what speaks for them, their verdicts, those met
        self.supported: dict[str, Any] = {}
        self.judged: dict[str, Any] = {}
        self.met: dict[str, Any] = {}
        #: for some fields, the bits of the phrases that may stand in any of them
        self.possible = _Possible({field: self.tokens(field).possible for field in TEXT_FIELDS if row.get(field)})

    def text(self, field: str) -> str:
        """The field as it stands in the table."""
        return self.fields.get(field, "")

    @cached_property
    def told_in(self) -> str:
        """The language of an abstract that says enough for its silence to mean something: chinese, english, or empty."""
        abstract = self.text("abstract")
        if not abstract.isascii() and 5 * len(HAN.findall(abstract)) > len(abstract):
            return "chinese" if len(abstract) >= _ENOUGH_HAN else ""
        return "english" if len(abstract) >= _ENOUGH and _ENGLISH.search(abstract) else ""

    def tokens(self, field: str) -> Tokens:
        """The field as words."""
        known = self._tokens.get(field)
        if known is None:
            text = self.text(field)
            known = self._tokens[field] = Tokens(folded(text), partial(_sentences, field, text))
        return known

    def may_mention(self, phrases: Phrases, field: str) -> bool:
        """Whether the field has the words of any of the phrases; if not, none stands in it."""
        tokens = self._tokens.get(field)  # only fields that are empty have not been read
        return tokens is not None and tokens.possible & phrases.bits != 0

    def mentions(self, phrases: Phrases, field: str) -> Iterator[Mention]:
        """Every place where one of the phrases stands in the field."""
        for first, last in phrases.found(self.tokens(field)):
            yield Mention(field, first, last)

    def span(self, mention: Mention) -> Span:
        """The mention's place in characters."""
        tokens = self.tokens(mention.field)
        return Span(mention.field, tokens.start(mention.first), tokens.end(mention.last - 1))

    def sentence(self, span: Span) -> Span:
        """The sentence that holds the beginning of ``span``; a title is one sentence, a MeSH entry or keyword too."""
        for start, end in self.tokens(span.field).sentences:
            if span.start < end:
                return Span(span.field, start, max(end, span.end))
        return span

    def negated(self, mention: Mention) -> bool:
        """Whether the mention is denied in its clause ("IVIG was not given", "excluding children", "非随机")."""
        known = self._negated.get(mention)
        if known is None:
            known = self._negated[mention] = self._denied(mention)
        return known

    def _denied(self, mention: Mention) -> bool:
        if mention.field in _LISTS:
            return False
        tokens = self.tokens(mention.field)
        if mention.field not in self._denials:
            phrases, cues = _cues()
            self._denials[mention.field] = [(cues[index], stretch) for index, stretch in phrases.located(tokens)]
        for cue, (first, last) in self._denials[mention.field]:
            start, end = (last, mention.first) if cue.before else (mention.last, first)
            if not 0 <= end - start <= 2 * cue.reach or tokens.distance(start, end) > cue.reach:
                continue
            inner, outer = (last - 1, mention.first) if cue.before else (mention.last - 1, first)
            if tokens.one_clause(inner, outer) and tokens.segment(inner) == tokens.segment(outer):
                return True
        return False

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The entries of the MeSH cell."""
        low = lowered(folded(self.text("mesh")))
        return tuple(_heading(found.group(), found.start()) for found in _ENTRY.finditer(low))

    @cached_property
    def publication_types(self) -> tuple[tuple[str, Span], ...]:
        """The publication types in lower case, each with its place."""
        low = lowered(folded(self.text("publication_types")))
        entries = [_trimmed(low, found.start(), found.end()) for found in _ENTRY.finditer(low)]
        return tuple((low[start:end], Span("publication_types", start, end)) for start, end in entries)


def _sentences(field: str, text: str) -> list[tuple[int, int]]:
    if field in ("title", "original_title"):
        spans: Iterable[tuple[int, int]] = [(0, len(text))]
    elif field in _LISTS:
        spans = [found.span() for found in _ENTRY.finditer(text)]
    else:
        spans = _split(text)
    return [_trimmed(text, start, end) for start, end in spans]


def _split(text: str) -> Iterator[tuple[int, int]]:
    start = reached = 0
    for stop in _END.finditer(text):  # to search for one character is several times as fast as for `_ENDS`
        found = _ENDS.match(text, stop.start()) if stop.start() >= reached else None
        if not found:
            continue
        reached = found.end()
        if found.group()[0] == "." and _ABBREVIATION.search(text[max(start, found.start() - 8) : found.start() + 1]):
            continue
        yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _heading(entry: str, offset: int) -> Heading:
    lead = len(entry) - len(entry.lstrip())
    parts = [part.strip() for part in entry.split("/")]
    return Heading(
        descriptor=parts[0].strip("* "),
        qualifiers=frozenset(part.strip("* ") for part in parts[1:]),
        major="*" in entry,
        span=Span("mesh", offset + lead, offset + len(entry)),
    )
