"""Everything that can go wrong, on one screen.

::

    WinnowError            one line: what, where, how to mend it          exit 1
    ├── UsageError         the command line makes no sense                exit 2
    ├── InputError         a file that people gave cannot be read
    ├── ConfigError        config/ is at fault: file, key, remedy
    ├── LedgerError        decisions/ is at fault: file, line, remedy
    ├── SearchError        a search cannot be trusted
    ├── RecordLossError    rows in differ from rows out plus rows set aside
    ├── IdentityError      the flow's arithmetic does not add up
    └── RenderError        a picture or a table cannot be drawn
    Faults                 several of them, found in one go               exit 1

A traceback that reaches a user is a bug.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Spaces that people print with, which Python does not count among the printable: of any width, and the tab.
_SPACES = frozenset("\t\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000")


class WinnowError(Exception):
    """A fault that a person can mend.

    Args:
        what: what is wrong, without a full stop.
        where: file, and line or key when known.
        mend: what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """The fault as one line of text, safe to print."""
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.mend:
            parts.append(self.mend)
        return " - ".join(shown(part) for part in parts)


def shown(text: str) -> str:
    """Text from anywhere on one line of a terminal: signs that steer it, or the direction of writing, are spelt out."""
    return spelt(" ".join(text.split()))


def spelt(text: str) -> str:
    """The same with every space and tab as it is, and line ends spelt out too: nobody's note can pass for a line of ours."""
    return "".join(
        sign if sign.isprintable() or sign in _SPACES else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )


class UsageError(WinnowError):
    """The command line makes no sense."""

    exit_code = 2


class InputError(WinnowError):
    """A file that people gave cannot be read, or a record in it may be lost."""


class ConfigError(WinnowError):
    """Something in ``config/`` is at fault."""


class LedgerError(WinnowError):
    """Something in ``decisions/`` is at fault."""


class SearchError(WinnowError):
    """A search cannot be trusted: incomplete, refused or warned about."""


class RecordLossError(WinnowError):
    """A stage's rows in differ from its rows out plus its rows set aside."""


class IdentityError(WinnowError):
    """The arithmetic of the flow diagram does not add up."""


class RenderError(WinnowError):
    """A picture or a table cannot be drawn faithfully (a missing glyph, say)."""


class Faults(WinnowError):
    """Several faults found in one go; ``line`` has one line for each."""

    def __init__(self, faults: Sequence[WinnowError]) -> None:
        self.faults = list(faults)
        super().__init__(f"{len(self.faults)} faults")

    @property
    def line(self) -> str:
        return "\n".join(fault.line for fault in self.faults)


def raise_all(faults: Sequence[WinnowError]) -> None:
    """Raise nothing, the one fault, or all of them together."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
