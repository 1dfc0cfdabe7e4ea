"""A search strategy as librarians write it: numbered lines, combined by reference.

::

    # a note (a hash, then a blank)
    #1 Dermatomyositis[mh] OR polymyositis[tiab]
    #2 "Immunoglobulins, Intravenous"[mh] OR
       IVIG[tiab]
    #3 #1 AND #2

``1. text`` and ``1 text`` are read too; a line that begins with blanks continues the one before. The last line is the search.
A file without numbers is one line. What is sent to PubMed has the references replaced by the lines they name, in parentheses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from winnow import files
from winnow.errors import ConfigError, WinnowError, raise_all

_NUMBERED = re.compile(r"(?:#(\d+)[.:)]?|(\d+)[.:)]|(\d{1,3}))(?:\s+(.*))?$")
_NOTE = re.compile(r"#(?!\d)")
#: Lines that refer to lines that refer ... double each time. A long strategy has twenty thousand characters.
LONGEST_TERM = 500_000
#: A quoted phrase or a reference; a phrase may hold a hash.
_REFERENCE = re.compile(r'"[^"]*"|#(\d+)\b')


@dataclass(frozen=True)
class Line:
    """One numbered line: its number, its text on one line, and where it begins in the file."""

    number: int
    text: str
    at: int

    @property
    def label(self) -> str:
        """``#3``."""
        return f"#{self.number}"

    @property
    def references(self) -> list[int]:
        """The numbers of the lines that it combines."""
        return [int(found.group(1)) for found in _REFERENCE.finditer(self.text) if found.group(1)]


@dataclass(frozen=True)
class Strategy:
    """The lines of one strategy file, in order; references name earlier lines only."""

    where: str
    lines: tuple[Line, ...]
    content: bytes = b""

    def expanded(self, number: int) -> str:
        """The term of a line with every reference replaced by its line, in parentheses.

        Raises:
            ConfigError: the term is longer than anybody means.
        """
        terms: dict[int, str] = {}
        for line in self.lines:
            terms[line.number] = _REFERENCE.sub(
                lambda found: f"({terms[int(found.group(1))]})" if found.group(1) else found.group(), line.text
            )
            if len(terms[line.number]) > LONGEST_TERM:
                raise ConfigError(
                    f"{line.label} has more than {LONGEST_TERM} characters when its references are filled in",
                    where=f"{self.where}:{line.at}",
                    mend="refer to each line once",
                )
        return terms[number]

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return files.sha256_bytes(self.content)

    @property
    def term(self) -> str:
        """The last line, expanded: the search."""
        return self.expanded(self.lines[-1].number)


def load(path: Path | str) -> Strategy:
    """Read a strategy file.

    Raises:
        ConfigError, Faults: not there, not UTF-8, empty, a number used twice, or a reference to a line that is not above.
    """
    try:
        content = Path(path).read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            "no such strategy", where=str(path), mend="write it, or name another in config.yaml"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"byte {error.start} is not UTF-8", where=str(path), mend="save it as UTF-8") from None
    return parse(text, str(path), content)


def parse(text: str, where: str, content: bytes = b"") -> Strategy:
    """The strategy in a text; ``where`` names it in faults, ``content`` is the file as it was read."""
    lines, loose = _lines(text)
    if not lines and loose:
        lines, loose = [Line(1, " ".join(words for _, words in loose), loose[0][0])], []
    faults: list[WinnowError] = [
        ConfigError("text outside any numbered line", where=f"{where}:{at}", mend=f"number it, or begin it with '# ': {words[:40]}")
        for at, words in loose
    ]  # fmt: skip
    seen: set[int] = set()
    for line in lines:
        at = f"{where}:{line.at}"
        if line.number in seen:
            faults.append(ConfigError(f"line {line.label} is there twice", where=at, mend="number the lines anew"))
        if not line.text:
            faults.append(ConfigError(f"line {line.label} is empty", where=at, mend="fill it or remove it"))
        for number in line.references:
            if number not in seen:
                faults.append(
                    ConfigError(f"{line.label} refers to #{number}, which is not above it", where=at, mend="mend the reference")
                )  # fmt: skip
        seen.add(line.number)
    if not lines and not faults:
        faults.append(ConfigError("the strategy is empty", where=where, mend="write one line per concept: #1 ..."))
    raise_all(faults)
    return Strategy(where, tuple(lines), content)


def _lines(text: str) -> tuple[list[Line], list[tuple[int, str]]]:
    """Numbered lines, and the text before the first of them, each with its line in the file."""
    lines: list[Line] = []
    loose: list[tuple[int, str]] = []
    for at, raw in enumerate(text.splitlines(), start=1):
        words = raw.strip()
        if not words or _NOTE.match(words):
            continue
        found = _NUMBERED.match(words)
        continues = raw[0].isspace() and lines
        if found and not continues and not _combines(found, lines):
            number = int(next(part for part in found.groups()[:3] if part))
            lines.append(Line(number, " ".join((found.group(4) or "").split()), at))
        elif lines:
            last = lines[-1]
            lines[-1] = Line(last.number, " ".join(f"{last.text} {words}".split()), last.at)
        else:
            loose.append((at, words))
    return lines, loose


def _combines(found: re.Match[str], lines: list[Line]) -> bool:
    """Whether ``#1 AND #2`` on a line of its own is the text of the line above, not line 1."""
    return bool(lines) and bool(re.match(r"(AND|OR|NOT)\b", found.group(4) or ""))
