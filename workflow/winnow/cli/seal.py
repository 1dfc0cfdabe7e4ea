"""``winnow seal``: seal the rows that were typed by hand."""

from __future__ import annotations

import argparse
import sys

from winnow.cli import options
from winnow.text import counted


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow seal``."""
    parser.add_argument(
        "ledgers", nargs="*", metavar="FILE", help="ledgers to seal, such as decisions/studies.csv (default: all)"
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Seal and say how many rows, ledger by ledger; all ledgers are checked before the first is touched."""
    from winnow.screen.sealing import seal

    for one in seal(options.review(arguments), arguments.ledgers):
        print(f"{one.where}: {counted(one.rows, 'row')} sealed" if one.rows else f"{one.where}: nothing to seal")
        if one.unread:
            print(
                f"winnow: {one.where}: {one.unread} of these have no fingerprint, since results/ is missing: "
                "a later change of their records will not be noticed",
                file=sys.stderr,
            )
    return 0
