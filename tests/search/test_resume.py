"""Killed at any moment and run again, a search ends in the same bytes as one left in peace; the rate is kept throughout."""

from __future__ import annotations

import errno
import itertools
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from entrez_server import Corpus
from pubmed_review import SmallReview, records

from winnow.search import rate

ARGUMENTS = [sys.executable, "-m", "winnow", "search", "s1"]


def environment(small: SmallReview) -> dict[str, str]:
    """What the command needs, with a rate file and a key of its own."""
    temporary = small.root / "tmp"
    temporary.mkdir(exist_ok=True)
    path = os.pathsep.join(sys.path)
    return os.environ | {"PYTHONPATH": path, "TMPDIR": str(temporary), "NCBI_API_KEY": "made-up-key-for-tests"}


def cleared(small: SmallReview) -> None:
    """Remove the archive, as nobody should."""
    for path in small.folder.iterdir():
        path.unlink()
    small.folder.rmdir()
    small.server.asked.clear()


def test_killed_at_any_moment(small: SmallReview) -> None:
    """kill -9 at a random request, again and again, then a run to the end: the same bytes, and no batch fetched twice."""
    small.server.corpus = Corpus(records(900))
    assert small.search() == 0
    undisturbed = small.contents()
    cleared(small)
    draw = random.Random(3)
    for _ in range(3):
        stop = len(small.server.asked) + draw.randint(1, 3)
        process = subprocess.Popen(ARGUMENTS, cwd=small.root, env=environment(small), stdout=subprocess.DEVNULL)

        def kill(number: int, stop: int = stop, process: subprocess.Popen[bytes] = process) -> None:
            if number == stop:
                process.send_signal(signal.SIGKILL)

        small.server.before = kill
        process.wait(timeout=60)
        assert not small.folder.exists()
    small.server.before = lambda number: None
    done = subprocess.run(ARGUMENTS, cwd=small.root, env=environment(small), timeout=60, check=False)
    assert done.returncode == 0
    assert small.contents() == undisturbed
    assert not small.partial.exists()
    assert len(small.server.asked) <= len(undisturbed) - 2 + 3


@pytest.mark.parametrize("moment", ["json", "rename"])
def test_killed_while_filing(small: SmallReview, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """A death between the last answer and the rename leaves no folder; the next run makes it whole."""
    assert small.search() == 0
    undisturbed = small.contents()
    cleared(small)

    def die(*_: object, **__: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(*{"json": ("winnow.manifests.write", die), "rename": (Path, "rename", die)}[moment])
        with pytest.raises(SystemExit):
            small.search()
    assert not small.folder.exists()
    assert small.search() == 0
    assert small.contents() == undisturbed


def test_a_spoilt_answer_is_asked_again(small: SmallReview) -> None:
    """A kept answer that cannot be read any more is not believed."""
    small.server.faults = lambda number: "400" if number == 5 else None
    assert small.search() == 1
    kept = sorted(small.partial.glob("esearch-*"))
    kept[0].write_bytes(kept[0].read_bytes()[:20])
    kept[1].write_bytes(b"no gzip")
    small.server.faults = lambda number: None
    assert small.search() == 0
    assert small.manifest["records"] == 5


def test_another_search_does_not_resume_this_one(small: SmallReview) -> None:
    """Answers kept for one strategy are never used for another."""
    small.server.faults = lambda number: "400" if number == 5 else None
    assert small.search() == 1
    assert len(list(small.partial.glob("esearch-*"))) == 4
    small.server.faults = lambda number: None
    small.strategy("#1 ivig[tiab]")
    small.server.asked.clear()
    assert small.search() == 0
    assert [one.parameters["term"] for one in small.server.asked[:2]] == [
        "ivig[tiab]",
        "(ivig[tiab]) AND (2000:2011[dp])",
    ]
    assert [line["hits"] for line in small.manifest["lines"]] == [5, 5]


def test_two_runs_at_once(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """A search that another process is running is left to it."""
    from winnow.search import archive

    with archive.partial(small.folder, {"query": "x"}):
        assert small.search() == 1
    assert "another process" in capsys.readouterr().err


def test_parallel_processes_share_the_rate(tmp_path: Path) -> None:
    """However many processes ask, the moments that they are given are all an interval apart."""
    code = (
        "from pathlib import Path; from winnow.search.rate import Rate;"
        f"rate = Rate(0.05, Path({str(tmp_path / 'next')!r}));"
        "print(*(repr(rate.wait()) for _ in range(8)))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) for _ in range(3)
    ]
    moments = sorted(float(word) for process in processes for word in process.communicate(timeout=60)[0].split())
    assert len(moments) == 24
    assert all(later - earlier > 0.0499 for earlier, later in itertools.pairwise(moments))


def test_rate_in_virtual_time(tmp_path: Path) -> None:
    """Moments handed out are an interval apart; a file from the future or full of nonsense delays nobody."""
    clock = [1000.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    shared = rate.Rate(0.37, tmp_path / "next", lambda: clock[0], sleep)
    moments = []
    for _ in range(10):
        shared.wait()
        moments.append(clock[0])
    assert all(later - earlier >= 0.3699 for earlier, later in itertools.pairwise(moments))
    for nonsense in ("99999999999", "never", "", "nan"):
        (tmp_path / "next").write_text(nonsense)
        before = clock[0]
        shared.wait()
        assert clock[0] == before


def test_three_requests_a_second_ten_with_a_key() -> None:
    """The intervals keep NCBI's limits with something to spare."""
    assert 3 * rate.interval("") > 1
    assert 10 * rate.interval("key") > 1


def test_a_full_disk_is_one_line(
    small: SmallReview, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When nothing can be written, the search says so in one line, and goes on from there when there is room again."""

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("winnow.files.write_bytes", full)
        assert small.search() == 1
    said = capsys.readouterr().err.strip()
    assert "No space left on device" in said
    assert "\n" not in said
    assert small.search() == 0
