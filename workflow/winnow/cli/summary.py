"""``winnow summary``: what the review has come to, in a dozen lines."""

from __future__ import annotations

import argparse

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the summary."""
    from winnow.audit.summary import summary

    print(summary(options.review(arguments)))
    return 0
