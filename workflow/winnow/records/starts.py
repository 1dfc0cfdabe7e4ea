"""Lines on which a record starts, in whatever format: for sniffing, and so that a record nobody reads is missed aloud."""

from __future__ import annotations

import re

from winnow.records.dialects import DIALECTS, Dialect

_BY_ID = {dialect.id: dialect for dialect in DIALECTS}
_TAGGED = re.compile("|".join(f"(?P<{dialect.id}>{dialect.start.pattern})" for dialect in DIALECTS))
#: What a tagged start line can begin with, white space apart: a quick test before the full one.
_SIGNS = frozenset("TPR%{DI")
#: Starts of formats that are no tagged text.
_OTHER = re.compile(
    r"\s*(?:@[A-Za-z]{3,20}\s*[{(][^,{}]{0,80},|<(?:Pubmed(?:Book)?Article|record|Trial|html|table)[\s>])"
)


def may_start(line: str) -> bool:
    """Whether the line begins with a sign that a start line begins with; most don't."""
    return line.lstrip()[:1] in _SIGNS or line.lstrip()[:1] in "@<"


def tagged_start(line: str) -> Dialect | None:
    """The dialect whose record starts on this line, if one does."""
    if line.lstrip()[:1] not in _SIGNS:
        return None
    found = _TAGGED.match(line)
    return _BY_ID[found.lastgroup or ""] if found else None


def other_start(line: str) -> bool:
    """Whether a record of a format that is no tagged text starts on this line."""
    return bool(_OTHER.match(line))


def any_start(line: str) -> bool:
    """Whether a record of any format starts on this line."""
    return tagged_start(line) is not None or other_start(line)
