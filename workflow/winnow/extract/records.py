"""Suggestions for any table of records, review or not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import tables
from winnow.errors import InputError
from winnow.extract.form import Form, load
from winnow.extract.suggest import passages, suggest

if TYPE_CHECKING:
    import pandas as pd


def run(records: Path | str, form: Path | str, output: Path | str) -> None:
    """Write one row per value that a form's extractors find in a table of records.

    Args:
        records: CSV with ``record_id`` and ``title`` at least; ``abstract`` is read if it is there.
        form: an extraction form, or ``builtin:trial``.
        output: CSV in the columns of ``tables.VALUES``, records in their order; ``study_id`` and ``report_id`` are the record's.

    Raises:
        InputError: no such table, a column is missing, or a record has no id.
    """
    asked = load(form)
    table = tables.read(records, needs=("record_id", "title"))
    if (nameless := table.index[table["record_id"] == ""]).size:
        raise InputError("a record has no record_id", where=f"{records}:{nameless[0] + 2}", mend="give each row an id")
    tables.write_rows(output, rows(asked, table, progress=sys.stderr.isatty()), tables.VALUES)


def rows(form: Form, table: pd.DataFrame, *, progress: bool = False) -> Iterator[dict[str, str]]:
    """The values found in each record, in the order of the records."""
    from tqdm import tqdm

    for record in tqdm(tables.rows(table), disable=not progress, unit="record"):
        ids = {"study_id": record["record_id"], "report_id": record["record_id"]}
        for found in suggest(form, passages(record)):
            yield ids | found
