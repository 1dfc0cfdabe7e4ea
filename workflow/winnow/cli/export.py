"""``winnow export``: records for Covidence, Rayyan, ASReview, EndNote or Zotero."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("records", type=Path, metavar="RECORDS", help="a table of records (CSV)")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="its end tells the format: .ris .nbib .bib .csv",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write every record."""
    from winnow.records import exporting

    count = exporting.export(arguments.records, arguments.output)
    print(f"{arguments.output}: {count} records")
    return 0
