"""No silent loss: whatever happens to a file, every start of a record is a record, or something is reported; and no traceback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from winnow.errors import InputError
from winnow.records.import_report import FileReport
from winnow.records.importing import import_file

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
TEXTS = [case["text"] for case in CASES]
#: Starts as a reader of the bytes would count them, apart from the package's own patterns.
STARTS = re.compile(
    r"(?m)^(?:TY  - [A-Z]+|PMID- \d+|%0 [A-Z]|RT [A-Z][a-z]+|\{Reference Type\}: |DataType: \d|PT J$|@(?:article|phdthesis)\{)"
)
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def read(path: Path) -> tuple[int, FileReport | None]:
    """Records and report of a file, or no report if the file as a whole was refused in one line."""
    try:
        imported = import_file(path)
    except InputError as refusal:
        assert "\n" not in refusal.line and str(path) in refusal.line
        return 0, None
    return len(imported.records), imported.report


def accounted(path: Path, content: bytes) -> None:
    """Fewer records than starts only with a loss, an undecoded byte or a refusal."""
    path.write_bytes(content)
    records, report = read(path)
    starts = len(STARTS.findall(content.decode("utf-8", errors="replace").replace("\ufeff", "").replace("\r", "\n")))
    if report is not None and records < starts:
        assert report.losses or report.reading.problems
    if report is not None:
        assert report.start_tags == records or report.losses


@fuzzed
@given(st.sampled_from(TEXTS), st.data())
def test_a_file_cut_anywhere_loses_nothing_in_silence(tmp_path: Path, text: str, data: st.DataObject) -> None:
    """Cut at both ends, at any byte."""
    content = text.encode("utf-8")
    first = data.draw(st.integers(0, len(content)))
    last = data.draw(st.integers(first, len(content)))
    accounted(tmp_path / "cut", content[first:last])


@fuzzed
@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False))
def test_a_file_with_its_lines_shuffled_loses_nothing_in_silence(tmp_path: Path, text: str, random: Any) -> None:
    """Lines in any order."""
    lines = text.split("\n")
    random.shuffle(lines)
    accounted(tmp_path / "shuffled", "\n".join(lines).encode("utf-8"))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_records_joined_behind_xml_are_missed(tmp_path: Path, mark: str) -> None:
    """Records of another format behind the end of an XML file are told as a loss, with or without the BOM of their own file."""
    xml = (
        "<Trials_downloaded_from_ICTRP>\n<Trial><TrialID>ChiCTR-1</TrialID></Trial>\n</Trials_downloaded_from_ICTRP>\n"
    )
    (tmp_path / "joined.xml").write_text(f"{xml}{mark}TY  - JOUR\nTI  - One\nER  - \n", encoding="utf-8")
    assert import_file(tmp_path / "joined.xml").report.losses


@fuzzed
@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS), st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]))
def test_files_joined_in_different_encodings_lose_nothing_in_silence(
    tmp_path: Path, first: str, second: str, encoding: str
) -> None:
    """Two exports of any kind one after the other, the second in an encoding of its own."""
    accounted(tmp_path / "joined", first.encode("utf-8") + b"\n" + second.encode(encoding, errors="replace"))


@fuzzed
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=3)), max_size=5))
def test_a_file_with_bytes_put_in_loses_nothing_in_silence(
    tmp_path: Path, text: str, insertions: list[tuple[float, bytes]]
) -> None:
    """Any bytes anywhere."""
    content = text.encode("utf-8")
    for place, extra in insertions:
        at = int(place * len(content))
        content = content[:at] + extra + content[at:]
    path = tmp_path / "dirty"
    path.write_bytes(content)
    records, report = read(path)
    assert report is None or report.start_tags == records or report.losses


@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    """Never a traceback."""
    path = tmp_path / "any"
    path.write_bytes(content)
    read(path)


@pytest.mark.parametrize(
    "magic", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b", b"<?xml ", b"<PubmedArticleSet>"]
)
@fuzzed
@given(rest=st.binary(max_size=200))
def test_a_promise_that_the_file_does_not_keep_is_refused(tmp_path: Path, magic: bytes, rest: bytes) -> None:
    """The first bytes of a workbook, an archive or XML, and then anything."""
    path = tmp_path / "promise"
    path.write_bytes(magic + rest)
    read(path)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_same_file_twice_over_gives_every_record_twice(case: dict[str, Any], tmp_path: Path) -> None:
    """People join exports, tables with their headers too; only XML and JSON, which have one root, may not be."""
    path = tmp_path / "twice"
    path.write_bytes(case["text"].encode("utf-8") + b"\n" + case["text"].encode("utf-8"))
    if "json" in case["name"] or case["name"] == "pubmed-xml-on-one-line":
        records, report = read(path)
        assert report is None or records == 2 * len(case["read"]) or report.losses
        return
    imported = import_file(path)
    if case["name"] == "embase-csv-preamble":  # the second query line looks like a row, and is reported as a short one
        assert len(imported.records) > 2 * len(case["read"]) and imported.report.reading.problems
        return
    assert len(imported.records) == 2 * len(case["read"])


@pytest.mark.parametrize("end", ["ER  - \n", "ER\n"])
def test_a_file_cut_within_its_last_record_is_a_loss(tmp_path: Path, end: str) -> None:
    """Law: wherever a file is cut within its last record that is told; uncut, and of a format that ends no record, nothing is."""
    ris = end.startswith("ER  ")
    tags = ("TY  - JOUR\nTI  - Of {}\nAB  - {}\n" if ris else "PT J\nTI Of {}\nAB {}\n") + end + "\n"
    whole = "".join(tags.format(n, "word " * 20) for n in range(3))
    path = tmp_path / "export.txt"
    path.write_text(whole, encoding="utf-8")
    assert import_file(path).report.losses == []
    path.write_text(whole.rstrip(), encoding="utf-8")
    assert import_file(path).report.losses == []
    for place in range(whole.rindex("AB"), whole.rindex("ER"), 7):
        path.write_text(whole[:place], encoding="utf-8")
        cut = import_file(path)
        assert len(cut.records) == 3 and "cut short" in "".join(cut.report.losses)
    path.write_text(whole.replace(end, ""), encoding="utf-8")
    assert import_file(path).report.losses == []
