"""One reviewer's desk: what waits for this person, one item in full, and the pen that writes to the ledgers.

The ledgers on disk are the only state. A row that another program writes while the page is open is seen at the next click.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from winnow import tables
from winnow.decisions import ledger
from winnow.decisions.checking import people_by_stage
from winnow.decisions.kinds import KINDS, STAGES
from winnow.decisions.resolve import ADJUDICATOR, EVIDENCE_HIDDEN, Judgement, current, own
from winnow.errors import LedgerError, UsageError
from winnow.review import Review
from winnow.screen import criteria as criteria_files
from winnow.screen import deciding, state
from winnow.screen.fulltext import looking
from winnow.screen.fulltext.services import NOT_ASKED
from winnow.screen.worklist import DUPLICATES


@dataclass(frozen=True)
class Key:
    """Which item: a report at a stage, and for a possible duplicate the other report."""

    stage: str
    report: str
    other: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As the parameters of an address."""
        return {"stage": self.stage, "report": self.report, **({"other": self.other} if self.other else {})}


@dataclass(frozen=True)
class Item:
    """One item in full.

    Attributes:
        row: its row of the worklist; empty if it is not on the list (it was decided, and is looked at again).
        record: the merged row, or the row of the first of two.
        own: the reviewer's own row that stands, if there is one.
        previous: the link of the row that the next one on the item would take the place of; empty if there is none.
        others: for an adjudicator, what the reviewers wrote.
        stale: what changed since it was decided.
        copies: what the services said about open copies of it.
    """

    key: Key
    row: Mapping[str, str]
    record: Mapping[str, str]
    other: Mapping[str, str]
    verdicts: list[Mapping[str, str]]
    proposal: Mapping[str, str]
    digest: Mapping[str, str]
    own: Judgement | None
    previous: str
    others: list[Judgement]
    stale: str = ""
    copies: tuple[Mapping[str, str], ...] = ()


@dataclass
class Desk:
    """The work of one reviewer. Every method may be called from any thread."""

    review: Review
    reviewer: str
    role: str = "reviewer"
    hide_evidence: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _seen: object = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.check_name()
        self.criteria = list(criteria_files.load(self.review.config_dir / "criteria.yaml"))
        self.reports = state.known(self.review)
        self.rules = state.judged(self.review, again=False)
        self._verdicts: dict[str, list[Mapping[str, str]]] = {}
        for row in self.rules.verdicts:
            self._verdicts.setdefault(row["report_id"], []).append(row)
        self._digests = self._read_digests()
        self._copies = looking.found(self.review)
        self._memory = state.Memory()
        self._now()

    def check_name(self) -> None:
        """Refuse a name that could not write a decision.

        Raises:
            UsageError: no reviewer's name, or none that config.yaml knows.
        """
        named = people_by_stage(self.review)
        people = [name for names in named.values() for name in names] if all(named.values()) else []
        if not ledger.is_reviewer(self.reviewer):
            raise UsageError(f"'{self.reviewer}' is no reviewer's name", mend="use letters, digits, . _ -")
        if self.role != ADJUDICATOR and people and self.reviewer not in people:
            known = ", ".join(dict.fromkeys(people))
            raise UsageError(f"reviewer '{self.reviewer}' is not named in the configuration", mend=f"it names {known}")

    @property
    def labels(self) -> dict[str, str]:
        """What each criterion is called."""
        return {criterion.id: criterion.label for criterion in self.criteria}

    def queue(self) -> Sequence[Mapping[str, str]]:
        """The rows of the worklist that wait for this person, in order."""
        with self._lock:
            self._now()
            return self._queue

    def _mine(self, row: Mapping[str, str]) -> bool:
        if row["stage"] not in STAGES:
            return True
        wanted = _people(row["waiting_for"])
        if self.role == ADJUDICATOR:
            return ADJUDICATOR in wanted
        return self.reviewer in wanted or not wanted

    def item(self, key: Key) -> Item | None:
        """An item in full; None if there is no such report."""
        record = self.reports.reports.get(key.report)
        other = self.reports.reports.get(key.other)
        if (
            record is None
            or key.stage not in (*STAGES, "retrieval", DUPLICATES)
            or (key.stage == DUPLICATES) != bool(other)
        ):
            return None
        now = self._now()
        about = [row for row in now.judgements if (row.report_id, row.stage) == (key.report, key.stage)]
        mine = own(about, self.reviewer, self.role)
        step = next((s for s in now.steps if (s.report_id, s.stage) == (key.report, key.stage)), None)
        return Item(
            key=key,
            row=next((row for row in self.queue() if key_of(row) == key), {}),
            record=record,
            other=other or {},
            verdicts=[] if self.hide_evidence else self._verdicts.get(key.report, []),
            proposal={} if self.hide_evidence else self.rules.proposals.get(key.report, {}),
            digest=self._digests.get(key.report, {}),
            own=mine[-1] if mine else None,
            previous=mine[-1].link if mine else self._shared_row(key),
            others=[row for row in current(about) if row.role != ADJUDICATOR] if self.role == ADJUDICATOR else [],
            stale=step.outcome.stale if step else "",
            copies=tuple(row for row in self._copies if row["report_id"] == key.report and row["found"] != NOT_ASKED),
        )

    def _shared_row(self, key: Key) -> str:
        """The link of the row that stands on an item in a ledger that everybody writes; empty if there is none."""
        if key.stage not in ("retrieval", DUPLICATES):
            return ""
        now = self._memory.ledgers.get(self.review.root / KINDS[key.stage].path)
        if now is None:
            return ""
        if key.stage == DUPLICATES:
            place = deciding.ruled(now, seen=self.reports, one=key.report, other=key.other)
        else:
            place = deciding.retrieved(now, seen=self.reports, report=key.report)
        return "" if place is None else now.links[place]

    def history(self) -> list[Judgement]:
        """The reviewer's own rows that stand, latest first: what undo goes back through."""
        groups: dict[tuple[str, str], list[Judgement]] = {}
        for row in self._now().judgements:
            groups.setdefault((row.report_id, row.stage), []).append(row)
        latest = [kept[-1] for group in groups.values() if (kept := own(group, self.reviewer, self.role))]
        return sorted(latest, key=lambda row: -row.order)

    def decide(self, key: Key, decision: str, criterion: str, basis: str, note: str, previous: str) -> deciding.Written:
        """Append a screening decision.

        Args:
            key: the item.
            decision: include, exclude or unclear.
            criterion: the primary reason of an exclusion.
            basis: what was read.
            note: free text.
            previous: ``Item.previous`` when the page was made.

        Raises:
            Overtaken: another row of the same person stands by now, and says something else.
            InputError, LedgerError, Faults: the row would be at fault.
        """
        if self.hide_evidence:
            note = f"{EVIDENCE_HIDDEN}; {note}" if note else EVIDENCE_HIDDEN
        return deciding.decide(
            self.review,
            self.reviewer,
            deciding.Decision(key.report, key.stage, decision, criterion, self.role, basis, note),
            self.reports,
            criteria=self.rules.criteria.ids,
            memory=self._memory,
            previous=previous,
        )

    def rule(self, key: Key, ruling: str, note: str, previous: str) -> deciding.Written:
        """Append to decisions/duplicates.csv."""
        return deciding.rule(
            self.review, key.report, key.other, ruling, self.reviewer, note, self.reports, previous=previous
        )

    def retrieve(self, key: Key, status: str, reason: str, obtained_from: str, previous: str) -> deciding.Written:
        """Append to decisions/retrieval.csv."""
        cells = {"id": key.report, "status": status, "reason": reason, "obtained_from": obtained_from}
        return deciding.retrieve(self.review, {**cells, "by": self.reviewer}, self.reports, previous=previous)

    def _now(self) -> state.Standing:
        with self._lock:
            files = [path for kind in KINDS.values() for path in ledger.paths(self.review.root, kind)]
            seen = [(path, found.st_ino, found.st_mtime_ns, found.st_size) for path in files for found in [path.stat()]]
            if seen != self._seen:
                self._standing = state.standing(self.review, self.reports, self.rules, self._memory)
                self._queue = [row for row in self._standing.to_decide if self._mine(row)]
                self._seen = seen
            return self._standing

    def _read_digests(self) -> dict[str, dict[str, Any]]:
        path = self.review.config_dir / "digests.csv"
        if not path.is_file():
            return {}
        found: dict[str, dict[str, Any]] = {}
        for line, row in tables.read_rows(path, ("id", "digest")):
            named = self.reports.identities.named(row["id"])
            if len(named.reports) > 1:
                raise LedgerError(named.fault, where=f"{path}:{line}", mend="name one record")
            found[named.report] = row
        return found


@cache
def _people(waiting_for: str) -> frozenset[str]:
    return frozenset(tables.split(waiting_for))


def key_of(row: Mapping[str, str]) -> Key:
    """The key of a row of the worklist."""
    return Key(row["stage"], row["report_id"], row["other_id"])
