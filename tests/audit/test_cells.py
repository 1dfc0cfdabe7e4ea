"""Every cell of every extraction and synthesis table leads to a quote or to a person's row: take either away, and it is noticed."""

from __future__ import annotations

import csv
import random
import shutil
import tempfile
from pathlib import Path

import pytest

from winnow import review, tables
from winnow.audit import cells
from winnow.cli import main
from winnow.errors import WinnowError
from winnow.extract import stage as extract
from winnow.review import Review
from winnow.synthesise import stage as synthesise

ROOT = Path(__file__).parents[2]
ALL = {
    "extract/values.csv", "extract/studies.csv", "extract/extraction_table.csv", "extract/characteristics.csv",
    "extract/results.csv", "extract/adverse_events.csv", "extract/differences.csv", "extract/double_extraction.csv",
    "extract/unmatched_rows.csv",
    "synthesise/counts.csv", "synthesise/statements.csv", "synthesise/per_study.csv", "synthesise/pooled.csv",
    "synthesise/risk_of_bias.csv",
}  # fmt: skip
#: What a row is about: names of studies, fields and of what the plan asks for. The other cells must lead to a source.
KEYS = frozenset(
    ("study_id", "report_id", "field", "outcome", "group", "subgroup", "studies_counted", "model", "id", "label", "tool", "domain",
     "person_1", "person_2", "ledger")
)  # fmt: skip

CONFIG = "review: {title: Made up}\nsearches: [{id: first, years: [1990, 2000], databases: [pubmed]}]\n"
FORM = """fields:
  - {id: design, question: Q, type: choice, allowed: [randomised trial, retrospective]}
  - {id: n_total, question: Q, type: integer, extractor: sample_size.total}
  - {id: response_n, question: Q, type: integer, table: results}
  - {id: dose, question: Q, multiple: true, extractor: dose}
  - {id: harms, question: Q, table: adverse_events}
"""
PLAN = """counts: [{id: design, field: design}]
statements:
  - {id: size, field: n_total, how: sum, text: "{sum} in {n} of {studies}, {low} to {high}, {median}"}
  - {id: harms, field: harms, how: count, text: "{n} of {stated}"}
outcomes:
  - id: response
    label: L
    definition: D
    time: T
    denominator: N
    events: response_n
    total: [n_total]
    groups: [{id: all, label: All, designs: [retrospective], pool: true, why: W}]
"""


def write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def generated(folder: Path, seed: int) -> Review:
    """A review of a few studies, drawn by chance: some values of one person, some of two, some only suggested."""
    draw = random.Random(seed)
    (folder / "config").mkdir(parents=True)
    for name, text in (("config", CONFIG), ("extraction", FORM), ("synthesis", PLAN)):
        (folder / f"config/{name}.yaml").write_text(text, encoding="utf-8")
    reports = [f"pubmed:{draw.randrange(10, 99)}{order}" for order in range(4)]
    write(
        folder / "results/deduplicate/merged.csv",
        tables.MERGED,
        [
            {"record_id": report, "title": "A trial", "authors": f"Ito{order}, A", "year": str(1990 + order),
             "abstract": f"A total of {draw.randrange(20, 90)} patients were randomized to 0.{order + 1} g/kg of the drug."}
            for order, report in enumerate(reports)
        ],
    )  # fmt: skip
    write(
        folder / "results/screen/decisions.csv",
        tables.DECISIONS,
        [{"report_id": report, "stage": "full_text", "decision": "include", "by": "ann"} for report in reports],
    )
    values = [
        {"id": report, "field": field, "value": value, "number": value if value.isdigit() else "", "quote": f"q {value}",
         "source": "p. 2", "by": by, "date": "2026-01-01"}
        for report in reports
        for field, value in (
            ("design", draw.choice(["randomised trial", "retrospective", "retrospective", "retrospective"])),
            ("n_total", str(draw.randrange(20, 90))), ("response_n", str(draw.randrange(1, 19))), ("harms", draw.choice("xyz")),
        )
        for by in draw.choice([["ann"], ["ann"], ["ann"], ["ann", "bob"]])
    ]  # fmt: skip
    values.append(values[0] | {"id": "pubmed:1", "value": "retrospective"})
    values.append(values[0] | {"by": "bob", "value": "randomised trial"})
    values.append(values[1] | {"field": "n_total", "by": "bob", "value": "91", "number": "91"})
    write(folder / "decisions/extraction.csv", tables.EXTRACTION_LEDGER, values)
    write(
        folder / "decisions/studies.csv",
        tables.STUDIES_LEDGER,
        [
            {"date": "2026-01-01", "study_id": "alpha", "id": reports[0], "role": "primary", "by": "ann", "note": "joined"},
            {"date": "2026-01-01", "study_id": "alpha", "id": reports[1], "role": "companion", "by": "ann",
             "overlaps_with": reports[2]},
        ],
    )  # fmt: skip
    write(
        folder / "decisions/risk_of_bias.csv",
        tables.RISK_OF_BIAS_LEDGER,
        [
            {"date": "2026-01-01", "study": report, "tool": "rob2", "domain": "randomisation", "judgement": "low", "quote": "drawn",
             "source": "p. 1", "by": "ann"}
            for report in reports[2:4]
        ],
    )  # fmt: skip
    return run(review.load(root=folder))


def run(of: Review) -> Review:
    extract.run(of)
    synthesise.run(of)
    return of


def bundled(folder: Path) -> Review:
    for name in ("config", "decisions", "results/screen", "results/deduplicate"):
        shutil.copytree(ROOT / name, folder / name)
    return run(review.load(root=folder))


def walkthrough(folder: Path) -> Review:
    import importlib

    shutil.copytree(
        ROOT / "examples/walkthrough", folder, ignore=shutil.ignore_patterns("results*", ".*"), dirs_exist_ok=True
    )
    of = review.load(root=folder)
    for stage in ("records", "deduplicate", "screen"):
        importlib.import_module(f"winnow.{stage}.stage").run(of)
    return run(of)


@pytest.fixture(scope="module", params=["bundled", "walkthrough", "generated 1", "generated 2", "generated 3"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Review:
    folder = tmp_path_factory.mktemp("review")
    kind, _, seed = request.param.partition(" ")
    return generated(folder, int(seed)) if seed else {"bundled": bundled, "walkthrough": walkthrough}[kind](folder)


def test_every_cell_that_is_emptied_is_named(made: Review) -> None:
    """Of every table nothing is amiss as it stands; empty any one cell, headings too, and its table, line and column are named."""
    follows, stands = cells.worked_out(made), cells.written(made.results)
    assert set(stands) == ALL and cells.faults(made) == []
    for name, lines in stands.items():
        for line, row in enumerate(lines):
            for column, cell in enumerate(row):
                if cell:
                    emptied = [list(each) for each in lines]
                    emptied[line][column] = ""
                    (fault,) = cells.differing(name, emptied, follows[name])
                    assert fault.line.startswith(f"{name}:{line + 1}: {follows[name][0][column]} is ''")
            fewer = [each for other, each in enumerate(lines) if other != line]
            (fault,) = cells.differing(name, fewer, follows[name])
            assert fault.line.startswith(f"{name}:")


def test_a_value_without_its_quote_is_refused(made: Review) -> None:
    """Take the quotes from people's rows, and the tables are not worked out: each of the rows is named."""
    for name, check in (("extraction", extract.check), ("risk_of_bias", bias_faults)):
        path = made.decisions / f"{name}.csv"
        if path.is_file():
            whole, rows = path.read_bytes(), tables.read_rows(path)
            write(path, tuple(rows[0][1]), [row | {"quote": ""} for _, row in rows])
            try:
                said = [fault.line for fault in check(made)]
            finally:
                path.write_bytes(whole)
            wanted = [f"{name}.csv:{line}: no quote" for line, row in rows if row.get("value", "judged")]
            assert len(said) == len(wanted) and all(want in one for want, one in zip(wanted, said, strict=True))


def bias_faults(of: Review) -> list[WinnowError]:
    from winnow.extract.stage import ledger
    from winnow.synthesise import risk_of_bias

    studies = {row["study_id"] for row in tables.rows(tables.read(of.result("extract", "studies.csv")))}
    return risk_of_bias.faults(ledger(of.decisions / "risk_of_bias.csv", risk_of_bias.LEDGER), sorted(studies))


def keys(name: str) -> frozenset[str]:
    """The columns that say what a row of a table is about; a count is about its value."""
    return KEYS | {"value"} if name == "synthesise/counts.csv" else KEYS


def keyed(name: str, lines: cells.Lines) -> dict[tuple[str, ...], dict[str, str]]:
    """Rows by what they are about; rows about the same thing are told apart by their order."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in lines[1:]:
        named = dict(zip(lines[0], row, strict=True))
        key = (name, *(f"{column}={cell}" for column, cell in named.items() if column in keys(name)))
        while key in found:
            key = (*key, "again")
        found[key] = named
    return found


def without(name: str, rows: list[tuple[int, dict[str, str]]], gone: tuple[str, ...]) -> list[dict[str, str]]:
    """A source less what it says of one thing; of a record, which other tables name, only what is printed of it is taken."""
    bare = {"title": "", "abstract": "", "authors": "", "year": ""} if name == "merged" else None
    return [row if about(row) != gone else row | (bare or {}) for _, row in rows if bare or about(row) != gone]


def about(row: dict[str, str]) -> tuple[str, ...]:
    """The report or study that a row is about, and the field or domain."""
    return tuple(row.get(column, "") for column in ("id", "study", "report_id", "record_id", "field", "domain"))


def test_every_cell_leads_to_a_persons_row_or_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every cell there are rows of a ledger, an inclusion or a text without which it is another cell, or gone."""
    monkeypatch.setattr(extract.workbook, "workbook", lambda *_: b"")  # no tables, and slow
    monkeypatch.setattr(extract.document, "docx", lambda *_: b"")
    of = generated(tmp_path, 4)
    before = {key: row for name, lines in cells.written(of.results).items() for key, row in keyed(name, lines).items()}
    unled = {
        (key, column)
        for key, row in before.items()
        for column, cell in row.items()
        if cell and column not in keys(key[0])
    }
    assert len(unled) > 150
    sources = [of.decisions / f"{name}.csv" for name in ("extraction", "studies", "risk_of_bias")]
    for path in (*sources, of.result("screen", "decisions.csv"), of.result("deduplicate", "merged.csv")):
        whole, rows = path.read_bytes(), tables.read_rows(path)
        for gone in dict.fromkeys(about(row) for _, row in rows):
            write(path, tuple(rows[0][1]), without(path.stem, rows, gone))
            try:
                tables_now = cells.worked_out(of)
            except WinnowError as refused:  # another ledger names a study that is gone: refused, and it is named
                unled = {
                    (key, column) for key, column in unled
                    if not any(part.removeprefix("study_id=") in refused.line for part in key if part.startswith("study_id="))
                }  # fmt: skip
                continue
            after = {key: row for name, lines in tables_now.items() for key, row in keyed(name, lines).items()}
            unled = {
                (key, column) for key, column in unled if key in after and after[key][column] == before[key][column]
            }
        path.write_bytes(whole)
    assert sorted(unled) == []


def test_the_command_names_the_cell(
    made: Review, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`winnow verify --tables` says how many cells follow, and exits 1 with the one that does not."""
    monkeypatch.chdir(made.root)
    assert main(["verify", "--tables"]) == 0
    assert "14 tables" in capsys.readouterr().out
    path = made.result("synthesise", "counts.csv")
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(",all,", ",every,", 1), encoding="utf-8")
    try:
        assert main(["verify", "--tables"]) == 1
    finally:
        path.write_text(whole, encoding="utf-8")
    assert "results/synthesise/counts.csv:2: value is 'every' where 'all' follows" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ("results/screen/decisions.csv", "winnow: results/screen/decisions.csv: missing"),
        ("results/deduplicate/merged.csv", "winnow: results/deduplicate/merged.csv: missing"),
        ("a merged row", "results/deduplicate/merged.csv"),
    ],
)
def test_tables_that_cannot_be_worked_out_are_told_beside_a_changed_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], gone: str, says: str
) -> None:
    """What is missing is named as it stands in the review, not by the copy; what the chains show is told as well."""
    generated(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    assert main(["seal"]) == 0
    ledger = tmp_path / "decisions/studies.csv"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("joined", "parted"), encoding="utf-8")
    if gone == "a merged row":
        merged = tmp_path / "results/deduplicate/merged.csv"
        merged.write_text("".join(merged.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    else:
        (tmp_path / gone).unlink()
    capsys.readouterr()
    assert main(["verify", "--tables"]) == 1
    said = capsys.readouterr().err
    assert says in said
    assert "decisions/studies.csv:2" in said
    assert str(tmp_path) not in said and tempfile.gettempdir() not in said
