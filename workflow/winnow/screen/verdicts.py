"""Reports and criteria in, one verdict per report and criterion out, each with the sentence that decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.screen.criteria import Criteria
from winnow.screen.documents import Document, Span
from winnow.screen.signals import judge

if TYPE_CHECKING:
    import pandas as pd

#: What rules read; people's notes, digests and the rest of the row never reach them.
READ = (
    "title", "original_title", "abstract", "keywords", "mesh", "publication_types", "language", "year",
)  # fmt: skip
_LONGEST = 600


def verdicts(reports: pd.DataFrame, criteria: Criteria, kept: reuse.Kept = reuse.NOTHING) -> pd.DataFrame:
    """The rules' verdicts.

    Args:
        reports: one row per report with ``record_id`` (or ``report_id``) and any of the bibliographic columns.
        criteria: the protocol.
        kept: what these criteria said of each text in an earlier run.

    Returns:
        Columns of ``tables.VERDICTS``: sorted by report, then in protocol order; ``quote`` is ``field[start:end]``,
        the sentence, heading or type that decided, and empty where there is no evidence.
    """
    import pandas as pd

    ids = reports["report_id" if "report_id" in reports.columns else "record_id"]
    fields = [name for name in READ if name in reports.columns]
    rows: list[tuple[str, ...]] = []
    for identifier, *cells in zip(ids.tolist(), *(reports[name].tolist() for name in fields), strict=True):
        said = kept.recall([*fields, *cells], partial(_judged, criteria, fields, cells))
        rows += [(identifier, *found) for found in said]
    table = pd.DataFrame(rows, columns=list(tables.VERDICTS), dtype=str)
    return table.sort_values("report_id", kind="stable", ignore_index=True)


def _judged(criteria: Criteria, fields: Sequence[str], cells: Sequence[str]) -> list[tuple[str, ...]]:
    """What each criterion says of one report: the columns of ``tables.VERDICTS`` after the report's id."""
    document = Document(dict(zip(fields, cells, strict=True)))
    found: list[tuple[str, ...]] = []
    for criterion in criteria:
        judged = judge(criterion, document)
        found.append((criterion.id, judged.verdict, judged.rule, *_quoted(document, judged.span)))
    return found


def _quoted(document: Document, span: Span | None) -> tuple[str, str, str, str]:
    if span is None:
        return "", "", "", ""
    sentence = document.sentence(span)
    if sentence.end - sentence.start > _LONGEST:
        sentence = span
    quote = document.text(sentence.field)[sentence.start : sentence.end]
    return sentence.field, quote, str(sentence.start), str(sentence.end)
