"""The four official forms of the PRISMA 2020 flow diagram as one table: which box stands where and says what.

Wording after Page MJ et al., BMJ 2021;372:n71; "new" stands only in an updated review. A ``Line`` without a key is text; one with
a key ends in its number, ``(n = 12)``; ``note`` is its footnote's sign. Boxes of kind ``awaiting`` are ours: PRISMA has none for
open work, and they are drawn only while there is some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from winnow.report.boxes import Box
from winnow.report.flow import Flow
from winnow.report.typeface import printable

ROWS = ("identification", "screened", "sought", "assessed", "included", "total")
PHASES = {
    "Identification": ("identification", "identification"),
    "Screening": ("screened", "assessed"),
    "Included": ("included", "total"),
}
#: Keeps a number in brackets on one line; it is printed as an ordinary space.
UNBROKEN = "\u00a0"
SOURCE = (
    "Form and wording: Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement: an updated guideline for "
    "reporting systematic reviews. BMJ 2021;372:n71. doi:10.1136/bmj.n71"
)


@dataclass(frozen=True)
class Line:
    """A line of a box; ``key`` names the box whose number follows, ``parts`` lists that box's parts below it."""

    text: str
    key: str = ""
    parts: bool = False
    own_line: bool = False
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """A box in its column and row."""

    column: str
    row: str
    lines: tuple[Line, ...]
    kind: str = "plain"


@dataclass(frozen=True)
class Printed:
    """One line as it is printed: its text, its indent in steps, the list behind it and the footnote's sign (empty: none).

    ``continued`` is a line that goes on with the entry above it.
    """

    text: str
    indent: int = 0
    key: str = ""
    note: str = ""
    continued: bool = False


def _awaiting(column: str, row: str, text: str, key: str) -> Cell:
    return Cell(column, row, (Line(text, key, own_line=True),), "awaiting")


def _arm(left: str, right: str, arm: str) -> tuple[Cell, ...]:
    """The rows that both arms share, from what was sought to what was assessed."""
    awaiting_retrieval, awaiting_eligibility = f"{arm}_awaiting_retrieval", f"{arm}_awaiting_eligibility"
    return (
        Cell(left, "sought", (Line("Reports sought for retrieval", f"{arm}_sought_reports", own_line=True),)),
        Cell(right, "sought", (Line("Reports not retrieved", f"{arm}_notretrieved_reports", own_line=True),)),
        _awaiting(right, "sought", "Reports still sought", awaiting_retrieval),
        Cell(left, "assessed", (Line("Reports assessed for eligibility", f"{arm}_assessed", own_line=True),)),
        Cell(right, "assessed", (Line("Reports excluded:", f"{arm}_excluded", parts=True),)),
        _awaiting(right, "assessed", "Reports awaiting a decision", awaiting_eligibility),
    )


def cells(*, updated: bool) -> tuple[Cell, ...]:
    """Every box of the form; those that do not apply are left out when it is filled."""
    new, studies = ("new ", "New studies") if updated else ("", "Studies")
    return (
        Cell("previous", "bar", (Line("Previous studies"),), "grey bar"),
        Cell("left", "bar", (Line(f"Identification of {new}studies via databases and registers"),), "bar"),
        Cell("other_left", "bar", (Line(f"Identification of {new}studies via other methods"),), "grey bar"),
        Cell(
            "previous",
            "identification",
            (
                Line("Studies included in previous version of review", "previous_studies"),
                Line("Reports of studies included in previous version of review", "previous_reports"),
            ),
            "grey",
        ),
        _awaiting("previous", "screened", "Reports of earlier searches awaiting a decision", "previous_awaiting"),
        Cell(
            "left",
            "identification",
            (
                Line("Records identified from*:", note="*"),
                Line("Databases", "database_results", parts=True),
                Line("Registers", "register_results", parts=True),
            ),
        ),
        Cell(
            "right",
            "identification",
            (
                Line("Records removed before screening:"),
                Line("Duplicate records removed", "duplicates"),
                Line("Records marked as ineligible by automation tools", "excluded_automatic"),
                Line("Records removed for other reasons", "excluded_other", parts=True),
            ),
        ),
        Cell("left", "screened", (Line("Records screened", "records_screened", own_line=True),)),
        Cell("right", "screened", (Line("Records excluded**", "records_excluded", own_line=True, note="**"),)),
        _awaiting("right", "screened", "Records awaiting a decision", "awaiting_screening"),
        *_arm("left", "right", "dbr"),
        Cell(
            "other_left",
            "identification",
            (
                Line("Records identified from:"),
                Line("Websites", "website_results"),
                Line("Organisations", "organisation_results"),
                Line("Citation searching", "citations_results"),
            ),
            "grey",
        ),
        _awaiting("other_right", "screened", "Records awaiting a decision", "other_awaiting_screening"),
        *(
            Cell(cell.column, cell.row, cell.lines, "grey" if cell.kind == "plain" else cell.kind)
            for cell in _arm("other_left", "other_right", "other")
        ),
        Cell(
            "left",
            "included",
            (
                Line(f"{studies} included in review", "new_studies", own_line=True),
                Line(f"Reports of {new}included studies", "new_reports", own_line=True),
            ),
        ),
        Cell(
            "left",
            "total",
            (
                Line("Total studies included in review", "total_studies", own_line=True),
                Line("Reports of total included studies", "total_reports", own_line=True),
            ),
            "grey",
        ),
    )


def applies(cell: Cell, flow: Flow) -> bool:
    """Whether the form has this box: its column is there, and open work is shown only while there is some."""
    if cell.column == "previous" or cell.row == "total":
        if not flow.updated:
            return False
    elif cell.column.startswith("other") and not flow.other_methods:
        return False
    return cell.kind != "awaiting" or bool(flow.n(cell.lines[0].key))


def printed(cell: Cell, flow: Flow, labels: Mapping[str, str]) -> list[Printed]:
    """The lines of a box with their numbers; ``labels`` says how criteria are called."""
    found: list[Printed] = []
    several = len(cell.lines) > 1 and not cell.lines[0].key
    for line in cell.lines:
        indent = 1 if several and line.key else 0
        if not line.key:
            found.append(Printed(line.text, note=line.note))
            continue
        box = flow.boxes[line.key]
        if box.n is None:
            if line.key == "register_results":
                found.append(Printed(f"{line.text} (none searched)", indent))
            continue
        if line.parts and line.text.endswith(":") and box.parts:
            found.append(Printed(line.text, indent, box.key))
        elif line.own_line or line.text.endswith(":"):
            text = line.text.removesuffix(":")
            found += [Printed(text, indent, box.key, line.note), Printed(_number(box), indent, box.key)]
        else:
            found.append(Printed(f"{line.text} {_number(box)}", indent, box.key))
        if line.parts:
            found += [_part(part, indent + 1, labels) for part in box.parts]
    return found


def _part(part: Box, indent: int, labels: Mapping[str, str]) -> Printed:
    label = printable(labels.get(part.label, part.label))
    if part.n is None:
        return Printed(f"{label}: no export supplied", indent)
    return Printed(f"{label} {_number(part)}", indent, part.key)


def _number(box: Box) -> str:
    return f"(n = {box.n})".replace(" ", UNBROKEN)


#: Boxes that have no place of their own in the official forms.
BESIDE = {
    "other_duplicates": "Records of other methods that were found again",
    "other_known": "Records of other methods known before",
    "other_dismissed": "Records of other methods dismissed on title or by rule",
    "new_reports_of_previous_studies": "New reports of studies that the review already had",
    "read_for_screening": "Reports by what was read at screening",
    "read_for_eligibility": "Reports by what was read for eligibility",
    "dbr_included": "Reports included from databases and registers",
    "other_included": "Reports included from other methods",
    "database_specific_results": "Databases, one by one",
    "register_specific_results": "Registers, one by one",
}


def names(flow: Flow, labels: Mapping[str, str]) -> dict[str, str]:
    """How every box and every part is called where it stands alone, as above its list."""
    said = {line.key: line.text.rstrip(":*") for cell in cells(updated=flow.updated) for line in cell.lines if line.key}
    found = {}
    for key, box in flow.boxes.items():
        arm = " (other methods)" if key.startswith("other_") and key in said else ""
        found[key] = (said.get(key) or BESIDE.get(key) or key.replace("_", " ")) + arm
        for part in box.parts:
            found.setdefault(part.key, f"{found[key]}: {labels.get(part.label, part.label)}")
    return found
