"""What the page carries with it: every report with its journey, and the lists behind the boxes, as plain JSON values.

Text is cut into quoted and unquoted pieces here, where offsets are those of Python; the page only shows them. What many reports
share word for word (where records came from, what rules said, what was decided) is told once and named by its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Any

from winnow.report.boxes import Box
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.form import names
from winnow.report.lists import every_box
from winnow.report.states import named
from winnow.report.story import Story, by_report
from winnow.tables import join, split

#: How each state is called on the page.
ENDED = {
    "automatic": "excluded by a rule",
    "excluded": "excluded on title and abstract",
    "awaiting_screening": "awaits a decision on title and abstract",
    "not_retrieved": "not retrieved",
    "awaiting_retrieval": "still sought",
    "ineligible": "excluded at full text",
    "awaiting_eligibility": "awaits a decision at full text",
    "included": "included",
    "duplicate": "duplicate record",
    "known": "known from an earlier search",
}

#: field of the page's report: column of merged.csv
_FIELDS = {
    "t": "title", "o": "original_title", "a": "authors", "y": "year", "j": "journal", "d": "doi", "p": "pmid",
    "u": "url", "l": "language", "m": "mesh", "k": "keywords", "b": "publication_types", "q": "notices",
}  # fmt: skip
_DECIDED = ("stage", "decision", "reason", "by", "basis", "agreed", "stale")
_SAID = ("criterion", "verdict", "rule", "field")


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
class Shared:
    """What reports have in common: search, source and file of records; what rules said but for the quote; decisions in force."""

    found: Told = field(default_factory=Told)
    said: Told = field(default_factory=Told)
    decided: Told = field(default_factory=Told)


def payload(evidence: Evidence, flow: Flow, story: Story) -> dict[str, Any]:
    """The page's data; report indexes follow the order of report ids."""
    order = sorted(evidence.merged)
    index = {report: place for place, report in enumerate(order)}
    titles = {(source.search_id, source.name): source.title for source in evidence.plan.sources}
    records: dict[str, list[Row]] = defaultdict(list)
    for row in evidence.records:
        records[evidence.reports[row["record_id"]]].append(row)
    decisions = by_report(evidence.decisions)
    first = evidence.first
    labels = evidence.plan.criteria
    called = names(flow, labels)
    shared = Shared()
    reports = [
        _report(report, evidence, flow, story, records[report], decisions.get(report, ()), titles, first, shared)
        for report in order
    ]
    return {
        "states": ENDED,
        "criteria": dict(labels),
        "questions": dict(evidence.plan.questions),
        "found": shared.found.rows,
        "said": shared.said.rows,
        "decided": shared.decided.rows,
        "reports": reports,
        "boxes": _boxes([box for box in every_box(flow) if box.rows is not None], called, index, labels),
        "open": [
            [index.get(row["report_id"], -1)]
            + [row.get(name, "") for name in ("stage", "why", "waiting_for", "rank", "proposal", "evidence", "other_id")]
            for row in story.to_decide
        ],
    }  # fmt: skip


def _report(
    report: str,
    evidence: Evidence,
    flow: Flow,
    story: Story,
    records: Sequence[Row],
    decisions: Sequence[Row],
    titles: Mapping[tuple[str, str], str],
    first: Mapping[str, int],
    shared: Shared,
) -> dict[str, Any]:
    merged = evidence.merged[report]
    place = flow.places[report]
    verdicts, values = story.verdicts.get(report, ()), story.values.get(report, ())
    abstract = merged.get("abstract", "")
    volume = merged.get("volume", "") + (f"({merged['issue']})" if merged.get("issue") else "")
    told: dict[str, Any] = {
        "i": report,
        "s": place.state,
        "r": place.reason,
        "v": ":".join(part for part in (volume, merged.get("pages", "")) if part),
        "w": join(dict.fromkeys(titles[row["search_id"], row["source"]] for row in records)),
        "f": evidence.plan.searches[first[report]],
        "c": [[shared.found.number(row["search_id"], titles[row["search_id"], row["source"]], row.get("file", "")),
               row["record_id"], row.get("line", ""), row.get("sha256", "")[:12],
               row["title"] if row["title"] != merged["title"] else ""] for row in records],
        "g": [shared.decided.number(*map(row.get, _DECIDED, repeat(""))) for row in decisions],
        "x": marked(abstract, _spans("abstract", abstract, verdicts, values)),
        "h": marked(merged["title"], _spans("title", merged["title"], verdicts, values)),
        "e": [[row.get(name, "") for name in ("record_id_1", "record_id_2", "verdict", "rule", "score", "evidence")]
              for row in story.pairs.get(report, ())],
        "n": [[shared.said.number(*map(row.get, _SAID, repeat(""))), row.get("quote", "")] for row in verdicts],
        "z": [[row.get(name, "") for name in ("date", "reviewer", "stage", "decision", "criterion", "role", "basis",
                                              "note", "seal", "where")] for row in story.ledger.get(report, ())],
        "ex": [[row.get(name, "") for name in ("study_id", "field", "value", "quote", "by", "checked_by", "source",
                                               "confidence")] for row in values],
        "dg": [[row.get("digest", ""), row.get("source", "")] for row in story.digests.get(report, ())],
    }  # fmt: skip
    told |= {key: merged.get(column, "") for key, column in _FIELDS.items()}
    if told["h"] == [merged["title"]]:
        del told["h"]
    return {key: value for key, value in told.items() if value not in ("", [], [""])}


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


def _boxes(
    boxes: Iterable[Box], called: Mapping[str, str], index: Mapping[str, int], labels: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The boxes' lists. Several boxes may hold the same rows; all but one of these name that one (``as``)."""
    told: dict[str, dict[str, Any]] = {}
    known: dict[tuple[str, int], list[Box]] = defaultdict(list)
    for box in {box.key: box for box in boxes}.values():
        its = known[box.unit, box.n or 0]
        same = next((other for other in its if other.rows == box.rows), None)
        rows = _box(box, index, labels) if same is None else {"unit": box.unit, "as": same.key}
        told[box.key] = {"label": called[box.key], **rows}
        if same is None:
            its.append(box)
    return told


def _box(box: Box, index: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, Any]:
    """A box's list: rows of ``[report, where, why, by]``, or of ``[study, label, reports]``."""
    rows: list[list[Any]] = []
    for row in box.rows or ():
        if box.unit == "study":
            rows.append([row["study_id"], row["label"], [index[r] for r in split(row["report_ids"]) if r in index]])
            continue
        found = index.get(row["report_id"], -1)
        why = labels.get(row["reason"], row["reason"])
        if row.get("duplicate_of"):
            why = f"{why} of {row['duplicate_of']}"
        where = named(row) if box.unit == "record" else row["report_id"]
        rows.append([found, where, why, row["by"]] + ([row["title"]] if found < 0 else []))
    return {"unit": box.unit, "rows": rows}
