"""The fingerprint of what a reviewer read: it tells later whether something that can change a judgement has changed.

Four parts, 12 hexadecimal digits each, joined by ``-``: title, abstract, publication types, notices (retraction, erratum,
expression of concern). An absent part is ``0``. White space, width, case, diacritics, punctuation, the order of a list and
publication types that every article has make no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from winnow import files, tables, text

PARTS = ("title", "abstract", "publication_types", "notices")
_LISTS = frozenset(PARTS[2:])
_LENGTH = 12
_ABSENT = "0"
#: Types that say nothing: databases differ in whether they print them, so they come and go with a second source.
_GENERIC = frozenset(
    text.title_key(name)
    for name in (
        "Journal Article", "Article", "Journal", "Article in Press", "English Abstract", "期刊论文", "期刊文章", "期刊",
    )
)  # fmt: skip


def fingerprint(report: Mapping[str, str]) -> str:
    """The fingerprint of a report's merged row (columns of :data:`winnow.tables.MERGED`; absent ones are empty)."""
    return "-".join(_part(name, report.get(name, "")) for name in PARTS)


def _part(name: str, cell: str) -> str:
    keys = (
        sorted({text.title_key(item) for item in tables.split(cell)} - _GENERIC) if name in _LISTS else [_letters(cell)]
    )
    content = "\n".join(key for key in keys if key)
    return files.sha256_bytes(content.encode())[:_LENGTH] if content else _ABSENT


def _letters(cell: str) -> str:
    # Abstracts are long and met once, so they stay out of title_key's cache; signs that turn a finding round are kept.
    return "".join(c for c in text.bare(cell) if c.isalnum() or c in "+±<>=≤≥%")


@dataclass(frozen=True)
class Now:
    """What can be read of a report today: its merged row's fingerprint, and those of the records that were merged.

    Merging takes the longest abstract and every publication type, so a record from one more database changes the merged row
    although what the reviewer read is all still there. It counts as unchanged while one of the records says it; but what was
    absent and is there now, and any notice, counts as a change whichever record brings it.
    """

    merged: str = ""
    records: tuple[str, ...] = ()

    def changes(self, then: str) -> list[str]:
        """Which parts differ from what was read (``["abstract", "notices"]``); empty if either is unknown.

        A fingerprint that does not have the four parts differs as a whole.
        """
        if not then or not self.merged or then == self.merged:
            return []
        before = then.split("-")
        if len(before) != len(PARTS):
            return ["the record"]
        members = [record.split("-") for record in self.records]
        found = []
        for place, (name, part, merged) in enumerate(zip(PARTS, before, self.merged.split("-"), strict=True)):
            still = name != "notices" and part != _ABSENT and any(record[place] == part for record in members)
            if part != merged and not still:
                found.append(name.replace("_", " "))
        return found
