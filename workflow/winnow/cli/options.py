"""Options that several commands share."""

from __future__ import annotations

import argparse

from winnow.review import Review, load


def add_review(parser: argparse.ArgumentParser) -> None:
    """``--config FILE...``: the review's configuration, overlays after it."""
    parser.add_argument(
        "--config",
        nargs="+",
        default=[],
        metavar="FILE",
        help="configuration files, merged in order (default: config/config.yaml)",
    )


def review(arguments: argparse.Namespace) -> Review:
    """The review in the current folder."""
    return load(arguments.config)
