"""What if the criteria were others: which reports change, and which criterion each exclusion hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winnow import tables
from winnow.screen.criteria import Criteria
from winnow.screen.proposals import proposals
from winnow.screen.signals import NOT_MET
from winnow.screen.verdicts import verdicts

if TYPE_CHECKING:
    import pandas as pd

CHANGES = (
    "report_id", "title", "before", "reason_before", "evidence_before", "after", "reason_after", "evidence_after",
    "criteria_changed",
)  # fmt: skip
SENSITIVITY = ("criterion", "not_met", "primary_reason", "only_reason", "reports")


def changes(reports: pd.DataFrame, before: Criteria, after: Criteria) -> pd.DataFrame:
    """The reports whose proposal or primary reason differs under two sets of criteria.

    Returns:
        Columns ``CHANGES``, sorted by report; ``criteria_changed`` lists ``criterion: verdict before -> after``, with
        ``-`` where one side does not have the criterion.
    """
    import pandas as pd

    first, second = verdicts(reports, before), verdicts(reports, after)
    one = proposals(first, before).set_index("report_id")
    two = proposals(second, after).set_index("report_id")
    moved = [
        identifier
        for identifier in one.index
        if tuple(one.loc[identifier, ["proposal", "reason"]]) != tuple(two.loc[identifier, ["proposal", "reason"]])
    ]
    key = "report_id" if "report_id" in reports.columns else "record_id"
    titles = dict(zip(reports[key], reports["title"], strict=True)) if "title" in reports.columns else {}
    was, now = _by_report(first), _by_report(second)
    names = list(dict.fromkeys([*before.ids, *after.ids]))
    rows = []
    for identifier in moved:
        differ = [
            f"{name}: {was[identifier].get(name, '-')} -> {now[identifier].get(name, '-')}"
            for name in names
            if was[identifier].get(name, "-") != now[identifier].get(name, "-")
        ]
        old, new = one.loc[identifier], two.loc[identifier]
        rows.append(
            (identifier, titles.get(identifier, ""), old["proposal"], old["reason"], old["evidence"],
             new["proposal"], new["reason"], new["evidence"], "; ".join(differ))
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHANGES), dtype=str)


def _by_report(table: pd.DataFrame) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    columns = (tables.column(table, name) for name in ("report_id", "criterion", "verdict"))
    for identifier, criterion, verdict in zip(*columns, strict=True):
        found.setdefault(identifier, {})[criterion] = verdict
    return found


def sensitivity(table: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    """How much hangs on each criterion.

    Returns:
        Columns ``SENSITIVITY`` in protocol order: reports that do not meet it, those of which it is the primary reason,
        and those that would go forward without it (``reports`` lists these, joined by ``; ``).
    """
    import pandas as pd

    rows = []
    against = {
        identifier: [name for name in criteria.ids if found.get(name) == NOT_MET]
        for identifier, found in _by_report(table).items()
    }
    for name in criteria.ids:
        only = sorted(identifier for identifier, names in against.items() if names == [name])
        rows.append(
            (name, str(sum(name in names for names in against.values())),
             str(sum(names[:1] == [name] for names in against.values())), str(len(only)), "; ".join(only))
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(SENSITIVITY), dtype=str)
