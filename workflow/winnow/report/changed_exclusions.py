"""Reports that nobody decided and that rules excluded before the latest search, or exclude since, because the table has grown.

Silence counts by how a report reads beside those that meet the criteria (:mod:`winnow.screen.likeness`), and a search brings more
of these. So a report that waited for a person may be excluded by a rule after an update although nothing about it is new. None
may go unseen: the verdicts on the reports of the earlier searches alone are held against today's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from winnow.report.changed_records import base
from winnow.report.changed_verdicts import FILE, reconsidered
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.story import Story
from winnow.review import Review
from winnow.screen.criteria import Criteria, load
from winnow.screen.signals import NOT_MET

Verdicts = Mapping[tuple[str, str], Row]


def rows(review: Review, evidence: Evidence, flow: Flow, story: Story) -> list[Row]:
    """One row per report and direction: the criterion that excludes it, and what was said of it then and is said now.

    Only under ``screening.rules: exclude``, and only reports that an earlier search found and no person has written about.

    Raises:
        ConfigError, Faults: the criteria are at fault.
    """
    path = review.root / FILE
    if review.settings.get("screening", {}).get("rules", "propose") != "exclude" or not path.is_file():
        return []
    criteria = load(path)
    if not criteria.together:
        return []
    first, latest = evidence.first, len(evidence.plan.searches) - 1
    earlier = [report for report in sorted(evidence.merged) if first.get(report, latest) < latest]
    if len(earlier) == len(evidence.merged):
        return []
    then = reconsidered(criteria, evidence, story.verdicts, earlier)
    now = {(row["report_id"], row["criterion"]): row for report in earlier for row in story.verdicts.get(report, ())}
    found = []
    for report in earlier:
        was, its = _excluded(criteria, then, report), _excluded(criteria, now, report)
        if bool(was) == bool(its) or story.ledger.get(report):
            continue
        name = its or was
        told = base("exclusion", report, evidence, flow) | {"what": name, "note": _WHY[bool(its)]}
        found.append(told | {"before": _shown(then, report, name), "after": _shown(now, report, name)})
    return found


_WHY = {
    True: "a rule excludes it now; nobody has decided it",
    False: "a rule excluded it before; it waits for a person now",
}


def _excluded(criteria: Criteria, verdicts: Verdicts, report: str) -> str:
    """The first criterion that excludes a report on its own; empty if none does."""
    against: Sequence[str] = [
        criterion.id
        for criterion in criteria
        if criterion.may_exclude and verdicts.get((report, criterion.id), {}).get("verdict") == NOT_MET
    ]
    return against[0] if against else ""


def _shown(verdicts: Verdicts, report: str, criterion: str) -> str:
    row = verdicts.get((report, criterion))
    return f"{row['verdict']} ({row['rule']})" if row else ""
