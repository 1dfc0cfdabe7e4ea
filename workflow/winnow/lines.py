"""Rows as they stand in a table's file: a row that stays as it is is copied, and neither read nor written cell by cell.

A row here is the bytes of its line without the line end; it may hold line ends of its own inside quotes. Cells are cut off and put
together at commas, which is safe only in what :mod:`winnow.tables` wrote.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import files, tables
from winnow.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: Bytes that are given to the file system at once.
_BLOCK = 1 << 20
#: Stands behind the last cell of a row that is parsed: if it is found elsewhere, the row has too few or too many cells.
_STOP = "|"


def cells(values: Iterable[object]) -> bytes:
    """Some neighbouring cells of a row."""
    return ",".join(map(tables.written, values)).encode("utf-8")


def cut(content: bytes) -> list[bytes]:
    """The rows of a table's content, the header first."""
    rows: list[bytes] = []
    held: list[bytes] = []
    for line in content.removesuffix(b"\n").split(b"\n"):
        if line.count(b'"') % 2:
            if held:
                rows.append(b"\n".join((*held, line)))
                held = []
            else:
                held = [line]
        elif held:
            held.append(line)
        else:
            rows.append(line)
    return rows + held


def parsed(rows: Sequence[bytes], columns: Sequence[str], where: str, only: Sequence[str] = ()) -> pd.DataFrame:
    """Rows, or parts of them, as a table.

    Args:
        rows: each has a cell for each of ``columns``.
        columns: their names.
        where: the file that they stand in.
        only: the columns that are wanted (default: all).

    Raises:
        InputError: a row has other cells than its table.
    """
    stop = b"," + _STOP.encode()
    table = b"\n".join((cells((*columns, _STOP)), *(row + stop for row in rows)))
    try:
        found = tables.read(io.BytesIO(table), only=(*only, _STOP) if only else ())
        whole = len(found) == len(rows) and (found[_STOP] == _STOP).all()
    except InputError:
        whole = False
    if not whole:
        raise InputError("a row has other cells than its header", where=where, mend="run 'winnow records' again")
    return found.drop(columns=_STOP)


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
