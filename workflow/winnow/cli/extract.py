"""``winnow extract``: suggest values from any table of records, or join them with what people extracted in a review."""

from __future__ import annotations

import argparse

from winnow.cli import options
from winnow.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """RECORDS with ``--form`` and ``-o``, or nothing inside a review."""
    parser.add_argument("records", nargs="?", metavar="RECORDS", help="a CSV with record_id and title at least")
    parser.add_argument("--form", metavar="YAML", help="an extraction form, or builtin:trial")
    parser.add_argument("-o", "--output", metavar="VALUES", help="where the values go (CSV, one row per value found)")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Suggest from RECORDS, or run the review's extract stage."""
    if arguments.records is None:
        if arguments.form or arguments.output:
            raise UsageError("--form and -o go with RECORDS", mend="name a CSV of records, or leave them out")
        from winnow.cli import stages

        stages.run("extract", options.review(arguments))
        return 0
    if not arguments.form or not arguments.output:
        raise UsageError("RECORDS need --form and -o", mend="try --form builtin:trial -o values.csv")
    from winnow.extract import records

    records.run(arguments.records, arguments.form, arguments.output)
    return 0
