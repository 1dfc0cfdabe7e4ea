"""Running one stage of the review, with nothing stale left behind it.

A stage that runs takes the results of all later stages away first: after a crash results may be missing, never stale. When it is
done, what an earlier run of it wrote and this one did not goes too: a list that no longer applies is no result.
"""

from __future__ import annotations

import gc
import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from winnow.review import Review

#: The way of a record. ``search`` stands apart: its report follows from the archive alone.
ORDER = ("records", "deduplicate", "screen", "extract", "synthesise", "report")


def run(stage: str, review: Review) -> None:
    """Run ``winnow.<stage>.stage.run`` after removing what follows from it, and remove what it did not write again."""
    if stage in ORDER:
        for later in ORDER[ORDER.index(stage) + 1 :]:
            shutil.rmtree(review.results / later, ignore_errors=True)
        (review.results / "review.sqlite").unlink(missing_ok=True)
    before = _stamps(review.results / stage)
    with _rare_collections():
        importlib.import_module(f"winnow.{stage}.stage").run(review)
    for path, stamp in _stamps(review.results / stage).items():
        if before.get(path) == stamp:
            path.unlink()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cycles seldom: a stage holds millions of cells, hardly one in a cycle, and each look goes through them all."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Inode and time of each file; every file that is written anew is renamed into place, so that it has another inode."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (its.st_ino, its.st_mtime_ns) for path, its in found.items()}
