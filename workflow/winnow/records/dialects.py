"""The tagged text formats: how each one starts a record, writes a tag and wraps a line.

One reader (:mod:`tagged`) reads them all; what sets them apart stands here and in ``tags.csv``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Matches nothing: what a dialect does not have.
NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Dialect:
    """One tagged text format.

    ``start`` matches the line that opens a record, tolerantly (odd spacing, leading blanks). ``tag`` matches a line with a
    tag of the usual shape, whether or not the tag is known; ``loose`` a line that counts only if its tag is known. Both have
    the groups tag and value. ``end`` closes a record. ``noise`` matches lines between records that are understood and hold
    nothing. ``several`` finds the places where one line holds the tag again. ``long`` is the tag of the abstract: inside it
    only known tags count, and those of ``once`` only once. ``line_values``: see
    :func:`winnow.records.mapping.mapped`. ``fixed`` and ``indent`` only make reading fast: the width of a tag and the sign
    after it where they never vary, and what a wrapped line begins with.
    """

    id: str
    label: str
    start: re.Pattern[str]
    tag: re.Pattern[str]
    loose: re.Pattern[str] = NOTHING
    end: re.Pattern[str] = NOTHING
    noise: re.Pattern[str] = NOTHING
    several: re.Pattern[str] = NOTHING
    long: str = ""
    once: frozenset[str] = frozenset()
    line_values: frozenset[str] = frozenset()
    fixed: tuple[int, str] = (0, "")
    indent: str = ""
    variants: tuple[tuple[str, str, str, re.Pattern[str]], ...] = field(default=())


DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        id="ris",
        label="RIS",
        fixed=(2, "  - "),
        start=re.compile(r"\s*TY(?: {1,3}- {0,3}| ?- {1,3}|-$)(?=[A-Za-z ]{0,30}$)"),
        tag=re.compile(r"([A-Z][A-Z0-9])  ?- ?(.*)"),
        loose=re.compile(r"\s*([A-Z][A-Z0-9])(?: {1,3}- {0,3}| ?- {1,3})(.*)"),
        end=re.compile(r"\s*ER {0,3}-\s*$"),
        noise=re.compile(
            r"\s*(?:\d+[.)]?|<\s*\d+\s*>|Record #\d+ of \d+|(?:Provider|Content|Database|Search)\s*:.*)\s*"
        ),
        line_values=frozenset({"names", "list", "issn", "type", "language"}),
        variants=(
            ("ris-winnow", "winnow", "DP", re.compile(r"winnow$")),
            ("ris-scopus", "Scopus", "UR", re.compile(r"https?://www\.scopus\.com/")),
            ("ris-embase", "Embase", "U2", re.compile(r"L\d{6,}")),
        ),
    ),
    Dialect(
        id="medline",
        label="PubMed (MEDLINE)",
        fixed=(4, "- "),
        indent=" " * 6,
        start=re.compile(r"\s*PMID ?- ?(?=\d|\s*$)"),
        tag=re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)"),
        noise=re.compile(r"\s*\d+[.:]?\s*"),
        variants=(("medline-winnow", "winnow", "OWN", re.compile(r"winnow$")),),
    ),
    Dialect(
        id="refworks",
        label="RefWorks (CNKI)",
        start=re.compile(r"\s*RT (?=[A-Z][a-z])"),
        tag=re.compile(r"([A-Z][A-Z0-9]|vo|URL|PMID)(?: (.*))?$"),
        loose=re.compile(r"(A[1-6])(\S.*)"),
        long="AB",
        once=frozenset({"T1", "JF", "YR", "IS", "vo", "OP", "SP", "A1", "AD", "SR", "AB", "FD"}),
    ),
    Dialect(
        id="endnote",
        label="EndNote %0 (CNKI)",
        start=re.compile(r"\s*%0(?=\s|[A-Z])"),
        tag=re.compile(r"\s*%([0-9A-Z@+?~&!#$^<>()\[\]*]) ?(.*)"),
        noise=re.compile(r"\s*PageCount-页码.*"),
        several=re.compile(r"(?=%A(?=\s*\S))"),
        long="X",
        line_values=frozenset({"list"}),
    ),
    Dialect(
        id="noteexpress",
        label="NoteExpress (CNKI, Wanfang, VIP, CMA)",
        start=re.compile(r"\s*\{(?:Reference Type|RT)\}\s*[:：]"),
        tag=re.compile(r"\s*\{([^{}]{1,40})\}\s*[:：] ?(.*)"),
        long="Abstract",
    ),
    Dialect(
        id="estudy",
        label="CNKI E-Study",
        start=re.compile(r"\s*DataType\s*[:：]"),
        tag=NOTHING,
        loose=re.compile(r"\s*([A-Z][A-Za-z]{2,14})(?:-[^\x00-\x7f:：]{1,12})?\s*[:：] ?(.*)"),
        long="Summary",
        once=frozenset({"Title", "Author", "Source", "Year", "Period", "Roll", "Page", "PageCount", "Link", "Organ"}),
    ),
    Dialect(
        id="cochrane",
        label="Cochrane Library text",
        start=re.compile(r"\s*ID: ?(?=C[ND]-?\d)"),
        tag=re.compile(r"([A-Z]{2,3}): ?(.*)"),
        noise=re.compile(r"\s*Record #\d+ of \d+\s*"),
        long="AB",
        once=frozenset({"TI", "SO", "YR", "VL", "NO", "PG", "DOI", "AB", "US"}),
        line_values=frozenset({"names"}),
    ),
    Dialect(
        id="wos",
        label="Web of Science",
        start=re.compile(r"\s*PT [JBSPC]\s*$"),
        tag=re.compile(r"([A-Z][A-Z0-9])(?: (.*))?$"),
        end=re.compile(r"(?:ER|EF)\s*$"),
        noise=re.compile(r"(?:FN|VR) .*|EF\s*"),
        line_values=frozenset({"name", "group"}),
    ),
)

BY_ID = {dialect.id: dialect for dialect in DIALECTS}

#: Tags that start a record in some dialect; a line with one of them is always looked at as a start.
START_TAGS = frozenset({"TY", "PMID", "RT", "0", "Reference Type", "DataType", "PT", "ID"})
