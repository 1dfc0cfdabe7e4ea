"""The made-up Chinese abstracts (``tests/extract/chinese_abstracts.yaml``) and how the extractors do on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from winnow.extract.extractors import EXTRACTORS
from winnow.extract.form import Form, load
from winnow.extract.passage import Passage
from winnow.extract.suggest import suggest

_MARK = re.compile(r"\{(?P<optional>\??)(?P<name>\w+):(?P<value>[^{}]*)\}")
#: From this confidence on an answer is called sure.
SURE = 0.9
#: The fields of which places are labelled, and those of them for which only the form of a review has patterns.
_PLACED = ("dose", "frequency", "duration", "percentage", "event_count", "age")
_OF_REVIEW = ("sex", "follow_up")
#: Follow-up is a duration too.
_ALSO = {"follow_up": "duration"}

Span = tuple[int, int]


@dataclass
class Abstract:
    """One text without its marks: the values of some fields, the places of others, and the places that may be found or not."""

    title: str
    text: str
    values: dict[str, set[str]]
    spans: dict[str, list[Span]] = field(default_factory=dict)
    optional: dict[str, list[Span]] = field(default_factory=dict)


@dataclass
class Score:
    """Counts of one field: labels, findings, findings that are right (``exact``: printed as labelled); and of high confidence."""

    labels: int = 0
    said: int = 0
    found: int = 0
    right: int = 0
    exact: int = 0
    sure: int = 0
    sure_right: int = 0

    @property
    def precision(self) -> float:
        """The share of findings that are right."""
        return self.right / max(1, self.said)

    @property
    def recall(self) -> float:
        """The share of labels that are found."""
        return self.found / max(1, self.labels)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def read(path: Path, half: str) -> list[Abstract]:
    """The abstracts of one half, ``mending`` or ``blind``."""
    found = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))[half]:
        spans: dict[str, list[Span]] = {}
        optional: dict[str, list[Span]] = {}
        text = ""
        done = 0
        for mark in _MARK.finditer(entry["text"]):
            text += entry["text"][done : mark.start()]
            place = (len(text), len(text) + len(mark["value"]))
            for name in {mark["name"], _ALSO.get(mark["name"], mark["name"])}:
                (optional if mark["optional"] else spans).setdefault(name, []).append(place)
            text += mark["value"]
            done = mark.end()
        text += entry["text"][done:]
        values = {name: {str(value) for value in entry.get(name, ())} for name in ("n_total", "n_arm")}
        values["n_arm"] |= {Passage("", text[start:end]).tight for start, end in spans.pop("n_arm", [])}
        values["design"] = {entry["design"]} - {""}
        found.append(Abstract(entry["title"], text, values, spans, optional))
    return found


def score(found: Iterable[Abstract], review: Form | None = None) -> dict[str, Score]:
    """The score of each field on these abstracts; ``sex`` and ``follow_up`` by the patterns of a review's form, if one is given.

    A finding is right if it overlaps a label, or is a number or design that is labelled; one that overlaps what may be found or
    not is not counted at all. Where nothing is labelled, any number of ``n_total`` and any design is wrong.
    """
    trial = load("builtin:trial")
    scores: dict[str, Score] = {}
    for abstract in found:
        passage = Passage("abstract", abstract.text)
        texts = [Passage("title", abstract.title), passage]
        rows = suggest(trial, texts)
        for name, gold in abstract.values.items():
            mine = {row["value"]: float(row["confidence"]) >= SURE for row in rows if row["field"] == name}
            _values(scores.setdefault(name, Score()), gold, mine, one=name == "n_total")
        for name in _PLACED:
            hits = EXTRACTORS[name](passage)
            answers = [(*passage.span(hit.start, hit.end), hit.confidence >= SURE) for hit in hits]
            _places(scores.setdefault(name, Score()), abstract, name, answers)
        for row in suggest(review, texts) if review else ():
            if row["field"] in _OF_REVIEW:
                start = abstract.text.index(row["value"], int(row["start"]))
                answers = [(start, start + len(row["value"]), False)]
                _places(scores.setdefault(row["field"], Score()), abstract, row["field"], answers)
    for name in _OF_REVIEW if review else ():
        scores.setdefault(name, Score()).labels = sum(name in each.spans for each in found)
    return scores


def _values(counted: Score, gold: set[str], said: dict[str, bool], one: bool) -> None:
    right = said.keys() & gold
    counted.labels += bool(gold) if one else len(gold)
    counted.said += len(said)
    counted.found += len(right)
    counted.right += len(right)
    counted.exact += len(right)
    counted.sure += sum(said.values())
    counted.sure_right += sum(said[value] for value in right)


def _places(counted: Score, abstract: Abstract, name: str, answers: list[tuple[int, int, bool]]) -> None:
    gold = abstract.spans.get(name, [])
    counted.labels += len(gold)
    hit: set[Span] = set()
    for start, end, sure in answers:
        if _overlapping(start, end, abstract.optional.get(name, [])):
            continue
        met = _overlapping(start, end, gold)
        hit.update(met)
        counted.said += 1
        counted.right += bool(met)
        counted.exact += any(_plain(abstract.text[slice(*each)]) == _plain(abstract.text[start:end]) for each in met)
        counted.sure += sure
        counted.sure_right += sure and bool(met)
    counted.found += len(hit)


def _overlapping(start: int, end: int, others: Iterable[Span]) -> list[Span]:
    return [each for each in others if start < each[1] and each[0] < end]


def _plain(text: str) -> str:
    return "".join(Passage("", text).lower.split()).rstrip("%")
