"""Rows that are copied are the rows that reading and writing gives."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import files, lines, tables
from winnow.errors import InputError

COLUMNS = ("a", "b", "c")
CELL = st.text(st.sampled_from("x茶,;\"'=+-@ \n\r1|"), max_size=6)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), max_size=5)


@given(ROWS)
def test_what_is_cut_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    """Law: a table cut into rows and written again is the same bytes; its rows parsed are the table; each has its own cells."""
    path = tmp_path_factory.mktemp("lines") / "t.csv"
    content = tables.csv_bytes(rows, COLUMNS)
    header, *cut = lines.cut(content)
    assert header == lines.cells(COLUMNS) and cut == [lines.cells(row) for row in rows]
    lines.write(path, cut, COLUMNS)
    assert path.read_bytes() == content
    pd.testing.assert_frame_equal(lines.parsed(cut, COLUMNS, "t.csv"), tables.read(path))
    pd.testing.assert_frame_equal(lines.parsed(cut, COLUMNS, "t.csv", ["b"]), tables.read(path)[["b"]])


@pytest.mark.parametrize("row", [b"1,2", b"1,2,3,4", b'1,2,"3', b"", b"1,2\n,3"])
@pytest.mark.parametrize("only", [(), ("a",)])
def test_a_row_with_other_cells_is_a_fault(row: bytes, only: tuple[str, ...]) -> None:
    """Law: a row that lacks a cell, or has one too many, is never read as if it had its table's; the fault names the file."""
    with pytest.raises(InputError, match=r"t\.csv"):
        lines.parsed([b"1,2,3", row, b"4,5,6"], COLUMNS, "t.csv", only)


@given(
    st.binary(max_size=60),
    st.binary(max_size=60),
    st.sampled_from(["plain", "gzip", "two", "padded"]),
    st.integers(1, 90),
)
def test_a_file_in_one_piece_is_the_file(
    tmp_path_factory: pytest.TempPathFactory, one: bytes, other: bytes, how: str, most: int
) -> None:
    """Law: a file is the same read in one piece as in many, gzipped in one member or two, up to as many bytes as are asked for."""
    path = tmp_path_factory.mktemp("unpacked") / "f"
    packed = gzip.compress(one) + {"two": gzip.compress(other), "padded": b"\0" * 9}.get(how, b"")
    path.write_bytes(one if how == "plain" and one[:2] != b"\x1f\x8b" else packed)
    with files.opened(path) as stream:
        assert files.unpacked(path, most) == stream.read(most)


@pytest.mark.parametrize("harm", [slice(0, -3), slice(0, 12)])
def test_a_gzip_file_cut_short_is_no_file(tmp_path: Path, harm: slice) -> None:
    """Law: half of a file is never taken for all of it."""
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(b"records " * 100)[harm])
    with pytest.raises(EOFError):
        files.unpacked(path, 1 << 20)
