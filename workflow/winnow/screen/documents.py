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

from winnow.screen.patterns import Pattern, compiled, folded, lowered

#: Fields in which phrases are looked for, in the order in which evidence is preferred.
TEXT_FIELDS = ("title", "original_title", "abstract", "keywords", "mesh", "publication_types")

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


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of a MeSH cell, in lower case: descriptor, its qualifiers, whether it is a major topic, where it stands."""

    descriptor: str
    qualifiers: frozenset[str]
    major: bool
    span: Span


@dataclass(frozen=True, slots=True)
class _Cue:
    pattern: Pattern
    before: bool
    reach: int


@cache
def _cues() -> tuple[_Cue, ...]:
    text = resources.files("winnow.screen").joinpath("negations.csv").read_text(encoding="utf-8")
    return tuple(
        _Cue(compiled(row["cue"]), row["side"] == "before", int(row["reach"]))
        for row in csv.DictReader(text.splitlines())
    )


class Document:
    """One report.

    Args:
        row: any subset of the bibliographic columns; a field that is missing is empty.
    """

    __slots__ = ("_cased", "_headings", "_low", "_negated", "_sentences", "_types", "fields", "judged")

    def __init__(self, row: Mapping[str, str]) -> None:
        self.fields = row
        self._low: dict[str, str] = {}
        self._cased: dict[str, str] = {}
        self._sentences: dict[str, list[tuple[int, int]]] = {}
        self._negated: dict[tuple[str, int, int], bool] = {}
        self._headings: tuple[Heading, ...] | None = None
        self._types: tuple[tuple[str, Span], ...] | None = None
        #: verdicts of built-in classifiers that were already worked out for this report
        self.judged: dict[str, object] = {}

    def text(self, field: str) -> str:
        """The field as it stands in the table."""
        return self.fields.get(field, "")

    def low(self, field: str) -> str:
        """The field folded and in lower case."""
        if field not in self._low:
            self._low[field] = lowered(self.cased(field))
        return self._low[field]

    def cased(self, field: str) -> str:
        """The field folded."""
        if field not in self._cased:
            self._cased[field] = folded(self.text(field))
        return self._cased[field]

    def mentions(self, pattern: Pattern, field: str) -> Iterator[Span]:
        """Every place where the phrase stands in the field."""
        text = self.cased(field) if pattern.cased else self.low(field)
        if text and pattern.possible(text):
            for found in pattern.expression.finditer(text):
                yield Span(field, found.start(), found.end())

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
            elif field in ("keywords", "mesh", "publication_types"):
                spans = [(found.start(), found.end()) for found in _ENTRY.finditer(text)]
            else:
                spans = list(_split(text))
            self._sentences[field] = [_trimmed(text, start, end) for start, end in spans]
        return self._sentences[field]

    def negated(self, span: Span) -> bool:
        """Whether the mention is denied in its clause ("IVIG was not given", "excluding children", "非随机")."""
        key = (span.field, span.start, span.end)
        if key not in self._negated:
            self._negated[key] = self._denied(span)
        return self._negated[key]

    def _denied(self, span: Span) -> bool:
        if span.field in ("mesh", "publication_types", "keywords"):
            return False
        sentence = self.sentence(span)
        low = self.low(span.field)
        before = _last_clause(low[sentence.start : span.start])
        after = _first_clause(low[span.end : sentence.end])
        for cue in _cues():
            text = before if cue.before else after
            if not cue.pattern.possible(text):
                continue
            for found in cue.pattern.expression.finditer(text):
                between = text[found.end() :] if cue.before else text[: found.start()]
                if _distance(between) <= cue.reach:
                    return True
        return False

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The entries of the MeSH cell."""
        if self._headings is None:
            low = self.low("mesh")
            self._headings = tuple(_heading(found.group(), found.start()) for found in _ENTRY.finditer(low))
        return self._headings

    @property
    def publication_types(self) -> tuple[tuple[str, Span], ...]:
        """The publication types in lower case, each with its place."""
        if self._types is None:
            low = self.low("publication_types")
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


def _last_clause(text: str) -> str:
    ends = [found.end() for found in _CLAUSE.finditer(text)]
    return text[ends[-1] :] if ends else text


def _first_clause(text: str) -> str:
    found = _CLAUSE.search(text)
    return text[: found.start()] if found else text


def _distance(text: str) -> int:
    """Words between a cue and a mention; two Chinese characters count as one word."""
    return (len(_HAN.findall(text)) + 1) // 2 + len(_WORD.findall(_HAN.sub(" ", text)))


def _heading(entry: str, offset: int) -> Heading:
    lead = len(entry) - len(entry.lstrip())
    parts = [part.strip() for part in entry.split("/")]
    return Heading(
        descriptor=parts[0].strip("* "),
        qualifiers=frozenset(part.strip("* ") for part in parts[1:]),
        major="*" in entry,
        span=Span("mesh", offset + lead, offset + len(entry)),
    )
