"""The screening stage: reports, rules and ledgers in; verdicts, decisions, agreement and what is still to do out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from winnow import tables
from winnow.decisions import agreement, ledger
from winnow.decisions.checking import readers
from winnow.decisions.fingerprint import fingerprint
from winnow.decisions.identities import Identities
from winnow.decisions.resolve import Judgement, Outcome
from winnow.errors import RecordLossError, WinnowError, raise_all
from winnow.review import Review
from winnow.screen.judgements import UNMATCHED, judgements, retrievals
from winnow.screen.settle import Settings, Step, steps
from winnow.screen.worklist import TO_DECIDE, possible_duplicates, worklist

Rows = list[dict[str, str]]


def run(review: Review) -> None:
    """Write ``screen/`` of the review's results.

    Raises:
        InputError: an earlier stage's table is missing.
        LedgerError, Faults: a ledger is at fault.
        RecordLossError: a report would vanish.
    """
    from winnow.screen import criteria as criteria_files
    from winnow.screen.proposals import proposals
    from winnow.screen.verdicts import verdicts

    criteria = criteria_files.load(review.config_dir / "criteria.yaml")
    merged = tables.read(review.result("deduplicate", "merged.csv"), needs=("record_id", "title"))
    reports = _by(tables.rows(merged), "record_id")
    report_of, identities = read_identities(review)

    judged = verdicts(merged, criteria)
    proposed = _by(tables.rows(proposals(judged, criteria)), "report_id")
    settings = Settings({stage: readers(review, stage) for stage in ("title_abstract", "full_text")}, criteria.ids)
    screening = read_ledgers(review, criteria.ids)
    rows, unmatched = judgements(screening["screening"], identities)
    obtained, unmatched_retrievals = retrievals(screening["retrieval"], identities)
    excluded = excluded_by_rule(proposed.values(), tables.rows(judged)) if _rules(review) == "exclude" else {}
    prints = {report_id: fingerprint(row) for report_id, row in reports.items()}
    found = steps(sorted(reports), rows, obtained, excluded, prints, settings)
    prove(sorted(reports), found)

    possible = _possible(review, report_of, screening["duplicates"], identities)
    out = review.results / "screen"
    tables.write(out / "verdicts.csv", judged, tables.VERDICTS, sort=("report_id",))
    tables.write_rows(out / "decisions.csv", [step.row for step in found], tables.DECISIONS)
    tables.write_rows(out / "to_decide.csv", worklist(found, possible, reports, proposed, {}), TO_DECIDE)
    tables.write_rows(out / "agreement.csv", _agreement(rows), agreement.COLUMNS)
    unmatched += unmatched_retrievals
    tables.write_rows(out / "unmatched_decisions.csv", unmatched, UNMATCHED)
    if unmatched:
        where = review.relative(out / "unmatched_decisions.csv")
        print(f"winnow: {len(unmatched)} decisions name no report of this review: see {where}", file=sys.stderr)


def read_identities(review: Review) -> tuple[dict[str, str], Identities]:
    """The report of each record, and every id that a ledger may use."""
    reports = tables.read(review.result("deduplicate", "reports.csv"), needs=tables.REPORTS)
    report_of = dict(zip(reports["record_id"], reports["report_id"], strict=True))
    records = tables.read(review.result("records", "records.csv"), needs=("record_id",), columns=("pmid", "doi"))
    return report_of, Identities(tables.rows(records[["record_id", "pmid", "doi"]]), report_of)


def read_ledgers(review: Review, criteria: Sequence[str]) -> dict[str, list[ledger.Ledger]]:
    """The ledgers that screening reads, by kind; any fault in them stops the stage."""
    kinds = ("screening", "retrieval", "duplicates")
    found, faults = ledger.read_all(review.root, *kinds)
    people = {name for stage in ("title_abstract", "full_text") for name in readers(review, stage).people}
    problems: list[WinnowError] = [
        *faults,
        *(fault for one in found for fault in ledger.faults(one, criteria=criteria, people=people)),
    ]
    raise_all(problems)
    return {kind: [one for one in found if one.kind.name == kind] for kind in kinds}


def excluded_by_rule(
    proposals: Iterable[Mapping[str, str]], verdicts: Iterable[Mapping[str, str]]
) -> dict[str, Outcome]:
    """The reports that a criterion may exclude on its own, by the first such criterion in protocol order."""
    fields = {(row["report_id"], row["criterion"]): row["field"] for row in verdicts}
    found = {}
    for row in proposals:
        if criterion := row["automatic"]:
            field = fields.get((row["report_id"], criterion), "")
            basis = field if field in ("title", "abstract") else ""
            found[row["report_id"]] = Outcome("exclude", reason=criterion, by=f"rule:{criterion}", basis=basis)
    return found


def prove(reports: Sequence[str], found: Iterable[Step]) -> None:
    """Every report starts at exactly one stage.

    Raises:
        RecordLossError: one does not.
    """
    started = [step.report_id for step in found if step.stage in ("before_screening", "title_abstract")]
    if started != list(reports):
        raise RecordLossError(f"{len(reports)} reports came in, {len(started)} were screened", mend="report this bug")


def _possible(
    review: Review, report_of: Mapping[str, str], rulings: Iterable[ledger.Ledger], identities: Identities
) -> list[tuple[str, str, str]]:
    path = review.result("deduplicate", "pairs.csv")
    if not path.is_file():
        return []
    pairs = tables.rows(tables.read(path, needs=("record_id_1", "record_id_2", "verdict"), columns=("evidence",)))
    ruled = [
        frozenset(report for name in ("id_1", "id_2") for report in identities.named(cells[name]).reports)
        for one in rulings
        for cells in one.rows
    ]
    return possible_duplicates(pairs, report_of, ruled)


def _agreement(rows: Iterable[Judgement]) -> Rows:
    return agreement.table(
        agreement.Vote(row.reviewer, row.report_id, row.stage, row.decision)
        for row in sorted(rows, key=lambda row: row.order)
        if row.role == "reviewer"
    )


def _rules(review: Review) -> str:
    return str(review.settings.get("screening", {}).get("rules", "propose"))


def _by(rows: Iterable[dict[str, str]], key: str) -> dict[str, dict[str, str]]:
    return {row[key]: row for row in rows}
