"""Tables and files: what is written is what is read, whatever a cell holds."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import files, tables, text
from winnow.errors import InputError

CELL = st.text(alphabet=st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]), max_size=30)


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=8))
def test_what_is_written_is_what_is_read(rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any strings survive a round trip: formulas, quotes, line ends, NA, nan, None, leading zeros, apostrophes."""
    path = tmp_path_factory.mktemp("t") / "t.csv"
    table = pd.DataFrame(rows, columns=["record_id", "title"], dtype=str)
    tables.write(path, table)
    back = tables.read(path)
    expected = [tuple(row) for row in rows]
    assert list(back.itertuples(index=False, name=None)) == expected


LINE = st.lists(st.text(alphabet=st.sampled_from("ab皮,;\"'\n\t =-+@\u2028\x00"), max_size=6), min_size=1, max_size=4)


@given(st.lists(LINE, max_size=5), LINE)
def test_a_line_is_what_the_standard_library_writes(rows: list[list[str]], header: list[str]) -> None:
    """Cells are quoted as csv.writer quotes them, a line of one empty cell included."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([header, *([tables.neutral(cell) for cell in row] for row in rows)])
    assert tables.csv_bytes(rows, header).decode() == buffer.getvalue()


@pytest.mark.parametrize(
    "cell", ["NA", "nan", "None", "null", "007", "=1+1", "-5", "-x", "+8", "'t Hooft", "'=1", "@a", "1e5", "", " "]
)
def test_cells_that_others_mangle(cell: str, tmp_path: Path) -> None:
    """An author NA, a title None, a leading zero and an apostrophe survive; a formula is neutral on disk."""
    tables.write_rows(tmp_path / "t.csv", [{"a": cell, "b": "x"}], ["a", "b"])
    assert tables.read(tmp_path / "t.csv")["a"].tolist() == [cell]
    raw = (tmp_path / "t.csv").read_text().splitlines()[1]
    assert not raw.startswith(("=", "@", "-x"))


def test_a_foreign_apostrophe_stays(tmp_path: Path) -> None:
    """Only the apostrophe that neutralises a formula is taken off."""
    (tmp_path / "t.csv").write_text("record_id,title\na,'Omics of muscle\nb,'=1+1\n")
    assert tables.read(tmp_path / "t.csv")["title"].tolist() == ["'Omics of muscle", "=1+1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"record_id,title\n\xff\xfe,x\n", "not UTF-8"),
        (b"record_id,title\na,b,c,d\n", "not a CSV table"),
        (b"title\nx\n", "no column record_id"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_line(content: bytes, says: str, tmp_path: Path) -> None:
    """Bad input names the file, what is wrong and how to mend it."""
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        tables.read(path, needs=["record_id"])
    assert says in caught.value.line and str(path) in caught.value.line and "\n" not in caught.value.line


@given(
    st.lists(st.tuples(*[st.text(alphabet="'=-@a,\"\n é肌", max_size=4)] * 3), max_size=6),
    st.sets(st.sampled_from("abc"), min_size=1),
)
def test_some_columns_of_a_table_are_those_of_all_of_it(rows: list[tuple[str, ...]], only: set[str]) -> None:
    """Reading some columns gives what reading all gives there, with BOM and CRLF too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        for made in (tables.csv_bytes(rows, "abc"), b"\xef\xbb\xbf" + tables.csv_bytes(rows, "abc")):
            path.write_bytes(made)
            whole = tables.read(path)
            assert tables.rows(tables.read(path, only=only)) == tables.rows(whole[sorted(only)])
            cells = [list(row.values()) for row in tables.rows(whole)]
            assert cells == [list(map(tables.plain, map(tables.neutral, row))) for row in rows]


@pytest.mark.parametrize("rows", [b"1,x,y,z\n", b"1,x,y\n2,a, with a comma,y\n", b"1,x,y\n2,x,y,\n"])
def test_a_row_with_a_cell_too_many_is_refused_whatever_is_read_of_it(tmp_path: Path, rows: bytes) -> None:
    """A comma that somebody typed shifts every cell behind it: no column is read from such a row, be it asked for alone."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b,c\n" + rows)
    for only in ("", "a", "c"):
        with pytest.raises(InputError, match=r"t\.csv: not a CSV table"):
            tables.read(path, only=only)


def test_a_byte_that_is_not_utf8_is_told_by_its_place(tmp_path: Path) -> None:
    """The place named in the fault is that in the file, wherever the reader's own buffer began."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n" + b"1,x\n" * 100_000 + b"y,\xe4\n")
    with pytest.raises(InputError, match=f"byte {7 + 400_000 + 2} is not UTF-8"):
        tables.read(path)


def test_rows_of_a_ledger_have_their_line(tmp_path: Path) -> None:
    """BOM, CRLF and cells over several lines do not move the line numbers."""
    path = tmp_path / "l.csv"
    path.write_bytes('\ufeffid,note\r\n1,"two\r\nlines"\r\n2,b\r\n'.encode())
    assert [(line, row["id"]) for line, row in tables.read_rows(path)] == [(2, "1"), (4, "2")]
    path.write_bytes(b"id,note\n1,a\n2,b,c\n")
    with pytest.raises(InputError, match=r"l\.csv:3"):
        tables.read_rows(path)


def as_excel_saves(rows: list[list[str]]) -> list[str]:
    """The lines of a sheet: columns at the right that sixteen rows together leave empty are left out, commas and all."""
    lines = []
    for start in range(0, len(rows), 16):
        together = rows[start : start + 16]
        width = max(len(row) - next((n for n, cell in enumerate(reversed(row)) if cell), len(row)) for row in together)
        lines += [",".join(row[: max(width, 1)]) for row in together]
    return lines


@given(st.lists(st.lists(st.sampled_from(["", "a", "b"]), min_size=3, max_size=3), min_size=1, max_size=60))
def test_what_excel_leaves_out_at_the_end_of_rows_is_empty(body: list[list[str]]) -> None:
    """Law: a table that Excel saved says what it said, with rows added too; but one row alone in its group is refused."""
    rows = [["x", *row, ""] for row in body]
    lines = as_excel_saves([["id", "one", "two", "three", "four"], *rows])
    lines.append("y,1,2,3,4")
    content = ("\r\n".join(lines) + "\r\n").encode()
    if len(lines) % 16 == 2 and len(lines) > 16:
        with pytest.raises(InputError, match="cells where the header has 5"):
            tables.parse_rows(content, "l.csv")
        return
    read = [[*row.values()] for _, row in tables.parse_rows(content, "l.csv")]
    assert read == [*rows, ["y", "1", "2", "3", "4"]]


@pytest.mark.parametrize(
    "lengths", [[3, 2, 3], [3] * 20 + [2] + [3] * 5, [3] * 16 + [2, 2], [3] * 15 + [2, 1], [3] * 15 + [2, 4]]
)
def test_a_row_that_lost_a_comma_is_refused(lengths: list[int]) -> None:
    """One short row, some in the middle of a group, or of several lengths: nobody knows which cell is missing."""
    content = "\n".join(["a,b,c", *(",".join("xyzw"[:n]) for n in lengths)]).encode()
    with pytest.raises(InputError, match="cells where the header has 3"):
        tables.parse_rows(content, "l.csv")


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """kill -9 between writing and renaming leaves the old bytes, and a later write is not disturbed."""
    path = tmp_path / "t.csv"
    path.write_text("old")
    code = (
        "import os, signal, sys\nfrom winnow import files\n"
        "with files.replacing(sys.argv[1]) as out:\n    out.write(b'half'); out.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=os.environ | {"PYTHONPATH": "workflow"}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    files.write_text(path, "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("refused", ["tempfile.mkstemp", "os.fsync", "os.replace"])
def test_what_the_system_refuses_is_told_of_the_file_that_was_to_be_written(
    refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a folder that must not be written to: the file's own name, the old bytes, nothing left beside it."""
    path = tmp_path / "t.csv"
    path.write_text("old")

    def full(*words: object, **more: object) -> None:
        raise OSError(28, "No space left on device", *words[:1] if refused == "os.replace" else ())

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left") as told:
        patched.setattr(refused, full)
        files.write_text(path, "new")
    assert told.value.filename == str(path) and path.read_text() == "old"
    assert [left.name for left in tmp_path.iterdir()] == ["t.csv"]


def test_gzip_has_no_clock() -> None:
    """The same content is the same bytes at any time."""
    assert files.gzip_bytes(b"x") == files.gzip_bytes(b"x")
    assert files.gzip_bytes(b"x")[4:8] == b"\0\0\0\0"


@given(st.text(max_size=40))
def test_a_title_key_keeps_every_script(title: str) -> None:
    """A title with a letter or digit never has an empty key, and keys are idempotent."""
    key = text.title_key(title)
    if any(c.isalnum() for c in text.fold(title)):
        assert key or not any(c.isalnum() for c in text.bare(title))
    assert text.title_key(key) == key


def test_chinese_titles_keep_their_identity() -> None:
    """Two unrelated Chinese titles with the same number have different keys; widths do not matter."""
    assert text.title_key("静脉注射免疫球蛋白治疗皮肌炎32例") != text.title_key("高血压脑出血32例护理体会")
    assert text.title_key("皮肌炎３２例。") == text.title_key("皮肌炎 32 例")


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("https://doi.org/10.1007/S10067-012-1940-5", "10.1007/s10067-012-1940-5"),
        ("doi: 10.1016/S0016-5085%2814%2962351-9", "10.1016/s0016-5085(14)62351-9"),
        ("10.3969／j.issn.1672－187X.2011.01.001", "10.3969/j.issn.1672-187x.2011.01.001"),
        ("no doi", ""),
    ],
)
def test_one_spelling_of_a_doi(written: str, bare: str) -> None:
    """URL, prefix, percent signs, capitals and full-width signs name one DOI."""
    assert text.doi(written) == bare
