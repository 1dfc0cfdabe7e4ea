"""The records stage: every record of every archived source of the review's searches, one row each, none dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from winnow import files, manifests, reuse, tables
from winnow.errors import InputError, RecordLossError, WinnowError, raise_all
from winnow.records import known
from winnow.records.identity import RecordIds
from winnow.records.import_report import FileReport
from winnow.review import Review, Source

STAGE = "records"


def run(review: Review) -> None:
    """Write ``records/records.csv`` and ``records/import_report.json``.

    What could be read is written even when something may be lost; then the fault is raised.

    Raises:
        InputError: a source has no archive, or a file of it can't be read or was changed.
        RecordLossError: fewer or more records than start tags, or than the manifest states.
    """
    raise_all([_not_archived(source) for source in review.sources if not source.archived])
    raise_all([fault for source in review.sources for fault in manifests.verify(source.manifest)])
    rows: list[dict[str, str]] = []
    sections: list[dict[str, Any]] = []
    faults: list[WinnowError] = []
    with reuse.kept(review, "files", STAGE) as whole, reuse.kept(review, "articles", STAGE) as articles:
        for source in review.sources:
            found, reports, wrong = read_source(review, source, whole, articles)
            rows.extend(sorted(found, key=lambda row: row["record_id"]))
            faults.extend(wrong)
            sections.append(_section(source, reports, len(found)))
    read = sum(section["records"] for section in sections)
    if read != len(rows):
        raise RecordLossError(f"{read} records read, {len(rows)} kept", where="records/records.csv")
    tables.write_rows(review.result(STAGE, "records.csv"), rows, tables.RECORDS)
    files.write_json(review.result(STAGE, "import_report.json"), {"records": len(rows), "sources": sections})
    raise_all(faults)


def read_source(
    review: Review, source: Source, whole: reuse.Kept = reuse.NOTHING, articles: reuse.Kept = reuse.NOTHING
) -> tuple[list[dict[str, str]], list[FileReport], list[WinnowError]]:
    """The rows of one source of one search, with ids; the report of each file; what may be lost.

    Args:
        review: the review.
        source: the source.
        whole: files as an earlier run read them.
        articles: PubMed's articles as an earlier run read them.
    """
    rows: list[dict[str, str]] = []
    reports: list[FileReport] = []
    faults: list[WinnowError] = []
    for path, stated in _record_files(source):
        try:
            imported = known.imported(path, review.relative(path), whole, articles)
        except InputError as fault:
            faults.append(fault)
            continue
        rows.extend(imported.records)
        reports.append(imported.report)
        faults.extend(imported.report.faults)
        if stated is not None and stated != len(imported.records):
            faults.append(_difference(review.relative(path), stated, len(imported.records)))
    if int(source.manifest.data["records"]) != len(rows):
        where = review.relative(source.folder / manifests.NAME)
        faults.append(_difference(where, int(source.manifest.data["records"]), len(rows)))
    ids = RecordIds()
    for row in rows:
        row |= {
            "record_id": ids.assign(row, source.name),
            "search_id": source.search_id,
            "source": source.name,
        }
        del row["format"]
    return rows, reports, faults


def _record_files(source: Source) -> Iterator[tuple[Path, int | None]]:
    for entry in source.manifest.data["files"]:
        if entry.get("role", "records") == "records":
            yield source.folder / entry["path"], entry.get("records")


def _difference(where: str, stated: int, read: int) -> RecordLossError:
    return RecordLossError(f"the manifest states {stated} records, {read} were read", where=where, mend="file it again")


def _not_archived(source: Source) -> InputError:
    return InputError(
        f"search '{source.search_id}' has no archive of '{source.name}'",
        where=f"searches/{source.search_id}/{source.name}",
        mend=f"run 'winnow search {source.search_id}' or 'winnow add {source.search_id} {source.name} FILE...'",
    )


def _section(source: Source, reports: list[FileReport], records: int) -> dict[str, Any]:
    return {
        "search": source.search_id,
        "source": source.name,
        "kind": source.kind,
        "method": source.manifest.method,
        "records": records,
        "files": [report.as_json() for report in reports],
    }
