"""The extract stage of a review: included reports to studies, and one value per field of the form.

Reads ``screen/decisions.csv``, ``deduplicate/merged.csv``, ``config/extraction.yaml``, ``decisions/studies.csv`` and
``decisions/extraction.csv``; writes ``extract/``. Everything is worked out before the first file is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import files, tables
from winnow.errors import RecordLossError, WinnowError, raise_all
from winnow.extract import cells, document, form, fulltext, readers_tables, reports, suggest, verified, workbook
from winnow.extract.passage import Passage
from winnow.text import is_han

if TYPE_CHECKING:
    from winnow.review import Review

DIFFERENCES = ("study_id", "field", "value", "by", "suggested", "confidence", "quote", "report_id", "source")
DOUBLE = ("study_id", "field", "person_1", "value_1", "person_2", "value_2", "agreed", "settled_by")
ASIDE = ("ledger", "line", "id", "why")

Ledger = list[tuple[int, dict[str, str]]]


def ledger(path: Path, columns: Sequence[str]) -> Ledger:
    """The rows of a ledger with their lines; none if the file is absent. A ledger typed by hand may lack its seals."""
    return tables.read_rows(path, [name for name in columns if name != "seal"]) if path.is_file() else []


def check(review: Review) -> list[WinnowError]:
    """What in the form and in ``decisions/extraction.csv`` is at fault."""
    try:
        asked = form.load(review.config_dir / "extraction.yaml")
        return verified.faults(ledger(review.decisions / "extraction.csv", tables.EXTRACTION_LEDGER), asked)
    except WinnowError as error:
        return [error]


def run(review: Review) -> None:
    """Write studies, values, differences, double extraction and the extraction table of a review."""
    asked = form.load(review.config_dir / "extraction.yaml")
    decided = ("report_id", "stage", "decision")
    decisions = tables.read(review.result("screen", "decisions.csv"), needs=decided, only=decided)
    people = ledger(review.decisions / "extraction.csv", tables.EXTRACTION_LEDGER)
    raise_all(verified.faults(people, asked))

    merged = review.result("deduplicate", "merged.csv")
    chosen = reports.included(decisions)
    records = reports.merged(merged, chosen)
    if lost := [report for report in chosen if report not in records]:
        raise RecordLossError(
            f"included reports without a record: {', '.join(lost)}", where=review.relative(merged),
            mend="run 'winnow deduplicate' again",
        )  # fmt: skip
    names = reports.Names(merged)
    studies, aside = reports.studies(
        chosen, ledger(review.decisions / "studies.csv", tables.STUDIES_LEDGER), names
    )  # fmt: skip
    entries, more = verified.entries(people, asked, studies, names)
    stood, compared = verified.standing(entries, asked)
    texts = _full_texts(review, names, set(chosen))
    values = ordered(asked, [*stood, *_suggestions(asked, studies, records, texts)])
    head = heading(studies, records, reports.notices(review))
    table = cells.cells(asked, values, [row["study_id"] for row in head])
    raise_all(cells.untraceable(table))

    out = review.results / "extract"
    tables.write_rows(out / "studies.csv", studies, tables.STUDIES)
    tables.write_rows(out / "values.csv", values, tables.VALUES)
    tables.write_rows(out / "differences.csv", cells.differences(asked, values), DIFFERENCES)
    tables.write_rows(out / "double_extraction.csv", compared, DOUBLE)
    tables.write_rows(out / "unmatched_rows.csv", [vars(row) for row in (*aside, *more)], ASIDE)
    columns = ("study_id", "study", "year", "reports", *(field.id for field in asked.fields))
    body = [row | {cell.field.id: cell.marked for cell in table[row["study_id"]]} for row in head]
    tables.write_rows(out / "extraction_table.csv", body, columns)
    for name, fields in readers_tables.tables_of(asked).items():
        tables.write_rows(out / f"{name}.csv", readers_tables.rows(head, table, fields), ("study_id", "study", *fields))
    files.write_bytes(out / "extraction_table.xlsx", workbook.workbook(asked, head, table))
    files.write_bytes(out / "extraction_tables.docx", document.docx(asked, head, table))
    files.write_text(out / "extraction_tables.html", readers_tables.html(asked, head, table))


def _full_texts(review: Review, names: reports.Names, wanted: set[str]) -> dict[str, list[Passage]]:
    """The passages of the documents that ``decisions/retrieval.csv`` names, by included report; the last row counts."""
    filed: dict[str, tuple[str, str]] = {}
    for _, row in ledger(review.decisions / "retrieval.csv", tables.RETRIEVAL_LEDGER):
        if (report := names.report(row["id"])) in wanted and row["file"].strip():
            filed[report] = row["file"].strip(), row["sha256"].strip()
    return {
        report: fulltext.passages(review.root / name, name, sha256) for report, (name, sha256) in sorted(filed.items())
    }


def _suggestions(
    asked: form.Form,
    studies: Sequence[Mapping[str, str]],
    records: Mapping[str, Mapping[str, str]],
    texts: Mapping[str, Sequence[Passage]],
) -> list[dict[str, str]]:
    """Each report read once; a report that describes several studies suggests to each, since a rule cannot tell them apart."""
    read: dict[str, list[dict[str, str]]] = {}
    rows = []
    for row in studies:
        report = row["report_id"]
        if report not in read:
            read[report] = suggest.suggest(asked, [*suggest.passages(records[report]), *texts.get(report, ())])
        rows += [{"study_id": row["study_id"], "report_id": report} | found for found in read[report]]
    return rows


def ordered(asked: form.Form, values: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Values by study and field in the form's order, people's first, then by report and place."""
    place = {field.id: order for order, field in enumerate(asked.fields)}
    return sorted(
        values,
        key=lambda row: (
            row["study_id"], place[row["field"]], row["by"].startswith("rule:"), row["report_id"], row["source"],
            int(row["start"] or 0), row["value"], row["by"],
        ),
    )  # fmt: skip


def heading(
    studies: Sequence[Mapping[str, str]],
    records: Mapping[str, Mapping[str, str]],
    notices: Mapping[str, Iterable[str]],
) -> list[dict[str, str]]:
    """One row per study: its label (first author and year of its first report), year and reports, in order of year.

    A study all of whose reports were retracted says so wherever it is named.

    Args:
        studies: rows of ``studies.csv``.
        records: the merged row of each report.
        notices: what is told of each report (:func:`winnow.extract.reports.notices`).
    """
    retracted = reports.retracted(studies, notices)
    of_study: dict[str, list[str]] = {}
    for row in studies:
        of_study.setdefault(row["study_id"], []).append(row["report_id"])
    rows = []
    for study, its in of_study.items():
        first = min(
            (records[report] for report in its), key=lambda row: (row.get("year", "") or "9999", row["record_id"])
        )
        rows.append(
            {
                "study_id": study,
                "study": label(first, study) + (" (retracted)" if study in retracted else ""),
                "year": first.get("year", ""),
                "reports": tables.join(sorted(its)),
            }
        )
    return sorted(rows, key=lambda row: (row["year"] or "9999", row["study"], row["study_id"]))


def label(record: Mapping[str, str], study: str) -> str:
    """``Family Year`` as tables cite a study; a Chinese name stands whole. Without an author, the name people gave the study."""
    author = (tables.split(record.get("authors", "")) or [""])[0]
    family = author if is_han(author) else author.split(",")[0]
    if name := family.replace(",", "").strip():
        return " ".join(part for part in (name, record.get("year", "")) if part)
    return study if study != record["record_id"] else (record.get("title", "") or study)[:60]
