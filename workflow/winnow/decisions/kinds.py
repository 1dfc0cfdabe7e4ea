"""The ledgers that people write: where each stands, its columns, and what its cells may say. A table, so that a rule is a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from winnow import tables

STAGES = ("title_abstract", "full_text")
DECISIONS = ("include", "exclude", "unclear")
ROLES = REVIEWER, ADJUDICATOR = "reviewer", "adjudicator"
BASES = ("title", "abstract", "full text", "public facts")

#: ``obtained``: the document was read. ``other_basis``: assessed on what is public, without the document. ``sought``: still looked
#: for. ``not_retrieved``: given up, with the reason.
RETRIEVAL = ("obtained", "other_basis", "sought", "not_retrieved")
RULINGS = ("same", "different")


@dataclass(frozen=True)
class Kind:
    """One kind of ledger.

    Attributes:
        path: where it stands in the review; ``*`` is the reviewer.
        columns: its header, ``seal`` last.
        required: columns whose cell is never empty.
        allowed: what a cell may say; an empty cell is judged by ``required`` alone.
        lists: columns that may hold several of the allowed words, joined by ``; ``.
    """

    name: str
    path: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "screening",
            "decisions/screening/*.csv",
            tables.SCREENING_LEDGER,
            ("date", "id", "stage", "decision", "role"),
            {"stage": STAGES, "decision": DECISIONS, "role": ROLES, "basis": BASES},
            ("basis",),
        ),
        Kind(
            "duplicates",
            "decisions/duplicates.csv",
            tables.DUPLICATES_LEDGER,
            ("date", "id_1", "id_2", "ruling", "by"),
            {"ruling": RULINGS},
        ),
        Kind("studies", "decisions/studies.csv", tables.STUDIES_LEDGER, ("date", "study_id", "by")),
        Kind(
            "retrieval",
            "decisions/retrieval.csv",
            tables.RETRIEVAL_LEDGER,
            ("date", "id", "status", "by"),
            {"status": RETRIEVAL},
        ),
        Kind(
            "extraction",
            "decisions/extraction.csv",
            tables.EXTRACTION_LEDGER,
            ("date", "field", "value", "quote", "source", "by"),
        ),
        Kind(
            "risk_of_bias",
            "decisions/risk_of_bias.csv",
            tables.RISK_OF_BIAS_LEDGER,
            ("date", "study", "tool", "domain", "judgement", "quote", "source", "by"),
        ),
        Kind(
            "amendments",
            "config/amendments.csv",
            tables.AMENDMENTS_LEDGER,
            ("date", "file", "sha256", "reason", "by"),
            {"results_known": ("yes", "no")},
        ),
    )
}
