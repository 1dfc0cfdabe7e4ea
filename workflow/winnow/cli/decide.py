"""``winnow decide ID include|exclude|unclear``: one sealed row more in a reviewer's ledger."""

from __future__ import annotations

import argparse

from winnow.cli import options
from winnow.decisions.kinds import BASES, DECISIONS, ROLES, STAGES


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow decide``."""
    parser.add_argument("id", help="a PMID, a DOI or a record id; the decision applies to the whole report")
    parser.add_argument("decision", choices=DECISIONS)
    parser.add_argument("--reviewer", required=True, metavar="NAME", help="whose ledger it goes to")
    parser.add_argument("--stage", required=True, choices=STAGES)
    parser.add_argument("--criterion", default="", metavar="ID", help="the primary reason for an exclusion")
    parser.add_argument("--role", default="reviewer", choices=ROLES, help="adjudicator settles a conflict")
    parser.add_argument(
        "--basis", default="", choices=("", *BASES), metavar="BASIS", help=f"what was read: {', '.join(BASES)}"
    )
    parser.add_argument("--note", default="", metavar="TEXT")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Append the row; it is on the disk when the seal is printed."""
    from winnow.screen import deciding

    review = options.review(arguments)
    decision = deciding.Decision(
        id=arguments.id,
        stage=arguments.stage,
        decision=arguments.decision,
        criterion=arguments.criterion,
        role=arguments.role,
        basis=arguments.basis,
        note=arguments.note,
    )
    written = deciding.decide(review, arguments.reviewer, decision)
    again = " (replaces an earlier decision)" if written.supersedes else ""
    print(f"{written.path}: {arguments.id} {arguments.decision} at {arguments.stage}{again}, seal {written.seal[:12]}")
    return 0
