"""A report as the criteria see it: its fields, sentences, headings, and which mentions are negated.

Everything is worked out when it is first asked for, since most phrases occur in few reports. Offsets are those of the cell as
it stands in the table.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from winnow.screen.patterns import Phrases, Stretch, compiled
from winnow.screen.tokens import HAN, Tokens, folded, lowered

#: Fields in which phrases are looked for, in the order in which evidence is preferred.
TEXT_FIELDS = ("title", "original_title", "abstract", "keywords", "mesh", "publication_types")

#: Fields that list entries instead of telling something.
_LISTS = frozenset(("keywords", "mesh", "publication_types"))

_ENDS = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9\u3400-\u9fff])|[。！？]+|\n+|[;；]\s*(?=\n)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|al|dr|fig|no|approx|ca|cf|resp|st|i\.v|p\.o|s\.c|i\.m)|\b[A-Z])\.$", re.I
)
_CLAUSE = re.compile(
    r"[;；，：]|,(?!\d)| (?:but|however|whereas|while|although|though|yet|because|who|which|and then) |但|而"
)
_WORD = re.compile(r"\w+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
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


@dataclass(frozen=True, slots=True)
class _Cue:
    phrases: Phrases
    before: bool
    reach: int


@cache
def _cues() -> tuple[_Cue, ...]:
    text = resources.files("winnow.screen").joinpath("negations.csv").read_text(encoding="utf-8")
    return tuple(
        _Cue(Phrases([compiled(row["cue"])]), row["side"] == "before", int(row["reach"]))
        for row in csv.DictReader(text.splitlines())
    )


class Document:
    """One report.

    Args:
        row: any subset of the bibliographic columns; a field that is missing is empty.
    """

    __slots__ = ("_asked", "_denials", "_headings", "_negated", "_sentences", "_tokens", "_types", "fields", "judged")

    def __init__(self, row: Mapping[str, str]) -> None:
        _cues()  # words are read for what is asked of them by then, so every phrase must be known before the first report
        self.fields = row
        self._tokens: dict[str, Tokens] = {}
        self._asked: set[int] | None = None
        self._sentences: dict[str, list[tuple[int, int]]] = {}
        self._denials: dict[str, list[tuple[_Cue, Stretch]]] = {}
        self._negated: dict[Mention, bool] = {}
        self._headings: tuple[Heading, ...] | None = None
        self._types: tuple[tuple[str, Span], ...] | None = None
        #: verdicts of built-in classifiers that were already worked out for this report
        self.judged: dict[str, object] = {}

    def text(self, field: str) -> str:
        """The field as it stands in the table."""
        return self.fields.get(field, "")

    @property
    def chinese(self) -> bool:
        """Whether the abstract is written in Chinese."""
        abstract = self.text("abstract")
        return not abstract.isascii() and 5 * len(HAN.findall(abstract)) > len(abstract)

    def tokens(self, field: str) -> Tokens:
        """The field as words."""
        known = self._tokens.get(field)
        if known is None:
            text = folded(self.text(field))
            known = self._tokens[field] = Tokens(text, self._sentence_spans(field))
        return known

    @property
    def asked(self) -> set[int]:
        """The words of the criteria that occur in any field; a phrase none of whose words are here is nowhere."""
        if self._asked is None:
            self._asked = set().union(*(self.tokens(field).at for field in TEXT_FIELDS if self.text(field)))
        return self._asked

    def mentions(self, phrases: Phrases, field: str) -> Iterator[Mention]:
        """Every place where one of the phrases stands in the field."""
        for first, last in phrases.found(self.tokens(field)):
            yield Mention(field, first, last)

    def span(self, mention: Mention) -> Span:
        """The mention's place in characters."""
        tokens = self.tokens(mention.field)
        return Span(mention.field, tokens.starts[mention.first], tokens.ends[mention.last - 1])

    def sentence(self, span: Span) -> Span:
        """The sentence that holds the beginning of ``span``; a title is one sentence, a MeSH entry or keyword too."""
        for start, end in self._sentence_spans(span.field):
            if span.start < end:
                return Span(span.field, start, max(end, span.end))
        return span

    def _sentence_spans(self, field: str) -> list[tuple[int, int]]:
        if field not in self._sentences:
            text = self.text(field)
            if field in ("title", "original_title"):
                spans = [(0, len(text))]
            elif field in _LISTS:
                spans = [(found.start(), found.end()) for found in _ENTRY.finditer(text)]
            else:
                spans = list(_split(text))
            self._sentences[field] = [_trimmed(text, start, end) for start, end in spans]
        return self._sentences[field]

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
            self._denials[mention.field] = [(cue, stretch) for cue in _cues() for stretch in cue.phrases.found(tokens)]
        for cue, (first, last) in self._denials[mention.field]:
            start, end = (last, mention.first) if cue.before else (mention.last, first)
            if not 0 <= end - start <= 2 * cue.reach or tokens.distance(start, end) > cue.reach:
                continue
            inner, outer = (mention.first, last - 1) if cue.before else (mention.last - 1, first)
            if tokens.clause(inner) == tokens.clause(outer) and tokens.segment(inner) == tokens.segment(outer):
                return True
        return False

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The entries of the MeSH cell."""
        if self._headings is None:
            low = lowered(folded(self.text("mesh")))
            self._headings = tuple(_heading(found.group(), found.start()) for found in _ENTRY.finditer(low))
        return self._headings

    @property
    def publication_types(self) -> tuple[tuple[str, Span], ...]:
        """The publication types in lower case, each with its place."""
        if self._types is None:
            low = lowered(folded(self.text("publication_types")))
            entries = [_trimmed(low, found.start(), found.end()) for found in _ENTRY.finditer(low)]
            self._types = tuple((low[start:end], Span("publication_types", start, end)) for start, end in entries)
        return self._types


def _split(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _ENDS.finditer(text):
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
