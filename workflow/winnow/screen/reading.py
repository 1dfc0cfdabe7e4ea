"""The order in which the undecided reports had best be read, learnt from what was decided and from the review's question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from winnow import reuse, tables

if TYPE_CHECKING:
    import pandas as pd

    from winnow.rank.ranker import Ranker
    from winnow.screen.settle import Step

Store = Callable[[], AbstractContextManager[reuse.Kept]]


class Reading:
    """Ranks the same reports again after every decision; what costs time is done once, when a rank is first asked for.

    Args:
        reports: the merged row of each report, in order of ids.
        question: the review's question; may be empty.
        store: opens what an earlier run kept.
    """

    def __init__(
        self,
        reports: pd.DataFrame,
        question: str = "",
        store: Store = lambda: nullcontext(reuse.NOTHING),
    ) -> None:
        self._reports, self._question, self._store = reports, question, store
        self._ranker: Ranker | None = None

    def ranks(self, steps: Sequence[Step], balance: Mapping[str, int]) -> dict[str, int]:
        """Each report's place, from 1, ties by id; empty if nothing waits at title and abstract, where order matters.

        Args:
            steps: every report's steps.
            balance: what the rules say of each report (``verdicts.balance``); the same at every call.
        """
        import numpy as np

        at_first = {step.report_id: step.outcome for step in steps if step.stage == "title_abstract"}
        if all(outcome.decision != "awaiting" for outcome in at_first.values()):
            return {}
        if self._ranker is None:
            from winnow.rank.ranker import Ranker

            with self._store() as kept:
                self._ranker = Ranker(self._reports, self._question, balance, kept)
        said = {"include": 1, "exclude": 0}
        names = tables.column(self._reports, "record_id")
        labels = np.array([said.get(at_first[n].decision, -1) if n in at_first else -1 for n in names], dtype=np.int64)
        scores = np.round(self._ranker.scores(labels), 6)
        order = np.argsort(-scores, kind="stable")  # the names are in order, so ties are by id
        return {names[row]: place for place, row in enumerate(order.tolist(), 1)}
