"""The filled input file of the PRISMA2020 R package, for those who want its diagram as well.

Its parser cuts reasons at ``;`` and at the first ``,``, and what it draws with stops at straight quotation marks and backslashes:
inside a label these are written as other signs. It draws the words of an updated review unless a row says others, and asks for the
studies in a meta-analysis, which are no box of PRISMA's forms: not applicable here.
"""

from __future__ import annotations

from collections.abc import Mapping

from winnow.report.boxes import Box
from winnow.report.flow import Flow
from winnow.report.typeface import printable

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")

#: data, node, box, boxtext; a row without data is a title.
ROWS = (
    ("NA", "node4", "prevstud", "Previous studies"),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review"),
    ("previous_reports", "NA", "box1", "Reports of studies included in previous version of review"),
    ("NA", "node6", "newstud", "Identification of {new}studies via databases and registers"),
    ("database_results", "node7", "box2", "Databases"),
    ("database_specific_results", "NA", "box2", "Databases"),
    ("register_results", "NA", "box2", "Registers"),
    ("register_specific_results", "NA", "box2", "Registers"),
    ("NA", "node16", "othstud", "Identification of {new}studies via other methods"),
    ("website_results", "node17", "box11", "Websites"),
    ("organisation_results", "NA", "box11", "Organisations"),
    ("citations_results", "NA", "box11", "Citation searching"),
    ("duplicates", "node8", "box3", "Duplicate records removed"),
    ("excluded_automatic", "NA", "box3", "Records marked as ineligible by automation tools"),
    ("excluded_other", "NA", "box3", "Records removed for other reasons"),
    ("records_screened", "node9", "box4", "Records screened"),
    ("records_excluded", "node10", "box5", "Records excluded"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility"),
    ("dbr_excluded", "node14", "box9", "Reports excluded"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility"),
    ("other_excluded", "node21", "box15", "Reports excluded"),
    ("new_studies", "node15", "box10", "{New_studies} included in review"),
    ("new_reports", "NA", "box10", "Reports of {new}included studies"),
    ("total_studies", "node22", "box16", "Total studies included in review"),
    ("total_reports", "NA", "box16", "Reports of total included studies"),
    ("total_studies_ma", "node23", "box17", "Total studies included in meta-analysis"),
    ("total_reports_ma", "NA", "box17", "Reports of total included studies in meta-analysis"),
    ("identification", "node1", "identification", "Identification"),
    ("screening", "node2", "screening", "Screening"),
    ("included", "node3", "included", "Included"),
)
_SPLIT = ("database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded")


def rows(flow: Flow, labels: Mapping[str, str]) -> list[dict[str, str]]:
    """One dictionary per row of the R package's file; ``url`` is the list behind the number."""
    words = {"new": "new ", "New_studies": "New studies"} if flow.updated else {"new": "", "New_studies": "Studies"}
    found = []
    for data, node, place, template in ROWS:
        text = template.format(**words)
        box = flow.boxes.get(data)
        listed = box is not None and box.rows is not None
        found.append(
            {
                "data": data, "node": node, "box": place, "description": text, "boxtext": text, "tooltips": text,
                "url": f"lists/{data}.csv" if listed else "NA",
                "n": _n(box, labels) if box is not None and listed else "NA",
            }
        )  # fmt: skip
    return found


def _n(box: Box, labels: Mapping[str, str]) -> str:
    if box.key not in _SPLIT or not box.parts:
        return str(box.n)
    counted = [(labels.get(part.label, part.label), part.n) for part in box.parts if part.n is not None]
    return "; ".join(f"{_cut_safe(label)}, {n}" for label, n in counted)


#: Signs that end a label for the R package or its drawing, and what stands for them.
_CUTS = str.maketrans({",": " /", ";": " /", "'": "\u2019", '"': "\u201d", "\\": "/"})


def _cut_safe(label: str) -> str:
    return printable(label).translate(_CUTS).lstrip("=+-@ ")
