"""Journals: one name in full, abbreviated, as an acronym, cut in two or with the place behind it."""

from __future__ import annotations

import re
from functools import cache

from winnow import text
from winnow.deduplicate import titles
from winnow.deduplicate.weights import THRESHOLDS

_LITTLE_WORDS = "of the and in for de la et der und a an on to del e y fur des le les di i online print"
_STOP = frozenset(_LITTLE_WORDS.split())
_BRACKETS = re.compile(r"[（(\[〔【][^）)\]〕】]*[）)\]〕】]")
_BRACKET = frozenset("（([〔【")
_SEAM = frozenset(":=;/.")
_SUBTITLE = re.compile(r"\s*[:=;]\s|\s/\s|\.\s?conference\b|\.\s?official\b|[.:]\s?(?:an?|the)\s")
#: The rest of a journal's name, cut off at its first full stop and put before the volume: ``Renal physiology. 316``.
_NAME_BEFORE_VOLUME = re.compile(
    r"(?!(?:vol|no|nr|band|bd|jg|tome?|suppl?)\b)([^\W\d_][^\d(]*\s[^\d(]+)\.\s*(\d+)", re.IGNORECASE
)
_SUPPLEMENTS = re.compile(r"[\s.:,-]+suppl(?:ements?|\.)?\s*$")


def names(journal: str, volume_cell: str) -> tuple[str, ...]:
    """The names a journal may go by: its own, with what of it stands before the volume, and that alone (a book's series)."""
    if not volume_cell or volume_cell.isdigit() or not journal:
        return (journal,)
    found = _NAME_BEFORE_VOLUME.fullmatch(volume_cell.strip())
    return (f"{journal} {found.group(1)}", found.group(1)) if found else (journal,)


@cache
def words(name: str, *, subtitle: bool = False) -> tuple[str, ...]:
    """A journal's words without little words, place in brackets, ``electronic edition`` and, unless asked for, subtitle."""
    folded = text.bare(_BRACKETS.sub(" ", name) if _BRACKET.intersection(name) else name).replace("&amp;", "&")
    if not subtitle and _SEAM.intersection(folded):
        folded = _SUBTITLE.split(folded)[0]
    if "suppl" in folded:
        folded = _SUPPLEMENTS.sub("", folded)
    found = re.sub(r"[^\w]|_", " ", folded).split()
    return tuple(word for word in found if word not in _STOP) or tuple(found)


@cache
def _spelt(name: str, *, subtitle: bool = False) -> tuple[str, ...]:
    """The words in one spelling; pinyin, which other readers of ``words`` want, would suffer from that."""
    return tuple(titles.spelt(word) for word in words(name, subtitle=subtitle))


def initials(name: str) -> str:
    """The first letter of each word: a key that a full name and its abbreviation share."""
    found = _spelt(name)
    return found[0] if len(found) == 1 else "".join(word[0] for word in found)[:12]


def same(one: str, other: str) -> str:
    """``same``, ``alike``, ``different``, or empty when one is missing: full names and abbreviations stand for each other."""
    a, b = _spelt(one), _spelt(other)
    if not a or not b:
        return ""
    if _one_name(a, b) or _one_name(_spelt(one, subtitle=True), _spelt(other, subtitle=True)):
        return "same"
    if _before_hyphen(one) == b or _before_hyphen(other) == a or _acronym(a, b) or _acronym(b, a):
        return "alike"
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 2 and _abbreviates(shorter, longer[: len(shorter)]):
        return "alike"
    return "alike" if _shared(a, b) >= THRESHOLDS["journal_words"] else "different"


def _one_name(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return a == b or "".join(a) == "".join(b) or _abbreviates(a, b) or _abbreviates(b, a)


def _before_hyphen(name: str) -> tuple[str, ...]:
    """``VIRUSES-BASEL``: Web of Science puts the subtitle, or the place, behind a hyphen and writes in capitals."""
    head, hyphen, _ = name.partition("-")
    return _spelt(head) if hyphen and name.isupper() else ()


def _acronym(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """A word of one is the first letters of the other's: ``ICIS 2009`` of International Conference on Information Systems."""
    letters = "".join(word[0] for word in b)
    return any(len(word) >= THRESHOLDS["journal_acronym"] and word in letters for word in a)


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Word by word the start of the other, or its acronym (``BMJ``, ``PNAS``)."""
    if len(short) == len(long):
        return all(b.startswith(a) or _contracted(a, b) for a, b in zip(short, long, strict=True))
    return len(short) == 1 and len(long) >= 3 and short[0] == "".join(word[0] for word in long)


def _contracted(short: str, long: str) -> bool:
    """``intl`` for international, ``natl`` for national: first letters, then a last one further on."""
    return (
        len(short) >= 3 and short[0] == long[0] and long.startswith(short[:-1]) and short[-1] in long[len(short) - 1 :]
    )


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How many in a hundred words of the shorter name begin a word of the longer, or the other way round; one tells nothing."""
    shorter, longer = sorted((a, b), key=len)
    hits = sum(any(x.startswith(y) or y.startswith(x) for y in longer) for x in shorter)
    return 100 * hits / len(shorter) if len(shorter) > 1 else 0.0
