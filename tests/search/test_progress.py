"""Progress is shown on a terminal, the workflow's own if the command's output goes into a log, and nowhere else."""

from __future__ import annotations

import io
import os
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from winnow.search.archive import Partial
from winnow.search.conversation import Request
from winnow.search.progress import TERMINAL, Progress

ASKED = Request("efetch", {}, "records-0001.xml.gz", "records 1 to 5", 5, 5)


@pytest.fixture
def screen() -> Iterator[tuple[int, str]]:
    """A terminal: what reads its screen, and its name."""
    reading, writing = os.openpty()
    termios.tcsetwinsize(writing, (24, 80))
    os.set_blocking(reading, False)
    yield reading, os.ttyname(writing)
    os.close(reading)
    os.close(writing)


def fetched(folder: Path) -> None:
    """One request asked and answered under a progress bar."""
    with Progress(Partial(folder, ""), "s1 pubmed") as shelf:
        assert shelf.kept(ASKED) is None
        shelf.keep(ASKED, b"<answer/>")


def test_the_terminal_of_the_workflow_shows_how_far_a_job_has_come(
    tmp_path: Path, screen: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With output into a log, the bar is on the terminal that the environment names, and the log has none of it."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setenv(TERMINAL, screen[1])
    fetched(tmp_path)
    assert b"s1 pubmed" in os.read(screen[0], 4096)
    assert log.getvalue() == ""


@pytest.mark.parametrize("named", ["", "no such thing", "a file"])
def test_what_is_no_terminal_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    """No name, a wrong one, or that of a file: nothing is shown, nothing is written, the work is done all the same."""
    path = tmp_path / "a file"
    path.write_text("kept", encoding="utf-8")
    monkeypatch.setenv(TERMINAL, str(tmp_path / named) if named else "")
    (tmp_path / "part").mkdir()
    fetched(tmp_path / "part")
    assert capsys.readouterr().err == ""
    assert path.read_text(encoding="utf-8") == "kept"
    assert (tmp_path / "part" / ASKED.name).is_file()
