"""What the rules said of every report when somebody approved it, so that a verdict that differs later is told.

A version stands in ``config/history/`` beside those of the protocol, under its hash in ``config/amendments.csv``. It holds the
verdicts on each report and a hash of the text that they follow from. Where the text is the same, criteria or code have changed or,
for what rests on weak evidence, the other reports that it was weighed against.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from winnow import reuse, tables
from winnow.errors import InputError
from winnow.review import Review

#: How the ledger of amendments calls it.
NAME = "verdicts.csv"
COLUMNS = ("report_id", "text", "verdicts")
#: The columns whose content is hashed. Fixed for all time: a version is held against those of other code.
TEXT = ("title", "original_title", "abstract", "keywords", "mesh", "publication_types", "language", "year")
_LENGTH = 16


def content(review: Review) -> bytes:
    """The present verdicts, one row per report.

    Raises:
        InputError: the review has not been screened, or since then put together anew.
    """
    path = review.result("screen", "verdicts.csv")
    if not path.is_file():
        raise InputError("no verdicts yet", where=review.relative(path), mend="run the review first: make review")
    merged = tables.read(review.result("deduplicate", "merged.csv"), needs=("record_id",), columns=TEXT)
    said: dict[str, list[str]] = {row["record_id"]: [text(row), ""] for row in tables.rows(merged)}
    for row in tables.rows(tables.read(path, needs=tables.VERDICTS)):
        its = said.get(row["report_id"])
        if its is None:
            raise InputError(
                f"verdicts on '{row['report_id']}', which is no report",
                where=review.relative(path),
                mend="run the review again: make review",
            )
        its[1] = tables.join((its[1], f"{row['criterion']}: {row['verdict']}"))
    return tables.csv_bytes(((report, *its) for report, its in sorted(said.items())), COLUMNS)


def read(path: Path) -> dict[str, tuple[str, dict[str, str]]]:
    """For each report the hash of its text, and its verdict by criterion.

    Raises:
        InputError: the version is not there, or not what :func:`content` writes.
    """
    found = {}
    for row in tables.rows(tables.read(path, needs=COLUMNS)):
        said = [entry.rpartition(": ") for entry in tables.split(row["verdicts"])]
        if not all(criterion for criterion, _, _ in said):
            raise InputError(
                f"no verdicts on '{row['report_id']}': {row['verdicts']}",
                where=str(path),
                mend="restore the file from git",
            )
        found[row["report_id"]] = (row["text"], {criterion: verdict for criterion, _, verdict in said})
    return found


def text(report: Mapping[str, str]) -> str:
    """The hash of what rules read of a report's merged row; the same for all time, like :data:`TEXT`."""
    return reuse.key([report.get(name, "") for name in TEXT])[:_LENGTH]
