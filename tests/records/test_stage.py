"""The records stage: every record of every archived source, its provenance, and faults that name what to mend."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

from winnow import config, manifests, tables
from winnow.cli import main
from winnow.errors import InputError
from winnow.records.provenance import raw_text

CONFIG = """
review: {title: Made up}
searches:
  - {id: first, years: [1985, 2011], databases: [pubmed, cnki]}
  - {id: second, years: [1985, 2020], databases: [cnki]}
"""
XML = (
    '<?xml version="1.0"?>\n<PubmedArticleSet>\n<PubmedArticle><MedlineCitation><PMID>11</PMID><Article>'
    "<ArticleTitle>One.</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
    "<PubmedArticle><MedlineCitation><PMID>2</PMID><Article><ArticleTitle>Two.</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>\n</PubmedArticleSet>\n"
)
CNKI = "RT Journal Article\nA1 甲一;乙二\nT1 题名一\nYR 2001\n\nRT Journal Article\nA1 丙三\nT1 题名二\nYR 2002\n"


def archive(folder: Path, name: str, content: bytes, records: int, kind: str = "database") -> None:
    """A source folder as a search or a person leaves it."""
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    manifests.write(
        folder,
        {
            "search": folder.parent.name, "source": folder.name, "kind": kind, "method": "export", "date": "2020-01-01",
            "years": [1985, 2011], "records": records, "files": [manifests.file_entry(folder, name, records=records)],
        },
    )  # fmt: skip


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review with two searches; CNKI gave the same two records to both, once more a third."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text(CONFIG)
    archive(tmp_path / "searches" / "first" / "pubmed", "records.xml", XML.encode(), 2)
    archive(tmp_path / "searches" / "first" / "cnki", "export.txt", CNKI.encode("gb18030"), 2)
    archive(
        tmp_path / "searches" / "second" / "cnki",
        "export.txt",
        (CNKI + "\n" + CNKI.split("\n\n")[0] + "\n").encode(),
        3,
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_record_of_every_source_is_a_row(review: Path) -> None:
    """Rows are the sum over sources, in the order of searches, sources and ids; PubMed's ids are its PMIDs."""
    assert main(["records"]) == 0
    table = tables.read(review / "results" / "records" / "records.csv")
    assert list(table.columns) == list(tables.RECORDS)
    assert list(zip(table["search_id"], table["source"], strict=True)) == (
        [("first", "pubmed")] * 2 + [("first", "cnki")] * 2 + [("second", "cnki")] * 3
    )
    assert table["record_id"][:2].tolist() == ["pubmed:11", "pubmed:2"]


def test_the_same_record_found_again_has_the_same_id_and_one_given_twice_a_second(review: Path) -> None:
    """The id follows from the text, whatever its encoding; it is unique within one source of one search."""
    main(["records"])
    table = tables.read(review / "results" / "records" / "records.csv")
    first = set(table["record_id"][table["search_id"].eq("first") & table["source"].eq("cnki")])
    second = table["record_id"][table["search_id"].eq("second")].tolist()
    assert first < set(second) and len(set(second)) == 3
    assert [record_id for record_id in second if record_id.endswith("-2")]


def test_every_row_leads_back_to_its_raw_text(review: Path) -> None:
    """The text on those lines of that file has the hash that the row says."""
    main(["records"])
    for row in tables.read(review / "results" / "records" / "records.csv").to_dict("records"):
        text = raw_text(row["file"], row["line"], row["sha256"])
        assert hashlib.sha256(text.encode()).hexdigest() == row["sha256"]
        assert row["title"] in text
    with pytest.raises(InputError, match="has changed since"):
        raw_text("searches/first/cnki/export.txt", "1-4", "0" * 64)
    with pytest.raises(InputError, match="no record stands"):
        raw_text("searches/first/cnki/export.txt", "2-4")


def test_the_report_fits_its_schema_and_counts_what_is_missing(review: Path) -> None:
    """One section per source, one entry per file; start tags equal records."""
    main(["records"])
    report = json.loads((review / "results" / "records" / "import_report.json").read_text())
    jsonschema.validate(report, config.schema("import_report"))
    assert report["records"] == 7
    cnki = report["sources"][1]["files"][0]
    assert (cnki["encoding"], cnki["start_tags"], cnki["records"], cnki["without"]["doi"]) == ("gb18030", 2, 2, 2)


def test_the_same_archive_gives_the_same_bytes(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the time nor the place is in a result."""
    main(["records"])
    results = sorted((review / "results" / "records").iterdir())
    before = [path.read_bytes() for path in results]
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    main(["records"])
    assert [path.read_bytes() for path in results] == before
    assert not any(str(review).encode() in content for content in before)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            lambda root: (root / "searches/second/cnki/export.txt").write_bytes(b"RT Journal Article\nT1 x\n"),
            "changed since",
        ),
        (lambda root: (root / "searches/second/cnki/manifest.json").unlink(), "winnow add second cnki"),
        (lambda root: _states(root / "searches/second/cnki", 5), "states 5 records, 3 were read"),
    ],
)
def test_a_fault_in_an_archive_is_one_line_that_says_where(
    review: Path, harm: object, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed file, a missing archive, a manifest that states another number: exit 1, and what to do."""
    harm(review)  # type: ignore[operator]
    assert main(["records"]) == 1
    err = capsys.readouterr().err
    assert said in err and "searches/second/cnki" in err and "Traceback" not in err


def _states(folder: Path, records: int) -> None:
    data = json.loads((folder / manifests.NAME).read_text())
    data["records"] = records
    del data["files"][0]["records"]
    manifests.write(folder, data)


def test_what_could_be_read_is_written_even_when_something_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file stops the run, and hides nothing of the others."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text(
        "review: {title: x}\nsearches:\n  - {id: a, years: [1, 2], databases: [ovid]}\n".replace(
            "[1, 2]", "[2001, 2002]"
        )
    )
    content = b"TI  - headless\nER  - \n\nTY  - JOUR\nTI  - Kept\nER  - \n"
    archive(tmp_path / "searches" / "a" / "ovid", "x.ris", content, 1)
    monkeypatch.chdir(tmp_path)
    assert main(["records"]) == 1
    assert tables.read(tmp_path / "results" / "records" / "records.csv")["title"].tolist() == ["Kept"]
