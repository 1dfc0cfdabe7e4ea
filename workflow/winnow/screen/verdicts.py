"""Reports and criteria in, one verdict per report and criterion out, each with the sentence that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winnow import tables
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


def verdicts(reports: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    """The rules' verdicts.

    Args:
        reports: one row per report with ``record_id`` (or ``report_id``) and any of the bibliographic columns.
        criteria: the protocol.

    Returns:
        Columns of ``tables.VERDICTS``: sorted by report, then in protocol order; ``quote`` is ``field[start:end]``,
        the sentence, heading or type that decided, and empty where there is no evidence.
    """
    import pandas as pd

    ids = reports["report_id" if "report_id" in reports.columns else "record_id"]
    fields = [name for name in READ if name in reports.columns]
    rows: list[tuple[str, ...]] = []
    for identifier, *cells in zip(ids.tolist(), *(reports[name].tolist() for name in fields), strict=True):
        document = Document(dict(zip(fields, cells, strict=True)))
        for criterion in criteria:
            judged = judge(criterion, document)
            rows.append((identifier, criterion.id, judged.verdict, judged.rule, *_quoted(document, judged.span)))
    table = pd.DataFrame(rows, columns=list(tables.VERDICTS), dtype=str)
    return table.sort_values("report_id", kind="stable", ignore_index=True)


def _quoted(document: Document, span: Span | None) -> tuple[str, str, str, str]:
    if span is None:
        return "", "", "", ""
    sentence = document.sentence(span)
    if sentence.end - sentence.start > _LONGEST:
        sentence = span
    quote = document.text(sentence.field)[sentence.start : sentence.end]
    return sentence.field, quote, str(sentence.start), str(sentence.end)
