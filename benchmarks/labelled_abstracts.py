"""The labelled trial abstracts that ``fit_extract.py`` and ``extract.py`` read, each with the places and values of its labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from winnow.extract import numbers
from winnow.extract.cues import Context
from winnow.extract.passage import Passage

Span = tuple[int, int]


@dataclass
class Abstract:
    """One labelled text: spans per label, and values per label where the set gives no place."""

    id: str
    field: str
    text: str
    spans: dict[str, list[Span]] = field(default_factory=dict)
    values: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context = Context(Passage("abstract", self.text))


_TYPES = {
    "PercentageAffected": "percentage",
    "NumberAffected": "event_count",
    "DoseValue": "dose",
    "Frequency": "frequency",
    "Duration": "duration",
}


def abstracts(folder: Path) -> list[Abstract]:
    """Both labelled sets."""
    read = {
        path.name.split(".")[0]: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv.gz")
    }
    found = {}
    for row in read["pico_corpus_sample_size"].to_dict("records"):
        values = {
            "total": _values(row["total_participants"]),
            "arm": _values(row["intervention_n"]) + _values(row["control_n"]),
        }
        found[row["id"]] = Abstract(row["id"], "breast cancer", row["text"], {}, values)
    for row in read["pico_corpus_outcome_counts"].to_dict("records"):
        name = "percentage" if row["label"].endswith("percent") else "event_count"
        start = int(row["start"])
        found[row["id"]].spans.setdefault(name, []).append((start, start + len(row["value"])))
    for row in read["ctcorpus_docs"].drop_duplicates("id").to_dict("records"):
        found[f"ct {row['id']}"] = Abstract(row["id"], row["disease"], row["text"], {}, {"total": [], "arm": []})
    kinds = {"NumberPatientsCT": "total", "NumberPatientsArm": "arm"}
    for row in read["ctcorpus_entities"].drop_duplicates(["id", "start", "end", "type"]).to_dict("records"):
        abstract = found[f"ct {row['id']}"]
        if row["type"] in _TYPES:
            abstract.spans.setdefault(_TYPES[row["type"]], []).append((int(row["start"]), int(row["end"])))
        elif row["type"] in kinds:
            abstract.values[kinds[row["type"]]] += _values(row["value"])
    return list(found.values())


def _values(cell: str) -> list[int]:
    values = []
    for part in cell.split("|"):
        text = " ".join(part.replace("\u202f", " ").replace(" - ", "-").replace(" , ", ",").strip(" )").split())
        if (value := numbers.whole(text.removesuffix(" patients"))) is not None:
            values.append(value)
    return values
