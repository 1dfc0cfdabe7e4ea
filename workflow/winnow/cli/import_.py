"""``winnow import``: any export as one table of records; with ``--decisions`` the decisions in it as a reviewer's ledger."""

from __future__ import annotations

import argparse
from pathlib import Path

from winnow.cli import options
from winnow.decisions.kinds import DECISIONS, STAGES
from winnow.errors import UsageError, raise_all
from winnow.text import counted


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="exports of any kind; the content tells the format")
    parser.add_argument("-o", "--output", required=True, metavar="RECORDS", help="the table to write (CSV)")
    parser.add_argument("--report", metavar="JSON", help="write what was read, and what was not")
    parser.add_argument("--source", default="", metavar="NAME", help="what record ids begin with (default: the format)")
    parser.add_argument("--encoding", default="", metavar="NAME", help="the files' encoding, where it can't be told")
    past = parser.add_argument_group("past decisions", "out of Rayyan's or Covidence's exports, as a new ledger")
    past.add_argument("--decisions", action="store_true", help="write a reviewer's ledger instead of records")
    past.add_argument("--stage", choices=STAGES, help="the stage at which they were made")
    past.add_argument("--date", metavar="YYYY-MM-DD", help="the day that the rows get")
    past.add_argument("--person", default="", metavar="NAME", help="whose decisions, as Rayyan calls them")
    past.add_argument("--decision", default="", choices=("", *DECISIONS), help="what Covidence's file is the list of")
    options.add_basis(past)
    past.add_argument(
        "--criterion", action="append", default=[], metavar="REASON=ID", help="the criterion that a reason means"
    )
    past.add_argument("--records", type=Path, metavar="RECORDS", help="the review's records, to name one by its title")


def run(arguments: argparse.Namespace) -> int:
    """Read the files, write what was asked for; what may be lost is an error after that."""
    if arguments.decisions:
        return _past_decisions(arguments)
    from winnow.records import importing

    reports, faults = importing.import_files(
        arguments.files,
        arguments.output,
        report=arguments.report or "",
        source=arguments.source,
        encoding=arguments.encoding,
    )
    for report in reports:
        print(report.summary)
    raise_all(faults)
    return 0


def _past_decisions(arguments: argparse.Namespace) -> int:
    from winnow import tables
    from winnow.records import past_decisions

    if not (arguments.stage and arguments.date):
        raise UsageError("--decisions needs --stage and --date", mend="see 'winnow import --help'")
    told = past_decisions.Told(
        stage=arguments.stage,
        date=arguments.date,
        person=arguments.person,
        decision=arguments.decision,
        basis=arguments.basis,
        criteria=dict(map(_reason, arguments.criterion)),
    )
    needed = ("record_id", "title")
    records = [row for _, row in tables.read_rows(arguments.records, needed)] if arguments.records else []
    past = past_decisions.read([Path(name) for name in arguments.files], told, records)
    past_decisions.write(Path(arguments.output), past)
    decisions, undecided = counted(len(past.rows), "decision"), counted(past.undecided, "record")
    print(f"{arguments.output}: {decisions}, {undecided} without one")
    raise_all(past.faults)
    return 0


def _reason(given: str) -> tuple[str, str]:
    reason, equals, criterion = given.partition("=")
    if not (equals and reason.strip() and criterion.strip()):
        raise UsageError(f"--criterion {given}", mend="write --criterion 'wrong population=adults'")
    return reason.strip().lower(), criterion.strip()
