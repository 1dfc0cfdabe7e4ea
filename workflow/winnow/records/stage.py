"""The records stage: every record of every archived source of the review's searches, one row each, none dropped."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from winnow import files, lines, manifests, reuse, tables
from winnow.errors import InputError, RecordLossError, WinnowError, raise_all
from winnow.records import known, rows
from winnow.records.identity import RecordIds
from winnow.records.import_report import FileReport
from winnow.review import Review, Source

STAGE = "records"
#: A record's id, and its row.
Named = tuple[str, rows.Row]


def run(review: Review) -> None:
    """Write ``records/records.csv`` and ``records/import_report.json``.

    What could be read is written even when something may be lost; then the fault is raised.

    Raises:
        InputError: a source has no archive, or a file of it can't be read or was changed.
        RecordLossError: fewer or more records than start tags, or than the manifest states.
    """
    raise_all([_not_archived(source) for source in review.sources if not source.archived])
    raise_all([fault for source in review.sources for fault in manifests.verify(source.manifest)])
    found: list[tuple[Source, list[Named]]] = []
    sections: list[dict[str, Any]] = []
    faults: list[WinnowError] = []
    with reuse.kept(review, "files", STAGE) as whole, reuse.kept(review, "articles", STAGE) as articles:
        earlier = known.Known(whole, articles)
        for source in review.sources:
            records, reports, wrong = read_source(review, source, earlier)
            found.append((source, records))
            faults.extend(wrong)
            sections.append(_section(source, reports, len(records)))
    read, held = sum(section["records"] for section in sections), sum(len(records) for _, records in found)
    if read != held:
        raise RecordLossError(f"{read} records read, {held} kept", where="records/records.csv")
    table = (
        rows.line(row, record_id, source.search_id, source.name)
        for source, records in found
        for record_id, row in sorted(records, key=itemgetter(0))
    )
    lines.write(review.result(STAGE, "records.csv"), table, tables.RECORDS)
    files.write_json(review.result(STAGE, "import_report.json"), {"records": held, "sources": sections})
    raise_all(faults)


def read_source(
    review: Review, source: Source, earlier: known.Known | None = None
) -> tuple[list[Named], list[FileReport], list[WinnowError]]:
    """The rows of one source of one search, each after its id; the report of each file; what may be lost.

    Args:
        review: the review.
        source: the source.
        earlier: what an earlier run read.
    """
    earlier = earlier or known.Known()
    found: list[rows.Row] = []
    reports: list[FileReport] = []
    faults: list[WinnowError] = []
    for path, stated in _record_files(source):
        try:
            read = earlier.read(path, review.relative(path))
        except InputError as fault:
            faults.append(fault)
            continue
        found.extend(read.rows)
        reports.append(read.report)
        faults.extend(read.report.faults)
        if stated is not None and stated != len(read.rows):
            faults.append(_difference(review.relative(path), stated, len(read.rows)))
    if int(source.manifest.data["records"]) != len(found):
        where = review.relative(source.folder / manifests.NAME)
        faults.append(_difference(where, int(source.manifest.data["records"]), len(found)))
    ids = RecordIds()
    return [(ids.assign(row.content.named_by, source.name), row) for row in found], reports, faults


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
