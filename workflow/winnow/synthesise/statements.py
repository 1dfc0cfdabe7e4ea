"""The review's conclusions as sentences that are worked out from the extraction table, never written by hand."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from winnow import tables
from winnow.errors import ConfigError
from winnow.synthesise.evidence import Evidence, spoken

STATEMENTS = ("id", "statement", "n_studies", "stated", "studies", "unsettled")
COUNTS = ("id", "label", "value", "n_studies", "participants", "participants_stated_by", "studies")


def counts(evidence: Evidence, asked: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Studies and participants per value of each field that is counted; ``all`` first, ``not established`` last."""
    rows = [_count("studies", "Studies", "all", evidence.studies, evidence)]
    for entry in asked:
        by_value: dict[str, set[str]] = {}
        for value in evidence.values(entry["field"]):
            by_value.setdefault(value.text, set()).add(value.study)
        label = entry.get("label", entry["id"])
        for words, its in sorted(by_value.items(), key=lambda item: (-len(item[1]), item[0])):
            rows.append(_count(entry["id"], label, words, sorted(its), evidence))
        if rest := sorted(set(evidence.studies) - {study for its in by_value.values() for study in its}):
            rows.append(_count(entry["id"], label, "not established", rest, evidence))
    return rows


def _count(name: str, label: str, value: str, studies: Sequence[str], evidence: Evidence) -> dict[str, str]:
    sizes = [size for study in studies if (size := evidence.number(study, ("n_total",))) is not None]
    return {
        "id": name, "label": label, "value": value, "n_studies": str(len(studies)),
        "participants": spoken(sum(sizes)) if sizes else "", "participants_stated_by": str(len(sizes)),
        "studies": tables.join(studies),
    }  # fmt: skip


def statements(evidence: Evidence, asked: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Each statement with its numbers filled in and the studies that bear it out.

    Raises:
        ConfigError: a statement's text asks for a number that there is not.
    """
    return [_statement(evidence, entry) for entry in asked]


def _statement(evidence: Evidence, entry: Mapping[str, Any]) -> dict[str, str]:
    field, how = entry["field"], entry["how"]
    values = evidence.values(field)
    if how == "count":
        bearing = evidence.matching(field, entry.get("matches", ""))
        stated = sorted({value.study for value in values})
        numbers: list[float] = []
    else:
        numbered = [(value.study, value.number) for value in values if value.number is not None]
        numbers = [number for _, number in numbered]
        bearing = stated = sorted({study for study, _ in numbered})
    filled = {
        "n": str(len(bearing)), "stated": str(len(stated)), "studies": str(len(evidence.studies)),
        "field": field,
    } | summary(numbers)  # fmt: skip
    try:
        text = entry["text"].format_map(filled) if stated else f"Not established: no included study has {field}."
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise ConfigError(
            f"statement '{entry['id']}' cannot be filled in ({error})", where="config/synthesis.yaml",
            mend=f"it may use {', '.join('{' + name + '}' for name in filled)}",
        ) from None  # fmt: skip
    return {
        "id": entry["id"], "statement": text, "n_studies": str(len(bearing)), "stated": str(len(stated)),
        "studies": tables.join(bearing), "unsettled": tables.join(sorted(evidence.unsettled.get(field, ()))),
    }  # fmt: skip


def summary(numbers: Sequence[float]) -> dict[str, str]:
    """Sum, range, median and most frequent of some numbers; empty without any."""
    if not numbers:
        return {"sum": "", "low": "", "high": "", "median": "", "usual": "", "usual_n": ""}
    # The most frequent; of equals the smallest, so that the order of the studies is no matter.
    usual, times = min(Counter(numbers).items(), key=lambda item: (-item[1], item[0]))
    return {
        "sum": spoken(sum(numbers)), "low": spoken(min(numbers)), "high": spoken(max(numbers)),
        "median": spoken(statistics.median(numbers)), "usual": spoken(usual), "usual_n": str(times),
    }  # fmt: skip
