"""Whether a signal holds for a report, and where; whether a criterion is met.

A verdict needs evidence. Signals on both sides leave a criterion unclear unless one side is decisive; silence leaves it unclear
unless the protocol says that absence counts and the report has an abstract in a language that the criterion speaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from winnow.screen.criteria import Criterion, Heading, Signal, builtins
from winnow.screen.documents import TEXT_FIELDS, Document, Mention, Span
from winnow.screen.patterns import Phrases
from winnow.screen.tokens import lowered

MET, NOT_MET, UNCLEAR = "met", "not met", "unclear"

#: An abstract shorter than this says too little for silence to mean anything (characters; Chinese says more with fewer).
_ENOUGH, _ENOUGH_HAN = 150, 60
_ENGLISH = re.compile(r"\b(?:of|with|was|were|by)\b.*\b(?:and|the)\b", re.DOTALL)


class Judged(NamedTuple):
    """A verdict, the rule that led to it, and the evidence (None if there is none)."""

    verdict: str
    rule: str
    span: Span | None


def judge(criterion: Criterion, document: Document) -> Judged:
    """Whether the report meets the criterion."""
    pro = _used(criterion, document, MET) or _first(criterion.met, document)
    contra = _used(criterion, document, NOT_MET) or _first(criterion.not_met, document)
    if pro and contra:
        if pro.decisive != contra.decisive:
            winner = pro if pro.decisive else contra
            return Judged(MET if winner is pro else NOT_MET, winner.rule, winner.span)
        return Judged(UNCLEAR, f"{pro.rule} against {contra.rule}", contra.span)
    if pro:
        return Judged(MET, pro.rule, pro.span)
    if contra:
        return Judged(NOT_MET, contra.rule, contra.span)
    if criterion.absent == NOT_MET and criterion.met and _silent(criterion, document):
        return Judged(NOT_MET, "absent", Span("title", 0, len(document.text("title"))))
    return Judged(UNCLEAR, "no evidence", None)


class _Held(NamedTuple):
    rule: str
    span: Span | None
    decisive: bool


def _first(signals: tuple[Signal, ...], document: Document) -> _Held | None:
    for signal in signals:
        held, span = holds(signal, document)
        if held:
            return _Held(signal.rule, span, signal.decisive)
    return None


def _used(criterion: Criterion, document: Document, verdict: str) -> _Held | None:
    """What the built-in classifiers of ``use:`` say: one that is met suffices, all must be not met."""
    found = [(name, judged_builtin(name, document)) for name in criterion.use]
    wanted = [(name, judged) for name, judged in found if judged.verdict == verdict]
    if not wanted or (verdict == NOT_MET and len(wanted) < len(found)):
        return None
    name, judged = wanted[0]
    return _Held(f"{name}:{judged.rule}", judged.span, False)


def judged_builtin(name: str, document: Document) -> Judged:
    """A built-in classifier's verdict, worked out once per report."""
    known = document.judged.get(name)
    if known is None:
        known = document.judged[name] = judge(builtins()[name], document)
    assert isinstance(known, Judged)
    return known


def holds(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    """Whether the signal holds, and the place that shows it."""
    held, span = _KINDS[signal.kind](signal, document)
    if not held:
        return False, None
    if any(not holds(other, document)[0] for other in signal.also):
        return False, None
    if any(holds(other, document)[0] for other in signal.unless):
        return False, None
    return True, span


def _phrases(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    found = list(islice(_mentions(signal, document), signal.times))
    return (True, document.span(found[0])) if len(found) == signal.times else (False, None)


def _mentions(signal: Signal, document: Document) -> Iterator[Mention]:
    if document.asked.isdisjoint(signal.phrases.anchors):
        return
    for field in signal.fields:
        if not document.text(field):
            continue
        seen: set[int] = set()
        for mention in document.mentions(signal.phrases, field):
            if mention.first not in seen and _counts(signal, document, mention):
                seen.add(mention.first)
                yield mention


def _counts(signal: Signal, document: Document, mention: Mention) -> bool:
    if signal.beside and not _beside(signal.beside, document, mention, apart=True):
        return False
    if signal.without and _beside(signal.without, document, mention, apart=False):
        return False
    return signal.negated == "ignore" or document.negated(mention) == (signal.negated == "require")


def _beside(phrases: Phrases, document: Document, mention: Mention, *, apart: bool) -> bool:
    """Whether one of the phrases stands in the mention's sentence, with ``apart`` outside the mention itself."""
    tokens = document.tokens(mention.field)
    sentence = tokens.segment(mention.first)
    return any(
        tokens.segment(other.first) == sentence
        and not (apart and other.first < mention.last and mention.first < other.last)
        for other in document.mentions(phrases, mention.field)
    )


def _mesh(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    for heading in document.headings:
        if signal.major and not heading.major:
            continue
        if any(_matches(wanted, heading.descriptor, heading.qualifiers) for wanted in signal.headings):
            return True, heading.span
    return False, None


def _matches(wanted: Heading, descriptor: str, qualifiers: frozenset[str]) -> bool:
    if not wanted.descriptor.fullmatch(descriptor):
        return False
    return wanted.qualifier is None or any(wanted.qualifier.fullmatch(qualifier) for qualifier in qualifiers)


def _publication_types(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    for name, span in document.publication_types:
        if any(value.fullmatch(name) for value in signal.values):
            return True, span
    return False, None


def _language(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    text = lowered(document.text("language"))
    names = [name.strip() for name in text.split(";")]
    held = any(value.fullmatch(name) for name in names if name for value in signal.values)
    return held, Span("language", 0, len(text)) if held else None


def _year(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    found = re.match(r"\d{4}", document.text("year"))
    held = found is not None and signal.years[0] <= int(found.group()) <= signal.years[1]
    return held, Span("year", 0, 4) if held else None


def _use(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    for name in signal.names:
        judged = judged_builtin(name, document)
        if judged.verdict == MET and (judged.span is None or judged.span.field in signal.fields):
            return True, judged.span
    return False, None


_KINDS: dict[str, Callable[[Signal, Document], tuple[bool, Span | None]]] = {
    "any": _phrases,
    "mesh": _mesh,
    "publication_types": _publication_types,
    "language": _language,
    "year": _year,
    "use": _use,
}


def _silent(criterion: Criterion, document: Document) -> bool:
    """Whether nothing that speaks for the criterion occurs anywhere, not even denied, in a report that says enough."""
    abstract = document.text("abstract")
    han = document.chinese
    if len(abstract) < (_ENOUGH_HAN if han else _ENOUGH):
        return False
    if not han and not _ENGLISH.search(abstract):
        return False
    if not any(pattern.han == han for pattern in criterion.spoken.patterns):
        return False
    if not document.asked.isdisjoint(criterion.spoken.anchors) and any(
        next(document.mentions(criterion.spoken, field), None) for field in TEXT_FIELDS
    ):
        return False
    return not any(
        holds(signal, document)[0] or any(judged_builtin(name, document).verdict != NOT_MET for name in signal.names)
        for signal in criterion.met
        if signal.kind != "any"
    )
