"""Text in any encoding and with any line ends reads the same, and a byte that fits none is reported with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.errors import InputError
from winnow.records import decoding
from winnow.records.importing import import_file

SIMPLIFIED = (
    "RT Journal Article\nSR 1\nA1 王小明;李大中\nT1 静脉注射免疫球蛋白治疗多发性肌炎和皮肌炎的临床观察\nJF 中国医学杂志\nYR 2008\n"
    "K1 多发性肌炎;皮肌炎;免疫球蛋白\nAB 目的观察大剂量免疫球蛋白治疗的疗效和不良反应。方法对患者进行回顾分析。\nDS CNKI\n"
)
TRADITIONAL = (
    "%0 Journal Article\n%A 王小明\n%T 靜脈注射免疫球蛋白治療多發性肌炎和皮肌炎的臨床觀察\n%J 中國醫學雜誌\n%D 2008\n"
    "%X 目的觀察大劑量免疫球蛋白治療的療效和不良反應。方法對患者進行回顧分析。\n"
)
WESTERN = "TY  - JOUR\nTI  - Die Behandlung der Myositis bei Frau Müller – ein Überblick über größere Reihen\nER  - \n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_simplified_chinese_reads_the_same_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    """No encoding of the same text gives another record."""
    path = tmp_path / "cnki.txt"
    path.write_bytes(SIMPLIFIED.encode(encoding))
    record = import_file(path).records[0]
    assert record["title"] == "静脉注射免疫球蛋白治疗多发性肌炎和皮肌炎的临床观察"
    assert record["authors"] == "王小明; 李大中"


def test_big5_is_not_read_as_gb18030(tmp_path: Path) -> None:
    """Big5 bytes are valid GB18030; only the commonness of the characters tells."""
    path = tmp_path / "airiti.txt"
    path.write_bytes(TRADITIONAL.encode("big5"))
    assert TRADITIONAL.encode("big5").decode("gb18030")
    imported = import_file(path)
    assert imported.records[0]["title"] == "靜脈注射免疫球蛋白治療多發性肌炎和皮肌炎的臨床觀察"
    assert imported.report.as_json()["encoding"] == "big5"


def test_windows_1252_keeps_its_letters(tmp_path: Path) -> None:
    """An old Western export is neither Chinese nor an error."""
    path = tmp_path / "old.ris"
    path.write_bytes(WESTERN.encode("windows-1252"))
    assert "Müller – ein Überblick" in import_file(path).records[0]["title"]


def test_files_joined_from_two_encodings_are_read_line_by_line(tmp_path: Path) -> None:
    """UTF-8 and GB18030 in one file: both halves are right."""
    path = tmp_path / "joined.txt"
    path.write_bytes(SIMPLIFIED.encode("gb18030") + b"\n" + SIMPLIFIED.replace("观察", "报告").encode("utf-8"))
    first, second = import_file(path).records
    assert first["title"].endswith("临床观察") and second["title"].endswith("临床报告")


@pytest.mark.parametrize("other", [b"\xff\xff", TRADITIONAL.encode(), WESTERN.encode("windows-1252")])
def test_one_foreign_byte_or_text_spoils_no_other_line(other: bytes, tmp_path: Path) -> None:
    """Names of rare characters, too short to be judged by themselves, read as the rest of their file does."""
    named = SIMPLIFIED.replace("王小明;李大中", "赵六;钱七;孙八")
    path = tmp_path / "export.txt"
    path.write_bytes(named.encode("gbk") + b"ID " + other + b"\n" if len(other) == 2 else named.encode("gbk") + other)
    imported = import_file(path)
    assert imported.records[0]["authors"] == "赵六; 钱七; 孙八"
    assert imported.records[0]["keywords"] == "多发性肌炎; 皮肌炎; 免疫球蛋白"
    assert bool(imported.report.as_json()["problems"]) == (other != TRADITIONAL.encode())


def test_a_line_with_a_foreign_byte_is_shown_in_its_own_encoding(tmp_path: Path) -> None:
    """What is lost is the byte, not the line."""
    path = tmp_path / "export.txt"
    path.write_bytes(SIMPLIFIED.encode("gbk").replace("患者".encode("gbk"), "患者".encode("gbk") + b"\xff,"))
    assert "方法对患者\\xff,进行回顾分析。" in import_file(path).records[0]["abstract"]


def test_a_byte_that_fits_no_encoding_is_shown_and_reported_with_its_offset(tmp_path: Path) -> None:
    """Nothing is replaced or left out; the record is kept."""
    path = tmp_path / "cut.txt"
    content = SIMPLIFIED.encode("utf-8").replace("王".encode(), b"\xff")
    path.write_bytes(content)
    imported = import_file(path)
    assert "\\xff小明" in imported.records[0]["authors"]
    assert any(str(content.index(b"\xff")) in problem for problem in imported.report.as_json()["problems"])


def test_a_named_encoding_that_does_not_fit_is_an_error_with_the_offset(tmp_path: Path) -> None:
    """What a person says about the encoding is checked, not believed."""
    path = tmp_path / "x.txt"
    path.write_bytes(b"TY  - JOUR\nTI  - \xff\nER  - \n")
    with pytest.raises(InputError, match="byte 17 is not utf-8"):
        import_file(path, encoding="utf-8")
    with pytest.raises(InputError, match="no encoding is called"):
        import_file(path, encoding="klingon")


@given(st.lists(st.text(alphabet="ab甲 -:", max_size=5), min_size=1, max_size=6), st.data())
def test_lines_do_not_depend_on_their_ends(lines: list[str], data: st.DataObject) -> None:
    """LF, CRLF, CR CR LF and CR mean the same, in any mixture and wherever a block ends."""
    ends = ["\n", "\r\n", "\r\r\n"] if data.draw(st.booleans()) else ["\r"]
    text = "".join(line + data.draw(st.sampled_from(ends)) for line in lines)
    blocks = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    assert list(_lines(text.encode("utf-8"), blocks)) == [*lines, ""]


def _lines(content: bytes, sizes: list[int]) -> list[str]:
    """The lines of a file that is delivered in blocks of the sizes given, over and over."""
    import io
    from contextlib import contextmanager

    class Slow(io.BytesIO):
        turn = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.turn += 1
            return super().read(sizes[self.turn % len(sizes)])

    @contextmanager
    def opened():  # type: ignore[no-untyped-def]
        yield Slow(content)

    return list(decoding.Text("made up", opened, "utf-8").lines())


def test_the_common_characters_are_common_in_true_text_only() -> None:
    """The threshold stands clear of both sides: true text above it, misread text below."""
    assert decoding.plausibility(SIMPLIFIED) > 0.35
    assert decoding.plausibility(TRADITIONAL) > 0.35
    assert decoding.plausibility(TRADITIONAL.encode("big5").decode("gb18030")) < decoding.PLAUSIBLE
    assert decoding.plausibility(SIMPLIFIED.encode("utf-8").decode("gb18030", errors="ignore")) < decoding.PLAUSIBLE
