"""At most so many requests a second, across every process of this user on this machine.

NCBI counts per address: 3 a second, 10 with an API key. The next free moment stands in a small file; a process that wants to ask
locks the file, takes that moment, writes the one after it, unlocks, and waits for its own.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # no file locks on Windows: each process keeps the rate by itself there
    fcntl = None  # type: ignore[assignment]

#: Seconds between two requests. A third of a second sometimes meets the limit because of the network's jitter.
INTERVAL = 0.37
INTERVAL_WITH_KEY = 0.11
#: A moment further off than this was written by a clock that was wrong.
_FURTHEST = 60.0


def interval(api_key: str) -> float:
    """Seconds between two requests, without and with a key."""
    return INTERVAL_WITH_KEY if api_key else INTERVAL


def default_path() -> Path:
    """The file that this user's processes share."""
    return Path(tempfile.gettempdir()) / f"winnow-entrez-{os.getuid() if hasattr(os, 'getuid') else 0}.next"


class Rate:
    """Hands out moments at least ``interval`` seconds apart to all processes that share ``path``."""

    def __init__(
        self,
        interval: float,
        path: Path | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = interval
        self.path = path or default_path()
        self.clock = clock
        self.sleep = sleep

    def wait(self) -> float:
        """Return when it is this process's turn: the moment that it was given."""
        with _locked(self.path) as descriptor:
            now = self.clock()
            try:
                free = float(os.pread(descriptor, 64, 0).decode("ascii"))
            except ValueError:
                free = 0.0
            mine = free if now < free < now + _FURTHEST else now
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{mine + self.interval:.6f}".encode("ascii"), 0)
        while (left := mine - self.clock()) > 0:
            self.sleep(left)
        return mine


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
