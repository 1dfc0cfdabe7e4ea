"""Options that several commands share."""

from __future__ import annotations

import argparse

from winnow.decisions.kinds import BASES
from winnow.review import Review, load
from winnow.tables import join


def add_review(parser: argparse.ArgumentParser) -> None:
    """``--config FILE...``: the review's configuration, overlays after it."""
    parser.add_argument(
        "--config",
        nargs="+",
        default=[],
        metavar="FILE",
        help="configuration files, merged in order (default: config/config.yaml)",
    )


def add_basis(parser: argparse._ActionsContainer) -> None:
    """``--basis``: what was read, as the ledger's column says it."""
    parser.add_argument(
        "--basis",
        default="",
        type=_basis,
        metavar="BASIS",
        help=f"what was read: {', '.join(BASES)}; several as 'title; abstract'",
    )


def _basis(given: str) -> str:
    named = [part.strip() for part in given.split(";") if part.strip()]
    if strangers := [part for part in named if part not in BASES]:
        raise argparse.ArgumentTypeError(f"'{strangers[0]}' is none of {', '.join(BASES)}")
    return join(dict.fromkeys(named))


def review(arguments: argparse.Namespace) -> Review:
    """The review in the current folder."""
    return load(arguments.config)
