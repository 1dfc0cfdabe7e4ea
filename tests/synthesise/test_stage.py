"""Counts, statements and the published figures: worked out from people's values alone, each with its studies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from winnow import files, tables
from winnow import review as reviews
from winnow.errors import ConfigError
from winnow.synthesise import stage
from winnow.synthesise.evidence import Evidence
from winnow.synthesise.reproduction import COLUMNS, reproduction
from winnow.synthesise.statements import counts, statements


def table(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Values from (study, field, value, number, by)."""
    empty = dict.fromkeys(tables.VALUES, "")
    named = [empty | dict(zip(("study_id", "field", "value", "number", "by"), row, strict=True)) for row in rows]
    return pd.DataFrame(named)


VALUES = table(
    ("a", "design", "randomised trial", "", "ann"),
    ("b", "design", "retrospective", "", "ann"),
    ("a", "n_total", "15", "15", "ann"),
    ("b", "n_total", "26", "26", "rule:sample_size.total:x"),
    ("c", "n_total", "5", "5", "ann"),
    ("a", "dose_total_g_per_kg", "2", "2", "ann"),
    ("c", "dose_total_g_per_kg", "2", "2", "ann"),
)


def test_counts_add_up_to_the_studies() -> None:
    """Each study stands once under its value or under 'not established'."""
    found = counts(Evidence(VALUES, ["a", "b", "c"]), [{"id": "design", "field": "design"}])
    assert [(row["value"], row["n_studies"]) for row in found] == [
        ("all", "3"),
        ("randomised trial", "1"),
        ("retrospective", "1"),
        ("not established", "1"),
    ]
    assert found[0]["participants"] == "20"
    assert found[0]["participants_stated_by"] == "2"


def test_suggestions_are_never_summed() -> None:
    """A value that no person vouches for is told as unsettled and enters no number."""
    asked = [{"id": "n", "field": "n_total", "how": "sum", "text": "{sum} in {n} of {studies}"}]
    (row,) = statements(Evidence(VALUES, ["a", "b", "c"]), asked)
    assert row["statement"] == "20 in 2 of 3"
    assert (row["studies"], row["unsettled"]) == ("a; c", "b")


def test_disputed_values_enter_no_number() -> None:
    """Two people's different values of one cell are no value."""
    both = table(("a", "n_total", "15", "15", "ann"), ("a", "n_total", "12", "12", "bob"))
    evidence = Evidence(both, ["a"])
    assert evidence.values("n_total") == [] and evidence.unsettled == {"n_total": {"a"}}


def test_a_statement_that_cannot_be_filled_in_is_named() -> None:
    """An unknown place in a sentence is one line, not a traceback."""
    with pytest.raises(ConfigError, match="statement 'n'"):
        statements(Evidence(VALUES, ["a"]), [{"id": "n", "field": "n_total", "how": "sum", "text": "{summ}"}])


PUBLISHED = {
    "figures": [
        {"id": "studies", "label": "Studies", "published": 14, "how": "count_studies"},
        {"id": "rct", "published": 1, "how": "count_studies", "field": "design", "matches": "randomised"},
        {"id": "n", "published": 308, "how": "sum", "field": "n_total"},
        {"id": "dose", "published": "2 g/kg", "how": "range", "field": "dose_total_g_per_kg"},
        {"id": "lung", "published": "benefit in most", "how": "text", "field": "lung", "matches": "improved"},
        {"id": "safety", "published": "well tolerated", "how": "text"},
    ]
}


def test_published_figures_are_never_made_to_fit() -> None:
    """A figure is established only if it comes out the same; part of the studies is 'partly'; nothing is 'not established'."""
    studies = pd.DataFrame({"study_id": ["a", "b", "c"]})
    decisions = pd.DataFrame({"report_id": ["x"], "decision": ["awaiting"]})
    found = reproduction(PUBLISHED, VALUES, studies, decisions)
    assert tuple(found.columns) == COLUMNS
    assert list(found["status"]) == ["partly", "established", "partly", "partly", "not established", "not established"]
    assert list(found["established_here"])[2:4] == ["20", "2"]
    assert found["studies"][2] == "a; c"
    assert "1 reports still awaiting" in found["note"][0]


def test_the_same_figures_are_established_when_every_study_is_here() -> None:
    """With as many studies as the published review had, a figure that comes out the same is established."""
    studies = pd.DataFrame({"study_id": ["a", "c"]})
    published = {
        "figures": [
            {"id": "studies", "published": 2, "how": "count_studies"},
            {"id": "n", "published": 20, "how": "sum", "field": "n_total"},
        ]
    }
    found = reproduction(published, VALUES, studies, pd.DataFrame({"report_id": [], "decision": []}))
    assert list(found["status"]) == ["established", "established"]


def test_a_study_that_the_published_review_did_not_have_bears_on_no_figure() -> None:
    """Only members count, and an included study that is none of them is named; a figure is never helped by a stranger."""
    studies = pd.DataFrame({"study_id": ["a", "b", "c"]})
    none = pd.DataFrame({"report_id": [], "decision": []})
    found = reproduction(PUBLISHED, VALUES, studies, none, members=["a", "c", "not-here"])
    assert found["established_here"][0] == "2"
    assert found["studies"][0] == "a; c"
    assert all("not held to be one of the published review's studies: b" in note for note in found["note"])


def test_a_plan_asks_only_for_fields_of_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each count, statement and outcome that names a field which the form lacks is a fault with its name; the others are none."""
    monkeypatch.chdir(tmp_path)
    files.write_text(
        "config/config.yaml", "review: {title: T}\nsearches: [{id: s, years: [2000, 2001], databases: [pubmed]}]\n"
    )
    files.write_text(
        "config/extraction.yaml",
        "fields:\n- {id: design, label: Design, question: which, type: text}\n"
        "- {id: n_total, label: Total, question: how many, type: integer}\n",
    )
    files.write_text(
        "config/synthesis.yaml",
        "counts: [{id: designs, field: design}, {id: places, field: country}]\n"
        "statements: [{id: size, field: n_total, how: sum, text: '{sum}'}, {id: age, field: age, how: range, text: '{low}'}]\n",
    )
    assert [fault.what for fault in stage.check(reviews.load())] == [
        "'places' asks for field 'country'", "'age' asks for field 'age'",
    ]  # fmt: skip
