"""The built-in extractors by name: each reads a passage and hands back what it found."""

from __future__ import annotations

import re
from collections.abc import Callable

from winnow.extract import numbers
from winnow.extract.passage import Found, Passage

#: The source of a passage that is the body of a full text begins with this.
BODY = "full text"

Extractor = Callable[[Passage], list[Found]]

_FIRST: dict[str, str] = {
    "sample_size.total": rf"\b(?P<v>{numbers.WHOLE}) (?:\w+ ){{0,3}}?(?:patients|women|subjects|participants)\b",
    "sample_size.arm": r"\bn ?= ?(?P<v>\d+)",
    "percentage": rf"(?P<v>{numbers.DECIMAL}) ?%",
    "event_count": r"(?P<v>\d+) of \d+",
    "dose.total_g_per_kg": r"(?P<v>\d+) g/kg",
}
_PHRASES: dict[str, str] = {
    "dose": rf"{numbers.DECIMAL} ?(?:mg|g|mcg)(?:/kg)?(?:/d(?:ay)?)?\b",
    "frequency": r"\b(?:once|twice) (?:daily|weekly)\b",
    "duration": rf"{numbers.WHOLE}[ -](?:weeks?|months?|days?|years?)\b",
    "age": r"\bmean age \d+",
    "design": r"\brandomi[sz]ed\b",
}


def _numbers(pattern: str) -> Extractor:
    compiled = re.compile(pattern, re.IGNORECASE)

    def found(passage: Passage) -> list[Found]:
        spans = [(match.span("v"), match["v"]) for match in compiled.finditer(passage.tight)]
        values = [(start, end, numbers.whole(text)) for (start, end), text in spans]
        return [Found(s, e, "first", 0.5, str(v), str(v)) for s, e, v in values if v is not None]

    return found


def _phrases(pattern: str) -> Extractor:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda passage: [Found(*match.span(), "first", 0.5) for match in compiled.finditer(passage.tight)]


EXTRACTORS: dict[str, Extractor] = {name: _numbers(pattern) for name, pattern in _FIRST.items()} | {
    name: _phrases(pattern) for name, pattern in _PHRASES.items()
}
NAMES = frozenset(EXTRACTORS)
