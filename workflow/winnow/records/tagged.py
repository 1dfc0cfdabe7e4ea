"""The one reader of tagged text: lines in, entries out, every line accounted for.

A file may hold several formats one after the other (people join files); a start line of another format begins a stretch of
that format. A line belongs to an entry, or is understood noise between entries, or is a stray that is reported. A stray in
the shape of a tag means that a record lost its start line: a fault. So is a last record without the line that ends the others, for
then the file was cut short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from winnow.records.dialects import NOTHING, START_TAGS, Dialect
from winnow.records.mapping import Entry, known_tags
from winnow.records.reading import Reading
from winnow.records.starts import may_start, other_start, tagged_start

Values = list[tuple[str, list[str]]]
Quick = Callable[[str, Values], bool]


def entries(lines: Iterable[str], reading: Reading) -> Iterator[Entry]:
    """The entries of the lines, in order; what isn't part of one goes into ``reading``."""
    current: Entry | None = None
    dialect: Dialect | None = None
    raw: list[str] = []
    in_headless = False
    before: list[tuple[int, str]] = []
    quick: Quick = _nothing
    ended: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if current and quick(line, current.values):
            raw.append(line)
            continue
        tag, value = _tag(line, dialect, current) if dialect else ("", "")
        if (not tag or tag in START_TAGS) and (started := tagged_start(line)):
            if current:
                yield current.closed(raw)
            for early in before:
                in_headless = _stray(*early, started, reading, in_headless)
            before.clear()
            dialect, raw, in_headless, quick = started, [line], False, _quick(started)
            reading.starts[dialect.id] += 1
            tag, value = _tag(line, dialect, None)
            current = Entry(dialect.id, number, number, [(tag, [value])])
        elif dialect is None:
            before.append((number, line))
        elif current is None:
            in_headless = _stray(number, line, dialect, reading, in_headless)
        elif dialect.end.match(line):
            raw.append(line)
            yield current.closed(raw)
            current = None
            ended.add(dialect.id)
        else:
            raw.append(line)
            _add(line, tag, value, dialect, current, raw, reading)
    if current:
        if current.format in ended:
            reading.losses.append(f"the file ends within the record on line {current.first}: it was cut short")
        yield current.closed(raw)
    for number, line in before:
        if line.strip():
            reading.stray(number, line)


def _nothing(line: str, values: Values) -> bool:
    return False


@cache
def _quick(dialect: Dialect) -> Quick:
    """A reader of the lines that can only be one thing, nearly all of them: a plain tag, or the wrapped rest of a line.

    It adds the line to the values and says so, or leaves it to the full reading.
    """
    plain, match, indent = _plain_tags(dialect), dialect.tag.match, dialect.indent
    width, sign = dialect.fixed
    start = width + len(sign)

    def fixed(line: str, values: Values) -> bool:
        if line[width:start] == sign and (tag := line[:width].rstrip()) in plain:
            values.append((tag, [line[start:]]))
            return True
        if indent and line.startswith(indent) and not may_start(line):
            values[-1][1].append(line)
            return True
        return False

    def tagged(line: str, values: Values) -> bool:
        found = match(line)
        if found and found.group(1) in plain:
            values.append((found.group(1), [found.group(2) or ""]))
            return True
        return False

    return fixed if width else tagged


@cache
def _plain_tags(dialect: Dialect) -> frozenset[str]:
    """The known tags that start no record, end none, may come anywhere and stand once on a line."""
    special = START_TAGS | dialect.once | ({"A"} if dialect.several.pattern != NOTHING.pattern else set())
    return frozenset(tag for tag in known_tags(dialect.id) - special if tag not in ("ER", "EF"))


def _add(line: str, tag: str, value: str, dialect: Dialect, current: Entry, raw: list[str], reading: Reading) -> None:
    """A further line of a record: a tag, perhaps several times, or the rest of the line before."""
    if tag:
        if tag not in known_tags(dialect.id):
            reading.unknown_tags[tag] += 1
        parts = dialect.several.split(value)
        current.values.append((tag, [parts[0]]))
        current.values.extend((tag, [part[2:].strip()]) for part in parts[1:])
    elif line.strip() and not _noise(line, dialect, raw):
        current.values[-1][1].append(line)
        if other_start(line):
            reading.starts["unread"] += 1


def _tag(line: str, dialect: Dialect, current: Entry | None) -> tuple[str, str]:
    """The tag and the value of a line, or two empty strings if it continues the line before."""
    found = dialect.tag.match(line)
    if not (found and found.group(1) in known_tags(dialect.id)):
        loose = dialect.loose.match(line)
        found = loose if loose and loose.group(1) in known_tags(dialect.id) else found
    if not found:
        return "", ""
    tag = found.group(1)
    if current and dialect.long and current.values[-1][0] == dialect.long:
        if tag not in known_tags(dialect.id):
            return "", ""
        if tag in dialect.once and any(tag == before for before, _ in current.values):
            return "", ""
    return tag, found.group(2) or ""


def _noise(line: str, dialect: Dialect, raw: list[str]) -> bool:
    """Whether a line inside a record is noise of the format: only after a blank line, so that no text is taken for it."""
    return bool(dialect.noise.fullmatch(line)) and len(raw) > 1 and not raw[-2].strip()


def _stray(number: int, line: str, dialect: Dialect, reading: Reading, in_headless: bool) -> bool:
    """Report a line between records; returns whether we stand inside a record that lost its start line."""
    if not line.strip():
        return False
    if dialect.noise.fullmatch(line) or dialect.end.match(line):
        return in_headless
    reading.stray(number, line)
    if in_headless or not _tag(line, dialect, None)[0]:
        return in_headless
    reading.losses.append(f"line {number} is part of a record whose first line is missing")
    return True
