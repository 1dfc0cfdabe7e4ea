"""A short note on each coded study in our own words, for people to see beside the record.

Never an abstract, and never input to deduplication, screening, ranking, extraction, fingerprints or export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from facts import Row

COLUMNS = ("id", "digest", "source")

#: Words by which the coder says that there is nothing to say.
_NOTHING = re.compile(r"(not (shown|reported|applicable)|unclear|n/a|none)( in excerpt)?")

#: (opening words, column, closing words); a column of which nothing is known gives no sentence.
SENTENCES = (
    ("", "design", ""),
    ("Patients: ", "population", ""),
    ("Age: ", "adult", ""),
    ("Patients in all: ", "n_total", ""),
    ("Given immunoglobulin: ", "n_ivig", ""),
    ("Dose: ", "dose_text", ""),
    ("Course in months: ", "course_months", ""),
    ("Compared with: ", "comparator", ""),
    ("Looked at: ", "outcomes", ""),
    ("Improved: ", "n_improved", ""),
    ("Response: ", "response_percent", " %"),
    ("Steroid sparing: ", "steroid_sparing", ""),
    ("Lung: ", "lung_involvement", ""),
    ("Oesophagus: ", "esophageal_involvement", ""),
    ("Adverse events: ", "adverse_events", ""),
    ("Given as: ", "line_of_therapy", ""),
    ("Note: ", "notes", ""),
)


def digest(coded: Row) -> str:
    """The sentences for which the coder found something."""
    said = []
    for opening, column, closing in SENTENCES:
        value = coded[column].strip()
        if value and not _NOTHING.fullmatch(value):
            unit = closing if value.replace(".", "").isdigit() else ""
            said.append(f"{opening}{value}{unit}.")
    return " ".join(said)[:1].upper() + " ".join(said)[1:]


def rows(coded: Iterable[Row], ids: Mapping[str, str]) -> list[Row]:
    """One row per coded study that is in the archive, by id.

    Args:
        coded: rows of facts.csv.
        ids: the record id of each PMID and each reference key in the archive.
    """
    found = [
        {"id": ids[key], "digest": digest(row), "source": row["source_url"]}
        for row in coded
        if (key := row["pmid"] or row["ref_key"]) in ids
    ]
    return sorted(found, key=lambda row: row["id"])
