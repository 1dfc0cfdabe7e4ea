"""What the latest search changed in the records: new ones, late ones, changed fields, vanished ones, notices.

A record is held against its last version in any earlier search; which later search could have found it is asked as
``winnow diff`` asks it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from winnow.decisions.identities import Identities
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.page_data import ENDED
from winnow.report.states import SOUGHT
from winnow.review import Search
from winnow.search import diff
from winnow.tables import join, split

COLUMNS = (
    "change", "report_id", "record_id", "source", "what", "before", "after", "state", "to_decide", "note", "year", "title",
)  # fmt: skip

#: Fields that a judgement rests on or that a search looks at; a difference in any other field is a minor one.
WEIGHTY = frozenset(
    ("title", "original_title", "abstract", "publication_types", "mesh", "keywords", "language", "notices")
)
#: How a notice is called on the record that gives it: on the record that it is about.
_ABOUT_ANOTHER = {
    "retraction of": "retracted in",
    "partial retraction of": "partially retracted in",
    "retracted and republished from": "retracted and republished in",
    "erratum for": "erratum in",
    "corrected and republished from": "corrected and republished in",
    "expression of concern for": "expression of concern in",
}


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


def notices(evidence: Evidence, flow: Flow, statuses: Mapping[str, Iterable[Mapping[str, str]]]) -> list[Row]:
    """Retractions, corrections and concerns about reports that the review holds or cites.

    A notice may stand on the report's own records, on the record of the notice itself, or in the status that a search asked
    for. Nothing is excluded for it: ``notice`` rows are new since the earlier searches, ``notice known`` rows are not.

    Args:
        evidence: the tables.
        flow: where each report ended; those sought, assessed or included are held or cited.
        statuses: the rows of ``searches/<id>/status/status.csv`` by search.
    """
    latest = evidence.plan.latest
    found = []
    for report, its in sorted(said(evidence.records, evidence.reports, evidence.names, statuses).items()):
        if flow.places[report].state not in SOUGHT:
            continue
        for notice, searches in sorted(its.items()):
            known = [search for search in searches if search != latest]
            told = base("notice known" if known else "notice", report, evidence, flow)
            told |= {"what": "notices", "before": notice if known else "", "after": notice}
            found.append(told | {"note": f"told by search {join(sorted(searches, key=evidence.plan.searches.index))}"})
    return found


def said(
    records: Iterable[Row],
    reports: Mapping[str, str],
    names: Identities,
    statuses: Mapping[str, Iterable[Mapping[str, str]]],
) -> dict[str, dict[str, list[str]]]:
    """Every notice about every report, and the searches that told it.

    Args:
        records: rows of ``records.csv``.
        reports: the report of each record.
        names: the report that an id names.
        statuses: the rows of ``searches/<id>/status/status.csv`` by search.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def note(report: str, notice: str, search: str) -> None:
        if report and search not in found[report][notice]:
            found[report][notice].append(search)

    for row in records:
        for report, notice in _told_by(row, reports[row["record_id"]], names):
            note(report, notice, row["search_id"])
    for search, answers in statuses.items():
        for answer in answers:
            for notice in split(answer["notices"]):
                asked = names.named(answer["report_id"]).report or names.named(answer.get("id", "")).report
                note(asked, notice, search)
    return {report: _without_repeats(its) for report, its in found.items()}


def _told_by(row: Row, report: str, names: Identities) -> Iterable[tuple[str, str]]:
    """The notices of one record, each with the report that it is about."""
    for notice in split(row.get("notices", "")):
        words, _, identifier = notice.rpartition(" ")
        if words in _ABOUT_ANOTHER:
            about = names.named(identifier).report
            if about != report:
                yield about, f"{_ABOUT_ANOTHER[words]} {row['record_id']}"
        else:
            yield report, notice
    types = row.get("publication_types", "")
    if "Retracted Publication" in types and "Retracted Publication" in split(types):
        yield report, "retracted"


def _without_repeats(said: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A bare ``retracted`` says nothing beside a notice that says where.

    It is the notice that the same search names. A search that named none may have meant any of them, so it counts for all.
    """
    whole = {notice: list(searches) for notice, searches in said.items()}
    named = [notice for notice in whole if notice.startswith(("retracted in ", "retracted and republished in "))]
    if "retracted" in whole and named:
        placed = {search for notice in named for search in whole[notice]}
        unplaced = [search for search in whole.pop("retracted") if search not in placed]
        for notice in named:
            whole[notice] += unplaced
    return whole
