"""``winnow synthesise``: counts, statements and pooled estimates of a review, from its extraction table."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing but the review's configuration."""
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the review's synthesise stage."""
    from winnow.cli import stages

    stages.run("synthesise", options.review(arguments))
    return 0
