"""The code that a stage depends on, as one hash, so that a changed package re-runs what follows from it."""

from __future__ import annotations

import hashlib
from pathlib import Path

#: The rooms, lowest floor first; a stage's fingerprint covers the rooms below it that it imports.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("wording",),
    ("decisions", "rank"),
    ("records", "search"),
    ("deduplicate",),
    ("screen",),
    ("extract",),
    ("synthesise",),
    ("report",),
    ("audit", "serve"),
    ("cli",),
)
_IMPORTS: dict[str, tuple[str, ...]] = {
    "search": ("records",),
    "records": (),
    "deduplicate": ("decisions",),
    "screen": ("decisions", "rank", "records", "search", "wording"),
    "extract": ("decisions", "rank", "records", "screen", "search", "wording"),
    "synthesise": ("decisions", "extract", "rank", "records", "screen", "search", "wording"),
    "report": ("decisions", "extract", "rank", "records", "screen", "search", "synthesise", "wording"),
}
PACKAGE = Path(__file__).resolve().parent


def fingerprint(stage: str) -> str:
    """SHA-256 over the stage's room, the rooms it imports, the modules at the root and the lock file."""
    digest = hashlib.sha256()
    rooms = (stage, *_IMPORTS[stage])
    paths = [path for room in rooms for path in (PACKAGE / room).rglob("*") if path.is_file()]
    paths += list(PACKAGE.glob("*.py")) + list((PACKAGE / "schemas").glob("*.json"))
    lock = PACKAGE.parents[1] / "requirements.lock"
    if lock.is_file():
        paths.append(lock)
    for path in sorted(set(paths)):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(PACKAGE.parents[1]).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
