"""What every reader works with: the file it reads, and the account it gives of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from winnow.records.decoding import Opener, Text
from winnow.records.starts import any_start

#: How much of a line is quoted in the report.
SHOWN = 120


@dataclass
class Reading:
    """What was met while a file was read.

    ``starts`` counts the places where a record starts, apart from the records themselves. ``losses`` are one line each for
    what may mean a lost record; ``problems`` for what can't. ``encodings`` are those of the texts read, in order.
    """

    starts: Counter[str] = field(default_factory=Counter)
    unknown_tags: Counter[str] = field(default_factory=Counter)
    strays: list[tuple[int, str]] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    encodings: dict[str, None] = field(default_factory=dict)

    def stray(self, number: int, line: str) -> None:
        """Note a line that isn't understood; where a record starts on it, one was not read."""
        self.strays.append((number, line.strip()[:SHOWN]))
        self.inside(line)

    def inside(self, line: str) -> None:
        """Note a line inside a record of a reader that knows no tags: a record that starts on it is not read."""
        if any_start(line):
            self.starts["unread"] += 1


@dataclass
class Opened:
    """One file as the readers see it: where it is, its first bytes, its text and its beginning."""

    where: str
    opener: Opener
    magic: bytes
    wanted_encoding: str = ""

    @cached_property
    def text(self) -> Text:
        """The decoded text (InputError if it can't be)."""
        return Text(self.where, self.opener, self.wanted_encoding)

    @cached_property
    def head(self) -> str:
        """The first million characters."""
        return self.text.head()
