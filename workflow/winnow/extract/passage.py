"""A piece of text as extractors read it, and the way back to what was printed.

Corpora and PDF text layers print "0 . 5 mg / kg" and "( n = 20 )"; Chinese text has full-width digits and signs. Rules are
written once, for "0.5 mg/kg": they read :attr:`Passage.tight`, where such spaces are closed, signs are half-width and
Chinese characters simplified, and every finding is handed back as offsets of the text as it was received.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from winnow.text import CHINESE_STOP, is_han, simplified

#: Signs and the half-width or plain form that rules read; most texts have few of them.
_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    "\u3000": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\n": " ", "\r": " ", "\t": " ",
    "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-",
    "\u301c": "~", "\u2019": "'", "\u00b7": ".", "\u2215": "/",
}  # fmt: skip
_WIDE = re.compile("[" + re.escape("".join(_WIDTH)) + "]")

#: Text is taken for tokenised if commas or stops stand alone this often.
_ALONE = re.compile(r" [.,](?<=\w [.,])(?= )")
_MANY = 3

#: Spaces that a tokeniser put in (each pattern matches just the space; the searches are fast since it comes first).
_CLOSED = re.compile(
    r"""[ ](?:
      (?<=\d[ ])(?=\.[ ]\d)          # 0 . 5
    | (?<=\d[ ]\.[ ])(?=\d)
    | (?<=\d[ ])(?=,[ ]\d{3}\b)      # 1 , 009
    | (?<=\d[ ],[ ])(?=\d{3}\b)
    | (?=[.,;:)\]%!?'])              # before a closing sign
    | (?<=[(\[][ ])                  # after an opening one
    | (?<=\w[ ])(?=-[ ]\w)           # 28 - week
    | (?<=\w[ ]-[ ])(?=\w)
    | (?=/)                          # mg / dl, + / -
    | (?<=/[ ])
    )""",
    re.VERBOSE,
)

#: A text with so many Chinese characters is Chinese, whatever else it holds.
_CHINESE = 40
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]+")

#: Where a sentence may end, found fast; whether one does is looked up there.
_SIGN = re.compile(r"[.!?。！？；;]")
_STOP = re.compile(
    r"[.!?](?:[)\"'\]]+)?\s+(?=[A-Z0-9(\"'\[\u4e00-\u9fff])|[。！？；]|(?<=[\u4e00-\u9fff\d)%])[;!?]|" + CHINESE_STOP
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|et al|approx|ca|cf|dr|fig|figs|no|nos|st|mr|mrs|ms|inc|viz|resp|yrs|pts|sd)|\b[A-Z])$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """One finding of an extractor, in offsets of :attr:`Passage.tight`.

    ``value`` is what the table shows (empty: the phrase as printed), ``number`` and ``unit`` its normalised form, ``quoted`` the
    span that must be in the quote if it is wider than the value (a sum quotes all of its parts).
    """

    start: int
    end: int
    rule: str
    confidence: float
    value: str = ""
    number: str = ""
    unit: str = ""
    quoted: tuple[int, int] | None = None


class Passage:
    """One text (``source``: title, abstract, or where a full text stands)."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        #: What has been worked out from this text, kept for the next extractor that needs it.
        self.kept: dict[str, Any] = {}
        self.text = text
        # One sign for one sign: offsets stay as they are.
        width = _WIDE.sub(lambda sign: _WIDTH[sign.group()], text)
        if is_han(text):
            width = simplified(width)
        few = width.count(" . ") + width.count(" , ") < _MANY
        self.tokenised = not few and len(_ALONE.findall(width)) >= _MANY
        self._removed: list[int] = []
        if self.tokenised:
            self._removed = [match.start() for match in _CLOSED.finditer(width)]
            width = _CLOSED.sub("", width)
        self.tight = width
        #: :attr:`tight` in lower case, sign for sign.
        lowered = width.lower()
        if len(lowered) != len(width):
            # A few signs (the Turkish capital I with its dot) are two in lower case; they stay as they are.
            lowered = "".join(small if len(small := sign.lower()) == 1 else sign for sign in width)
        self.lower = lowered
        # How many signs of the text precede each removed space, in tight offsets.
        self._before = [place - index for index, place in enumerate(self._removed)]

    @cached_property
    def chinese(self) -> bool:
        """Whether the text is Chinese: fewer than two Latin words to a character. An English one may hold Chinese names."""
        han = sum(1 for _ in _HAN.finditer(self.tight))
        return han >= _CHINESE or 0 < 2 * han >= sum(1 for _ in _LATIN.finditer(self.tight))

    def original(self, place: int) -> int:
        """The offset in :attr:`text` of a sign of :attr:`tight`."""
        return place + bisect_right(self._before, place)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of :attr:`tight` as a span of :attr:`text`."""
        return self.original(start), self.original(end - 1) + 1

    def printed(self, start: int, end: int) -> str:
        """What was printed in a span of :attr:`tight`."""
        first, last = self.span(start, end)
        return self.text[first:last]

    @cached_property
    def _stops(self) -> list[int]:
        ends = []
        for sign in _SIGN.finditer(self.tight):
            match = _STOP.match(self.tight, sign.start())
            if match is None:
                continue
            if match.group()[0] == "." and _ABBREVIATED.search(self.tight, max(0, match.start() - 8), match.start()):
                continue
            ends.append(match.end())
        return ends

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """The spans of the sentences in :attr:`tight`, trailing spaces left out."""
        edges = [0, *self._stops, len(self.tight)]
        spans = []
        for start, end in itertools.pairwise(edges):
            body = self.tight[start:end]
            if stripped := body.strip():
                first = start + body.index(stripped[0])
                spans.append((first, first + len(stripped)))
        return spans

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The span of :attr:`tight`, in whole sentences, that holds ``start`` to ``end``."""
        starts = [first for first, _ in self.sentences]
        first = max(0, bisect_right(starts, start) - 1)
        last = max(first, bisect_right(starts, max(start, end - 1)) - 1)
        if not starts:
            return start, end
        return min(start, starts[first]), max(end, self.sentences[last][1])
