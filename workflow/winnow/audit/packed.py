"""Checking an audit pack: every file is as it was packed, nothing is missing or added, chains and numbers hold.

The pack is hostile until proved otherwise: names that lead out of it are refused, files are hashed as streams, and only ledgers
are unpacked, into a folder of their own.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from winnow import files
from winnow.decisions import chains, kinds
from winnow.errors import InputError, WinnowError, raise_all

SUMS = "SHA256SUMS"
HEADS = "heads.csv"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_LEDGER_LIMIT = 1 << 28


def verify(path: Path) -> None:
    """Check a pack.

    Raises:
        InputError, LedgerError, Faults: it is no pack, or what in it is not as it was packed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            raise_all(list(_faults(archive, path)))
            raise_all(list(_broken_chains(archive, path)))
            raise_all(list(_miscounted(archive, path)))
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), mend="check the path") from None
    except files.NO_ZIP as error:
        raise InputError(f"not a whole ZIP ({error})", where=str(path), mend="fetch the pack again") from None


def _faults(archive: zipfile.ZipFile, path: Path) -> Iterator[WinnowError]:
    """Files that are changed, missing, added, twice there or outside."""
    names = [info.filename for info in archive.infolist()]
    if SUMS not in names:
        yield InputError(
            f"no {SUMS} in it", where=str(path), mend="is it an audit pack? 'winnow audit -o ZIP' makes one"
        )
        return
    listed = _sums(archive, path)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield InputError("is there twice", where=f"{path}:{name}", mend="fetch the pack again")
    for name in sorted(set(names) - {SUMS}):
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name:
            yield InputError("leads outside the pack", where=f"{path}:{name}", mend="do not unpack it")
        elif name not in listed:
            yield InputError(f"is not in {SUMS}", where=f"{path}:{name}", mend="it was added after packing")
        elif _digest(archive, name) != listed[name]:
            yield InputError("changed since it was packed", where=f"{path}:{name}", mend="fetch the pack again")
    for name in sorted(set(listed) - set(names)):
        yield InputError("missing from the pack", where=f"{path}:{name}", mend="fetch the pack again")


def _sums(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    found = {}
    for number, line in enumerate(archive.read(SUMS).decode("utf-8", errors="replace").splitlines(), 1):
        matched = _LINE.fullmatch(line)
        if not matched:
            raise InputError("not a line of hashes", where=f"{path}:{SUMS}:{number}", mend="fetch the pack again")
        found[matched[2]] = matched[1]
    return found


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stream:
        while block := stream.read(files.CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _broken_chains(archive: zipfile.ZipFile, path: Path) -> Iterator[WinnowError]:
    """What was done to the ledgers since they were sealed, and whether their heads are those recorded."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for info in archive.infolist():
            name = PurePosixPath(info.filename)
            if any(name.match(kind.path) for kind in kinds.KINDS.values()) and info.file_size < _LEDGER_LIMIT:
                files.write_bytes(root / name, archive.read(info))
        recorded = chains.read_heads(path)
        yield from chains.verify(chains.read(root), recorded)


def _miscounted(archive: zipfile.ZipFile, path: Path) -> Iterator[WinnowError]:
    """Boxes of the flow diagram whose number is not the length of their list."""
    try:
        boxes = json.loads(archive.read("results/report/prisma.json"))
        listed = {key: (box["n"], box["list"]) for key, box in boxes.items() if box["list"] is not None}
        for key, (n, place) in listed.items():
            name = "results/report/lists/" + PurePosixPath(place).name
            with archive.open(name) as stream:
                rows = sum(1 for _ in csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline=""))) - 1
            if rows != n:
                what = f"'{key}' says {n}, its list has {rows} rows"
                yield InputError(what, where=f"{path}:{name}", mend="the pack contradicts itself")
    except (KeyError, TypeError, AttributeError, ValueError, csv.Error) as error:
        what = f"the numbers of the flow diagram cannot be checked ({error})"
        yield InputError(what, where=f"{path}:results/report/prisma.json", mend="pack the review again")
