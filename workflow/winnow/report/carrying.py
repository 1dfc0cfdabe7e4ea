"""How the page's data travel inside it: lines of JSON, the first for the page as a whole, one more for each part of the documents.

A small page has them as they are, to be read and searched in the file itself by whoever wishes. A large one has them deflated and
in base64, about a quarter. Each line is deflated by itself up to a whole byte, so that the lines of an earlier run fit in again.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from winnow import reuse
from winnow.report.documents import Part

#: Up to so many characters, those of JSON itself not counted, the documents are plain.
PLAIN = 4_000_000
#: Half the time of zlib's usual level, for a twentieth more.
_LEVEL = 4
#: An empty last block, which ends a stream of blocks.
_END = b"\x03\x00"
_ASCII = bytes(range(128))


@dataclass(frozen=True)
class Carried:
    """The page's data: their media type, themselves, and the characters in them that are not ASCII."""

    media_type: str
    data: str
    signs: frozenset[str]


def carried(page: Any, parts: Sequence[Part], store: Callable[[], AbstractContextManager[reuse.Kept]]) -> Carried:
    """The lines, plain or packed.

    Args:
        page: the page as a whole.
        parts: the documents.
        store: opens what an earlier run packed; asked only if there is something to pack.
    """
    first = json_for_html(page)
    if sum(sum(map(len, part.cells)) for part in parts) <= PLAIN:
        plain = "\n".join([first, *(json_for_html(part.documents()) for part in parts)])
        return Carried("application/x-ndjson", plain, frozenset(signs(plain)))
    with store() as kept:
        packed = [_packed(first), *(kept.recall(part.cells, partial(_packed_part, part)) for part in parts)]
    stream = b"".join((*(base64.b64decode(line["deflated"]) for line in packed), _END))
    found = frozenset().union(*(line["signs"] for line in packed))
    return Carried("application/x-deflated", base64.b64encode(stream).decode("ascii"), found)


def json_for_html(value: Any) -> str:
    """JSON on one line that no HTML parser can leave: ``<``, ``>`` and ``&`` are escaped, as are U+2028 and U+2029."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def signs(text: str) -> set[str]:
    """The characters of a text that are not ASCII, as most of a long one are."""
    return {*text.encode().translate(None, _ASCII).decode()}


def _packed_part(part: Part) -> dict[str, str]:
    return _packed(json_for_html(part.documents()))


def _packed(line: str) -> dict[str, str]:
    """A line with its end: deflated blocks that end at a whole byte, in base64, and the characters that are not ASCII."""
    packing = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    blocks = packing.compress(f"{line}\n".encode()) + packing.flush(zlib.Z_FULL_FLUSH)
    return {"deflated": base64.b64encode(blocks).decode("ascii"), "signs": "".join(sorted(signs(line)))}
