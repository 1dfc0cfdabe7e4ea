"""``winnow explain ID``."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("id", help="a record id, report id, study id, PMID or DOI")
    parser.add_argument("--raw", action="store_true", help="also print the records' text as the source gave it")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the story of the record."""
    from winnow.audit.explain import explain

    print(explain(options.review(arguments), arguments.id, raw=arguments.raw))
    return 0
