"""The small made-up review, for the tests of the ledgers and of what they come to."""

from __future__ import annotations

from small_review import inside, small_review, write_ledger

__all__ = ["inside", "small_review", "write_ledger"]
