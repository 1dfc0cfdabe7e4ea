"""``results/review.sqlite``: every table with its keys, the data dictionary, and views for the usual questions.

``columns.csv`` is the schema: it makes the tables and is itself the table ``data_dictionary``. The same rows give the same bytes
with the same version of SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from winnow import files, package_data
from winnow.errors import RecordLossError
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.lists import every_box
from winnow.report.story import Story

DICTIONARY = ("table", "column", "key", "refers_to", "meaning")

VIEWS = {
    "records_by_source": """select search_id, source, count(*) as records, count(distinct r.report_id) as reports
        from records join reports r using (record_id) group by search_id, source""",
    "included_reports": """select m.*, d.by, d.basis from decisions d join merged m on m.record_id = d.report_id
        where d.stage = 'full_text' and d.decision = 'include'""",
    "excluded_at_full_text": """select m.record_id, m.title, m.authors, m.year, m.journal, d.reason, d.by, d.basis
        from decisions d join merged m on m.record_id = d.report_id
        where d.stage = 'full_text' and d.decision = 'exclude'""",
    "last_decisions": """select m.record_id, m.title, m.year, d.stage, d.decision, d.reason, d.by, d.basis, d.agreed, d.stale
        from merged m join decisions d on d.report_id = m.record_id
        where d.rowid = (select max(rowid) from decisions where report_id = m.record_id)""",
    "open_work": """select t.*, m.title, m.year, m.journal from to_decide t join merged m on m.record_id = t.report_id""",
    # As agreement.csv counts them: the first decision of each reviewer on a report, in the order of the ledger's lines.
    "disagreements": """with first as (select report_id, stage, reviewer, decision,
        min(cast(substr(ledger, instr(ledger, ':') + 1) as integer)) from screening_ledger
        where role <> 'adjudicator' group by report_id, stage, reviewer)
        select a.report_id, a.stage, a.reviewer as reviewer_1, a.decision as decision_1,
        b.reviewer as reviewer_2, b.decision as decision_2, m.title
        from first a join first b on a.report_id = b.report_id and a.stage = b.stage
        and a.reviewer < b.reviewer and a.decision <> b.decision join merged m on m.record_id = a.report_id""",
    # One row for each record that is not its report's own, with the surest of the pairs that join it.
    "duplicates": """select r.report_id, r.record_id, p.rule, p.score, p.evidence from reports r
        left join pairs p on p.rowid = (select rowid from pairs where r.record_id in (record_id_1, record_id_2)
        and verdict = 'same' order by score desc, record_id_1, record_id_2 limit 1) where r.record_id <> r.report_id""",
    "values_with_quotes": """select v.study_id, v.field, v.value, v.number, v.unit, v.quote, v.by, v.checked_by, v.source
        from extracted_values v""",
}


#: Long rows waste less of a long page. No journal is needed: a file that is not finished never takes its place.
_PRAGMAS = {"page_size": "16384", "journal_mode": "off", "synchronous": "off"}


@dataclass(frozen=True)
class Column:
    """One column of one table, as the data dictionary has it."""

    table: str
    name: str
    key: str
    refers_to: str
    meaning: str


def columns() -> list[Column]:
    """The data dictionary."""
    return [Column(*row.values()) for row in package_data.rows("report/columns.csv")]


def rows_of(evidence: Evidence, story: Story, flow: Flow, lists: str) -> dict[str, Iterable[Mapping[str, str]]]:
    """The rows of every table by its name; ``lists`` is the folder of the lists."""

    def flat(by_report: Mapping[str, Sequence[Row]]) -> list[Row]:
        return [row for report in sorted(by_report) for row in by_report[report]]

    pairs = {(row["record_id_1"], row["record_id_2"], row["rule"]): row for row in flat(story.pairs)}
    boxes = {box.key: box for box in every_box(flow)}.values()
    return {
        "records": evidence.records,
        "reports": [{"record_id": record, "report_id": report} for record, report in evidence.reports.items()],
        "merged": [evidence.merged[report] for report in sorted(evidence.merged)],
        "pairs": [pairs[key] for key in sorted(pairs)],
        "verdicts": flat(story.verdicts),
        "decisions": evidence.decisions,
        "screening_ledger": [row | {"ledger": row["where"]} for row in flat(story.ledger)],
        "to_decide": story.to_decide,
        "studies": evidence.studies,
        "extracted_values": flat(story.values),
        "flow": [
            {"box": box.key, "n": str(box.n), "list": f"{lists}/{box.key}.csv"} for box in boxes if box.n is not None
        ],
        "journeys": [
            vars(row.place) | {"source": row.record["source"], "record_id": row.record["record_id"], "report_id": row.report_id}
            for row in flow.journeys
        ],
    }  # fmt: skip


def write(path: Path, rows: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
    """Write the database whole or not at all.

    Raises:
        RecordLossError: a row refers to one that is not there.
    """
    with files.beside(path) as made:
        database = sqlite3.connect(made)
        try:
            for name, value in _PRAGMAS.items():
                database.execute(f"pragma {name} = {value}")
            _fill(database, rows)
            _complete(database)
            database.commit()
        finally:
            database.close()


def _fill(database: sqlite3.Connection, rows: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
    described: dict[str, list[Column]] = {}
    for column in columns():
        described.setdefault(column.table, []).append(column)
    for table, its in described.items():
        database.execute(_definition(table, its))
        marks, names = ", ".join("?" for _ in its), [column.name for column in its]
        database.executemany(f'insert into "{table}" values ({marks})', _cells(rows.get(table, ()), names))
        for column in its:
            if column.refers_to and column.key != "primary":
                database.execute(f'create index "{table}_{column.name}" on "{table}" ("{column.name}")')
    cells = ", ".join(f'"{name}" text not null' for name in DICTIONARY)
    database.execute(f"create table data_dictionary ({cells})")
    described_rows = [(c.table, c.name, c.key, c.refers_to, c.meaning) for c in columns()]
    database.executemany("insert into data_dictionary values (?, ?, ?, ?, ?)", described_rows)
    for name, query in VIEWS.items():
        database.execute(f"create view {name} as {query}")


def _cells(rows: Iterable[Mapping[str, str]], names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The cells of these columns, row by row; what a row does not have is empty."""
    for row in rows:
        try:
            yield tuple(map(row.__getitem__, names))
        except KeyError:
            yield [row.get(name, "") for name in names]


def _definition(table: str, its: Sequence[Column]) -> str:
    cells = [
        f'"{column.name}" {"integer" if (table, column.name) == ("flow", "n") else "text"} not null' for column in its
    ]
    if primary := [f'"{column.name}"' for column in its if column.key == "primary"]:
        cells.append(f"primary key ({', '.join(primary)})")
    for column in its:
        if column.refers_to:
            other, name = column.refers_to.split(".")
            cells.append(f'foreign key ("{column.name}") references "{other}" ("{name}")')
    return f'create table "{table}" ({", ".join(cells)})'


def _complete(database: sqlite3.Connection) -> None:
    """Stop if a row refers to nothing: a record or a report was lost on the way."""
    lost = database.execute("pragma foreign_key_check").fetchmany(5)
    if lost:
        shown = "; ".join(f"{table} row {row} names no row of {parent}" for table, row, parent, _ in lost)
        raise RecordLossError(shown, where="review.sqlite", mend="run the stages again from 'winnow records'")
