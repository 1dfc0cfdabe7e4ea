"""Real exports of the developers' data: every record, each with its title."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from winnow.records.importing import import_file

#: Kinds of file that hold no record, by design of the collection.
EMPTY = {"cnki/selfdefine_header_18_columns.txt"}


@pytest.mark.slow
def test_every_real_export_gives_all_its_records_each_with_a_title(shared: Path) -> None:
    """Records read equal the number counted by hand, start tags equal records, and no title is empty."""
    folder = shared / "data" / "importers"
    rows = list(csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8").splitlines()))
    for row in rows:
        if row["file"] in EMPTY:
            continue
        imported = import_file(folder / row["file"])
        assert len(imported.records) == int(row["records"]), row["file"]
        assert imported.report.start_tags == len(imported.records), row["file"]
        assert all(record.get("title") for record in imported.records), row["file"]
        assert not imported.report.faults, row["file"]
        assert not imported.report.reading.unknown_tags or row["file"].endswith(".csv"), row["file"]
