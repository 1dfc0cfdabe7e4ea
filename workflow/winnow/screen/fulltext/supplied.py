"""Full texts that people supply: kept under ``fulltexts/``, with their SHA-256 in decisions/retrieval.csv.

The files themselves are mostly under others' copyright, so git leaves them out; the ledger's hash says which file was read.
"""

from __future__ import annotations

import re
from pathlib import Path

from winnow import files
from winnow.decisions import ledger
from winnow.errors import InputError, LedgerError, UsageError, WinnowError
from winnow.review import Review
from winnow.screen import deciding

FOLDER = "fulltexts"
KINDS = (".pdf", ".xml", ".nxml", ".html", ".htm", ".txt")


def add(review: Review, identifier: str, path: Path, by: str, obtained_from: str = "") -> str:
    """Keep a file as the full text of a report, and write so in the ledger; returns where it stands now.

    Args:
        review: the review.
        identifier: a PMID, a DOI or a record id.
        path: the file.
        by: who obtained it.
        obtained_from: where from.

    Raises:
        InputError: the file is not there, is empty, of no kind that can be read, or no PDF though it is called one.
        LedgerError, Faults: the ledger is at fault; then nothing is kept.
        UsageError: the id names no one report.
    """
    if not path.is_file() or not path.stat().st_size:
        raise InputError("no such file, or it is empty", where=str(path), mend="name a full text")
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise InputError(
            f"'{suffix or path.name}' is no kind of full text", where=str(path), mend=f"use {', '.join(KINDS)}"
        )
    if suffix == ".pdf" and b"%PDF" not in _beginning(path):
        raise InputError(
            "it is called .pdf and is none", where=str(path), mend="open it: is it a page that asks to log in?"
        )
    seen = deciding.known(review)
    named = seen.identities.named(identifier) if seen else None
    if named is None or named.fault:
        fault = named.fault if named else "the review has not run yet"
        raise UsageError(f"'{identifier}': {fault}", mend="use an id of results/records/records.csv")
    digest = files.sha256_file(path)
    kept = review.root / FOLDER / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', named.report)}-{digest[:8]}{suffix}"
    new = not kept.exists()
    if new or files.sha256_file(kept) != digest:
        files.write_bytes(kept, path.read_bytes())
    cells = {"id": identifier, "status": "obtained", "obtained_from": obtained_from, "by": by}
    try:
        deciding.retrieve(review, {**cells, "file": review.relative(kept), "sha256": digest}, seen)
    except Exception:
        if new:
            kept.unlink()
        raise
    return review.relative(kept)


def _beginning(path: Path) -> bytes:
    """Where a PDF says what it is; readers look for it in the first kilobyte."""
    with path.open("rb") as file:
        return file.read(1024)


def check(review: Review) -> list[WinnowError]:
    """Files that are not those that the ledger names; one that is not here (git leaves them out) is no fault."""
    found: list[WinnowError] = []
    ledgers, _ = ledger.read_all(review.root, "retrieval")
    for one in ledgers:
        for row, cells in enumerate(one.rows):
            path = review.root / cells["file"]
            if not cells["file"] or ".." in Path(cells["file"]).parts or not path.is_file():
                continue
            if cells["sha256"] and files.sha256_file(path) != cells["sha256"]:
                found.append(
                    LedgerError(
                        f"{cells['file']} is not the file that was read", where=one.place(row), mend="restore it"
                    )
                )
    return found
