"""Appending to a ledger: one writer at a time, and the file is either as it was or has one whole row more.

The lock is held on the ledger's folder (no lock file is left behind) while the file is read, checked, written beside itself,
flushed and renamed. The bytes that were there stay as they are, to the last BOM and CRLF.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from winnow import files, tables
from winnow.decisions import seals
from winnow.decisions.kinds import Kind
from winnow.decisions.ledger import NONE, Ledger, clean, read
from winnow.errors import LedgerError, raise_all

try:
    import fcntl
except ImportError:  # no file locks on Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Exclusive use of the ledgers in ``folder`` among all threads and processes of this machine; waits for its turn."""
    if fcntl is None:
        raise LedgerError("this system has no file locks, so a row could be lost", mend="use Linux, macOS or WSL")
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)


def append(
    path: Path,
    kind: Kind,
    cells: Mapping[str, str] | Callable[[Ledger], Mapping[str, str] | None],
    check: Callable[[Ledger], list[LedgerError]] = lambda ledger: [],
    earlier: Mapping[Path, Ledger] = NONE,
) -> str | None:
    """Append one sealed row and return its seal, once it is on the disk; None if there was nothing to append.

    Args:
        path: the ledger; it is made with its header if it is not there.
        kind: which ledger it is.
        cells: the row's cells by column, or what makes them from the ledger as it stands under the lock (None: nothing is to be
            said that does not stand there already). What it raises leaves the ledger as it was.
        check: faults of the ledger with its new last row; any of them, and nothing is written.
        earlier: ledgers read before, so that only what is new since is worked out.

    Raises:
        LedgerError, Faults: the chain is broken, or ``check`` found something.
        InputError: the file cannot be read.
    """
    with locked(path.parent):
        _sweep(path)
        ledger = read(path, kind, earlier=earlier)
        raise_all(ledger.verify())
        given = cells(ledger) if callable(cells) else cells
        if given is None:
            return None
        if unknown := set(given) - set(kind.columns):
            raise LedgerError(f"no column {', '.join(sorted(unknown))}", where=ledger.where)
        row = {name: clean(given.get(name, "")) for name in kind.columns}
        row["seal"] = seals.link(ledger.links[-1] if ledger.links else seals.start(ledger.name), row)
        new = ledger.content + _tail(ledger.content, row, kind)
        line = (len(ledger.content.splitlines()) or 1) + 1
        extended = replace(
            ledger, rows=(*ledger.rows, row), lines=(*ledger.lines, line), content=new, linked=ledger.links
        )
        raise_all(check(extended))
        files.write_bytes(path, new)
    return row["seal"]


def _sweep(path: Path) -> None:
    """Remove what a killed writer left beside the ledger; under the lock nobody else can be writing it."""
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        left.unlink(missing_ok=True)


def _tail(content: bytes, row: Mapping[str, str], kind: Kind) -> bytes:
    """What is put after ``content``: the row in the file's layout, behind a line end that is missing, or behind its header."""
    if not content:
        return tables.csv_bytes([[row[name] for name in kind.columns]], kind.columns)
    header, end = _layout(content)
    line = tables.csv_bytes([[row.get(name, "") for name in header]], header)[len(tables.csv_bytes([], header)) : -1]
    return (b"" if content.endswith((b"\n", b"\r")) else end) + line + end


def _layout(content: bytes) -> tuple[list[str], bytes]:
    """The columns of a file and how its lines end, as its header has them; some programs still end them with CR alone."""

    def lines() -> Iterator[str]:
        return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")

    reader = csv.reader(lines())
    header = [name.strip() for name in next(reader)]
    *_, last = islice(lines(), reader.line_num)
    return header, last[len(last.rstrip("\r\n")) :].encode() or b"\n"


def seal(path: Path, kind: Kind, complete: Callable[[Mapping[str, str]], Mapping[str, str]] = dict) -> int:
    """Seal the rows that were typed by hand and return how many; nothing is written if there are none.

    Args:
        path: the ledger.
        kind: which ledger it is.
        complete: may fill in cells of unsealed rows that no sealed row follows (a fingerprint, say) before they are sealed.

    Raises:
        LedgerError, Faults: the sealed part of the chain is broken.
    """
    with locked(path.parent):
        ledger = read(path, kind)
        raise_all(ledger.verify())
        rows = list(ledger.rows)
        count = seals.unsealed(rows)
        if count:
            closed = seals.closed(rows)
            rows[closed:] = [dict(complete(cells)) for cells in rows[closed:]]
            columns = list(rows[0])
            body = [[cells[name] for name in columns] for cells in seals.sealed(ledger.name, rows)]
            files.write_bytes(path, tables.csv_bytes(body, columns))
    return count
