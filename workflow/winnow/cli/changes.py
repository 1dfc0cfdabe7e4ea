"""``winnow changes``: what the latest search changed, in a dozen lines; for a scheduled update, as an exit code."""

from __future__ import annotations

import argparse

from winnow.cli import options

#: The exit code that says that the latest search brought something (0: nothing; 1 and 2 are faults).
SOMETHING_NEW = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "--exit-code",
        action="store_true",
        help=f"exit with {SOMETHING_NEW} if the latest search brought anything new, with 0 if not",
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the numbers of ``report/changes.csv``; they are made by ``winnow report``."""
    from winnow.report import changes_told

    lines, news = changes_told.told(options.review(arguments))
    print("\n".join(lines))
    return SOMETHING_NEW if arguments.exit_code and news else 0
