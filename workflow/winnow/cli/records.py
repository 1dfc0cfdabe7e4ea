"""``winnow records``: the review's records stage."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read every archived source of the review in this folder."""
    from winnow.cli import stages

    stages.run("records", options.review(arguments))
    return 0
