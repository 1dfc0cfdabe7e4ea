"""Raw text as one clean line or as a list of them: what every kind of value goes through."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_LIST = re.compile(r"[;；]+")


def clean(value: str) -> str:
    """One line of text: entities resolved once, control characters dropped, white space single."""
    if value.isprintable():
        if "  " not in value and "&" not in value:
            return value.strip()
    else:
        value = _CONTROL.sub("", value)
    if "&" in value:
        value = _CONTROL.sub("", _ENTITY.sub(lambda found: html.unescape(found.group()), value))
    return " ".join(value.split())


def listed(value: str) -> list[str]:
    """The parts of a value that semicolons part (``;``, ``;;`` or ``；``)."""
    value = clean(value)
    if ";" not in value and "；" not in value:
        return [value] if value else []
    return [part for part in (piece.strip() for piece in _LIST.split(value)) if part]
