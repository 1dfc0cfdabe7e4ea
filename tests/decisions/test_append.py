"""Appending: nothing is lost between two writers, nor when one is killed, and a file keeps its own layout."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from winnow.decisions import append, ledger
from winnow.decisions.kinds import KINDS
from winnow.errors import LedgerError

SCREENING = KINDS["screening"]
ROW = {"date": "2026-01-02", "stage": "title_abstract", "decision": "include", "role": "reviewer"}

APPENDER = """
import sys
from pathlib import Path
from winnow.decisions import append
from winnow.decisions.kinds import KINDS
path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for n in range(count):
    row = {"date": "2026-01-02", "id": f"{name}:{n}", "stage": "title_abstract", "decision": "include",
           "role": "reviewer", "note": "x" * 500}
    append.append(path, KINDS["screening"], row)
    print(n, flush=True)
"""


def start(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPENDER, str(path), name, str(count)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def test_a_new_ledger_begins_with_its_header(tmp_path: Path) -> None:
    """The first row makes the folder, the header and the row, sealed."""
    path = tmp_path / "decisions" / "screening" / "wang.csv"
    seal = append.append(path, SCREENING, ROW | {"id": "1"})
    one = ledger.read(path, SCREENING)
    assert one.rows[0]["seal"] == seal == one.links[0] and one.verify() == []
    assert path.read_bytes().splitlines()[0].decode() == ",".join(SCREENING.columns)
    assert sorted(p.name for p in path.parent.iterdir()) == ["wang.csv"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r", b""])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_the_bytes_that_were_there_stay(tmp_path: Path, ending: bytes, bom: bytes) -> None:
    """A file typed elsewhere, with or without BOM, CRLF and last line end, is a prefix of what it becomes."""
    path = tmp_path / "wang.csv"
    header = [*reversed(SCREENING.columns)]
    cells = {"date": "2026-01-01", "id": "1", "stage": "title_abstract", "decision": "include", "role": "reviewer"}
    lines = [",".join(header).encode(), ",".join(cells.get(name, "") for name in header).encode()]
    before = bom + (ending or b"\n").join(lines) + ending
    path.write_bytes(before)
    append.append(path, SCREENING, ROW | {"id": "2", "note": 'a "quoted", 中文\nnote'})
    assert path.read_bytes().startswith(before)
    one = ledger.read(path, SCREENING)
    assert [cells["id"] for cells in one.rows] == ["1", "2"] and one.rows[1]["note"] == 'a "quoted", 中文\nnote'
    assert one.verify() == [] and one.rows[0]["seal"] == ""


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_a_fault_of_the_new_row_names_its_line(tmp_path: Path, ending: str, last: bool) -> None:
    """The line where the row would stand, however the lines of the file end, and whether the last one does."""
    path = tmp_path / "wang.csv"
    cells = {"date": "2026-01-01", "id": "1", "stage": "title_abstract", "decision": "include", "role": "reviewer"}
    lines = [",".join(SCREENING.columns), ",".join(cells.get(name, "") for name in SCREENING.columns)]
    path.write_bytes((ending.join(lines) + ending * last).encode())
    for before in (path, tmp_path / "li.csv"):
        with pytest.raises(LedgerError, match=rf"{before.name}:{3 if before == path else 2}: .*unknown"):
            append.append(before, SCREENING, ROW | {"id": "2", "decision": "perhaps"}, ledger.faults)


def test_a_header_with_a_line_end_in_a_name_takes_a_row(tmp_path: Path) -> None:
    """A column of somebody's own may be called by two lines; the row below has as many cells as the header."""
    path = tmp_path / "wang.csv"
    path.write_bytes(('"my\nown",' + ",".join(SCREENING.columns) + "\r\n").encode())
    append.append(path, SCREENING, ROW | {"id": "2"})
    (row,) = ledger.read(path, SCREENING).rows
    assert (row["id"], row["my\nown"]) == ("2", "") and path.read_bytes().endswith(b"\r\n")


@pytest.mark.parametrize("cell", ["=cmd()", "'=1", "+1", "-", "@x", "a\rb", "  spaces  ", "’"])
def test_every_cell_comes_back_and_its_seal_holds(tmp_path: Path, cell: str) -> None:
    """A note that a spreadsheet would run, or that has odd line ends, is read back as the text that was sealed."""
    path = tmp_path / "wang.csv"
    append.append(path, SCREENING, ROW | {"id": "1", "note": cell})
    one = ledger.read(path, SCREENING)
    assert one.rows[0]["note"] == cell.replace("\r", "\n").strip() and one.verify() == []


def test_a_broken_chain_takes_no_further_row(tmp_path: Path) -> None:
    """Nobody builds on a changed ledger; the file stays as it is."""
    path = tmp_path / "wang.csv"
    append.append(path, SCREENING, ROW | {"id": "1"})
    path.write_bytes(path.read_bytes().replace(b"include", b"exclude"))
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="changed after it was sealed"):
        append.append(path, SCREENING, ROW | {"id": "2"})
    assert path.read_bytes() == before


def test_a_row_that_the_check_refuses_is_not_written(tmp_path: Path) -> None:
    """The check sees the ledger with the row in it; if it objects, nothing has happened."""
    path = tmp_path / "wang.csv"
    with pytest.raises(LedgerError, match="decision 'maybe' is unknown"):
        append.append(path, SCREENING, ROW | {"id": "1", "decision": "maybe"}, check=ledger.faults)
    assert not path.exists()


def test_two_people_appending_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes append to one chain at the same time: every row is there, once, and the chain is whole."""
    path = tmp_path / "wang.csv"
    writers = [start(path, name, 12) for name in "abcd"]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
    one = ledger.read(path, SCREENING)
    assert sorted(cells["id"] for cells in one.rows) == sorted(f"{name}:{n}" for name in "abcd" for n in range(12))
    assert one.verify() == []


@pytest.mark.parametrize("after", [1, 4])
def test_kill_9_loses_no_decision_that_was_acknowledged(tmp_path: Path, after: int) -> None:
    """A writer killed in the middle leaves every row it had acknowledged, no half row, and a chain that goes on."""
    path = tmp_path / "wang.csv"
    writer = start(path, "a", 100_000)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline() for _ in range(after)]
    time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read().split()
    writer.stdout.close()
    assert writer.wait(60) == -signal.SIGKILL
    one = ledger.read(path, SCREENING)
    assert len(one.rows) >= len(acknowledged) + len(rest) and one.verify() == []
    append.append(path, SCREENING, ROW | {"id": "b"})
    assert len(ledger.read(path, SCREENING).rows) == len(one.rows) + 1
    assert [p.name for p in tmp_path.iterdir()] == ["wang.csv"]


def test_sealing_fills_empty_seals_and_nothing_else(tmp_path: Path) -> None:
    """Rows typed by hand get their seal; sealing twice changes no byte."""
    path = tmp_path / "wang.csv"
    append.append(path, SCREENING, ROW | {"id": "1"})
    with path.open("a", encoding="utf-8") as out:
        out.write("2026-01-03,2,title_abstract,exclude,,reviewer,,,,,\n")
    append.append(path, SCREENING, ROW | {"id": "3"})
    before = ledger.read(path, SCREENING)
    assert append.seal(path, SCREENING) == 1
    after = ledger.read(path, SCREENING)
    assert [cells["seal"] for cells in after.rows] == before.links and after.verify() == []
    content = path.read_bytes()
    assert append.seal(path, SCREENING) == 0 and path.read_bytes() == content
