"""``searches/<id>/<source>/manifest.json``: what a source folder holds, and how it came to be.

The folder is immutable: its files are as received, and the manifest has the SHA-256 of each, packed and unpacked. Hashes, not
file modes, are the protection: :func:`verify` compares them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winnow import config, files
from winnow.errors import ConfigError, InputError, WinnowError, raise_all

NAME = "manifest.json"
METHODS = {
    "entrez": "run through Entrez",
    "export": "a person's export",
    "assembled": "assembled from public bibliographic facts, not a search result",
    "not_available": "no export supplied",
    "looked_up": "looked up at open services",
}


@dataclass(frozen=True)
class Manifest:
    """A manifest that fits its schema, and the folder it stands in."""

    folder: Path
    data: Mapping[str, Any]

    @property
    def method(self) -> str:
        """``entrez``, ``export``, ``assembled``, ``not_available`` or ``looked_up``."""
        return str(self.data["method"])

    @property
    def date(self) -> str:
        """When the search was run, or ``not run``."""
        return str(self.data["date"] or "not run")

    @property
    def record_files(self) -> list[Path]:
        """The files that hold records, in the manifest's order."""
        return [
            self.folder / entry["path"] for entry in self.data["files"] if entry.get("role", "records") == "records"
        ]


def file_entry(folder: Path, name: str, *, role: str = "records", records: int | None = None) -> dict[str, Any]:
    """The manifest's entry for one file of the folder."""
    path = folder / name
    entry: dict[str, Any] = {
        "path": name,
        "sha256": files.sha256_file(path),
        "content_sha256": files.sha256_file(path, content=True),
        "role": role,
    }
    return entry if records is None else entry | {"records": records}


def read(folder: Path) -> Manifest:
    """The manifest of a source folder.

    Raises:
        InputError: not there or not JSON.
        ConfigError, Faults: it does not fit its schema.
    """
    path = folder / NAME
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            "no such file", where=str(path), mend="file an export with 'winnow add', or remove the folder"
        ) from None
    except ValueError as error:
        raise InputError(f"not JSON ({error})", where=str(path), mend="restore it from git") from None
    raise_all(config.faults(data, "manifest", str(path)))
    return Manifest(folder, data)


def write(folder: Path, data: Mapping[str, Any]) -> Manifest:
    """Check a manifest against its schema and write it."""
    raise_all(config.faults(data, "manifest", str(folder / NAME)))
    files.write_json(folder / NAME, dict(data))
    return Manifest(folder, data)


def verify(manifest: Manifest) -> list[WinnowError]:
    """What in the folder differs from its manifest: changed, missing and unlisted files."""
    found: list[WinnowError] = []
    listed = {str(entry["path"]): entry for entry in manifest.data["files"]}
    for name, entry in sorted(listed.items()):
        path = manifest.folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            found.append(ConfigError(f"file '{name}' is outside its folder", where=str(manifest.folder / NAME)))
        elif not path.is_file():
            found.append(InputError("listed in the manifest, not there", where=str(path), mend="restore it from git"))
        elif files.sha256_file(path) != entry["sha256"]:
            found.append(InputError("changed since it was filed", where=str(path), mend="restore it from git"))
    unlisted = sorted(set(_present(manifest.folder)) - set(listed) - {NAME})
    for name in unlisted:
        found.append(
            InputError("not in the manifest", where=str(manifest.folder / name), mend="file it with 'winnow add'")
        )
    return found


def _present(folder: Path) -> Sequence[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
