"""The fingerprint of what a reviewer read: it tells later whether something that can change a judgement has changed.

Four parts, 12 hexadecimal digits each, joined by ``-``: title, abstract, publication types, notices (retraction, erratum,
expression of concern). An absent part is ``0``. White space, width, case, diacritics, punctuation and the order of a list make
no difference.
"""

from __future__ import annotations

from collections.abc import Mapping

from winnow import files, tables, text

PARTS = ("title", "abstract", "publication_types", "notices")
_LISTS = frozenset(PARTS[2:])
_LENGTH = 12


def fingerprint(report: Mapping[str, str]) -> str:
    """The fingerprint of a report's merged row (columns of :data:`winnow.tables.MERGED`; absent ones are empty)."""
    return "-".join(_part(name, report.get(name, "")) for name in PARTS)


def _part(name: str, cell: str) -> str:
    keys = sorted({text.title_key(item) for item in tables.split(cell)}) if name in _LISTS else [_letters(cell)]
    content = "\n".join(key for key in keys if key)
    return files.sha256_bytes(content.encode())[:_LENGTH] if content else "0"


def _letters(cell: str) -> str:
    # Abstracts are long and met once, so they stay out of title_key's cache; signs that turn a finding round are kept.
    return "".join(c for c in text.bare(cell) if c.isalnum() or c in "+±<>=≤≥%")


def changes(then: str, now: str) -> list[str]:
    """Which parts differ (``["abstract", "notices"]``); empty if either is unknown.

    A fingerprint that does not have the four parts differs as a whole.
    """
    if not then or not now or then == now:
        return []
    before, after = then.split("-"), now.split("-")
    if len(before) != len(PARTS) or len(after) != len(PARTS):
        return ["the record"]
    return [name.replace("_", " ") for name, a, b in zip(PARTS, before, after, strict=True) if a != b]
