"""Reading ledgers: what people type is welcome in every form, and what is wrong is named with its line."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from winnow import tables, text
from winnow.decisions import check, ledger
from winnow.decisions.kinds import KINDS
from winnow.review import Review

Write = Callable[..., Path]
SCREENING = KINDS["screening"]
GOOD = {"id": "1", "decision": "include"}

#: cells of the second row, what is said of it
FAULTS = [
    ({"id": "2", "decision": "maybe"}, "decision 'maybe' is unknown"),
    ({"id": "2", "decision": "include", "stage": "abstract"}, "stage 'abstract' is unknown"),
    ({"id": "2", "decision": "include", "role": "boss"}, "role 'boss' is unknown"),
    ({"id": "2", "decision": "include", "basis": "hearsay"}, "basis 'hearsay' is unknown"),
    ({"id": "", "decision": "include"}, "'id' is empty"),
    ({"id": "2", "decision": ""}, "'decision' is empty"),
    ({"id": "2", "decision": "exclude", "criterion": "about_cups"}, "criterion 'about_cups' is unknown"),
    ({"id": "2", "decision": "exclude", "stage": "full_text"}, "excluded at full text without a criterion"),
    ({"id": "2", "decision": "include", "date": "2026-02-30"}, "'2026-02-30' is not a date"),
    ({"id": "2", "decision": "include", "date": "22/11/2026"}, "'22/11/2026' is not a date"),
    ({"id": "2", "decision": "include", "date": "2999-01-01"}, "lies in the future"),
    ({"id": "1", "decision": "exclude"}, "was decided at title_abstract before, in line 2"),
    ({"id": "PMID: 1", "decision": "exclude"}, "was decided at title_abstract before, in line 2"),
    ({"id": "pubmed:1", "decision": "include"}, "was decided at title_abstract before, in line 2"),
    ({"id": "2", "decision": "include", "supersedes": "previous"}, "no earlier row on '2'"),
    (
        {"id": "1", "decision": "include", "supersedes": "ffffffff"},
        "no row above has a seal that begins with 'ffffffff'",
    ),
    ({"id": "1", "decision": "include", "supersedes": "line 2"}, "supersedes 'line 2' is no seal"),
    ({"id": "2", "decision": "include", "seal": "abc"}, "'abc' is no seal"),
    ({"id": "2.07E+07", "decision": "include"}, "id '2.07E+07' is what a spreadsheet makes of a long number"),
    ({"id": "2,07e7", "decision": "include"}, "id '2,07e7' is what a spreadsheet makes of a long number"),
]


@pytest.mark.parametrize(("cells", "said"), FAULTS)
def test_each_fault_is_named_with_its_line(
    small_review: Review, write_ledger: Write, cells: dict[str, str], said: str
) -> None:
    """One faulty row is one fault, with file, line, what and how to mend it."""
    write_ledger("screening", GOOD, cells)
    (fault,) = check(small_review)
    assert fault.where == "decisions/screening/wang.csv:3" and said in fault.what and fault.mend


#: what stands in decisions/, and what is said of it; nothing: it is no ledger and nobody can take it for one
STRAYS = [
    ("duplicate.csv", "rename it to duplicates.csv"),
    ("Studies.CSV", "rename it to studies.csv"),
    ("screening/li.xlsx", "ledgers are"),
    ("screening/li.csv.txt", "ledgers are"),
    ("screening.csv", "ledgers are"),
    ("duplicates.csv/", "no ledger is a folder"),
    ("screening/old/", "no ledger is a folder"),
    ("README.md", ""),
    ("screening/.~lock.wang.csv#", ""),
    ("screening/wang.csv~", ""),
]


@pytest.mark.parametrize(("name", "said"), STRAYS)
def test_what_is_no_ledger_and_looks_like_one_is_said(
    small_review: Review, write_ledger: Write, name: str, said: str
) -> None:
    """Nothing in decisions/ is passed over in silence: a misspelt ledger and a folder in its place are faults."""
    write_ledger("screening", GOOD)
    path = small_review.decisions / name
    if name.endswith("/"):
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text("id,decision\n1,include\n", encoding="utf-8")
    faults = [(fault.where, fault.line) for fault in check(small_review)]
    assert [where for where, _ in faults] == ([f"decisions/{name.rstrip('/')}"] if said else [])
    assert all(said in line for _, line in faults)


def test_a_fault_after_a_cell_with_line_ends_has_the_line_of_the_file(
    small_review: Review, write_ledger: Write
) -> None:
    """A note of three lines moves the next row down by two lines, and the fault says so."""
    write_ledger("screening", GOOD | {"note": "one\ntwo\nthree"}, {"id": "2", "decision": "maybe"})
    (fault,) = check(small_review)
    assert fault.where == "decisions/screening/wang.csv:5"


def test_a_reviewer_whom_nobody_named_is_a_fault(small_review: Review, write_ledger: Write) -> None:
    """Only people of config.yaml review; an adjudicator may be anybody."""
    write_ledger("screening", GOOD, GOOD | {"id": "2", "role": "adjudicator"}, reviewer="zhou")
    (fault,) = check(small_review)
    assert "reviewer 'zhou' is not named for title_abstract" in fault.what


def test_other_ledgers_are_checked_too(small_review: Review, write_ledger: Write) -> None:
    """Duplicates, retrieval and the rest have their rules in the same table."""
    write_ledger("duplicates", {"id_1": "1", "id_2": "pubmed:1", "ruling": "same", "by": "wang"})
    write_ledger("retrieval", {"id": "1", "status": "not_retrieved", "by": "wang"})
    write_ledger("extraction", {"field": "n_total", "value": "12", "by": "wang", "source": "page 3"})
    assert [fault.what for fault in check(small_review)] == [
        "a record is compared with itself",
        "not retrieved, but no reason",
        "'quote' is empty",
    ]


def test_a_changed_row_is_a_fault_of_the_check(small_review: Review, write_ledger: Write) -> None:
    """What verify finds, check finds: the review does not run on a changed ledger."""
    path = write_ledger("screening", GOOD, {"id": "2", "decision": "exclude"})
    one = ledger.read(path, SCREENING)
    rows = ledger.seals.sealed(one.name, one.rows)
    rows[0]["decision"] = "unclear"
    tables.write_rows(path, rows, SCREENING.columns)
    (fault,) = check(small_review)
    assert fault.where == "decisions/screening/wang.csv:2" and "changed" in fault.what


@pytest.mark.parametrize("form", ["bom", "crlf", "bom and crlf", "no last line end", "blank lines", "spaces"])
def test_what_a_spreadsheet_does_to_the_file_changes_nothing(write_ledger: Write, form: str) -> None:
    """BOM, CRLF, a missing last line end, blank lines and stray spaces give the same rows and the same links."""
    path = write_ledger("screening", GOOD | {"note": "two\nlines"}, {"id": "2", "decision": "exclude"})
    before = ledger.read(path, SCREENING)
    content = path.read_bytes()
    forms = {
        "bom": lambda b: codecs.BOM_UTF8 + b,
        "crlf": lambda b: b.replace(b"\n", b"\r\n"),
        "bom and crlf": lambda b: codecs.BOM_UTF8 + b.replace(b"\n", b"\r\n"),
        "no last line end": lambda b: b.rstrip(b"\n"),
        "blank lines": lambda b: b + b"\n\n,,,,,,,,,,\n",
        "spaces": lambda b: b.replace(b",exclude,", b", exclude ,"),
    }
    path.write_bytes(forms[form](content))
    after = ledger.read(path, SCREENING)
    assert (after.rows, after.links) == (before.rows, before.links)


#: what became of the first line and of the row below it, the place and what is said
HEADERS = [
    (lambda head, row: (f"{head},decision", f"{row},include"), 1, "two columns decision"),
    (lambda head, row: (f"decision,{head}", f"exclude,{row}"), 1, "two columns decision"),
    (lambda head, row: (f"{head},,", f"{row},a remark,"), 2, "text in one of several columns without a name"),
    (lambda head, row: (head.replace(",", ";"), row.replace(",", ";")), 1, "divided by semicolons"),
    (lambda head, row: (head.replace(",", "\t"), row.replace(",", "\t")), 1, "divided by tabs"),
    (lambda head, row: ("sep=,", f"{head}\n{row}"), 1, "remove the line 'sep=,'"),
    (lambda head, row: (head.upper(), row), 1, "restore the header line"),
]


@pytest.mark.parametrize(("form", "line", "said"), HEADERS)
def test_a_first_line_that_leaves_a_cell_in_doubt_is_named(
    small_review: Review, write_ledger: Write, form: Callable[[str, str], tuple[str, str]], line: int, said: str
) -> None:
    """Law: no cell is read from one of two columns of a name, and what a spreadsheet did to the commas is said."""
    path = write_ledger("screening", GOOD)
    path.write_text("\n".join(form(*path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")
    (fault,) = check(small_review)
    assert fault.where == f"decisions/screening/wang.csv:{line}" and said in fault.line


def test_empty_columns_beside_the_table_are_no_fault(small_review: Review, write_ledger: Write) -> None:
    """A spreadsheet that saves empty columns to the right has changed nothing."""
    path = write_ledger("screening", GOOD)
    path.write_text("".join(f"{row},,\n" for row in path.read_text(encoding="utf-8").splitlines()), encoding="utf-8")
    assert check(small_review) == []


def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(
    small_review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence is never success: what nobody may read, what is no folder, a link that leads nowhere; all stop the review."""
    folder = small_review.root / "decisions" / "screening"
    folder.parent.mkdir()
    folder.symlink_to("a folder of the network that is not there")
    with pytest.raises(FileNotFoundError):
        check(small_review)
    folder.unlink()
    folder.write_text("")
    with pytest.raises(NotADirectoryError):
        check(small_review)
    folder.unlink()
    folder.mkdir()
    assert check(small_review) == []

    def refused(path: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(PermissionError):
        ledger.read_all(small_review.root, "screening")


def sealed(path: Path, **changed: str) -> None:
    """Seal a ledger as it stands, the cells of its first row changed before."""
    one = ledger.read(path, SCREENING)
    rows = [one.rows[0] | changed, *one.rows[1:]]
    tables.write_rows(path, ledger.seals.sealed(one.name, rows), SCREENING.columns)


def test_what_cannot_be_mended_any_more_stops_nobody(small_review: Review, write_ledger: Write) -> None:
    """A row that a clock dated 2999 is a fault until it is sealed: changing it then would break the chain."""
    path = write_ledger("screening", GOOD | {"date": "2999-01-01"})
    assert ["lies in the future" in fault.what for fault in check(small_review)] == [True]
    sealed(path)
    assert check(small_review) == []


def test_a_sealed_row_with_a_criterion_of_the_past_is_mended_by_a_row_more(
    small_review: Review, write_ledger: Write
) -> None:
    """What to do is said, it can be done, and it helps; what was replaced gives no reason and is no fault."""
    path = write_ledger("screening", {"id": "1", "decision": "exclude"})
    sealed(path, criterion="about_cups")
    (fault,) = check(small_review)
    assert "criterion 'about_cups' is unknown" in fault.what and "decide it again" in fault.mend
    with path.open("a", encoding="utf-8") as out:
        out.write("2026-01-03,PMID: 1,title_abstract,exclude,about_teapots,reviewer,,,,previous,\n")
    assert check(small_review) == []


def test_names_that_differ_in_capitals_only_are_told(small_review: Review, write_ledger: Write) -> None:
    """One person who writes the name in two ways would agree with herself; on many machines it is one file."""
    write_ledger("screening", GOOD)
    write_ledger("screening", GOOD | {"role": "adjudicator"}, reviewer="Wang")
    (fault,) = check(small_review)
    assert fault.where == "decisions/screening/wang.csv" and "'wang' and 'Wang' differ in capitals only" in fault.what
    assert "go on as 'wang'" in fault.mend


def test_a_missing_column_or_cell_is_one_line(small_review: Review, write_ledger: Write) -> None:
    """A header without a column and a row without a cell are named; the other ledgers are still checked."""
    path = write_ledger("screening", GOOD)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("fingerprint,", "", 1), encoding="utf-8")
    write_ledger("screening", {"id": "2", "decision": "maybe"}, reviewer="li")
    first, second = (fault.line for fault in check(small_review))
    assert "wang.csv:1: no column fingerprint" in first and "decision 'maybe'" in second
    path.write_text(text + "2026-01-01,5\n", encoding="utf-8")
    assert "2 cells where the header has 11" in check(small_review)[0].line


def test_a_review_without_ledgers_has_no_fault(small_review: Review) -> None:
    """Every ledger may be absent."""
    assert check(small_review) == []


def test_the_future_is_judged_by_the_day_that_is_given(write_ledger: Write) -> None:
    """The pure check reads no clock."""
    one = ledger.read(write_ledger("screening", GOOD), SCREENING)
    assert ledger.faults(one) == [] and len(ledger.faults(one, today=date(2025, 12, 31))) == 1


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("22274797", "pubmed:22274797"),
        ("PMID: 22274797", "pubmed:22274797"),
        ("pubmed:022274797", "pubmed:22274797"),
        ("https://doi.org/10.1000/ABC", "10.1000/abc"),
        ("doi:10.1000/ABC", "10.1000/abc"),
        ("cnki:0a1b2c3d4e5f", "cnki:0a1b2c3d4e5f"),
        ("任意编号", "任意编号"),
        ("embase:L10.1", "embase:L10.1"),
        ("２２２７４７９７", "pubmed:22274797"),
        ("ＰＭＩＤ： ２２２７４７９７", "pubmed:22274797"),
        ("²", "²"),
        ("٣", "٣"),
    ],
)
def test_an_id_has_one_spelling(written: str, same: str) -> None:
    """However a PMID or a DOI is typed, it is the same id; other ids are left alone."""
    assert text.same_id(written) == same


def test_a_reviewer_of_one_stage_does_not_decide_at_another(small_review: Review, write_ledger: Write) -> None:
    """People are named stage by stage; a stage that names nobody takes anybody."""
    reviewers = {"title_abstract": {"people": ["wang"]}, "full_text": {"people": ["li"]}}
    review = Review(
        small_review.root, small_review.config_files, small_review.settings | {"screening": {"reviewers": reviewers}}
    )
    full = {"stage": "full_text", "decision": "include", "id": "1"}
    write_ledger("screening", GOOD, full)
    (fault,) = check(review)
    assert fault.where.endswith("wang.csv:3") and "not named for full_text" in fault.what
    del reviewers["full_text"]
    assert check(review) == []


def test_more_readers_than_people_is_a_fault_of_the_configuration(small_review: Review) -> None:
    """A stage that nobody could ever finish is said before anybody begins."""
    reviewers = {"full_text": {"people": ["li"], "readers": 2}}
    review = Review(
        small_review.root, small_review.config_files, small_review.settings | {"screening": {"reviewers": reviewers}}
    )
    assert [fault.what for fault in check(review)] == ["full_text needs 2 readers and names 1 people"]
