"""Reports and criteria in, one verdict per report and criterion out, each with the sentence that decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.screen import likeness
from winnow.screen.criteria import Criteria, load
from winnow.screen.documents import Document, Span
from winnow.screen.signals import MET, NOT_MET, UNCLEAR, judge

if TYPE_CHECKING:
    import pandas as pd

#: What rules read; people's notes, digests and the rest of the row never reach them.
READ = (
    "title", "original_title", "abstract", "keywords", "mesh", "publication_types", "language", "year",
)  # fmt: skip
_LONGEST = 600
_COUNTS = {MET: 1, NOT_MET: -1}


def verdicts(reports: pd.DataFrame, criteria: Criteria, kept: reuse.Kept = reuse.NOTHING) -> pd.DataFrame:
    """The rules' verdicts.

    Args:
        reports: one row per report with ``record_id`` (or ``report_id``) and any of the bibliographic columns.
        criteria: the protocol.
        kept: what these criteria said of each text in an earlier run.

    Returns:
        Columns of ``tables.VERDICTS``: sorted by report, then in protocol order; ``quote`` is ``field[start:end]``,
        the sentence, heading or type that decided, and empty where there is no evidence. What speaks against a report is
        unclear instead of not met where it is weak and the report reads like those that meet the criteria
        (:mod:`winnow.screen.likeness`).
    """
    import pandas as pd

    ids = reports["report_id" if "report_id" in reports.columns else "record_id"]
    fields = [name for name in READ if name in reports.columns]
    cells = list(zip(*(reports[name].tolist() for name in fields), strict=True)) or [()] * len(ids)
    once = {row: kept.recall([*fields, *row], partial(_judged, criteria, fields, row)) for row in dict.fromkeys(cells)}
    said = [once[row] for row in cells]  # databases overlap, so one text may stand in the table many times
    doubts: dict[int, str] = {}
    if criteria.together:
        shown = [index for index, name in enumerate(fields) if name in likeness.FIELDS]
        doubts = likeness.held_back(said, ("\n".join(row[index] for index in shown) for row in cells), criteria)
    rows: list[tuple[str, ...]] = []
    for position, (identifier, found) in enumerate(zip(ids.tolist(), said, strict=True)):
        doubt = doubts.get(position)
        rows += [(identifier, *(_doubted(row, doubt) if doubt else row)) for row in found]
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


def _doubted(row: Sequence[str], doubt: str) -> tuple[str, ...]:
    """The row with evidence that is not enough: unclear, with what was found and why it does not count."""
    criterion, verdict, rule, *place = row
    return (criterion, UNCLEAR, f"{rule}, but {doubt}", *place) if verdict == NOT_MET else tuple(row)


def balance(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """How many criteria each report meets, less those that it does not meet, by report; for ranking.

    Args:
        rows: with ``report_id`` and ``verdict``.
    """
    found: dict[str, int] = {}
    for row in rows:
        found[row["report_id"]] = found.get(row["report_id"], 0) + _COUNTS.get(row["verdict"], 0)
    return found


def met(reports: pd.DataFrame, path: Path | str) -> dict[str, int]:
    """The balance of each report by the criteria of a file; the rules are asked now.

    Raises:
        ConfigError, Faults: the criteria are at fault.
    """
    return balance(tables.rows(verdicts(reports, load(path))))


def _quoted(document: Document, span: Span | None) -> tuple[str, str, str, str]:
    if span is None:
        return "", "", "", ""
    sentence = document.sentence(span)
    if sentence.end - sentence.start > _LONGEST:
        sentence = span
    quote = document.text(sentence.field)[sentence.start : sentence.end]
    return sentence.field, quote, str(sentence.start), str(sentence.end)
