"""A record as the page shows it: text cut into pieces, those that the rules went by marked; two records side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from winnow import text

#: What is shown below the title, in this order, where it is there.
FIELDS = ("original_title", "abstract", "keywords", "mesh", "publication_types", "language")
#: What two records are compared by.
COMPARED = (
    "title", "original_title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "language",
    "publication_types", "abstract",
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A run of text; ``marks`` says which criteria went by it and how (``Is it about teapots? met``), ``kind`` which way."""

    text: str
    marks: str = ""
    kind: str = ""


def pieces(field: str, content: str, verdicts: Iterable[Mapping[str, str]], asked: Mapping[str, str]) -> list[Piece]:
    """The text of a field cut at the quotes that lie in it. Joined, the pieces are the text again.

    A quote whose place does not hold it any more (the record changed since the rules ran) is not marked. ``asked`` is what stands
    before the verdict on each criterion.
    """
    spans = []
    for row in verdicts:
        if row["field"] == field and row["quote"] and row["start"].isdecimal() and row["end"].isdecimal():
            start, end = int(row["start"]), int(row["end"])
            if content[start:end] == row["quote"]:
                name = asked.get(row["criterion"], f"{row['criterion']}:")
                spans.append((start, end, f"{name} {row['verdict']}", row["verdict"]))
    cuts = sorted({0, len(content), *(start for start, *_ in spans), *(end for _, end, *_ in spans)})
    found = []
    for start, end in pairwise(cuts):
        over = [span for span in spans if span[0] <= start and end <= span[1]]
        marks = "; ".join(dict.fromkeys(span[2] for span in over))
        kind = "" if not over else "against" if any(span[3] == "not met" for span in over) else "for"
        found.append(Piece(content[start:end], marks, kind))
    return found


@dataclass(frozen=True)
class Compared:
    """One field of two records; ``differs`` only if both have it."""

    field: str
    one: str
    other: str
    differs: bool


def compared(one: Mapping[str, str], other: Mapping[str, str]) -> list[Compared]:
    """The fields of two records side by side; fields that neither has are left out."""
    found = []
    for name in COMPARED:
        a, b = one.get(name, ""), other.get(name, "")
        if a or b:
            found.append(Compared(name, a, b, bool(a and b) and text.title_key(a) != text.title_key(b)))
    return found
