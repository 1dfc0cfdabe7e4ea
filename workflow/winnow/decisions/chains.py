"""All chains of a review together: verify them, and record or compare their heads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from winnow import tables
from winnow.decisions import ledger, seals
from winnow.decisions.ledger import Ledger
from winnow.errors import InputError, WinnowError, raise_all

HEADS_FILE = "heads.csv"
_COUNTS = ("rows", "sealed")
#: Heads that older releases recorded lack the column ``sealed``.
_NEEDED = tuple(name for name in seals.HEADS if name != "sealed")


def read(root: Path) -> list[Ledger]:
    """Every ledger of the review.

    Raises:
        InputError, Faults: a ledger cannot be read.
    """
    found, faults = ledger.read_all(root)
    raise_all(faults)
    return found


def verify(ledgers: Sequence[Ledger], recorded: Iterable[seals.Head] = ()) -> list[WinnowError]:
    """What was done to the chains since they were sealed, and since their heads were recorded."""
    found: list[WinnowError] = [fault for one in ledgers for fault in one.verify()]
    found += seals.against(recorded, {one.name: one.rows for one in ledgers})
    return found


def summary(one: Ledger) -> str:
    """A ledger's state in one line."""
    bare = seals.unsealed(one.rows)
    broken = len(one.verify())
    state = f"{broken} faults" if broken else "whole" if not bare else f"whole, {bare} rows unsealed"
    return f"{one.where}: {len(one.rows)} rows, {state}, head {one.head.head[:12] if one.rows else '-'}"


def heads(ledgers: Iterable[Ledger]) -> list[dict[str, str]]:
    """The rows of heads.csv, by ledger."""
    found = (one.head for one in ledgers)
    return sorted(
        (
            {"ledger": head.ledger, "rows": str(head.rows), "sealed": str(head.sealed), "head": head.head}
            for head in found
        ),
        key=lambda row: row["ledger"],
    )


def write_heads(path: Path, ledgers: Iterable[Ledger]) -> None:
    """Record the heads, to be kept where who can change the ledgers cannot change them."""
    tables.write_rows(path, heads(ledgers), seals.HEADS)


def read_heads(path: Path) -> list[seals.Head]:
    """Recorded heads, from a CSV or from the ``heads.csv`` inside an audit pack.

    Raises:
        InputError: not there, or not a table of heads.
    """
    if zipfile.is_zipfile(path):
        rows = _rows_in_zip(path)
    else:
        rows = tables.read_rows(path, _NEEDED)
    found = []
    for line, row in rows:
        row.setdefault("sealed", row["rows"])
        for name in _COUNTS:
            if not row[name].isdecimal():
                raise InputError(f"'{row[name]}' is no number of rows", where=f"{path}:{line}", mend="restore the file")
        found.append(seals.Head(row["ledger"], int(row["rows"]), int(row["sealed"]), row["head"]))
    return found


def _rows_in_zip(path: Path) -> list[tuple[int, dict[str, str]]]:
    import csv

    with zipfile.ZipFile(path) as pack:
        names = [name for name in sorted(pack.namelist()) if PurePosixPath(name).name == HEADS_FILE]
        if len(names) != 1:
            raise InputError(
                f"the pack holds {len(names)} files {HEADS_FILE}", where=str(path), mend="use an audit pack"
            )
        text = pack.read(names[0]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if any(set(_NEEDED) - set(row) for row in rows):
        raise InputError("its heads.csv lacks a column", where=str(path), mend=f"it needs {', '.join(seals.HEADS)}")
    return [(line, {name: row[name] or "" for name in seals.HEADS if name in row}) for line, row in enumerate(rows, 2)]
