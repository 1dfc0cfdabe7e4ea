"""winnow decide, seal: what a person types ends in the ledger or in one line that says why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger_commands import SCREENING, decide, rows
from winnow import tables
from winnow.cli import main
from winnow.decisions import ledger, rulings
from winnow.decisions.kinds import KINDS
from winnow.errors import LedgerError, UsageError
from winnow.review import Review, load
from winnow.screen import deciding, stage

Write = Callable[..., Path]


def test_decide_appends_one_sealed_row_with_the_fingerprint_of_what_was_there(inside: Review) -> None:
    """The row has date, seal and fingerprint, and the stage takes it."""
    assert decide("10.1000/one", "exclude", "--criterion", "not_a_letter", "--basis", "title", "--note", "=1+1") == 0
    assert decide("1", "exclude", reviewer="li") == 0
    (row,) = rows()
    assert row["seal"] and row["fingerprint"] and row["note"] == "=1+1" and row["date"].endswith("Z")
    stage.run(inside)
    decisions = tables.read(inside.result("screen", "decisions.csv"))
    (found,) = tables.rows(decisions[decisions["report_id"] == "pubmed:1"])
    assert (found["decision"], found["reason"], found["agreed"], found["stale"]) == (
        "exclude",
        "not_a_letter",
        "yes",
        "",
    )


def test_what_was_read_may_be_several_things(inside: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """--basis takes what the ledger takes, several joined by semicolons; an unknown word is refused by name."""
    assert decide("1", "include", "--basis", "title;abstract") == 0
    assert rows()[0]["basis"] == "title; abstract"
    assert decide("2", "include", "--basis", "title; hearsay") == 2
    assert "'hearsay' is none of title, abstract" in capsys.readouterr().err
    assert len(rows()) == 1


@pytest.mark.parametrize("name", ["王晓明", "o.brien-2", "Zoë"])
def test_a_reviewer_is_called_as_people_are_called(inside: Review, name: str) -> None:
    """Names of any script become a file, a chain and a column, and are sealed and verified like any other."""
    config = Path("config/config.yaml")
    config.write_text(config.read_text(encoding="utf-8").replace("wang", name), encoding="utf-8")
    assert decide("1", "include", reviewer=name) == 0 and decide("1", "include", reviewer="li") == 0
    stage.run(load(root=inside.root))
    found = tables.rows(tables.read(inside.result("screen", "decisions.csv")))
    assert ["li", name] == next(sorted(tables.split(row["by"]), key=len) for row in found if row["by"])
    assert main(["verify", "-o", "heads.csv"]) == 0 and main(["verify", "--against", "heads.csv"]) == 0
    assert f"screening/{name}," in Path("heads.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["", "../li", "a b", ".li", "-li", "li;wang", "li/wang", "王\n", "ｗａｎｇ", "Zoe\u0308"]
)
def test_what_cannot_be_a_files_name_is_no_reviewers(inside: Review, name: str) -> None:
    """A name with a path, a blank or a mark that joins names writes nothing."""
    assert main(["decide", "1", "include", f"--reviewer={name}", "--stage", "title_abstract"]) == 2
    assert not list(Path("decisions").glob("**/*.csv"))


def test_deciding_again_replaces_the_persons_own_earlier_row_whatever_id_was_used(inside: Review) -> None:
    """A changed mind is a new row that names the old one's seal; nothing is overwritten."""
    assert decide("1", "include") == 0
    assert decide("10.1000/ONE", "exclude") == 0
    first, second = rows()
    assert second["supersedes"] == first["seal"]
    assert ledger.faults(ledger.read(Path("decisions/screening/wang.csv"), SCREENING)) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["999", "include"], 1, "no record of any search has this id"),
        (["1", "exclude", "--criterion", "about_cups"], 1, "criterion 'about_cups' is unknown"),
        (["1", "perhaps"], 2, "invalid choice"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_leaves_no_file(
    inside: Review, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    """A faulty decision leaves decisions/ as it was."""
    assert decide(*words) == code
    assert said in capsys.readouterr().err and not Path("decisions/screening/wang.csv").exists()


def test_where_a_full_text_is_can_be_decided_on_the_command_line(
    inside: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sealed row per call in decisions/retrieval.csv, for any of the report's ids; the last one holds at the stage."""
    for reviewer in ("wang", "li"):
        assert decide("1", "include", reviewer=reviewer) == 0
    assert decide("10.1000/one", "not_retrieved", "--reason", "library has no copy", stage="retrieval") == 0
    assert decide("embase:9", "obtained", "--from", "the author", stage="retrieval", reviewer="zhou") == 0
    assert "decisions/retrieval.csv: embase:9 obtained, seal " in capsys.readouterr().out
    one = ledger.read(Path("decisions/retrieval.csv"), KINDS["retrieval"])
    assert [(row["status"], row["reason"], row["obtained_from"], row["by"]) for row in one.rows] == [
        ("not_retrieved", "library has no copy", "", "wang"),
        ("obtained", "", "the author", "zhou"),
    ]
    assert one.verify() == [] and all(row["seal"] and row["date"] for row in one.rows)
    stage.run(inside)
    decisions = tables.rows(tables.read(inside.result("screen", "decisions.csv")))
    (found,) = [row for row in decisions if (row["report_id"], row["stage"]) == ("pubmed:1", "retrieval")]
    assert (found["decision"], found["by"], found["basis"]) == ("include", "zhou", "full text")


def test_possible_duplicates_can_be_ruled_on_the_command_line(
    inside: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """A ruling is a sealed row in decisions/duplicates.csv, and the pair waits no more."""
    pair = {"record_id_1": "cnki:aaa", "record_id_2": "pubmed:4", "verdict": "possible", "evidence": "same year"}
    tables.write_rows(inside.result("deduplicate", "pairs.csv"), [pair], tables.PAIRS)
    stage.run(inside)
    assert "duplicates" in set(tables.read(inside.result("screen", "to_decide.csv"))["stage"])
    assert decide("cnki:aaa", "different", "--other", "4", "--note", "other years", stage="duplicates") == 0
    assert "decisions/duplicates.csv: cnki:aaa and 4 are different, seal " in capsys.readouterr().out
    one = ledger.read(Path("decisions/duplicates.csv"), KINDS["duplicates"])
    (row,) = one.rows
    assert (row["id_1"], row["id_2"], row["ruling"], row["by"], row["note"]) == (
        "cnki:aaa", "4", "different", "wang", "other years",
    )  # fmt: skip
    assert row["seal"] and one.verify() == []
    stage.run(inside)
    assert "duplicates" not in set(tables.read(inside.result("screen", "to_decide.csv"))["stage"])


def test_a_ruling_that_contradicts_others_is_refused_at_once(
    inside: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: what the next `winnow deduplicate` could not follow is not written, whichever of the rulings comes last."""
    path = Path("decisions/duplicates.csv")
    assert decide("1", "same", "--other", "2", stage="duplicates") == 0
    assert decide("2", "same", "--other", "4", stage="duplicates") == 0
    before = path.read_bytes()
    capsys.readouterr()
    assert decide("1", "different", "--other", "4", stage="duplicates") == 1
    said = capsys.readouterr().err
    assert "cannot be ruled different: other rulings make them the same" in said and said.count("\n") == 1
    assert path.read_bytes() == before
    assert decide("2", "different", "--other", "4", stage="duplicates") == 0
    assert decide("1", "different", "--other", "4", stage="duplicates") == 0
    capsys.readouterr()
    assert decide("2", "same", "--other", "4", stage="duplicates") == 1
    assert "duplicates.csv:5 keeps them apart" in capsys.readouterr().err


def test_a_ruling_can_settle_a_contradiction_that_was_typed_by_hand(inside: Review) -> None:
    """Law: a ledger that contradicts itself already can be mended by one ruling more."""
    path = Path("decisions/duplicates.csv")
    path.parent.mkdir(exist_ok=True)
    lines = ["2026-01-05,1,2,same,wang,,", "2026-01-05,2,4,same,wang,,", "2026-01-05,1,4,different,wang,,"]
    path.write_text("\n".join([",".join(KINDS["duplicates"].columns), *lines]) + "\n")
    assert decide("2", "different", "--other", "4", stage="duplicates") == 0


@pytest.mark.parametrize("written", ["2026-01-01", "2026-11-22T23:59:59Z", "2026-11-22", "2026-11-23", "2027-01-01"])
def test_the_last_ruling_holds_whatever_the_clock_said_before(
    inside: Review, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """Law: a ruling that is acknowledged holds, also after one dated by a clock that goes ahead, or by hand a day further east."""
    monkeypatch.setattr(deciding, "_moment", lambda: written if "T" in written else f"{written}T12:00:00Z")
    assert decide("2", "same", "--other", "4", stage="duplicates") == 0
    monkeypatch.setattr(deciding, "_moment", lambda: "2026-11-22T12:00:00Z")
    assert decide("4", "different", "--other", "2", stage="duplicates") == 0
    assert holding() == "different"
    with Path("decisions/duplicates.csv").open("a", encoding="utf-8") as out:
        out.write(f"{max(written, '2026-11-22')[:10]},2,4,same,li,typed the same day,\n")
    assert holding() == "same"


def holding() -> str:
    """What the ledger of duplicates says of the only two records that it names."""
    found = rulings.resolve(rulings.read("decisions/duplicates.csv"), tables.read("results/records/records.csv"))
    (ruling,) = [*found.same.values(), *found.different.values()]
    return ruling.ruling


@pytest.mark.parametrize(
    ("stage", "words", "code", "said"),
    [
        ("retrieval", ["1", "include"], 2, "'include' is no decision at retrieval"),
        ("title_abstract", ["1", "obtained"], 2, "'obtained' is no decision at title_abstract"),
        ("retrieval", ["1", "obtained", "--basis", "title"], 2, "--basis says nothing at retrieval"),
        ("full_text", ["1", "include", "--from", "x"], 2, "--from says nothing at full_text"),
        ("retrieval", ["1", "not_retrieved"], 1, "not retrieved, but no reason"),
        ("retrieval", ["999", "obtained"], 1, "no record of any search has this id"),
        ("duplicates", ["1", "same"], 2, "a ruling is about two records"),
        ("duplicates", ["4", "same", "--other", "999"], 1, "no record of any search has this id"),
        ("duplicates", ["4", "same", "--other", "10.1000/four"], 1, "both ids name the same record"),
        ("duplicates", ["4", "same", "--other", "PMID: 4"], 1, "both ids name the same record"),
    ],
)
def test_what_makes_no_sense_at_a_stage_leaves_the_ledgers_as_they_were(
    inside: Review, capsys: pytest.CaptureFixture[str], stage: str, words: list[str], code: int, said: str
) -> None:
    """A decision or an option of another stage, a missing reason, an unknown id: one line, and no row."""
    assert decide(*words, stage=stage) == code
    assert said in capsys.readouterr().err and not list(Path("decisions").glob("**/*.csv"))


@pytest.mark.parametrize("name", ["../wang", ".wang", "", "a b", "zhou"])
def test_a_ledger_is_written_for_named_reviewers_only(inside: Review, name: str) -> None:
    """A name that leaves the folder, or that config.yaml does not know, writes nothing."""
    with pytest.raises((LedgerError, UsageError)):
        deciding.decide(inside, name, deciding.Decision("1", "title_abstract", "include"))
    assert not list(inside.root.rglob("*zhou*.csv")) and not list(inside.root.glob("decisions/*.csv"))


def test_an_adjudicators_row_settles_a_conflict(inside: Review) -> None:
    """Anybody may adjudicate; the rows that it settles are named by their seals."""
    assert decide("1", "include") == 0 and decide("1", "exclude", reviewer="li") == 0
    assert decide("1", "include", "--role", "adjudicator", reviewer="zhou") == 0
    (row,) = rows("zhou")
    assert tables.split(row["supersedes"]) == sorted([*(r["seal"] for r in rows()), *(r["seal"] for r in rows("li"))])
    stage.run(inside)
    decisions = tables.read(inside.result("screen", "decisions.csv"))
    assert next(iter(decisions.loc[decisions["report_id"] == "pubmed:1", "agreed"])) == "adjudicated"


@pytest.mark.parametrize("table", ["records/records.csv", "deduplicate/reports.csv", "deduplicate/merged.csv"])
@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("title_abstract", ["1", "include"]),
        ("retrieval", ["1", "obtained"]),
        ("duplicates", ["1", "same", "--other", "4"]),
    ],
)
def test_nothing_is_decided_while_no_id_can_be_checked(
    inside: Review, capsys: pytest.CaptureFixture[str], table: str, stage: str, words: list[str]
) -> None:
    """Before the first run, or in the middle of one, an id may be of no record: one line says so, and no row is written."""
    (inside.results / table).unlink()
    assert decide(*words, stage=stage) == 1
    said = capsys.readouterr().err
    assert f"results/{table}: missing, so the id cannot be checked" in said and "make review" in said
    assert not list(Path("decisions").glob("**/*.csv"))


def test_sealing_without_results_says_what_the_seals_lack(
    inside: Review, write_ledger: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows are sealed all the same; that they hold no fingerprint is told, for it cannot be put in later."""
    write_ledger("screening", {"id": "1", "decision": "include"}, {"id": "2", "decision": "include"})
    inside.result("deduplicate", "merged.csv").unlink()
    assert main(["seal"]) == 0
    told = capsys.readouterr()
    assert told.out == "decisions/screening/wang.csv: 2 rows sealed\n"
    assert "2 of these have no fingerprint, since results/ is missing" in told.err
    assert all(row["seal"] and not row["fingerprint"] for row in rows())
    assert main(["seal"]) == 0 and capsys.readouterr().err == ""


def test_seal_completes_what_was_typed_by_hand(
    inside: Review, write_ledger: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows get their seal, and the fingerprint of what is there to be read now; a second time does nothing."""
    path = write_ledger("screening", {"id": "1", "decision": "include"}, {"id": "999", "decision": "include"})
    write_ledger("duplicates", {"id_1": "1", "id_2": "2", "ruling": "different", "by": "wang"})
    assert main(["verify"]) == 0 and "2 rows unsealed" in capsys.readouterr().out
    assert main(["seal"]) == 0
    assert (
        capsys.readouterr().out
        == "decisions/screening/wang.csv: 2 rows sealed\ndecisions/duplicates.csv: 1 row sealed\n"
    )
    first, second = rows()
    assert first["seal"] and first["fingerprint"] and second["seal"] and not second["fingerprint"]
    content = path.read_bytes()
    assert main(["seal", str(path)]) == 0 and path.read_bytes() == content
    assert main(["verify"]) == 0


#: cells of a row typed by hand that `winnow check` objects to
UNMENDED = [
    {"date": "22/11/2026"},
    {"date": "2999-01-01"},
    {"decision": "exclude", "criterion": "about_cups"},
    {"id": "2.07E+07"},
    {"decision": "maybe"},
]


@pytest.mark.parametrize("cells", UNMENDED)
@pytest.mark.parametrize(
    "words", [["seal"], ["decide", "2", "include", "--reviewer", "wang", "--stage", "title_abstract"]]
)
def test_no_seal_is_put_over_a_row_that_has_to_be_mended(
    inside: Review, write_ledger: Write, capsys: pytest.CaptureFixture[str], cells: dict[str, str], words: list[str]
) -> None:
    """Law: a fault of a row typed by hand is told while it can be mended, and mending it breaks no chain."""
    path = write_ledger("screening", {"id": "1", "decision": "include"} | cells)
    before = path.read_bytes()
    assert main(words) == 1
    assert "wang.csv:2: " in capsys.readouterr().err and path.read_bytes() == before
    write_ledger("screening", {"id": "1", "decision": "include"})
    assert main(words) == 0 and main(["verify"]) == 0


@pytest.mark.parametrize(("name", "said"), [("Wang", "write 'wang'"), ("wang.csv", "is no reviewer's name")])
def test_a_person_has_one_name(inside: Review, capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    """The name of somebody's ledger in other capitals, or with the file's ending, makes no second person."""
    assert decide("1", "include") == 0
    assert decide("1", "include", "--role", "adjudicator", reviewer=name) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in Path("decisions/screening").iterdir()] == ["wang.csv"]


def test_seal_refuses_a_changed_ledger_and_touches_none(
    inside: Review, write_ledger: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault in one ledger, and no ledger is sealed."""
    assert decide("1", "include") == 0
    wang = Path("decisions/screening/wang.csv")
    wang.write_bytes(wang.read_bytes().replace(b",include,", b",exclude,"))
    li = write_ledger("screening", {"id": "1", "decision": "include"}, reviewer="li")
    before = li.read_bytes()
    assert main(["seal"]) == 1
    assert "wang.csv:2" in capsys.readouterr().err and li.read_bytes() == before
    assert main(["seal", "config/config.yaml"]) == 2
