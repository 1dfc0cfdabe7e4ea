"""Taking in an answer: no longer one, and for no longer, than any answer to our requests is."""

from __future__ import annotations

import time
from collections.abc import Callable

from winnow.search.conversation import Failure

_BLOCK = 64 << 10


def received(read: Callable[[int], bytes], longest: int, seconds: float) -> bytes | Failure:
    """The bytes of an answer, or why it was given up.

    Args:
        read: what has come by now, at most so many bytes, waiting only while nothing has; empty at the end. One that waits until
            it has them all would outwait the limit of time on an answer that trickles.
        longest: in bytes.
        seconds: for so long it may take.
    """
    body = bytearray()
    end = time.monotonic() + seconds
    while block := read(_BLOCK):
        body += block
        if len(body) > longest:
            return Failure(f"the answer is longer than {longest >> 20} MB", final=True)
        if time.monotonic() > end:
            return Failure(f"the answer took longer than {seconds:.0f} s")
    return bytes(body)
