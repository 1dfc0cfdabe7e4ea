"""Chinese and English records of one article: people and journals by the readings of their characters.

A surname is read as the table says (``surnames.csv``: 单 is shan, not dan), a given name in every reading that its characters have.
Names that do not follow pinyin (minorities, older spellings) match nothing; that is no proof of a difference, and no rule takes it
for one: such a pair goes to a person.
"""

from __future__ import annotations

import re
from functools import cache

from winnow import package_data, text
from winnow.deduplicate import journals, people

#: What the comparison of a Chinese list of authors with one in Latin letters can say.
CANNOT_TELL, NONE_SHARED, SOME_SHARED, SAME_FIRST, SAME_PEOPLE = range(5)

_BRACKETS = re.compile(r"[(\[〔【][^)\]〕】]*[)\]〕】]|杂志社|编辑部")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UMLAUT = {
    "lv": ("lv", "lu", "lyu"),
    "nv": ("nv", "nu", "nyu"),
    "lve": ("lve", "lue", "lyue"),
    "nve": ("nve", "nue", "nyue"),
}
#: The most people that are compared on each side.
_PEOPLE = 12


@cache
def _surnames() -> dict[str, tuple[str, ...]]:
    return {row["surname"]: tuple(row["readings"].split()) for row in package_data.rows("deduplicate/surnames.csv")}


@cache
def _journals() -> dict[str, frozenset[str]]:
    """Chinese journal: its English names, spaceless; those that pinyin does not reach."""
    named: dict[str, set[str]] = {}
    for row in package_data.rows("deduplicate/journals.csv"):
        named.setdefault(row["chinese"], set()).add("".join(journals.words(row["english"])))
    return {chinese: frozenset(english) for chinese, english in named.items()}


@cache
def readings(character: str) -> tuple[str, ...]:
    """Every reading of a character, without tones; ü also as it is typed."""
    import pypinyin

    found = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)
    return tuple(sorted({spelt for one in found[0] for spelt in _UMLAUT.get(one, (one,))}))


@cache
def _split(name: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """A name's readings: those of the surname, and those of each further character."""
    surname = name[:2] if len(name) > 2 and name[:2] in _surnames() else name[:1]
    read = _surnames().get(surname) or readings(surname)
    return read, tuple(readings(character) for character in name[len(surname) :])


def same_person(chinese: str, latin: str) -> bool:
    """Whether ``王晓伟`` can be ``Wang XW``, ``Xiao-wei WANG``, ``Wang, Xiaowei`` or ``Wang X``."""
    name = "".join(character for character in chinese if text.is_han(character))
    words = re.findall(r"[^\W\d_]+", text.bare(latin))
    if len(name) < 2 or not words:
        return False
    surnames, given = _split(name)
    for place, word in enumerate(words):
        rest = "".join(words[:place] + words[place + 1 :])
        if word in surnames and (not rest or _spells(rest, given)):
            return True
    whole = "".join(words)
    return any(whole.startswith(one) and _written_out(whole[len(one) :], given) for one in surnames)


def _spells(rest: str, given: tuple[tuple[str, ...], ...]) -> bool:
    """The given name written out, or the initials of its first characters."""
    if len(rest) <= len(given) and all(
        any(one[0] == letter for one in read) for letter, read in zip(rest, given, strict=False)
    ):
        return True
    return _written_out(rest, given)


def _written_out(rest: str, given: tuple[tuple[str, ...], ...]) -> bool:
    if not given:
        return not rest
    return any(rest.startswith(one) and _written_out(rest[len(one) :], given[1:]) for one in given[0])


@cache
def same_people(one: str, other: str) -> int:
    """How far two author lists agree, one of them in Chinese characters and the other in Latin letters."""
    chinese, latin = (one, other) if text.is_han(one) else (other, one)
    ours, theirs = people.split(text.simplified(chinese))[:_PEOPLE], people.split(latin)[:_PEOPLE]
    if not ours or not theirs:
        return CANNOT_TELL
    first = same_person(ours[0], theirs[0])
    shared = sum(any(same_person(name, spelt) for spelt in theirs) for name in ours)
    if first and shared >= 0.6 * min(len(ours), len(theirs)):
        return SAME_PEOPLE
    if first:
        return SAME_FIRST
    return SOME_SHARED if shared else NONE_SHARED


@cache
def _journal_key(name: str) -> str:
    return "".join(
        character for character in _BRACKETS.sub("", text.simplified(text.fold(name))) if character.isalnum()
    )


def same_journal(one: str, other: str) -> str:
    """``same``, ``alike``, ``different`` or ``unknown`` when a name is Chinese; empty when neither is."""
    if text.is_han(one) and text.is_han(other):
        a, b = _journal_key(one), _journal_key(other)
        if a == b:
            return "same" if a else "unknown"
        return "alike" if a and b and (a in b or b in a) else "different"
    if not text.is_han(one) and not text.is_han(other):
        return ""
    chinese, latin = (one, other) if text.is_han(one) else (other, one)
    key = _journal_key(chinese)
    words = journals.words(latin)
    if not key or not words:
        return "unknown"
    spaceless = "".join(words)
    whole = "".join(character for character in text.simplified(text.fold(chinese)) if character.isalnum())
    if _reads(key, spaceless) or _reads(whole, spaceless) or spaceless in _journals().get(key, frozenset()):
        return "same"
    if any(_reads(key, spaceless[:end]) for end in range(max(len(spaceless) - 12, 8), len(spaceless))):
        return "alike"
    return "different" if all(_is_syllables(word) for word in words) else "unknown"


def _reads(characters: str, spelt: str) -> bool:
    """Whether the letters are a reading of the characters, one syllable each."""
    ends = {0}
    for character in characters:
        read = readings(character) if text.is_han(character) else (character.casefold(),)
        ends = {end + len(one) for end in ends for one in read if spelt.startswith(one, end)}
        if not ends:
            return False
    return len(spelt) in ends


@cache
def _syllables() -> frozenset[str]:
    common = (
        "".join(_surnames())
        + "中华国医学杂志内外科妇产儿童神经皮肤性病风湿免疫临床实用现代药理研究报大北京上海南方广东四川省人民院"
    )
    common += (
        "血液肿瘤心管康复护理检验放射影像超声麻醉急救危重感染传染结核防治预防卫生公共营养食品口腔眼耳鼻喉头颈骨关节创伤"
    )
    return frozenset(one for character in common for one in readings(character))


def _is_syllables(word: str) -> bool:
    """Whether a word of a journal's name is one or more syllables of pinyin."""
    ends = {0}
    for _ in range(6):
        ends = {end + len(one) for end in ends for one in _syllables() if word.startswith(one, end)}
        if len(word) in ends:
            return True
    return False


def shared_numbers(one: str, other: str) -> int:
    """How many telling numbers (two digits and more, no years) two abstracts share: they read the same in every language."""
    return len(_telling(one) & _telling(other))


@cache
def _telling(abstract: str) -> frozenset[str]:
    found = _NUMBER.findall(text.fold(abstract))
    return frozenset(
        number for number in found if len(number) > 1 and not ("1900" <= number <= "2100" and len(number) == 4)
    )
