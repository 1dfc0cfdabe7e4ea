"""What needs a person, and why: ``to_decide.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from winnow.screen.settle import Step

TO_DECIDE = (
    "report_id", "stage", "why", "waiting_for", "rank", "title", "year", "journal", "authors", "proposal", "evidence",
    "other_id",
)  # fmt: skip
DUPLICATES = "duplicates"
_ORDER = {stage: place for place, stage in enumerate(("title_abstract", "retrieval", "full_text", DUPLICATES))}
_SHOWN = ("title", "year", "journal", "authors")


def worklist(
    steps: Iterable[Step],
    possible: Iterable[tuple[str, str, str]],
    reports: Mapping[str, Mapping[str, str]],
    proposals: Mapping[str, Mapping[str, str]],
    ranks: Mapping[str, int],
) -> list[dict[str, str]]:
    """The rows of to_decide.csv: by stage, then by rank, ties by id.

    Args:
        steps: every report's steps.
        possible: pairs of reports that may be one document, with the evidence.
        reports: the merged row of each report.
        proposals: what the rules propose, by report (``proposal``, ``evidence``).
        ranks: the place of each report in the order for screening; those that have none come last.
    """
    found = [
        _row(step.report_id, step.stage, step.outcome.why, step.outcome.waiting_for, reports, proposals)
        for step in steps
        if step.outcome.why
    ]
    for one, other, evidence in possible:
        row = _row(one, DUPLICATES, "possible duplicate", "", reports, {})
        found.append(row | {"other_id": other, "evidence": evidence})
    last = len(ranks) + 1
    found.sort(key=lambda r: (_ORDER[r["stage"]], ranks.get(r["report_id"], last), r["report_id"], r["other_id"]))
    return [row | {"rank": str(place)} for place, row in enumerate(found, 1)]


def _row(
    report_id: str,
    stage: str,
    why: str,
    waiting_for: str,
    reports: Mapping[str, Mapping[str, str]],
    proposals: Mapping[str, Mapping[str, str]],
) -> dict[str, str]:
    proposed = proposals.get(report_id, {})
    shown = {name: reports.get(report_id, {}).get(name, "") for name in _SHOWN}
    return {
        "report_id": report_id,
        "stage": stage,
        "why": why,
        "waiting_for": waiting_for,
        **shown,
        "proposal": proposed.get("proposal", ""),
        "evidence": proposed.get("evidence", ""),
        "other_id": "",
    }


def possible_duplicates(
    pairs: Iterable[Mapping[str, str]], report_of: Mapping[str, str], ruled: Sequence[frozenset[str]]
) -> list[tuple[str, str, str]]:
    """Pairs of different reports that may be one document and that nobody has ruled on, each once, with the evidence."""
    settled = set(ruled)
    found: dict[tuple[str, str], str] = {}
    for pair in pairs:
        if pair["verdict"] != "possible":
            continue
        one, other = sorted(report_of.get(pair[name], pair[name]) for name in ("record_id_1", "record_id_2"))
        if one != other and frozenset((one, other)) not in settled:
            found.setdefault((one, other), pair["evidence"])
    return [(one, other, evidence) for (one, other), evidence in sorted(found.items())]
