"""What the page shows of a report's own text: titles, abstract, headings, what the rules said, and the quotes marked in it.

That is most of a page, and a search that finds a report again changes nothing in it. So it travels in parts of some dozens of
reports, and each part is made and packed from its own texts alone: what an earlier run packed is packed for good. Which reports
stand in one part depends on their ids, so that a new one changes the part in which it stands and no other.

Text is cut into quoted and unquoted pieces here, where offsets are those of Python; the page only shows them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from winnow.report.evidence import Row
from winnow.report.story import Story
from winnow.tables import join

#: How many reports stand in a part, on average.
SIZE = 64

#: field of the page's report: column of merged.csv
_FIELDS = {
    "t": "title", "o": "original_title", "a": "authors", "y": "year", "j": "journal", "d": "doi", "p": "pmid",
    "u": "url", "l": "language", "m": "mesh", "k": "keywords", "b": "publication_types", "q": "notices",
}  # fmt: skip
_READ = ("record_id", *_FIELDS.values(), "abstract", "volume", "issue", "pages")
_SAID = ("criterion", "verdict", "rule", "field", "quote", "start", "end")
_QUOTED = ("field", "source", "quote", "start", "end")


class Told:
    """Rows that occur many times, each told once."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, *cells: str) -> int:
        """The number of a row, which is its place in :attr:`rows`."""
        return self._numbers.setdefault(cells, len(self._numbers))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Every row that has a number."""
        return list(self._numbers)


@dataclass(frozen=True)
class Part:
    """Some reports, one after the other in the order of their ids: of each its merged row, its verdicts and its values."""

    reports: Sequence[tuple[Row, Sequence[Row], Sequence[Row]]]

    @cached_property
    def cells(self) -> list[str]:
        """Everything that the part's documents follow from."""
        found: list[str] = []
        for merged, verdicts, values in self.reports:
            found += (str(len(verdicts)), str(len(values)), *cells_of(merged, _READ))
            for row in verdicts:
                found += cells_of(row, _SAID)
            for row in values:
                found += cells_of(row, _QUOTED)
        return found

    def documents(self) -> dict[str, Any]:
        """The documents, and what the rules said of them but for the quotes, which is named there by its number."""
        said = Told()
        documents = [_document(merged, verdicts, values, said) for merged, verdicts, values in self.reports]
        return {"said": said.rows, "reports": documents}


def parts(merged: Mapping[str, Row], story: Story) -> Iterator[Part]:
    """Every report in the order of ids, part by part. A part ends with a report whose id says so, about every :data:`SIZE`."""
    found: list[tuple[Row, Sequence[Row], Sequence[Row]]] = []
    for report in sorted(merged):
        found.append((merged[report], story.verdicts.get(report, ()), story.values.get(report, ())))
        if zlib.crc32(report.encode("utf-8", "surrogatepass")) % SIZE == 0:
            yield Part(found)
            found = []
    if found:
        yield Part(found)


def cells_of(row: Row, columns: Iterable[str]) -> list[str]:
    """Some cells of a row, empty where it has none."""
    return [row.get(name, "") for name in columns]


def _document(merged: Row, verdicts: Sequence[Row], values: Sequence[Row], said: Told) -> dict[str, Any]:
    title, abstract = merged["title"], merged.get("abstract", "")
    volume = merged.get("volume", "") + (f"({merged['issue']})" if merged.get("issue") else "")
    heading = marked(title, _spans("title", title, verdicts, values))
    told: dict[str, Any] = {
        "i": merged["record_id"],
        "v": ":".join(part for part in (volume, merged.get("pages", "")) if part),
        "x": marked(abstract, _spans("abstract", abstract, verdicts, values)) if abstract else [],
        "h": heading if heading != [title] else [],
        "n": [[said.number(*cells_of(row, _SAID[:4])), row.get("quote", "")] for row in verdicts],
    }
    told |= {key: merged.get(column, "") for key, column in _FIELDS.items()}
    return {key: value for key, value in told.items() if value}


def _spans(name: str, text: str, verdicts: Iterable[Row], values: Iterable[Row]) -> list[tuple[int, int, str]]:
    """Where a field is quoted and what for. A quote that a person typed has no offsets: it is looked for."""
    found = [(row, f"{row['criterion']}: {row['verdict']}") for row in verdicts if row.get("field") == name]
    found += [(row, row["field"]) for row in values if row.get("source") == name]
    spans = []
    for row, label in found:
        start, end, quote = row.get("start", ""), row.get("end", ""), row.get("quote", "")
        if start.isdecimal() and end.isdecimal():
            spans.append((int(start), int(end), label))
        elif quote and (place := text.find(quote)) >= 0:
            spans.append((place, place + len(quote), label))
    return spans


def marked(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Any]:
    """The text in pieces: plain ones are strings, quoted ones ``[text, what for, what ends here]``.

    Joined, the pieces are the text; quotes that overlap are cut into several pieces, and each is told of once, at its end.
    """
    kept = sorted({(start, end, label) for start, end, label in spans if 0 <= start < end <= len(text)})
    if not kept:
        return [text]
    cuts = sorted({0, len(text), *(start for start, *_ in kept), *(end for _, end, _ in kept)})
    pieces: list[Any] = []
    for start, end in pairwise(cuts):
        labels = dict.fromkeys(label for a, b, label in kept if a <= start and end <= b)
        ending = dict.fromkeys(label for _, b, label in kept if b == end)
        pieces.append([text[start:end], join(labels), join(ending)] if labels else text[start:end])
    return pieces
