"""What is exported and imported again is equal, column by column, in every format; and other programs read it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import bibtexparser
import pytest
import rispy
from Bio import Medline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from winnow import tables
from winnow.cli import main
from winnow.records import exporting
from winnow.records.importing import import_file

words = st.text(
    alphabet=st.sampled_from(list("abcXYZ019 éß甲乙丙（）。，%&#$_{}\\~^\"'<>=+-@/|*[]!?.,:")), min_size=1, max_size=24
).map(lambda text: " ".join(text.split()))
word = words.filter(lambda text: any(char.isalnum() for char in text))
plain_word = st.text(alphabet="abcdefXYZ甲乙é", min_size=1, max_size=8)
people = st.lists(st.tuples(plain_word, plain_word).map(", ".join), max_size=4).map("; ".join)
parts = st.lists(word, unique=True, max_size=3).map("; ".join)


def some(*values: str) -> st.SearchStrategy[str]:
    """Up to two of the values, joined as a cell joins them."""
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map("; ".join)


year = st.integers(1500, 2199).map(str)
records = st.fixed_dictionaries(
    {
        "record_id": st.from_regex(r"[a-z]{3,6}:[0-9a-f]{12}(-2)?", fullmatch=True),
        "pmid": st.one_of(st.just(""), st.integers(1, 99999999).map(str)),
        "pmcid": st.one_of(st.just(""), st.integers(1, 9999999).map("PMC{}".format)),
        "doi": st.one_of(st.just(""), st.from_regex(r"10\.[0-9]{4}/[a-z0-9.()_-]{1,12}[a-z0-9]", fullmatch=True)),
        "title": word,
        "original_title": st.one_of(st.just(""), word),
        "abstract": st.lists(word, max_size=3).map("\n".join),
        "authors": people,
        "year": st.one_of(st.just(""), year),
        "year_print": st.one_of(st.just(""), year),
        "year_electronic": st.one_of(st.just(""), year),
        "date": st.sampled_from(["", "2001", "2001-05", "2001-05-09", "2001 Jan-Feb", "2001 Spring"]),
        "journal": st.one_of(st.just(""), word),
        "journal_abbrev": st.one_of(st.just(""), word),
        "issn": some("1234-5678", "0123-456X", "1932-8486"),
        "volume": st.one_of(st.just(""), st.from_regex(r"[0-9]{1,3}( Suppl 1)?", fullmatch=True)),
        "issue": st.sampled_from(["", "07", "1-2", "S2", "增刊"]),
        "pages": st.sampled_from(["", "5", "472-5", "1106-1111+1117", "187-188,195", "e12-e15", "7-7", "1279‐1297", "E123"]),
        "language": some("eng", "chi", "fre"),
        "publication_types": some("Journal Article", "Thesis", "Review", "Case Reports"),
        "mesh": some("Humans", "Lung / drug effects*", "Myositis* / therapy"),
        "keywords": parts,
        "notices": st.sampled_from(["", "retracted in pubmed:123", "erratum in Lancet. 2001,3(2):1"]),
        "url": st.sampled_from(["", "https://example.org/a?b=1&c=%E4%B8%80_x"]),
    }
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(records, min_size=1, max_size=2, unique_by=lambda record: record["record_id"]))
def test_what_is_exported_and_imported_again_is_equal(tmp_path: Path, given: list[dict[str, str]]) -> None:
    """Every column of every record, in every format, whatever signs are in it: nothing is lost or changed on the way."""
    completed = [_completed(record) for record in given]
    tables.write_rows(tmp_path / "records.csv", completed, tables.RECORDS)
    for suffix in (*exporting.WRITERS, ".csv"):
        out = tmp_path / f"out{suffix}"
        assert exporting.export(tmp_path / "records.csv", out) == len(given)
        back = import_file(out)
        assert not back.report.losses
        assert not back.report.reading.unknown_tags
        for record, expected in zip(back.records, completed, strict=True):
            assert {name: record.get(name, "") for name in exporting.COLUMNS} == {
                name: expected.get(name, "") for name in exporting.COLUMNS
            }, suffix


def _completed(record: dict[str, str]) -> dict[str, str]:
    """The record as an import leaves it: what follows from other columns is filled in."""
    record = dict(record)
    if not record["year"]:
        record["year"] = record["date"][:4]
    if not record["journal"]:
        record["journal"] = record["journal_abbrev"]
    if record["original_title"] == record["title"]:
        record["original_title"] = ""
    return record


SAMPLE: Mapping[str, str] = {
    "record_id": "cnki:0123456789ab", "title": "免疫球蛋白 & IVIG: 50% of {braces}", "authors": "Wang, Da Xu; 李小明",
    "abstract": "First.\nSecond.", "journal": "中国医学杂志", "year": "2008", "date": "2008-05-09", "volume": "3", "issue": "07",
    "pages": "472-475", "doi": "10.9999/abc", "keywords": "a; b", "publication_types": "Journal Article", "language": "chi",
}  # fmt: skip


def test_rispy_reads_our_ris() -> None:
    """Covidence, Rayyan and ASReview read RIS as rispy does: every author, the pages, the Chinese."""
    entry = rispy.loads(exporting.ris(SAMPLE))[0]
    assert entry["title"] == SAMPLE["title"]
    assert entry["authors"] == ["Wang, Da Xu", "李小明"]
    assert (entry["start_page"], entry["end_page"], entry["year"], entry["doi"]) == (
        "472",
        "475",
        "2008",
        "10.9999/abc",
    )
    assert entry["accession_number"] == "cnki:0123456789ab"


def test_biopython_reads_our_nbib() -> None:
    """A reader of MEDLINE text finds the fields of MEDLINE."""
    entry = next(iter(Medline.parse(io.StringIO(exporting.nbib(SAMPLE)))))
    assert entry["TI"] == SAMPLE["title"]
    assert entry["FAU"] == ["Wang, Da Xu", "李小明"]
    assert (entry["DP"], entry["PG"], entry["VI"]) == ("2008 May 9", "472-475", "3")


def test_bibtexparser_reads_our_bibtex() -> None:
    """The braces match and every field is there."""
    library = bibtexparser.parse_string(exporting.bibtex(SAMPLE))
    assert not library.failed_blocks
    fields = library.entries[0].fields_dict
    assert fields["author"].value == "Wang, Da Xu and 李小明"
    assert fields["title"].value == r"免疫球蛋白 \& IVIG: 50\% of \{braces\}"


@pytest.mark.parametrize("write", [exporting.ris, exporting.nbib, exporting.bibtex])
def test_an_entity_in_a_title_stays_what_it_was(write: Callable[[Mapping[str, str]], str], tmp_path: Path) -> None:
    """A title that really says ``&lt;`` is not turned into ``<`` on its way."""
    path = tmp_path / "x"
    path.write_text(write({"record_id": "a:0123456789ab", "title": "On &lt; and &#38; in HTML"}))
    assert import_file(path).records[0]["title"] == "On &lt; and &#38; in HTML"


def test_the_command_refuses_a_kind_of_file_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 names the kinds; nothing is written."""
    table = tmp_path / "records.csv"
    tables.write_rows(table, [SAMPLE], tables.RECORDS)
    assert main(["export", str(table), "-o", str(tmp_path / "out.docx")]) == 2
    assert ".ris, .nbib, .bib, .csv" in capsys.readouterr().err
    assert main(["export", str(table), "-o", str(tmp_path / "out.ris")]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.ris", "records.csv"]


def test_a_plain_table_is_exported_with_the_columns_it_has(tmp_path: Path) -> None:
    """record_id and title are enough, and an unknown column is carried through to CSV."""
    table = tmp_path / "mine.csv"
    table.write_text("title,record_id,verdict\nA title,x1,yes\n")
    assert main(["export", str(table), "-o", str(tmp_path / "out.csv")]) == 0
    assert tables.read(tmp_path / "out.csv")["verdict"].tolist() == ["yes"]
    assert main(["export", str(table), "-o", str(tmp_path / "out.bib")]) == 0
    assert import_file(tmp_path / "out.bib").records[0]["record_id"] == "x1"
