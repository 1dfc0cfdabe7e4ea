"""Outcomes as proportions: which studies count, each with its exact interval, and what is pooled.

Nothing is pooled unless ``config/synthesis.yaml`` says what the outcome is, when, of whom, in which designs, and ``pool: true``.
A study that cannot be counted is listed with the reason. Every pooled estimate is worked out twice: of all studies, and without
the reports that were retracted and the studies that declare an overlap with another one here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winnow import tables
from winnow.errors import ConfigError, WinnowError
from winnow.synthesise.evidence import Evidence, spoken

if TYPE_CHECKING:
    from winnow.synthesise import pooling

PER_STUDY = (
    "outcome", "group", "study_id", "study", "events", "total", "proportion", "low", "high", "counted", "why", "overlap",
    "retracted",
)  # fmt: skip
POOLED = (
    "outcome", "group", "subgroup", "studies_counted", "model", "k", "events", "total", "proportion", "low", "high",
    "prediction_low", "prediction_high", "tau2", "i2", "q", "studies", "note",
)  # fmt: skip

ALL, REDUCED = "all", "without retracted and overlapping"
_RANDOMISED = re.compile(r"randomi[sz]ed", re.IGNORECASE)
_NOT = re.compile(r"non-?randomi[sz]ed|not randomi[sz]ed", re.IGNORECASE)
_CROSSOVER = re.compile(r"cross-?over", re.IGNORECASE)


@dataclass(frozen=True)
class Study:
    """One study in one group of one outcome."""

    id: str
    label: str
    group: str
    events: int | None
    total: int | None
    why: str
    overlap: str
    retracted: bool

    @property
    def counts(self) -> bool:
        """Whether it has what a proportion needs."""
        return not self.why


def faults(plan: Mapping[str, Any], where: str) -> list[WinnowError]:
    """Groups that would join randomised and other designs."""
    found: list[WinnowError] = []
    for outcome in plan.get("outcomes", ()):
        for group in outcome["groups"]:
            kinds = {_randomised(design) for design in group["designs"]}
            if len(kinds) > 1:
                found.append(
                    ConfigError(
                        f"outcome '{outcome['id']}', group '{group['id']}' joins randomised and other designs",
                        where=where,
                        mend="give each a group of its own",
                    )
                )
    return found


def _randomised(design: str) -> bool:
    return bool(_RANDOMISED.search(design)) and not _NOT.search(design)


def studies(
    outcome: Mapping[str, Any],
    evidence: Evidence,
    labels: Mapping[str, str],
    overlaps: Mapping[str, Sequence[str]],
    retracted: Sequence[str],
) -> list[Study]:
    """Every included study in its group, with its numbers or with the reason why it has none.

    Args:
        outcome: one entry of ``outcomes`` in ``config/synthesis.yaml``.
        evidence: the settled values.
        labels: what tables call each study.
        overlaps: for each study, the studies it declares an overlap with.
        retracted: studies all of whose reports were retracted.
    """
    group_of = {design.casefold(): group["id"] for group in outcome["groups"] for design in group["designs"]}
    found = []
    for study in evidence.studies:
        design = evidence.text(study, "design")
        group = group_of.get(design.casefold(), "")
        events, total, why = _numbers(outcome, evidence, study, design)
        if not group:
            why = f"design '{design}' is in no group" if design else "design not established"
        shared = [other for other in overlaps.get(study, ()) if other in evidence.studies]
        found.append(
            Study(study, labels.get(study, study), group, events, total, why, tables.join(shared), study in retracted)
        )
    return found


def _numbers(
    outcome: Mapping[str, Any], evidence: Evidence, study: str, design: str
) -> tuple[int | None, int | None, str]:  # fmt: skip
    crossover = outcome.get("crossover", {})
    periods = bool(_CROSSOVER.search(design)) or study in crossover.get("studies", ())
    if periods and not crossover:
        return None, None, "a crossover, and no first-period fields are named"
    events_field, totals = (
        (crossover["events"], [crossover["total"]]) if periods else (outcome["events"], outcome["total"])
    )
    events, total = evidence.number(study, [events_field]), evidence.number(study, totals)
    kind = "first-period " if periods else ""
    if events is None:
        return None, None, f"no {kind}{events_field} established"
    if total is None:
        return None, None, f"no {kind}denominator established"
    if events != int(events) or total != int(total) or not 0 <= events <= total or total < 1:
        return None, None, f"{spoken(events)} of {spoken(total)} is no proportion"
    return int(events), int(total), ""


def per_study(outcome: Mapping[str, Any], found: Sequence[Study]) -> list[dict[str, str]]:
    """A row per study, with its exact 95 % interval if it counts."""
    from winnow.synthesise import pooling

    rows = []
    for study in found:
        row = dict.fromkeys(PER_STUDY, "") | {
            "outcome": outcome["id"], "group": study.group, "study_id": study.id, "study": study.label,
            "counted": "yes" if study.counts else "no", "why": study.why, "overlap": study.overlap,
            "retracted": "yes" if study.retracted else "",
        }  # fmt: skip
        if study.counts and study.events is not None and study.total:
            low, high = pooling.exact_interval(study.events, study.total)
            row |= {
                "events": str(study.events), "total": str(study.total),
                "proportion": share(study.events / study.total), "low": share(low), "high": share(high),
            }  # fmt: skip
        rows.append(row)
    return rows


def share(number: float) -> str:
    """A proportion as tables show it: four decimals."""
    return f"{number:.4f}"


def pooled(outcome: Mapping[str, Any], found: Sequence[Study], evidence: Evidence) -> list[dict[str, str]]:
    """The pooled estimates of each group and subgroup, or one row that says why there is none."""
    rows: list[dict[str, str]] = []
    for group in outcome["groups"]:
        mine = [study for study in found if study.group == group["id"] and study.counts]
        if not group["pool"]:
            rows.append(_none(outcome, group, "", ALL, mine, f"not pooled: {group.get('why', 'not asked for')}"))
            continue
        rows += _estimates(outcome, group, "", mine)
        for subgroup in outcome.get("subgroups", ()):
            inside = set(evidence.matching(subgroup["field"], subgroup["matches"]))
            rows += _estimates(outcome, group, subgroup["id"], [study for study in mine if study.id in inside])
    return rows


def _estimates(
    outcome: Mapping[str, Any], group: Mapping[str, Any], subgroup: str, mine: Sequence[Study]
) -> list[dict[str, str]]:
    from winnow.synthesise import pooling

    rows = []
    for name, chosen in ((ALL, list(mine)), (REDUCED, reduced(mine))):
        of = (outcome, group, subgroup, name, chosen)
        if len(chosen) < pooling.FEWEST:
            rows.append(_none(*of, f"not pooled: fewer than {pooling.FEWEST} studies"))
            continue
        events = [study.events or 0 for study in chosen]
        totals = [study.total or 0 for study in chosen]
        y, v = pooling.logits(events, totals)
        checked, normal = pooling.inverse_variance(y, v), pooling.inverse_variance(y, v, knapp=False)
        note = group.get("why", "")
        try:
            rows.append(_row(*of, "binomial-normal", pooling.binomial_normal(events, totals), note))
        except ValueError as error:
            rows.append(_none(*of, f"not pooled: {error}"))
        told = "; ".join(filter(None, (note, _caution(checked, normal))))
        rows.append(_row(*of, "inverse variance, REML, Hartung-Knapp", checked, told))
    return rows


def _caution(knapp: pooling.Pooled, normal: pooling.Pooled) -> str:
    """With very like studies the Hartung-Knapp interval shrinks below the normal one, which it is meant to widen."""
    from winnow.synthesise import pooling

    if knapp.high - knapp.low >= normal.high - normal.low:
        return ""
    low, high = (share(pooling.probability(end)) for end in (normal.low, normal.high))
    return f"narrower than the normal interval ({low} to {high}), so not to be relied on"


def reduced(mine: Sequence[Study]) -> list[Study]:
    """The studies that were not retracted; of two that overlap the one that declares it gives way, if both do the smaller."""
    standing = {study.id: study for study in mine if not study.retracted}
    declared = {name: standing.keys() & tables.split(study.overlap) for name, study in standing.items()}

    def yields(one: str, other: str) -> bool:
        return one not in declared[other] or _size(standing[one]) < _size(standing[other])

    return [
        study for name, study in standing.items() if not any(yields(name, other) for other in declared[name] - {name})
    ]


def _size(study: Study) -> tuple[int, str]:
    return study.total or 0, study.id


def _none(
    outcome: Mapping[str, Any], group: Mapping[str, Any], subgroup: str, name: str, chosen: Sequence[Study], note: str
) -> dict[str, str]:
    return dict.fromkeys(POOLED, "") | _about(outcome, group, subgroup, name, chosen) | {"model": "none", "note": note}


def _row(
    outcome: Mapping[str, Any], group: Mapping[str, Any], subgroup: str, name: str, chosen: Sequence[Study],
    model: str, found: pooling.Pooled, note: str,
) -> dict[str, str]:  # fmt: skip
    from winnow.synthesise import pooling

    shares = {
        "proportion": found.estimate, "low": found.low, "high": found.high,
        "prediction_low": found.prediction_low, "prediction_high": found.prediction_high,
    }  # fmt: skip
    return dict.fromkeys(POOLED, "") | _about(outcome, group, subgroup, name, chosen) | {
        key: share(pooling.probability(logit)) for key, logit in shares.items()
    } | {
        "model": model, "tau2": f"{found.tau2:.4f}", "note": note,
        "i2": "" if found.i2 is None else f"{100 * found.i2:.1f}", "q": "" if found.q is None else f"{found.q:.2f}",
    }  # fmt: skip


def _about(
    outcome: Mapping[str, Any], group: Mapping[str, Any], subgroup: str, name: str, chosen: Sequence[Study]
) -> dict[str, str]:
    return {
        "outcome": outcome["id"], "group": group["id"], "subgroup": subgroup, "studies_counted": name,
        "k": str(len(chosen)), "events": str(sum(study.events or 0 for study in chosen)),
        "total": str(sum(study.total or 0 for study in chosen)), "studies": tables.join(study.id for study in chosen),
    }  # fmt: skip
