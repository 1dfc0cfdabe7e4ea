"""The PRISMA 2020 flow: each box is a list, each number the length of its list, and the arithmetic is asserted.

Boxes carry the names of the PRISMA2020 R package, and ours where PRISMA has none (what is awaiting, what other methods
found again). Each is one line of a table: which rows of the latest search it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from winnow.errors import IdentityError, raise_all
from winnow.report.boxes import Box, report_row
from winnow.report.evidence import Evidence, Row, SourcePlan
from winnow.report.identities import Identity, identities
from winnow.report.included import previous_review, studies_boxes, studies_of
from winnow.report.states import (
    ASSESSED,
    SCREENED,
    SOUGHT,
    STATES,
    UNDECIDED,
    Journey,
    Place,
    faults_of_tables,
    journeys,
    report_places,
)


@dataclass(frozen=True)
class Flow:
    """All boxes by key, every record's journey, and what the diagram must say beside its numbers."""

    updated: bool
    other_methods: bool
    draft: bool
    boxes: dict[str, Box]
    journeys: tuple[Journey, ...]
    places: dict[str, Place]
    identities: tuple[Identity, ...]

    def n(self, key: str) -> int:
        """The number in a box; 0 if it does not apply."""
        return self.boxes[key].n or 0


@dataclass(frozen=True)
class _Line:
    """How a box is filled: the rows of one arm that ended in one of ``states``."""

    key: str
    unit: str
    arm: str
    states: tuple[str, ...]
    kind: str = ""
    category: str = ""
    parts: str = ""


_LINES = (
    _Line("database_results", "record", "dbr", STATES, kind="database", parts="source"),
    _Line("register_results", "record", "dbr", STATES, kind="register", parts="source"),
    _Line("duplicates", "record", "dbr", ("duplicate",)),
    _Line("excluded_automatic", "record", "dbr", ("automatic",), parts="reason"),
    _Line("excluded_other", "record", "dbr", ("known",), parts="reason"),
    _Line("records_screened", "record", "dbr", SCREENED),
    _Line("records_excluded", "record", "dbr", ("excluded",), parts="by"),
    _Line("awaiting_screening", "record", "dbr", ("awaiting_screening",)),
    _Line("dbr_sought_reports", "report", "dbr", SOUGHT),
    _Line("dbr_notretrieved_reports", "report", "dbr", ("not_retrieved",)),
    _Line("dbr_awaiting_retrieval", "report", "dbr", ("awaiting_retrieval",)),
    _Line("dbr_assessed", "report", "dbr", ASSESSED, parts="basis"),
    _Line("dbr_excluded", "report", "dbr", ("ineligible",), parts="reason"),
    _Line("dbr_awaiting_eligibility", "report", "dbr", ("awaiting_eligibility",)),
    _Line("dbr_included", "report", "dbr", ("included",)),
    _Line("website_results", "record", "other", STATES, category="websites", parts="source"),
    _Line("organisation_results", "record", "other", STATES, category="organisations", parts="source"),
    _Line("citations_results", "record", "other", STATES, category="citation searching", parts="source"),
    _Line("other_duplicates", "record", "other", ("duplicate",)),
    _Line("other_known", "record", "other", ("known",), parts="reason"),
    _Line("other_dismissed", "record", "other", ("automatic", "excluded")),
    _Line("other_awaiting_screening", "record", "other", ("awaiting_screening",)),
    _Line("other_sought_reports", "report", "other", SOUGHT),
    _Line("other_notretrieved_reports", "report", "other", ("not_retrieved",)),
    _Line("other_awaiting_retrieval", "report", "other", ("awaiting_retrieval",)),
    _Line("other_assessed", "report", "other", ASSESSED, parts="basis"),
    _Line("other_excluded", "report", "other", ("ineligible",), parts="reason"),
    _Line("other_awaiting_eligibility", "report", "other", ("awaiting_eligibility",)),
    _Line("other_included", "report", "other", ("included",)),
)

_FAULTS = 40


def flow(evidence: Evidence) -> Flow:
    """Count the latest search of a review.

    Raises:
        IdentityError, Faults: the tables contradict each other or the arithmetic does not add up; every fault is named.
    """
    _stop(faults_of_tables(evidence))
    places, wrong = report_places(evidence)
    previous = previous_review(evidence)
    rows = journeys(evidence, places, previous.study_of)
    studies, missing = studies_of(evidence, places)
    _stop(wrong + missing)
    boxes = {line.key: _filled(line, rows, evidence, studies) for line in _LINES}
    boxes |= _specific(boxes)
    boxes |= _read_boxes(rows, evidence, studies)
    boxes |= studies_boxes(evidence, places, rows, studies, previous)
    proved = tuple(identities(boxes, rows))
    _stop([f"{each.name}: {each.left} is not {each.right}" for each in proved if not each.holds])
    undecided = any(row.place.state in UNDECIDED for row in rows) or bool(boxes["previous_awaiting"].rows)
    return Flow(
        updated=evidence.plan.updated,
        other_methods=any(source.kind == "other" for source in evidence.plan.of(evidence.plan.latest)),
        draft=undecided,
        boxes=boxes,
        journeys=tuple(rows),
        places=places,
        identities=proved,
    )


def _stop(wrong: Sequence[str]) -> None:
    """Raise every fault, each on its line; of very many the first are enough to see what happened."""
    shown = [*wrong[:_FAULTS], *([f"and {len(wrong) - _FAULTS} faults more"] if len(wrong) > _FAULTS else [])]
    raise_all(
        [IdentityError(fault, where="the flow", mend="no diagram is drawn; run the stages again") for fault in shown]
    )


def _filled(line: _Line, rows: Sequence[Journey], evidence: Evidence, studies: dict[str, list[str]]) -> Box:
    """A box of one arm with its list and parts; null where no source of its kind was searched."""
    wanted = [
        source
        for source in evidence.plan.of(evidence.plan.latest)
        if (source.kind == "other") == (line.arm == "other")
        and line.kind in ("", source.kind)
        and line.category in ("", source.category)
    ]
    if not wanted:
        return Box(line.key, line.unit, None)
    held = [
        row
        for row in rows
        if row.arm == line.arm
        and row.place.state in line.states
        and line.kind in ("", row.kind)
        and line.category in ("", row.category)
    ]
    parts: tuple[Box, ...] = ()
    if line.parts == "source":
        parts = tuple(_source_box(line, source, held) for source in wanted)
    elif line.parts:
        parts = tuple(
            Box(
                f"{line.key}.{_slug(label, index)}",
                line.unit,
                [_row(line.unit, row, evidence, studies) for row in some],
                label,
            )
            for index, (label, some) in enumerate(_grouped(held, _GROUPS[line.parts], evidence))
        )
    return Box(line.key, line.unit, [_row(line.unit, row, evidence, studies) for row in held], parts=parts)


def _source_box(line: _Line, source: SourcePlan, held: Sequence[Journey]) -> Box:
    """What one source gave; null where nobody supplied its export."""
    rows = [row.row for row in held if row.record["source"] == source.name]
    listed = rows if rows or source.method != "not_available" else None
    return Box(f"{line.key}.{source.name}", line.unit, listed, source.title, source.method)


_GROUPS: dict[str, Callable[[Place], str]] = {
    "reason": lambda place: place.reason or "no reason given",
    "by": lambda place: "by automation tools" if place.by_rule else "by a human",
    "basis": lambda place: place.basis or "not stated",
}


def _grouped(
    rows: Sequence[Journey], group: Callable[[Place], str], evidence: Evidence
) -> list[tuple[str, list[Journey]]]:
    """Rows by label, in the protocol's order of criteria first, then the largest group first."""
    found: dict[str, list[Journey]] = {}
    for row in rows:
        found.setdefault(group(row.place), []).append(row)
    order = {name: index for index, name in enumerate(evidence.plan.criteria)}
    names = sorted(found, key=lambda name: (order.get(name, len(order)), -len(found[name]), name))
    return [(name, found[name]) for name in names]


def _slug(label: str, index: int) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in label.lower()).strip("_")[:40]
    return f"{index + 1}_{kept}" if kept else str(index + 1)


def _row(unit: str, row: Journey, evidence: Evidence, studies: dict[str, list[str]]) -> Row:
    return row.row if unit == "record" else report_row(row.report_id, row.place, evidence, studies)


#: Box of the notes: the stage whose decisions it counts.
_READ = {"read_for_screening": "title_abstract", "read_for_eligibility": "full_text"}


def _read_boxes(rows: Sequence[Journey], evidence: Evidence, studies: dict[str, list[str]]) -> dict[str, Box]:
    """What people read for their decisions on the reports of this search, by what they said themselves."""
    places = {row.report_id: row.place for row in rows if row.place.state in SCREENED}
    found = {}
    for key, stage in _READ.items():
        read: dict[str, list[Row]] = {}
        for row in evidence.decisions:
            if row["stage"] == stage and row["decision"] != "awaiting" and row["report_id"] in places:
                told = report_row(row["report_id"], places[row["report_id"]], evidence, studies)
                read.setdefault(row["basis"] or "not stated", []).append(told | {"basis": row["basis"]})
        parts = tuple(
            Box(f"{key}.{_slug(basis, index)}", "report", read[basis], basis)
            for index, basis in enumerate(sorted(read))
        )
        found[key] = Box(key, "report", [row for part in parts for row in part.rows or ()], parts=parts)
    return found


def _specific(boxes: dict[str, Box]) -> dict[str, Box]:
    """The R package's second pair of keys for the same records, split by source."""
    pairs = {"database_specific_results": "database_results", "register_specific_results": "register_results"}
    return {key: Box(key, "record", boxes[whole].rows, parts=boxes[whole].parts) for key, whole in pairs.items()}
