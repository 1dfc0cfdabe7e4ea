"""The patterns that a form gives: regular expressions, searched without going over the same signs again and again.

Many patterns ask for a clause with certain words in it, ``[^.;]*\\bmuscle strength\\b[^.;]*``. Searched as it stands, the leading
run is tried anew from each sign of each clause, in time that grows with the square of the clause's length. But where such a pattern
matches from within a run it matches from the run's beginning too, and the earliest match is the one that counts. So beginnings of
runs are the only places where it is tried. The matches are those of ``re``, one for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Brackets that may open before the leading run, and the run: a class of signs, any number of times.
_LED = re.compile(r"(?P<open>(?:\((?:\?:|\?P<\w+>)?(?!\?))*)(?P<signs>\[\^?\]?(?:\\.|[^\]\\])*\])\*(?![+*])")
#: What a scan for alternatives must tell apart: an escaped sign, a class, a bracket, a bar.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
_QUANTIFIED = tuple("*+?{")
#: References to groups, and what the scan does not read: flags within the text, comments.
_BEYOND = re.compile(r"\\[1-9]|\(\?(?:P=|[(#aiLmsux-])")


class Pattern:
    """One regular expression, upper and lower case alike.

    Raises:
        re.error: the text is no regular expression.
    """

    def __init__(self, text: str) -> None:
        self._plain = re.compile(text, re.IGNORECASE)
        signs = _leading_run(text)
        self._led = re.compile(f"(?<!{signs}){text}", re.IGNORECASE) if signs else None
        #: The group that holds the value; all of the match if the pattern names none.
        self.group = "value" if "value" in self._plain.groupindex else 0

    def search_all(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in ``text``, from left to right, none within another: those of ``re.finditer``."""
        if self._led is None:
            yield from self._plain.finditer(text)
            return
        place = 0
        while match := self._plain.match(text, place) or self._led.search(text, place):
            if match.end() == match.start():
                yield from self._plain.finditer(text, place)  # after an empty match ``re`` goes on by rules of its own
                return
            yield match
            place = match.end()


def _leading_run(text: str) -> str:
    """The class of signs that every match begins with a run of, or nothing if the pattern is not of that kind."""
    led = _LED.match(text)
    if not led or _BEYOND.search(text):
        return ""
    depth = opened = led["open"].count("(")
    for part in _PART.finditer(text, led.end()):
        sign = part.group()
        if sign == "|" and depth <= opened:
            return ""
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth < opened and text.startswith(_QUANTIFIED, part.end()):
                return ""
            opened = min(opened, depth)
    return led["signs"]
