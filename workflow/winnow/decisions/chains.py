"""All chains of a review together: verify them, and record or compare their heads."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from winnow import files, tables
from winnow.decisions import ledger, seals
from winnow.decisions.ledger import Ledger
from winnow.errors import InputError, WinnowError, raise_all, shown
from winnow.text import counted

HEADS_FILE = "heads.csv"
#: No review has ledgers, nor a ledger rows, for a longer file of heads or a longer number of rows.
_LONGEST_FILE, _LONGEST_NUMBER = 1 << 24, 9
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
    state = counted(broken, "fault") if broken else "whole" if not bare else f"whole, {counted(bare, 'row')} unsealed"
    return (
        f"{shown(one.where)}: {counted(len(one.rows), 'row')}, {state}, head {one.head.head[:12] if one.rows else '-'}"
    )


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
        InputError: not there, not a table of heads, or a pack that is damaged.
    """
    if zipfile.is_zipfile(path):
        rows = _rows_in_zip(path)
    else:
        rows = tables.read_rows(path, _NEEDED)
    found = []
    for line, row in rows:
        row.setdefault("sealed", row["rows"])
        for name in _COUNTS:
            if not row[name].isdecimal() or len(row[name]) > _LONGEST_NUMBER:
                raise InputError(f"'{row[name]}' is no number of rows", where=f"{path}:{line}", mend="restore the file")
        found.append(seals.Head(row["ledger"], int(row["rows"]), int(row["sealed"]), row["head"]))
    return found


def _rows_in_zip(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with zipfile.ZipFile(path) as pack:
            found = [info for info in pack.infolist() if PurePosixPath(info.filename).name == HEADS_FILE]
            if len(found) != 1:
                raise InputError(
                    f"the pack holds {len(found)} files {HEADS_FILE}", where=str(path), mend="use an audit pack"
                )
            if found[0].file_size > _LONGEST_FILE:
                raise InputError(f"{HEADS_FILE} is too long", where=str(path), mend="use an audit pack")
            content = pack.read(found[0])
    except files.NO_ZIP as error:
        raise InputError(f"not a whole ZIP ({error})", where=str(path), mend="fetch the pack again") from None
    return tables.parse_rows(content, f"{path}:{HEADS_FILE}", _NEEDED)
