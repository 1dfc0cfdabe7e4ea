"""``winnow verify``: were the ledgers changed since they were sealed? With a ZIP: is the audit pack what it was?

With ``--tables``: does every cell of the extraction and synthesis tables follow from a quote or a person's row?
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from winnow.cli import options
from winnow.errors import UsageError, WinnowError, shown
from winnow.text import counted

if TYPE_CHECKING:
    from winnow.review import Review


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow verify``."""
    parser.add_argument(
        "pack", nargs="?", metavar="ZIP", help="an audit pack to check instead of the ledgers in this folder"
    )
    parser.add_argument(
        "--against", metavar="HEADS", help="chain heads recorded earlier (a CSV, or an audit pack that holds one)"
    )
    parser.add_argument(
        "--tables", action="store_true",
        help="also work out the extraction and synthesis tables once more, and name each cell that does not follow",
    )  # fmt: skip
    parser.add_argument("-o", dest="output", metavar="HEADS", help="write the chain heads as they are now")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """One line per ledger, one line per fault."""
    if arguments.pack:
        if arguments.tables:
            raise UsageError("--tables is for a review's folder", mend="leave it out, or name no ZIP")
        return _pack(Path(arguments.pack))
    return _ledgers(arguments)


def _pack(path: Path) -> int:
    from winnow.audit import packed

    packed.verify(path)
    print(f"{path}: every file is as it was packed")
    return 0


def _ledgers(arguments: argparse.Namespace) -> int:
    from winnow.decisions import chains
    from winnow.errors import raise_all

    review = options.review(arguments)
    ledgers = chains.read(review.root)
    recorded = chains.read_heads(Path(arguments.against)) if arguments.against else []
    faults = chains.verify(ledgers, recorded)
    for one in ledgers:
        print(chains.summary(one), file=sys.stdout)
    if arguments.against:
        print(f"{shown(arguments.against)}: {counted(len(recorded), 'recorded head')} held against the ledgers")
    if arguments.tables:
        faults += _tables(review)
    raise_all(faults)
    if arguments.output:
        chains.write_heads(Path(arguments.output), ledgers)
    return 0


def _tables(review: Review) -> list[WinnowError]:
    from winnow.audit import cells

    try:
        found = cells.faults(review)
    except WinnowError as fault:  # told beside what the ledgers' chains say, not instead of it
        return [fault]
    if not found:
        print(cells.summary(cells.written(review.results)))
    return found
