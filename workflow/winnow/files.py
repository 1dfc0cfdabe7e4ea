"""Reading and writing files so that a killed process leaves the old file or the new one, never a half.

Hashes are SHA-256 in lower-case hexadecimal. Gzip members carry no name and no time, so the same content is the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

CHUNK = 1 << 20

#: What a gzip file, or a file in a zip, raises while it is read if it is damaged or cut short, however it is packed.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
#: The same, and what the system says of a file that cannot be read.
UNREADABLE = (OSError, *DAMAGED)
#: The same, and what a zip raises that is encrypted, packed in a way that Python cannot undo, or broken in its directory.
NO_ZIP = (*UNREADABLE, ValueError, RuntimeError)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """What the system refuses in the block, a full disk say, is told of ``path``, not of no file or of the one beside it."""
    try:
        yield
    except OSError as error:
        if error.errno and Path(error.filename or f".{path.name}.").name.startswith(f".{path.name}."):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


@contextmanager
def beside(path: Path | str) -> Iterator[Path]:
    """The name of an empty file beside ``path`` that takes its place, flushed to disk, when the block ends without an error."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _told_of(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "r+b") as file:
                yield Path(name)
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextmanager
def replacing(path: Path | str) -> Iterator[IO[bytes]]:
    """A binary file beside ``path`` that takes its place, flushed to disk, when the block ends without an error."""
    with beside(path) as name, open(name, "wb") as out:
        yield out


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write ``content`` to ``path`` whole or not at all."""
    with replacing(path) as out:
        out.write(content)


def write_text(path: Path | str, text: str) -> None:
    """Write ``text`` as UTF-8 with LF line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path | str, value: Any) -> None:
    """Write ``value`` as indented UTF-8 JSON with a final newline; the order of keys is the writer's."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def canonical_json(value: Any) -> bytes:
    """The one spelling of ``value`` that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def gzip_bytes(content: bytes) -> bytes:
    """``content`` as one gzip member without name or time."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as out:
        out.write(content)
    return buffer.getvalue()


@contextmanager
def opened(path: Path | str) -> Iterator[IO[bytes]]:
    """The uncompressed bytes of a file, gzipped or not (told by its first two bytes, not by its name)."""
    with open(path, "rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield raw


def unpacked(path: Path | str, most: int) -> bytes:
    """The uncompressed bytes of a file, at most so many, in one piece: gzip's own reader takes 8 KB at a time."""
    content = Path(path).read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content[:most]
    one = zlib.decompressobj(wbits=31)
    whole = one.decompress(content, most)
    if one.eof and not one.unused_data:
        return whole
    with opened(path) as stream:  # longer, in several members or cut short
        return stream.read(most)


def sha256_bytes(content: bytes) -> str:
    """SHA-256 of ``content``."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path | str, *, content: bool = False) -> str:
    """SHA-256 of a file's bytes, or with ``content`` of what is left after gunzipping."""
    digest = hashlib.sha256()
    if content:
        with opened(path) as stream:
            while block := stream.read(CHUNK):
                digest.update(block)
    else:
        with open(path, "rb") as raw:
            while block := raw.read(CHUNK):
                digest.update(block)
    return digest.hexdigest()
