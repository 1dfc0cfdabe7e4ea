"""A passage as words and numbers, each word under the name of its class.

``rules/lexicon.csv`` says which words mean the same to a rule: *patients*, *women* and *subjects* are all ``PEOPLE``. A number is
``WHOLE`` or ``DECIMAL``; number words that belong together ("one hundred and twenty") are one number.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from winnow.extract import numbers
from winnow.extract.passage import Passage

#: Words first, since most of a text is words.
_TOKEN = re.compile(r"[^\W\d_]+(?:'s)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+|\S")
_NUMBER_WORDS = frozenset(
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fourty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
    ]
)
_DIGITS = frozenset("0123456789.")
_GROUP = re.compile(r"\d{3}")

#: The class of a word that stands neither in the lexicon nor in ``rules/common_words.txt``: names of drugs and diseases, mostly.
RARE = "RARE"
#: The class of a whole number, of one with decimals, and of what lies outside the sentence.
WHOLE, DECIMAL, EDGE = "WHOLE", "DECIMAL", "EDGE"


class Word(NamedTuple):
    """One word, sign or number: its span, its class (or itself in lower case), and its value if it is a number."""

    start: int
    end: int
    name: str
    number: float | None = None
    spelled: bool = False


@cache
def lexicon() -> dict[str, str]:
    """The class of each word that has one."""
    text = resources.files("winnow.extract").joinpath("rules", "lexicon.csv").read_text(encoding="utf-8")
    return {word: row["class"] for row in csv.DictReader(text.splitlines()) for word in row["words"].split()}


@cache
def common_words() -> frozenset[str]:
    """Words that abstracts of different fields share, and so are themselves to a rule."""
    text = resources.files("winnow.extract").joinpath("rules", "common_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def words(passage: Passage) -> list[Word]:
    """The words of a passage in their order."""
    text = passage.lower
    raw = [(*match.span(), match.group()) for match in _TOKEN.finditer(text)]
    class_of, common = lexicon().get, common_words()
    found: list[Word] = []
    add = found.append
    skip = 0
    for index, (start, end, token) in enumerate(raw):
        if index < skip:
            continue
        name = class_of(token)
        if name is not None:
            add(Word(start, end, name))
        elif token[0] in _DIGITS and (len(token) > 1 or token != "."):
            if index + 1 < len(raw) and raw[index + 1][2].isdigit() and _spaced_group(text, raw, index):
                end, skip = raw[index + 1][1], index + 2
                add(Word(start, end, WHOLE, float(text[start:end].replace(" ", ""))))
            else:
                add(Word(start, end, DECIMAL if "." in token else WHOLE, float(token.replace(",", ""))))
        elif token in _NUMBER_WORDS:
            last = _spelled(raw, index)
            end = raw[last][1]
            if (value := numbers.whole(text[start:end])) is not None:
                add(Word(start, end, WHOLE, value, True))
                skip = last + 1
            else:
                add(Word(start, raw[index][1], RARE))
        else:
            add(Word(start, end, token if token in common or not token.isalpha() else RARE))
    return found


def _spelled(raw: list[tuple[int, int, str]], index: int) -> int:
    """The last token of the number in words that begins at ``index``."""
    last = index
    while last + 1 < len(raw):
        token = raw[last + 1][2]
        if token in _NUMBER_WORDS and _continues(raw[last][2], token):
            last += 1
        elif (
            last + 2 < len(raw)
            and raw[last + 2][2] in _NUMBER_WORDS
            and (
                (token == "-" and _continues(raw[last][2], raw[last + 2][2]))
                or (token in ("and", ",") and raw[last][2] in ("hundred", "thousand"))
            )
        ):
            last += 2
        else:
            break
    return last


def _continues(before: str, after: str) -> bool:
    """Whether two number words make one number (``twenty three``, ``two hundred``), or are two (``two three``)."""
    if after in ("hundred", "thousand"):
        return True
    return before in ("hundred", "thousand") or (before.endswith("ty") and not after.endswith(("ty", "teen")))


def _spaced_group(text: str, raw: list[tuple[int, int, str]], index: int) -> bool:
    """Whether ``13 388`` stands here: one to three digits, one space, exactly three digits, no unit of its own."""
    (start, end, token), (next_start, next_end, following) = raw[index], raw[index + 1]
    return (
        next_start == end + 1
        and text[end] == " "
        and len(token) <= 3
        and token.isdigit()
        and token[0] != "0"
        and _GROUP.fullmatch(following) is not None
        and not (start and text[start - 1] in ".,/-")
        and not (next_end < len(text) and text[next_end] in ".%")
    )
