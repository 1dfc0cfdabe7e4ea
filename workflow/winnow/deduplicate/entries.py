"""One row per record id: the same database entry found by several searches is one entry, with its newest content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from winnow.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Places = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

#: The column that holds the place of the earliest search that found the entry, from 0.
FIRST_SEARCH = "_first_search"
#: What identifies a row of the records table.
ROW = ("search_id", "source", "record_id")


def one_per_record(records: pd.DataFrame, searches: Sequence[str] = ()) -> pd.DataFrame:
    """Entries, sorted by record id.

    Args:
        records: any subset of the columns of ``tables.RECORDS``, ``record_id`` at least; cells are strings.
        searches: search ids, oldest first; a search that is not named comes after them, by name.

    Returns:
        the columns of ``records`` and ``_first_search``. A field's value is that of the newest search in which it is
        filled, since a database corrects its entries; ``search_id`` and ``source`` are those of the earliest.

    Raises:
        InputError: a record without an id, or the same row twice.
    """
    import numpy as np
    import pandas as pd

    refuse_bad_ids(records)
    keys = [name for name in ROW if name in records]
    searched = records["search_id"] if "search_id" in records else records["record_id"].map(lambda _: "")
    unnamed = sorted(set(searched) - set(searches))
    place = {name: order for order, name in enumerate([*searches, *unnamed])}
    entries = records.assign(**{FIRST_SEARCH: searched.map(place).to_numpy(dtype=np.int64)})
    entries = entries.sort_values(["record_id", FIRST_SEARCH, *keys], kind="stable", ignore_index=True)
    known = entries["record_id"].duplicated().to_numpy()
    if not known.any():
        return entries
    starts = np.flatnonzero(~known)
    kept = {}
    for name in entries.columns:
        given = _first_filled if name in (*ROW, FIRST_SEARCH) else _last_filled
        kept[name] = entries[name].take(given(entries[name].to_numpy() != "", starts)).array
    return pd.DataFrame(kept)


def _last_filled(filled: Flags, starts: Places) -> Places:
    """The place of the last filled cell of each group, which begins at ``starts``; its first cell's if none is filled."""
    import numpy as np

    last = np.maximum.accumulate(np.where(filled, np.arange(len(filled)), -1))
    places: Places = np.maximum(last[np.append(starts[1:], len(filled)) - 1], starts)
    return places


def _first_filled(filled: Flags, starts: Places) -> Places:
    """The same of the first filled cell."""
    import numpy as np

    following = np.where(filled, np.arange(len(filled)), len(filled))
    first = np.minimum.accumulate(following[::-1])[::-1][starts]
    places: Places = np.where(first < np.append(starts[1:], len(filled)), first, starts)
    return places


def refuse_bad_ids(records: pd.DataFrame) -> None:
    """A record without an id, or the same row twice, is an InputError."""
    keys = [name for name in ROW if name in records]
    empty = records["record_id"].str.strip() == ""
    if empty.any():
        raise InputError(
            f"{int(empty.sum())} records have no record_id, the first in row {int(empty.to_numpy().argmax()) + 1}",
            where="records",
            mend="give every record an id of its own",
        )
    twice = records[keys].duplicated()
    if twice.any():
        named = records.loc[twice, "record_id"].iloc[0]
        raise InputError(
            f"record_id '{named}' stands in two rows",
            where="records",
            mend="give every record an id of its own, or say in search_id and source where each row comes from",
        )
