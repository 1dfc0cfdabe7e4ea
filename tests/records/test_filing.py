"""``winnow add``: a person's exports become an immutable, hashed source, or nothing is written at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow import manifests
from winnow.cli import main

CONFIG = """
review: {title: Made up}
searches:
  - {id: one, years: [1985, 2011], databases: [pubmed, cnki], registers: [ictrp]}
"""
RECORD = "RT Journal Article\nA1 甲一\nT1 题名{}\nYR 2001\n\n"


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review whose CNKI folder says that no export was supplied."""
    (tmp_path / "config" / "strategy").mkdir(parents=True)
    (tmp_path / "config" / "config.yaml").write_text(CONFIG)
    (tmp_path / "config" / "strategy" / "cnki.txt").write_text("SU=('皮肌炎'+'多发性肌炎')*'免疫球蛋白'\n")
    folder = tmp_path / "searches" / "one" / "cnki"
    folder.mkdir(parents=True)
    (folder / "HOW.md").write_text("how\n")
    manifests.write(
        folder,
        {
            "search": "one", "source": "cnki", "kind": "database", "method": "not_available", "date": None,
            "years": [1985, 2011], "records": 0, "files": [manifests.file_entry(folder, "HOW.md", role="evidence")],
        },
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    return tmp_path


def exports(root: Path, *counts: int) -> list[str]:
    """Export files called the same in folders of their own, with so many records each."""
    names, number = [], 0
    for folder, count in enumerate(counts):
        path = root / str(folder) / "CNKI.txt"
        path.parent.mkdir()
        path.write_text("".join(RECORD.format(number := number + 1) for _ in range(count)))
        names.append(str(path))
    return names


def tree(root: Path) -> dict[str, bytes]:
    """Every file under searches/."""
    return {str(path): path.read_bytes() for path in sorted((root / "searches").rglob("*")) if path.is_file()}


def test_several_files_are_one_export(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder without an export is replaced; files called the same keep apart; everything stated is in the manifest."""
    files = exports(review, 2, 1)
    stated = [
        "--hits",
        "3",
        "--date",
        "2020-05-01",
        "--platform",
        "CNKI",
        "--detail",
        "library=总库",
        "--detail",
        "synonyms=off",
    ]
    assert main(["add", "one", "cnki", *files, *stated]) == 0
    manifest = manifests.read(review / "searches" / "one" / "cnki")
    assert not manifests.verify(manifest)
    assert manifest.data["details"] == {"library": "总库", "synonyms": "off"}
    assert (manifest.method, manifest.data["hits"], manifest.data["records"]) == ("export", 3, 3)
    assert sorted(path.name for path in manifest.folder.iterdir()) == [
        "2-CNKI.txt",
        "CNKI.txt",
        "manifest.json",
        "strategy.txt",
    ]
    assert [path.name for path in (review / "searches" / "one").iterdir()] == ["cnki"]
    assert main(["records"]) == 1  # pubmed has no archive yet
    assert "winnow search one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hits": "500"}, "500 hits stated, 3 records read"),
        ({"hits": "-2"}, "--hits -2 is no number of hits"),
        ({"date": "2020-13-01"}, "is no day"),
        ({"date": "2999-01-01"}, "in the future"),
        ({"source": "embase"}, "no source 'embase'"),
        ({"search": "two"}, "no source 'cnki' of a search 'two'"),
        ({"strategy": "nowhere.txt"}, "no such strategy"),
        ({"detail": "library"}, "KEY=VALUE"),
        ({"files": "again"}, "the same content as"),
        ({"files": "broken"}, "first line is missing"),
    ],
)
def test_a_fault_writes_nothing(
    review: Path, change: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what and how to mend it; the archive is as it was."""
    before = tree(review)
    files = exports(review, 3)
    if change.get("files") == "again":
        files *= 2
    if change.get("files") == "broken":
        Path(files[0]).write_text("TI  - headless\nER  - \n\nTY  - JOUR\nTI  - Kept\nER  - \n")
    command = ["add", change.get("search", "one"), change.get("source", "cnki"), *files]
    command += ["--hits", change.get("hits", "3"), "--date", change.get("date", "2020-05-01")]
    for option in ("strategy", "detail"):
        command += [f"--{option}", change[option]] if option in change else []
    assert main(command) in (1, 2)
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err
    assert tree(review) == before


def test_a_difference_that_a_person_acknowledges_is_filed_with_the_words(review: Path) -> None:
    """The manifest keeps both numbers and the reason."""
    words = "CNKI shows 4 and exports 3: one record has no details"
    command = ["add", "one", "cnki", *exports(review, 3), "--hits", "4", "--date", "2020-05-01", "--acknowledge", words]
    assert main(command) == 0
    manifest = manifests.read(review / "searches" / "one" / "cnki")
    assert (manifest.data["hits"], manifest.data["records"], manifest.data["acknowledged"]) == (4, 3, [words])


def test_an_archive_is_never_replaced(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Adding again is a fault: a new search gets a new entry."""
    command = ["add", "one", "cnki", *exports(review, 3), "--hits", "3", "--date", "2020-05-01"]
    assert main(command) == 0
    before = tree(review)
    assert main(command) == 1
    assert "immutable" in capsys.readouterr().err
    assert tree(review) == before


def test_a_search_without_a_hit_needs_no_file_and_a_register_no_strategy(review: Path) -> None:
    """Zero hits are a result."""
    assert main(["add", "one", "ictrp", "--hits", "0", "--date", "2020-05-01"]) == 0
    manifest = manifests.read(review / "searches" / "one" / "ictrp")
    assert (manifest.data["kind"], manifest.data["records"], manifest.data["strategy"]) == ("register", 0, None)
