"""What people decided: append-only ledgers, their seals, and what they come to."""

from __future__ import annotations

from winnow.decisions.checking import check

__all__ = ["check"]
