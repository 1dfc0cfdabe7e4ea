"""Which design a report states, by the built-in classifiers of the screen room."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from winnow.extract.passage import Found, Passage


@cache
def _order() -> tuple[tuple[str, str, float], ...]:
    """``rules/designs.csv``: classifier, value, confidence; the first that holds counts."""
    text = resources.files("winnow.extract").joinpath("rules", "designs.csv").read_text(encoding="utf-8")
    return tuple(
        (row["criterion"], row["value"], float(row["confidence"])) for row in csv.DictReader(text.splitlines())
    )


def design(passage: Passage) -> list[Found]:
    """The design, at most one, with the words that say so; what a title says is surer than what an abstract says."""
    from winnow.screen.criteria import builtins
    from winnow.screen.documents import Document
    from winnow.screen.signals import MET, judge

    field = passage.source if passage.source in ("title", "original_title") else "abstract"
    document = Document({field: passage.tight})
    for criterion, value, confidence in _order():
        judged = judge(builtins()[criterion], document)
        if judged.verdict == MET and judged.span:
            sure = confidence if field != "abstract" else confidence - 0.05
            return [Found(judged.span.start, judged.span.end, criterion, sure, value)]
    return []
