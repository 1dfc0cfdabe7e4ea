"""Zip archives of exports, such as Rayyan's: each file in one is read as if it stood alone, and nothing is unpacked to disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from winnow import files
from winnow.errors import InputError
from winnow.records.decoding import Opener
from winnow.records.reading import Opened

MAX_FILES = 1000
MAX_UNPACKED = 2 << 30
MAX_RATIO = 1000
_MEND = "unpack it, then import its files"


def members(archive: Opened) -> list[Opened]:
    """The files of an archive in the order of their names; ``where`` is ``archive.zip!name``.

    Raises:
        InputError: damaged, encrypted, or far larger than any set of exports.
    """
    try:
        with archive.opener() as stream, zipfile.ZipFile(stream) as package:
            found = sorted(_files(package), key=lambda info: info.filename)
            unpacked = sum(info.file_size for info in found)
            packed = sum(info.compress_size for info in found) or 1
            if len(found) > MAX_FILES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed:
                what = f"{len(found)} files that unpack to {unpacked >> 20} MB, as no set of exports does"
                raise InputError(what, where=archive.where, mend=_MEND)
            if any(info.flag_bits & 1 for info in found):
                raise InputError("the archive is encrypted", where=archive.where, mend=_MEND)
            magics = [package.open(info).read(8) for info in found]
    except files.NO_ZIP as error:
        raise InputError(f"a damaged zip archive ({error})", where=archive.where, mend=_MEND) from None
    return [
        Opened(f"{archive.where}!{info.filename}", _opener(archive, info.filename), magic, archive.wanted_encoding)
        for info, magic in zip(found, magics, strict=True)
    ]


def _files(package: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """What a person put there: no folders, no shadows of macOS."""
    for info in package.infolist():
        if not info.is_dir() and not info.filename.startswith("__MACOSX/") and info.file_size:
            yield info


def _opener(archive: Opened, name: str) -> Opener:
    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with archive.opener() as stream, zipfile.ZipFile(stream) as package, package.open(name) as member:
            yield member

    return opened
