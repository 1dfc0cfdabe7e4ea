"""Protocol amendments: ``config/amendments.csv`` names each approved version of the protocol by its hash.

The ledger starts with a baseline row for each file of the protocol. From then on a file whose SHA-256 is not that of its last row
is a fault that says what to write: returning to an earlier version changes the protocol like any other change. Approved versions
are kept in ``config/history/``, so that anyone can read what a decision was taken under.
A review whose ledger is absent or has no row has not fixed its protocol yet, and nothing is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from winnow import files
from winnow.decisions import ledger, rule_verdicts
from winnow.decisions.append import append
from winnow.decisions.kinds import KINDS
from winnow.errors import LedgerError, UsageError, WinnowError
from winnow.review import Review

#: The files that fix what the review asks and how it answers, relative to the review.
PROTOCOL = ("config/criteria.yaml", "config/extraction.yaml", "config/synthesis.yaml", "config/strategy/*.txt")
LEDGER = "config/amendments.csv"
HISTORY = "config/history"


def protocol_files(review: Review) -> list[str]:
    """The protocol's files that are there, sorted."""
    return sorted(path.relative_to(review.root).as_posix() for name in PROTOCOL for path in review.root.glob(name))


def history_path(root: Path, name: str, sha256: str) -> Path:
    """Where the approved version of a file with this hash is kept."""
    path = Path(name)
    return root / HISTORY / f"{path.stem}-{sha256[:12]}{path.suffix}"


def rows(review: Review) -> list[dict[str, str]]:
    """The amendments in the order in which they were written."""
    return list(ledger.read(review.root / LEDGER, KINDS["amendments"], LEDGER).rows)


def check(review: Review) -> list[WinnowError]:
    """Protocol files that are gone or not as approved last, and approved versions missing or changed in ``config/history/``."""
    try:
        approved = rows(review)
    except WinnowError:
        return []  # a ledger that cannot be read is told with the other ledgers
    if not approved:
        return []
    known, last = {(row["file"], row["sha256"]) for row in approved}, _last(approved)
    found: list[WinnowError] = []
    for name in protocol_files(review):
        sha256 = files.sha256_file(review.root / name)
        if sha256 != last.get(name):
            found.append(
                LedgerError(
                    f"an earlier version again, and the last row of {LEDGER} names another"
                    if (name, sha256) in known
                    else f"changed, and {LEDGER} has no row for this version",
                    where=name,
                    mend=f'winnow amend {name} --reason "..." --results-known yes|no --by NAME, or restore the file',
                )
            )
    for name in sorted(last):
        if name != rule_verdicts.NAME and not (review.root / name).is_file():
            found.append(
                LedgerError(
                    f"approved in {LEDGER}, and not there",
                    where=name,
                    mend="restore it from git; to do without it, leave it empty and approve that",
                )
            )
    for name, sha256 in sorted(known):
        kept = history_path(review.root, name, sha256)
        if not kept.is_file() or files.sha256_file(kept) != sha256:
            found.append(
                LedgerError(
                    "missing or changed",
                    where=kept.relative_to(review.root).as_posix(),
                    mend=f"restore the approved version of {name} from git",
                )
            )
    return found


def amend(
    review: Review, names: Sequence[str], *, reason: str, results_known: str, by: str, verdicts: bool = False
) -> list[str]:
    """Approve the present version of files of the protocol; returns the files that were not approved last.

    Args:
        review: the review.
        names: protocol files relative to the review; none means all of them.
        reason: why the protocol changed, or that this is the baseline.
        results_known: ``yes`` or ``no``: whether results were known when it changed.
        by: who answers for it.
        verdicts: approve what the rules say now, too.

    Raises:
        InputError: ``verdicts``, and the review has not been screened.
        UsageError: a name is no file of the protocol.
        LedgerError, Faults: the ledger's chain is broken, or a cell is at fault.
    """
    known = protocol_files(review)
    chosen = list(names) or known
    for name in chosen:
        if name not in known:
            raise UsageError(f"'{name}' is no file of the protocol", mend=f"choose from {', '.join(known)}")
    last = _last(rows(review))
    contents = {name: (review.root / name).read_bytes() for name in chosen}
    if verdicts:
        contents[rule_verdicts.NAME] = rule_verdicts.content(review)
    written = []
    for name, content in contents.items():
        sha256 = files.sha256_bytes(content)
        if sha256 == last.get(name):
            continue
        cells = {
            "date": datetime.now(UTC).date().isoformat(),
            "file": name,
            "sha256": sha256,
            "reason": reason,
            "results_known": results_known,
            "by": by,
        }
        keep = partial(_kept, history_path(review.root, name, sha256), content)
        if append(review.root / LEDGER, KINDS["amendments"], partial(_unless_approved, cells), keep):
            written.append(name)
    return written


def _kept(path: Path, content: bytes, now: ledger.Ledger) -> list[LedgerError]:
    """Keep a version, unless its row is at fault: before the row is written, so that no row is without its version."""
    found = ledger.faults(now)
    if not found:
        files.write_bytes(path, content)
    return found


def _unless_approved(cells: dict[str, str], now: ledger.Ledger) -> dict[str, str] | None:
    """The row, unless somebody else approved the same version since the ledger was looked at."""
    return None if _last(now.rows).get(cells["file"]) == cells["sha256"] else cells


def _last(approved: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The hash of each file's version that was approved last."""
    return {row["file"]: row["sha256"] for row in approved}
