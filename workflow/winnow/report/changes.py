"""``changes.csv``: what the latest search changed, each row with the ids that open it.

An update is read from here: what is new, what the review holds that is no longer what it was, what somebody must look at again, and
how the conclusions move. Nothing in this table decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow.decisions import amendments
from winnow.report import changed_exclusions, changed_records, changed_verdicts, conclusions
from winnow.report.changed_records import COLUMNS, base
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.story import Story, optional
from winnow.review import Review
from winnow.search import notices


@dataclass(frozen=True)
class Kind:
    """A kind of change: how its list is called, what it means, what is counted, and whether it is news from the latest search."""

    heading: str
    meaning: str
    unit: str = "report"
    news: bool = True


#: Every kind of change, in the order of the table: what needs a look first.
KINDS = {
    "notice": Kind(
        "New notices", "retracted, corrected or under concern, and held or cited; nothing is excluded for it"
    ),
    "notice known": Kind(
        "Notices told before", "told by an earlier search already, and still held or cited", news=False
    ),
    "stale": Kind("Decisions gone stale", "what can change a judgement has changed since it was decided"),
    "reopened": Kind("Decisions reopened", "decided differently before records were found to be one document"),
    "exclusion": Kind(
        "Exclusions by rules changed",
        "known before and decided by nobody; beside the reports that this search brought, the rules judge its silence otherwise",
    ),
    "joined": Kind("Reports joined", "reports of earlier searches that are one now"),
    "split": Kind("Reports split", "a report of earlier searches that is several now"),
    "vanished": Kind("Records vanished", "found before, not now, though this search could have found them", "record"),
    "new": Kind("New reports", "no earlier search found a record of them, or could have"),
    "late": Kind("Late reports", "new, of a source and of years that an earlier search covered already"),
    "new record": Kind("New records of known reports", "another entry of a document that was found before", "record"),
    "changed": Kind(
        "Records changed", "a title, abstract, type, heading, keyword, language or notice differs", "record"
    ),
    "minor": Kind("Minor changes", "another field differs", "record", news=False),
    "out of scope": Kind(
        "Not searched again", "this search does not cover their source or their years", "record", False
    ),
    "verdict": Kind(
        "Rule verdicts changed",
        "amended criteria, other code, or other reports beside them, judge otherwise; decisions stand",
        news=False,
    ),
    "conclusion": Kind("Conclusions moved", "worked out without this search's evidence, and with it", "result", False),
}
#: The column that is counted, by unit.
_COUNTED = {"report": "report_id", "record": "record_id", "result": "what"}


@dataclass(frozen=True)
class Changes:
    """Every change, and what a reader needs beside them.

    Attributes:
        rows: the table, in the order of :data:`KINDS`.
        latest: the search that is told about; ``earlier`` are those before it.
        found: how many records each source of the latest search gave, by its title.
        former: the version of the criteria that verdicts are held against, if there is one.
        amendments: every approved version of the protocol.
        to_decide: how many entries of the worklist there are, by why.
    """

    rows: Sequence[Row]
    latest: str
    earlier: Sequence[str]
    found: Mapping[str, int]
    former: changed_verdicts.Former | None
    amendments: Sequence[Row]
    to_decide: Mapping[str, int]


def changes(review: Review, evidence: Evidence, flow: Flow, story: Story) -> Changes:
    """What the latest search changed; nothing in a review with one search.

    Raises:
        InputError: a table that another stage wrote is at fault.
        LedgerError: ``config/amendments.csv`` is.
    """
    found = _found(review, evidence, flow, story) if len(review.searches) > 1 else []
    latest = review.searches[-1]
    counted = Counter(row["source"] for row in evidence.records if row["search_id"] == latest.id)
    return Changes(
        rows=found,
        latest=latest.id,
        earlier=[search.id for search in review.searches[:-1]],
        found={source.title: counted[source.name] for source in latest.sources},
        former=changed_verdicts.former(review),
        amendments=amendments.rows(review),
        to_decide=dict(sorted(Counter(row["why"] for row in story.to_decide).items())),
    )


def _found(review: Review, evidence: Evidence, flow: Flow, story: Story) -> list[Row]:
    grouping = optional(review.result("deduplicate", "changes.csv"))
    told = evidence.notices(notices.statuses(review))
    found = [
        *changed_records.rows(evidence, flow, review.searches),
        *changed_records.notices(evidence, flow, told),
        *_look_again(evidence, flow, story),
        *_regrouped(evidence, flow, grouping),
        *changed_exclusions.rows(review, evidence, flow, story),
        *changed_verdicts.rows(review, evidence, flow, story.verdicts),
        *conclusions.rows(review, evidence, told),
    ]
    order = list(KINDS)
    worked_out = {"conclusion", "verdict"}  # these keep the order of the tables that they come from
    found.sort(
        key=lambda row: (order.index(row["change"]),)
        + (() if row["change"] in worked_out else (row["report_id"], row["source"], row["record_id"], row["what"], row["after"]))
    )  # fmt: skip
    waiting = {row["report_id"]: row["why"] for row in story.to_decide}
    return [row | {"to_decide": waiting.get(row["report_id"], "")} for row in found]


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many there are of each kind of change, in its unit."""
    told: dict[str, set[tuple[str, str]]] = {kind: set() for kind in KINDS}
    for row in rows:
        told[row["change"]].add((row["source"], row[_COUNTED[KINDS[row["change"]].unit]]))
    return {
        kind: len(found if KINDS[kind].unit == "record" else {counted for _, counted in found})
        for kind, found in told.items()
    }


def news(rows: Sequence[Row]) -> dict[str, int]:
    """The kinds of change that the latest search itself brought, with their numbers; empty if it brought nothing."""
    return {kind: n for kind, n in counts(rows).items() if n and KINDS[kind].news}


def _look_again(evidence: Evidence, flow: Flow, story: Story) -> list[Row]:
    """Decisions that are stale, and decisions that a merge of records reopened."""
    found = [
        base("stale", row["report_id"], evidence, flow)
        | {"what": row["stage"], "before": row["decision"], "after": row["stale"], "note": f"decided by {row['by']}"}
        for row in evidence.decisions
        if row["stale"]
    ]
    found += [
        base("reopened", row["report_id"], evidence, flow)
        | {"what": row["stage"], "note": f"waits for {row.get('waiting_for') or 'anybody'}"}
        for row in story.to_decide
        if row["why"] == "reopened"
    ]
    return found


def _regrouped(evidence: Evidence, flow: Flow, grouping: Sequence[Row]) -> list[Row]:
    """Reports that the latest search joined or split."""
    return [
        base(row["change"], row["report_id"], evidence, flow)
        | {
            "what": "records",
            "before": row["former_report_ids"],
            "after": row["record_ids"],
            "note": f"came with {row['new_record_ids']}" if row["new_record_ids"] else "",
        }
        for row in grouping
        if row["search_id"] == evidence.plan.latest
    ]


__all__ = ["COLUMNS", "KINDS", "Changes", "changes", "counts", "news"]
