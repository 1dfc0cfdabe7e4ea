"""What the tests of ledgers type, and read again: one decision, the rows of one reviewer."""

from __future__ import annotations

from pathlib import Path

from winnow.cli import main
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS

SCREENING = KINDS["screening"]


def decide(*words: str, reviewer: str = "wang", stage: str = "title_abstract") -> int:
    return main(["decide", *words, "--reviewer", reviewer, "--stage", stage])


def rows(reviewer: str = "wang") -> tuple[dict[str, str], ...]:
    return ledger.read(Path("decisions/screening") / f"{reviewer}.csv", SCREENING).rows
