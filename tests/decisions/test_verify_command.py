"""winnow verify: what was done to a ledger is named, and what a chain cannot show, recorded heads do."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger_commands import SCREENING, decide, rows
from winnow import tables
from winnow.cli import main
from winnow.decisions import chains
from winnow.errors import InputError
from winnow.review import Review

Write = Callable[..., Path]


def test_verify_names_the_changed_the_removed_and_the_swapped(
    inside: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each kind of tampering is exit 1 and a line with the row's place; the untouched ledger is exit 0."""
    for words in (("1", "include"), ("2", "exclude"), ("4", "unclear")):
        assert decide(*words) == 0
    path = Path("decisions/screening/wang.csv")
    whole = path.read_bytes().splitlines(keepends=True)
    assert main(["verify"]) == 0
    header, one, two, three = whole
    for lines, said in (
        ([header, one, two.replace(b"exclude", b"include"), three], ["wang.csv:3: this row was changed"]),
        ([header, one, three], ["wang.csv:3: ", "removed"]),
        ([header, two, one, three], ["wang.csv:2: this row and line 3 were swapped", "wang.csv:3: "]),
    ):
        path.write_bytes(b"".join(lines))
        capsys.readouterr()
        assert main(["verify"]) == 1
        error = capsys.readouterr().err
        assert all(words in error for words in said), error


def test_verify_against_recorded_heads_finds_a_cut_tail(inside: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """Heads from a CSV or from an audit pack: growth is fine, a cut tail and a missing ledger are named."""
    assert decide("1", "include") == 0 and decide("2", "exclude") == 0
    assert main(["verify", "-o", "heads.csv"]) == 0
    with zipfile.ZipFile("audit.zip", "w") as pack:
        pack.write("heads.csv", "audit/heads.csv")
    assert decide("4", "include") == 0
    path = Path("decisions/screening/wang.csv")
    for heads in ("heads.csv", "audit.zip"):
        assert main(["verify", "--against", heads]) == 0
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    capsys.readouterr()
    for heads in ("heads.csv", "audit.zip"):
        assert main(["verify", "--against", heads]) == 1
        assert "screening/wang: 1 of 2 rows were cut off" in capsys.readouterr().err
    path.unlink()
    assert main(["verify", "--against", "heads.csv"]) == 1
    assert main(["verify", "--against", "nowhere.csv"]) == 1


def test_sealing_rows_after_their_head_was_recorded_is_no_change(
    inside: Review, write_ledger: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """A head of rows typed by hand stands when they get seal and fingerprint; a cell changed in between is still found."""
    assert decide("1", "include") == 0
    typed = {"date": "2026-01-01", "id": "2", "stage": "title_abstract", "decision": "include", "role": "reviewer"}
    path = Path("decisions/screening/wang.csv")
    line = tables.csv_bytes([[typed.get(name, "") for name in SCREENING.columns]], SCREENING.columns).splitlines()[1]
    path.write_bytes(path.read_bytes() + line + b"\n")
    assert main(["verify", "-o", "heads.csv"]) == 0
    unsealed = path.read_bytes()
    assert main(["seal"]) == 0 and rows()[1]["fingerprint"]
    assert main(["verify", "--against", "heads.csv"]) == 0
    path.write_bytes(unsealed.replace(b",2,title_abstract,include,", b",2,title_abstract,exclude,"))
    assert main(["seal"]) == 0 and main(["verify"]) == 0
    capsys.readouterr()
    assert main(["verify", "--against", "heads.csv"]) == 1
    assert "its first 2 rows are not those" in capsys.readouterr().err


def test_heads_of_an_older_release_are_read(inside: Review) -> None:
    """Heads recorded without the column sealed are compared as they were then."""
    assert decide("1", "include") == 0
    assert main(["verify", "-o", "heads.csv"]) == 0
    kept = [(row["ledger"], row["rows"], row["head"]) for _, row in tables.read_rows("heads.csv")]
    tables.write_rows("old.csv", [dict(zip(("ledger", "rows", "head"), row, strict=True)) for row in kept],
                      ("ledger", "rows", "head"))  # fmt: skip
    assert decide("2", "include") == 0
    assert main(["verify", "--against", "old.csv"]) == 0
    path = Path("decisions/screening/wang.csv")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
    assert main(["verify", "--against", "old.csv"]) == 1


@pytest.mark.parametrize("said", ["", "x", "-1", "²", "1.0", "9" * 5000])
def test_heads_without_a_number_of_rows_are_refused_by_line(inside: Review, said: str) -> None:
    """What is no number of rows, a raised figure among them, is a fault that names file and line."""
    Path("heads.csv").write_text(f"ledger,rows,head\nscreening/wang,{said},abc\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        chains.read_heads(Path("heads.csv"))
    assert "heads.csv:2" in told.value.line


@pytest.mark.parametrize(
    ("content", "damage", "said"),
    [
        (b"ledger,rows,head\n" * 50, (45, 60), "not a whole ZIP"),
        (b"\xff\xfe", (), "heads.csv:1: not UTF-8"),
        (b"ledger,rows\n", (), "heads.csv:1: no column head"),
        (b"ledger,rows,head\nscreening/li\n", (), "heads.csv:2: 1 cells where the header has 3"),
        (bytes(1 << 25), (), "heads.csv is too long"),
        (None, (), "the pack holds 0 files heads.csv"),
    ],
)
def test_a_pack_whose_heads_cannot_be_read_is_one_line(
    inside: Review, capsys: pytest.CaptureFixture[str], content: bytes | None, damage: tuple[int, ...], said: str
) -> None:
    """A damaged, foreign or inflated pack is refused with its name; nothing of it is taken for a head."""
    with zipfile.ZipFile("audit.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("audit/README.md" if content is None else "audit/heads.csv", content or b"")
    packed = bytearray(Path("audit.zip").read_bytes())
    for place in damage:
        packed[place] ^= 0x55
    Path("audit.zip").write_bytes(packed)
    assert main(["verify", "--against", "audit.zip"]) == 1
    told = capsys.readouterr().err
    assert said in told and told.startswith("winnow: audit.zip") and told.count("\n") == 1


def test_how_many_heads_were_compared_is_said(inside: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """Silence is no proof: a list of heads that is empty says that nothing was held against it."""
    assert decide("1", "include") == 0
    for content, said in (
        ("", "0 recorded heads"),
        (f"screening/wang,1,{rows()[0]['seal']}\n", "1 recorded head held"),
    ):
        Path("heads.csv").write_text(f"ledger,rows,head\n{content}", encoding="utf-8")
        assert main(["verify", "--against", "heads.csv"]) == 0
        assert f"heads.csv: {said}" in capsys.readouterr().out


def test_heads_are_those_of_the_chains(inside: Review) -> None:
    """Recorded heads read back as they were written, one per ledger."""
    assert decide("1", "include") == 0 and decide("1", "include", reviewer="li") == 0
    ledgers = chains.read(inside.root)
    chains.write_heads(Path("heads.csv"), ledgers)
    found = chains.read_heads(Path("heads.csv"))
    assert [(head.ledger, head.rows, head.head) for head in found] == [
        (f"screening/{name}", 1, rows(name)[0]["seal"]) for name in ("li", "wang")
    ]
