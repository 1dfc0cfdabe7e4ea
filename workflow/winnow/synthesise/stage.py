"""The synthesise stage of a review: from ``extract/`` and ``config/synthesis.yaml`` to counts, statements, estimates and plots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winnow import config, files, tables
from winnow.errors import ConfigError, WinnowError, raise_all
from winnow.extract import form, reports
from winnow.extract.stage import heading, ledger
from winnow.synthesise import outcomes, plots, risk_of_bias, statements
from winnow.synthesise.evidence import Evidence

if TYPE_CHECKING:
    import pandas as pd

    from winnow.review import Review

Row = dict[str, str]

_PLAN = "synthesis.yaml"
#: What is read of a report: how its study is cited.
_CITED = ("record_id", "title", "authors", "year")


def plan(review: Review) -> dict[str, Any]:
    """``config/synthesis.yaml``; a review without one counts its studies and nothing else."""
    path = review.config_dir / _PLAN
    loaded: dict[str, Any] = config.load(path, "synthesis") if path.is_file() else {}
    return loaded or {}


def check(review: Review) -> list[WinnowError]:
    """What in ``config/synthesis.yaml`` is at fault."""
    try:
        asked = plan(review)
        known = form.load(review.config_dir / "extraction.yaml").by_id if asked else {}
    except WinnowError as error:
        return [error]
    where = str(review.config_dir / _PLAN)
    return _unknown_fields(asked, known, where) + outcomes.faults(asked, where)


def _unknown_fields(asked: dict[str, Any], known: dict[str, form.Field], where: str) -> list[WinnowError]:
    named = [(entry["id"], entry["field"]) for key in ("counts", "statements") for entry in asked.get(key, ())]
    for outcome in asked.get("outcomes", ()):
        crossover = outcome.get("crossover", {})
        fields = [outcome["events"], *outcome["total"], *(crossover[key] for key in ("events", "total") if crossover)]
        fields += [subgroup["field"] for subgroup in outcome.get("subgroups", ())]
        named += [(outcome["id"], field) for field in fields]
    return [
        ConfigError(
            f"'{name}' asks for field '{field}'", where=where, mend="which config/extraction.yaml does not have"
        )
        for name, field in named
        if field not in known
    ]


@dataclass(frozen=True)
class Synthesis:
    """What follows from some studies.

    Attributes:
        counts: rows of ``counts.csv``.
        statements: rows of ``statements.csv``.
        per_study: rows of ``per_study.csv``.
        pooled: rows of ``pooled.csv``.
        pictures: the forest plots by file name.
    """

    counts: list[Row]
    statements: list[Row]
    per_study: list[Row]
    pooled: list[Row]
    pictures: dict[str, str]


def synthesis(
    review: Review,
    values: pd.DataFrame,
    studies: Sequence[Row],
    labels: Mapping[str, str],
    notices: Mapping[str, Iterable[str]],
) -> Synthesis:
    """What follows from some of a review's studies; nothing is written.

    Args:
        review: whose form and ``config/synthesis.yaml`` say what is asked.
        values: ``tables.VALUES``.
        studies: rows of ``tables.STUDIES``.
        labels: what tables call each study.
        notices: what is told of their reports.
    """
    asked = plan(review)
    evidence = _evidence(review, values, studies)
    overlaps: dict[str, list[str]] = {}
    for row in studies:
        overlaps.setdefault(row["study_id"], []).extend(tables.split(row["overlaps_with"]))
    retracted = sorted(reports.retracted(studies, notices))
    per_study: list[Row] = []
    pooled: list[Row] = []
    pictures: dict[str, str] = {}
    for outcome in asked.get("outcomes", ()):
        found = outcomes.studies(outcome, evidence, labels, overlaps, retracted)
        rows, estimates = outcomes.per_study(outcome, found), outcomes.pooled(outcome, found, evidence)
        pictures[f"forest_{outcome['id']}.svg"] = plots.forest(outcome, rows, estimates)
        per_study += rows
        pooled += estimates
    return Synthesis(
        statements.counts(evidence, asked.get("counts", ())),
        statements.statements(evidence, asked.get("statements", ())),
        per_study,
        pooled,
        pictures,
    )


def _evidence(review: Review, values: pd.DataFrame, studies: Sequence[Row]) -> Evidence:
    fields = form.load(review.config_dir / "extraction.yaml").fields
    several = [field.id for field in fields if field.multiple]
    return Evidence(values, [row["study_id"] for row in studies], several=several)


def run(review: Review) -> None:
    """Write counts, statements, outcomes, risk of bias and plots of a review."""
    raise_all(check(review))
    values = tables.read(review.result("extract", "values.csv"), needs=tables.VALUES)
    studies = tables.rows(tables.read(review.result("extract", "studies.csv"), needs=tables.STUDIES))
    cited = reports.merged(review.result("deduplicate", "merged.csv"), [row["report_id"] for row in studies], _CITED)
    told = reports.notices(review)
    head = heading(studies, cited, told)
    labels = {row["study_id"]: row["study"] for row in head}
    judged = ledger(review.decisions / "risk_of_bias.csv", risk_of_bias.LEDGER)
    raise_all(risk_of_bias.faults(judged, [row["study_id"] for row in studies]))

    found = synthesis(review, values, studies, labels, told)
    bias = risk_of_bias.table(judged)
    pictures = dict(found.pictures)
    for tool in sorted({row["tool"] for row in bias}):
        pictures[f"risk_of_bias_{tool}.svg"] = risk_of_bias.traffic_lights(tool, bias, labels)
    evidence = _evidence(review, values, studies)
    pictures["years_designs.svg"] = plots.years_by_design(
        [
            (row["study"], row["year"], evidence.text(study, "design"), evidence.number(study, ["n_total"]))
            for row in head
            for study in [row["study_id"]]
        ]
    )

    out = review.results / "synthesise"
    tables.write_rows(out / "counts.csv", found.counts, statements.COUNTS)
    tables.write_rows(out / "statements.csv", found.statements, statements.STATEMENTS)
    tables.write_rows(out / "per_study.csv", found.per_study, outcomes.PER_STUDY)
    tables.write_rows(out / "pooled.csv", found.pooled, outcomes.POOLED)
    tables.write_rows(out / "risk_of_bias.csv", bias, risk_of_bias.COLUMNS)
    for path in sorted(out.glob("*.svg")):
        if path.name not in pictures:
            path.unlink()
    for name, picture in sorted(pictures.items()):
        files.write_text(out / name, picture)
