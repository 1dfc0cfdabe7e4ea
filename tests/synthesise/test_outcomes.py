"""Outcomes: what is pooled, what is not, and that every study left out is named with its reason."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pandas as pd
import pytest

from winnow import tables
from winnow.errors import LedgerError, raise_all
from winnow.synthesise import outcomes, plots, risk_of_bias
from winnow.synthesise.evidence import Evidence

OUTCOME: dict[str, Any] = {
    "id": "response", "label": "Improved <&>", "definition": "as defined", "time": "end", "denominator": "treated",
    "events": "response_n", "total": ["n_treated", "n_total"],
    "crossover": {"studies": ["x2"], "events": "response_n_first_period", "total": "n_first_period"},
    "groups": [
        {"id": "randomised", "label": "Randomised", "designs": ["randomised trial", "randomised crossover trial"], "pool": False},
        {"id": "open", "label": "Open", "designs": ["prospective open"], "pool": True},
    ],
    "subgroups": [{"id": "refractory", "label": "Refractory", "field": "line_of_therapy", "matches": "refractory"}],
}  # fmt: skip


def values(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """People's values from (study, field, value); a value of digits is its own number."""
    empty = dict.fromkeys(tables.VALUES, "")
    return pd.DataFrame(
        [
            empty | {"study_id": s, "field": f, "value": v, "number": v if v.isdigit() else "", "by": "ann"}
            for s, f, v in rows
        ]
    )


def open_study(name: str, events: int, total: int) -> list[tuple[str, str, str]]:
    return [(name, "design", "prospective open"), (name, "response_n", str(events)), (name, "n_treated", str(total))]


ROWS = [
    *open_study("a", 25, 35), *open_study("b", 3, 11), *open_study("c", 7, 8), *open_study("d", 7, 19),
    ("x", "design", "randomised crossover trial"), ("x", "response_n", "20"), ("x", "n_total", "26"),
    ("x2", "design", "randomised trial"), ("x2", "response_n_first_period", "6"), ("x2", "n_first_period", "8"),
    ("e", "design", "prospective open"), ("e", "response_n", "9"), ("e", "n_treated", "5"),
    ("f", "response_n", "9"),
]  # fmt: skip
IDS = ["a", "b", "c", "d", "e", "f", "x", "x2"]


def worked_out(
    overlaps: dict[str, list[str]] | None = None, retracted: tuple[str, ...] = ()
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    evidence = Evidence(values(*ROWS), IDS)
    found = outcomes.studies(OUTCOME, evidence, {}, overlaps or {}, retracted)
    return outcomes.per_study(OUTCOME, found), outcomes.pooled(OUTCOME, found, evidence)


def test_every_study_counts_or_says_why_not() -> None:
    """Each included study has one row; a crossover counts its first period or not at all; an impossible proportion is named."""
    rows, _ = worked_out()
    assert [row["study_id"] for row in rows] == IDS
    why = {row["study_id"]: row["why"] for row in rows}
    assert why == {
        "a": "", "b": "", "c": "", "d": "", "x2": "", "e": "9 of 5 is no proportion", "f": "design not established",
        "x": "no first-period response_n_first_period established",
    }  # fmt: skip
    assert {row["study_id"]: row["events"] for row in rows}["x2"] == "6"
    assert all((row["counted"] == "yes") == bool(row["proportion"]) for row in rows)


def test_nothing_is_pooled_unless_asked_for_and_enough() -> None:
    """A group that is not to be pooled, and a subgroup of fewer than three, say so instead of a number."""
    _, pooled = worked_out()
    by = {(row["group"], row["subgroup"], row["studies_counted"]): row for row in pooled}
    assert by["randomised", "", "all"]["model"] == "none"
    assert "fewer than 3" in by["open", "refractory", "all"]["note"]
    assert not by["open", "refractory", "all"]["proportion"]
    assert by["open", "", "all"]["k"] == "4"


def test_shown_with_and_without_retracted_and_overlapping_studies() -> None:
    """Of two studies that overlap the one that declares it gives way; a retracted one goes; both estimates are shown."""
    _, pooled = worked_out({"b": ["a"]})
    k = {row["studies_counted"]: row["k"] for row in pooled if row["group"] == "open" and not row["subgroup"]}
    assert k == {"all": "4", "without retracted and overlapping": "3"}
    _, pooled = worked_out({}, ("c",))
    studies = {
        row["studies_counted"]: row["studies"] for row in pooled if row["group"] == "open" and not row["subgroup"]
    }
    assert studies["without retracted and overlapping"] == "a; b; d"


@pytest.mark.parametrize(
    ("overlaps", "left"),
    [
        ({"b": ["d"], "d": ["b"]}, "a; c; d"),
        ({"a": ["b", "d"], "b": ["a", "d"], "d": ["a", "b"]}, "a; c"),
        ({"b": ["b"]}, "a; b; c; d"),
        ({"b": ["x"]}, "a; b; c; d"),
    ],
)
def test_of_studies_that_overlap_one_is_left(overlaps: dict[str, list[str]], left: str) -> None:
    """Of those that declare each other the largest stays; a study that names itself, or one that is not pooled here, stays too."""
    evidence = Evidence(values(*ROWS), IDS)
    found = outcomes.studies(OUTCOME, evidence, {}, overlaps, ())
    counted = [study for study in found if study.group == "open" and study.counts]
    assert "; ".join(study.id for study in outcomes.reduced(counted)) == left


def test_an_interval_that_shrinks_is_flagged() -> None:
    """Very like studies make the Hartung-Knapp interval narrower than the normal one: the row says so."""
    rows = [*open_study("a", 10, 20), *open_study("b", 21, 40), *open_study("c", 15, 30)]
    evidence = Evidence(values(*rows), ["a", "b", "c"])
    found = outcomes.studies(OUTCOME, evidence, {}, {}, ())
    notes = [row["note"] for row in outcomes.pooled(OUTCOME, found, evidence) if "Knapp" in row["model"]]
    assert notes and all("narrower than the normal interval" in note for note in notes)


def test_randomised_and_other_designs_never_share_a_group() -> None:
    """The configuration that joins them is a fault, named by outcome and group."""
    joined = {"outcomes": [OUTCOME | {"groups": [{"id": "g", "designs": ["randomised trial", "prospective open"]}]}]}
    (fault,) = outcomes.faults(joined, "config/synthesis.yaml")
    assert "group 'g' joins randomised" in fault.line


def test_the_forest_plot_is_well_formed_and_complete() -> None:
    """Every study that counts is on the plot, hostile labels are text, and the same rows draw the same picture."""
    rows, pooled = worked_out()
    for row in rows:
        row["study"] = f"<script>{row['study_id']}&"
    drawn = plots.forest(OUTCOME, rows, pooled)
    assert drawn == plots.forest(OUTCOME, rows, pooled)
    shown = "".join(ElementTree.fromstring(drawn).itertext())
    assert all(f"<script>{name}&" in shown for name in ("a", "b", "c", "d", "x2"))
    assert "71.4 (53.7 to 85.4)" in shown and "25/35" in shown


def test_years_by_design_keeps_every_study() -> None:
    """Each dated study is a circle with its name; one without a year is counted under the plot."""
    drawn = plots.years_by_design(
        [
            ("甲 1990", "1990", "randomised trial", 12.0),
            ("B 1990", "1990", "randomised trial", None),
            ("C", "", "", 3.0),
        ]
    )
    shown = "".join(ElementTree.fromstring(drawn).itertext())
    assert "甲 1990, randomised trial, n = 12" in shown and "1 without a year" in shown


LEDGER_ROW = {
    "study": "a", "tool": "jbi_case_series", "domain": "criteria", "judgement": "yes", "quote": "q", "by": "ann", "date": "",
    "source": "s", "checked_by": "", "note": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [({"study": "z"}, "no included study"), ({"domain": "x"}, "no domain"), ({"judgement": "low"}, "no judgement"),
     ({"quote": ""}, "no quote"), ({"by": " "}, "nobody")],
)  # fmt: skip
def test_a_judgement_at_fault_is_named(change: dict[str, str], says: str) -> None:
    """A row that names nothing that exists, or rests on no words, is one fault with its line."""
    with pytest.raises(LedgerError, match=says) as fault:
        raise_all(risk_of_bias.faults([(7, LEDGER_ROW | change)], ["a"]))
    assert "risk_of_bias.csv:7" in fault.value.line


def test_traffic_lights_show_what_nobody_judged() -> None:
    """The last row on a domain counts; a domain without a row is drawn as not judged, never as good."""
    rows = risk_of_bias.table([(2, LEDGER_ROW), (3, LEDGER_ROW | {"judgement": "no"})])
    assert [row["judgement"] for row in rows] == ["no"]
    shown = "".join(
        ElementTree.fromstring(risk_of_bias.traffic_lights("jbi_case_series", rows, {"a": "A 1990"})).itertext()
    )
    assert "A 1990, Clear criteria for inclusion: no" in shown and "Consecutive inclusion: not judged" in shown
