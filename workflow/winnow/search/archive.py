"""Writing ``searches/<id>/<source>/``: in a hidden folder beside it, renamed when complete: whole or not at all.

``searches/<id>/.<source>.partial/`` holds every answer that was believed, each written whole or not at all, and ``begun.json``,
which says what was being searched for and when it began. A later run of the same search finds the answers there and asks
only for the rest; a run of another one starts afresh.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from winnow import files, manifests
from winnow.errors import InputError, SearchError
from winnow.search.conversation import Request

BEGUN = "begun.json"
STRATEGY = "strategy.txt"
MANIFEST = manifests.NAME


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Partial:
    """The folder of a search that is under way; a :class:`~winnow.search.conversation.Shelf`."""

    def __init__(self, folder: Path, began: str) -> None:
        self.folder = folder
        self.began = began
        self.resumed = 0

    def kept(self, request: Request) -> bytes | None:
        """The answer kept by an earlier run, if it is whole."""
        path = self.folder / request.name
        if not path.is_file():
            return None
        try:
            with files.opened(path) as stream:
                answer: bytes = stream.read()
        except files.UNREADABLE:
            self.discard(request)
            return None
        self.resumed += 1
        return answer

    def keep(self, request: Request, answer: bytes) -> None:
        """Write an answer, unless it is there."""
        path = self.folder / request.name
        if not path.is_file():
            files.write_bytes(path, files.gzip_bytes(answer))

    def discard(self, request: Request) -> None:
        """Remove an answer that cannot be read."""
        (self.folder / request.name).unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove every answer, and when the search began: the next run begins anew."""
        _empty(self.folder)


@contextlib.contextmanager
def partial(folder: Path, identity: Mapping[str, Any]) -> Iterator[Partial]:
    """The partial folder of ``folder``, continued if it was begun for the same ``identity``, and locked meanwhile.

    Raises:
        InputError: ``folder`` holds something that is no archive.
        SearchError: another process is writing it.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(
            "the folder is not empty, but has no manifest", where=str(folder), mend="move it away and search again"
        )
    hidden = folder.parent / f".{folder.name}.partial"
    hidden.mkdir(parents=True, exist_ok=True)
    with _locked(hidden):
        yield Partial(hidden, _begin(hidden, identity))


def _begin(hidden: Path, identity: Mapping[str, Any]) -> str:
    """When the search in a partial folder began; whatever another search left there is removed."""
    note = hidden / BEGUN
    try:
        begun = json.loads(note.read_bytes())
    except (OSError, ValueError):
        begun = None
    if isinstance(begun, dict) and begun.get("identity") == json.loads(json.dumps(identity)) and begun.get("date"):
        return str(begun["date"])
    _empty(hidden)
    date = now()
    files.write_json(note, {"date": date, "identity": identity})
    return date


def _empty(folder: Path) -> None:
    """Remove all that is in a folder; the note of what was begun first, so that a kill in between leaves nothing to go on from."""
    (folder / BEGUN).unlink(missing_ok=True)
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # no folder locks on Windows
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SearchError("another process is running this search", where=str(folder), mend="wait for it") from None
        yield
    finally:
        os.close(descriptor)


def finish(
    part: Partial,
    folder: Path,
    manifest: Mapping[str, Any],
    names: Sequence[tuple[str, str, int | None]],
    strategy: bytes | None = None,
) -> None:
    """Turn a partial folder into the archive.

    Args:
        part: the partial folder, with every answer in it.
        folder: where the archive goes.
        manifest: all of the manifest but ``strategy`` and ``files``.
        names: (file, role, records) of every file that belongs to the archive; any other is removed.
        strategy: the strategy file as it was read, if there is one.
    """
    hidden = part.folder
    wanted = list(names)
    frozen = None
    if strategy is not None:
        files.write_bytes(hidden / STRATEGY, strategy)
        wanted.append((STRATEGY, "evidence", None))
        frozen = {"file": STRATEGY, "sha256": files.sha256_bytes(strategy)}
    for path in hidden.iterdir():
        if path.name not in {BEGUN, *(name for name, _, _ in wanted)}:
            path.unlink()
    entries = [manifests.file_entry(hidden, name, role=role, records=records) for name, role, records in sorted(wanted)]
    manifests.write(hidden, {**manifest, "strategy": frozen, "files": entries})
    (hidden / BEGUN).unlink(missing_ok=True)
    for path in hidden.iterdir():
        path.chmod(0o444)
    _flush(hidden)
    hidden.rename(folder)
    _flush(folder.parent)


def _flush(folder: Path) -> None:
    """Make a folder's entries survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
