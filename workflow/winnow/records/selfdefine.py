"""CNKI's 自定义 (selfDefine) text: ``Title-题名: ...`` lines, with the labels that a person picked.

No label is certain to be there, so a record begins at a label line after a blank one, or where the record's first label comes
again. A field may wrap; a blank line inside a field is followed by a line without a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from winnow.records.mapping import Entry, known_tags
from winnow.records.reading import Opened, Reading

_LABEL = re.compile(r"\s*([A-Z][A-Za-z]{2,14})-[^\x00-\x7f][^:：]{0,12}\s*[:：] ?(.*)|\s*(DOI)-DOI\s*[:：] ?(.*)")


def recognised(opened: Opened) -> bool:
    """Whether the first line that isn't blank is such a label, and a title's label follows."""
    first = next((line for line in opened.head.split("\n") if line.strip()), "")
    return bool(_label(first)[0]) and "Title-" in opened.head


def read(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each record."""
    entry: Entry | None = None
    raw: list[str] = []
    blank = True
    for number, line in enumerate(opened.text.lines(), start=1):
        tag, value = _label(line)
        if tag == "Title":
            reading.starts["selfdefine"] += 1
        if tag and (entry is None or blank or tag == entry.values[0][0]):
            if entry:
                yield entry.closed(raw)
            entry, raw = Entry("selfdefine", number, number, [(tag, [value])]), [line]
        elif entry is None:
            if line.strip():
                reading.stray(number, line)
        else:
            raw.append(line)
            if tag:
                entry.values.append((tag, [value]))
            elif line.strip():
                entry.values[-1][1].append(line)
                reading.inside(line)
        blank = not line.strip()
    if entry:
        yield entry.closed(raw)


def _label(line: str) -> tuple[str, str]:
    found = _LABEL.match(line)
    if not found:
        return "", ""
    tag, value = (found.group(1), found.group(2)) if found.group(1) else (found.group(3), found.group(4))
    return (tag, value) if tag in known_tags("selfdefine") else ("", "")
