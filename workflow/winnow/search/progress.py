"""How far a search has come: records, rate and time left, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from time import sleep
from types import TracebackType
from typing import Any

from winnow.search.conversation import Request, Shelf, Wait


class Progress:
    """A shelf that shows what is put on it."""

    def __init__(self, shelf: Shelf, title: str, *, shown: bool | None = None) -> None:
        self.shelf = shelf
        self.title = title
        self.shown = sys.stderr.isatty() if shown is None else shown
        self.bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def kept(self, request: Request) -> bytes | None:
        """What the shelf has; says what is being asked."""
        if self.shown and self.bar is None:
            from tqdm import tqdm

            self.bar = tqdm(desc=self.title, unit=" records", dynamic_ncols=True, leave=False)
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
