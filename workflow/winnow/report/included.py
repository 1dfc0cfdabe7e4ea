"""Studies and reports in the review: previous, new and in all, without a number typed by hand.

A study may have several reports, and a report may describe several studies. A new report of a study that the review already
had is a new report and no new study; it is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from winnow.report.boxes import REPORT_COLUMNS, Box, report_row
from winnow.report.evidence import Evidence, Row
from winnow.report.states import UNDECIDED, Journey, Place
from winnow.tables import join, split
from winnow.text import same_id

#: Boxes that every diagram has; the others apply to an updated review alone.
_OF_ANY_REVIEW = frozenset(("new_studies", "new_reports"))


@dataclass(frozen=True)
class Previous:
    """What the review that came before had.

    Its study of each report of ours, the studies of each report that we have not, and what it calls each study.
    """

    study_of: Mapping[str, str]
    elsewhere: Mapping[str, Sequence[str]]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class _Included:
    """The included reports, those of earlier searches or reviews apart from the new ones, and the studies that each describes.

    ``new_studies`` are those that no earlier report describes; studies have the names that the previous review gave them.
    """

    earlier: Sequence[str]
    new: Sequence[str]
    described: Mapping[str, Sequence[str]]
    previous_studies: Sequence[str]
    new_studies: Sequence[str]


def studies_of(evidence: Evidence, places: Mapping[str, Place]) -> tuple[dict[str, list[str]], list[str]]:
    """The studies of each included report, and what is wrong: included reports that have none."""
    studies: dict[str, list[str]] = {}
    for row in evidence.studies:
        if places.get(row["report_id"], Place("")).state == "included":
            listed = studies.setdefault(row["report_id"], [])
            if row["study_id"] not in listed:
                listed.append(row["study_id"])
    missing = [
        f"{report} is included and in no study"
        for report, place in places.items()
        if place.state == "included" and not any(studies.get(report, []))
    ]
    return studies, missing


def previous_review(evidence: Evidence) -> Previous:
    """What config's previous review had of our reports, and what else it had; each report once, whatever its studies."""
    study_of: dict[str, str] = {}
    elsewhere: dict[str, list[str]] = {}
    for row in evidence.plan.previous_review:
        study = row["study_id"]
        for name in dict.fromkeys(map(same_id, (row["id"], *split(row.get("reports", ""))))):
            ours = evidence.names.named(name).reports
            study_of |= dict.fromkeys(ours, study)
            if not ours:
                elsewhere.setdefault(name, []).append(study)
    labels = {row["study_id"]: row.get("label", "") for row in evidence.plan.previous_review}
    return Previous(study_of, elsewhere, labels)


def studies_boxes(
    evidence: Evidence,
    places: Mapping[str, Place],
    rows: Sequence[Journey],
    studies: Mapping[str, Sequence[str]],
    previous: Previous,
) -> dict[str, Box]:
    """The boxes of previous, new and total studies and reports, and of the previous reports that await a decision.

    Args:
        evidence: the tables.
        places: where each report ended.
        rows: the journeys of the latest search.
        studies: the studies of each included report (:func:`studies_of`).
        previous: what the previous review had.
    """
    its = _included(evidence, places, rows, studies, previous)
    latest = len(evidence.plan.searches) - 1
    waiting = sorted(
        report for report, place in places.items() if evidence.first[report] < latest and place.state in UNDECIDED
    )
    relinked = [report for report in its.new if not set(its.described[report]).isdisjoint(its.previous_studies)]

    def reports(ids: Iterable[str]) -> list[Row]:
        return [report_row(report, places[report], evidence, its.described) for report in ids]

    study = {row["study_id"]: row for row in _study_rows(evidence, its, previous)}
    elsewhere = [_previous_report(report, names, previous.labels) for report, names in previous.elsewhere.items()]
    filled: tuple[tuple[str, str, list[Row]], ...] = (
        ("previous_studies", "study", [study[name] for name in its.previous_studies]),
        ("previous_reports", "report", reports(its.earlier) + elsewhere),
        ("previous_awaiting", "report", reports(waiting)),
        ("new_studies", "study", [study[name] for name in its.new_studies]),
        ("new_reports", "report", reports(its.new)),
        ("new_reports_of_previous_studies", "report", reports(relinked)),
        ("total_studies", "study", list(study.values())),
        ("total_reports", "report", reports(dict.fromkeys((*its.earlier, *its.new))) + elsewhere),
    )
    return {
        key: Box(key, unit, listed if evidence.plan.updated or key in _OF_ANY_REVIEW else None)
        for key, unit, listed in filled
    }


def _included(
    evidence: Evidence,
    places: Mapping[str, Place],
    rows: Sequence[Journey],
    studies: Mapping[str, Sequence[str]],
    previous: Previous,
) -> _Included:
    latest = len(evidence.plan.searches) - 1
    earlier = sorted(
        report
        for report, place in places.items()
        if (evidence.first[report] < latest and place.state == "included") or report in previous.study_of
    )
    new = sorted(row.report_id for row in rows if row.place.state == "included")
    alias = {study: name for report, name in previous.study_of.items() for study in studies.get(report, ())}
    described = {
        report: list(
            dict.fromkeys(
                alias.get(study, study) for study in studies.get(report) or [previous.study_of.get(report, report)]
            )
        )
        for report in (*earlier, *new)
    }
    had = {study for report in earlier for study in described[report]}
    had |= previous.labels.keys()
    found = {study for report in new for study in described[report]}
    return _Included(earlier, new, described, sorted(had), sorted(found - had))


def _study_rows(evidence: Evidence, its: _Included, previous: Previous) -> list[Row]:
    """Every study of the review as lists show it, by id."""
    overlaps = {row["study_id"]: row.get("overlaps_with", "") for row in evidence.studies if row.get("overlaps_with")}
    reports: dict[str, list[str]] = {}
    for report in (*its.earlier, *its.new):
        for study in its.described[report]:
            reports.setdefault(study, []).append(report)
    for report, studies in previous.elsewhere.items():
        for study in studies:
            reports.setdefault(study, []).append(report)

    def title(study: str) -> str:
        first = next(iter(reports.get(study, ())), "")
        return evidence.merged.get(first, {}).get("title", "")

    return [
        {
            "study_id": study,
            "label": previous.labels.get(study) or title(study),
            "report_ids": join(reports.get(study, ())),
            "overlaps_with": overlaps.get(study, ""),
            "found_in": "previous" if study in its.previous_studies else evidence.plan.latest,
        }
        for study in sorted((*its.previous_studies, *its.new_studies))
    ]


def _previous_report(report: str, studies: Sequence[str], labels: Mapping[str, str]) -> Row:
    """A report that only the previous review had, as lists show it; of its title only what its studies are called is known."""
    return dict.fromkeys(REPORT_COLUMNS, "") | {
        "report_id": report, "title": join(map(labels.__getitem__, studies)), "state": "included",
        "by": "previous version of the review", "study_ids": join(studies),
    }  # fmt: skip
