"""The store of earlier work: it saves time, and nothing else depends on it."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from winnow import fingerprints, reuse, review
from winnow.cli import main
from winnow.report import carrying

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("records", "deduplicate", "screen", "extract", "synthesise", "report")
CELLS = st.lists(st.text(max_size=6), max_size=4)


def work(cells: Sequence[str]) -> list[object]:
    """Something that can be told apart by its input, of every kind that a store may hold."""
    return [*cells, len(cells), {"joined": "\n".join(cells)}, None, 0.25, True]


def small(root: Path, results: str = "results") -> review.Review:
    """A review that has a configuration and nothing else."""
    (root / "config").mkdir(exist_ok=True)
    said = {
        "review": {"title": "x"},
        "results": results,
        "searches": [{"id": "a", "years": [2001, 2002], "databases": ["x"]}],
    }
    (root / "config/config.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    return review.load(root=root)


def asked(of: review.Review, cells: Sequence[Sequence[str]], settings: Sequence[str] = ()) -> tuple[list[object], int]:
    """What a run with a store is told of each list of cells, and how often it had to work."""
    worked = 0

    def counted(one: Sequence[str]) -> Callable[[], list[object]]:
        def works() -> list[object]:
            nonlocal worked
            worked += 1
            return work(one)

        return works

    with reuse.kept(of, "store", "screen", settings) as kept:
        told: list[object] = [kept.recall(one, counted(one)) for one in cells]
    return told, worked


@given(st.lists(CELLS, max_size=5), st.lists(CELLS, max_size=5), st.data())
def test_what_is_recalled_is_what_would_be_worked_out(
    tmp_path_factory: pytest.TempPathFactory, first: list[list[str]], second: list[list[str]], data: st.DataObject
) -> None:
    """Law: after any earlier run, whatever became of its file, a run is told the same; an intact one spares all that it holds."""
    root = tmp_path_factory.mktemp("store")
    of = small(root)
    asked(of, first)
    path = root / reuse.FOLDER / "results/store"
    content = path.read_bytes()
    harm = data.draw(st.sampled_from(("none", "cut", "flipped", "empty", "other code", "gone", "noise", "nested")))
    place = data.draw(st.integers(0, len(content) - 1))
    spoilt = {
        "none": content,
        "cut": content[:place],
        "flipped": content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :],
        "empty": b"",
        "other code": content.replace(b'"code": "', b'"code": "0'),
        "gone": content,
        "noise": data.draw(st.binary(max_size=50)),
        "nested": b"[" * 100_000,
    }[harm]
    path.write_bytes(spoilt)
    if harm == "gone":
        shutil.rmtree(root / reuse.FOLDER)
    told, worked = asked(of, second)
    assert told == [work(cells) for cells in second]
    if harm == "none":
        assert worked == len({tuple(cells) for cells in second} - {tuple(cells) for cells in first})


def test_only_what_the_last_run_used_is_kept(tmp_path: Path) -> None:
    """Law: a store holds the last run's entries and no others, so that it does not grow; an unchanged one is not written again."""
    of = small(tmp_path)
    asked(of, [["a"], ["b"]])
    asked(of, [["b"], ["c"]])
    path = tmp_path / reuse.FOLDER / "results/store"
    assert len(path.read_bytes().splitlines()) == 1 + 2
    before = path.stat().st_ino
    assert asked(of, [["c"], ["b"]])[1] == 0
    assert path.stat().st_ino == before
    assert asked(of, [["a"]])[1] == 1


@pytest.mark.parametrize("change", ["settings", "code", "packages", "zlib", "off", "No"])
def test_other_code_or_settings_work_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """Law: what other code, other packages or other settings worked out is never used; switched off, nothing is read or written."""
    of = small(tmp_path)
    assert asked(of, [["a"]]) == ([work(["a"])], 1)
    assert asked(of, [["a"]])[1] == 0
    if change == "code":
        monkeypatch.setattr(fingerprints, "fingerprint", lambda stage: "another")
    elif change == "packages":
        monkeypatch.setattr(reuse, "_platform", lambda: ("3.99", "pandas-9.dist-info"))
    elif change == "zlib":
        monkeypatch.setattr(zlib, "ZLIB_RUNTIME_VERSION", "9.9")
        monkeypatch.setattr(reuse, "_platform", reuse._platform.__wrapped__)
    elif change in ("off", "No"):
        shutil.rmtree(tmp_path / reuse.FOLDER)
        monkeypatch.setenv(reuse.SWITCH, change)
    assert asked(of, [["a"]], ["other"] if change == "settings" else [])[1] == 1
    assert (tmp_path / reuse.FOLDER).exists() == (change not in ("off", "No"))


def test_two_results_folders_share_and_do_not_disturb(tmp_path: Path) -> None:
    """Law: an overlay's first run begins with what the review keeps; from then on each has its own."""
    one = small(tmp_path)
    asked(one, [["a"], ["b"]])
    other = small(tmp_path, "results-other")
    assert asked(other, [["a"], ["c"]])[1] == 1
    assert asked(one, [["a"], ["b"]])[1] == 0


def test_two_runs_at_once_leave_a_whole_store(tmp_path: Path) -> None:
    """Law: of two runs that end one after the other the later one's entries are kept, whole; both were told the same."""
    of = small(tmp_path)
    asked(of, [["a"]])
    with reuse.kept(of, "store", "screen") as one, reuse.kept(of, "store", "screen") as other:
        assert one.recall(["b"], lambda: "b") == other.recall(["b"], lambda: "b") == "b"
        assert other.recall(["a"], lambda: "another") == work(["a"])
    assert asked(of, [["b"]])[1] == 0


def test_a_run_that_fails_keeps_what_was_there(tmp_path: Path) -> None:
    """Law: a fault in the middle of a stage leaves the store of the run before."""
    of = small(tmp_path)
    asked(of, [["a"]])
    before = contents(tmp_path / reuse.FOLDER)
    with pytest.raises(ZeroDivisionError), reuse.kept(of, "store", "screen") as kept:
        kept.recall(["b"], lambda: 1 / 0)
    assert contents(tmp_path / reuse.FOLDER) == before


def test_git_ignores_it_and_a_killed_write_leaves_nothing(tmp_path: Path) -> None:
    """Law: the folder tells git to leave it alone, and what a killed run left half-written goes with the next."""
    of = small(tmp_path)
    asked(of, [["a"]])
    folder = tmp_path / reuse.FOLDER
    assert (folder / ".gitignore").read_text() == "*\n"
    left = folder / "results/.store.x1y2.tmp"
    left.write_bytes(b"half")
    asked(of, [["b"]])
    assert not left.exists()


def test_a_store_that_cannot_be_written_costs_time_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: a run whose folder cannot be made gives the same, and says so in one line."""
    of = small(tmp_path)
    (tmp_path / reuse.FOLDER).write_text("in the way")
    assert asked(of, [["a"]]) == ([work(["a"])], 1)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_damaged_store_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: damage is recomputed and told once; other code is no damage and is not worth a word."""
    of = small(tmp_path)
    asked(of, [["a"]])
    path = tmp_path / reuse.FOLDER / "results/store"
    path.write_bytes(path.read_bytes() + b"x")
    asked(of, [["a"]])
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "damaged" in said
    asked(of, [["a"]], ["other"])
    assert capsys.readouterr().err == ""


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, bytes]]]:
    """The walkthrough's results after its update, by what the store was like when it ran."""
    folder = tmp_path_factory.mktemp("reuse") / "review"
    shutil.copytree(ROOT / "examples/walkthrough", folder, ignore=shutil.ignore_patterns("results*", ".*"))
    before = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    stores = folder / reuse.FOLDER

    def run(*overlays: str) -> dict[str, bytes]:
        for stage in STAGES:
            assert main([stage, "--config", "config/config.yaml", *overlays]) == 0
        return contents(folder / "results")

    def spoil(change: Callable[[bytes], bytes]) -> None:
        for path in stores.rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                path.write_bytes(change(path.read_bytes()))

    def of_other_code(content: bytes) -> bytes:
        head, _, body = content.partition(b"\n")
        return json.dumps(json.loads(head) | {"code": "0" * 64}).encode() + b"\n" + body.replace(b"met", b"MET")

    patched = pytest.MonkeyPatch()
    patched.setattr(carrying, "PLAIN", 1000)  # so that this small page is packed, and its parts are kept
    try:
        os.environ[reuse.SWITCH] = "off"
        found = {"off": run()}
        assert not stores.exists()
        del os.environ[reuse.SWITCH]
        run("config/first-search.yaml")
        assert {path.name for path in stores.rglob("*")} >= {"documents", "verdicts"}
        found["of the review before the update"] = run()
        found["of the same review"] = run()
        spoil(lambda content: content[:-1] + b"#")
        found["damaged"] = run()
        spoil(of_other_code)
        found["of other code"] = run()
        yield found
    finally:
        patched.undo()
        os.chdir(before[0])
        os.environ.clear()
        os.environ.update(before[1])


@pytest.mark.parametrize("store", ["of the review before the update", "of the same review", "damaged", "of other code"])
def test_results_do_not_depend_on_the_store(runs: dict[str, dict[str, bytes]], store: str) -> None:
    """Law: every file of the results, pictures and workbooks included, is the same with any store as with none."""
    assert runs[store].keys() == runs["off"].keys()
    assert [name for name, content in runs["off"].items() if runs[store][name] != content] == []
