"""The ledgers' rows brought to the reports that they are about; a row that is about none is set aside by name, never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from winnow.decisions.identities import Identities
from winnow.decisions.ledger import Ledger
from winnow.decisions.resolve import Judgement

UNMATCHED = ("ledger", "line", "id", "stage", "decision", "why")


@dataclass(frozen=True)
class Retrieval:
    """The latest word on where a report's full text is."""

    status: str
    reason: str
    by: str


def judgements(
    ledgers: Sequence[Ledger], identities: Identities, before: Iterable[Judgement] = (), *, report: str = ""
) -> tuple[list[Judgement], list[dict[str, str]]]:
    """Every screening row as a judgement on one report, and the rows whose id names no one report.

    Args:
        ledgers: screening ledgers.
        identities: what each id names.
        before: what an earlier call with the same identities gave: a row that is still where it was is the same object again.
        report: only rows about this report are wanted.
    """
    kept = {(row.link, row.place, row.order): row for row in before}
    found: list[Judgement] = []
    unmatched: list[dict[str, str]] = []
    for order, (ledger, row) in enumerate(_in_time(ledgers)):
        cells = ledger.rows[row]
        named = identities.named(cells["id"])
        if named.fault:
            unmatched.append(_set_aside(ledger, row, cells["stage"], cells["decision"], named.fault))
            continue
        if report and named.report != report:
            continue
        link, place = ledger.links[row], ledger.place(row)
        found.append(
            kept.get((link, place, order))
            or Judgement(
                reviewer=ledger.reviewer,
                report_id=named.report,
                records=named.records,
                link=link,
                order=order,
                place=place,
                **{name: cells[name] for name in _CARRIED},
            )
        )
    return found, unmatched


_CARRIED = ("stage", "decision", "criterion", "role", "basis", "date", "fingerprint", "supersedes", "note")


def retrievals(ledgers: Sequence[Ledger], identities: Identities) -> tuple[dict[str, Retrieval], list[dict[str, str]]]:
    """The last row on each report's full text, and the rows whose id names no one report."""
    latest: dict[str, Retrieval] = {}
    unmatched: list[dict[str, str]] = []
    for ledger in ledgers:
        for row, cells in enumerate(ledger.rows):
            named = identities.named(cells["id"])
            if named.fault:
                unmatched.append(_set_aside(ledger, row, "retrieval", cells["status"], named.fault))
            else:
                latest[named.report] = Retrieval(cells["status"], cells["reason"], cells["by"])
    return latest, unmatched


def _in_time(ledgers: Sequence[Ledger]) -> list[tuple[Ledger, int]]:
    """Rows of all chains by date; within a chain the order of its lines stands, whatever their dates say."""
    keyed = []
    for chain, ledger in enumerate(sorted(ledgers, key=lambda one: one.name)):
        reached = ""
        for row, cells in enumerate(ledger.rows):
            reached = max(reached, cells["date"])
            keyed.append(((reached, chain, row), ledger, row))
    return [(ledger, row) for _, ledger, row in sorted(keyed, key=lambda item: item[0])]


def _set_aside(ledger: Ledger, row: int, stage: str, decision: str, why: str) -> dict[str, str]:
    return {
        "ledger": ledger.where,
        "line": str(ledger.lines[row]),
        "id": ledger.rows[row]["id"],
        "stage": stage,
        "decision": decision,
        "why": why,
    }
