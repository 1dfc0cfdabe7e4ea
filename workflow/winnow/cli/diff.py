"""``winnow diff``: what changed between two searches."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("first", metavar="SEARCH_A", help="the earlier search")
    parser.add_argument("second", metavar="SEARCH_B", help="the later search")
    parser.add_argument(
        "-o", "--output", metavar="CSV", help="the table (default: results/search/diff_SEARCH_A_SEARCH_B.csv)"
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the table of changes and print how many records there are of each kind."""
    from winnow.search import diff

    review = options.review(arguments)
    found = diff.between(review, arguments.first, arguments.second)
    default = review.result("search", f"diff_{arguments.first}_{arguments.second}.csv")
    path = arguments.output or default
    diff.write(path, found)
    for kind, number in diff.counts(found).items():
        print(f"{number:>6}  {kind}: {diff.CHANGES[kind]}")
    print(f"        {path}")
    return 0
