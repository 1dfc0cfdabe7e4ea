"""A record written once is the row that writing it cell by cell gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import lines, tables
from winnow.records import rows

CELL = st.text(st.sampled_from("a茶é,;\"'=+-@ \n\r1"), max_size=8)
RECORD = st.dictionaries(st.sampled_from(tables.RECORD_CONTENT), CELL, max_size=8)


@given(st.lists(RECORD, max_size=4), CELL, CELL, CELL)
def test_a_row_is_what_cells_give(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, str]], source: str, file: str, line: str
) -> None:
    """Law: whatever the cells hold, a table of rows is the same bytes as the table of their records."""
    folder = tmp_path_factory.mktemp("rows")
    whole = [
        record | {"file": file, "line": line, "sha256": str(number), "format": "ris"}
        for number, record in enumerate(records)
    ]
    put = [rows.line(rows.row(record), f"r{number}", "s", source) for number, record in enumerate(whole)]
    lines.write(folder / "rows.csv", put, tables.RECORDS)
    named = [
        {name: cell for name, cell in record.items() if name != "format"}
        | {"record_id": f"r{number}", "search_id": "s", "source": source}
        for number, record in enumerate(whole)
    ]
    tables.write_rows(folder / "cells.csv", named, tables.RECORDS)
    assert (folder / "rows.csv").read_bytes() == (folder / "cells.csv").read_bytes()


def test_a_field_without_a_column_is_a_fault() -> None:
    """Law: what no column holds is not dropped in silence."""
    with pytest.raises(KeyError, match="abstrct"):
        rows.row({"abstrct": "x", "file": "f", "line": "1-1", "sha256": "", "format": "ris"})
