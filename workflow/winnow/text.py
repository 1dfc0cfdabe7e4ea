"""Text that must be compared: folding, keys and identifiers. Every function keeps all of Unicode.

What is shown is never changed here; a key is made beside it. ``①``, ``²`` and ``ER+`` keep what sets them apart, so whole-string
NFKC is not used.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

# Full-width forms, ideographic space, dashes, tildes and middle dots: the same sign typed in another width.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {
    0x3000: 0x20,
    0x00A0: 0x20,
    0x2212: 0x2D,
    0x2010: 0x2D,
    0x2011: 0x2D,
    0x2013: 0x2D,
    0x2014: 0x2D,
    0x301C: 0x7E,
}
_FOLD |= {0x2018: 0x27, 0x2019: 0x27, 0x201C: 0x22, 0x201D: 0x22, 0x2022: 0xB7, 0x30FB: 0xB7, 0xFF65: 0xB7}
# Letters that Unicode does not decompose but that people type without their mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})

_DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
_BARE_DOI = re.compile(r"10\.[0-9]{4,9}/[a-z0-9._()/-]*[a-z0-9]")
_PMID = re.compile(r"(?:pubmed:|pmid:?\s*)?0*(\d{1,9})", re.IGNORECASE | re.ASCII)
_DOI_ALONE = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d{4,9}/", re.IGNORECASE | re.ASCII)

#: A full stop that ends a Chinese sentence without a space, as Wanfang's abstracts do. One behind a letter or a whole number
#: (``1.方法``) ends none.
CHINESE_STOP = (
    r"(?:(?<![0-9A-Za-z])|(?<=[0-9][.．][0-9])|(?<=[0-9][.．][0-9]{2})|(?<=[0-9][.．][0-9]{3}))"
    r"[.．]\s*(?=[\u2460-\u2473\u3400-\u9fff])"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")


def fold(text: str) -> str:
    """Half-width forms and single spaces; every letter stays as it is."""
    return " ".join(text.translate(_FOLD).split())


def bare(text: str) -> str:
    """Lower case without diacritics (``Miyásaka`` becomes ``miyasaka``); letters of other scripts stay."""
    decomposed = unicodedata.normalize("NFD", fold(text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c) != "Mn")).translate(
        _LETTERS
    )


@lru_cache(maxsize=65536)
def title_key(title: str) -> str:
    """A title reduced to what identifies it: letters and digits of any script, ``+`` and ``-`` between letters dropped.

    Empty only if the title holds no letter and no digit.
    """
    return "".join(c for c in bare(title) if c.isalnum() or c in "+±")


def doi(text: str) -> str:
    """A bare lower-case DOI out of a URL, a ``doi:`` prefix or full-width signs; empty if there is none."""
    if not text or _BARE_DOI.fullmatch(text):
        return text
    from urllib.parse import unquote

    found = _DOI.search(unquote(text.translate(_FOLD)).strip())
    return found.group().rstrip(".,;)]>\"'").lower() if found else ""


@lru_cache(maxsize=1 << 17)
def same_id(identifier: str) -> str:
    """One spelling for the ways to write an id: a PMID as ``pubmed:<digits>``, a bare lower-case DOI, else as it is.

    Full-width signs are those of half width; figures of other scripts and raised ones are none, as in PubMed's own numbers.
    """
    word = identifier.strip()
    narrow = fold(word)
    if digits := _PMID.fullmatch(narrow):
        return f"pubmed:{digits.group(1)}"
    return doi(narrow) or word if _DOI_ALONE.match(narrow) else word


def is_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return bool(_HAN.search(text))


@cache
def _simplified() -> dict[int, int]:
    """Traditional Chinese characters and their simplified forms, one to one (OpenCC's table)."""
    import opencc

    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): ord(new) for old, new in zip(characters, simple, strict=True) if old != new and len(new) == 1}


def simplified(words: str) -> str:
    """Traditional characters as simplified ones, sign for sign."""
    return words.translate(_simplified())


@cache
def _alike() -> dict[str, str]:
    """For each simplified character that has other forms, all of them, itself included."""
    forms: dict[str, str] = {}
    for old, new in _simplified().items():
        forms[chr(new)] = forms.get(chr(new), chr(new)) + chr(old)
    return forms


def alike(character: str) -> str:
    """A Chinese character and every other that is simplified as it is (``随`` and ``隨``)."""
    simple = simplified(character)
    return _alike().get(simple, simple)


def first_page(pages: str) -> str:
    """The first page without leading zeros (``0472-5`` gives ``472``), lower case; empty if there is none."""
    found = re.match(r"\s*([A-Za-z]*)0*(\d+[A-Za-z]?)", fold(pages))
    return (found.group(1) + found.group(2)).lower() if found else ""


def counted(count: int, one: str) -> str:
    """How many there are, in words: ``1 record``, ``2 records``."""
    return f"{count} {one if count == 1 else one + 's'}"
