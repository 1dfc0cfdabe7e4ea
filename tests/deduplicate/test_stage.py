"""The stage inside a review: what it reads, what it writes, and what later searches do to earlier groups."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from winnow import review, tables
from winnow.cli import main
from winnow.errors import WinnowError

CONFIG = """\
review:
  title: A made-up review
searches:
  - {id: first, years: [1990, 2011], databases: [pubmed, cnki]}
  - {id: second, years: [1990, 2025], databases: [pubmed, cnki]}
"""
ROWS = [
    {"search_id": "first", "source": "pubmed", "record_id": "pubmed:9", "pmid": "9", "title": "Immunoglobulin in myositis",
     "year": "2001", "volume": "3", "issue": "2", "pages": "10-5", "journal": "J Made Up", "authors": "Roe, Jane"},
    {"search_id": "first", "source": "cnki", "record_id": "cnki:a", "title": "另一篇文章的题目", "year": "2002"},
    {"search_id": "second", "source": "pubmed", "record_id": "pubmed:9", "pmid": "9", "title": "Immunoglobulin in myositis",
     "year": "2001", "volume": "3", "issue": "2", "pages": "10-5", "journal": "J Made Up", "authors": "Roe, Jane"},
    {"search_id": "second", "source": "pubmed", "record_id": "doi:1", "title": "Immunoglobulin in myositis.",
     "year": "2001", "volume": "3", "issue": "2", "pages": "10-15", "journal": "J Made Up", "authors": "Roe, J."},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review with two searches and three entries, two of them one report."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text(CONFIG, encoding="utf-8")
    tables.write_rows(tmp_path / "results" / "records" / "records.csv", ROWS, tables.RECORDS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def result(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one of the stage's results."""
    return [row for _, row in tables.read_rows(folder / "results" / "deduplicate" / name)]


def test_every_record_has_one_report(folder: Path) -> None:
    """Law: rows out = distinct record ids in; the report is named by the earliest search, whatever later ones bring."""
    assert main(["deduplicate"]) == 0
    assert {row["record_id"]: row["report_id"] for row in result(folder, "reports.csv")} == {
        "pubmed:9": "pubmed:9", "doi:1": "pubmed:9", "cnki:a": "cnki:a",
    }  # fmt: skip
    merged = {row["record_id"]: row for row in result(folder, "merged.csv")}
    assert set(merged) == {"pubmed:9", "cnki:a"}
    assert merged["pubmed:9"]["record_ids"] == "doi:1; pubmed:9"
    assert merged["pubmed:9"]["pages"] == "10-15"
    assert "pages=doi:1" in merged["pubmed:9"]["field_sources"]
    assert merged["pubmed:9"]["search_id"] == "first"
    assert result(folder, "changes.csv") == []


def test_a_merge_is_undone_by_one_line(folder: Path) -> None:
    """Law: one ``different`` line in the ledger takes a merge back; one more line brings it again."""
    ledger = folder / "decisions" / "duplicates.csv"
    ledger.parent.mkdir()
    ledger.write_text("date,id_1,id_2,ruling,by,note,seal\n2026-01-02,9,doi:1,different,ann,seen both,\n")
    assert main(["deduplicate"]) == 0
    assert {row["report_id"] for row in result(folder, "reports.csv")} == {"pubmed:9", "doi:1", "cnki:a"}
    (pair,) = (row for row in result(folder, "pairs.csv") if row["rule"] == "ruling")
    assert pair["verdict"] == "different"
    assert (
        "ann" in pair["evidence"] and "seen both" in pair["evidence"] and "without the ruling: same" in pair["evidence"]
    )
    with ledger.open("a") as more:
        more.write("2026-01-03,9,doi:1,same,ann,it was the same after all,\n")
    assert main(["deduplicate"]) == 0
    assert {row["report_id"] for row in result(folder, "reports.csv")} == {"pubmed:9", "cnki:a"}


def test_a_later_search_that_joins_reports_is_listed(folder: Path) -> None:
    """Law: when new records join reports that were apart, the change names them, since their decisions are reopened."""
    old = [
        ROWS[0],
        ROWS[0] | {"record_id": "emb:1", "source": "cnki", "pmid": "", "title": "Vaccines for twins", "pages": "99"},
    ]
    new = ROWS[0] | {"search_id": "second", "record_id": "wos:1", "doi": "10.1000/x", "pmid": "9"}
    tables.write_rows(folder / "results" / "records" / "records.csv", [*old, new], tables.RECORDS)
    ledger = folder / "decisions" / "duplicates.csv"
    ledger.parent.mkdir()
    ledger.write_text("id_1,id_2,ruling\nwos:1,emb:1,same\n")
    assert main(["deduplicate"]) == 0
    (change,) = result(folder, "changes.csv")
    assert (change["search_id"], change["change"], change["report_id"]) == ("second", "joined", "emb:1")
    assert change["former_report_ids"] == "emb:1; pubmed:9"
    assert change["new_record_ids"] == "wos:1"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("9,doi:1,maybe", "ruling is 'maybe'"),
        ("9,,same", "an id is empty"),
        ("9,9,same", "the two ids are one"),
        ("9,doi:1", "2 cells where the header has 3"),
    ],
)
def test_a_bad_ruling_is_one_line_and_leaves_all_as_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    """Law: a line that cannot be followed stops the stage before it writes, and the fault names file and line."""
    assert main(["deduplicate"]) == 0
    before = (folder / "results" / "deduplicate" / "reports.csv").read_bytes()
    (folder / "decisions").mkdir()
    (folder / "decisions" / "duplicates.csv").write_text(f"id_1,id_2,ruling\n{line}\n")
    assert main(["deduplicate"]) == 1
    said = capsys.readouterr().err
    assert says in said and "duplicates.csv:2" in said and said.count("\n") == 1
    assert (folder / "results" / "deduplicate" / "reports.csv").read_bytes() == before


def test_rulings_that_contradict_each_other_are_refused(folder: Path) -> None:
    """Law: a chain of ``same`` never overrules a ``different``; people are asked which holds."""
    (folder / "decisions").mkdir()
    text = "id_1,id_2,ruling\n9,doi:1,same\ndoi:1,cnki:a,same\n9,cnki:a,different\n"
    (folder / "decisions" / "duplicates.csv").write_text(text)
    from winnow.deduplicate import stage

    with pytest.raises(WinnowError, match=r"duplicates\.csv:4.*ruled different here"):
        stage.run(review.load())


@pytest.mark.parametrize("outputs", [["-o", "in.csv"], ["-o", "out.csv", "--pairs", "./out.csv"]])
def test_no_output_takes_the_place_of_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outputs: list[str]
) -> None:
    """Law: a file named twice is refused before anything is written; the records stay."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("record_id,title\n1,Splints for the wrist\n")
    assert main(["deduplicate", "in.csv", *outputs]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    assert (tmp_path / "in.csv").read_text() == "record_id,title\n1,Splints for the wrist\n"


def test_same_records_same_bytes_anywhere(tmp_path: Path) -> None:
    """Law: time zone, language, hash seed and folder change no byte of what is written."""
    cases = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
    rows = [
        {"record_id": f"{case['id']}{name}"} | record
        for case in cases
        for name, record in zip("ab", case["records"], strict=True)
    ]
    columns = ["record_id", *sorted({name for row in rows for name in row} - {"record_id"})]
    written = []
    for place in (
        {"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
        {"TZ": "Asia/Shanghai", "LANG": "zh_CN.GB18030", "LC_ALL": "C", "PYTHONHASHSEED": "7"},
        {"TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4242"},
    ):
        folder = tmp_path / place["PYTHONHASHSEED"]
        tables.write_rows(folder / "records.csv", rows, columns)
        asked = ["deduplicate", "records.csv", "-o", "reports.csv", "--pairs", "pairs.csv", "--merged", "merged.csv"]
        paths = os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)
        told = {"PATH": os.environ["PATH"], "PYTHONPATH": paths} | place
        subprocess.run([sys.executable, "-m", "winnow", *asked], cwd=folder, env=told, check=True)
        written.append([(folder / name).read_bytes() for name in ("reports.csv", "pairs.csv", "merged.csv")])
    assert written[0] == written[1] == written[2]
