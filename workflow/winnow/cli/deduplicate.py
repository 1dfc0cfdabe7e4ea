"""``winnow deduplicate``: group the records of a CSV, or of the review in the current folder, into reports."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from winnow import tables
from winnow.cli import options
from winnow.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("records", nargs="?", metavar="RECORDS", help="a CSV of records; without it, the review's own")
    parser.add_argument("-o", "--output", metavar="REPORTS", help="where to write record_id,report_id")
    parser.add_argument("--pairs", metavar="PAIRS", help="where to write the judged pairs with their evidence")
    parser.add_argument("--merged", metavar="MERGED", help="where to write one row per report, best fields")
    parser.add_argument("--rulings", metavar="CSV", help="what people ruled: id_1,id_2,ruling (same or different)")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Deduplicate; 0 when done."""
    if arguments.records is None:
        if arguments.output or arguments.pairs or arguments.merged or arguments.rulings:
            raise UsageError("-o, --pairs, --merged and --rulings go with RECORDS", mend="name a CSV of records")
        from winnow.cli import stages

        stages.run("deduplicate", options.review(arguments))
        return 0
    if not arguments.output:
        raise UsageError("nowhere to write to", mend="add -o REPORTS")
    _refuse_one_file_twice(arguments)
    return _plain(arguments)


def _refuse_one_file_twice(arguments: argparse.Namespace) -> None:
    """No output may take the place of an input or of another output: the records would be lost."""
    named = [arguments.records, arguments.rulings, arguments.output, arguments.pairs, arguments.merged]
    files = [Path(name).resolve() for name in named if name]
    twice = next((name for name in files if files.count(name) > 1), None)
    if twice:
        raise UsageError(f"{twice.name} is named twice", mend="give each input and output a file of its own")


def _plain(arguments: argparse.Namespace) -> int:
    from winnow.decisions import rulings
    from winnow.deduplicate import core, merging, stage

    records = tables.read(arguments.records, needs=["record_id", "title"])
    ruled = rulings.read(arguments.rulings) if arguments.rulings else []
    found = core.deduplicate(records, ruled)
    stage.refuse_loss(records["record_id"].tolist(), found.reports["record_id"].tolist())
    for ruling in found.unused:
        print(f"note: {ruling.where}: {ruling.id_1} and {ruling.id_2} are not both here", file=sys.stderr)
    tables.write(arguments.output, found.reports, tables.REPORTS)
    if arguments.pairs:
        tables.write(arguments.pairs, found.pairs, tables.PAIRS)
    if arguments.merged:
        merged = merging.merge(records, found.reports)
        tables.write(arguments.merged, merged, [name for name in tables.MERGED if name in merged])
    return 0
