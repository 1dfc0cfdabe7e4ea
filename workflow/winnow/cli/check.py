"""``winnow check``."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print nothing and return 0, or raise every fault at once."""
    from winnow.audit import check

    check.require(options.review(arguments))
    return 0
