"""What the latest search changed in the records: new ones, late ones, changed fields, vanished ones, notices.

A record is held against its last version in any earlier search; which later search could have found it is asked as
``winnow diff`` asks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.page_data import ENDED
from winnow.report.states import SOUGHT
from winnow.review import Search
from winnow.search import diff
from winnow.tables import join

COLUMNS = (
    "change", "report_id", "record_id", "source", "what", "before", "after", "state", "to_decide", "note", "year", "title",
)  # fmt: skip

#: Fields that a judgement rests on or that a search looks at; a difference in any other field is a minor one.
WEIGHTY = frozenset(
    ("title", "original_title", "abstract", "publication_types", "mesh", "keywords", "language", "notices")
)


def base(change: str, report_id: str, evidence: Evidence, flow: Flow) -> Row:
    """The cells that every row about a report has."""
    merged = evidence.merged[report_id]
    told = dict.fromkeys(COLUMNS, "") | {"change": change, "report_id": report_id}
    state = ENDED[flow.places[report_id].state]
    return told | {"state": state, "year": merged.get("year", ""), "title": merged.get("title", "")}


def rows(evidence: Evidence, flow: Flow, searches: Sequence[Search]) -> list[Row]:
    """New, late, changed, minor, vanished and out of scope: one row per record, or per field that differs.

    Args:
        evidence: the tables; its plan has at least two searches.
        flow: where each report ended.
        searches: the searches of the review, oldest first.
    """
    *earlier, latest = searches
    before: dict[tuple[str, str], Row] = {}
    after = []
    for row in evidence.records:
        if row["search_id"] == latest.id:
            after.append(row)
        else:
            before[row["source"], row["record_id"]] = row
    titles = {source.name: source.title for source in evidence.plan.sources}
    now = {(row["source"], row["record_id"]): row for row in after}
    found = []
    for change in diff.changes(before.values(), after, earlier[-1], latest):
        if change["change"] == "notice":
            continue  # notices are told by report, whichever record brings them
        key = change["source"], change["record_id"]
        told = base(change["change"], evidence.reports[change["record_id"]], evidence, flow)
        told |= {"record_id": change["record_id"], "source": titles[change["source"]], "what": change["field"]}
        told |= {"before": change["before"], "after": change["after"]}
        if change["change"] == "new":
            covered = [search for search in earlier if diff.covers(search, now[key]) == "yes"]
            told["note"] = join(f"search {one.id} covered {one.years[0]} to {one.years[1]}" for one in covered)
        elif change["change"] == "changed" and change["field"] not in WEIGHTY:
            told["change"] = "minor"
        elif change["change"] in ("vanished", "out of scope"):
            unsure = "its year is not stated" if change["shared_scope"] == "unknown" else ""
            told["note"] = join((f"last found by search {before[key]['search_id']}", unsure))
        found.append(told)
    return _arrived(found, evidence.first, len(earlier))


def _arrived(found: list[Row], first: Mapping[str, int], latest: int) -> list[Row]:
    """A new record is of a known report, or of a new one; that is late if an earlier search could have found any record of it."""
    late = {row["report_id"] for row in found if row["change"] == "new" and row["note"]}
    for row in found:
        if row["change"] == "new" and first[row["report_id"]] < latest:
            row["change"] = "new record"
        elif row["change"] == "new" and row["report_id"] in late:
            row["change"] = "late"
    return found


def notices(evidence: Evidence, flow: Flow, told: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Row]:
    """Retractions, corrections and concerns about reports that the review holds or cites.

    Nothing is excluded for them: ``notice`` rows are new since the earlier searches, ``notice known`` rows are not.

    Args:
        evidence: the tables.
        flow: where each report ended; those sought, assessed or included are held or cited.
        told: every notice about every report with the searches that told it (:func:`winnow.search.notices.told`).
    """
    latest = evidence.plan.latest
    found = []
    for report, its in sorted(told.items()):
        if flow.places[report].state not in SOUGHT:
            continue
        for notice, searches in sorted(its.items()):
            known = [search for search in searches if search != latest]
            row = base("notice known" if known else "notice", report, evidence, flow)
            row |= {"what": "notices", "before": notice if known else "", "after": notice}
            found.append(row | {"note": f"told by search {join(sorted(searches, key=evidence.plan.searches.index))}"})
    return found
