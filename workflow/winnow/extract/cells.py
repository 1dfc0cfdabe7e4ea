"""The cells of the extraction table: which of a field's values stands, and what is known about it.

A cell is ``checked`` (a second person checked it, or two agree), ``one person``, ``disputed`` (people differ and nobody has
settled it), ``suggested`` (found by a rule, seen by nobody) or ``not in text``. Suggested and disputed cells are marked wherever
a reader meets them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow import tables
from winnow.errors import IdentityError, WinnowError
from winnow.extract.form import Field, Form

#: What stands behind the text of a cell that no person stands for.
MARKS = {"suggested": " (unverified)", "disputed": " (disputed)"}
NOT_IN_TEXT = "not in text"


@dataclass(frozen=True)
class Cell:
    """One field of one study, with the rows of ``values.csv`` that carry it."""

    study: str
    field: Field
    status: str
    values: tuple[Mapping[str, str], ...]

    @property
    def text(self) -> str:
        """The values, without a mark; empty if there is none."""
        return tables.join(dict.fromkeys(" ".join(row["value"].split()) for row in self.values))

    @property
    def marked(self) -> str:
        """The cell as readers see it."""
        return self.text + MARKS.get(self.status, "") if self.values else NOT_IN_TEXT

    @property
    def number(self) -> float | None:
        """The number of a typed cell with one value that can be told, else None."""
        if self.field.type not in ("integer", "number") or len(self.values) != 1 or self.status == "disputed":
            return None
        row = self.values[0]
        try:
            number = float(row["number"])
        except ValueError:
            return None
        return number if row["value"].replace(",", "").strip() in (row["number"], f"{number:g}") else None

    @property
    def comment(self) -> str:
        """Where the cell comes from: each value's quote, source and people."""
        lines = []
        for row in self.values:
            who = row["by"] + (f", checked by {row['checked_by']}" if row["checked_by"] else "")
            sure = f", confidence {row['confidence']}" if row["by"].startswith("rule:") else ""
            lines.append(
                f"{row['value']}: \u201c{row['quote']}\u201d ({row['report_id']}, {row['source']}; {who}{sure})"
            )
        return "\n".join(lines)


def cells(form: Form, values: Sequence[Mapping[str, str]], studies: Sequence[str]) -> dict[str, list[Cell]]:
    """Each study's cells in the form's order; a study without any value has its row all the same."""
    by_place: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in values:
        by_place.setdefault((row["study_id"], row["field"]), []).append(row)
    return {
        study: [_cell(study, field, by_place.get((study, field.id), [])) for field in form.fields] for study in studies
    }


def _cell(study: str, field: Field, rows: Sequence[Mapping[str, str]]) -> Cell:
    people = [row for row in rows if not row["by"].startswith("rule:")]
    if people:
        if not field.multiple and len(people) > 1:
            return Cell(study, field, "disputed", tuple(people))
        checked = all(row["checked_by"] for row in people)
        return Cell(study, field, "checked" if checked else "one person", tuple(people))
    if not rows:
        return Cell(study, field, NOT_IN_TEXT, ())
    if field.multiple:
        return Cell(study, field, "suggested", tuple(rows))
    best = min(rows, key=lambda row: (-float(row["confidence"]), row["report_id"]))
    return Cell(study, field, "suggested", (best,))


def untraceable(table: Mapping[str, Sequence[Cell]]) -> list[WinnowError]:
    """Cells whose value does not lead to a quote, a report and a person or rule. There must be none."""
    return [
        IdentityError(
            f"study '{cell.study}', field '{cell.field.id}': '{row['value']}' has no {missing}",
            where="extract/values.csv",
        )
        for its in table.values()
        for cell in its
        for row in cell.values
        for missing in ("quote", "by", "report_id", "source")
        if not row[missing].strip()
    ]


def differences(form: Form, values: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Where a person's value and the suggestion beside it differ, one row per field that takes one value."""
    places: dict[tuple[str, str], tuple[list[Mapping[str, str]], list[Mapping[str, str]]]] = {}
    for row in values:
        if not form[row["field"]].multiple:
            side = places.setdefault((row["study_id"], row["field"]), ([], []))
            side[row["by"].startswith("rule:")].append(row)
    found = []
    for (study, field_id), (people, rules) in places.items():
        for person in people:
            for rule in rules:
                if (person["number"] or person["value"]) != (rule["number"] or rule["value"]):
                    found.append(
                        {
                            "study_id": study, "field": field_id, "value": person["value"], "by": person["by"],
                            "suggested": rule["value"], "confidence": rule["confidence"], "quote": rule["quote"],
                            "report_id": rule["report_id"], "source": rule["source"],
                        }
                    )  # fmt: skip
    return found
