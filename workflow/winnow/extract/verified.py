"""What people extracted: the rows of ``decisions/extraction.csv``, the values that stand, and where two readers differ.

The ledger only grows. A person's later row on the same study, report and field replaces that person's earlier one; an empty value
takes it back. If several people gave a value, one that they share stands under all their names; if they differ, the last row
that names a checker stands, and until there is one every value is shown and the cell counts as disputed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow import tables
from winnow.errors import LedgerError, WinnowError
from winnow.extract.form import Field, Form
from winnow.extract.reports import Names, SetAside

WHERE = "decisions/extraction.csv"

#: A person's value is as sure as this house gets.
CERTAIN = "1.00"


@dataclass(frozen=True)
class Entry:
    """One row of the ledger that reached its study."""

    line: int
    study: str
    report: str
    field: str
    row: Mapping[str, str]
    value: str

    @property
    def people(self) -> tuple[str, str]:
        """Who extracted, and who checked."""
        return self.row.get("by", "").strip(), self.row.get("checked_by", "").strip()


def faults(ledger: Sequence[tuple[int, Mapping[str, str]]], form: Form, where: str = WHERE) -> list[WinnowError]:
    """What in the ledger does not fit the form, line by line."""
    found: list[WinnowError] = []
    for line, row in ledger:
        at = f"{where}:{line}"
        field = form.by_id.get(row["field"].strip())
        if field is None:
            found.append(LedgerError(f"no field '{row['field']}'", where=at, mend=f"it must be one of {form.where}"))
            continue
        if not row.get("by", "").strip():
            found.append(LedgerError("nobody is named in 'by'", where=at, mend="say who extracted the value"))
        if not row["value"].strip():
            continue
        if not row.get("quote", "").strip():
            found.append(
                LedgerError("no quote", where=at, mend="copy the words that carry the value, or name table and row")
            )
        found += _value_faults(row, field, at)
    return found


def _value_faults(row: Mapping[str, str], field: Field, at: str) -> list[WinnowError]:
    value, number = row["value"].strip(), row.get("number", "").strip()
    if field.type == "choice" and field.choice(value) is None:
        return [LedgerError(f"'{value}' is no {field.id}", where=at, mend=f"use one of {', '.join(field.allowed)}")]
    if not number:
        return []
    try:
        amount = float(number)
    except ValueError:
        return [LedgerError(f"number is '{number}'", where=at, mend="write digits, or leave it empty")]
    low, high = field.minimum, field.maximum
    if (low is not None and amount < low) or (high is not None and amount > high):
        return [LedgerError(f"{field.id} cannot be {number}", where=at, mend="check the value against its quote")]
    return []


def entries(
    ledger: Sequence[tuple[int, Mapping[str, str]]],
    form: Form,
    studies: Sequence[Mapping[str, str]],
    names: Names,
) -> tuple[list[Entry], list[SetAside]]:
    """The ledger's rows with their study and report, and those that reach no included study."""
    reports_of: dict[str, list[str]] = {}
    studies_of: dict[str, list[str]] = {}
    for row in studies:
        reports_of.setdefault(row["study_id"], []).append(row["report_id"])
        studies_of.setdefault(row["report_id"], []).append(row["study_id"])
    reached: list[Entry] = []
    aside: list[SetAside] = []
    for line, row in ledger:
        named = row.get("study", "").strip()
        report = names.report(row.get("id", "")) or names.report(named)
        study = named if named in reports_of else ""
        if not study:
            described = studies_of.get(report, [])
            if len(described) != 1:
                why = "the report describes several studies: name one" if described else "not an included study"
                aside.append(SetAside(WHERE, line, row.get("id", "") or named, why))
                continue
            study = described[0]
        if report not in reports_of[study]:
            report = reports_of[study][0]
        field = form[row["field"].strip()]
        value = row["value"].strip()
        reached.append(Entry(line, study, report, field.id, row, field.choice(value) or value))
    return reached, aside


def standing(found: Sequence[Entry], form: Form) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The people's values that stand, and one row per field that two or more people extracted.

    Returns:
        rows for ``values.csv``, and rows for ``double_extraction.csv`` (study_id, field, person_1, value_1, person_2,
        value_2, agreed, settled_by).
    """
    last: dict[tuple[str, str], dict[tuple[str, str], Entry]] = {}
    for entry in found:
        mine = last.setdefault((entry.study, entry.field), {})
        # Several values of one field are told apart by themselves; a single one is replaced by the person's next.
        kind = (entry.report, entry.value) if form[entry.field].multiple else ("", "")
        key = (entry.people[0], "\0".join(kind))
        mine.pop(key, None)
        if not entry.value:
            for old in [old for old in mine if old[0] == entry.people[0]]:
                mine.pop(old)
        else:
            mine[key] = entry
    rows: list[dict[str, str]] = []
    compared: list[dict[str, str]] = []
    for (study, field_id), mine in last.items():
        kept = list(mine.values())
        people = sorted({entry.people[0] for entry in kept})
        if form[field_id].multiple or len(people) < 2:
            rows += [_value(entry, tables.join([entry.people[0]]), entry.people[1], form[field_id]) for entry in kept]
            continue
        compared += _compared(study, field_id, kept)
        if len({_same(entry) for entry in kept}) == 1:
            rows.append(
                _value(kept[-1], tables.join(people), kept[-1].people[1] or tables.join(people), form[field_id])
            )
        elif checked := [entry for entry in kept if entry.people[1]]:
            rows.append(_value(checked[-1], *checked[-1].people, form[field_id]))
        else:
            rows += [_value(entry, entry.people[0], "", form[field_id]) for entry in kept]
    return rows, compared


def _same(entry: Entry) -> str:
    """What two readers must share to agree: the number if both gave one, else the words."""
    number = entry.row.get("number", "").strip() or entry.value.replace(",", "")
    try:
        return f"{float(number):g} {entry.row.get('unit', '').strip().casefold()}"
    except ValueError:
        return " ".join(entry.value.casefold().split())


def _compared(study: str, field_id: str, kept: Sequence[Entry]) -> list[dict[str, str]]:
    first = kept[0]
    checked = [entry for entry in kept if entry.people[1]]
    return [
        {
            "study_id": study,
            "field": field_id,
            "person_1": first.people[0],
            "value_1": first.value,
            "person_2": other.people[0],
            "value_2": other.value,
            "agreed": "yes" if _same(first) == _same(other) else "no",
            "settled_by": checked[-1].people[1] if checked and _same(first) != _same(other) else "",
        }
        for other in kept[1:]
    ]


def _value(entry: Entry, by: str, checked_by: str, field: Field) -> dict[str, str]:
    row = entry.row
    number = row.get("number", "").strip()
    if not number and field.type in ("integer", "number"):
        bare = entry.value.replace(",", "")
        number = bare if bare.replace(".", "", 1).isdecimal() else ""
    return {
        "study_id": entry.study,
        "report_id": entry.report,
        "field": entry.field,
        "value": entry.value,
        "number": number,
        "unit": row.get("unit", "").strip() or (field.unit if number else ""),
        "quote": row["quote"].strip(),
        "start": "",
        "end": "",
        "confidence": CERTAIN,
        "by": by,
        "checked_by": checked_by,
        "source": row.get("source", "").strip() or f"{WHERE}:{entry.line}",
    }
