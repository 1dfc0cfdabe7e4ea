"""Included reports, the ids that people use for them, and the studies that they describe.

A report is a document, a study is an investigation. Each included report belongs to at least one study: its own, named after the
report, unless ``decisions/studies.csv`` says otherwise. A study may have several reports and a report several studies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import tables
from winnow.decisions.identities import Identities
from winnow.errors import RecordLossError
from winnow.review import Review
from winnow.search.notices import is_retracted, retracts, statuses, told

if TYPE_CHECKING:
    import pandas as pd

#: A row of studies.csv with this role takes an earlier row back.
WITHDRAWN = "withdrawn"
#: What is read of every report, for the notices.
_NOTICED = ("record_id", "search_id", "notices", "publication_types")


@dataclass(frozen=True)
class SetAside:
    """A row of a ledger that reaches no included report, and why."""

    ledger: str
    line: int
    id: str
    why: str


def included(decisions: pd.DataFrame) -> list[str]:
    """The report ids included at full text, sorted."""
    chosen = decisions[(decisions["stage"] == "full_text") & (decisions["decision"] == "include")]
    return sorted(set(chosen["report_id"]))


def merged(path: Path, reports: Sequence[str], only: Sequence[str] = ()) -> dict[str, dict[str, str]]:
    """The merged row of each of these reports, of those that ``merged.csv`` has.

    Args:
        path: ``merged.csv``.
        reports: report ids.
        only: the columns that are wanted, ``record_id`` among them; all of ``tables.MERGED`` and others if empty.
    """
    if not reports:
        return {}
    table = tables.read(path, needs=("record_id",), columns=only or tables.MERGED, only=only)
    return {row["record_id"]: row for row in tables.rows(table[table["record_id"].isin(reports)])}


def notices(review: Review) -> dict[str, dict[str, list[str]]]:
    """Every notice about a report of this review, by its records and by what searches asked, with the searches that told it."""
    path = review.result("deduplicate", "merged.csv")
    rows = tables.rows(tables.read(path, needs=("record_id",), columns=_NOTICED, only=_NOTICED))
    said = [row for row in rows if row["notices"] or is_retracted(row["publication_types"])]
    return told(said, {row["record_id"]: row["record_id"] for row in said}, Names(path).report, statuses(review))


def retracted(studies: Sequence[Mapping[str, str]], notices: Mapping[str, Iterable[str]]) -> set[str]:
    """The studies all of whose reports were retracted.

    Args:
        studies: rows of ``studies.csv``.
        notices: what is told of each report.
    """
    standing = {row["study_id"] for row in studies if not any(map(retracts, notices.get(row["report_id"], ())))}
    return {row["study_id"] for row in studies} - standing


class Names:
    """Which report an id means: a report id, a record id, a PMID (with or without ``pubmed:``) or a DOI.

    Args:
        path: ``merged.csv``, which is read when the first id is asked about.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _identities(self) -> Identities:
        ids = ("record_id", "pmid", "doi", "record_ids")
        rows = [
            row | {"record_id": record, "report": row["record_id"]}
            for row in tables.rows(tables.read(self._path, needs=ids[:1], columns=ids, only=ids))
            for record in dict.fromkeys((row["record_id"], *tables.split(row["record_ids"])))
        ]
        return Identities(rows, {row["record_id"]: row["report"] for row in rows})

    def report(self, name: str) -> str:
        """The one report that ``name`` means, or an empty string."""
        return self._identities.named(name).report if name.strip() else ""


def studies(
    reports: Sequence[str], ledger: Sequence[tuple[int, Mapping[str, str]]], names: Names
) -> tuple[list[dict[str, str]], list[SetAside]]:
    """The rows of ``studies.csv``, one per study and report, and the ledger's rows that reach no included report.

    Args:
        reports: the included reports.
        ledger: rows of ``decisions/studies.csv`` with their lines, in their order; a later row on the same study and
            report replaces an earlier one.
        names: which report an id means.

    Raises:
        RecordLossError: an included report would be in no study.
    """
    wanted = set(reports)
    aside: list[SetAside] = []
    current: dict[tuple[str, str], dict[str, str]] = {}
    for line, row in ledger:
        report = names.report(row["id"])
        if report not in wanted:
            why = "not an included report" if report else "no such report"
            aside.append(SetAside("decisions/studies.csv", line, row["id"], why))
            continue
        study = row["study_id"].strip() or report
        if row.get("role", "").strip().lower() == WITHDRAWN:
            current.pop((study, report), None)
            continue
        current[study, report] = {
            "study_id": study,
            "report_id": report,
            "role": row.get("role", "").strip(),
            "overlaps_with": row.get("overlaps_with", "").strip(),
            "note": row.get("note", "").strip(),
        }
    placed = {report for _, report in current}
    for report in wanted - placed:
        current[report, report] = {
            "study_id": report, "report_id": report, "role": "primary", "overlaps_with": "", "note": "",
        }  # fmt: skip
    lost = wanted - {report for _, report in current}
    if lost:
        raise RecordLossError(f"included reports in no study: {', '.join(sorted(lost))}", where="extract/studies.csv")
    return [current[key] for key in sorted(current)], aside
