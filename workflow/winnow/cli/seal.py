"""``winnow seal``: seal the rows that were typed by hand."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow seal``."""
    parser.add_argument(
        "ledgers", nargs="*", metavar="FILE", help="ledgers to seal, such as decisions/studies.csv (default: all)"
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Seal and say how many rows, ledger by ledger; all ledgers are checked before the first is touched."""
    from winnow.screen import deciding

    review = options.review(arguments)
    for where, count in deciding.seal(review, arguments.ledgers):
        print(f"{where}: {count} row{'s' if count > 1 else ''} sealed" if count else f"{where}: nothing to seal")
    return 0
