"""The arithmetic of the flow, every equation by name; the two sides are counted apart, so that each can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow.report.boxes import Box
from winnow.report.states import Journey


@dataclass(frozen=True)
class Identity:
    """One equation between boxes: its two sides in words and in numbers."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether both sides are the same number."""
        return self.left == self.right


def identities(boxes: Mapping[str, Box], rows: Sequence[Journey]) -> list[Identity]:
    """Every equation of the flow; the sides are counted apart, so that each can fail."""

    def n(*keys: str) -> int:
        return sum(boxes[key].n or 0 for key in keys)

    def parts(key: str) -> int:
        return sum(part.n or 0 for part in boxes[key].parts)

    found = [
        Identity("identified = sum over databases and registers", n("database_results", "register_results"),
                 sum(row.arm == "dbr" for row in rows)),
        Identity("screened = identified - duplicates - automation - other reasons", n("records_screened"),
                 n("database_results", "register_results") - n("duplicates", "excluded_automatic", "excluded_other")),
        Identity("screened = excluded + awaiting + sought", n("records_screened"),
                 n("records_excluded", "awaiting_screening", "dbr_sought_reports")),
        Identity("records of other methods = found again + dismissed + awaiting + sought",
                 n("website_results", "organisation_results", "citations_results"),
                 n("other_duplicates", "other_known", "other_dismissed", "other_awaiting_screening",
                   "other_sought_reports")),
        Identity("new reports = included from databases, registers and other methods", n("new_reports"),
                 n("dbr_included", "other_included")),
    ]  # fmt: skip
    for arm in ("dbr", "other"):
        found += [
            Identity(f"{arm}: sought = not retrieved + awaiting + assessed", n(f"{arm}_sought_reports"),
                     n(f"{arm}_notretrieved_reports", f"{arm}_awaiting_retrieval", f"{arm}_assessed")),
            Identity(f"{arm}: assessed = excluded + awaiting + included", n(f"{arm}_assessed"),
                     n(f"{arm}_excluded", f"{arm}_awaiting_eligibility", f"{arm}_included")),
        ]  # fmt: skip
    for key, box in boxes.items():
        if box.parts:
            found.append(Identity(f"{key} = sum of its parts", n(key), parts(key)))
        if box.rows is not None:
            ids = [
                row["record_id"] + "\0" + row["source"] if box.unit == "record" else row[f"{box.unit}_id"]
                for row in box.rows
            ]
            found.append(Identity(f"{key}: no row twice", len(ids), len(set(ids))))
    if boxes["total_studies"].rows is not None:
        found += [
            Identity("total studies = previous + new", n("total_studies"), n("previous_studies", "new_studies")),
            Identity("total reports = previous + new", n("total_reports"), n("previous_reports", "new_reports")),
        ]
    return found
