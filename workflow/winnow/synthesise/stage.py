"""The synthesise stage of a review: from ``extract/`` and ``config/synthesis.yaml`` to counts, statements, estimates and plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from winnow import config, files, tables
from winnow.errors import WinnowError, raise_all
from winnow.extract import form, reports
from winnow.extract.stage import heading, ledger
from winnow.synthesise import outcomes, plots, risk_of_bias, statements
from winnow.synthesise.evidence import Evidence

if TYPE_CHECKING:
    import pandas as pd

    from winnow.review import Review

_PLAN = "synthesis.yaml"
#: What is read of a report: how its study is cited, and whether it was retracted.
_READ = ("record_id", "title", "authors", "year", "notices")


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
    from winnow.errors import ConfigError

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


def conclusions(
    review: Review, values: pd.DataFrame, studies: Sequence[dict[str, str]], records: Mapping[str, dict[str, str]]
) -> dict[str, list[dict[str, str]]]:
    """Counts, statements and pooled estimates that follow from some of a review's studies; nothing is written.

    Args:
        review: whose form and ``config/synthesis.yaml`` say what is asked.
        values: ``tables.VALUES``.
        studies: rows of ``tables.STUDIES``.
        records: the merged row of each report of these studies.
    """
    asked = plan(review)
    fields = form.load(review.config_dir / "extraction.yaml")
    several = [field.id for field in fields.fields if field.multiple]
    evidence = Evidence(values, [row["study_id"] for row in studies], several=several)
    labels = {row["study_id"]: row["study"] for row in heading(studies, records)}
    return {
        "counts": statements.counts(evidence, asked.get("counts", ())),
        "statements": statements.statements(evidence, asked.get("statements", ())),
        "pooled": _outcomes(asked, evidence, labels, studies, records)[1],
    }


def run(review: Review) -> None:
    """Write counts, statements, outcomes, risk of bias and plots of a review."""
    raise_all(check(review))
    asked = plan(review)
    fields = form.load(review.config_dir / "extraction.yaml")
    values = tables.read(review.result("extract", "values.csv"), needs=tables.VALUES)
    studies = tables.rows(tables.read(review.result("extract", "studies.csv"), needs=tables.STUDIES))
    records = reports.merged(review.result("deduplicate", "merged.csv"), [row["report_id"] for row in studies], _READ)
    ids = [row["study_id"] for row in studies]
    several = [field.id for field in fields.fields if field.multiple]
    evidence = Evidence(values, ids, several=several)
    head = heading(studies, records)
    labels = {row["study_id"]: row["study"] for row in head}
    judged = ledger(review.decisions / "risk_of_bias.csv", risk_of_bias.LEDGER)
    raise_all(risk_of_bias.faults(judged, ids))

    counted = statements.counts(evidence, asked.get("counts", ()))
    stated = statements.statements(evidence, asked.get("statements", ()))
    each, together, pictures = _outcomes(asked, evidence, labels, studies, records)
    bias = risk_of_bias.table(judged)
    for tool in sorted({row["tool"] for row in bias}):
        pictures[f"risk_of_bias_{tool}.svg"] = risk_of_bias.traffic_lights(tool, bias, labels)
    pictures["years_designs.svg"] = plots.years_by_design(
        [
            (row["study"], row["year"], evidence.text(study, "design"), evidence.number(study, ["n_total"]))
            for row in head
            for study in [row["study_id"]]
        ]
    )

    out = review.results / "synthesise"
    tables.write_rows(out / "counts.csv", counted, statements.COUNTS)
    tables.write_rows(out / "statements.csv", stated, statements.STATEMENTS)
    tables.write_rows(out / "per_study.csv", each, outcomes.PER_STUDY)
    tables.write_rows(out / "pooled.csv", together, outcomes.POOLED)
    tables.write_rows(out / "risk_of_bias.csv", bias, risk_of_bias.COLUMNS)
    for path in sorted(out.glob("*.svg")):
        if path.name not in pictures:
            path.unlink()
    for name, picture in sorted(pictures.items()):
        files.write_text(out / name, picture)


def _outcomes(
    asked: dict[str, Any],
    evidence: Evidence,
    labels: dict[str, str],
    studies: Sequence[dict[str, str]],
    records: Mapping[str, dict[str, str]],
) -> tuple[list[dict[str, str]], list[dict[str, str]], dict[str, str]]:
    """Rows of ``per_study.csv`` and ``pooled.csv``, and the forest plots by file name."""
    overlaps: dict[str, list[str]] = {}
    for row in studies:
        overlaps.setdefault(row["study_id"], []).extend(tables.split(row["overlaps_with"]))
    retracted = sorted(reports.retracted(studies, records))
    each: list[dict[str, str]] = []
    together: list[dict[str, str]] = []
    pictures: dict[str, str] = {}
    for outcome in asked.get("outcomes", ()):
        found = outcomes.studies(outcome, evidence, labels, overlaps, retracted)
        rows, pooled = outcomes.per_study(outcome, found), outcomes.pooled(outcome, found, evidence)
        pictures[f"forest_{outcome['id']}.svg"] = plots.forest(outcome, rows, pooled)
        each += rows
        together += pooled
    return each, together, pictures
