"""How far a search has come: records, rate and time left, on a terminal and nowhere else."""

from __future__ import annotations

import os
import sys
from time import sleep
from types import TracebackType
from typing import Any, TextIO

from winnow.search.conversation import Request, Shelf, Wait

#: The environment's name for the terminal of whoever started the workflow: a job's own output goes into its log.
TERMINAL = "WINNOW_TERMINAL"


def terminal() -> TextIO | None:
    """Standard error if it is a terminal, else the one that the environment names; what is no terminal is never written to."""
    if sys.stderr.isatty():
        return sys.stderr
    try:
        descriptor = os.open(os.environ.get(TERMINAL, ""), os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    except OSError:
        return None
    if os.isatty(descriptor):
        return open(descriptor, "w", encoding="utf-8")
    os.close(descriptor)
    return None


class Progress:
    """A shelf that shows what is put on it."""

    def __init__(self, shelf: Shelf, title: str) -> None:
        self.shelf = shelf
        self.title = title
        self.stream: TextIO | None = None
        self.bar: Any = None

    def __enter__(self) -> Progress:
        self.stream = terminal()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.close()
        if self.stream not in (None, sys.stderr):
            self.stream.close()

    def kept(self, request: Request) -> bytes | None:
        """What the shelf has; says what is being asked."""
        if self.stream is not None and self.bar is None:
            from tqdm import tqdm

            self.bar = tqdm(desc=self.title, unit=" records", dynamic_ncols=True, leave=False, file=self.stream)
        if self.bar is not None:
            self.bar.total = request.total or None
            self.bar.set_postfix_str("" if request.records else request.purpose)
        return self.shelf.kept(request)

    def keep(self, request: Request, answer: bytes) -> None:
        """Put an answer on the shelf and count it."""
        self.shelf.keep(request, answer)
        if self.bar is not None:
            self.bar.update(request.records)

    def discard(self, request: Request) -> None:
        """Take an answer off the shelf."""
        self.shelf.discard(request)

    def forget(self) -> None:
        """Clear the shelf."""
        self.shelf.forget()

    def wait(self, step: Wait) -> None:
        """Wait, and say why."""
        if self.bar is not None:
            self.bar.set_postfix_str(f"waiting {step.seconds:.0f} s: {step.reason[:40]}")
        sleep(step.seconds)
