"""Talking to a server without touching the network: a generator yields steps, whoever drives it does them.

========== ============================== =======================================
step       what the driver does           what it sends back
========== ============================== =======================================
Request    sends it                       the answer's bytes, or a Failure
Wait       waits                          nothing
Keep       files the answer for good      nothing
Forget     forgets all answers it kept    nothing
========== ============================== =======================================

So the same search runs against NCBI, against a recorded folder and against a test, and a killed run resumes by being run again
over the answers that it kept. Patience is here too: what may be an accident is asked again after a growing pause.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from winnow.errors import SearchError

T = TypeVar("T")

#: How often a request is sent before we give up, and the pauses between (seconds): 0.5, 1, 2, 4, 8, 8, ...
TRIES = 15
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
#: A server that asks for a longer pause than this is taken at its word another day.
LONGEST_RETRY_AFTER = 600.0
#: Answers that are whole but wrong (a missing record, a wrong count) seldom mend themselves.
TRIES_IF_WRONG = 6


class Broken(Exception):
    """An answer that is cut, garbled or no answer; asked again."""

    tries = TRIES
    mend: str = "run the same command again later; it goes on where it stopped"


class Wrong(Broken):
    """A whole answer that cannot be true; asked again a few times only."""

    tries = TRIES_IF_WRONG
    mend = "run the same command again later; if that does not help, remove the hidden .partial folder, which lists everything anew"


@dataclass(frozen=True)
class Failure:
    """A request that brought no answer; ``final`` if asking again is useless, ``pause`` if the server named one."""

    reason: str
    pause: float = 0.0
    final: bool = False


@dataclass(frozen=True)
class Request:
    """One call of one utility; ``name`` is the file that its answer is kept in, ``records`` how many of ``total`` it will bring."""

    utility: str
    parameters: Mapping[str, str]
    name: str
    purpose: str
    records: int = 0
    total: int = 0


@dataclass(frozen=True)
class Wait:
    """A pause of so many seconds, and why."""

    seconds: float
    reason: str
    attempt: int


@dataclass(frozen=True)
class Keep:
    """An answer that was read and believed."""

    request: Request
    answer: bytes


@dataclass(frozen=True)
class Forget:
    """The answers came to a refusal: a later run is to ask anew, not to be refused by what it had kept."""


Step = Request | Wait | Keep | Forget
Steps = Generator[Step, Any, T]


def ask(request: Request, read: Callable[[bytes], T]) -> Steps[T]:
    """What ``read`` makes of the answer to a request, asked until it can be read.

    Raises:
        SearchError: the server refuses, or gave no readable answer after every try.
    """
    attempt = 0
    while True:
        attempt += 1
        answer = yield request
        if isinstance(answer, Failure):
            reason, pause, tries, mend = answer.reason, answer.pause, 1 if answer.final else TRIES, Broken.mend
        else:
            try:
                value = read(answer)
            except Broken as fault:
                reason, pause, tries, mend = str(fault), 0.0, fault.tries, fault.mend
            else:
                yield Keep(request, answer)
                return value
        if attempt >= tries or pause > LONGEST_RETRY_AFTER:
            raise SearchError(
                f"{request.purpose}: {reason}" + (f" (asked {attempt} times)" if attempt > 1 else ""),
                where=request.utility,
                mend=mend,
            )
        yield Wait(max(pause, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))), reason, attempt)


class Transport(Protocol):
    """Whatever answers requests."""

    def send(self, request: Request) -> bytes | Failure:
        """The answer's bytes, or why there are none."""


class Shelf(Protocol):
    """Where believed answers are kept, and found again when a run is resumed."""

    def kept(self, request: Request) -> bytes | None:
        """The kept answer to a request, if there is one."""

    def keep(self, request: Request, answer: bytes) -> None:
        """Keep an answer for good."""

    def discard(self, request: Request) -> None:
        """Forget an answer that turned out to be unreadable."""

    def forget(self) -> None:
        """Forget every answer."""


def converse(steps: Steps[T], transport: Transport, shelf: Shelf, wait: Callable[[Wait], None]) -> T:
    """Drive a conversation to its end and return what it comes to."""
    answer: Any = None
    asked: Request | None = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as done:
            value: T = done.value
            return value
        answer = None
        if isinstance(step, Request):
            asked = step
            answer = shelf.kept(step)
            if answer is None:
                answer = transport.send(step)
        elif isinstance(step, Keep):
            shelf.keep(step.request, step.answer)
            asked = None
        elif isinstance(step, Forget):
            shelf.forget()
        else:
            if asked is not None:
                shelf.discard(asked)
            wait(step)
