"""What the synthesis stands on: for each study and field, the values that people vouch for.

Suggestions that nobody has checked are never counted, summed or pooled; they are told apart, so that a reader sees what a person
could still settle. A disputed value (two people differ) counts as unsettled too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winnow import tables

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Value:
    """One settled value of one study: its words, and its number if it has one."""

    study: str
    field: str
    text: str
    number: float | None


class Evidence:
    """The settled values of all included studies."""

    def __init__(self, values: pd.DataFrame, studies: Sequence[str], *, several: Iterable[str] = ()) -> None:
        """``values`` as in ``extract/values.csv``; ``several`` names the fields of which a study may have several values."""
        self.studies = sorted(set(studies))
        self._settled: dict[tuple[str, str], list[Value]] = {}
        self.unsettled: dict[str, set[str]] = {}
        several = set(several)
        grouped: dict[tuple[str, str], list[dict[str, str]]] = {}
        known = set(self.studies)
        for row in tables.rows(values):
            if row["study_id"] in known:
                grouped.setdefault((row["study_id"], row["field"]), []).append(row)
        for (study, field), rows in grouped.items():
            people = [row for row in rows if not row["by"].startswith("rule:")]
            if not people or (field not in several and len(people) > 1):
                self.unsettled.setdefault(field, set()).add(study)
            else:
                self._settled[study, field] = [
                    Value(study, field, row["value"], _number(row["number"])) for row in people
                ]

    def values(self, field: str) -> list[Value]:
        """The settled values of a field, by study."""
        return [value for study in self.studies for value in self._settled.get((study, field), ())]

    def text(self, study: str, field: str) -> str:
        """The words of a study's field, empty if nothing is settled."""
        return "; ".join(value.text for value in self._settled.get((study, field), ()))

    def number(self, study: str, fields: Sequence[str]) -> float | None:
        """The number of the first of ``fields`` for which the study has exactly one."""
        for field in fields:
            found = [value.number for value in self._settled.get((study, field), ()) if value.number is not None]
            if len(found) == 1:
                return found[0]
        return None

    def matching(self, field: str, pattern: str = "") -> list[str]:
        """The studies whose settled value of ``field`` matches a regular expression (ignoring case)."""
        wanted = re.compile(pattern, re.IGNORECASE)
        return sorted({value.study for value in self.values(field) if wanted.search(value.text)})


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def spoken(number: float) -> str:
    """A number for a sentence or a table: at most two decimals, none if they are zero."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
