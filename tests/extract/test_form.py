"""Forms: what does not fit is named with its line; what a form asks for, it gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow.errors import WinnowError
from winnow.extract import form
from winnow.extract.suggest import passages, suggest

IDS = (
    "design country period n_total n_treated n_control n_pm n_dm age sex prior_treatment line_of_therapy dose "
    "dose_total_g_per_kg frequency courses duration comparator co_treatment muscle_strength ck response_n response_percent "
    "response_time steroid_sparing lung oesophagus adverse_events adverse_events_n serious_adverse_events follow_up funding"
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "extraction.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_bundled_form_has_its_fields() -> None:
    """Other rooms, ledgers and people rely on the ids of the bundled form."""
    bundled = form.load(Path(__file__).parents[2] / "config" / "extraction.yaml")
    assert set(IDS.split()) <= set(bundled.by_id)


def test_the_general_form_has_its_fields_in_order() -> None:
    """``builtin:trial`` is a public interface."""
    assert [field.id for field in form.load("builtin:trial").fields] == [
        "n_total", "n_arm", "dose", "frequency", "duration", "percentage", "event_count", "age", "design",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fields: []", "fields"),
        ("fields:\n  - {id: a, question: Q}\n  - {id: a, question: Q}", "'a' is listed twice"),
        ("fields:\n  - {id: a, question: Q, type: choice}", "choice of nothing"),
        ("fields:\n  - {id: a, question: Q, extractor: doze}", "no extractor 'doze'"),
        ("fields:\n  - {id: a, question: Q, patterns: ['(']}", "not a regular expression"),
        ("fields:\n  - {id: a, question: Q, type: choice, allowed: [x], aliases: {z: y}}", "not in 'allowed'"),
        ("fields:\n  - {id: a, question: Q, typo: 1}", "unknown key 'typo'"),
    ],
)
def test_a_form_at_fault_is_named(tmp_path: Path, text: str, says: str) -> None:
    """Each fault is one line that names file and line."""
    with pytest.raises(WinnowError, match=says) as fault:
        form.load(written(tmp_path, text))
    assert "extraction.yaml" in fault.value.line


def test_no_such_bundled_form() -> None:
    """A wrong name is answered with those that exist."""
    with pytest.raises(WinnowError, match="trial"):
        form.load("builtin:trail")


def test_a_review_writes_its_own_patterns(tmp_path: Path) -> None:
    """Patterns, limits and 'only' of a form take effect without any code."""
    asked = form.load(
        written(
            tmp_path,
            "fields:\n"
            "  - {id: grip, question: Q, type: number, unit: kg, maximum: 90, patterns: ['grip of (?P<value>[0-9.]+) kg']}\n"
            "  - {id: arm, question: Q, multiple: true, extractor: dose, only: 'immunoglobulin'}\n",
        )
    )
    text = "A grip of 21.5 kg and a grip of 300 kg. Patients received metformin 500 mg daily. They had immunoglobulin 0.4 g/kg."
    rows = suggest(asked, passages({"abstract": text}))
    assert [(row["field"], row["value"], row["unit"]) for row in rows] == [
        ("grip", "21.5", "kg"),
        ("arm", "0.4 g/kg", "g/kg"),
    ]
