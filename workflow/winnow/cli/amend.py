"""``winnow amend``: approve a changed file of the protocol, with the reason."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("file", nargs="*", help="files of the protocol, such as config/criteria.yaml (default: all)")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why it changed")
    parser.add_argument(
        "--results-known", required=True, choices=("yes", "no"), help="whether results were known when it changed"
    )
    parser.add_argument("--by", required=True, metavar="NAME", help="who answers for the change")
    parser.add_argument(
        "--verdicts",
        action="store_true",
        help="approve what the rules say now, too: later verdicts are held against it",
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Append one sealed row for each changed file and keep the version in config/history/."""
    from winnow.decisions import amendments

    written = amendments.amend(
        options.review(arguments),
        arguments.file,
        reason=arguments.reason,
        results_known=arguments.results_known,
        by=arguments.by,
        verdicts=arguments.verdicts,
    )
    for name in written:
        print(f"{amendments.LEDGER}: {name} approved")
    if not written:
        print("nothing has changed since the last approved version")
    return 0
