"""``winnow decide ID DECISION --stage STAGE``: one sealed row more in the ledger of that stage."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winnow.cli import options
from winnow.decisions.kinds import ADJUDICATOR, DECISIONS, RETRIEVAL, REVIEWER, ROLES, RULINGS
from winnow.errors import UsageError
from winnow.review import Review

if TYPE_CHECKING:
    from winnow.screen.deciding import Written


def _decide(review: Review, said: argparse.Namespace) -> Written:
    from winnow.screen import deciding

    decision = deciding.Decision(
        id=said.id,
        stage=said.stage,
        decision=said.decision,
        criterion=said.criterion,
        role=said.role or REVIEWER,
        basis=said.basis,
        note=said.note,
    )
    return deciding.decide(review, said.reviewer, decision)


def _retrieve(review: Review, said: argparse.Namespace) -> Written:
    from winnow.screen import deciding

    cells = {"id": said.id, "status": said.decision, "reason": said.reason, "obtained_from": said.obtained_from}
    return deciding.retrieve(review, {**cells, "by": said.reviewer})


def _rule(review: Review, said: argparse.Namespace) -> Written:
    from winnow.screen import deciding

    if not said.other:
        raise UsageError("a ruling is about two records", mend="name the second with --other")
    return deciding.rule(review, said.id, said.other, said.decision, said.reviewer, said.note)


@dataclass(frozen=True)
class Form:
    """What can be said at a stage: one of these decisions, with these options; who writes it down, and how that is told."""

    decisions: tuple[str, ...]
    options: tuple[str, ...]
    write: Callable[[Review, argparse.Namespace], Written]
    told: str


_SCREENING = Form(DECISIONS, ("criterion", "role", "basis", "note"), _decide, "{id} {decision} at {stage}")
#: The stages are those of ``to_decide.csv``.
FORMS: Mapping[str, Form] = {
    "title_abstract": _SCREENING,
    "retrieval": Form(RETRIEVAL, ("reason", "obtained_from"), _retrieve, "{id} {decision}"),
    "full_text": _SCREENING,
    "duplicates": Form(RULINGS, ("other", "note"), _rule, "{id} and {other} are {decision}"),
}
_OPTIONS = tuple(dict.fromkeys(name for form in FORMS.values() for name in form.options))
_FLAGS = {"obtained_from": "--from"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow decide``."""
    parser.add_argument("id", help="a PMID, a DOI or a record id; the decision applies to the whole report")
    parser.add_argument(
        "decision",
        choices=tuple(dict.fromkeys(word for form in FORMS.values() for word in form.decisions)),
        metavar="DECISION",
        help=f"{', '.join(DECISIONS)}; retrieval: {', '.join(RETRIEVAL)}; duplicates: {', '.join(RULINGS)}",
    )
    parser.add_argument(
        "--reviewer", required=True, metavar="NAME", help="who decides; for screening, whose ledger it goes to"
    )
    parser.add_argument("--stage", required=True, choices=tuple(FORMS))
    screening = parser.add_argument_group("at title_abstract and full_text")
    screening.add_argument("--criterion", default="", metavar="ID", help="the primary reason for an exclusion")
    screening.add_argument(
        "--role", default="", choices=ROLES, help="adjudicator settles a conflict (default: reviewer)"
    )
    options.add_basis(screening)
    retrieval = parser.add_argument_group("at retrieval")
    retrieval.add_argument("--reason", default="", metavar="TEXT", help="why it was not retrieved")
    retrieval.add_argument("--from", dest="obtained_from", default="", metavar="TEXT", help="where it was obtained")
    duplicates = parser.add_argument_group("at duplicates")
    duplicates.add_argument("--other", default="", metavar="ID", help="the record that ID is compared with")
    parser.add_argument("--note", default="", metavar="TEXT", help="anything (not at retrieval)")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Append the row, unless it stands there already; it is on the disk when the seal is printed."""
    form = FORMS[arguments.stage]
    if arguments.decision not in form.decisions:
        raise UsageError(
            f"'{arguments.decision}' is no decision at {arguments.stage}",
            mend=f"use one of {', '.join(form.decisions)}",
        )
    for name in _OPTIONS:
        if getattr(arguments, name) and name not in form.options:
            flag = _FLAGS.get(name, f"--{name}")
            raise UsageError(f"{flag} says nothing at {arguments.stage}", mend=f"leave {flag} out")
    written = form.write(options.review(arguments), arguments)
    told = f"{written.path}: {form.told.format(**vars(arguments))}"
    if not written.new:
        told += ", already recorded; nothing was written"
    elif written.supersedes:
        settles = arguments.role == ADJUDICATOR
        told += f" ({'settles what was decided' if settles else 'replaces an earlier decision'})"
    print(f"{told}, seal {written.seal[:12]}")
    return 0
