"""What changed between two searches: new records, vanished ones, changed fields, new notices.

A record is the same in both if its ``source`` and ``record_id`` are. One that is missing from the later search has vanished only if
that search could have found it: its source is among the later search's, its year in the later search's years (or not stated).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from winnow import tables
from winnow.errors import InputError
from winnow.review import Review, Search
from winnow.search.notices import is_retracted

COLUMNS = ("change", "source", "record_id", "shared_scope", "field", "before", "after", "year", "title")
#: Kinds of change in the order of the table, and what each means.
CHANGES = {
    "notice": "newly retracted, corrected or under concern",
    "vanished": "found before, not now, though the later search could have found it",
    "out of scope": "found before; the later search does not cover its source or its year",
    "new": "not found before",
    "changed": "found in both, with a field that differs",
}
#: Where a record came from is no field of the record.
_PROVENANCE = frozenset(("search_id", "source", "record_id", "file", "line", "sha256", "url"))

Row = Mapping[str, str]
Change = dict[str, str]


def between(review: Review, first: str, second: str) -> list[Change]:
    """The changes from one search of the review to another, from ``records/records.csv``.

    Raises:
        InputError: no such search, or its records have not been read yet.
    """
    earlier, later = _search(review, first), _search(review, second)
    path = review.result("records", "records.csv")
    if not path.is_file():
        raise InputError("the records have not been read yet", where=str(path), mend="run 'winnow records'")
    rows = tables.rows(tables.read(path, needs=("search_id", "source", "record_id"), columns=tables.RECORDS))
    for search in (earlier, later):
        if not any(row["search_id"] == search.id for row in rows) and any(_records(search)):
            raise InputError(f"no record of search '{search.id}'", where=str(path), mend="run 'winnow records'")
    return changes(
        [row for row in rows if row["search_id"] == earlier.id],
        [row for row in rows if row["search_id"] == later.id],
        earlier,
        later,
    )


def changes(before: Iterable[Row], after: Iterable[Row], earlier: Search, later: Search) -> list[Change]:
    """The changes between the records of two searches, in the order of :data:`CHANGES`, then by source and record id."""
    old = {(row["source"], row["record_id"]): row for row in before}
    new = {(row["source"], row["record_id"]): row for row in after}
    found: list[Change] = []
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            shared = covers(later, old[key])
            found.append(_change("out of scope" if shared == "no" else "vanished", old[key]) | {"shared_scope": shared})
        elif key not in old:
            found.append(_change("new", new[key]) | {"shared_scope": covers(earlier, new[key])})
        else:
            found += _fields(old[key], new[key])
    order = list(CHANGES)
    return sorted(found, key=lambda change: (order.index(change["change"]), change["source"], change["record_id"]))


def counts(found: Sequence[Change]) -> dict[str, int]:
    """How many records there are of each kind of change."""
    kinds = Counter(kind for kind, _, _ in {(one["change"], one["source"], one["record_id"]) for one in found})
    return {kind: kinds[kind] for kind in CHANGES}


def write(path: Path | str, found: Sequence[Change]) -> None:
    """Write the changes as a table."""
    tables.write_rows(path, found, COLUMNS)


def covers(search: Search, row: Row) -> str:
    """Whether a search could have found a record: its source, and any of its years; "unknown" if it states no year."""
    if row["source"] not in {source.name for source in search.sources}:
        return "no"
    years = [row.get(name, "") for name in ("year_print", "year_electronic", "year")]
    stated = [int(year) for year in years if year.isascii() and year.isdigit()]
    if not stated:
        return "unknown"
    return "yes" if any(search.years[0] <= year <= search.years[1] for year in stated) else "no"


def _fields(old: Row, new: Row) -> list[Change]:
    found = []
    for name in sorted((old.keys() | new.keys()) - _PROVENANCE):
        before, after = old.get(name, ""), new.get(name, "")
        if before == after:
            continue
        if name == "notices":
            for notice in sorted(set(tables.split(after)) - set(tables.split(before))):
                found.append(_change("notice", new, "notices", "", notice))
        if name == "publication_types" and is_retracted(after) and not is_retracted(before):
            found.append(_change("notice", new, "publication_types", before, after))
        found.append(_change("changed", new, name, before, after))
    return found


def _change(kind: str, row: Row, name: str = "", before: str = "", after: str = "") -> Change:
    return {
        "change": kind, "source": row["source"], "record_id": row["record_id"], "shared_scope": "yes", "field": name,
        "before": before, "after": after, "year": row.get("year", ""), "title": row.get("title", ""),
    }  # fmt: skip


def _search(review: Review, name: str) -> Search:
    for search in review.searches:
        if search.id == name:
            return search
    known = ", ".join(search.id for search in review.searches)
    raise InputError(f"no search '{name}'", where=str(review.config_files[-1]), mend=f"use two of {known}")


def _records(search: Search) -> Iterable[bool]:
    return (source.archived and int(source.manifest.data["records"]) > 0 for source in search.sources)
