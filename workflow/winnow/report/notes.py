"""What the diagram says beside its numbers: whose review it is, how its records came to be, what was read, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from winnow.manifests import METHODS
from winnow.report.boxes import Box
from winnow.report.evidence import Evidence
from winnow.report.flow import Flow
from winnow.report.form import SOURCE
from winnow.report.shapes import Link
from winnow.report.states import UNDECIDED
from winnow.report.typeface import printable


@dataclass(frozen=True)
class Footnote:
    """One footnote: its text, the sign that refers to it (empty: none does), and the lists that its numbers open."""

    text: str
    sign: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Notes:
    """The words around the boxes, each one line."""

    title: str
    form: str
    warnings: tuple[str, ...]
    draft: str
    footnotes: tuple[Footnote, ...]


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
        footnotes=tuple(_footnotes(evidence, flow)),
    )


def _draft(flow: Flow) -> str:
    if not flow.draft:
        return ""
    reports = {row.report_id for row in flow.journeys if row.place.state in UNDECIDED}
    open_work = len(reports) + flow.n("previous_awaiting")
    return f"DRAFT: {_count(open_work, 'report awaits a decision', 'reports await a decision')}"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


#: A piece of a footnote: words, or words and the key of the box whose list they open.
_Piece = str | tuple[str, str]


def _footnote(*pieces: _Piece, sign: str = "") -> Footnote:
    """The pieces as one text with its links."""
    text, links = f"{sign} " if sign else "", []
    for piece in pieces:
        words, key = (piece, "") if isinstance(piece, str) else piece
        if key:
            links.append(Link(len(text), len(text) + len(words), key))
        text += words
    return Footnote(text, sign, tuple(links))


def _joined(separator: str, pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces with a separator between them."""
    found: list[_Piece] = []
    for piece in pieces:
        found += [separator, piece] if found else [piece]
    return found


def _opened(words: str, box: Box) -> _Piece:
    """The words, opening the box's list if it has one."""
    return words if box.rows is None else (words, box.key)


def _footnotes(evidence: Evidence, flow: Flow) -> Iterator[Footnote]:
    boxes = flow.boxes
    sources = {part.key.partition(".")[2]: part for key in _IDENTIFIED for part in boxes[key].parts}
    unusual = [
        _opened(f"{printable(source.title)}: {METHODS[source.method]}", sources[source.name])
        for source in evidence.plan.of(evidence.plan.latest)
        if source.method in _TOLD
    ]
    yield _footnote(*(_joined("; ", unusual) or ["The number from each source stands in the box"]), ".", sign="*")
    split = {part.label: part for part in boxes["records_excluded"].parts}
    human, tools = (_number(split.get(label)) for label in ("by a human", "by automation tools"))
    yield _footnote("Excluded by a human ", human, ", by automation tools ", tools, ".", sign="**")
    yield from (_footnote(*pieces) for pieces in (_read(flow), _found_again(flow), _previous(evidence, flow)) if pieces)
    again = boxes["new_reports_of_previous_studies"]
    if again.n:
        words = f"belong{'s' if again.n == 1 else ''} to studies of the previous version."
        yield _footnote("Of the new reports, ", (str(again.n), again.key), f" {words}")
    yield _footnote(SOURCE)


_TOLD = ("assembled", "not_available")
_IDENTIFIED = ("database_results", "register_results", "website_results", "organisation_results", "citations_results")


def _number(box: Box | None) -> _Piece:
    """``(n = 12)``, opening its list; of a box that is not there, ``(n = 0)``."""
    return "(n = 0)" if box is None else _opened(f"(n = {box.n})", box)


def _read(flow: Flow) -> list[_Piece]:
    """What people read for their decisions, as they said themselves."""
    said: list[_Piece] = []
    for key, words in (("read_for_screening", "at screening"), ("read_for_eligibility", "for eligibility")):
        counted = sorted(flow.boxes[key].parts, key=lambda part: (-(part.n or 0), part.label))
        pieces = [(f"{printable(part.label)} (n = {part.n})", part.key) for part in counted]
        if pieces:
            said += ["; " if said else "What was read, by report: ", f"{words} ", *_joined(", ", pieces)]
    return [*said, "."] if said else []


def _found_again(flow: Flow) -> list[_Piece]:
    said = [
        ("other_duplicates", "found again by other records (listed, not sought)"),
        ("other_known", "known from an earlier search or version (listed, not sought)"),
        ("other_dismissed", "dismissed on title or by rule"),
    ]
    shown: list[_Piece] = [(f"{flow.n(key)} {words}", key) for key, words in said if flow.n(key)]
    return ["Records identified via other methods and not sought: ", *_joined("; ", shown), "."] if shown else []


def _previous(evidence: Evidence, flow: Flow) -> list[_Piece]:
    reported = evidence.plan.previous_reported
    established = len({row["study_id"] for row in evidence.plan.previous_review})
    if reported is None or not flow.updated or reported == established:
        return []
    found = _count(established, "is established here", "are established here")
    return [f"The review done elsewhere reported {_count(reported, 'study', 'studies')}; {found}."]
