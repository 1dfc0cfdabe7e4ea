"""``winnow screen``: verdicts on a table of records, or the screening stage of the review in the current folder."""

from __future__ import annotations

import argparse
import sys

from winnow import tables
from winnow.cli import options
from winnow.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "records", nargs="?", metavar="RECORDS", help="a CSV of records; without it, the review's stage"
    )
    parser.add_argument(
        "--criteria", metavar="YAML", help="a criteria file, builtin:designs or builtin:population"
    )  # fmt: skip
    parser.add_argument(
        "--compare", metavar="YAML", help="list the reports whose proposal changes under these criteria, and why"
    )
    parser.add_argument(
        "-o", "--output", metavar="CSV", help="where the table goes (default with --compare: the terminal)"
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Screen, or compare two sets of criteria."""
    if arguments.compare:
        return _compare(arguments)
    if arguments.records is None:
        if arguments.criteria or arguments.output:
            raise UsageError("--criteria and -o need RECORDS", mend="winnow screen RECORDS --criteria YAML -o VERDICTS")
        from winnow.cli import stages

        stages.run("screen", options.review(arguments))
        return 0
    if not arguments.criteria or not arguments.output:
        raise UsageError("RECORDS needs --criteria and -o", mend="winnow screen RECORDS --criteria YAML -o VERDICTS")
    from winnow.screen.criteria import load
    from winnow.screen.verdicts import verdicts

    criteria = load(arguments.criteria)
    records = tables.read(arguments.records, needs=("record_id", "title"))
    tables.write(arguments.output, verdicts(records, criteria), tables.VERDICTS)
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from winnow.screen.compare import CHANGES, changes
    from winnow.screen.criteria import load

    if arguments.records is None:
        review = options.review(arguments)
        records, own = review.result("deduplicate", "merged.csv"), review.config_dir / "criteria.yaml"
    else:
        if not arguments.criteria:
            raise UsageError(
                "--compare with RECORDS needs --criteria too", mend="--criteria ONE.yaml --compare OTHER.yaml"
            )
        records, own = arguments.records, arguments.criteria
    before, after = load(arguments.criteria or own), load(arguments.compare)
    table = changes(tables.read(records, needs=("record_id", "title")), before, after)
    if arguments.output:
        tables.write(arguments.output, table, CHANGES)
    else:
        for row in tables.rows(table):
            print(
                f"{row['report_id']}\t{row['before']} ({row['reason_before'] or '-'}) -> "
                f"{row['after']} ({row['reason_after'] or '-'})\n\t{row['title']}\n\t{row['criteria_changed']}"
            )
    print(f"{len(table)} reports change", file=sys.stderr)
    return 0
