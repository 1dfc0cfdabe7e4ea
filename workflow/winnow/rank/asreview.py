"""To ASReview and back: a dataset that its screen reads, and the labels of its exports.

ASReview reads a CSV with ``title``, ``abstract`` and, if there are decisions, ``included`` (1, 0 or empty). Its exports keep
our columns, so that ``record_id`` comes back, and hold the decision in ``asreview_label`` (2), or ``included`` (1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from winnow.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("record_id", "title", "abstract", "authors", "year", "journal", "doi", "keywords", "url", "included")

#: Columns that hold a decision, the first that is there counts.
LABELS = ("label_included", "asreview_label", "included", "label")
_MEANING = {
    "1": 1,
    "1.0": 1,
    "yes": 1,
    "include": 1,
    "included": 1,
    "0": 0,
    "0.0": 0,
    "no": 0,
    "exclude": 0,
    "excluded": 0,
}


def dataset(records: pd.DataFrame, labels: Mapping[str, int]) -> pd.DataFrame:
    """The records as a dataset for ASReview, in the order given."""
    table = records.reindex(columns=[name for name in COLUMNS if name != "included"], fill_value="").copy()
    table["included"] = [str(labels[name]) if name in labels else "" for name in table["record_id"]]
    return table


def labels(table: pd.DataFrame, where: str) -> dict[str, int]:
    """1 or 0 by record id, in the order of the table; rows without a decision are left out.

    Raises:
        InputError: no column of decisions, a cell that is none, or two decisions on one record.
    """
    column = next((name for name in LABELS if name in table.columns), "")
    if not column:
        raise InputError(
            "no column label_included", where=where, mend="write 1 (included), 0 (excluded) or nothing in it"
        )
    found: dict[str, int] = {}
    for line, (identifier, cell) in enumerate(zip(table["record_id"], table[column], strict=True), start=2):
        word = cell.strip().lower()
        if not word:
            continue
        if word not in _MEANING:
            raise InputError(
                f"'{cell}' in {column} is no decision", where=f"{where}:{line}", mend="write 1, 0 or nothing"
            )
        if found.setdefault(identifier, _MEANING[word]) != _MEANING[word]:
            raise InputError(
                f"{identifier} is both included and excluded", where=f"{where}:{line}", mend="keep one row"
            )
    return found
