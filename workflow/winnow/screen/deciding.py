"""Writing decisions: what a person says becomes one sealed row, with the fingerprint of what was there to be read.

Whether it is new is asked while nobody else can write: what stands already (a double click, a second tab, a page sent again because
its answer was lost) is not written again, and what was said over a row that the person had not seen is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import starmap
from pathlib import Path

from winnow import tables
from winnow.decisions import append, ledger, rulings
from winnow.decisions.checking import criterion_ids, people_by_stage, tomorrow
from winnow.decisions.kinds import ADJUDICATOR, KINDS, REVIEWER
from winnow.decisions.ledger import Ledger, clean
from winnow.decisions.resolve import Judgement, current, own
from winnow.errors import InputError, LedgerError, UsageError, raise_all
from winnow.review import Review
from winnow.screen import state
from winnow.screen.judgements import judgements

SCREENING, RETRIEVAL, DUPLICATES = KINDS["screening"], KINDS["retrieval"], KINDS["duplicates"]
_TABLES = (("records", "records.csv"), ("deduplicate", "reports.csv"), ("deduplicate", "merged.csv"))
#: What a screening row says; two rows of one person that have all of it in common say the same.
_SAYS = ("decision", "criterion", "basis", "note")


class Overtaken(LedgerError):
    """Another row stands by now than the one that the person was shown."""


@dataclass(frozen=True)
class Decision:
    """What a person decided."""

    id: str
    stage: str
    decision: str
    criterion: str = ""
    role: str = REVIEWER
    basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class Written:
    """Where a decision stands; ``new`` is False if it stood there already, and nothing was written."""

    path: str
    seal: str
    supersedes: str = ""
    new: bool = True


def known(review: Review) -> state.Known | None:
    """What is known of the reports; None before the first run, and while a run works it out."""
    return None if _missing(review) else state.known(review)


def _missing(review: Review) -> Path | None:
    """The first of the tables without which no id can be checked that is not there."""
    return next((path for path in starmap(review.result, _TABLES) if not path.is_file()), None)


def _known(review: Review) -> state.Known:
    """What is known of the reports.

    Raises:
        InputError: a table is missing, so that no id can be checked.
    """
    if path := _missing(review):
        raise InputError(
            "missing, so the id cannot be checked, and nothing was written",
            where=review.relative(path),
            mend="run the review (make review), then decide again",
        )
    return state.known(review)


def decide(
    review: Review,
    reviewer: str,
    decision: Decision,
    seen: state.Known | None = None,
    *,
    criteria: Sequence[str] | None = None,
    memory: state.Memory | None = None,
    previous: str | None = None,
) -> Written:
    """Append a decision to a reviewer's ledger, unless it is what the reviewer's last row says.

    A record that has changed since is decided anew, whatever the last row says, and so is what an adjudicator has not yet settled.

    Args:
        review: the review.
        reviewer: whose ledger.
        decision: what was decided.
        seen: what is known of the reports; read from results/ if not given.
        criteria: the ids of the criteria; read from config/criteria.yaml if not given.
        memory: the ledgers read before, so that only what is new since is worked out.
        previous: the link of the reviewer's row that stood when the record was shown; empty: there was none; None: not asked.

    Raises:
        Overtaken: another row than ``previous`` stands by now, and says something else; nothing is written then.
        LedgerError, Faults: the row would be at fault (unknown criterion, say), or the ledger is; nothing is written then.
        InputError: the id names no one report of the review, or cannot be checked.
        UsageError: the reviewer's name is none.
    """
    seen = seen or _known(review)
    report = _named(seen, decision.id)
    be_a_reviewer(review, reviewer)
    path = review.decisions / "screening" / f"{reviewer}.csv"
    earlier = memory.ledgers if memory else ledger.NONE
    stood: list[Judgement] = []
    supersedes: list[str] = []

    def cells(now: Ledger) -> dict[str, str] | None:
        about = partial(_about, report=report, stage=decision.stage, seen=seen)
        stood[:] = own(about([now]), reviewer, decision.role)
        settled = _to_settle(about(_screening_ledgers(review, earlier))) if decision.role == ADJUDICATOR else []
        if stood and not settled and all(_says_the_same(row, decision, seen) for row in stood):
            return None
        _refuse_if_overtaken(stood[-1].link if stood else "", previous, f"'{decision.id}' at {decision.stage}")
        supersedes[:] = [*(row.link for row in stood), *settled]
        return {
            "date": _moment(),
            "id": decision.id,
            "stage": decision.stage,
            "decision": decision.decision,
            "criterion": decision.criterion,
            "role": decision.role,
            "basis": decision.basis,
            "note": decision.note,
            "fingerprint": seen.fingerprint(report),
            "supersedes": tables.join(supersedes),
        }

    known_criteria = criterion_ids(review) if criteria is None else criteria
    check = partial(_faults_of_last, criteria=known_criteria, people=people_by_stage(review))
    seal = append.append(path, SCREENING, cells, check, earlier)
    if seal is None:
        return Written(review.relative(path), stood[-1].link, new=False)
    return Written(review.relative(path), seal, tables.join(supersedes))


def be_a_reviewer(review: Review, name: str) -> None:
    """Refuse a name that is none, or that differs in capitals only from one that has a ledger.

    Raises:
        UsageError: so it is.
    """
    if not ledger.is_reviewer(name):
        raise UsageError(f"'{name}' is no reviewer's name", mend="use letters, digits, . _ -")
    if twin := ledger.namesake(name, (path.stem for path in ledger.paths(review.root, SCREENING))):
        raise UsageError(f"'{name}' would count as a second person beside '{twin}'", mend=f"write '{twin}'")


def _about(ledgers: Sequence[Ledger], *, report: str, stage: str, seen: state.Known) -> list[Judgement]:
    """The rows about one report at one stage."""
    rows, _ = judgements(ledgers, seen.identities, report=report)
    return [row for row in rows if row.stage == stage]


def _says_the_same(row: Judgement, decision: Decision, seen: state.Known) -> bool:
    """Whether a row says what was decided, of what can be read today."""
    now = seen.now(row.report_id)
    read = not now.merged or (bool(row.fingerprint) and not now.changes(row.fingerprint))
    return read and all(getattr(row, name) == clean(getattr(decision, name)) for name in _SAYS)


def _to_settle(about: Sequence[Judgement]) -> list[str]:
    """The seals of the reviewers' rows that an adjudicator's row settles: all that stand on the report at that stage."""
    return sorted(row.link for row in current(about) if row.role != ADJUDICATOR)


def _screening_ledgers(review: Review, earlier: Mapping[Path, Ledger]) -> list[Ledger]:
    ledgers, faults = ledger.read_all(review.root, SCREENING.name, earlier=earlier)
    raise_all(faults)
    return ledgers


def _faults_of_last(
    now: Ledger, criteria: Sequence[str] = (), people: Mapping[str, Collection[str]] | None = None
) -> list[LedgerError]:
    """The faults of the new row, and of rows typed by hand above it: its seal vouches for them, and then they cannot be mended."""
    last = len(now.rows) - 1
    above = replace(now, rows=now.rows[:last], lines=now.lines[:last])
    typed = ledger.faults(above, criteria=criteria, people=people, today=tomorrow(), since=above.open)
    return typed + ledger.faults(now, criteria=criteria, people=people, since=last)


def _refuse_if_overtaken(stands: str, previous: str | None, what: str) -> None:
    if previous is not None and stands != previous:
        raise Overtaken(
            f"{what} was decided elsewhere in the meantime; nothing was written", mend="look at it again, then decide"
        )


def rule(
    review: Review,
    one: str,
    other: str,
    ruling: str,
    by: str,
    note: str = "",
    seen: state.Known | None = None,
    *,
    previous: str | None = None,
) -> Written:
    """Append to decisions/duplicates.csv that two records are the ``same`` document or ``different`` ones.

    Nothing is written if the same person's ruling on the two stands and says so.

    Raises:
        InputError: an id names no record of the review or cannot be checked, or both name the same one.
        Overtaken: another row than ``previous`` stands by now, and says something else.
        LedgerError, Faults: the row would be at fault, or the ledger is.
    """
    seen = seen or _known(review)
    first, second = (seen.identities.named(identifier).records for identifier in (one, other))
    for identifier, records in ((one, first), (other, second)):
        if not records:
            raise _unknown(seen, identifier)
    if first == second and len(first) == 1:
        raise InputError("both ids name the same record", where=f"'{one}', '{other}'", mend="name two records")
    cells = {"id_1": one, "id_2": other, "ruling": ruling, "by": by, "note": note}
    pair, refuse = frozenset((first, second)), partial(_contradicts, seen=seen)
    return _append(review, "duplicates", cells, lambda now: ruled(now, seen).get(pair), previous, refuse)


def _contradicts(now: Ledger, *, seen: state.Known) -> list[LedgerError]:
    """Why the last ruling cannot stand beside those above it: two records would be different, and the same by way of others.

    The next `winnow deduplicate` would stop there. Rulings that contradict each other already are not this one's fault, and it
    may be the one that settles them.
    """
    said = [
        rulings.Ruling(cells["id_1"], cells["id_2"], cells["ruling"], cells["date"], where=now.place(place))
        for place, cells in enumerate(now.rows)
    ]
    before, after = (
        rulings.contradictions(part, lambda identifier: seen.identities.named(identifier).records)
        for part in (said[:-1], said)
    )
    known, last = {fault.line for fault in before}, said[-1]
    return [
        LedgerError(
            f"{last.id_1} and {last.id_2} cannot be ruled {last.ruling}: "
            + ("other rulings make them the same" if fault.where == last.where else f"{fault.where} keeps them apart"),
            where=now.where,
            mend="rule on that first",
        )
        for fault in after
        if fault.line not in known
    ][:1]


def ruled(now: Ledger, seen: state.Known) -> dict[frozenset[frozenset[str]], int]:
    """The places of the rows of decisions/duplicates.csv that stand, by the two sets of records: the latest by day, then line."""
    named = seen.identities.named
    in_time = sorted(enumerate(now.rows), key=lambda row: rulings.day(row[1]["date"]))
    return {frozenset(named(cells[name]).records for name in ("id_1", "id_2")): place for place, cells in in_time}


def retrieve(
    review: Review, cells: Mapping[str, str], seen: state.Known | None = None, *, previous: str | None = None
) -> Written:
    """Append to decisions/retrieval.csv where a full text is, or that it could not be had.

    Nothing is written if the last row on the report is the same person's and says so.

    Args:
        review: the review.
        cells: ``id``, ``status``, ``by`` and, where they apply, ``reason``, ``obtained_from``, ``file``, ``sha256``.
        seen: what is known of the reports; read from results/ if not given.
        previous: the link of the row that stood when the report was shown; empty: there was none; None: not asked.

    Raises:
        InputError: the id names no one report of the review, or cannot be checked.
        Overtaken: another row than ``previous`` stands by now, and says something else.
        LedgerError, Faults: the row would be at fault, or the ledger is.
    """
    seen = seen or _known(review)
    report = _named(seen, cells["id"])
    return _append(review, "retrieval", cells, lambda now: retrieved(now, seen).get(report), previous)


def retrieved(now: Ledger, seen: state.Known) -> dict[str, int]:
    """The places of the rows of decisions/retrieval.csv that stand, by report: the last on each."""
    places = {seen.identities.named(cells["id"]).report: place for place, cells in enumerate(now.rows)}
    return {report: place for report, place in places.items() if report}


def _named(seen: state.Known, identifier: str) -> str:
    """The one report that an id names."""
    named = seen.identities.named(identifier)
    if named.fault:
        raise _unknown(seen, identifier)
    return named.report


def _unknown(seen: state.Known, identifier: str) -> InputError:
    return InputError(
        seen.identities.named(identifier).fault,
        where=f"'{identifier}'",
        mend="use a PMID, a DOI or a record id of results/records/records.csv",
    )


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _append(
    review: Review,
    kind: str,
    cells: Mapping[str, str],
    standing: Callable[[Ledger], int | None],
    previous: str | None,
    refuse: Callable[[Ledger], list[LedgerError]] = lambda now: [],
) -> Written:
    """Append to a ledger that everybody shares, unless the row that stands says the same or ``refuse`` finds a fault."""
    path = review.root / KINDS[kind].path
    says = [name for name in KINDS[kind].columns if name not in ("date", "seal") and not name.startswith("id")]
    stood = ""

    def row(now: Ledger) -> dict[str, str] | None:
        nonlocal stood
        place = standing(now)
        if place is not None:
            stood = now.links[place]
            if all(now.rows[place][name] == clean(cells.get(name, "")) for name in says):
                return None
        _refuse_if_overtaken(stood, previous, " and ".join(f"'{cells[n]}'" for n in cells if n.startswith("id")))
        # A day typed where it is later already, or by a clock that was wrong, must not hold against what is said now.
        replaced = "" if place is None else now.rows[place]["date"]
        return {"date": max(_moment(), rulings.day(replaced)), **cells}

    seal = append.append(path, KINDS[kind], row, lambda now: _faults_of_last(now) or refuse(now))
    return Written(review.relative(path), seal or stood, new=seal is not None)
