"""Suggestions: what a form's extractors and patterns find in the texts of a report, each with its quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from winnow.extract import numbers
from winnow.extract.extractors import BODY, EXTRACTORS
from winnow.extract.form import Field, Form
from winnow.extract.passage import Found, Passage
from winnow.text import is_han

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Fields of a record that are read, in order; both spellings of a title are.
TEXTS = ("title", "original_title", "abstract")
#: A quote longer than this is cut at the sentence's far ends, never inside the value.
LONGEST_QUOTE = 400
#: In an English sentence the words that a field asks for (``only``) stand within this many signs of the value.
_REACH = 90
_CLAUSE = ",、:;"
#: What is found in the body of a full text is less sure: it holds other studies' numbers too.
BODY_FACTOR = 0.8


def passages(record: Mapping[str, str]) -> list[Passage]:
    """The texts of one record, empty ones left out."""
    return [Passage(name, text) for name in TEXTS if (text := record.get(name, ""))]


def suggest(form: Form, texts: Sequence[Passage]) -> list[dict[str, str]]:
    """The rows (without study and report) that a report's texts suggest, in the form's order.

    A field that takes one value gets the surest, the earliest of equals; other findings are not shown. Nothing found is no row.
    """
    found: dict[str, list[list[Found]]] = {}
    rows: list[dict[str, str]] = []
    for field in form.fields:
        candidates: list[tuple[float, int, int, Passage, Found]] = []
        for order, passage in enumerate(texts):
            for finding in _findings(field, passage, order, found):
                if _fits(field, finding, passage):
                    sure = finding.confidence * (BODY_FACTOR if passage.source.startswith(BODY) else 1)
                    candidates.append((sure, order, finding.start, passage, finding))
        if not field.multiple:
            candidates = sorted(candidates, key=lambda each: (-each[0], each[1], each[2]))[:1]
        rows += [_row(field, passage, finding, sure) for sure, _, _, passage, finding in _once(candidates)]
    return rows


def _findings(
    field: Field, passage: Passage, order: int, found: dict[str, list[list[Found]]]
) -> Iterable[Found]:  # fmt: skip
    if field.extractor:
        done = found.setdefault(field.extractor, [])
        while len(done) <= order:
            done.append(EXTRACTORS[field.extractor](passage))
        yield from done[order]
    for pattern in field.patterns:
        for match in pattern.search_all(passage.tight):
            start, end = match.span(pattern.group)
            if end > start:
                yield _from_pattern(field, passage, start, end, match.span())


def _from_pattern(field: Field, passage: Passage, start: int, end: int, quoted: tuple[int, int]) -> Found:
    text = passage.tight[start:end]
    value = number = ""
    if field.type in ("integer", "number"):
        count = numbers.whole(text)
        number = str(count) if count is not None else numbers.decimal(text)
        value = number
    return Found(start, end, "pattern", field.confidence, value, number, field.unit if number else "", quoted)


def _fits(field: Field, finding: Found, passage: Passage) -> bool:
    if field.type in ("integer", "number"):
        try:
            number = float(finding.number or finding.value)
        except ValueError:
            return False
        if field.minimum is not None and number < field.minimum:
            return False
        if field.maximum is not None and number > field.maximum:
            return False
    if field.type == "choice" and field.choice(finding.value or passage.printed(finding.start, finding.end)) is None:
        return False
    return field.only is None or field.only.search(passage.tight, *_near(passage, finding)) is not None


def _near(passage: Passage, finding: Found) -> tuple[int, int]:
    """Where the words that a field asks for must stand: the clause in Chinese, else the sentence within reach."""
    start, end = passage.sentence(finding.start, finding.end)
    if is_han(passage.tight[start:end]):
        before = max(passage.tight.rfind(sign, start, finding.start) for sign in _CLAUSE)
        ends = [place for sign in _CLAUSE if (place := passage.tight.find(sign, finding.end, end)) >= 0]
        return max(start, before), min([end, *ends])
    return max(start, finding.start - _REACH), min(end, finding.end + _REACH)


def _once(
    candidates: Iterable[tuple[float, int, int, Passage, Found]],
) -> Iterable[tuple[float, int, int, Passage, Found]]:
    """Findings of the same place told once (two patterns may match it)."""
    seen = set()
    for candidate in candidates:
        place = (candidate[1], candidate[2], candidate[4].end, candidate[4].value)
        if place not in seen:
            seen.add(place)
            yield candidate


def _row(field: Field, passage: Passage, finding: Found, sure: float) -> dict[str, str]:
    value = finding.value or " ".join(passage.printed(finding.start, finding.end).split())
    if field.type == "choice":
        value = field.choice(value) or value
    start, end = quote_span(passage, finding)
    return {
        "field": field.id,
        "value": value,
        "number": finding.number,
        "unit": finding.unit or (field.unit if finding.number else ""),
        "quote": passage.text[start:end],
        "start": str(start),
        "end": str(end),
        "confidence": f"{sure:.2f}",
        "by": f"rule:{field.extractor or field.id}:{finding.rule}",
        "checked_by": "",
        "source": passage.source,
    }


def quote_span(passage: Passage, finding: Found) -> tuple[int, int]:
    """The offsets in the text of what is quoted: the sentence, or as much of it around the value as can be shown."""
    first, last = finding.quoted or (finding.start, finding.end)
    start, end = passage.span(*passage.sentence(first, last))
    if end - start <= LONGEST_QUOTE:
        return start, end
    inner = passage.span(first, last)
    spare = max(0, LONGEST_QUOTE - (inner[1] - inner[0])) // 2
    start, end = max(start, inner[0] - spare), min(end, inner[1] + spare)
    while start < inner[0] and start > 0 and _one_word(passage.text[start - 1 : start + 1]):
        start += 1
    while end > inner[1] and end < len(passage.text) and _one_word(passage.text[end - 1 : end + 1]):
        end -= 1
    return start, end


def _one_word(signs: str) -> bool:
    """Whether two signs belong to one word or number; Chinese has no spaces, and each character may begin a word."""
    return signs.isalnum() and not is_han(signs)
