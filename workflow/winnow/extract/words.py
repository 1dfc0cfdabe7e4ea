"""A passage as words and numbers, each word under the name of its class.

``rules/lexicon.csv`` says which words mean the same to a rule: *patients*, *women* and *subjects* are all ``PEOPLE``. A number is
``WHOLE`` or ``DECIMAL``; number words that belong together ("one hundred and twenty") are one number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from winnow import package_data
from winnow.extract import numbers
from winnow.extract.passage import Passage

#: Words first, since most of a text is words. The one group lets ``split`` hand back the words and the gaps between them.
_TOKEN = re.compile(r"([^\W\d_]+(?:'s)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+|\S)")
_DIGITS = frozenset("0123456789.")
#: Where ``13 388`` may stand.
_SPACED = re.compile(r"\d \d{3}(?!\d)")

#: The class of a word that stands neither in the lexicon nor in ``rules/common_words.txt``: names of drugs and diseases, mostly.
RARE = "RARE"
#: The class of a whole number, of one with decimals, and of what lies outside the sentence.
WHOLE, DECIMAL, EDGE = "WHOLE", "DECIMAL", "EDGE"
NUMERIC = frozenset((WHOLE, DECIMAL))


class Words(NamedTuple):
    """The words, signs and numbers of a passage in their order, side by side.

    ``tokens`` are as printed, in lower case; ``names`` their classes (or the token itself); ``starts`` and ``ends`` their places in
    the tight text. ``numbers`` has the value of each number by its index, in order; ``spelled`` the indices of those in words.
    """

    tokens: list[str]
    names: list[str]
    starts: list[int]
    ends: list[int]
    numbers: dict[int, float]
    spelled: frozenset[int]


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one list of ``rules/word_lists.csv``."""
    lists = {row["list"]: row["words"] for row in package_data.rows("extract/rules/word_lists.csv")}
    return frozenset(lists[name].split())


_NUMBER_WORDS = listed("number")


@cache
def lexicon() -> dict[str, str]:
    """The class of each word that has one."""
    return {
        word: row["class"] for row in package_data.rows("extract/rules/lexicon.csv") for word in row["words"].split()
    }


@cache
def common_words() -> frozenset[str]:
    """Words that abstracts of different fields share, and so are themselves to a rule."""
    return frozenset(package_data.text("extract/rules/common_words.txt").split())


@cache
def _names() -> dict[str, str]:
    return {word: word for word in common_words()} | lexicon()


def _name(token: str) -> str:
    """The class of what stands in no list."""
    if token[0] in _DIGITS and token != ".":
        return DECIMAL if "." in token else WHOLE
    return RARE if token.isalpha() else token


def words(passage: Passage) -> Words:
    """The words of a passage in their order."""
    text = passage.lower
    pieces = _TOKEN.split(text)
    edges = list(accumulate(map(len, pieces)))
    tokens, starts, ends = pieces[1::2], edges[:-1:2], edges[1::2]
    known = _names().get
    names = [known(token) or _name(token) for token in tokens]
    joined: list[tuple[int, int, float]] = []
    if not _NUMBER_WORDS.isdisjoint(tokens) or _SPACED.search(text):
        joined = _joined(text, tokens, names, starts, ends)
    values = {starts[first]: value for first, _, value in joined}
    for first, last, _ in reversed(joined):
        begin, end = starts[first], ends[last]
        tokens[first : last + 1], names[first : last + 1] = [text[begin:end]], [WHOLE]
        starts[first : last + 1], ends[first : last + 1] = [begin], [end]
    read = {
        index: values[starts[index]] if starts[index] in values else float(tokens[index].replace(",", ""))
        for index, name in enumerate(names)
        if name in NUMERIC
    }
    spelled = frozenset(index for index in read if tokens[index][0].isalpha()) if joined else frozenset()
    return Words(tokens, names, starts, ends, read, spelled)


def _joined(
    text: str, tokens: Sequence[str], names: list[str], starts: Sequence[int], ends: Sequence[int]
) -> list[tuple[int, int, float]]:
    """First and last token and value of each number in words or in spaced groups; a lone ``hundred`` is named RARE."""
    found: list[tuple[int, int, float]] = []
    following = 0
    for index, token in enumerate(tokens):
        if index < following:
            continue
        if token in _NUMBER_WORDS:
            last = _spelled(tokens, index)
            if (value := numbers.whole(text[starts[index] : ends[last]])) is None:
                names[index] = RARE
                continue
        elif names[index] == WHOLE and _spaced_group(text, tokens, starts, index):
            last = index + 1
            value = int(token + tokens[last])
        else:
            continue
        found.append((index, last, value))
        following = last + 1
    return found


def _spelled(tokens: Sequence[str], index: int) -> int:
    """The last token of the number in words that begins at ``index``."""
    last = index
    while last + 1 < len(tokens):
        token = tokens[last + 1]
        after = tokens[last + 2] if last + 2 < len(tokens) else ""
        if token in _NUMBER_WORDS and _continues(tokens[last], token):
            last += 1
        elif after in _NUMBER_WORDS and (
            (token == "-" and _continues(tokens[last], after))
            or (token in ("and", ",") and tokens[last] in ("hundred", "thousand"))
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


def _spaced_group(text: str, tokens: Sequence[str], starts: Sequence[int], index: int) -> bool:
    """Whether ``13 388`` stands here: one to three digits, one space, exactly three digits, no unit of its own."""
    if index + 1 >= len(tokens):
        return False
    token, following, start = tokens[index], tokens[index + 1], starts[index]
    end, after = start + len(token), starts[index + 1] + 3
    return (
        starts[index + 1] == end + 1
        and text[end] == " "
        and len(token) <= 3
        and token.isdecimal()
        and token[0] != "0"
        and len(following) == 3
        and following.isdecimal()
        and not (start and text[start - 1] in ".,/-")
        and not (after < len(text) and text[after] in ".%")
    )
