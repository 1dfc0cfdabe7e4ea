"""The pages about decisions say what the code does."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from winnow.decisions.kinds import BASES, DECISIONS, RETRIEVAL, ROLES, STAGES
from winnow.tables import SCREENING_LEDGER

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_seal_that_is_worked_out_by_hand_is_that_seal() -> None:
    """The command printed in the page gives the seal printed below it."""
    page = (DOCS / "audit-a-decision.md").read_text(encoding="utf-8")
    found = re.search(r"printf '%s' '(.+)' \| sha256sum\n\s+([0-9a-f]{64})", page)
    assert found is not None
    assert hashlib.sha256(found.group(1).encode()).hexdigest() == found.group(2)


def test_every_column_and_word_of_a_ledger_is_explained() -> None:
    """No column, stage, decision, role, basis or status is missing from the page."""
    page = (DOCS / "screening.md").read_text(encoding="utf-8")
    for word in (*SCREENING_LEDGER, *STAGES, *DECISIONS, *ROLES, *BASES, *RETRIEVAL):
        assert f"`{word}`" in page, word
