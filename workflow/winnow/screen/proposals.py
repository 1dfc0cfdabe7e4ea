"""What the rules propose for each report: the first criterion that is not met is the reason to exclude."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winnow import tables
from winnow.screen.criteria import Criteria
from winnow.screen.signals import MET, NOT_MET

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("report_id", "proposal", "reason", "evidence", "automatic")


def proposals(verdicts: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    """One row per report.

    Returns:
        ``proposal``: exclude (a criterion is not met), include (every criterion of title and abstract is met), else
        unclear. ``reason``: the first criterion in protocol order that is not met. ``evidence``: its quote, or what was
        looked for in vain; for an include the quotes that speak for it, joined by `` | ``. ``automatic``: the first criterion
        not met that may exclude on its own where ``screening.rules`` is ``exclude``; empty if none may.
    """
    import pandas as pd

    order = {criterion.id: criterion for criterion in criteria}
    said: dict[str, dict[str, tuple[str, str]]] = {}
    columns = (tables.column(verdicts, name) for name in ("report_id", "criterion", "verdict", "quote", "rule"))
    for identifier, name, verdict, quote, rule in zip(*columns, strict=True):
        its = said.setdefault(identifier, {})
        if name in order:
            its[name] = (verdict, quote or (rule if verdict == NOT_MET else ""))
    rows = []
    for identifier, found in sorted(said.items()):
        against = [name for name in order if name in found and found[name][0] == NOT_MET]
        if against:
            automatic = next((name for name in against if order[name].may_exclude), "")
            rows.append((identifier, "exclude", against[0], found[against[0]][1], automatic))
            continue
        judged = [name for name, criterion in order.items() if name in found and criterion.stage == "title_abstract"]
        agreed = bool(judged) and all(found[name][0] == MET for name in judged)
        quotes = dict.fromkeys(quote for verdict, quote in found.values() if verdict == MET and quote)
        rows.append((identifier, "include" if agreed else "unclear", "", " | ".join(quotes), ""))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)
