"""Writing decisions: what a person says becomes one sealed row, with the fingerprint of what was there to be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from winnow import tables
from winnow.decisions import append, ledger
from winnow.decisions.checking import criterion_ids, people_by_stage
from winnow.decisions.kinds import KINDS
from winnow.decisions.ledger import NONE, Ledger, same_id
from winnow.decisions.resolve import ADJUDICATOR, current
from winnow.errors import InputError, LedgerError, UsageError, WinnowError, raise_all
from winnow.review import Review
from winnow.screen import state
from winnow.screen.judgements import judgements

SCREENING = KINDS["screening"]


@dataclass(frozen=True)
class Decision:
    """What a person decided."""

    id: str
    stage: str
    decision: str
    criterion: str = ""
    role: str = "reviewer"
    basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class Written:
    """Where a decision went."""

    path: str
    seal: str
    supersedes: str


def known(review: Review) -> state.Known | None:
    """What is known of the reports; None before the first run."""
    paths = (("records", "records.csv"), ("deduplicate", "reports.csv"), ("deduplicate", "merged.csv"))
    return state.known(review) if all(review.result(*path).is_file() for path in paths) else None


def _print(seen: state.Known | None, identifier: str) -> str:
    """The fingerprint of the report that an id names; empty if it names none."""
    return seen.fingerprint(seen.identities.named(identifier).report) if seen else ""


def decide(
    review: Review,
    reviewer: str,
    decision: Decision,
    seen: state.Known | None = None,
    *,
    criteria: Sequence[str] | None = None,
    earlier: Mapping[Path, Ledger] = NONE,
) -> Written:
    """Append a decision to a reviewer's ledger.

    Args:
        review: the review.
        reviewer: whose ledger.
        decision: what was decided.
        seen: what is known of the reports; read from results/ if not given.
        criteria: the ids of the criteria; read from config/criteria.yaml if not given.
        earlier: ledgers read before, so that only what is new since is worked out.

    Raises:
        LedgerError, Faults: the row would be at fault (unknown criterion, say), or the ledger is; nothing is written then.
        InputError: the id names no one report of the review.
        UsageError: the reviewer's name is none.
    """
    seen = known(review) if seen is None else seen
    if seen and seen.identities.named(decision.id).fault:
        raise _unknown(seen, decision.id)
    path = review.decisions / "screening" / f"{reviewer}.csv"
    if not ledger.is_reviewer(reviewer):
        raise UsageError(f"'{reviewer}' is no reviewer's name", mend="use letters, digits, . _ -")
    settled = _settled(review, decision, seen, earlier)
    known_criteria = criterion_ids(review) if criteria is None else criteria
    supersedes: list[str] = []

    def cells(now: Ledger) -> dict[str, str]:
        supersedes[:] = [*_replaced(now, decision, seen), *settled]
        return {
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "id": decision.id.strip(),
            "stage": decision.stage,
            "decision": decision.decision,
            "criterion": decision.criterion,
            "role": decision.role,
            "basis": decision.basis,
            "note": decision.note,
            "fingerprint": _print(seen, decision.id),
            "supersedes": tables.join(supersedes),
        }

    check = partial(_faults_of_last, criteria=known_criteria, people=people_by_stage(review))
    seal = append.append(path, SCREENING, cells, check, earlier)
    return Written(review.relative(path), seal, tables.join(supersedes))


def _replaced(now: Ledger, decision: Decision, seen: state.Known | None) -> list[str]:
    """The person's own latest row on the same report, stage and role, which the new row replaces."""

    def report(identifier: str) -> str:
        return (seen.identities.named(identifier).report if seen else "") or same_id(identifier)

    wanted = report(decision.id)
    for cells, link in zip(reversed(now.rows), reversed(now.links), strict=True):
        if (cells["stage"], cells["role"]) == (decision.stage, decision.role) and report(cells["id"]) == wanted:
            return [link]
    return []


def _faults_of_last(
    now: Ledger, criteria: Sequence[str] = (), people: Mapping[str, Collection[str]] | None = None
) -> list[LedgerError]:
    return ledger.faults(now, criteria=criteria, people=people, since=len(now.rows) - 1)


def _settled(review: Review, decision: Decision, seen: state.Known | None, earlier: Mapping[Path, Ledger]) -> list[str]:
    """The seals of the reviewers' rows that an adjudicator's row settles: all that stand on the report at that stage."""
    if decision.role != ADJUDICATOR or not seen:
        return []
    ledgers, faults = ledger.read_all(review.root, "screening", earlier=earlier)
    raise_all(faults)
    rows, _ = judgements(ledgers, seen.identities)
    report = seen.identities.named(decision.id).report
    about = [row for row in rows if row.report_id == report and row.stage == decision.stage]
    return sorted(row.link for row in current(about) if row.role != ADJUDICATOR)


def rule(
    review: Review, one: str, other: str, ruling: str, by: str, note: str = "", seen: state.Known | None = None
) -> Written:
    """Append to decisions/duplicates.csv that two records are the ``same`` document or ``different`` ones.

    Raises:
        InputError: an id names no record of the review, or both name the same one.
        LedgerError, Faults: the row would be at fault, or the ledger is.
    """
    if seen := known(review) if seen is None else seen:
        first, second = (seen.identities.named(identifier).records for identifier in (one, other))
        for identifier, records in ((one, first), (other, second)):
            if not records:
                raise _unknown(seen, identifier)
        if first == second and len(first) == 1:
            raise InputError("both ids name the same record", where=f"'{one}', '{other}'", mend="name two records")
    cells = {"id_1": one.strip(), "id_2": other.strip(), "ruling": ruling, "by": by, "note": note}
    return _append(review, "duplicates", cells)


def retrieve(review: Review, cells: Mapping[str, str], seen: state.Known | None = None) -> Written:
    """Append to decisions/retrieval.csv where a full text is, or that it could not be had.

    Args:
        review: the review.
        cells: ``id``, ``status``, ``by`` and, where they apply, ``reason``, ``obtained_from``, ``file``, ``sha256``.
        seen: what is known of the reports; read from results/ if not given.

    Raises:
        InputError: the id names no one report of the review.
        LedgerError, Faults: the row would be at fault, or the ledger is.
    """
    seen = known(review) if seen is None else seen
    if seen and seen.identities.named(cells["id"]).fault:
        raise _unknown(seen, cells["id"])
    return _append(review, "retrieval", cells)


def _unknown(seen: state.Known, identifier: str) -> InputError:
    return InputError(
        seen.identities.named(identifier).fault,
        where=f"'{identifier}'",
        mend="use a PMID, a DOI or a record id of results/records/records.csv",
    )


def _append(review: Review, kind: str, cells: Mapping[str, str]) -> Written:
    path = review.root / KINDS[kind].path
    today = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    seal = append.append(path, KINDS[kind], {"date": today, **cells}, _faults_of_last)
    return Written(review.relative(path), seal, "")


def seal(review: Review, named: Sequence[str] = ()) -> list[tuple[str, int]]:
    """Seal every unsealed row of the ledgers named (all if none is), and say how many in each.

    A screening row typed by hand gets, if it has none, the fingerprint of the report as it is now: from this day on a change
    of what can be read makes it stale.

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
    for one in ledgers:
        faults += [*ledger.faults(one), *one.verify()]
    raise_all(faults)
    seen = known(review)

    def complete(cells: Mapping[str, str]) -> Mapping[str, str]:
        return {**cells, "fingerprint": cells["fingerprint"] or _print(seen, cells["id"])}

    return [
        (one.where, append.seal(one.path, one.kind, complete if one.kind is SCREENING else dict)) for one in ledgers
    ]
