"""How a word may be spelled: British and American (``spelling.csv``), singular and plural, with and without a possessive.

Spellings that no language has do no harm, since no text holds them.
"""

from __future__ import annotations

import re
from functools import cache

from winnow import package_data


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    return tuple((row["british"], row["american"]) for row in package_data.rows("wording/spelling.csv"))


@cache
def _spelled() -> re.Pattern[str]:
    """What a word holds that is spelled in two ways."""
    return re.compile("|".join(re.escape(spelling) for pair in _pairs() for spelling in pair))


_ISE = re.compile(r"(?<=\w{3})([iy])[sz](?=(?:e|ed|es|er|ers|ing|ation|ations|ational)$)")


def either(piece: str) -> str:
    """A piece of a word with wildcards as an expression for both spellings."""
    expression = re.escape(piece)
    for british, american in _pairs():
        for spelling in (british, american):
            if spelling in expression:
                expression = expression.replace(spelling, f"(?:{british}|{american})")
                break
    return expression


def spellings(word: str) -> set[str]:
    """The word in British and American spelling, singular and plural, with and without a possessive."""
    found = {word}
    for british, american in _pairs() if _spelled().search(word) else ():
        if any(british in spelling or american in spelling for spelling in found):
            found |= {spelling.replace(british, american) for spelling in found}
            found |= {spelling.replace(american, british) for spelling in found}
    found |= {_ISE.sub(r"\g<1>s", spelling) for spelling in found} | {
        _ISE.sub(r"\g<1>z", spelling) for spelling in found
    }
    if "'" in word:
        found |= {spelling.replace("'", "") for spelling in found} | {spelling.split("'")[0] for spelling in found}
    return found.union(*(_numbers(spelling) for spelling in found))


def _numbers(word: str) -> set[str]:
    if len(word) < 3 or not word[-1].isalpha():
        return set()
    if word.endswith("is"):
        return {word[:-2] + "es"}
    if word.endswith("ses") and len(word) > 5:
        return {word[:-2] + "is", word[:-1], word[:-2]}
    if word.endswith(("ss", "us", "x", "ch", "sh")):
        return {word + "es", word + "'s"}
    if word.endswith("ies") and len(word) > 4:
        return {word[:-3] + "y"}
    if word.endswith("s"):
        return {word[:-1], word[:-1] + "'s", word[:-2]} if word.endswith("xes") else {word[:-1], word[:-1] + "'s"}
    if word.endswith("y") and word[-2] not in "aeiou":
        return {word[:-1] + "ies", word + "'s"}
    return {word + "s", word + "'s", *({word + "es"} if word.endswith("o") else ())}
