"""Hostile files: a clear refusal or a neutral value, in bounded time and memory, never a traceback."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from winnow import tables
from winnow.cli import main
from winnow.errors import InputError
from winnow.records import archives, decoding, workbooks
from winnow.records.importing import import_file, import_files

RIS = "TY  - JOUR\nTI  - {}\nER  - \n"


def workbook(rows: list[list[object]]) -> bytes:
    """An XLSX of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(content: bytes, name: str, replacement: bytes) -> bytes:
    """The same package with one member replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.namelist():
            made.writestr(member, replacement if member == name else given.read(member))
    return out.getvalue()


def test_a_workbook_is_read_with_its_dates_numbers_and_formula_cells(tmp_path: Path) -> None:
    """Numbers lose no digit and gain no point; a formula is text."""
    path = tmp_path / "scopus.bin"
    header = ["Title", "Authors", "Year", "Page start", "Page end", "ISSN", "Link"]
    path.write_bytes(
        workbook([header, ["A title", "Doe, J.; Roe, R.", 2001, 5.0, "009", '="01234567"', "=HYPERLINK(1)"]])
    )
    record = import_file(path).records[0]
    assert (record["year"], record["pages"], record["issn"]) == ("2001", "5-009", "0123-4567")
    assert "url" not in record


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is known before anything is unpacked."""
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1 << 20)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(rezipped(workbook([["Title", "Year"]]), "xl/worksheets/sheet1.xml", b" " * (2 << 20)))
    with pytest.raises(InputError, match="unpacks to"):
        import_file(path)


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    """A billion laughs are none here."""
    path = tmp_path / "laughs.xlsx"
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    path.write_bytes(rezipped(workbook([["Title", "Year"]]), "xl/worksheets/sheet1.xml", laughs))
    with pytest.raises(InputError, match="entities"):
        import_file(path)


def test_a_zip_of_exports_is_read_file_by_file_and_a_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file in it that holds records is read, the others are named; nothing is written to disk."""
    path = tmp_path / "rayyan.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("../articles.ris", RIS.format("One"))
        package.writestr("log.csv", "a,b\n1,2\n")
        package.writestr("more/cnki.txt", "RT Journal Article\nT1 二\n".encode("gb18030"))
    imported = import_file(path)
    assert [record["title"] for record in imported.records] == ["One", "二"]
    assert imported.records[0]["file"] == f"{path}!../articles.ris"
    assert imported.report.as_json()["problems"] == ["log.csv holds no records"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["rayyan.zip"]
    monkeypatch.setattr(archives, "MAX_UNPACKED", 10)
    with pytest.raises(InputError, match="as no set of exports does"):
        import_file(path)


def test_entities_in_endnote_xml_are_never_resolved(tmp_path: Path) -> None:
    """Neither a file nor a network address is opened, and the record is reported."""
    path = tmp_path / "evil.xml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        "<xml><records><record><titles><title>&x;</title></titles></record></records></xml>"
    )
    with pytest.raises(InputError, match="declares XML entities"):
        import_file(path)


def test_a_line_without_end_is_refused_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigabyte on one line is no export; what stood before it is kept."""
    monkeypatch.setattr(decoding, "MAX_LINE", 100_000)
    monkeypatch.setattr(decoding.files, "CHUNK", 10_000)
    path = tmp_path / "endless.ris"
    path.write_text(RIS.format("Kept") + "TY  - JOUR\nTI  - " + "x" * 300_000)
    imported = import_file(path)
    assert [record["title"] for record in imported.records] == ["Kept"]
    assert any("a line longer than" in loss for loss in imported.report.losses)


def test_an_endless_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gzip bomb ends at the limit and not at the end of memory."""
    monkeypatch.setattr(decoding, "MAX_BYTES", 1 << 20)
    path = tmp_path / "bomb.ris.gz"
    path.write_bytes(gzip.compress(RIS.format("x" * 70).encode() * 30_000))
    with pytest.raises(InputError, match="split the export"):
        import_file(path)


def overwritten(content: bytes, name: str, far: float) -> bytes:
    """The same package with some bytes of a packed member changed, so far into it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        member = package.getinfo(name)
    start = member.header_offset + 30 + len(name) + int(far * (member.compress_size - 20))
    return content[:start] + bytes(range(200, 220)) + content[start + 20 :]


@pytest.mark.parametrize("far", [0, 0.5])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("kind", ["x.ris", "x.xml"])
def test_a_zip_damaged_within_a_member_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, method: int, far: float
) -> None:
    """However the member is packed, and wherever it is damaged, the damage is told with the member's or the archive's name."""
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", method) as package:
        texts = (RIS.format(f"{place * 7919}") for place in range(2000))
        if kind == "x.xml":
            texts = (f"<PubmedArticle><PMID>{place * 7919}</PMID></PubmedArticle>\n" for place in range(2000))
            texts = iter(("<?xml version='1.0'?><PubmedArticleSet>\n", *texts, "</PubmedArticleSet>"))
        package.writestr(kind, "".join(texts))
    path, out = tmp_path / "x.zip", tmp_path / "records.csv"
    path.write_bytes(overwritten(inside.getvalue(), kind, far))
    assert main(["import", str(path), "-o", str(out)]) == 1
    told = capsys.readouterr().err
    assert "Traceback" not in told and str(path) in told


@pytest.mark.parametrize("far", [0, 0.5])
def test_a_workbook_damaged_within_a_sheet_is_refused(tmp_path: Path, far: float) -> None:
    """Not only the package's directory may be damaged."""
    path = tmp_path / "x.xlsx"
    sheet = workbook([["Title", "Year"], *([f"Title {place * 7919}", 2000 + place % 20] for place in range(500))])
    path.write_bytes(overwritten(sheet, "xl/worksheets/sheet1.xml", far))
    with pytest.raises(InputError, match="damaged"):
        import_file(path)


def test_a_gzip_file_cut_short_is_reported(tmp_path: Path) -> None:
    """A download that broke off is told from a whole one."""
    path = tmp_path / "cut.ris.gz"
    path.write_bytes(gzip.compress(RIS.format("One").encode() * 500)[:-12])
    with pytest.raises(InputError, match="damaged gzip"):
        import_file(path)


def test_formulas_in_cells_are_neutral_in_the_table_and_come_back(tmp_path: Path) -> None:
    """What a spreadsheet would run is written with an apostrophe, and read again without it."""
    path, out = tmp_path / "x.ris", tmp_path / "records.csv"
    path.write_text(RIS.format('=HYPERLINK("http://example.org")'))
    assert not import_files([str(path)], str(out))[1]
    assert b"'=HYPERLINK" in out.read_bytes()
    assert tables.read(out)["title"].tolist() == ['=HYPERLINK("http://example.org")']


def test_json_nested_without_end_is_refused(tmp_path: Path) -> None:
    """Depth exhausts no stack."""
    path = tmp_path / "deep.json"
    path.write_text('[["' + "[" * 100_000)
    with pytest.raises(InputError):
        import_file(path)


def test_html_and_scripts_in_a_title_stay_text(tmp_path: Path) -> None:
    """Import changes no markup; whoever shows the title escapes it."""
    path = tmp_path / "x.ris"
    path.write_text(RIS.format("<script>alert(1)</script> P<0.05"))
    assert import_file(path).records[0]["title"] == "<script>alert(1)</script> P<0.05"


def test_a_bad_file_leaves_the_output_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, exit code 1, no table; a good file beside a bad one is written all the same."""
    bad, good, out = tmp_path / "bad.bin", tmp_path / "good.ris", tmp_path / "records.csv"
    bad.write_bytes(b"\x00\x01nothing")
    good.write_text(RIS.format("Good"))
    out.write_text("as it was")
    assert main(["import", str(bad), "-o", str(out)]) == 1
    assert out.read_text() == "as it was"
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["import", str(bad), str(good), "-o", str(out)]) == 1
    assert tables.read(out)["title"].tolist() == ["Good"]


@pytest.mark.parametrize(
    "content",
    [
        " " * 300_000,
        "\n" * 300_000,
        "<table><tr><td>Title</td><td>Year</td></tr>" + "<tr" * 100_000,
        "<html>" + "<script" * 40_000 + "<!--" * 40_000,
        "title,year\n" + '"a\n' * 20_000,
        "@article{a,\n" + "{" * 200_000,
        "@article{a,\n title = a" + " # b" * 50_000 + "}",
        "@article{a,\n author = {a" + " " * 200_000 + "and" + " and " * 40_000 + "}}",
        "TY  - JOUR\nAB  - a\n" + "word\n" * 50_000,
        "TY  - JOUR\nDA  - " + "a" * 300_000,
        "[1]" + "a,2000," * 40_000,
        "<xml><records>" + "<record>" * 40_000,
        '["' + "a<br>" * 60_000 + '"]',
    ],
    ids=lambda content: content[:24].strip() or "blank",
)
def test_no_pattern_runs_away_on_hostile_text(content: str, tmp_path: Path) -> None:
    """Text made to send a regular expression backtracking is read or refused; with quadratic matching this never ends."""
    path = tmp_path / "hostile"
    path.write_text(content)
    try:
        imported = import_file(path)
    except InputError as refusal:
        assert "\n" not in refusal.line
    else:
        assert imported.report.start_tags == len(imported.records) or imported.report.losses
