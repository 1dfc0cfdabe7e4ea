"""One reviewer's desk: what waits for this person, one item in full, and the pen that writes to the ledgers.

The ledgers on disk are the only state. A row that another program writes while the page is open is seen at the next click.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Any

from winnow import tables
from winnow.decisions import ledger
from winnow.decisions.checking import people_by_stage
from winnow.decisions.kinds import ADJUDICATOR, KINDS, REVIEWER, STAGES
from winnow.decisions.ledger import Ledger
from winnow.decisions.resolve import EVIDENCE_HIDDEN, Judgement, current, own
from winnow.errors import LedgerError, UsageError
from winnow.review import Review
from winnow.screen import deciding, state
from winnow.screen.fulltext import looking
from winnow.screen.fulltext.services import NOT_ASKED
from winnow.screen.worklist import DUPLICATES
from winnow.serve.items import RETRIEVAL, Item, Key, Said, decided, key_of, retrieved, ruled

#: The ledgers that everybody writes, and how their rows are read.
SHARED: Mapping[str, Callable[[Ledger, state.Known], Iterator[Said]]] = {RETRIEVAL: retrieved, DUPLICATES: ruled}


@dataclass
class Desk:
    """The work of one reviewer. Every method may be called from any thread."""

    review: Review
    reviewer: str
    role: str = REVIEWER
    hide_evidence: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _seen: object = field(default=None, repr=False)
    _turns: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.check_name()
        self.reports = state.known(self.review)
        self.rules = state.judged(self.review, again=False)
        self.criteria = list(self.rules.criteria)
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
        deciding.be_a_reviewer(self.review, self.reviewer)
        if self.role != ADJUDICATOR and people and self.reviewer not in people:
            known = ", ".join(dict.fromkeys(people))
            raise UsageError(f"reviewer '{self.reviewer}' is not named in the configuration", mend=f"it names {known}")

    @property
    def labels(self) -> dict[str, str]:
        """What each criterion is called as a reason to exclude."""
        return {criterion.id: criterion.label for criterion in self.criteria}

    @property
    def asked(self) -> dict[str, str]:
        """What stands before each criterion's verdict: its question or its id. A label says the opposite of *met*."""
        named = {criterion.id: criterion.question or criterion.id for criterion in self.criteria}
        return {known: name if name.endswith(("?", "？")) else f"{name}:" for known, name in named.items()}

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
        if record is None or key.stage not in (*STAGES, *SHARED) or (key.stage == DUPLICATES) != bool(other):
            return None
        now = self._now()
        about = [row for row in now.judgements if (row.report_id, row.stage) == (key.report, key.stage)]
        if key.stage in SHARED:
            said = next((row for row in self._shared(key.stage) if row.key.among(key)), None)
        else:
            mine = own(about, self.reviewer, self.role)
            said = decided(mine[-1]) if mine else None
        step = next((s for s in now.steps if (s.report_id, s.stage) == (key.report, key.stage)), None)
        return Item(
            key=key,
            row=next((row for row in self.queue() if key_of(row) == key), {}),
            record=record,
            other=other or {},
            verdicts=[] if self.hide_evidence else self._verdicts.get(key.report, []),
            proposal={} if self.hide_evidence else self.rules.proposals.get(key.report, {}),
            digest=self._digests.get(key.report, {}),
            said=said,
            others=[row for row in current(about) if row.role != ADJUDICATOR] if self.role == ADJUDICATOR else [],
            stale=step.outcome.stale
            if step and (said or self.role == ADJUDICATOR)
            else "",  # else it tells that others did
            copies=tuple(row for row in self._copies if row["report_id"] == key.report and row["found"] != NOT_ASKED),
        )

    def _shared(self, stage: str) -> list[Said]:
        """The rows that stand in a ledger that everybody writes."""
        now = self._memory.ledgers.get(self.review.root / KINDS[stage].path)
        return list(SHARED[stage](now, self.reports)) if now else []

    def history(self) -> list[Said]:
        """The reviewer's own rows that stand, latest first: what undo goes back through.

        Rows of different ledgers go by their dates, and within one second by the order in which this desk wrote them.
        """
        groups: dict[tuple[str, str], list[Judgement]] = {}
        for row in self._now().judgements:
            groups.setdefault((row.report_id, row.stage), []).append(row)
        latest = [kept[-1] for group in groups.values() if (kept := own(group, self.reviewer, self.role))]
        chains = [[decided(row) for row in sorted(latest, key=lambda row: row.order)]]
        chains += [[row for row in self._shared(stage) if row.by == self.reviewer] for stage in SHARED]
        turns = [
            ((reached, self._turns.get(row.link, -1), chain, place), row)
            for chain, rows in enumerate(chains)
            for place, (row, reached) in enumerate(zip(rows, accumulate((row.date for row in rows), max), strict=True))
        ]
        return [row for _, row in sorted(turns, key=lambda turn: turn[0], reverse=True)]

    def decide(self, key: Key, decision: str, criterion: str, basis: str, note: str, previous: str) -> deciding.Written:
        """Append a screening decision.

        Args:
            key: the item.
            decision: include, exclude or unclear.
            criterion: the primary reason of an exclusion.
            basis: what was read.
            note: free text.
            previous: the link of ``Item.said`` when the page was made, empty if there was none.

        Raises:
            Overtaken: another row of the same person stands by now, and says something else.
            InputError, LedgerError, Faults: the row would be at fault.
        """
        if self.hide_evidence:
            note = f"{EVIDENCE_HIDDEN}; {note}" if note else EVIDENCE_HIDDEN
        written = deciding.decide(
            self.review,
            self.reviewer,
            deciding.Decision(key.report, key.stage, decision, criterion, self.role, basis, note),
            self.reports,
            criteria=self.rules.criteria.ids,
            memory=self._memory,
            previous=previous,
        )
        return self._noted(written)

    def rule(self, key: Key, ruling: str, note: str, previous: str) -> deciding.Written:
        """Append to decisions/duplicates.csv."""
        return self._noted(
            deciding.rule(
                self.review, key.report, key.other, ruling, self.reviewer, note, self.reports, previous=previous
            )
        )

    def retrieve(self, key: Key, status: str, reason: str, obtained_from: str, previous: str) -> deciding.Written:
        """Append to decisions/retrieval.csv."""
        cells = {"id": key.report, "status": status, "reason": reason, "obtained_from": obtained_from}
        cells["by"] = self.reviewer
        return self._noted(deciding.retrieve(self.review, cells, self.reports, previous=previous))

    def _noted(self, written: deciding.Written) -> deciding.Written:
        if written.new:
            self._turns[written.seal] = len(self._turns)
        return written

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
