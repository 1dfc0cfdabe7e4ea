"""The synthesise stage of a review: from ``extract/`` and ``config/synthesis.yaml`` to counts and statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winnow import config, tables
from winnow.extract import form
from winnow.synthesise import statements
from winnow.synthesise.evidence import Evidence

if TYPE_CHECKING:
    from winnow.review import Review


def plan(review: Review) -> dict[str, Any]:
    """``config/synthesis.yaml``; a review without one counts its studies and nothing else."""
    path = review.config_dir / "synthesis.yaml"
    loaded: dict[str, Any] = config.load(path, "synthesis") if path.is_file() else {}
    return loaded or {}


def run(review: Review) -> None:
    """Write counts and statements of a review."""
    asked = plan(review)
    fields = form.load(review.config_dir / "extraction.yaml")
    values = tables.read(review.result("extract", "values.csv"), needs=tables.VALUES)
    studies = tables.read(review.result("extract", "studies.csv"), needs=tables.STUDIES)
    several = [field.id for field in fields.fields if field.multiple]
    evidence = Evidence(values, list(studies["study_id"]), several=several)

    counted = statements.counts(evidence, asked.get("counts", ()))
    stated = statements.statements(evidence, asked.get("statements", ()))

    out = review.results / "synthesise"
    tables.write_rows(out / "counts.csv", counted, statements.COUNTS)
    tables.write_rows(out / "statements.csv", stated, statements.STATEMENTS)
