"""``winnow amend``: approve a changed file of the protocol, with the reason."""

from __future__ import annotations

import argparse

from winnow.cli import options
from winnow.errors import InputError
from winnow.review import Review


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

    review = options.review(arguments)
    if arguments.verdicts:
        _held_to_the_present(review)
    written = amendments.amend(
        review,
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


def _held_to_the_present(review: Review) -> None:
    """Approve no verdicts that follow from other criteria or records than the review has now.

    Raises:
        InputError: those of the results are not what the rules say.
    """
    from winnow.screen.state import judged

    path = review.result("screen", "verdicts.csv")
    if not path.is_file():
        return  # that there are none is said where they are read
    now, written = (
        [(row["report_id"], row["criterion"], row["verdict"]) for row in judged(review, again=again).verdicts]
        for again in (True, False)
    )
    if now != written:
        raise InputError(
            "not what the rules say now",
            where=review.relative(path),
            mend="approve the protocol without --verdicts, run the review, then approve its verdicts",
        )
