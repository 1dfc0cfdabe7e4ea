"""A report as the criteria see it: its fields, sentences, headings, and which mentions are negated.

Everything is worked out when it is first asked for, since most phrases occur in few reports; a phrase is then looked for in all
reports of the batch. Offsets are those of the cell as it stands in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from winnow import package_data
from winnow.text import CHINESE_STOP
from winnow.wording.patterns import Phrases, compiled
from winnow.wording.texts import Texts
from winnow.wording.tokens import END, HAN, folded, lowered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Fields in which phrases are looked for, in the order in which evidence is preferred.
TEXT_FIELDS = ("title", "original_title", "abstract", "keywords", "mesh", "publication_types")

_PLACES = {field: place for place, field in enumerate(TEXT_FIELDS)}
#: Fields that list entries instead of telling something.
_LISTS = frozenset(("keywords", "mesh", "publication_types"))

_ENDS = re.compile(r"[.!?][\"')\];]*\s+(?=[\"'(\[]?[A-Z0-9\u3400-\u9fff])|[。！？]+|\n+|[;；]\s*(?=\n)|" + CHINESE_STOP)
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|al|dr|fig|no|approx|ca|cf|resp|st|i\.v|p\.o|s\.c|i\.m)|\b[A-Z])\.$", re.I
)
#: An abstract shorter than this says too little for silence to mean anything (characters; Chinese says more with fewer).
_ENOUGH, _ENOUGH_HAN = 150, 60
_ENGLISH = re.compile(r"\b(?:of|with|was|were|by)\b.*\b(?:and|the)\b", re.DOTALL)
_ENTRY = re.compile(r"[^;\s](?:[^;]*[^;\s])?")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one field, ``start`` included and ``end`` not."""

    field: str
    start: int
    end: int


class Mention(NamedTuple):
    """Where a phrase stands: a field, the position of its first word, the one after its last, and which of the phrases it is."""

    field: str
    first: int
    last: int
    phrase: int


class Heading(NamedTuple):
    """One entry of a MeSH cell, in lower case: descriptor, its qualifiers, whether it is a major topic."""

    descriptor: str
    qualifiers: frozenset[str]
    major: bool


class _Cue(NamedTuple):
    before: bool
    reach: int


@cache
def _cues() -> tuple[Phrases, tuple[_Cue, ...]]:
    """The words of denial, and for each where it stands and how far it reaches."""
    rows = package_data.rows("wording/negations.csv")
    cues = tuple(_Cue(row["side"] == "before", int(row["reach"])) for row in rows)
    return Phrases(compiled(row["cue"]) for row in rows), cues


class _Found(NamedTuple):
    """Where phrases stand.

    Attributes:
        places: by report, the fields in which one of them stands, as bits.
        parts: by text, its part of ``mentions``.
        mentions: first position, position after the last and number of the phrase; by text, phrase by phrase.
    """

    places: Mapping[int, int]
    parts: Mapping[int, tuple[int, int]]
    mentions: NDArray[np.int64] | None


_NOWHERE = _Found({}, {}, None)


def bits(fields: Iterable[str]) -> int:
    """Some of the text fields in one number."""
    return sum(1 << place for place, field in enumerate(TEXT_FIELDS) if field in fields)


class Batch:
    """Reports in which phrases are looked for together.

    Args:
        rows: for each report any subset of the bibliographic columns; a field that is missing is empty.

    Attributes:
        texts: the fields of all reports, one after the other.
        found: by phrases, where they stand.
    """

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        _cues()  # a phrase that is new to the lexicon would have the texts read again
        cells = [row.get(field, "") for row in rows for field in TEXT_FIELDS]
        self.rows = rows
        self.texts = Texts([folded(cell) for cell in cells], partial(_sentences_of, cells))
        self.found = _Searched(self.texts)

    def __iter__(self) -> Iterator[Document]:
        """The reports in order."""
        return (Document(row, self, number) for number, row in enumerate(self.rows))


class _Searched(dict[Phrases, _Found]):
    """Where phrases stand in the reports, worked out when it is first asked for."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def __missing__(self, phrases: Phrases) -> _Found:
        self[phrases] = found = _found(phrases, self._texts)
        return found


def _found(phrases: Phrases, texts: Texts) -> _Found:
    import numpy as np

    found = phrases.found(texts)
    if found is None:
        return _NOWHERE
    (first, last), which = found
    text = texts.texts_of(first)
    order = np.argsort(text, kind="stable")
    numbers, begins = np.unique(text[order], return_index=True)
    reports, at = np.unique(numbers // len(TEXT_FIELDS), return_index=True)
    places = np.bitwise_or.reduceat(1 << numbers % len(TEXT_FIELDS), at)
    parts = pairwise([*begins.tolist(), len(order)])
    return _Found(
        dict(zip(reports.tolist(), places.tolist(), strict=True)),
        dict(zip(numbers.tolist(), parts, strict=True)),
        np.stack((first, last, which), axis=1)[order],
    )


class Document:
    """One report.

    Args:
        row: any subset of the bibliographic columns; a field that is missing is empty.
        batch: the reports that it is read with; none if it is read alone.
        number: which of them it is.
    """

    def __init__(self, row: Mapping[str, str], batch: Batch | None = None, number: int = 0) -> None:
        self.fields = row
        batch = batch or Batch([row])
        self.texts, self._found, self._number = batch.texts, batch.found, number
        self._negated: dict[tuple[int, int], bool] = {}
        #: what was already worked out of built-in classifiers for this report: what speaks for them, their verdicts, those met
        self.supported: dict[str, Any] = {}
        self.judged: dict[str, Any] = {}
        self.met: dict[str, Any] = {}

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

    def may_mention(self, phrases: Phrases, places: int) -> bool:
        """Whether one of the phrases stands in one of the fields, given as :func:`bits`."""
        return self._found[phrases].places.get(self._number, 0) & places != 0

    def mentions(self, phrases: Phrases, field: str) -> Iterator[Mention]:
        """Every place where one of the phrases stands in the field, phrase by phrase and then from left to right."""
        found = self._found[phrases]
        part = found.parts.get(self._number * len(TEXT_FIELDS) + _PLACES[field])
        if part and found.mentions is not None:
            for first, last, phrase in found.mentions[part[0] : part[1]].tolist():
                yield Mention(field, first, last, phrase)

    def span(self, mention: Mention) -> Span:
        """The mention's place in characters."""
        return Span(mention.field, *self.texts.span(mention.first, mention.last))

    def sentences(self, field: str) -> Sequence[tuple[int, int]]:
        """Start and end of each sentence of the field, in order; a title is one sentence, a MeSH entry or keyword too."""
        if field in _PLACES:
            return self.texts.sentences(self._number * len(TEXT_FIELDS) + _PLACES[field])
        return _sentences(field, self.text(field))

    def sentence(self, span: Span) -> Span:
        """The sentence that holds the beginning of ``span``."""
        for start, end in self.sentences(span.field):
            if span.start < end:
                return Span(span.field, start, max(end, span.end))
        return span

    def negated(self, mention: Mention) -> bool:
        """Whether the mention is denied in its clause ("IVIG was not given", "excluding children", "非随机")."""
        place = mention.first, mention.last
        known = self._negated.get(place)
        if known is None:
            known = self._negated[place] = self._denied(mention)
        return known

    def _denied(self, mention: Mention) -> bool:
        if mention.field in _LISTS:
            return False
        phrases, cues = _cues()
        texts = self.texts
        for denial in self.mentions(phrases, mention.field):
            cue = cues[denial.phrase]
            one, other = (denial, mention) if cue.before else (mention, denial)
            if (
                0 <= other.first - one.last <= 2 * cue.reach
                and texts.distance(one.last, other.first) <= cue.reach
                and texts.one_clause(one.last - 1, other.first)
                and texts.one_sentence(one.last - 1, other.first)
            ):
                return True
        return False

    @cached_property
    def headings(self) -> tuple[tuple[Heading, int, int], ...]:
        """The entries of the MeSH cell, each with its start and end."""
        low = lowered(folded(self.text("mesh")))
        return tuple((_heading(found.group()), *found.span()) for found in _ENTRY.finditer(low))

    @cached_property
    def publication_types(self) -> tuple[tuple[str, Span], ...]:
        """The publication types in lower case, each with its place."""
        low = lowered(folded(self.text("publication_types")))
        entries = [_trimmed(low, found.start(), found.end()) for found in _ENTRY.finditer(low)]
        return tuple((low[start:end], Span("publication_types", start, end)) for start, end in entries)


def _sentences_of(cells: Sequence[str], number: int) -> list[tuple[int, int]]:
    """The sentences of one of the texts of several reports."""
    return _sentences(TEXT_FIELDS[number % len(TEXT_FIELDS)], cells[number])


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
    for stop in END.finditer(text):  # to search for one character is several times as fast as for `_ENDS`
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


@lru_cache(maxsize=1 << 15)
def _heading(entry: str) -> Heading:
    descriptor, *qualifiers = (part.strip().strip("* ") for part in entry.split("/"))
    return Heading(descriptor, frozenset(qualifiers), "*" in entry)
