"""The people of a record, as their source writes them: ``Family, Given`` where that is plain, else as it stands."""

from __future__ import annotations

import re

from winnow.records.cleaning import clean, listed

_COMMA = re.compile(r"[,，、]")
_HAN_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]{1,5}(?:[·•・][\u4e00-\u9fff·•・]{1,12})?")
_INITIALS = re.compile(r"([^\W\d_][^,]*?) ((?:[A-Z](?:\.-?|-)?){1,4})(,? (?:Jr|Sr|II|III|2nd|3rd)\.?)?")
_SCOPUS_ID = re.compile(r" \(\d{6,}\)")


def name(value: str) -> str:
    """One person: ``Wang DX`` as ``Wang, DX``; every other spelling as it stands."""
    value = clean(value).strip(" ;,，；").replace(";", ",")
    found = _INITIALS.fullmatch(value) if " " in value and "," not in value else None
    return f"{found.group(1)}, {found.group(2)}{found.group(3) or ''}" if found else value


def one_name(value: str) -> list[str]:
    """A value that is one person or body, whatever signs are in it."""
    return [one] if (one := name(value)) else []


def names(value: str) -> list[str]:
    """People parted by semicolons, or by commas where every part is a Han name."""
    if value.isascii() and ";" not in value:
        return one_name(value)
    found = []
    for piece in listed(value):
        parts = [part.strip() for part in _COMMA.split(piece)] if "，" in piece or "、" in piece or "," in piece else []
        parts = [part for part in parts if part]
        if len(parts) > 1 and all(_HAN_NAME.fullmatch(part.replace(" ", "")) for part in parts):
            found.extend(parts)
        elif one := name(piece):
            found.append(one)
    return found


def names_and(value: str) -> list[str]:
    """People parted by ``and``."""
    return [one for piece in re.split(r"\s+and\s+", value) for one in names(piece)]


def table_names(value: str) -> list[str]:
    """People in one cell: parted by ``;``, ``|`` or `` and ``; by commas where each part is a whole name (``Wang DX, Li M``)."""
    value = _SCOPUS_ID.sub("", clean(value))
    if value.count(".") == 1 and ";" not in value:
        value = value.removesuffix(".")  # PubMed ends the list of authors with a full stop
    if ";" in value or "；" in value:
        return names(value)
    if "|" in value:
        return [one for piece in value.split("|") if (one := name(piece))]
    if " and " in value:
        return names_and(value)
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if len(parts) > 1 and all(" " in part for part in parts):
        return [name(part) for part in parts]
    return names(value)
