"""Seals: what makes a later change inside a ledger visible.

Each row has a link, the SHA-256 over the canonical JSON of the previous row's link and the row's own cells (empty ones and the seal
itself left out). A sealed row carries its link in the column ``seal``; a row typed by hand carries none, but the chain runs
through it all the same, so that a sealed row vouches for every row above it, and sealing later changes nothing but the empty cell.
The first link follows the chain's own name (``screening/wang``), so that one reviewer's file cannot pass for another's.

A chain alone cannot show that its tail was cut off or that all of it was sealed anew: anyone can compute a SHA-256. That is found
by comparing with :func:`heads` that were recorded elsewhere at an earlier time.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from winnow import files
from winnow.errors import LedgerError
from winnow.text import counted

#: Columns of recorded heads; ``sealed`` is the number of rows down to the last one with a seal.
HEADS = ("ledger", "rows", "sealed", "head")
Cells = Mapping[str, str]
#: How often a row is looked at, on average, to find out in which order rows were sealed.
_PATIENCE = 10
_SEAL = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Head:
    """How far a chain had come at some time: its name, how many rows, how many down to the last seal, the last row's link."""

    ledger: str
    rows: int
    sealed: int
    head: str


def start(name: str) -> str:
    """What the first row of the chain called ``name`` is linked to."""
    return f"winnow ledger {name}"


def link(previous: str, cells: Cells) -> str:
    """The link of a row after ``previous``; 64 hexadecimal digits."""
    content = {name: cell for name, cell in cells.items() if cell and name != "seal"}
    return files.sha256_bytes(files.canonical_json([previous, content]))


def links(name: str, rows: Iterable[Cells], known: Sequence[str] = ()) -> list[str]:
    """Every row's link, worked out from the start of the chain, whatever its seal says.

    ``known`` holds the links of the first rows, if they were worked out before.
    """
    found = [*known]
    previous = found[-1] if found else start(name)
    for cells in itertools.islice(rows, len(found), None):
        previous = link(previous, cells)
        found.append(previous)
    return found


def head(name: str, rows: Sequence[Cells]) -> Head:
    """Where the chain has come to now."""
    return Head(name, len(rows), closed(rows), links(name, rows)[-1] if rows else start(name))


def closed(rows: Sequence[Cells]) -> int:
    """How many rows stand down to the last one that carries a seal: these are never written again."""
    return max((place for place, cells in enumerate(rows, 1) if cells["seal"]), default=0)


def verify(name: str, rows: Sequence[Cells], lines: Sequence[int], where: str) -> list[LedgerError]:
    """What was done to the sealed part of a chain; empty if nothing was.

    A row is held against the seal that stands above it, so that one change is named once and not at every row below. Rows that
    form a whole chain in another order were swapped or moved. A row whose seal fits nowhere was changed, or the row above it is
    gone: one SHA-256 cannot tell these two apart, so the message names the place and both.
    """
    above = [start(name)]
    for cells in rows:
        above.append(cells["seal"] or link(above[-1], cells))
    failing = [
        place for place, cells in enumerate(rows) if cells["seal"] and link(above[place], cells) != cells["seal"]
    ]
    if not failing:
        return []
    order = _order(name, rows)
    if order:
        named = [(place, _displaced(place, order, lines)) for place in sorted(order) if order[place] != place]
    else:
        named = [(place, _broken(place, rows, lines)) for place in failing]
    return [
        LedgerError(what, where=f"{where}:{lines[place]}", mend="restore the file from git") for place, what in named
    ]


def _order(name: str, rows: Sequence[Cells]) -> list[int]:
    """Which row stood at each place when they were sealed, if the rows are all sealed and all there; else empty."""
    remaining, order, previous = dict(enumerate(rows)), [], start(name)
    looked = 0
    while remaining:
        # A moved row's successor is nearly always the next one, so this looks at few rows; a shuffled file is not put in order.
        following = None
        for at, cells in remaining.items():
            looked += 1
            if link(previous, cells) == cells["seal"]:
                following = at
                break
        if following is None or looked > _PATIENCE * len(rows) + 1000:
            return []
        order.append(following)
        previous = remaining.pop(following)["seal"]
    return order


def _displaced(place: int, order: Sequence[int], lines: Sequence[int]) -> str:
    stood = order.index(place)
    if order[place] == stood:
        return f"this row and line {lines[stood]} were swapped"
    return f"this row was moved: it was sealed in line {lines[stood]}"


def _broken(place: int, rows: Sequence[Cells], lines: Sequence[int]) -> str:
    seal = rows[place]["seal"]
    if not _SEAL.fullmatch(seal):
        return f"'{seal}' is no seal (a row typed by hand has none)"
    twin = next(at for at, cells in enumerate(rows) if cells["seal"] == seal)
    if twin != place:
        return f"this row carries the seal of line {lines[twin]}"
    if place and not rows[place - 1]["seal"]:
        return "this row, or the unsealed row above it, was changed after the sealing, or a row above it was removed"
    return "this row was changed after it was sealed, or the row above it was removed"


def unsealed(rows: Sequence[Cells]) -> int:
    """How many rows carry no seal."""
    return sum(not cells["seal"] for cells in rows)


def sealed(name: str, rows: Sequence[Cells]) -> list[dict[str, str]]:
    """The rows with every empty seal filled in. The chain must have been verified."""
    return [dict(cells) | {"seal": value} for cells, value in zip(rows, links(name, rows), strict=True)]


def against(recorded: Iterable[Head], chains: Mapping[str, Sequence[Cells]]) -> list[LedgerError]:
    """What a recorded head shows that the chain alone cannot: a missing chain, a cut tail, a chain sealed anew."""
    found = []
    for earlier in recorded:
        rows = chains.get(earlier.ledger)
        if rows is None:
            what = f"the ledger is gone; it had {counted(earlier.rows, 'row')} when its head was recorded"
        elif len(rows) < earlier.rows:
            what = f"{earlier.rows - len(rows)} of {earlier.rows} rows were cut off since its head was recorded"
        elif not _leads_to(earlier, rows):
            what = f"its first {earlier.rows} rows are not those whose head was recorded"
        else:
            continue
        found.append(LedgerError(what, where=earlier.ledger, mend="restore the file from git"))
    return found


def _leads_to(earlier: Head, rows: Sequence[Cells]) -> bool:
    """Whether the first rows are those whose head was recorded.

    Rows that were typed by hand and had no seal then may have got their fingerprint with it since: nobody changed them.
    """
    rows = rows[: earlier.rows]
    if not rows:
        return True
    known = links(earlier.ledger, rows)
    if known[-1] == earlier.head:
        return True
    typed = [{**cells, "fingerprint": ""} for cells in rows[earlier.sealed :]]
    return links(earlier.ledger, [*rows[: earlier.sealed], *typed], known[: earlier.sealed])[-1] == earlier.head
