"""What a stage worked out in an earlier run, kept by the hash of what it was worked out from, so that an update costs what is new.

An entry is looked up by the SHA-256 of everything that the work reads; a file of entries is of use only to the same code, the same
packages and the same settings, and only if its content has the hash that it was written with. So a result with the store, without
it, or with a damaged one is the same, and the folder may be deleted at any time. It keeps what the last run used and nothing else,
and git ignores it. ``WINNOW_CACHE=off`` does without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from winnow import files, fingerprints
from winnow.review import Review

FOLDER = ".winnow-cache"
SWITCH = "WINNOW_CACHE"
#: What people write into a switch to turn it off.
_OFF = frozenset(("off", "0", "no", "false"))
_HEX = 64
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_DECODER = json.JSONDecoder()

T = TypeVar("T")


class Kept:
    """Values by the hash of what they follow from.

    Args:
        lines: what an earlier run kept, ``<hash>\\t<JSON>`` by hash.
        on: whether anything is looked up or kept at all.
    """

    def __init__(self, lines: dict[str, bytes] | None = None, *, on: bool = True) -> None:
        self._known = lines or {}
        self._used: dict[str, bytes] = {}
        self.on = on

    def recall(self, cells: Sequence[str], work: Callable[[], T]) -> T:
        """What ``work`` gave when it was last done for these cells, or what it gives now.

        Args:
            cells: everything that the work reads.
            work: gives what JSON can hold and is not None: strings, numbers, booleans, lists, dictionaries by string.
        """
        if not self.on:
            return work()
        name = key(cells)
        value: T | None = self.at(name)
        if value is None:
            value = work()
            self.put(name, value)
        return value

    def at(self, name: str) -> Any:
        """What is kept under a :func:`key`; None if nothing is."""
        line = self._used.get(name) or self._known.get(name)
        if line is None:
            return None
        self._used[name] = line
        return _DECODER.raw_decode(line.decode("ascii"), _HEX + 1)[0]

    def put(self, name: str, value: Any) -> None:
        """Keep a value under the key of everything that it follows from."""
        if self.on:
            self._used[name] = f"{name}\t{_ENCODER.encode(value)}".encode("ascii")

    @property
    def changed(self) -> bool:
        """Whether this run used other entries than those that it found."""
        return self._used != self._known

    @property
    def content(self) -> bytes:
        """The entries that this run used."""
        return b"\n".join(self._used.values())


#: Looks nothing up and keeps nothing: for a command that is given a table and reads nothing else.
NOTHING = Kept(on=False)


@contextmanager
def kept(review: Review, name: str, stage: str, settings: Sequence[str] = ()) -> Iterator[Kept]:
    """The store ``name`` of a review, written back when the block ends without a fault.

    Args:
        review: the review; each of its results folders has a store of its own, and a new one begins with what the others keep.
        name: the store's name, a file name.
        stage: the stage whose code (:func:`winnow.fingerprints.fingerprint`) the entries follow from.
        settings: whatever else the work reads that is the same for every entry.
    """
    if os.environ.get(SWITCH, "").lower() in _OFF:
        yield NOTHING
        return
    folder = review.root / FOLDER
    path = folder / review.results.relative_to(review.root) / name
    code = key([name, fingerprints.fingerprint(stage), *_platform(), *settings])
    found = _read(path, code)
    if found is None:
        others = sorted(other for other in folder.rglob(name) if other != path)
        found = next((lines for other in others if (lines := _read(other, code))), {})
        fresh = True
    else:
        fresh = False
    entries = Kept(found)
    yield entries
    if fresh or entries.changed:
        try:
            _write(folder, path, code, entries.content)
        except OSError as error:
            print(f"winnow: {path}: nothing was kept for the next run ({error.strerror})", file=sys.stderr)


def key(cells: Sequence[str]) -> str:
    """One hash for several strings; their lengths stand before them, so that no two lists run together into one.

    Hashes made so stand in approved versions too (:mod:`winnow.decisions.rule_verdicts`): it must stay as it is.
    """
    told = ",".join(map(str, map(len, cells)))
    return hashlib.sha256("\n".join((told, *cells)).encode("utf-8", "surrogatepass")).hexdigest()


def keys(context: Sequence[bytes], contents: Iterable[bytes]) -> list[str]:
    """A hash for each of several contents, in one context that is the same for all of them."""
    shared = hashlib.sha256(b"".join(b"%d\n%b" % (len(one), one) for one in context))
    shared = hashlib.sha256(shared.digest())
    found = []
    for content in contents:
        digest = shared.copy()
        digest.update(content)
        found.append(digest.hexdigest())
    return found


@cache
def _platform() -> tuple[str, ...]:
    """Python, every installed package with its version, as the names of its metadata have it, and zlib, which is the system's."""
    installed = {
        entry.name for folder in sys.path if Path(folder).is_dir() for entry in Path(folder).glob("*.dist-info")
    }
    return (sys.version, zlib.ZLIB_RUNTIME_VERSION, *sorted(installed))


def _read(path: Path, code: str) -> dict[str, bytes] | None:
    """The entries of a file by hash; None if it is not there, of other code, or not what was written."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    try:
        said = json.loads(head)
        of_code, sha256 = said["code"], said["sha256"]
    except (ValueError, TypeError, KeyError, RecursionError):
        of_code, sha256 = code, ""
    if of_code != code:
        return None
    if sha256 != files.sha256_bytes(body):
        print(f"winnow: {path} is damaged; what it held is worked out again", file=sys.stderr)
        return None
    return {line[:_HEX].decode("latin-1"): line for line in body.split(b"\n")} if body else {}


def _write(folder: Path, path: Path, code: str, body: bytes) -> None:
    """Write a store whole or not at all. What a killed run left half-written goes; the folder tells git to ignore it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        with suppress(OSError):
            left.unlink()
    ignored = folder / ".gitignore"
    if not ignored.is_file():
        files.write_text(ignored, "*\n")
    head = json.dumps({"code": code, "sha256": files.sha256_bytes(body)}).encode()
    files.write_bytes(path, head + b"\n" + body)


__all__ = ["FOLDER", "NOTHING", "SWITCH", "Kept", "kept", "key", "keys"]
