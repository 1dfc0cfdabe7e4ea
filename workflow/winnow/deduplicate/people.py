"""Who wrote it: the families of a list of authors, whichever way the list is written."""

from __future__ import annotations

import re
from typing import NamedTuple

from winnow import text

_AND = re.compile(r"\s+(?:and|AND|&)\s+")
_GLUED = re.compile(
    r"(?<=[a-z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLe)(?<!\bLa)(?<!\bDi)(?<!\bDu)(?<!\bVan)(?=[A-Z])|(?<=\.)(?=[A-Z][a-z])"
)
#: The same, cheaper, where a name cut in two does no harm.
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ET_AL = re.compile(r"[,;]?\s*(?:\bet al\b\.?|\band others\b|等)\s*$", re.IGNORECASE)
_NOBODY = re.compile(
    r"\W*(?:anon(?:ymous)?|unknown|no authors? listed|n/?a|nan|none|佚名|无|作者不详)?\W*", re.IGNORECASE
)
_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,4}|(?:[A-Z]\.\s*-?)+")
_SUFFIX = re.compile(r"\b(?:jr|sr|2nd|3rd|iii?|phd|md)\b\.?", re.IGNORECASE)
#: Of a list, so much is enough to find the first author.
_FIRST = 120
_WORD = re.compile(r"[^\W\d_]{2,}")
#: The given names after a comma; a list in which commas stand between persons has none.
_GIVEN = re.compile(r",\s*[^,;]*?(?=\s+and\s|;|$)")
_NOT_LETTER = re.compile(r"[^\w\s-]|[\d_]")


class People(NamedTuple):
    """``first``: the first author's family (all names if it can't be told); ``families``: everybody's, sorted, each once."""

    first: str
    families: str


NOBODY = People("", "")


def people(cell: str) -> People:
    """The people of an authors cell.

    ``Family, Given; ...``, ``Family, G. and ...``, ``Family GG, ...``, ``王爽; 杨新明`` and lists whose separators were lost
    are read.
    """
    if not cell or _NOBODY.fullmatch(cell):
        return NOBODY
    han = not cell.isascii() and text.is_han(cell)
    if han:
        found = [family(name) for name in split(text.simplified(cell))]
        return People(found[0], " ".join(sorted(set(found) - {""}))) if found else NOBODY
    if cell.rstrip(" .").endswith(("al", "others")):
        cell = _ET_AL.sub("", cell)
    heads = split(cell[:_FIRST])
    if not heads:
        return NOBODY
    first = family(heads[0])
    if ";" in cell or " and " in cell or cell.count(",") == 1:
        cell = _GIVEN.sub(" ", cell)
    elif "," not in cell:
        cell = _SEAM.sub(" ", cell)
    upper = cell.isupper()
    words = {word.lower() for word in _WORD.findall(cell) if upper or len(word) > 3 or not word.isupper()}
    families = words if cell.isascii() else {text.bare(word) for word in words}
    return People(first or " ".join(sorted(families)), " ".join(sorted(families)) or first)


def split(cell: str) -> list[str]:
    """The persons of a list, each as written."""
    if not cell.isascii():
        cell = _ET_AL.sub("", text.fold(cell))
    if ";" in cell:
        return [name for name in cell.split(";") if name.strip()]
    if "\n" in cell:
        return [name for name in cell.split("\n") if name.strip()]
    if " and " in cell or " & " in cell or " AND " in cell:
        return [part for name in _AND.split(cell) for part in _comma_list(name)]
    if "、" in cell:
        return cell.split("、")
    if "," in cell:
        return _comma_list(cell)
    if text.is_han(cell):
        return cell.split()
    glued = _GLUED.split(cell)
    return [name for name in glued if name.strip()]


def _comma_list(cell: str) -> list[str]:
    """``Wang DX, Li X`` is two persons, ``Wang, Dong Xia`` one; Chinese names between commas are one each."""
    parts = [part.strip() for part in cell.split(",") if part.strip()]
    if len(parts) > 2 or text.is_han(cell) or (len(parts) == 2 and all(" " in part for part in parts)):
        if (
            len(parts) > 2
            and len(parts) % 2 == 0
            and not any(" " in part for part in parts[::2])
            and _given(parts[1::2])
        ):
            return [f"{parts[i]}, {parts[i + 1]}" for i in range(0, len(parts), 2)]
        return parts
    return [cell]


def _given(parts: list[str]) -> bool:
    return all(_INITIALS.fullmatch(part.replace(" ", "")) for part in parts)


def family(name: str) -> str:
    """The family of one person in bare letters; of a name whose order can't be told, all of its longer words."""
    before, comma, _ = name.partition(",")
    if comma and before.strip():
        return _letters(before)
    if text.is_han(name):
        return "".join(c for c in name if c.isalpha())
    words = _SUFFIX.sub(" ", name).split()
    plain = [word for word in words if not _INITIALS.fullmatch(word)]
    if not plain:
        return _letters(name)
    return _letters(" ".join(plain))


def _letters(name: str) -> str:
    folded = text.bare(name) if not name.isascii() else name.lower()
    found = _NOT_LETTER.sub(" ", folded).replace("-", " ").split()
    return " ".join(word for word in found if len(word) > 1) or " ".join(found)
