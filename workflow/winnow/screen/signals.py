"""Whether a signal holds for a report, and where; whether a criterion is met.

A verdict needs evidence. Signals on both sides leave a criterion unclear unless one side is decisive; silence leaves it unclear
unless the protocol says that absence counts and the report has an abstract in a language that the criterion speaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from winnow.screen.criteria import Criterion, Signal, builtins
from winnow.wording.documents import TEXT_FIELDS, Document, Mention, Span
from winnow.wording.patterns import Phrases
from winnow.wording.tokens import lowered

MET, NOT_MET, UNCLEAR = "met", "not met", "unclear"
#: How the rule of a verdict by silence begins, and by silence but for a hint; what was looked for follows.
ABSENT, HINTED = "absent", "hint"


class Judged(NamedTuple):
    """A verdict, the rule that led to it, and the evidence (None if there is none)."""

    verdict: str
    rule: str
    span: Span | None


def judge(criterion: Criterion, document: Document) -> Judged:
    """Whether the report meets the criterion."""
    return _weighed(criterion, document, _support(criterion, document))


def _support(criterion: Criterion, document: Document) -> _Held | None:
    return _used(criterion, document) or _first(criterion.met, document)


def _weighed(criterion: Criterion, document: Document, pro: _Held | None) -> Judged:
    """The verdict, given what speaks for the criterion."""
    contra = _unused(criterion, document) or _first(criterion.not_met, document)
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
        hint = _anywhere(criterion.hints, document)
        if hint:
            return Judged(NOT_MET, f"{HINTED}: {criterion.hinted}", document.span(hint))
        return Judged(NOT_MET, f"{ABSENT}: {criterion.silence}", Span("abstract", 0, 0))
    return Judged(UNCLEAR, "no evidence", None)


class _Held(NamedTuple):
    rule: str
    span: Span | None
    decisive: bool


def _first(signals: tuple[Signal, ...], document: Document) -> _Held | None:
    for signal in signals:
        kind = signal.kind
        if kind == "any":
            if not document.may_mention(signal.phrases, signal.places):
                continue
        elif kind != "use" and not document.fields.get(kind):
            continue
        held, span = holds(signal, document)
        if held:
            return _Held(signal.rule, span, signal.decisive)
    return None


def _used(criterion: Criterion, document: Document) -> _Held | None:
    """What a built-in classifier of ``use:`` says that is met; one suffices."""
    for name in criterion.use:
        judged = met_builtin(name, document)
        if judged:
            return _Held(f"{name}:{judged.rule}", judged.span, False)
    return None


def _unused(criterion: Criterion, document: Document) -> _Held | None:
    """What the first built-in classifier of ``use:`` says if all are not met."""
    if not criterion.use or any(judged_builtin(name, document).verdict != NOT_MET for name in criterion.use):
        return None
    judged = judged_builtin(criterion.use[0], document)
    return _Held(f"{criterion.use[0]}:{judged.rule}", judged.span, False)


def _supported(name: str, document: Document) -> _Held | None:
    """What speaks for a built-in classifier, worked out once per report."""
    if name not in document.supported:
        document.supported[name] = _support(builtins()[name], document)
    found: _Held | None = document.supported[name]
    return found


def judged_builtin(name: str, document: Document) -> Judged:
    """A built-in classifier's verdict, worked out once per report."""
    known: Judged | None = document.judged.get(name)
    if known is None:
        known = document.judged[name] = _weighed(builtins()[name], document, _supported(name, document))
    return known


def met_builtin(name: str, document: Document) -> Judged | None:
    """Its verdict if it is met. Where nothing speaks for it, nobody needs to know what speaks against it."""
    known = document.met
    if name not in known:
        judged = judged_builtin(name, document) if _supported(name, document) else None
        known[name] = judged if judged and judged.verdict == MET else None
    found: Judged | None = known[name]
    return found


def holds(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    """Whether the signal holds, and the place that shows it."""
    held, span = _KINDS[signal.kind](signal, document)
    if not held:
        return False, None
    if signal.also and not all(holds(other, document)[0] for other in signal.also):
        return False, None
    if signal.unless and _first(signal.unless, document):
        return False, None
    return True, span


def _phrases(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    found = list(islice(_mentions(signal, document), signal.times))
    return (True, document.span(found[0])) if len(found) == signal.times else (False, None)


def _mentions(signal: Signal, document: Document) -> Iterator[Mention]:
    for field in signal.fields:
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
    return any(
        not (apart and other.first < mention.last and mention.first < other.last)
        and document.texts.one_sentence(other.first, mention.first)
        for other in document.mentions(phrases, mention.field)
    )


def _mesh(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    for (descriptor, qualifiers, major), start, end in document.headings:
        for wanted in signal.headings(descriptor):
            qualified = wanted.qualifier is None or any(map(wanted.qualifier.fullmatch, qualifiers))
            if qualified and (major or not signal.major):
                return True, Span("mesh", start, end)
    return False, None


def _publication_types(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    for name, span in document.publication_types:
        if signal.values(name):
            return True, span
    return False, None


def _language(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    text = lowered(document.text("language"))
    held = any(signal.values(name) for entry in text.split(";") if (name := entry.strip()))
    return held, Span("language", 0, len(text)) if held else None


def _year(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    found = re.match(r"\d{4}", document.text("year"))
    held = found is not None and signal.years[0] <= int(found.group()) <= signal.years[1]
    return held, Span("year", 0, 4) if held else None


def _use(signal: Signal, document: Document) -> tuple[bool, Span | None]:
    for name in signal.names:
        judged = met_builtin(name, document)
        if judged and (judged.span is None or judged.span.field in signal.fields):
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
    if all(document.told_in not in phrases.languages for phrases in (criterion.spoken, criterion.hints)):
        return False
    if _anywhere(criterion.spoken, document):
        return False
    return not any(
        holds(signal, document)[0] or any(judged_builtin(name, document).verdict != NOT_MET for name in signal.names)
        for signal in criterion.met
        if signal.kind != "any"
    )


def _anywhere(phrases: Phrases, document: Document) -> Mention | None:
    """The first place where one of the phrases stands."""
    return next((mention for field in TEXT_FIELDS for mention in document.mentions(phrases, field)), None)
