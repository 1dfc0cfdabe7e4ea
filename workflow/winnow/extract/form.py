"""The extraction form: which questions are asked of each study, and what may suggest an answer.

A form is ``config/extraction.yaml`` or one of the bundled ones, named ``builtin:<name>``. It is data: another review writes its
own fields, names a built-in extractor or gives patterns, and needs no code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from winnow import config, package_data
from winnow.errors import ConfigError, UsageError, WinnowError, raise_all
from winnow.extract.patterns import Pattern

BUILTIN = "builtin:"
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Field:
    """One question of the form."""

    id: str
    question: str
    label: str
    type: str = "text"
    unit: str = ""
    allowed: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    multiple: bool = False
    table: str = "characteristics"
    extractor: str = ""
    only: re.Pattern[str] | None = None
    patterns: tuple[Pattern, ...] = ()
    confidence: float = 0.6

    def choice(self, value: str) -> str | None:
        """The allowed value that ``value`` means, by itself or as an alias; None if there is none."""
        wanted = value.casefold().strip()
        for allowed in self.allowed:
            if allowed.casefold() == wanted:
                return allowed
        return next((to for alias, to in self.aliases.items() if alias.casefold() == wanted), None)


@dataclass(frozen=True)
class Form:
    """The fields in the order of the form, and where the form stands."""

    fields: tuple[Field, ...]
    where: str
    title: str = ""

    def __getitem__(self, field_id: str) -> Field:
        return self.by_id[field_id]

    @property
    def by_id(self) -> dict[str, Field]:
        """The fields by their ids."""
        return {entry.id: entry for entry in self.fields}


def load(name: Path | str) -> Form:
    """A form from a file or, as ``builtin:<name>``, from the package.

    Raises:
        UsageError: no such bundled form.
        ConfigError, Faults: the form does not fit its schema, repeats an id, names no extractor that exists, or has a
            pattern that is no regular expression.
    """
    if str(name).startswith(BUILTIN):
        bundled = str(name).removeprefix(BUILTIN)
        known = package_data.names("extract/forms", ".yaml")
        if bundled not in known:
            raise UsageError(f"no bundled form '{bundled}'", mend=f"there is {', '.join(known)}")
        with resources.as_file(resources.files("winnow.extract").joinpath("forms", f"{bundled}.yaml")) as path:
            return _form(path, str(name))
    return _form(Path(name), str(name))


def _form(path: Path, where: str) -> Form:
    value, lines = config.load_yaml(path)
    raise_all(config.faults(value if value is not None else {}, "extraction", where, lines))
    faults: list[WinnowError] = []
    fields: list[Field] = []
    for index, entry in enumerate(value["fields"]):
        at = f"{where}:{lines.get(('fields', index), 0)}"
        faults += _contradictions(entry, [known.id for known in fields], at)
        patterns = [_read(Pattern, text, at, faults) for text in entry.get("patterns", ())]
        only = _read(_words, entry["only"], at, faults) if "only" in entry else None
        fields.append(
            Field(
                **{key: entry[key] for key in _PLAIN if key in entry},
                label=entry.get("label", entry["id"]),
                allowed=tuple(entry.get("allowed", ())),
                only=only,
                patterns=tuple(pattern for pattern in patterns if pattern),
            )
        )
    raise_all(faults)
    return Form(tuple(fields), where, str(value.get("title", "")))


_PLAIN = (
    "id", "question", "type", "unit", "aliases", "minimum", "maximum", "multiple", "table", "extractor", "confidence",
)  # fmt: skip


def _contradictions(entry: Mapping[str, Any], earlier: Sequence[str], at: str) -> list[WinnowError]:
    from winnow.extract.extractors import NAMES

    found: list[WinnowError] = []
    name = entry["id"]
    if name in earlier:
        found.append(ConfigError(f"field '{name}' is listed twice", where=at, mend="give each field its own id"))
    if entry.get("type") == "choice" and not entry.get("allowed"):
        found.append(ConfigError(f"field '{name}' is a choice of nothing", where=at, mend="add 'allowed:'"))
    for alias, target in entry.get("aliases", {}).items():
        if target not in entry.get("allowed", ()):
            found.append(ConfigError(f"alias '{alias}' means '{target}'", where=at, mend="which is not in 'allowed'"))
    if (extractor := entry.get("extractor")) and extractor not in NAMES:
        found.append(ConfigError(f"no extractor '{extractor}'", where=at, mend=f"there are {', '.join(sorted(NAMES))}"))
    return found


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _read(kind: Callable[[str], Kind], text: str, at: str, faults: list[WinnowError]) -> Kind | None:
    try:
        return kind(text)
    except re.error as error:
        faults.append(ConfigError(f"not a regular expression ({error})", where=at, mend=f"mend '{text}'"))
        return None
