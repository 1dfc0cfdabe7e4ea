"""What the diagram says beside its numbers: whose review it is, how its records came to be, what was read, what is open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from winnow.manifests import METHODS
from winnow.report.evidence import Evidence
from winnow.report.flow import Flow
from winnow.report.form import SOURCE
from winnow.report.states import SCREENED, UNDECIDED
from winnow.report.typeface import printable


@dataclass(frozen=True)
class Notes:
    """The words around the boxes, each a line of plain text."""

    title: str
    form: str
    warnings: tuple[str, ...]
    draft: str
    footnotes: tuple[str, ...]


def notes(evidence: Evidence, flow: Flow) -> Notes:
    """The words around the diagram of a review."""
    plan = evidence.plan
    kind = "an updated" if flow.updated else "a new"
    reach = "databases, registers and other sources" if flow.other_methods else "databases and registers only"
    warnings = [plan.notice] if plan.notice else []
    if plan.made_up and "made up" not in plan.notice.lower():
        warnings.append("Made-up records, for demonstration only.")
    if any(source.method == "assembled" for source in plan.sources) and "assembled" not in plan.notice.lower():
        warnings.append("Counts records assembled from public bibliographic facts, not a search result.")
    return Notes(
        title=printable(plan.title),
        form=f"PRISMA 2020 flow diagram for {kind} systematic review: {reach} (search {plan.latest})",
        warnings=tuple(printable(warning) for warning in warnings),
        draft=_draft(flow),
        footnotes=tuple(printable(line) for line in _footnotes(evidence, flow)),
    )


def _draft(flow: Flow) -> str:
    if not flow.draft:
        return ""
    reports = {row.report_id for row in flow.journeys if row.place.state in UNDECIDED}
    open_work = len(reports) + flow.n("previous_awaiting")
    return f"DRAFT: {_count(open_work, 'report awaits a decision', 'reports await a decision')}"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _footnotes(evidence: Evidence, flow: Flow) -> list[str]:
    boxes = flow.boxes
    latest = evidence.plan.of(evidence.plan.latest)
    lines = []
    unusual = [f"{source.title}: {METHODS[source.method]}" for source in latest if source.method in _TOLD]
    lines.append("* " + ("; ".join(unusual) if unusual else "The number from each source stands in the box") + ".")
    split = {part.label: part.n for part in boxes["records_excluded"].parts}
    lines.append(
        f"** Excluded by a human (n = {split.get('by a human', 0)}), "
        f"by automation tools (n = {split.get('by automation tools', 0)})."
    )
    lines += [text for text in (_read(evidence, flow), _found_again(flow), _previous(evidence, flow)) if text]
    if n := flow.n("new_reports_of_previous_studies"):
        lines.append(f"Of the new reports, {n} belong{'s' if n == 1 else ''} to studies of the previous version.")
    return [*lines, SOURCE]


_TOLD = ("assembled", "not_available")


def _read(evidence: Evidence, flow: Flow) -> str:
    """What people read for their decisions, as they said themselves."""
    rows = {row.report_id for row in flow.journeys if row.place.state in SCREENED}
    said = []
    for stage, words in (("title_abstract", "at screening"), ("full_text", "for eligibility")):
        bases = Counter(
            row["basis"] or "not stated"
            for row in evidence.decisions
            if row["stage"] == stage and row["decision"] != "awaiting" and row["report_id"] in rows
        )
        if bases:
            counted = ", ".join(f"{basis} (n = {n})" for basis, n in sorted(bases.items(), key=lambda b: (-b[1], b[0])))
            said.append(f"{words} {counted}")
    return f"What was read, by report: {'; '.join(said)}." if said else ""


def _found_again(flow: Flow) -> str:
    said = [
        (flow.n("other_duplicates"), "found again by other records (listed, not sought)"),
        (flow.n("other_known"), "known from an earlier search or version (listed, not sought)"),
        (flow.n("other_dismissed"), "dismissed on title or by rule"),
    ]
    shown = [f"{n} {words}" for n, words in said if n]
    return f"Records identified via other methods and not sought: {'; '.join(shown)}." if shown else ""


def _previous(evidence: Evidence, flow: Flow) -> str:
    reported = evidence.plan.previous_reported
    established = len({row["study_id"] for row in evidence.plan.previous_review})
    if reported is None or not flow.updated or reported == established:
        return ""
    found = _count(established, "is established here", "are established here")
    return f"The review done elsewhere reported {_count(reported, 'study', 'studies')}; {found}."
