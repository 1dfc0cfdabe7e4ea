"""Reports and criteria in, one verdict per report and criterion out, each with the sentence that decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.screen import likeness
from winnow.screen.criteria import Criteria, load
from winnow.screen.signals import MET, NOT_MET, judge
from winnow.wording.documents import Batch, Document, Span

if TYPE_CHECKING:
    import pandas as pd

#: What rules read; people's notes, digests and the rest of the row never reach them.
READ = (
    "title", "original_title", "abstract", "keywords", "mesh", "publication_types", "language", "year",
)  # fmt: skip
_LONGEST = 600
#: So many reports are searched for phrases together, and so many characters: more need more memory, fewer more time.
_TOGETHER, _CHARACTERS = 2000, 4_000_000
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
    ids, fields, cells = _read(reports)
    once = _once(criteria, fields, list(dict.fromkeys(cells)), kept)
    said = [once[row] for row in cells]  # databases overlap, so one text may stand in the table many times
    return _settled(ids, fields, cells, said, criteria)


def reconsidered(
    reports: pd.DataFrame, found: Iterable[Mapping[str, str]], criteria: Criteria, anew: Collection[str] = ()
) -> pd.DataFrame:
    """The verdicts on these reports alone, from those on a table that held others too, or by another version of some criteria.

    What a report says is taken from ``found``; whether weak evidence is enough is asked anew, since it depends on the other
    reports of the table and on every criterion.

    Args:
        reports: as for :func:`verdicts`.
        found: rows of :func:`verdicts` on the same texts.
        criteria: the protocol.
        anew: the ids of the criteria that ``found`` does not follow from; these are judged from the text.

    Returns:
        As :func:`verdicts`.
    """
    ids, fields, cells = _read(reports)
    known = {
        (row["report_id"], row["criterion"]): likeness.undoubted([row[name] for name in tables.VERDICTS[1:]])
        for row in found
        if row["criterion"] not in anew
    }
    waiting: dict[tuple[str, ...], list[int]] = {}
    for position, identifier in enumerate(ids):
        open_ = tuple(name for name in criteria.ids if (identifier, name) not in known)
        if open_:
            waiting.setdefault(open_, []).append(position)
    fresh: dict[tuple[int, str], tuple[str, ...]] = {}
    for names, positions in waiting.items():
        part = Criteria(tuple(criterion for criterion in criteria if criterion.id in names))
        for position, rows in zip(positions, _judged(part, fields, [cells[at] for at in positions]), strict=True):
            fresh |= {(position, row[0]): row for row in rows}
    said = [
        [fresh.get((position, name)) or known[identifier, name] for name in criteria.ids]
        for position, identifier in enumerate(ids)
    ]
    return _settled(ids, fields, cells, said, criteria)


def _read(reports: pd.DataFrame) -> tuple[list[str], list[str], list[tuple[str, ...]]]:
    """The reports' ids, the columns that rules read, and these columns' cells by report."""
    ids = tables.column(reports, "report_id" if "report_id" in reports.columns else "record_id")
    fields = [name for name in READ if name in reports.columns]
    return ids, fields, list(zip(*(tables.column(reports, name) for name in fields), strict=True)) or [()] * len(ids)


def _settled(
    ids: Sequence[str],
    fields: Sequence[str],
    cells: Sequence[Sequence[str]],
    said: Sequence[Sequence[Sequence[str]]],
    criteria: Criteria,
) -> pd.DataFrame:
    """The table of verdicts: what is said of each report, and unclear where that is not enough."""
    import pandas as pd

    if criteria.together:
        shown = [index for index, name in enumerate(fields) if name in likeness.FIELDS]
        said = likeness.weighed(said, ("\n".join(row[index] for index in shown) for row in cells), criteria)
    rows = [(identifier, *row) for identifier, found in zip(ids, said, strict=True) for row in found]
    table = pd.DataFrame(rows, columns=list(tables.VERDICTS), dtype=str)
    return table.sort_values("report_id", kind="stable", ignore_index=True)


def _once(
    criteria: Criteria, fields: Sequence[str], rows: Sequence[tuple[str, ...]], kept: reuse.Kept
) -> dict[tuple[str, ...], Sequence[Sequence[str]]]:
    """What the criteria say of each text, as it is kept or asked now."""
    names = {row: reuse.key([*fields, *row]) for row in rows} if kept.on else {}
    said = {row: found for row, name in names.items() if (found := kept.at(name))}
    fresh = [row for row in rows if row not in said]
    for row, found in zip(fresh, _judged(criteria, fields, fresh), strict=True):
        said[row] = found
        if kept.on:
            kept.put(names[row], found)
    return said


def _judged(
    criteria: Criteria, fields: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[list[tuple[str, ...]]]:
    """What each criterion says of each report: the columns of ``tables.VERDICTS`` after the report's id."""
    for part in _parts(rows):
        for document in Batch([dict(zip(fields, row, strict=True)) for row in part]):
            found: list[tuple[str, ...]] = []
            for criterion in criteria:
                judged = judge(criterion, document)
                found.append((criterion.id, judged.verdict, judged.rule, *_quoted(document, judged.span)))
            yield found


def _parts(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[Sequence[str]]]:
    """The rows in lots that are searched for phrases together: full texts in smaller ones than titles."""
    start = size = 0
    for position, row in enumerate(rows):
        length = sum(map(len, row))
        if position > start and (size + length > _CHARACTERS or position - start >= _TOGETHER):
            yield rows[start:position]
            start, size = position, 0
        size += length
    if rows:
        yield rows[start:]


def balance(reports: Iterable[str], said: Iterable[str]) -> dict[str, int]:
    """How many criteria each report meets, less those that it does not meet, by report; for ranking.

    Args:
        reports: the report of each verdict.
        said: the verdicts.
    """
    found: dict[str, int] = {}
    for report, verdict in zip(reports, said, strict=True):
        found[report] = found.get(report, 0) + _COUNTS.get(verdict, 0)
    return found


def met(reports: pd.DataFrame, path: Path | str) -> dict[str, int]:
    """The balance of each report by the criteria of a file, by record id; the rules are asked now.

    Raises:
        ConfigError, Faults: the criteria are at fault.
    """
    found = verdicts(reports.drop(columns="report_id", errors="ignore"), load(path))
    return balance(*(tables.column(found, name) for name in ("report_id", "verdict")))


def _quoted(document: Document, span: Span | None) -> tuple[str, str, str, str]:
    if span is None:
        return "", "", "", ""
    if span.start == span.end:  # silence has a field in which nothing was found, and no quote
        return span.field, "", "", ""
    sentence = document.sentence(span)
    if sentence.end - sentence.start > _LONGEST:
        sentence = span
    quote = document.text(sentence.field)[sentence.start : sentence.end]
    return sentence.field, quote, str(sentence.start), str(sentence.end)
