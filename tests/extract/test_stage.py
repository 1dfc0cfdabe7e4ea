"""The extract stage as a whole: every included report reaches a study, every value a quote or a person's row."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from winnow import review, tables
from winnow.errors import WinnowError
from winnow.extract import stage

FORM = Path(__file__).parents[2] / "config" / "extraction.yaml"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A made-up review: two included reports, one of them Chinese, one excluded."""
    write(
        tmp_path / "config/config.yaml",
        "review: {title: Made up}\nsearches: [{id: first, years: [1990, 2000], databases: [pubmed]}]\n",
    )
    shutil.copy(FORM, tmp_path / "config/extraction.yaml")
    write(
        tmp_path / "results/deduplicate/merged.csv",
        "record_id,record_ids,pmid,doi,title,abstract,authors,year\n"
        'pubmed:11,pubmed:11; cnki:aa,11,10.1000/x,A made-up trial,"We randomised 26 patients (16 with PM, 10 with DM). '
        'IVIG 0.4 g/kg daily for 5 days was given; 20 of 26 patients improved.","Ito, A; Abe, B",1994\n'
        "cnki:bb,cnki:bb,,,编造的研究,治疗组32例患者,王小明,1996\n"
        "pubmed:33,pubmed:33,33,,Excluded,,,1990\n",
    )
    write(
        tmp_path / "results/screen/decisions.csv",
        "report_id,stage,decision,reason,by,basis,agreed,stale\n"
        "cnki:bb,full_text,include,,p,,,\npubmed:11,title_abstract,include,,p,,,\n"
        "pubmed:11,full_text,include,,p,,,\npubmed:33,full_text,exclude,x,p,,,\n",
    )
    return tmp_path


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    stage.run(review.load())
    return folder / "results/extract"


LEDGER = ",".join(tables.EXTRACTION_LEDGER) + "\n"


def test_each_included_report_is_in_a_study(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a ledger every included report is its own study, and no other report is in one."""
    out = run(folder, monkeypatch)
    studies = tables.read(out / "studies.csv")
    assert list(studies["study_id"]) == list(studies["report_id"]) == ["cnki:bb", "pubmed:11"]


def test_ledger_joins_companions_and_tells_studies_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report may describe several studies and a study have several reports; rows that reach none are listed."""
    write(
        folder / "decisions/studies.csv",
        ",".join(tables.STUDIES_LEDGER) + "\n"
        "2026-01-01,alpha,11,primary,,p,,\n2026-01-01,beta,https://doi.org/10.1000/X,primary,alpha,p,,\n"
        "2026-01-01,alpha,cnki:bb,companion,,p,,\n2026-01-01,gamma,33,primary,,p,,\n2026-01-01,gamma,44,primary,,p,,\n",
    )
    out = run(folder, monkeypatch)
    studies = tables.read(out / "studies.csv")
    pairs = list(zip(studies["study_id"], studies["report_id"], strict=True))
    assert pairs == [("alpha", "cnki:bb"), ("alpha", "pubmed:11"), ("beta", "pubmed:11")]
    aside = tables.read(out / "unmatched_rows.csv")
    assert list(aside["why"]) == ["not an included report", "no such report"]


def test_withdrawn_row_gives_the_report_its_own_study_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is taken back loses no report."""
    write(
        folder / "decisions/studies.csv",
        ",".join(tables.STUDIES_LEDGER) + "\n2026-01-01,alpha,11,primary,,p,,\n2026-01-02,alpha,11,withdrawn,,p,,\n",
    )
    assert "pubmed:11" in set(tables.read(run(folder, monkeypatch) / "studies.csv")["study_id"])


NOTICED = pytest.mark.parametrize(
    ("notice", "marked"),
    [("retracted in pubmed:99", True), ("Retraction in: Made Up J 2001", True), ("erratum in pubmed:98", False),
     ("retraction of pubmed:97", False), ("expression of concern in pubmed:96", False), ("", False)],
)  # fmt: skip


@NOTICED
def test_a_retracted_study_says_so_in_every_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch, notice: str, marked: bool
) -> None:
    """Whoever reads a table alone learns that a study was retracted; a companion report that stands keeps the study standing."""
    merged = folder / "results/deduplicate/merged.csv"
    lines = merged.read_text(encoding="utf-8").splitlines()
    lines[0] += ",notices"
    lines[1] += f",{notice}"
    merged.write_text("\n".join([*lines[:2], *(line + "," for line in lines[2:])]) + "\n", encoding="utf-8")
    out = run(folder, monkeypatch)
    said = "Ito 1994 (retracted)" if marked else "Ito 1994"
    for name in ("extraction_table", "characteristics", "results", "adverse_events"):
        assert said in list(tables.read(out / f"{name}.csv")["study"])
    assert said in (out / "extraction_tables.html").read_text(encoding="utf-8")
    write(
        folder / "decisions/studies.csv",
        ",".join(tables.STUDIES_LEDGER)
        + "\n2026-01-01,alpha,11,primary,,p,,\n2026-01-01,alpha,cnki:bb,companion,,p,,\n",
    )
    assert list(tables.read(run(folder, monkeypatch) / "extraction_table.csv")["study"]) == ["Ito 1994"]


def test_a_persons_value_wins_and_the_difference_is_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cell shows the person's value; the suggestion stays beside it in values.csv and in differences.csv."""
    write(
        folder / "decisions/extraction.csv",
        LEDGER + "2026-01-01,,11,n_total,25,25,participants,twenty-five were treated,full text,ann,bob,,\n",
    )
    out = run(folder, monkeypatch)
    table = tables.read(out / "extraction_table.csv").set_index("study_id")
    assert table.loc["pubmed:11", "n_total"] == "25"
    values = tables.read(out / "values.csv")
    total = values[(values["study_id"] == "pubmed:11") & (values["field"] == "n_total")]
    assert list(total["value"]) == ["25", "26"]
    person, rule = total["by"]
    assert person == "ann" and rule.startswith("rule:")
    differences = tables.read(out / "differences.csv")
    assert ("n_total", "25", "26") in set(
        zip(differences["field"], differences["value"], differences["suggested"], strict=True)
    )


def test_every_value_leads_to_its_quote(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suggestion's offsets are those of its quote in the text it names; no value is without a quote."""
    out = run(folder, monkeypatch)
    merged = tables.read(folder / "results/deduplicate/merged.csv").set_index("record_id")
    values = tables.read(out / "values.csv")
    assert len(values) > 5
    for row in values.to_dict("records"):
        text = merged.loc[row["report_id"], row["source"]]
        assert row["quote"] and text[int(row["start"]) : int(row["end"])] == row["quote"]
        assert 0 <= float(row["confidence"]) <= 1


def test_unverified_cells_are_marked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell of the table is a person's, marked unverified, or says that there is nothing in the text."""
    out = run(folder, monkeypatch)
    table = tables.read(out / "extraction_table.csv")
    cells = table.drop(columns=["study_id", "study", "year", "reports"]).to_numpy().ravel()
    assert all(cell.endswith("(unverified)") or cell == "not in text" for cell in cells)
    assert list(table["study"]) == ["Ito 1994", "王小明 1996"]


def test_two_readers_are_compared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people who differ leave a disputed cell until a checker settles it; the comparison is kept either way."""
    rows = (
        "2026-01-01,,11,n_total,26,26,,q,s,ann,,,\n2026-01-01,,11,n_total,25,25,,q,s,bob,,,\n"
        "2026-01-01,,11,n_pm,16,16,,q,s,ann,,,\n2026-01-01,,11,n_pm,16,16,,q,s,bob,,,\n"
    )
    write(folder / "decisions/extraction.csv", LEDGER + rows)
    out = run(folder, monkeypatch)
    table = tables.read(out / "extraction_table.csv").set_index("study_id")
    assert table.loc["pubmed:11", "n_total"].endswith("(disputed)")
    assert table.loc["pubmed:11", "n_pm"] == "16"
    double = tables.read(out / "double_extraction.csv")
    assert list(zip(double["field"], double["agreed"], strict=True)) == [("n_total", "no"), ("n_pm", "yes")]
    write(folder / "decisions/extraction.csv", LEDGER + rows + "2026-01-02,,11,n_total,26,26,,q,s,ann,cat,,\n")
    out = run(folder, monkeypatch)
    table = tables.read(out / "extraction_table.csv").set_index("study_id")
    assert table.loc["pubmed:11", "n_total"] == "26"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2026-01-01,,11,n_totl,26,26,,q,s,ann,,,", "no field 'n_totl'"),
        ("2026-01-01,,11,design,nonsense,,,q,s,ann,,,", "'nonsense' is no design"),
        ("2026-01-01,,11,n_total,26,many,,q,s,ann,,,", "number is 'many'"),
        ("2026-01-01,,11,n_total,26,26,,,s,ann,,,", "no quote"),
        ("2026-01-01,,11,n_total,26,26,,q,s,,,,", "nobody is named"),
        ("2026-01-01,,11,response_percent,260,260,,q,s,ann,,,", "cannot be 260"),
    ],
)
def test_a_fault_names_its_line_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, row: str, says: str
) -> None:
    """A row that does not fit the form stops the stage before anything is written."""
    write(folder / "decisions/extraction.csv", LEDGER + row + "\n")
    with pytest.raises(WinnowError, match=says) as fault:
        run(folder, monkeypatch)
    assert "extraction.csv:2" in fault.value.line and "\n" not in fault.value.line
    assert not (folder / "results/extract").exists()


def test_an_included_report_without_a_record_stops_the_stage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost record is a fault, never a shorter table."""
    path = folder / "results/deduplicate/merged.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("cnki:bb")), encoding="utf-8")
    with pytest.raises(WinnowError, match="without a record"):
        run(folder, monkeypatch)


def test_same_inputs_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs write the same bytes, the workbook's too, and the workbook tells no time but its fixed one."""
    out = run(folder, monkeypatch)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert first == {path.name: path.read_bytes() for path in run(folder, monkeypatch).iterdir()}
    with zipfile.ZipFile(io.BytesIO(first["extraction_table.xlsx"])) as book:
        assert {info.date_time[0] for info in book.infolist()} == {1980}
        assert b"2000-01-01" in book.read("docProps/core.xml")
