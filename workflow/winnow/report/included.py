"""Studies and reports in the review: previous, new and in all, without a number typed by hand.

A study may have several reports, and a report may describe several studies. A new report of a study that the review already
had is a new report and no new study; it is listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from winnow.report.boxes import REPORT_COLUMNS, Box, report_row
from winnow.report.evidence import Evidence, Row
from winnow.report.states import UNDECIDED, Journey, Place
from winnow.tables import split


def studies_of(evidence: Evidence, places: dict[str, Place]) -> tuple[dict[str, list[str]], list[str]]:
    """The studies of each included report, and the included reports that have none."""
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


def previous_review_reports(evidence: Evidence) -> tuple[frozenset[str], list[Row]]:
    """Reports of ours that the previous review had, and its rows that no search of ours found."""
    if not evidence.plan.previous_review:
        return frozenset(), []
    keys: dict[str, str] = {}
    for record, report in evidence.reports.items():
        keys[record.lower()] = report
    for row in evidence.records:
        report = evidence.reports[row["record_id"]]
        keys |= {key.lower(): report for key in (row.get("pmid", ""), row.get("doi", "")) if key}
    found, unmatched = set(), []
    for row in evidence.plan.previous_review:
        ids = [row["id"], *split(row.get("reports", ""))]
        hits = {keys[name.lower()] for name in ids if name.lower() in keys}
        found |= hits
        if not hits:
            unmatched.append(row)
    return frozenset(found), unmatched


def studies_boxes(
    evidence: Evidence,
    places: dict[str, Place],
    rows: Sequence[Journey],
    studies: dict[str, list[str]],
    previous_reports: frozenset[str],
    unmatched: Sequence[Row],
) -> dict[str, Box]:
    """Previous, new and total studies and reports, without any number typed by hand."""
    plan = evidence.plan
    latest = len(plan.searches) - 1
    first = evidence.first
    earlier = [
        report for report, place in sorted(places.items())
        if (first[report] < latest and place.state == "included") or report in previous_reports
    ]  # fmt: skip
    new = sorted(row.report_id for row in rows if row.place.state == "included")
    elsewhere = {row["study_id"] for row in plan.previous_review}
    by_id = _previous_study_of(evidence, previous_reports)
    alias = {study: name for report, name in by_id.items() for study in studies.get(report, ())}
    described = {
        report: list(
            dict.fromkeys(alias.get(study, study) for study in studies.get(report) or [by_id.get(report, report)])
        )
        for report in (*earlier, *new)
    }
    previous_studies = sorted({study for report in earlier for study in described[report]} | elsewhere)
    new_studies = sorted({study for report in new for study in described[report]} - set(previous_studies))
    overlaps = {row["study_id"]: row.get("overlaps_with", "") for row in evidence.studies if row.get("overlaps_with")}
    labels = {row["study_id"]: row.get("label", "") for row in plan.previous_review}

    def report_list(reports: Sequence[str], extra: Sequence[Row] = ()) -> list[Row]:
        inside = [report_row(report, places[report], evidence, described) for report in reports]
        outside = [
            dict.fromkeys(REPORT_COLUMNS, "") | {
                "report_id": row["id"], "title": row.get("label", ""), "state": "included",
                "by": "previous version of the review", "study_ids": row["study_id"],
            }
            for row in extra
        ]  # fmt: skip
        return inside + outside

    def study_list(names: Sequence[str]) -> list[Row]:
        reports: dict[str, list[str]] = {}
        for report in (*earlier, *new):
            for study in described[report]:
                reports.setdefault(study, []).append(report)
        for row in unmatched:
            reports.setdefault(row["study_id"], []).append(row["id"])
        return [
            {
                "study_id": name,
                "label": labels.get(name) or evidence.merged.get((reports.get(name) or [""])[0], {}).get("title", ""),
                "report_ids": "; ".join(reports.get(name, [])),
                "overlaps_with": overlaps.get(name, ""),
                "found_in": "previous" if name in previous_studies else plan.latest,
            }
            for name in names
        ]

    waiting = [
        report for report, place in sorted(places.items()) if first[report] < latest and place.state in UNDECIDED
    ]
    relinked = [report for report in new if set(described[report]) & set(previous_studies)]
    all_reports = [*earlier, *(report for report in new if report not in earlier)]
    updated = plan.updated
    return {
        "previous_studies": Box("previous_studies", "study", study_list(previous_studies) if updated else None),
        "previous_reports": Box("previous_reports", "report", report_list(earlier, unmatched) if updated else None),
        "previous_awaiting": Box("previous_awaiting", "report", report_list(waiting) if updated else None),
        "new_studies": Box("new_studies", "study", study_list(new_studies)),
        "new_reports": Box("new_reports", "report", report_list(new)),
        "new_reports_of_previous_studies": Box(
            "new_reports_of_previous_studies", "report", report_list(relinked) if updated else None
        ),
        "total_studies": Box(
            "total_studies", "study", study_list(sorted({*previous_studies, *new_studies})) if updated else None
        ),
        "total_reports": Box("total_reports", "report", report_list(all_reports, unmatched) if updated else None),
    }


def _previous_study_of(evidence: Evidence, reports: frozenset[str]) -> dict[str, str]:
    """The previous review's study of each report of ours that it had."""
    keys: dict[str, str] = {}
    for row in evidence.plan.previous_review:
        for name in (row["id"], *split(row.get("reports", ""))):
            keys[name.lower()] = row["study_id"]
    found: dict[str, str] = {}
    for row in evidence.records:
        report = evidence.reports[row["record_id"]]
        if report in reports:
            for name in (row["record_id"], row.get("pmid", ""), row.get("doi", "")):
                if name and name.lower() in keys:
                    found[report] = keys[name.lower()]
    return found
