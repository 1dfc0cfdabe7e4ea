"""What an update changed: records new, changed or vanished, notices, decisions gone stale, and how the conclusions move.

Nothing is excluded because of it: a retraction or a changed abstract is shown beside the report's decision, for people to judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from winnow import config, tables
from winnow.decisions.identities import Identities
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.page_data import ENDED
from winnow.report.sections import Section, Table
from winnow.report.states import first_searches
from winnow.report.story import Story, optional
from winnow.review import Review
from winnow.search import diff, status

COLUMNS = ("change", "report_id", "record_id", "source", "field", "before", "after", "ended", "to_decide", "title")

#: kind of change: what it means, in the order of the table
KINDS = {
    "notice": "newly retracted, corrected or under concern",
    "stale": "decided, but what was judged has changed since",
    "conclusion": "a statement that the new studies move",
    "late": "new, of years that the search before covered",
    "new": "new",
    "changed": "found again, with a field that differs",
    "vanished": "found before, not now, though this search could have found it",
    "out of scope": "found before; this search does not cover its source or its year",
}


def changes(review: Review, evidence: Evidence, flow: Flow, story: Story) -> list[Row]:
    """Everything that the latest search changed against the one before; empty in a review of one search."""
    if len(review.searches) < 2:
        return []
    earlier, later = review.searches[-2:]
    rows = {
        search.id: [row for row in evidence.records if row["search_id"] == search.id] for search in (earlier, later)
    }
    found = [_record(change, evidence) for change in diff.changes(rows[earlier.id], rows[later.id], earlier, later)]
    found += _statuses(review, evidence)
    found += [
        {"change": "stale", "report_id": row["report_id"], "field": row["stage"], "before": row["decision"], "after": row["stale"]}
        for row in evidence.decisions
        if row["stale"]
    ]  # fmt: skip
    found += _conclusions(review, evidence)
    order = list(KINDS)
    waiting = {row["report_id"]: row["why"] for row in story.to_decide}
    shown = [_completed(row, evidence, flow, waiting) for row in found]
    return sorted(shown, key=lambda row: (order.index(row["change"]), *(row[name] for name in COLUMNS[1:])))


def _completed(row: Row, evidence: Evidence, flow: Flow, waiting: Mapping[str, str]) -> Row:
    report = row.get("report_id", "")
    place = flow.places.get(report)
    return dict.fromkeys(COLUMNS, "") | row | {
        "ended": ENDED[place.state] if place else "",
        "to_decide": waiting.get(report, ""),
        "title": evidence.merged[report]["title"] if place else "",
    }  # fmt: skip


def _record(change: Row, evidence: Evidence) -> Row:
    """A change of one record, under its report; what is new to this search alone may be old to the review."""
    kind = change["change"]
    report = evidence.reports[change["record_id"]]
    if kind == "new" and change["shared_scope"] == "yes":
        kind = "late"
    return {"change": kind, "report_id": report} | {
        name: change[name] for name in ("record_id", "source", "field", "before", "after")
    }  # fmt: skip


def _statuses(review: Review, evidence: Evidence) -> list[Row]:
    """Notices that the latest search's status folder has and no earlier one had."""
    names = Identities(evidence.records, evidence.reports)
    known: set[tuple[str, str]] = set()
    fresh: list[Row] = []
    for search in review.searches:
        fresh = []
        for row in optional(review.root / "searches" / search.id / status.FOLDER / status.TABLE, status.COLUMNS):
            for notice in tables.split(row["notices"]):
                report = names.named(row["report_id"]).report or names.named(row["id"]).report
                if (report, notice) not in known:
                    fresh.append({"change": "notice", "report_id": report, "source": row["service"], "after": notice})
                known.add((report, notice))
    return fresh


def _conclusions(review: Review, evidence: Evidence) -> list[Row]:
    """Statements worked out from the reports of earlier searches, where those of all searches say something else."""
    from winnow.extract import form
    from winnow.synthesise import statements
    from winnow.synthesise.evidence import Evidence as Values

    path, plan = review.config_dir / "extraction.yaml", review.config_dir / "synthesis.yaml"
    if not path.is_file():
        return []
    asked = (config.load(plan, "synthesis") or {}) if plan.is_file() else {}
    several = [field.id for field in form.load(path).fields if field.multiple]
    values = tables.read(review.result("extract", "values.csv"), columns=tables.VALUES)
    latest, first = len(evidence.plan.searches) - 1, first_searches(evidence)
    old_reports = {report for report, place in first.items() if place < latest}
    old = [row["study_id"] for row in evidence.studies if row["report_id"] in old_reports]
    kept = values[[not report or report in old_reports for report in values["report_id"]]]
    told = []
    for chosen, studies in ((kept, old), (values, [row["study_id"] for row in evidence.studies])):
        worked = Values(chosen, studies, several=several)
        said = {"studies": str(len(worked.studies))}
        said |= {row["id"]: row["statement"] for row in statements.statements(worked, asked.get("statements", ()))}
        told.append(said)
    before, after = told
    return [
        {"change": "conclusion", "field": name, "before": before[name], "after": after[name]}
        for name in after
        if before[name] != after[name]
    ]


def _counts(rows: Iterable[Row]) -> list[tuple[str, str, int]]:
    """Kind, source and how many records (or decisions, or statements)."""
    things = {(row["change"], row["source"], row["record_id"] or row["report_id"] + row["field"]) for row in rows}
    counted = Counter((kind, source) for kind, source, _ in things)
    order = list(KINDS)
    return [
        (kind, source, n)
        for (kind, source), n in sorted(counted.items(), key=lambda c: (order.index(c[0][0]), c[0][1]))
    ]


def markdown(review: Review, rows: Sequence[Row]) -> str:
    """``changes.md``: how much changed, and what needs a person."""
    if len(review.searches) < 2:
        return "# What changed\n\nThis review has one search; there is nothing to compare.\n"
    earlier, later = review.searches[-2:]
    lines = [f"# What changed from {earlier.id} to {later.id}", ""]
    lines += [f"- {KINDS[kind]}{f' ({source})' if source else ''}: {n}" for kind, source, n in _counts(rows)] or [
        "Nothing."
    ]
    for kind in ("notice", "stale", "conclusion", "vanished"):
        some = [row for row in rows if row["change"] == kind]
        if some:
            lines += ["", f"## {KINDS[kind].capitalize()}", ""]
            lines += [f"- {' · '.join(_plain(part) for part in _said(row) if part)}" for row in some]
    return "\n".join([*lines, "", "Every change, field by field: `changes.csv`.", ""])


def _said(row: Row) -> tuple[str, ...]:
    moved = f"{row['before'] or 'nothing'} → {row['after'] or 'nothing'}" if row["before"] or row["after"] else ""
    return (row["report_id"], row["title"], row["field"], moved, row["ended"])


def _plain(text: str) -> str:
    """One line of Markdown in which no sign of the text means anything."""
    line = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|" else sign for sign in line)


def section(review: Review, rows: Sequence[Row]) -> Section | None:
    """The page's section; new records are counted here and stand in the open work."""
    if len(review.searches) < 2:
        return None
    earlier, later = review.searches[-2:]
    counted = [[KINDS[kind], source, str(n)] for kind, source, n in _counts(rows)]
    shown = [Table("How many records changed, by kind and source", ("Change", "Source", "n"), counted)]
    headings = ("Report", "Title", "Field", "Change", "Where it ended")
    for kind in ("notice", "stale", "conclusion", "changed", "vanished"):
        if some := [_said(row) for row in rows if row["change"] == kind][:LONGEST]:
            shown.append(Table(KINDS[kind], headings, some))
    intro = f"From search {earlier.id} to search {later.id}. Nothing is excluded because of it; every change is in changes.csv."
    return Section("changes", "What changed", intro, shown)


LONGEST = 200
