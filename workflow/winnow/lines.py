"""Rows as they stand in a table's file: a row that stays as it is is copied, and neither read nor written cell by cell.

A row here is the bytes of its line without the line end, which may hold line ends of its own inside quotes. Rows are cut and put
together at commas, which is safe only in what :mod:`winnow.tables` wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from winnow import files, tables

#: Bytes that are given to the file system at once.
_BLOCK = 1 << 20


def cells(values: Iterable[object]) -> bytes:
    """Some neighbouring cells of a row."""
    return ",".join(map(tables.written, values)).encode("utf-8")


def write(path: Path | str, rows: Iterable[bytes], columns: Sequence[str]) -> None:
    """Write a table whole or not at all; each row has a cell for each of ``columns``, of which there are several."""
    block, held = [cells(columns)], 0
    with files.replacing(path) as out:
        for row in rows:
            block.append(row)
            held += len(row)
            if held > _BLOCK:
                out.write(b"\n".join(block) + b"\n")
                block, held = [], 0
        out.writelines(row + b"\n" for row in block)
