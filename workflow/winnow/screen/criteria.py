"""Eligibility criteria as data: ``config/criteria.yaml``, the built-in classifiers, and the faults of both.

A criterion has signals for it (``met``) and against it (``not_met``). Built-in classifiers are criteria files of the same
shape in ``builtin/``; ``use:`` names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from winnow import config, package_data
from winnow.errors import ConfigError, WinnowError, raise_all
from winnow.wording.documents import bits
from winnow.wording.patterns import NO_PHRASES, Pattern, PatternError, Phrases, compiled, together
from winnow.wording.tokens import folded, lowered

#: Where phrases are looked for if a signal does not say: broadly for a criterion, narrowly against it.
FIELDS_FOR = ("title", "original_title", "abstract", "keywords", "mesh")
FIELDS_AGAINST = ("title", "original_title")
#: Where a built-in classifier's evidence must stand to speak against a criterion: what a report says of itself in passing
#: ("this article reviews five years of our register") is no reason to exclude it.
STRONG = ("title", "original_title", "publication_types", "mesh")
EVERYWHERE = (*FIELDS_FOR, "publication_types")

#: So many phrases are named where none was found.
_NAMED = 4
_KINDS = ("any", "mesh", "publication_types", "language", "year", "use")
_OF_PHRASES = ("with", "without", "times", "negated")


@dataclass(frozen=True, slots=True)
class Heading:
    """A MeSH heading that is looked for; ``qualifier`` is None if any will do."""

    descriptor: re.Pattern[str]
    qualifier: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence that a criterion looks for; see the schema for what each part means."""

    rule: str
    kind: str
    phrases: Phrases = NO_PHRASES
    #: which of the headings looked for have this descriptor
    headings: Callable[[str], Sequence[Heading]] = lambda _: ()
    names: tuple[str, ...] = ()
    #: whether this term is one of those looked for
    values: Callable[[str], bool] = lambda _: False
    years: tuple[int, int] = (0, 0)
    fields: tuple[str, ...] = ()
    #: the same as bits
    places: int = 0
    beside: Phrases = NO_PHRASES
    without: Phrases = NO_PHRASES
    times: int = 1
    negated: str = "dismiss"
    major: bool = False
    also: tuple[Signal, ...] = ()
    unless: tuple[Signal, ...] = ()
    decisive: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the protocol."""

    id: str
    label: str
    question: str
    stage: str
    use: tuple[str, ...]
    met: tuple[Signal, ...]
    not_met: tuple[Signal, ...]
    absent: str
    may_exclude: bool
    #: every phrase that breaks the silence
    spoken: Phrases
    #: phrases that only leave it in doubt; none in a built-in classifier, where they break it like the others
    hints: Phrases
    #: what silence means here, and silence but for a hint, in words
    silence: str
    hinted: str

    @property
    def signals(self) -> Iterator[Signal]:
        """Every signal, also those within signals."""
        waiting = [*self.met, *self.not_met]
        while waiting:
            signal = waiting.pop(0)
            yield signal
            waiting += [*signal.also, *signal.unless]


@dataclass(frozen=True, slots=True)
class Criteria:
    """The criteria in protocol order.

    Attributes:
        criteria: one after the other.
        together: whether a report must meet all of them; built-in classifiers each stand for themselves.
        source: what their file says, key by key; what rules say follows from it, from the text and from the code alone.
    """

    criteria: tuple[Criterion, ...]
    together: bool = True
    source: str = field(default="", repr=False, compare=False)

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.criteria)

    @property
    def ids(self) -> tuple[str, ...]:
        """The criteria's ids in protocol order."""
        return tuple(criterion.id for criterion in self.criteria)


def load(path: Path | str) -> Criteria:
    """The criteria of a file, or of a built-in set (``builtin:designs``, ``builtin:population``).

    Raises:
        ConfigError, Faults: what is wrong, one line each with file and line.
    """
    name = str(path)
    if name.startswith("builtin:"):
        sets = builtin_sets()
        if name[8:] not in sets:
            known = ", ".join(f"builtin:{key}" for key in sorted(sets))
            raise ConfigError("no such built-in criteria", where=name, mend=f"use one of {known}")
        return sets[name[8:]]
    value, lines = config.load_yaml(path)
    raise_all(config.faults(value if value is not None else {}, "criteria", name, lines))
    return replace(_built(value, name, lines, frozenset(builtins())), source=repr(value))


@cache
def builtin_sets() -> Mapping[str, Criteria]:
    """The built-in criteria by the name of their set."""
    parts = {
        name: package_data.from_yaml(f"screen/builtin/{name}.yaml")
        for name in package_data.names("screen/builtin", ".yaml")
    }
    known = frozenset(item["id"] for value in parts.values() for item in value["criteria"])
    built = {name: _built(value, f"builtin:{name}", {}, known) for name, value in parts.items()}
    return {
        name: replace(criteria, criteria=tuple(map(_alone, criteria)), together=False)
        for name, criteria in built.items()
    }


@cache
def builtins() -> Mapping[str, Criterion]:
    """Every built-in classifier by its id."""
    return {criterion.id: criterion for criteria in builtin_sets().values() for criterion in criteria}


def _alone(criterion: Criterion) -> Criterion:
    """A classifier that stands for itself: with no other reports to compare with, a hint breaks the silence."""
    return replace(criterion, spoken=Phrases([*criterion.spoken.patterns, *criterion.hints.patterns]), hints=NO_PHRASES)


def _built(value: Any, where: str, lines: Mapping[config.Key, int], known: frozenset[str]) -> Criteria:
    reader = _Reader(where, lines, known)
    criteria = tuple(reader.criterion(item, ("criteria", index)) for index, item in enumerate(value["criteria"]))
    raise_all(reader.faults)
    return Criteria(criteria)


class _Reader:
    """Turns checked YAML into criteria and gathers every fault that the schema cannot see."""

    def __init__(self, where: str, lines: Mapping[config.Key, int], known: frozenset[str]) -> None:
        self.where, self.lines, self.known = where, lines, known
        self.faults: list[WinnowError] = []
        self.ids: set[str] = set()

    def fault(self, what: str, at: config.Key, mend: str) -> None:
        line = next((self.lines[at[:n]] for n in range(len(at), 0, -1) if at[:n] in self.lines), 0)
        self.faults.append(ConfigError(what, where=f"{self.where}:{line}" if line else self.where, mend=mend))

    def criterion(self, item: dict[str, Any], at: config.Key) -> Criterion:
        if item["id"] in self.ids:
            self.fault(f"criterion '{item['id']}' is given twice", (*at, "id"), "give each criterion its own id")
        self.ids.add(item["id"])
        met = _decisive_first(self.signals(item.get("met", []), (*at, "met"), FIELDS_FOR))
        hints = self.phrases(item.get("hints"), (*at, "hints"))
        spoken = together(tuple(phrase for signal in met for phrase in signal.phrases.patterns))
        return Criterion(
            id=item["id"],
            label=item.get("label", item["id"].replace("_", " ")),
            question=item.get("question", ""),
            stage=item.get("stage", "title_abstract"),
            use=self.uses(item.get("use"), (*at, "use")),
            met=met,
            not_met=_decisive_first(self.signals(item.get("not_met", []), (*at, "not_met"), FIELDS_AGAINST)),
            absent=item.get("absent", "unclear"),
            may_exclude=item.get("may_exclude", True),
            spoken=spoken,
            hints=hints,
            silence=_silence([*spoken.patterns, *hints.patterns]),
            hinted=f"{_silence(spoken.patterns)}, only a hint",
        )

    def signals(self, items: list[Any], at: config.Key, fields: tuple[str, ...]) -> tuple[Signal, ...]:
        side = str(at[-1])
        return tuple(
            self.signal(
                {"any": item} if isinstance(item, str | list) else item, (*at, index), fields, f"{side}.{index + 1}"
            )
            for index, item in enumerate(items)
        )

    def signal(self, item: dict[str, Any], at: config.Key, fields: tuple[str, ...], rule: str) -> Signal:
        kinds = [kind for kind in _KINDS if kind in item]
        if len(kinds) != 1:
            has = " and ".join(f"'{kind}'" for kind in kinds) or "none of them"
            self.fault(
                f"a signal needs exactly one of {', '.join(_KINDS)}; this has {has}", at, "split it, or use 'and'"
            )
            return Signal(rule, "any")
        kind = kinds[0]
        for name in _OF_PHRASES:
            if name in item and kind != "any":
                self.fault(
                    f"'{name}' says nothing about '{kind}'", (*at, name), "it belongs to 'any'; use 'and' or 'unless'"
                )
        if "in" in item and kind not in ("any", "use"):
            self.fault(f"'in' says nothing about '{kind}'", (*at, "in"), "it belongs to 'any' and 'use'")
        if "major" in item and kind != "mesh":
            self.fault(f"'major' says nothing about '{kind}'", (*at, "major"), "it belongs to 'mesh'")
        rule = item.get("rule", rule)
        if kind == "use":
            fields = STRONG if fields is FIELDS_AGAINST else EVERYWHERE
        here = tuple(item.get("in", fields))
        if "in" in item and "title" in here and "original_title" not in here:
            here = (*here, "original_title")
        years = item.get("year", {})
        return Signal(
            rule=rule,
            kind=kind,
            phrases=self.phrases(item.get("any"), (*at, "any")),
            headings=_headings(_listed(item.get("mesh"))),
            names=self.uses(item.get("use"), (*at, "use")),
            values=_terms(_listed(item.get("language") or item.get("publication_types"))),
            years=(years.get("from", 0), years.get("to", 9999)),
            fields=here,
            places=bits(here),
            beside=self.phrases(item.get("with"), (*at, "with")),
            without=self.phrases(item.get("without"), (*at, "without")),
            times=item.get("times", 1),
            negated=item.get("negated", "dismiss"),
            major=item.get("major", False),
            also=self.signals(item.get("and", []), (*at, "and"), FIELDS_FOR),
            unless=self.signals(item.get("unless", []), (*at, "unless"), FIELDS_FOR),
            decisive=item.get("decisive", False),
        )  # fmt: skip

    def uses(self, value: Any, at: config.Key) -> tuple[str, ...]:
        names = _listed(value)
        for name in names:
            if name not in self.known:
                self.fault(f"no built-in classifier '{name}'", at, f"use one of {', '.join(sorted(self.known))}")
        return names

    def phrases(self, value: Any, at: config.Key) -> Phrases:
        made = []
        for phrase in _listed(value):
            try:
                made.append(compiled(phrase))
            except PatternError as error:
                self.fault(str(error), at, "see docs/screening-criteria.md, 'Phrases'")
        return together(tuple(made))


def _silence(patterns: Iterable[Pattern]) -> str:
    """What was looked for and not found; the first phrases stand for all, which are read in the criteria file."""
    phrases = [pattern.phrase for pattern in dict.fromkeys(patterns)]
    more = len(phrases) - _NAMED
    shown = phrases if more <= 1 else [*phrases[:_NAMED], f"any of {more} more phrases"]
    return "the text has no " + " or ".join(filter(None, ("; ".join(shown[:-1]), *shown[-1:])))


def _decisive_first(signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: not signal.decisive))


def _headings(entries: Sequence[str]) -> Callable[[str], Sequence[Heading]]:
    """Those of the headings that have a descriptor, worked out once per descriptor: tables have few, each thousands of times."""
    parts = [entry.partition("/") for entry in entries]
    wanted = [
        Heading(_wildcard(descriptor), _wildcard(qualifier) if qualifier.strip() else None)
        for descriptor, _, qualifier in parts
    ]
    return cache(lambda descriptor: [one for one in wanted if one.descriptor.fullmatch(descriptor)])


def _terms(entries: Sequence[str]) -> Callable[[str], bool]:
    """Whether a term is one of the entries, worked out once per term."""
    wanted = [_wildcard(entry) for entry in entries]
    return cache(lambda term: any(one.fullmatch(term) for one in wanted))


def _wildcard(entry: str) -> re.Pattern[str]:
    """A controlled term with ``*`` for any ending, to be matched in full on folded lower-case text."""
    return re.compile(re.escape(lowered(folded(" ".join(entry.split())))).replace(r"\*", ".*"))


def _listed(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(str(entry) for entry in value)
