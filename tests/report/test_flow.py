"""The flow: every number is the length of a list, every record ends once, and broken tables give no diagram."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import review as reviews
from winnow.errors import Faults, IdentityError
from winnow.report import flow as flows
from winnow.report import stage
from winnow.report.evidence import Evidence
from winnow.report.states import STATES

Builder = Callable[..., Evidence]
SHAPES = {
    "seed": st.integers(0, 10_000), "reports": st.integers(0, 40), "searches": st.integers(1, 3),
    "kinds": st.integers(1, 5), "settled": st.booleans(),
}  # fmt: skip


@given(**SHAPES)
def test_every_record_of_the_latest_search_ends_exactly_once(review: Builder, **shape: int) -> None:
    """The rows of the latest search, as a multiset, are the rows of the journeys, each in one known state."""
    evidence = review(**shape)
    flow = flows.flow(evidence)
    found = Counter((row.record["source"], row.record["record_id"]) for row in flow.journeys)
    latest = evidence.plan.latest
    assert found == Counter((r["source"], r["record_id"]) for r in evidence.records if r["search_id"] == latest)
    assert set(found.values()) <= {1}
    assert {row.place.state for row in flow.journeys} <= set(STATES)


@given(**SHAPES)
def test_boxes_of_each_level_split_the_records_below(review: Builder, **shape: int) -> None:
    """Identified = removed + screened, screened = excluded + awaiting + sought, and so on to what is included, in both arms."""
    flow = flows.flow(review(**shape))
    n = flow.n
    assert n("database_results") + n("register_results") == (
        n("duplicates") + n("excluded_automatic") + n("excluded_other") + n("records_screened")
    )
    assert n("records_screened") == n("records_excluded") + n("awaiting_screening") + n("dbr_sought_reports")
    for arm in ("dbr", "other"):
        assert n(f"{arm}_sought_reports") == (
            n(f"{arm}_notretrieved_reports") + n(f"{arm}_awaiting_retrieval") + n(f"{arm}_assessed")
        )
        assert n(f"{arm}_assessed") == (n(f"{arm}_excluded") + n(f"{arm}_awaiting_eligibility") + n(f"{arm}_included"))
    assert n("new_reports") == n("dbr_included") + n("other_included")
    if flow.updated:
        assert n("total_reports") == n("previous_reports") + n("new_reports")
        assert n("total_studies") == n("previous_studies") + n("new_studies")
    assert all(identity.holds for identity in flow.identities)


@given(**SHAPES)
def test_no_report_is_lost_between_the_searches(review: Builder, **shape: int) -> None:
    """Reports in all = those first found earlier + those that the latest search sought, screened or set aside as new."""
    evidence = review(**shape)
    flow = flows.flow(evidence)
    new = {row.report_id for row in flow.journeys if row.place.state not in ("duplicate", "known")}
    order = {name: index for index, name in enumerate(evidence.plan.searches)}
    last = len(order) - 1
    earlier = {evidence.reports[r["record_id"]] for r in evidence.records if order[r["search_id"]] < last}
    assert not new & earlier
    assert new | earlier == set(evidence.reports.values())


@given(**SHAPES)
def test_a_draft_is_called_a_draft(review: Builder, **shape: int) -> None:
    """The flow is a draft exactly when a report of any search still waits for a decision or its full text."""
    flow = flows.flow(review(**shape))
    waiting = flow.n("previous_awaiting") + sum(
        flow.n(key) for key in flow.boxes if "awaiting" in key and not key.startswith("previous")
    )
    assert flow.draft == (waiting > 0)


@pytest.mark.parametrize("searches", [1, 2])
def test_each_number_in_prisma_json_is_the_length_of_its_list(
    review: Builder, folder: Callable[[Evidence, Path], Path], tmp_path: Path, searches: int
) -> None:
    """Every box and part of prisma.json names a CSV with a header and exactly n rows, and no list is left over."""
    root = folder(review(seed=9, reports=40, searches=searches), tmp_path)
    stage.run(reviews.load(root=root))
    boxes = json.loads((root / "results/report/prisma.json").read_text(encoding="utf-8"))
    named = set()
    for box in [box for whole in boxes.values() for box in (whole, *whole.get("parts", []))]:
        assert (box["n"] is None) == (box["list"] is None)
        if box["list"]:
            with open(root / box["list"], encoding="utf-8", newline="") as stream:
                rows = list(csv.reader(stream))
            assert len(rows) == box["n"] + 1
            named.add(root / box["list"])
    assert named == set((root / "results/report/lists").iterdir())


def test_one_search_gives_no_updated_boxes(review: Builder) -> None:
    """In a new review the boxes of previous and total studies do not apply."""
    flow = flows.flow(review(searches=1))
    assert {
        flow.boxes[key].n for key in ("previous_studies", "previous_reports", "total_studies", "total_reports")
    } == {None}


def test_records_of_the_previous_review_are_not_new(review: Builder) -> None:
    """A report that config's previous review had is counted there and removed from the new records, not counted twice."""
    evidence = review(seed=3, reports=30, settled=True)
    plain = flows.flow(evidence)
    report = plain.boxes["new_reports"].rows[0]["report_id"]
    rows = (
        {"study_id": "Doe 1999", "id": report, "label": "Doe 1999", "reports": "", "note": ""},
        {"study_id": "Roe 2001", "id": "99999", "label": "Roe 2001", "reports": "", "note": ""},
    )
    known = flows.flow(replace(evidence, plan=replace(evidence.plan, previous_review=rows, previous_reported=14)))
    assert known.updated
    assert known.n("new_reports") == plain.n("new_reports") - 1
    assert (known.n("previous_reports"), known.n("previous_studies")) == (2, 2)
    assert known.n("total_reports") == plain.n("new_reports") + 1


def test_every_report_of_the_previous_review_counts_once(review: Builder) -> None:
    """Each further report of a study is counted, found by our searches or not; one that two studies share is one report."""
    evidence = review(seed=3, reports=30, settled=True)
    ours, other = (row["report_id"] for row in flows.flow(evidence).boxes["new_reports"].rows[:2])
    rows = (
        {"study_id": "Doe 1999", "id": "99997", "label": "Doe", "reports": f"{ours}; 10.1000/doe"},
        {"study_id": "Roe 2001", "id": "99999", "label": "Roe", "reports": "99998; pubmed:99999"},
        {"study_id": "Poe 2002", "id": "99999", "label": "Poe", "reports": ""},
        {"study_id": "Coe 2003", "id": other, "label": "", "reports": "99996"},
    )
    flow = flows.flow(replace(evidence, plan=replace(evidence.plan, previous_review=rows)))
    listed = {row["report_id"]: row["study_ids"] for row in flow.boxes["previous_reports"].rows}
    assert listed == {
        ours: "Doe 1999", "pubmed:99997": "Doe 1999", "10.1000/doe": "Doe 1999",
        "pubmed:99999": "Roe 2001; Poe 2002", "pubmed:99998": "Roe 2001", other: "Coe 2003", "pubmed:99996": "Coe 2003",
    }  # fmt: skip
    titles = {row["report_id"]: row["title"] for row in flow.boxes["previous_reports"].rows}
    assert titles["pubmed:99999"] == "Roe; Poe" and titles["pubmed:99996"] == "" != titles[other]
    assert flow.n("previous_studies") == 4
    of_studies = {row["study_id"]: row["report_ids"] for row in flow.boxes["previous_studies"].rows}
    assert of_studies["Poe 2002"] == "pubmed:99999"


@pytest.mark.parametrize("kind", ["undecided", "twice", "skipped", "beyond", "no study", "no report", "strange source"])
def test_tables_that_contradict_themselves_give_no_flow(review: Builder, kind: str) -> None:
    """A report without a decision, decided twice, at a stage it never reached, or without study or report: each is named."""
    evidence = review(seed=3, settled=True)
    flow = flows.flow(evidence)
    report = flow.boxes["new_reports"].rows[0]["report_id"]
    decisions, studies, reports, records = (
        evidence.decisions,
        evidence.studies,
        dict(evidence.reports),
        evidence.records,
    )
    if kind == "undecided":
        decisions = [row for row in decisions if row["report_id"] != report]
    elif kind == "twice":
        decisions = [*decisions, next(row for row in decisions if row["report_id"] == report)]
    elif kind == "skipped":
        decisions = [row for row in decisions if (row["report_id"], row["stage"]) != (report, "retrieval")]
    elif kind == "beyond":
        decisions = [
            row | {"decision": "exclude"} if (row["report_id"], row["stage"]) == (report, "title_abstract") else row
            for row in decisions
        ]
    elif kind == "no study":
        studies = [row for row in studies if row["report_id"] != report]
    elif kind == "no report":
        reports.pop(report)
    else:
        records = [row | {"source": "nowhere"} if row["record_id"] == report else row for row in records]
    broken = replace(evidence, decisions=decisions, studies=studies, reports=reports, records=records)
    with pytest.raises((IdentityError, Faults)) as caught:
        flows.flow(broken)
    assert report in caught.value.line
