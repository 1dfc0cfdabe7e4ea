"""The screening stage: reports, rules and ledgers in; verdicts, decisions, agreement and what is still to do out."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from winnow import tables
from winnow.decisions import agreement
from winnow.decisions.kinds import ADJUDICATOR
from winnow.decisions.resolve import Judgement
from winnow.review import Review
from winnow.screen import compare
from winnow.screen.fulltext import looking
from winnow.screen.judgements import UNMATCHED
from winnow.screen.state import Judged, judged, known, standing
from winnow.screen.worklist import TO_DECIDE


def run(review: Review) -> None:
    """Write ``screen/`` of the review's results.

    Raises:
        InputError: an earlier stage's table is missing.
        LedgerError, Faults: a ledger is at fault.
        RecordLossError: a report would vanish.
    """
    reports = known(review)
    rules = judged(review, reports)
    now = standing(review, reports, rules)
    out = review.results / "screen"
    tables.write(out / "verdicts.csv", rules.table, tables.VERDICTS)
    tables.write_rows(out / "decisions.csv", [step.row for step in now.steps], tables.DECISIONS)
    tables.write(out / "sensitivity.csv", compare.sensitivity(rules.table, rules.criteria), compare.SENSITIVITY)
    tables.write_rows(out / "to_decide.csv", now.to_decide, TO_DECIDE)
    tables.write_rows(out / "agreement.csv", agreement.table(votes(now.judgements, rules)), agreement.COLUMNS)
    tables.write_rows(out / "unmatched_decisions.csv", now.unmatched, UNMATCHED)
    tables.write_rows(out / "fulltext.csv", looking.found(review), looking.FOUND)
    if now.unmatched:
        where = review.relative(out / "unmatched_decisions.csv")
        print(f"winnow: {len(now.unmatched)} decisions name no report of this review: see {where}", file=sys.stderr)


def votes(rows: Iterable[Judgement], rules: Judged) -> list[agreement.Vote]:
    """Reviewers' decisions in the order in which they were taken, and the rules' proposals beside those taken unseen.

    A decision is held against the rules only if the reviewer did not see what the rules had found; against nobody, if the reviewer
    had adjudicated on the report at that stage before and so had seen what the others said.
    """
    found = []
    unseen: dict[str, None] = {}
    shown: set[tuple[str, str, str]] = set()
    for row in sorted(rows, key=lambda row: row.order):
        if row.role == ADJUDICATOR:
            shown.add((row.reviewer, row.report_id, row.stage))
        elif (row.reviewer, row.report_id, row.stage) not in shown:
            found.append(agreement.Vote(row.reviewer, row.report_id, row.stage, row.decision, row.unaided))
            if row.unaided and row.stage == "title_abstract":
                unseen.setdefault(row.report_id)
    for report_id in unseen:
        proposal = rules.proposals.get(report_id, {}).get("proposal", "")
        if proposal:
            found.append(agreement.Vote(agreement.RULES, report_id, "title_abstract", proposal, True))
    return found
