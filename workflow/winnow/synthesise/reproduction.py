"""Every figure of the published abstract beside what this review establishes.

``config/published.yaml`` lists the figures; each says how it would be worked out here:

* ``count_studies``: the included studies, or with ``field`` and ``matches`` those whose value matches;
* ``sum``: of the numbers of ``field``;
* ``range``: lowest to highest number of ``field``;
* ``text``: the studies whose value of ``field`` matches, against those that state it; without ``field`` it is not worked out here.

A study that ``decisions/studies.csv`` suspects to overlap with another is set aside, so that nobody counts twice; notes name it.

A figure is ``established`` if it comes out the same and every study of the published review is here, ``partly`` if some
studies bear on it, and ``not established`` if none does. It is never made to fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from winnow import tables
from winnow.extract.reports import rows_of
from winnow.synthesise.evidence import Evidence, spoken
from winnow.synthesise.statements import summary

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("figure", "published", "established_here", "status", "studies", "note")


def reproduction(
    published: Mapping[str, Any], values: pd.DataFrame, studies: pd.DataFrame, decisions: pd.DataFrame
) -> pd.DataFrame:
    """The published figures against this review's.

    Args:
        published: ``config/published.yaml``.
        values: ``extract/values.csv``.
        studies: ``extract/studies.csv``.
        decisions: ``screen/decisions.csv``; reports still awaited are told in the notes.

    Returns:
        columns ``figure, published, established_here, status, studies, note``, in the order of the file.
    """
    import pandas as pd

    aside = sorted(row["study_id"] for row in rows_of(studies) if row.get("overlaps_with"))
    evidence = Evidence(values, [study for study in studies["study_id"] if study not in aside])
    awaiting = decisions[decisions["decision"] == "awaiting"]["report_id"].nunique()
    figures = published.get("figures", [])
    whole = _published_studies(figures)
    rows = [_row(figure, evidence, whole, awaiting, aside) for figure in figures]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _published_studies(figures: list[Mapping[str, Any]]) -> float | None:
    for figure in figures:
        if figure["how"] == "count_studies" and not figure.get("field"):
            return _first_number(str(figure["published"]))
    return None


def _row(
    figure: Mapping[str, Any], evidence: Evidence, whole: float | None, awaiting: int, aside: Sequence[str]
) -> dict[str, str]:
    here, bearing, same, notes = _worked_out(figure, evidence)
    complete = whole is not None and len(evidence.studies) == whole
    if not bearing:
        status = "not established"
    elif same and (complete or figure["how"] == "count_studies"):
        status = "established"
    else:
        status = "partly"
    if figure.get("note"):
        notes.insert(0, str(figure["note"]))
    if bearing and same is False:
        notes.append("differs from the published figure")
    if whole is not None and not complete:
        notes.append(f"{len(evidence.studies)} of {spoken(whole)} studies established here")
    if aside:
        notes.append(f"set aside for suspected overlap: {', '.join(aside)}")
    if awaiting:
        notes.append(f"{awaiting} reports still awaiting a decision")
    return {
        "figure": str(figure.get("label") or figure["id"]), "published": str(figure["published"]),
        "established_here": here or "not established", "status": status, "studies": tables.join(bearing),
        "note": tables.join(notes),
    }  # fmt: skip


def _worked_out(figure: Mapping[str, Any], evidence: Evidence) -> tuple[str, list[str], bool | None, list[str]]:
    """What comes out here, the studies behind it, whether it is the published figure, and remarks."""
    how, field = figure["how"], figure.get("field", "")
    wanted = _first_number(str(figure["published"]))
    if how == "count_studies":
        bearing = evidence.matching(field, figure.get("matches", "")) if field else evidence.studies
        return (str(len(bearing)) if bearing else ""), bearing, wanted == len(bearing), []
    if how == "text":
        bearing = evidence.matching(field, figure.get("matches", "")) if field else []
        stated = {value.study for value in evidence.values(field)} if field else set()
        here = f"{len(bearing)} of {len(stated)} studies that state it" if bearing else ""
        return here, bearing, (2 * len(bearing) > len(stated)) if stated else None, []
    numbered = [(value.study, value.number) for value in evidence.values(field) if value.number is not None]
    bearing = sorted({study for study, _ in numbered})
    if not numbered:
        return "", [], None, []
    found = summary([number for _, number in numbered])
    if how == "sum":
        return found["sum"], bearing, wanted == float(found["sum"]), []
    low, high = found["low"], found["high"]
    here = low if low == high else f"{low} to {high}, usually {found['usual']}"
    return here, bearing, wanted == float(found["usual"]), [f"stated by {len(bearing)} studies"]


def _first_number(text: str) -> float | None:
    found = re.search(r"\d+(?:\.\d+)?", text)
    return float(found.group()) if found else None
