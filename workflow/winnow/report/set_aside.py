"""Reports that a reader asks after: excluded at full text with the reason (PRISMA item 16b), awaiting classification, ongoing.

All searches count here, not only the latest: the tables belong to the review as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.page_data import ENDED
from winnow.report.states import UNDECIDED
from winnow.tables import join, split

COLUMNS = ("report_id", "citation", "reason", "criterion", "note", "by", "basis", "search_id", "doi", "pmid", "url")

#: A row of decisions/studies.csv with this role marks an ongoing study, included or not.
ONGOING = "ongoing"


def citation(row: Mapping[str, str]) -> str:
    """A report as it is cited: authors (three, then et al.), title, journal, year, volume, pages."""
    authors = split(row.get("authors", ""))
    who = ", ".join(authors[:3]) + (", et al" if len(authors) > 3 else "")
    volume = row.get("volume", "") + (f"({row['issue']})" if row.get("issue") else "")
    numbers = ":".join(part for part in (volume, row.get("pages", "")) if part)
    when = ";".join(part for part in (row.get("year", ""), numbers) if part)
    parts = (who, row.get("title", "").rstrip("."), row.get("journal_abbrev") or row.get("journal", ""), when)
    return ". ".join(part for part in parts if part) + "."


def excluded_full_text(evidence: Evidence, flow: Flow, notes: Mapping[str, str]) -> list[Row]:
    """Reports that were assessed and excluded, with citation, reason and what the person noted (by report)."""
    return _listed(evidence, flow, ("ineligible",), notes)


def awaiting(evidence: Evidence, flow: Flow) -> list[Row]:
    """Reports that nobody could classify yet, and what they wait for."""
    return _listed(evidence, flow, UNDECIDED, {})


def ongoing(evidence: Evidence, flow: Flow, ledger: Sequence[Row]) -> list[Row]:
    """Reports of studies that people marked as ongoing in decisions/studies.csv."""
    marked = {
        report: row.get("note", "")
        for row in ledger
        if row["role"].strip().lower() == ONGOING and (report := evidence.names.named(row["id"]).report)
    }
    return [_row(report, evidence, flow, note, evidence.first) for report, note in sorted(marked.items())]


def _listed(evidence: Evidence, flow: Flow, states: Sequence[str], notes: Mapping[str, str]) -> list[Row]:
    first = evidence.first
    chosen = [report for report, place in flow.places.items() if place.state in states]
    order = {name: index for index, name in enumerate(evidence.plan.criteria)}
    chosen.sort(key=lambda report: (order.get(flow.places[report].reason, len(order)), report))
    return [_row(report, evidence, flow, notes.get(report, ""), first) for report in chosen]


def _row(report: str, evidence: Evidence, flow: Flow, note: str, first: Mapping[str, int]) -> Row:
    merged, place = evidence.merged[report], flow.places[report]
    reason = evidence.plan.criteria.get(place.reason, place.reason) or ENDED[place.state]
    return {
        "report_id": report, "citation": citation(merged), "reason": reason, "criterion": place.reason, "note": note,
        "by": place.by, "basis": place.basis, "search_id": evidence.plan.searches[first[report]],
        **{name: merged.get(name, "") for name in ("doi", "pmid", "url")},
    }  # fmt: skip


def full_text_notes(rows: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """What people noted when they decided at full text, by report."""
    return {
        report: join(dict.fromkeys(row["note"] for row in its if row["stage"] == "full_text" and row["note"]))
        for report, its in rows.items()
    }
