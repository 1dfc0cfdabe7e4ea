"""Numbers as people print them: ``1,009``, ``13 388``, ``Fifty-three``, ``one hundred and twenty``, ``三十二``."""

from __future__ import annotations

import re

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_HAN = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10000}

_small = "|".join(sorted(_UNITS, key=len, reverse=True))
_tens = "|".join(sorted(_TENS, key=len, reverse=True))
_below_hundred = rf"(?:(?:{_tens})(?:[- ](?:{_small}))?|{_small})"

#: A number in words, up to the thousands.
WORDS = (
    rf"(?:(?:{_small}|a)[ -](?:hundred|thousand)(?:(?:,? and |,? |-){_below_hundred}(?:[ -]hundred)?"
    rf"(?:(?: and | ){_below_hundred})?)?|{_below_hundred})"
)
#: A whole number in digits; groups of three may be set apart by a comma, a space or (continental) a stop.
DIGITS = r"(?:\d{1,3}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+(?!\d)|\d+)"
#: A whole number in digits or words.
WHOLE = rf"(?:{DIGITS}|{WORDS})"
#: A number that may have decimals.
DECIMAL = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
#: A number in Chinese numerals or digits; never the end of one ("卅六"), of a guess ("几十", "数百") or of a share ("三分之一").
#: What is counted may end in 数 itself ("例数").
HAN = (
    r"(?<!分之)(?:(?<!\d)\d+"
    r"|(?<![零〇一二两三四五六七八九十百千万亿廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟几])(?<!(?<![例人总次个天])数)"
    r"[零〇一二两三四五六七八九十百千万]+)"
)
#: Two numerals side by side are a guess ("七八", "三四十").
_GUESS = re.compile("[一二两三四五六七八九]{2}")


def whole(printed: str) -> int | None:
    """The whole number that is printed, or None if it is none.

    >>> whole("1,009"), whole("Fifty-three"), whole("one hundred and twenty"), whole("三十二"), whole("二〇五"), whole("三四十")
    (1009, 53, 120, 32, 205, None)
    """
    plain = printed.strip().lower()
    digits = re.sub(r"[ ,]", "", plain)
    if digits.isascii() and digits.isdigit():
        return int(digits)
    if plain and all(sign in _HAN or sign in _HAN_PLACES for sign in plain):
        return _han(plain)
    return _words(re.findall(r"[a-z]+", plain))


def _han(signs: str) -> int | None:
    if _GUESS.search(signs):
        return None
    if len(signs) > 1 and all(sign in _HAN for sign in signs):
        return int("".join(str(_HAN[sign]) for sign in signs))  # digit by digit, as in a year
    total = current = section = 0
    for sign in signs:
        if sign in _HAN:
            current = _HAN[sign]
        elif sign == "万":
            total += (section + current) * 10000
            section = current = 0
        else:
            section += (current or 1) * _HAN_PLACES[sign]
            current = 0
    return total + section + current


def _words(words: list[str]) -> int | None:
    total = current = 0
    known = False
    for word in words:
        if word in _UNITS or word in _TENS:
            current += _UNITS.get(word) or _TENS[word]
            known = True
        elif word == "a" and not known:
            current = 1
        elif word in ("hundred", "thousand") and current:
            current *= 100 if word == "hundred" else 1000
            known = True
            if word == "thousand":
                total, current = total + current, 0
        elif word != "and":
            return None
    return total + current if known else None


def decimal(printed: str) -> str:
    """Digits as a plain number: no separators, no leading or trailing bareness (``.50`` gives ``0.50``)."""
    digits = re.sub(r"[ ,]", "", printed)
    return f"0{digits}" if digits.startswith(".") else digits


def shown(number: float) -> str:
    """A computed number without trailing zeros, at most four decimals."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
