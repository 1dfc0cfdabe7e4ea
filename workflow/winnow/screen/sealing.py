"""Sealing rows that were typed by hand, with the fingerprint of what can be read today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from winnow.decisions import append, ledger
from winnow.decisions.checking import criterion_ids, people_by_stage, tomorrow
from winnow.decisions.kinds import KINDS
from winnow.errors import UsageError, WinnowError, raise_all
from winnow.review import Review
from winnow.screen import deciding


@dataclass(frozen=True)
class Sealed:
    """How many rows of a ledger were sealed, and how many of these without a fingerprint, for want of results to look in."""

    where: str
    rows: int
    unread: int = 0


def seal(review: Review, named: Sequence[str] = ()) -> list[Sealed]:
    """Seal every unsealed row of the ledgers named (all if none is).

    A screening row typed by hand gets, if it has none, the fingerprint of the report as it is now: from this day on a change
    of what can be read makes it stale. What `winnow check` has against a row keeps it from being sealed: it could not be mended
    any more.

    Raises:
        UsageError: a file named is no ledger of the review.
        LedgerError, Faults: a ledger is at fault; then none was touched.
    """
    ledgers, unreadable = ledger.read_all(review.root)
    faults: list[WinnowError] = list(unreadable)
    if named:
        by_path = {one.path.resolve(): one for one in ledgers}
        strangers = [name for name in named if Path(name).resolve() not in by_path]
        if strangers:
            raise UsageError(f"{', '.join(strangers)}: no ledger of this review", mend="see decisions/")
        ledgers = [by_path[Path(name).resolve()] for name in named]
    criteria, people = criterion_ids(review), people_by_stage(review)
    for one in ledgers:
        faults += ledger.faults(one, criteria=criteria, people=people, today=tomorrow(), since=one.open)
        faults += one.verify()
    raise_all(faults)
    seen = deciding.known(review)
    unread = 0

    def complete(cells: Mapping[str, str]) -> Mapping[str, str]:
        nonlocal unread
        if cells["fingerprint"]:
            return cells
        unread += seen is None
        return {**cells, "fingerprint": seen.fingerprint(seen.identities.named(cells["id"]).report) if seen else ""}

    found = []
    for one in ledgers:
        unread = 0
        count = append.seal(one.path, one.kind, complete if one.kind is KINDS["screening"] else dict)
        found.append(Sealed(one.where, count, unread))
    return found
