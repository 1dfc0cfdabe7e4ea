"""Running one stage of the review, with nothing stale left behind it.

A stage that runs takes the results of all later stages away first: after a crash results may be missing, never stale. When it is
done, what an earlier run of it wrote and this one did not goes too: a list that no longer applies is no result. Of two runs at once
each stage waits for the other's, so that what stands there always follows from what stands before it.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from winnow.review import Review

try:
    import fcntl
except ImportError:  # no file locks on Windows
    fcntl = None  # type: ignore[assignment]

#: The way of a record. ``search`` stands apart: its report follows from the archive alone.
ORDER = ("records", "deduplicate", "screen", "extract", "synthesise", "report")


def run(stage: str, review: Review) -> None:
    """Run ``winnow.<stage>.stage.run`` after removing what follows from it, and remove what it did not write again."""
    # The search report follows from the archive alone, beside the way of a record.
    with _alone(review.results) if stage in ORDER else nullcontext():
        if stage in ORDER:
            for later in ORDER[ORDER.index(stage) + 1 :]:
                shutil.rmtree(review.results / later, ignore_errors=True)
            (review.results / "review.sqlite").unlink(missing_ok=True)
        before = _stamps(review.results / stage)
        importlib.import_module(f"winnow.{stage}.stage").run(review)
        for path, stamp in _stamps(review.results / stage).items():
            if before.get(path) == stamp:
                path.unlink()


@contextmanager
def _alone(results: Path) -> Iterator[None]:
    """One stage at a time in a results folder. A file system without locks, as on some clusters, does without."""
    results.mkdir(parents=True, exist_ok=True)
    handle = os.open(results, os.O_RDONLY) if fcntl else None
    try:
        if handle is not None:
            with suppress(OSError):
                _wait(handle, results)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _wait(handle: int, results: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"winnow: {results.name}/: another run is at work here; waiting for its stage to end", file=sys.stderr)
        fcntl.flock(handle, fcntl.LOCK_EX)


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Inode and time of each file; every file that is written anew is renamed into place, so that it has another inode."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (its.st_ino, its.st_mtime_ns) for path, its in found.items()}
