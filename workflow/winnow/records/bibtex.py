"""BibTeX, by bibtexparser's splitter, one entry at a time so that a broken one doesn't take the rest along.

Braces are dropped and the accents of LaTeX resolved; nothing else of LaTeX is run, because exporters that know no LaTeX write
``50%`` and ``p_1`` as they are.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence

from winnow.records.mapping import Entry, known_tags
from winnow.records.reading import Opened, Reading

_START = re.compile(r"\s*@\s*([A-Za-z][A-Za-z_-]*)\s*[{(]")
_NO_RECORD = frozenset(("comment", "string", "preamble"))
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
}  # fmt: skip
_SIGNS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "textendash": "–", "textemdash": "—",
    "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”", "textregistered": "®",
    "texttrademark": "™", "textdegree": "°", "textmu": "µ", "textpm": "±", "ldots": "…", "dots": "…", "textbackslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textbar": "|", "textless": "<", "textgreater": ">", "alpha": "α",
    "beta": "β", "gamma": "γ", "delta": "δ", "kappa": "κ", "mu": "µ", "pm": "±", "leq": "≤", "geq": "≥", "times": "×",
}  # fmt: skip
_ACCENTED = (
    r"""\\(?P<accent>[`'^~=."]|[uvHrdck](?![A-Za-z]))\s*"""
    r"""(?:\{\s*(?P<braced>\\[ij]|[^\W\d_])\s*\}|(?P<bare>\\[ij](?![A-Za-z])|[^\W\d_]))"""
)
_SIGN = r"\\(?P<sign>" + "|".join(sorted(_SIGNS, key=len, reverse=True)) + r")(?:\{\}|(?![A-Za-z])[ ]?)"
_ESCAPED = r"\\(?P<escaped>[&%$#_{} ,;!/-])"
_WRAPPED = (
    r"\\(?P<wrapped>textit|textbf|emph|textsc|textrm|textsuperscript|textsubscript|url|href|enquote|mathrm|text)\b\s*"
)
_LATEX = re.compile(f"{_ACCENTED}|{_SIGN}|{_ESCAPED}|{_WRAPPED}|(?P<brace>[{{}}])")
_PARAGRAPH = re.compile(r"\n\s*\n")
#: A line that starts a field.
_FIELD = re.compile(r"[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*(.*)")


def recognised(opened: Opened) -> bool:
    """Whether an entry starts a line near the beginning, with a comma after its key."""
    return bool(re.search(r"(?m)^[ \t]*@[ \t]*[A-Za-z][A-Za-z_-]*\s*[{(][^,{}\n]*,", opened.head))


def read(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each ``@type{...}`` but comments, strings and preambles; strings are replaced by their meaning."""
    strings: dict[str, str] = {}
    chunk: list[str] = []
    first = 0
    for number, line in enumerate(opened.text.lines(), start=1):
        if _START.match(line):
            yield from _entry(chunk, first, reading, strings)
            chunk, first = [line], number
        elif first:
            chunk.append(line)
            reading.inside(line)
        elif line.strip() and not line.lstrip().startswith("%"):
            reading.stray(number, line)
    yield from _entry(chunk, first, reading, strings)


def _entry(lines: list[str], first: int, reading: Reading, strings: dict[str, str]) -> Iterator[Entry]:
    if not lines:
        return
    from bibtexparser.model import Entry as Block
    from bibtexparser.model import String
    from bibtexparser.splitter import Splitter

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it remarks on, the report says
    while not lines[-1].strip():
        lines.pop()
    raw = "\n".join(lines)
    kind = _START.match(lines[0])
    if kind and kind.group(1).lower() not in _NO_RECORD:
        reading.starts["bibtex"] += 1
    entry = Entry("bibtex", first, first + len(lines) - 1, raw=raw)
    for block in Splitter(raw).split().blocks:
        whole = getattr(block, "ignore_error_block", None) or block  # a field given twice: the entry itself is whole
        if isinstance(whole, String):
            strings[whole.key.lower()] = _unquoted(str(whole.value), strings)
        elif isinstance(whole, Block):
            fields = [(str(field.key), str(field.value)) for field in whole.fields]
            yield _filled(entry, str(whole.entry_type), fields, reading, strings)
            return
    if kind and kind.group(1).lower() not in _NO_RECORD:
        reading.problems.append(f"the entry on line {first} has unbalanced braces or quotes; read field by field")
        yield _filled(entry, kind.group(1), _by_line(lines[1:]), reading, strings)


def _filled(entry: Entry, kind: str, fields: list[tuple[str, str]], reading: Reading, strings: dict[str, str]) -> Entry:
    entry.values.append(("entrytype", [kind]))
    for key, given in fields:
        tag = key.lower().replace(" ", "-")
        if tag == "winnow-id":
            entry.variant = "bibtex-winnow"
        elif tag not in known_tags("bibtex") and tag not in known_tags("bibtex-winnow"):
            reading.unknown_tags[tag] += 1
        value = _unquoted(given, strings)
        parts = _people(value) if tag == "author" else _PARAGRAPH.split(value)
        entry.values += [(tag, plain(part).split("\n")) for part in parts]
    return entry


def _people(value: str) -> list[str]:
    """The names of a list; an ``and`` inside braces belongs to a name (``{Ministry of Health and Welfare}``).

    ``and others`` at the end is BibTeX's et al. and nobody's name.
    """
    value = " ".join(value.split())
    people, depth, start = [], 0, 0
    for found in re.finditer(r"\\.|[{}]| and ", value):
        sign = found.group()
        depth += (sign == "{") - (sign == "}")
        if depth <= 0 and sign == " and ":
            people.append(value[start : found.start()])
            start = found.end()
    last = value[start:]
    return people if people and last == "others" else [*people, last]


def _by_line(lines: Sequence[str]) -> list[tuple[str, str]]:
    """The fields of an entry whose braces don't match: each goes up to the next line that starts one."""
    fields: list[tuple[str, str]] = []
    for line in lines:
        if found := _FIELD.match(line):
            fields.append((found.group(1), found.group(2)))
        elif fields and line.strip() not in ("}", ")"):
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
    return [(key, value.strip().rstrip(",").strip('{}" ')) for key, value in fields]


def _unquoted(value: str, strings: dict[str, str]) -> str:
    """A value without its outer braces or quotes; ``a # "b"`` joined, names of strings replaced."""
    parts, depth, start, quoted = [], 0, 0, False
    for found in re.finditer(r"\\.|[{}\"#]", value, re.DOTALL):
        sign = found.group()
        depth += (sign == "{") - (sign == "}")
        quoted ^= sign == '"' and depth == 0
        if sign == "#" and depth == 0 and not quoted:
            parts.append(value[start : found.start()])
            start = found.end()
    parts.append(value[start:])
    return "".join(_part(part.strip(), strings) for part in parts)


def _part(part: str, strings: dict[str, str]) -> str:
    if len(part) > 1 and (part[0], part[-1]) in (("{", "}"), ('"', '"')):
        return part[1:-1]
    return strings.get(part.lower(), part)


def plain(value: str) -> str:
    """The text that LaTeX would print: accents and signs resolved, braces gone."""
    return _LATEX.sub(_printed, value) if "{" in value or "\\" in value or "}" in value else value


def _printed(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts["accent"]:
        letter = (parts["braced"] or parts["bare"]).lstrip("\\")
        return unicodedata.normalize("NFC", letter + _ACCENTS[parts["accent"]])
    if parts["sign"]:
        return _SIGNS[parts["sign"]]
    escaped = parts["escaped"] or ""
    return "" if escaped in ("/", "!") else escaped
