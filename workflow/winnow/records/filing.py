"""``winnow add``: a person's exports become one immutable source folder, hashed, with what the person states about the search.

Everything is checked before anything is written: every file is read, records must equal the hits stated, and nothing may be
lost. What a person knows and accepts can be acknowledged; the manifest keeps the words. The folder is written beside its place
and renamed.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from winnow import __version__, files, manifests
from winnow.errors import ConfigError, InputError, RecordLossError, UsageError, WinnowError, raise_all
from winnow.records.importing import Imported, import_file
from winnow.review import Review, Source

STRATEGY = "strategy.txt"
_RESERVED = frozenset({manifests.NAME, STRATEGY})


@dataclass(frozen=True)
class Stated:
    """What the person who ran the search says about it.

    ``details`` holds what a source shows besides, such as CNKI's library scope (文献库), the expression of 专业检索, its field
    codes, and whether 同义词扩展 and 中英文扩展 were on.
    """

    hits: int
    date: str
    strategy: Path | None = None
    platform: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    acknowledged: Sequence[str] = ()
    note: str = ""


def add(review: Review, search_id: str, source_id: str, paths: Sequence[Path], stated: Stated) -> manifests.Manifest:
    """File the exports under ``searches/<search_id>/<source_id>/``.

    Raises:
        ConfigError: config.yaml lists no such source of such a search.
        UsageError: the date is no day of the past, or hits without a file.
        InputError, RecordLossError, Faults: the folder is taken, a file can't be read whole, or records are not the hits
            stated and nobody acknowledged it.
    """
    source = _source(review, search_id, source_id)
    _check_free(source, review)
    _check_stated(stated, paths)
    strategy = _strategy(review, source, stated)
    read = _read(paths)
    _check_records(read, stated, f"searches/{search_id}/{source_id}")
    return _write(review, source, list(zip(paths, read, strict=True)), strategy, stated)


def _source(review: Review, search_id: str, source_id: str) -> Source:
    for source in review.sources:
        if (source.search_id, source.name) == (search_id, source_id):
            return source
    known = ", ".join(f"{source.search_id} {source.name}" for source in review.sources)
    raise ConfigError(
        f"no source '{source_id}' of a search '{search_id}'",
        where=str(review.config_files[-1]),
        mend=f"list it under searches (listed: {known})",
    )


def _check_free(source: Source, review: Review) -> None:
    """A folder may be replaced only if it says that no export was supplied."""
    if source.archived:
        if source.manifest.method == "not_available":
            raise_all(manifests.verify(source.manifest))
            return
        what = "already archived, and archives are immutable"
    elif source.folder.exists() and any(source.folder.iterdir()):
        what = "not empty, and has no manifest"
    else:
        return
    raise InputError(
        what, where=review.relative(source.folder), mend="list a new search in config.yaml, or move it away"
    )


def _check_stated(stated: Stated, paths: Sequence[Path]) -> None:
    try:
        day = date.fromisoformat(stated.date)
    except ValueError:
        raise UsageError(f"--date {stated.date} is no day", mend="write it as 2025-01-31") from None
    if day > date.today():
        raise UsageError(f"--date {stated.date} is in the future", mend="give the day on which the search was run")
    if stated.hits < 0:
        raise UsageError(f"--hits {stated.hits} is no number of hits", mend="give the number that the source showed")
    if stated.hits and not paths:
        raise UsageError(f"{stated.hits} hits and no file", mend="name the exported files")


def _strategy(review: Review, source: Source, stated: Stated) -> bytes | None:
    path = stated.strategy or source.strategy
    if path.is_file():
        return path.read_bytes()
    if stated.strategy or source.kind == "database":
        raise InputError(
            "no such strategy", where=str(path), mend="write there what was searched for, or use --strategy"
        )
    return None


def _read(paths: Sequence[Path]) -> list[Imported]:
    read: list[Imported] = []
    faults: list[WinnowError] = []
    seen: dict[str, Path] = {}
    for path in paths:
        try:
            imported = import_file(path)
        except InputError as fault:
            faults.append(fault)
            continue
        digest = files.sha256_file(path, content=True)
        if digest in seen:
            faults.append(InputError(f"the same content as {seen[digest]}", where=str(path), mend="name it once"))
        seen[digest] = path
        read.append(imported)
        faults.extend(imported.report.faults)
    raise_all(faults)
    return read


def _check_records(read: Sequence[Imported], stated: Stated, where: str) -> None:
    records = sum(len(one.records) for one in read)
    if records != stated.hits and not stated.acknowledged:
        repeated = sum(Counter(record["sha256"] for one in read for record in one.records).values()) - len(
            {record["sha256"] for one in read for record in one.records}
        )
        twice = f" ({repeated} of them twice)" if repeated else ""
        raise RecordLossError(
            f"{stated.hits} hits stated, {records} records read{twice}",
            where=where,
            mend="add the missing files, mend --hits, or say why with --acknowledge TEXT",
        )


def _write(
    review: Review, source: Source, read: Sequence[tuple[Path, Imported]], strategy: bytes | None, stated: Stated
) -> manifests.Manifest:
    part = source.folder.parent / f".{source.name}.partial"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    entries: list[dict[str, Any]] = []
    for (path, imported), name in zip(read, _names([path for path, _ in read]), strict=True):
        with files.replacing(part / name) as out, open(path, "rb") as given:
            shutil.copyfileobj(given, out)
        entries.append(manifests.file_entry(part, name, records=len(imported.records)))
    if strategy is not None:
        files.write_bytes(part / STRATEGY, strategy)
        entries.append(manifests.file_entry(part, STRATEGY, role="evidence"))
    data: dict[str, Any] = {
        "search": source.search_id,
        "source": source.name,
        "kind": source.kind,
        "name": source.title,
        "platform": stated.platform or _platform(review, source),
        "method": "export",
        "date": stated.date,
        "years": list(next(search.years for search in review.searches if search.id == source.search_id)),
        "strategy": {"file": STRATEGY, "sha256": files.sha256_bytes(strategy)} if strategy is not None else None,
        "acknowledged": list(stated.acknowledged),
        "hits": stated.hits,
        "records": sum(len(imported.records) for _, imported in read),
        "tool": {"winnow": __version__},
        "details": dict(stated.details),
        "note": stated.note,
        "files": sorted(entries, key=lambda entry: str(entry["path"])),
    }
    manifests.write(
        part, {key: value for key, value in data.items() if value not in ("", [], {})} | {"files": data["files"]}
    )
    _put(part, source.folder)
    return manifests.read(source.folder)


def _platform(review: Review, source: Source) -> str:
    return str(review.settings.get("sources", {}).get(source.name, {}).get("platform", ""))


def _names(paths: Sequence[Path]) -> list[str]:
    """The names the files get: their own, told apart if two are called the same (in any mix of upper and lower case)."""
    taken: set[str] = set(_RESERVED)
    names = []
    for path in paths:
        name, number = path.name.lstrip("."), 1
        while name.lower() in taken:
            number += 1
            name = f"{number}-{path.name.lstrip('.')}"
        taken.add(name.lower())
        names.append(name)
    return names


def _put(part: Path, folder: Path) -> None:
    """Rename the finished folder into its place; a folder without an export makes room."""
    old = folder.parent / f".{folder.name}.replaced"
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
