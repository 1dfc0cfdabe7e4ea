"""``winnow import``: any export as one table of records."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="exports of any kind; the content tells the format")
    parser.add_argument("-o", "--output", required=True, metavar="RECORDS", help="the table to write (CSV)")
    parser.add_argument("--report", metavar="JSON", help="write what was read, and what was not")
    parser.add_argument("--source", default="", metavar="NAME", help="what record ids begin with (default: the format)")
    parser.add_argument("--encoding", default="", metavar="NAME", help="the files' encoding, where it can't be told")


def run(arguments: argparse.Namespace) -> int:
    """Read the files, write the table and the report; what may be lost is an error after that."""
    from winnow.errors import raise_all
    from winnow.records import importing

    faults = importing.import_files(
        arguments.files,
        arguments.output,
        report=arguments.report or "",
        source=arguments.source,
        encoding=arguments.encoding,
    )
    raise_all(faults)
    return 0
