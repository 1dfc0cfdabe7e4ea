"""Rule verdicts that an amendment of the criteria or other code changed.

Today's stand beside those of the criteria approved before, of which only entries that differ are judged again, and beside the
verdicts that were approved (``winnow amend --verdicts``), where the text is still the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winnow import config, files, tables
from winnow.decisions import amendments, rule_verdicts
from winnow.errors import WinnowError
from winnow.report.changed_records import COLUMNS, base
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.review import Review
from winnow.screen.criteria import Criteria, load

FILE = "config/criteria.yaml"
_AGAINST = "not met"


@dataclass(frozen=True)
class Former:
    """The version of the criteria approved before the present one: its ledger row, and where it is kept."""

    row: Row
    path: Path


def former(review: Review) -> Former | None:
    """The last approved version of the criteria that is not the present one; None if there is none."""
    path = review.root / FILE
    if not path.is_file():
        return None
    present = files.sha256_file(path)
    for row in reversed(amendments.rows(review)):
        if row["file"] == FILE and row["sha256"] != present:
            return Former(row, amendments.history_path(review.root, FILE, row["sha256"]))
    return None


def differing(before: Path, after: Path) -> tuple[list[str], list[str]]:
    """The ids of criteria whose entry differs: those of the former version, and those of the present one."""
    old, new = _entries(before), _entries(after)
    return (
        [name for name, entry in old.items() if new.get(name) != entry],
        [name for name, entry in new.items() if old.get(name) != entry],
    )


def _entries(path: Path) -> dict[str, Any]:
    return {str(entry["id"]): entry for entry in config.load(path, "criteria")["criteria"]}


def rows(review: Review, evidence: Evidence, flow: Flow, verdicts: Mapping[str, Sequence[Row]]) -> list[Row]:
    """One row per report and criterion whose verdict is another one now, by the criteria first, then by what was approved.

    Args:
        review: the review.
        evidence: the tables.
        flow: where each report ended.
        verdicts: the present verdicts by report.
    """
    found = _by_criteria(review, evidence, flow, verdicts)
    told = {(row["report_id"], row["what"]) for row in found}
    approved = _since_approved(review, evidence, flow, verdicts)
    return [*found, *(row for row in approved if (row["report_id"], row["what"]) not in told)]


def _since_approved(review: Review, evidence: Evidence, flow: Flow, verdicts: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Verdicts that differ from those approved last on the same text; the note says why."""
    approved = amendments.rows(review)
    places = [place for place, row in enumerate(approved) if row["file"] == rule_verdicts.NAME]
    if not places:
        return []
    row = approved[places[-1]]
    criteria = [earlier["sha256"] for earlier in approved[: places[-1]] if earlier["file"] == FILE]
    try:
        before = rule_verdicts.read(amendments.history_path(review.root, rule_verdicts.NAME, row["sha256"]))
        amended = (
            set(differing(amendments.history_path(review.root, FILE, criteria[-1]), review.root / FILE)[1])
            if criteria
            else None
        )
    except WinnowError as fault:
        return [_unreadable("approved verdicts", fault)]
    differ = [
        (now, said[now["criterion"]])
        for report in sorted(evidence.merged)
        for text, said in [before.get(report, ("", {}))]
        if text == rule_verdicts.text(evidence.merged[report])
        for now in verdicts.get(report, ())
        if said.get(now["criterion"], now["verdict"]) != now["verdict"]
    ]
    then = [report for report in sorted(evidence.merged) if report in before]
    alone = reconsidered(load(review.root / FILE), evidence, verdicts, then) if differ else {}
    found = []
    for now, approved_verdict in differ:
        report, name = now["report_id"], now["criterion"]
        if alone.get((report, name), {}).get("verdict") == approved_verdict:
            why = "other reports stand beside it now"
        elif amended is not None and name not in amended:
            why = "the criterion is as it was"
        else:
            why = "criteria or code changed"
        told = base("verdict", report, evidence, flow) | {
            "what": name,
            "before": approved_verdict,
            "after": _shown(now),
        }
        found.append(told | {"note": f"approved otherwise on {row['date']}; {why}"})
    return found


def _unreadable(what: str, fault: WinnowError) -> Row:
    told = {"change": "verdict", "what": what, "note": f"cannot be compared: {fault.line}"}
    return dict.fromkeys(COLUMNS, "") | told


def _by_criteria(review: Review, evidence: Evidence, flow: Flow, verdicts: Mapping[str, Sequence[Row]]) -> list[Row]:
    """What the criteria approved before would say, where it differs; ``before`` and ``after`` have verdict and quote, or what
    was looked for in vain.

    Of a criterion that only one version has, only the reports that it speaks against are listed: the others change nothing.
    A former version that this winnow can no longer read is told in a row of its own; nobody could mend it.
    """
    then = former(review)
    if then is None:
        return []
    try:
        gone, present = differing(then.path, review.root / FILE)
        before = _judged(then.path, gone, evidence, verdicts) if gone else {}
    except WinnowError as fault:
        return [_unreadable("all criteria", fault)]
    names = list(dict.fromkeys([*present, *gone]))
    said = {
        (row["report_id"], row["criterion"]): row
        for its in verdicts.values() for row in its if row["criterion"] in names
    }  # fmt: skip
    found = []
    for report in sorted(evidence.merged):
        for name in names:
            old, new = before.get((report, name)), said.get((report, name))
            was, now = (row["verdict"] if row else "" for row in (old, new))
            if was == now or (not (was and now) and _AGAINST not in (was, now)):
                continue
            told = base("verdict", report, evidence, flow)
            told |= {"what": name, "before": _shown(old), "after": _shown(new)}
            found.append(told | {"note": f"criteria amended since {then.row['date']}"})
    return found


def _judged(
    path: Path, names: Sequence[str], evidence: Evidence, verdicts: Mapping[str, Sequence[Row]]
) -> dict[tuple[str, str], Row]:
    """The verdicts of some criteria of another criteria file on every report; the file's others say what they say today."""
    found = reconsidered(load(path), evidence, verdicts, list(evidence.merged), names)
    return {key: row for key, row in found.items() if key[1] in names}


def reconsidered(
    criteria: Criteria,
    evidence: Evidence,
    verdicts: Mapping[str, Sequence[Row]],
    reports: Sequence[str],
    anew: Sequence[str] = (),
) -> dict[tuple[str, str], Row]:
    """The verdicts by report and criterion if these reports were all (:func:`winnow.screen.verdicts.reconsidered`)."""
    import pandas as pd

    from winnow.screen import verdicts as judging

    merged = pd.DataFrame([evidence.merged[report] for report in reports], dtype=str)
    columns = ["record_id", *(name for name in judging.READ if name in merged.columns)]
    today = (row for report in reports for row in verdicts.get(report, ()))
    table = judging.reconsidered(merged[columns], today, criteria, anew)
    return {(row["report_id"], row["criterion"]): row for row in tables.rows(table)}


def _shown(row: Row | None) -> str:
    if row is None:
        return ""
    said = row["quote"] or (row["rule"] if row["field"] else "")  # silence has a field and no quote
    return f"{row['verdict']}: {said}" if said else row["verdict"]
