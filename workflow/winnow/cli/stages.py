"""Running one stage of the review, with nothing stale left behind it.

A stage that runs takes the results of all later stages away first: after a crash results may be missing, never stale.
"""

from __future__ import annotations

import importlib
import shutil

from winnow.review import Review

#: The way of a record. ``search`` stands apart: its report follows from the archive alone.
ORDER = ("records", "deduplicate", "screen", "extract", "synthesise", "report")


def run(stage: str, review: Review) -> None:
    """Run ``winnow.<stage>.stage.run`` after removing what follows from it."""
    if stage in ORDER:
        for later in ORDER[ORDER.index(stage) + 1 :]:
            shutil.rmtree(review.results / later, ignore_errors=True)
        (review.results / "review.sqlite").unlink(missing_ok=True)
    importlib.import_module(f"winnow.{stage}.stage").run(review)
