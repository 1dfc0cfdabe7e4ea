"""From what people wrote to what was decided: a pure function of the ledgers, stage by stage.

The order is: an adjudicator, agreeing people, rules, else open. Include against unclear is no conflict at title and abstract (both
advance); include against exclude stays open until somebody adjudicates. Nothing here reads a file or a clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from winnow import tables
from winnow.decisions.fingerprint import Now
from winnow.decisions.kinds import ADJUDICATOR
from winnow.decisions.ledger import PREVIOUS

#: How it was agreed: people said the same, one alone was needed, or somebody adjudicated.
AGREED, SINGLE, ADJUDICATED = "yes", "single", "adjudicated"
#: How the note of a decision begins that was taken without the rules' evidence on the screen.
EVIDENCE_HIDDEN = "evidence hidden"

#: Why a report needs a person.
NO_DECISION, CONFLICT, SECOND_READER, STALE, REOPENED = "no decision", "conflict", "second reader", "stale", "reopened"


@dataclass(frozen=True)
class Judgement:
    """One row of a screening ledger, with the report that it is about.

    Attributes:
        records: the record ids that the row's id names; the row was written about these.
        link: the row's link in its chain, which other rows may supersede.
        order: place among all rows of all chains, by date, then chain, then line.
    """

    reviewer: str
    report_id: str
    records: frozenset[str]
    stage: str
    decision: str
    criterion: str
    role: str
    basis: str
    date: str
    fingerprint: str
    supersedes: str
    link: str
    order: int
    note: str = ""
    place: str = ""

    @property
    def unaided(self) -> bool:
        """Whether what the rules had found was hidden from the reviewer; the note says so in its first words."""
        return self.note.startswith(EVIDENCE_HIDDEN)

    @property
    def direction(self) -> str:
        """What the row does to the report at its stage: ``unclear`` advances at title and abstract."""
        return "include" if self.stage == "title_abstract" and self.decision == "unclear" else self.decision


@dataclass(frozen=True)
class Readers:
    """Who decides at a stage.

    Attributes:
        people: the reviewers that config.yaml names; empty if it names none.
        needed: how many must decide a report.
        sample: the share of reports that get more than one reader.
    """

    people: tuple[str, ...] = ()
    needed: int = 1
    sample: float = 1.0

    def for_report(self, stage: str, report_id: str) -> int:
        """How many readers a report needs; the sample is drawn by a hash of its id, so that it never changes."""
        return self.needed if self.needed == 1 or drawn(stage, report_id, self.sample) else 1


def drawn(stage: str, report_id: str, share: float) -> bool:
    """Whether a report is in the sample: the same answer everywhere and for ever, and a larger share only adds reports."""
    digest = hashlib.sha256(f"second reader\n{stage}\n{report_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


@dataclass(frozen=True)
class Outcome:
    """What a stage comes to for one report; ``why`` and ``waiting_for`` are empty unless a person is needed."""

    decision: str
    reason: str = ""
    by: str = ""
    basis: str = ""
    agreed: str = ""
    stale: str = ""
    why: str = ""
    waiting_for: str = ""
    rows: tuple[Judgement, ...] = field(default=(), repr=False)


def current(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The rows of one report and stage that no later row supersedes, in order.

    A reviewer supersedes only rows of the same reviewer and role; an adjudicator settles anybody's. ``previous`` means the earlier
    rows on the same record, so that a later merge of two records does not stretch it over rows it was not written about.
    """
    rows = sorted(judgements, key=lambda row: row.order)
    if len(rows) < 2:
        return rows
    gone: set[int] = set()
    for row in rows:
        for word in tables.split(row.supersedes):
            gone |= {other.order for other in rows if other is not row and _replaces(row, other, word)}
    # A person who decided one document again under the same id speaks once, with the last word, as the ledger's reader asks.
    last = {(row.reviewer, row.role, row.records): row.order for row in rows}
    return [row for row in rows if row.order not in gone and last[row.reviewer, row.role, row.records] == row.order]


def own(judgements: Iterable[Judgement], reviewer: str, role: str) -> list[Judgement]:
    """What one person, in one role, says now of one report and stage, in order, whatever an adjudicator made of it since."""
    return current(row for row in judgements if (row.reviewer, row.role) == (reviewer, role))


def _replaces(row: Judgement, other: Judgement, word: str) -> bool:
    if row.role != ADJUDICATOR and (other.reviewer, other.role) != (row.reviewer, row.role):
        return False
    if word == PREVIOUS:
        return other.order < row.order and bool(row.records & other.records)
    # A seal can only be named once it is there, so this holds whatever the dates say.
    return other.link.startswith(word)


def outcome(
    stage: str,
    report_id: str,
    judgements: Iterable[Judgement],
    readers: Readers,
    *,
    now: Now = Now(),  # noqa: B008 - immutable
    rank_reason: Callable[[str], int] = lambda criterion: 0,
) -> Outcome:
    """What people decided on one report at one stage.

    Args:
        stage: ``title_abstract`` or ``full_text``.
        report_id: the report.
        judgements: the rows about it at this stage, superseded ones too.
        readers: who decides.
        now: what can be read of the report today.
        rank_reason: a criterion's place in the protocol: of several reasons the first is the primary one.
    """
    rows = current(judgements)
    if not rows:
        return _nobody(readers)
    adjudications = [row for row in rows if row.role == ADJUDICATOR]
    votes = [row for row in rows if row.role != ADJUDICATOR]
    if adjudications:
        settled = _adjudicated(adjudications, votes)
    else:
        settled = _agreed(stage, report_id, votes, readers)
    if settled.decision == "exclude":
        reasons = sorted({row.criterion for row in settled.rows if row.criterion}, key=lambda c: (rank_reason(c), c))
        settled = replace(settled, reason=reasons[0] if reasons else "")
    return _with_staleness(settled, now)


@cache
def _nobody(readers: Readers) -> Outcome:
    return Outcome("awaiting", why=NO_DECISION, waiting_for=tables.join(readers.people))


def _adjudicated(adjudications: Sequence[Judgement], votes: Sequence[Judgement]) -> Outcome:
    verdict = adjudications[-1]
    if any(row.direction != verdict.direction for row in adjudications):
        return _open(adjudications, CONFLICT if _about_one(adjudications) else REOPENED)
    covered = frozenset[str]().union(*(row.records for row in adjudications))
    # What was decided on another record before the two were found to be one document was never put to the adjudicator.
    strangers = [row for row in votes if not row.records & covered and row.direction != verdict.direction]
    if strangers:
        return _open([*strangers, verdict], REOPENED)
    return _decided(adjudications, ADJUDICATED)


def _agreed(stage: str, report_id: str, votes: Sequence[Judgement], readers: Readers) -> Outcome:
    if len({row.direction for row in votes}) > 1:
        return _open(votes, CONFLICT if _about_one(votes) else REOPENED)
    people = list(dict.fromkeys(row.reviewer for row in votes))
    missing = readers.for_report(stage, report_id) - len(people)
    if missing > 0:
        others = [name for name in readers.people if name not in people]
        return replace(_open(votes, SECOND_READER), waiting_for=tables.join(others))
    return _decided(votes, AGREED if len(people) > 1 else SINGLE)


def _about_one(rows: Sequence[Judgement]) -> bool:
    """Whether the rows were written about one record (ids that overlap), or about several that a merge brought together."""
    together = set(rows[0].records)
    rest = list(rows[1:])
    while touching := [row for row in rest if row.records & together]:
        together |= {record for row in touching for record in row.records}
        rest = [row for row in rest if row not in touching]
    return not rest


def _decided(rows: Sequence[Judgement], agreed: str) -> Outcome:
    direction = rows[-1].direction
    if direction == "unclear":
        return replace(_open(rows, NO_DECISION), agreed="")
    return Outcome(direction, by=_people(rows), basis=_bases(rows), agreed=agreed, rows=tuple(rows))


def _open(rows: Sequence[Judgement], why: str) -> Outcome:
    return Outcome("awaiting", by=_people(rows), basis=_bases(rows), why=why, waiting_for=ADJUDICATOR, rows=tuple(rows))


def _with_staleness(settled: Outcome, now: Now) -> Outcome:
    differing = [now.changes(row.fingerprint) for row in settled.rows]
    # A second reader who saw the record as it is now has given it the other look.
    if not differing or not all(differing):
        return settled
    changed = sorted({name for names in differing for name in names})
    stale = f"{', '.join(changed)} changed since it was decided"
    return replace(settled, stale=stale, why=settled.why or STALE, waiting_for=settled.waiting_for or settled.by)


def _people(rows: Sequence[Judgement]) -> str:
    return tables.join(sorted({row.reviewer for row in rows}))


def _bases(rows: Sequence[Judgement]) -> str:
    return tables.join(dict.fromkeys(basis for row in rows for basis in tables.split(row.basis)))
