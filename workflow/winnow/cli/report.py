"""``winnow report``: flow diagram, tables and page of the review in this folder."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write ``results/report``."""
    from winnow.cli import stages

    stages.run("report", options.review(arguments))
    return 0
