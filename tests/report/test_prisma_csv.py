"""The filled file of the R package PRISMA2020, read by that package's own rules (version 1.1.4).

It finds a row by looking for its key as a pattern anywhere in the column ``data``, takes a number with every other sign dropped,
and cuts reasons at ``;`` and then at the first ``,``. R itself (read.csv of R 4.2) read the same numbers from the bundled file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import tables
from winnow.report import flow as flows
from winnow.report import prisma_csv
from winnow.report.evidence import Evidence

Builder = Callable[..., Evidence]
NUMBERS = (
    "previous_studies", "previous_reports", "register_results", "database_results", "website_results", "organisation_results",
    "citations_results", "duplicates", "excluded_automatic", "excluded_other", "records_screened", "records_excluded",
    "dbr_sought_reports", "dbr_notretrieved_reports", "other_sought_reports", "other_notretrieved_reports", "dbr_assessed",
    "other_assessed", "new_studies", "new_reports", "total_studies$", "total_reports$",
)  # fmt: skip
REASONS = ("database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded")
TITLES = ("prevstud", "newstud", "othstud")


def number(cell: str) -> int | None:
    """A cell as the package reads a number; None is R's NA."""
    digits = re.sub(r"[^0-9.]", "", cell)
    return int(digits) if digits else None


def reasons(cell: str) -> list[tuple[str, int | None]]:
    """A cell as the package reads reasons and their numbers."""
    if not re.search(r"[^0-9,]", cell):
        return [("", number(cell))]
    pieces = re.split(r"; ?", cell)
    return [(re.sub(r",.*$", "", piece), number(re.sub(r".*?,([ 0-9,]*)|.*()", r"\1", piece))) for piece in pieces]


def written(path: Path, flow: flows.Flow, labels: dict[str, str]) -> list[dict[str, str]]:
    """The file as it is on disk."""
    tables.write_rows(path, prisma_csv.rows(flow, labels), prisma_csv.COLUMNS)
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(("searches", "kinds"), [(1, 3), (1, 5), (2, 3), (2, 5)])
def test_the_package_reads_every_number(review: Builder, tmp_path: Path, searches: int, kinds: int) -> None:
    """Each key names one row, whose number is the box's; a box that does not apply is not available, never 0."""
    flow = flows.flow(review(seed=6, reports=90, searches=searches, kinds=kinds, settled=True))
    rows = written(tmp_path / "prisma2020.csv", flow, {})
    assert list(rows[0]) == ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]
    for pattern in NUMBERS:
        (row,) = [row for row in rows if re.search(pattern, row["data"])]
        assert number(row["n"]) == flow.boxes[pattern.rstrip("$")].n
    for key in REASONS:
        (row,) = [row for row in rows if re.search(key, row["data"])]
        box = flow.boxes[key]
        counted = [part.n for part in box.parts if part.n is not None] or [box.n]
        assert [n for _, n in reasons("" if row["n"] == "NA" else row["n"])] == counted
    for key in TITLES:
        assert len([row for row in rows if re.search(key, row["box"])]) == 1
    assert (rows[3]["boxtext"] == "Identification of new studies via databases and registers") == (searches > 1)


@given(label=st.text(st.sampled_from("reason 12,;'\"\\=-@(n=3)皮肌炎\u202e"), min_size=1, max_size=40))
def test_no_sign_in_a_reason_cuts_it(review: Builder, label: str) -> None:
    """Whatever a reason is called, the package reads as many reasons as there are, with their numbers."""
    flow = flows.flow(review(seed=6, reports=90, settled=True))
    row = next(row for row in prisma_csv.rows(flow, {"population": label}) if row["data"] == "dbr_excluded")
    read = reasons(row["n"])
    assert [n for _, n in read] == [part.n for part in flow.boxes["dbr_excluded"].parts]
    assert not set("'\"\\") & set(row["n"])


def test_every_link_leads_somewhere(review: Builder) -> None:
    """A link is the list of a box that is counted; a row that has no list has no link."""
    flow = flows.flow(review(seed=6, reports=90, searches=2))
    for row in prisma_csv.rows(flow, {}):
        box = flow.boxes.get(row["data"])
        assert (row["url"] == f"lists/{row['data']}.csv") == (box is not None and box.rows is not None)
