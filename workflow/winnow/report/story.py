"""The tables that a report's journey is told from, each by report; all but the ledgers may be absent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from winnow import tables
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.report.evidence import Evidence, Row
from winnow.review import Review


@dataclass(frozen=True)
class Story:
    """Verdicts, compared pairs, screening rows, values and digests by report, and the worklist."""

    verdicts: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    pairs: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    ledger: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    values: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    digests: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    to_decide: Sequence[Row] = ()


def optional(path: Path, columns: Sequence[str] = ()) -> list[Row]:
    """The rows of a table that a review may lack."""
    return tables.rows(tables.read(path, columns=columns)) if path.is_file() else []


def read_digests(review: Review) -> list[Row]:
    """The short notes on coded studies, as config/digests.csv has them (InputError if its columns are not there)."""
    path = review.config_dir / "digests.csv"
    return tables.rows(tables.read(path, needs=("id", "digest"))) if path.is_file() else []


def read(review: Review, evidence: Evidence) -> Story:
    """The story of every report of a review."""
    pairs = optional(review.result("deduplicate", "pairs.csv"), tables.PAIRS)
    digests = [row | {"report_id": evidence.names.named(row["id"]).report} for row in read_digests(review)]
    return Story(
        verdicts=by_report(optional(review.result("screen", "verdicts.csv"), tables.VERDICTS)),
        pairs=pairs_by_report(pairs, evidence.reports),
        ledger=by_report(_ledger_rows(review, evidence)),
        values=by_report(optional(review.result("extract", "values.csv"), tables.VALUES)),
        digests=by_report(digests),
        to_decide=optional(review.result("screen", "to_decide.csv")),
    )


def by_report(rows: Iterable[Row], column: str = "report_id") -> dict[str, list[Row]]:
    """Rows grouped by the report that they are about."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def pairs_by_report(rows: Iterable[Row], reports: Mapping[str, str]) -> dict[str, list[Row]]:
    """Compared pairs under each of the reports that they touch."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for report in sorted({reports.get(row[name], "") for name in ("record_id_1", "record_id_2")} - {""}):
            found[report].append(row)
    return dict(found)


def _ledger_rows(review: Review, evidence: Evidence) -> list[Row]:
    """Every screening row of every reviewer with its report and its place; rows that name none are the screen stage's to tell."""
    found = []
    for path in ledger.paths(review.root, KINDS["screening"]):
        one = ledger.read(path, KINDS["screening"], path.relative_to(review.root).as_posix())
        for place, row in enumerate(one.rows):
            for report in evidence.names.named(row["id"]).reports:
                found.append(row | {"report_id": report, "reviewer": one.reviewer, "where": one.place(place)})
    return sorted(found, key=lambda row: (row["report_id"], row["date"], row["where"]))
