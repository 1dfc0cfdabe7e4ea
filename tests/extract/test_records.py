"""``winnow extract RECORDS``: works on any table, reads nothing but what it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow import tables
from winnow.cli import main


def test_any_subset_of_columns_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """record_id and title suffice, titles may be empty, ids are opaque, and no review is needed."""
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text(
        "record_id,title,abstract,odd\nNA,,A total of 40 patients were randomized.,1\n=1+1,Twelve patients: a case series,,2\n",
        encoding="utf-8",
    )
    assert main(["extract", "r.csv", "--form", "builtin:trial", "-o", "v.csv"]) == 0
    values = tables.read("v.csv", needs=tables.VALUES)
    assert list(values.columns) == list(tables.VALUES)
    assert list(values["report_id"].unique()) == ["NA", "=1+1"]
    assert (values["study_id"] == values["report_id"]).all() and (values["quote"] != "").all()
    assert values[values["field"] == "n_total"]["value"].iloc[0] == "40"


@pytest.mark.parametrize(
    ("content", "words", "code"),
    [
        ("title\nx\n", ["extract", "r.csv", "--form", "builtin:trial", "-o", "v.csv"], 1),
        ("record_id,title\n,x\n", ["extract", "r.csv", "--form", "builtin:trial", "-o", "v.csv"], 1),
        ("record_id,title\n1,x\n", ["extract", "r.csv"], 2),
        ("record_id,title\n1,x\n", ["extract", "--form", "builtin:trial"], 2),
        ("record_id,title\n1,x\n", ["extract", "r.csv", "--form", "builtin:none", "-o", "v.csv"], 2),
    ],
)
def test_a_fault_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: str, words: list[str],
    code: int,
) -> None:  # fmt: skip
    """Bad input or usage: exit 1 or 2, one line on stderr, nothing written."""
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text(content, encoding="utf-8")
    assert main(words) == code
    error = capsys.readouterr().err
    assert error.startswith("winnow: ") and error.count("\n") == 1
    assert not Path("v.csv").exists()
