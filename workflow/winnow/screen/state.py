"""Where screening stands: what the stages before it and the rules give, and what the ledgers as they are now make of it.

The first part costs time and does not change while people decide; the second is worked out anew from the ledgers in a moment. The
stage writes both to results/, the screening page works through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import reuse, tables
from winnow.decisions import ledger
from winnow.decisions.checking import people_by_stage, readers
from winnow.decisions.fingerprint import PARTS, Now, fingerprint
from winnow.decisions.identities import Identities
from winnow.decisions.kinds import STAGES
from winnow.decisions.resolve import Judgement, Outcome
from winnow.errors import RecordLossError, WinnowError, raise_all
from winnow.review import Review
from winnow.screen.judgements import judgements, retrievals
from winnow.screen.reading import Reading
from winnow.screen.settle import Settings, Settled, Step, steps
from winnow.screen.worklist import possible_duplicates, worklist

if TYPE_CHECKING:
    import pandas as pd

    from winnow.screen.criteria import Criteria

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Known:
    """What is known of the reports: read from results/, before anybody decides.

    Attributes:
        merged: the merged row of each report, in order of ids.
        reports: the same, by id.
        report_of: the report of each record.
        identities: every id that a ledger may use.
        records: the records of each report, each as its latest search has it.
        reading: the order in which undecided reports are read.
    """

    merged: pd.DataFrame
    reports: Mapping[str, Mapping[str, str]]
    report_of: Mapping[str, str]
    identities: Identities
    records: Mapping[str, Sequence[Mapping[str, str]]]
    reading: Reading
    _readable: dict[str, Now] = field(default_factory=dict, repr=False)

    def now(self, report_id: str) -> Now:
        """What can be read of a report today, as fingerprints; worked out once, and only for reports that are asked about."""
        if report_id not in self._readable:
            row = self.reports.get(report_id)
            members = tuple(sorted({fingerprint(record) for record in self.records.get(report_id, ())}))
            self._readable[report_id] = Now(fingerprint(row) if row else "", members)
        return self._readable[report_id]

    def fingerprint(self, report_id: str) -> str:
        """The fingerprint of a report's merged row; empty if there is no such report."""
        return self.now(report_id).merged


@dataclass(frozen=True)
class Judged:
    """What the rules say: verdicts as a table, proposals by report, and whom they exclude on their own."""

    table: pd.DataFrame
    proposals: Mapping[str, Mapping[str, str]]
    excluded: Mapping[str, Outcome]
    criteria: Criteria

    @cached_property
    def verdicts(self) -> Rows:
        """The rows of the table."""
        return tables.rows(self.table)

    @cached_property
    def balance(self) -> dict[str, int]:
        """How many criteria each report meets, less those that it does not."""
        from winnow.screen.verdicts import balance

        return balance(*(tables.column(self.table, name) for name in ("report_id", "verdict")))


@dataclass(frozen=True)
class Standing:
    """What the ledgers come to now."""

    steps: list[Step]
    to_decide: Rows
    judgements: list[Judgement]
    unmatched: Rows


def known(review: Review) -> Known:
    """Read the reports.

    Raises:
        InputError: an earlier stage's table is missing.
    """
    merged = _merged(review)
    reports = {row["record_id"]: row for row in tables.rows(merged)}
    pairs = tables.read(review.result("deduplicate", "reports.csv"), needs=tables.REPORTS)
    report_of = dict(zip(*(tables.column(pairs, name) for name in tables.REPORTS), strict=True))
    columns = ("record_id", "pmid", "doi", *PARTS)
    records = tables.read(review.result("records", "records.csv"), needs=("record_id",), columns=columns, only=columns)
    rows = tables.rows(records)
    latest = {row["record_id"]: row for row in rows}  # records.csv is in the order of the searches
    members: dict[str, list[Mapping[str, str]]] = {}
    for record_id, row in latest.items():
        members.setdefault(report_of.get(record_id, record_id), []).append(row)
    store = partial(reuse.kept, review, "words", "screen")
    reading = Reading(merged, str(review.settings["review"].get("question", "")), store)
    return Known(merged, reports, report_of, Identities(rows, report_of), members, reading)


def _merged(review: Review) -> pd.DataFrame:
    """The merged row of each report, in order of ids."""
    path = review.result("deduplicate", "merged.csv")
    table = tables.read(path, needs=("record_id", "title"), columns=tables.MERGED)
    return table.sort_values("record_id", kind="stable", ignore_index=True)


def judged(review: Review, reports: Known | None = None, *, again: bool = True) -> Judged:
    """What the rules say of the reports: worked out from the criteria, or read from what the stage wrote.

    Args:
        review: the review.
        reports: its reports, if they have been read.
        again: whether the rules are asked now.

    Raises:
        ConfigError, Faults: the criteria are at fault.
        InputError: a table is missing.
    """
    from winnow.screen import criteria as criteria_files
    from winnow.screen.proposals import proposals
    from winnow.screen.verdicts import verdicts

    criteria = criteria_files.load(review.config_dir / "criteria.yaml")
    if again:
        merged = _merged(review) if reports is None else reports.merged
        with reuse.kept(review, "verdicts", "screen", [criteria.source]) as kept:
            table = verdicts(merged, criteria, kept)
    else:
        table = tables.read(review.result("screen", "verdicts.csv"), needs=tables.VERDICTS)
    proposed = {row["report_id"]: row for row in tables.rows(proposals(table, criteria))}
    may = review.settings.get("screening", {}).get("rules", "propose") == "exclude"
    return Judged(table, proposed, _excluded(proposed.values(), table) if may else {}, criteria)


def _excluded(proposals: Iterable[Mapping[str, str]], verdicts: pd.DataFrame) -> dict[str, Outcome]:
    """The reports that a criterion excludes on its own, by the first such criterion in protocol order."""
    ids, criteria, found_in = (tables.column(verdicts, name) for name in ("report_id", "criterion", "field"))
    fields = dict(zip(zip(ids, criteria, strict=True), found_in, strict=True))
    found = {}
    for row in proposals:
        if criterion := row["automatic"]:
            field = fields.get((row["report_id"], criterion), "")
            basis = field if field in ("title", "abstract") else ""
            found[row["report_id"]] = Outcome("exclude", reason=criterion, by=f"rule:{criterion}", basis=basis)
    return found


@dataclass
class Memory:
    """What the last look at the ledgers came to, so that the next one works out only what is new. It changes no result.

    A memory is of one ``Known`` and one ``Judged``.

    Attributes:
        ledgers: the ledgers as last read, if there was no fault in any.
        judgements: every screening row.
        settled: each report's steps, and what they follow from.
        pairs: the possible duplicates, which only the stages before can change.
    """

    ledgers: dict[Path, ledger.Ledger] = field(default_factory=dict)
    judgements: Sequence[Judgement] = ()
    settled: Settled = field(default_factory=dict)
    pairs: Rows | None = None


def standing(review: Review, reports: Known, rules: Judged, memory: Memory | None = None) -> Standing:
    """What the ledgers as they are now come to.

    Raises:
        LedgerError, Faults: a ledger is at fault.
        RecordLossError: a report would vanish.
    """
    settings = Settings({stage: readers(review, stage) for stage in STAGES}, rules.criteria.ids)
    memory = Memory() if memory is None else memory
    ledgers = _read_ledgers(review, rules.criteria.ids, memory)
    rows, unmatched = judgements(ledgers["screening"], reports.identities, memory.judgements)
    obtained, astray = retrievals(ledgers["retrieval"], reports.identities)
    memory.judgements = rows
    found = steps(reports.reports, rows, obtained, rules.excluded, reports.now, settings, memory.settled)
    prove(list(reports.reports), found)
    possible = _possible(review, reports, ledgers["duplicates"], memory)
    to_decide = worklist(found, possible, reports.reports, rules.proposals, reports.reading.ranks(found, rules.balance))
    return Standing(found, to_decide, rows, unmatched + astray)


def _read_ledgers(review: Review, criteria: Sequence[str], memory: Memory) -> dict[str, list[ledger.Ledger]]:
    """The ledgers that screening reads, by kind; any fault in them stops it."""
    kinds = ("screening", "retrieval", "duplicates")
    found, unreadable = ledger.read_all(review.root, *kinds, earlier=memory.ledgers)
    named = people_by_stage(review)
    faults: list[WinnowError] = [*unreadable]
    for one in found:
        # Only ledgers without a fault are kept in memory, so what they held is not asked about again.
        faults += [*ledger.faults(one, criteria=criteria, people=named, since=len(one.linked)), *one.verify()]
    raise_all(faults)
    memory.ledgers = {one.path: one for one in found}
    return {kind: [one for one in found if one.kind.name == kind] for kind in kinds}


def prove(reports: Sequence[str], found: Iterable[Step]) -> None:
    """Every report starts at exactly one stage.

    Raises:
        RecordLossError: one does not.
    """
    started = [step.report_id for step in found if step.stage in ("before_screening", "title_abstract")]
    if started != list(reports):
        raise RecordLossError(f"{len(reports)} reports came in, {len(started)} were screened", mend="report this bug")


def _possible(
    review: Review, reports: Known, rulings: Iterable[ledger.Ledger], memory: Memory
) -> list[tuple[str, str, str]]:
    if memory.pairs is None:
        path = review.result("deduplicate", "pairs.csv")
        needs = ("record_id_1", "record_id_2", "verdict")
        table = tables.rows(tables.read(path, needs=needs, columns=("evidence",))) if path.is_file() else []
        memory.pairs = [pair for pair in table if pair["verdict"] == "possible"]
    ruled = [
        frozenset(report for name in ("id_1", "id_2") for report in reports.identities.named(cells[name]).reports)
        for one in rulings
        for cells in one.rows
    ]
    return possible_duplicates(memory.pairs, reports.report_of, ruled)
