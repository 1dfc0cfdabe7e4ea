"""What people ruled about pairs: ``decisions/duplicates.csv``, one line each, and the line always wins.

A line says that two ids are the ``same`` report or ``different`` ones. An id is a record id, a PMID or a DOI. A later line about
the same two takes an earlier one's place, so that a merge, and a ruling too, is undone by one line more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from winnow import tables, text
from winnow.errors import LedgerError, raise_all

if TYPE_CHECKING:
    import pandas as pd

#: What an id names: a row's number, or a record's id.
Record = TypeVar("Record", int, str)
VERDICTS = ("same", "different")
NEEDS = ("id_1", "id_2", "ruling")


@dataclass(frozen=True)
class Ruling:
    """One line of the ledger; ``where`` is its file and line."""

    id_1: str
    id_2: str
    ruling: str
    date: str = ""
    by: str = ""
    note: str = ""
    where: str = ""

    @property
    def evidence(self) -> str:
        """Who ruled, when and why, as the pairs table shows it."""
        return ", ".join(part for part in (f"ruled by {self.by or 'a person'}", self.date, self.note) if part)


@dataclass(frozen=True)
class Resolved:
    """Rulings as pairs of row numbers (smaller first), each with the line that holds."""

    same: Mapping[tuple[int, int], Ruling]
    different: Mapping[tuple[int, int], Ruling]
    unused: Sequence[Ruling]


def read(path: Path | str) -> list[Ruling]:
    """The rulings of a ledger in its order.

    Raises:
        InputError: not a table.
        LedgerError, Faults: a line without two ids, with the same id twice, or with another ruling than same / different.
    """
    rulings = []
    faults = []
    for line, row in tables.read_rows(path, NEEDS):
        where = f"{path}:{line}"
        cells = {name: row.get(name, "").strip() for name in (*NEEDS, "date", "by", "note")}
        if cells["ruling"] not in VERDICTS:
            faults.append(LedgerError(f"ruling is '{cells['ruling']}'", where=where, mend="write same or different"))
        elif not cells["id_1"] or not cells["id_2"]:
            faults.append(LedgerError("an id is empty", where=where, mend="write a record id, a PMID or a DOI in each"))
        elif cells["id_1"] == cells["id_2"]:
            faults.append(LedgerError("the two ids are one", where=where, mend="name two records"))
        else:
            rulings.append(Ruling(**cells, where=where))
    raise_all(faults)
    return rulings


def resolve(rulings: Iterable[Ruling], records: pd.DataFrame) -> Resolved:
    """Rulings on the rows of ``records`` (one row per record_id).

    An id that names several records (a DOI found in two databases) names all of them; they are not thereby joined with each
    other. A pair ruled twice follows the later day, then the later line.

    Raises:
        LedgerError: the rulings contradict each other through a third record.
    """
    rulings = list(rulings)
    rows = _rows_by_id(records) if rulings else {}
    same, different, unused = _latest(rulings, lambda identifier: rows.get(text.same_id(identifier), ()))
    raise_all(_clashes(same, different))
    return Resolved(same, different, unused)


def contradictions(rulings: Iterable[Ruling], named: Callable[[str], Iterable[Record]]) -> list[LedgerError]:
    """The rulings by which two records are different that others make the same, by whichever way; each line once.

    Args:
        rulings: in the order of the ledger.
        named: the records that an id names.
    """
    same, different, _ = _latest(rulings, named)
    return _clashes(same, different)


def day(date: str) -> str:
    """What of a ruling's date says which holds: people type no hours, so within a day the lines' order does."""
    return date[: len("YYYY-MM-DD")]


def _latest(
    rulings: Iterable[Ruling], named: Callable[[str], Iterable[Record]]
) -> tuple[dict[tuple[Record, Record], Ruling], dict[tuple[Record, Record], Ruling], list[Ruling]]:
    """The rulings that hold, by pair: same, different; and those whose ids name no pair."""
    latest: dict[tuple[Record, Record], Ruling] = {}
    unused = []
    for ruling in sorted(rulings, key=lambda ruling: day(ruling.date)):
        firsts, seconds = list(named(ruling.id_1)), list(named(ruling.id_2))
        pairs = {(min(a, b), max(a, b)) for a in firsts for b in seconds if a != b}
        if not pairs:
            unused.append(ruling)
        latest.update(dict.fromkeys(pairs, ruling))
    same = {pair: ruling for pair, ruling in latest.items() if ruling.ruling == "same"}
    different = {pair: ruling for pair, ruling in latest.items() if ruling.ruling == "different"}
    return same, different, unused


def _rows_by_id(records: pd.DataFrame) -> dict[str, list[int]]:
    named: dict[str, list[int]] = {}
    spellings: list[Iterable[str]] = [records["record_id"].tolist()]
    if "pmid" in records:
        spellings.append(f"pubmed:{pmid.strip().lstrip('0')}" if pmid.strip() else "" for pmid in records["pmid"])
    if "doi" in records:
        spellings.append(text.doi(doi) if doi else "" for doi in records["doi"])
    # A record id made of digits may also be a PMID typed bare; a record's own id comes first.
    spellings.append(text.same_id(record_id) for record_id in records["record_id"])
    for spelling in spellings:
        for row, name in enumerate(spelling):
            if name and row not in (known := named.setdefault(name, [])):
                known.append(row)
    return named


def _clashes(
    same: Mapping[tuple[Record, Record], Ruling], different: Mapping[tuple[Record, Record], Ruling]
) -> list[LedgerError]:
    parent: dict[Record, Record] = {}

    def root(record: Record) -> Record:
        while (above := parent.get(record, record)) != record:
            record = above
        return record

    for a, b in same:
        parent[root(a)] = root(b)
    faults = [
        LedgerError(
            f"{ruling.id_1} and {ruling.id_2} are ruled different here, and the same by way of other lines",
            where=ruling.where or "rulings",
            mend="add a line that says which of them holds",
        )
        for (a, b), ruling in sorted(different.items(), key=lambda clash: clash[0])
        if root(a) == root(b)
    ]
    return list({fault.line: fault for fault in faults}.values())
