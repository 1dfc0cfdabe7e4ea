"""What is wrong with a PubMed strategy, found before anything is sent.

PubMed forgives: it drops phrases that it doesn't know, takes a truncated word out of its quotes, reads ``and`` as a word. Each
such kindness changes the search without notice, so here it is a fault, which stops the search unless the configuration
acknowledges it by name. What is legal but rarely meant is advice, which is recorded. search-query gives a second opinion,
without its advice that harms: it would rewrite ``NOT (animals[mh] NOT humans[mh])`` so that it deletes every human study.

Sources: PubMed User Guide (search field tags, truncation, proximity, Boolean operators).
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from winnow import package_data
from winnow.errors import ConfigError
from winnow.search.strategy import Line, Strategy

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*") | (?P<tag>\[[^\]]*\]) | (?P<open>\() | (?P<close>\)) | (?P<reference>\#\d+\b)
      | (?P<space>\s+) | (?P<word>[^\s()\[\]"]+) | (?P<stray>["\[\]])""",
    re.VERBOSE,
)
_OPERATORS = frozenset(("AND", "OR", "NOT"))
_CURLY = re.compile("[“”„‟«»＂]")
_WIDE = re.compile("[（）［］＃，：　＊]")
_PROXIMITY = re.compile(r"(?P<field>[^:]+):~(?P<distance>\d+)$")
_NOEXP = re.compile(r"(?P<field>[^:]+):noexp$")
#: A truncated word needs this many letters; PubMed drops the asterisk of a shorter one.
SHORTEST_STEM = 4

#: search-query's findings that count here. The others are found below, are a matter of taste, or harm (QUALITY_0004).
SECOND_OPINION = {
    "PARSE_0002": "parentheses are unbalanced",
    "PARSE_0003": "quotes are unbalanced",
    "PARSE_0004": "operators and terms don't follow each other",
}
#: Two dates with a tag each, as PubMed's website writes a range.
_RANGE = re.compile(r'"([\d/]+)"\[([^\]]+)\]\s*:\s*"([\d/]+)"\[\2\]', re.IGNORECASE)

Token = tuple[str, str]


@cache
def fields() -> dict[str, dict[str, str]]:
    """PubMed's search field tags in lower case, each with its field, its index (mesh, text) and whether it is a date."""
    return {row["tag"]: row for row in package_data.rows("search/fields.csv")}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one line; what stops the search may be acknowledged by ``name``."""

    where: str
    line: str
    what: str
    mend: str
    stops: bool

    @property
    def name(self) -> str:
        """How the configuration acknowledges it."""
        return f"Lint: {self.what}"

    @property
    def fault(self) -> ConfigError:
        """The finding as a fault."""
        return ConfigError(f"{self.line}: {self.what}", where=self.where, mend=self.mend)


def findings(strategy: Strategy) -> list[Finding]:
    """Everything found, line by line."""
    found: list[Finding] = []
    for line in strategy.lines:
        where = f"{strategy.where}:{line.at}"
        read = tokens(line.text)
        own = [Finding(where, line.label, what, mend, True) for what, mend in _line_faults(line)]
        own = own or _second_opinion(line, where)
        advice = [*_untagged(read), *([] if own else _mixed(read))]
        found += own + [Finding(where, line.label, what, mend, False) for what, mend in advice]
    used = {number for line in strategy.lines for number in line.references}
    for line in strategy.lines[:-1]:
        if line.number not in used:
            what = f"{line.label} is used by no other line, and the last line is the search"
            mend = "combine it, or make it a note (a hash and a blank before it)"
            found.append(Finding(f"{strategy.where}:{line.at}", line.label, what, mend, False))
    return found


def tokens(text: str) -> list[Token]:
    """The tokens of a line as (kind, text), blanks left out; a phrase of several bare words is several tokens."""
    return [
        (str(found.lastgroup), found.group()) for found in _TOKEN.finditer(text) if found.lastgroup != "space"
    ]  # fmt: skip


def _line_faults(line: Line) -> Iterator[tuple[str, str]]:
    text = line.text
    if found := _CURLY.search(text):
        yield f"typographic quotes ({found.group()})", 'type straight quotes: "'
    if found := _WIDE.search(text):
        yield f"a full-width sign ({found.group()})", "type it with the keyboard set to English"
    found_tokens = tokens(text)
    kinds = [kind for kind, _ in found_tokens]
    if text.count('"') % 2:
        yield "a quote is missing", "close every phrase"
    elif "stray" in kinds:
        yield "a bracket is missing", "write field tags as [tiab]"
    depth = 0
    for kind in kinds:
        depth += (kind == "open") - (kind == "close")
        if depth < 0:
            break
    if depth:
        yield "parentheses are unbalanced", "close what is opened"
    for position, (kind, words) in enumerate(found_tokens):
        before = found_tokens[position - 1] if position else ("", "")
        after = found_tokens[position + 1] if position + 1 < len(found_tokens) else ("", "")
        if kind == "tag":
            yield from _tag_faults(words[1:-1], before)
        elif kind == "quoted":
            yield from _phrase_faults(words)
        elif kind == "word":
            yield from _word_faults(words, before, after)


def _tag_faults(tag: str, before: Token) -> Iterator[tuple[str, str]]:
    name = tag.strip().lower()
    proximity, noexp = _PROXIMITY.match(name), _NOEXP.match(name)
    field = (proximity or noexp or {"field": name})["field"]
    known = fields().get(field)
    if known is None:
        yield f"PubMed has no field [{tag}]", "use a tag of the PubMed User Guide, such as [tiab] or [mh]"
    elif noexp and known["index"] != "mesh":
        yield f"[{tag}]: only MeSH terms can be left unexploded", "use [mh:noexp]"
    elif proximity and (known["field"] not in {"Title", "Title/Abstract", "Affiliation"} or before[0] != "quoted"):
        yield f"[{tag}]: proximity works on quoted words in [ti], [tiab] and [ad]", 'write "words here"[tiab:~3]'
    elif proximity and "*" in before[1]:
        yield f"[{tag}]: PubMed drops truncation in a proximity search", "spell the words out"
    if before[0] in {"", "open", "tag"} or (before[0] == "word" and before[1] in _OPERATORS):
        yield f"[{tag}] follows no term", "put the term before its tag"


def _phrase_faults(phrase: str) -> Iterator[tuple[str, str]]:
    if not phrase.strip('" '):
        yield "an empty phrase", "fill it or remove it"
    if "*" in phrase:
        yield (
            f"truncation inside quotes ({phrase})",
            f"write {phrase.strip(chr(34))} without quotes, or the phrases in full",
        )


def _word_faults(word: str, before: Token, after: Token) -> Iterator[tuple[str, str]]:
    if word.upper() in _OPERATORS and word not in _OPERATORS:
        ends = {"tag", "close", "reference", "quoted"}
        if before[0] in ends or after[0] in {"open", "reference", "quoted"}:
            yield f"'{word}' in small letters is a word to PubMed", f"write {word.upper()}"
    if "*" in word[:-1] or word == "*":
        yield f"truncation inside a word ({word})", "PubMed truncates only at the end of a word"
    elif word.endswith("*") and len(word) - 1 < SHORTEST_STEM:
        yield f"truncation after fewer than {SHORTEST_STEM} letters ({word})", "spell the words out"
    if "?" in word:
        yield f"'?' is no wildcard in PubMed ({word})", "spell the words out"


def _untagged(found: list[Token]) -> Iterator[tuple[str, str]]:
    """Terms without a field tag: PubMed would map them to whatever its vocabulary says that day."""
    term: list[str] = []
    for kind, words in [*found, ("end", "")]:
        operator = kind == "word" and words in _OPERATORS
        if kind in {"word", "quoted"} and not operator:
            term.append(words)
            continue
        if term and kind != "tag":
            yield (
                f"no field tag after '{' '.join(term)}'",
                "what PubMed makes of it changes from day to day: say [tiab], [mh], [tw] or [all]",
            )
        term = []


def _mixed(found: list[Token]) -> Iterator[tuple[str, str]]:
    """Different operators on one level, which PubMed applies from left to right; a final NOT is no riddle."""
    levels: list[list[str]] = [[]]
    for kind, words in [*found, ("close", ")")]:
        if kind == "open":
            levels.append([])
        elif kind == "word" and words in _OPERATORS:
            levels[-1].append(words)
        elif kind == "close":
            operators = levels.pop()
            kinds = set(operators[:-1] if operators[-1:] == ["NOT"] else operators)
            if len(kinds) > 1:
                yield f"{' and '.join(sorted(kinds))} on one level", "PubMed reads from left to right: add parentheses"


def _second_opinion(line: Line, where: str) -> list[Finding]:
    """search-query's view of a line, references standing as terms; silent where it can't read the line itself."""
    from search_query.linter import lint_query_string

    query = _RANGE.sub(r"\1:\3[\2]", line.text)
    query = re.sub(r":(noexp|~\d+)\]", "]", query, flags=re.IGNORECASE)
    query = re.sub(r"#(\d+)\b", r"line\1[tiab]", query)
    query = re.sub(r"\b(and|or|not)\b", "x", query)  # a word of a phrase; as operators they were found above
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            said = lint_query_string(query, platform="pubmed")
        except Exception:  # a fault of the second opinion is its own, not the strategy's
            return []
    codes = {str(message["code"]) for message in said if isinstance(message, dict)}
    mend = "put parentheses around each group, and an operator between terms"
    return [
        Finding(where, line.label, what, mend, True) for code, what in SECOND_OPINION.items() if code in codes
    ]  # fmt: skip
