"""Whether every cell of the extraction and synthesis tables follows from a quote or a person's row.

A value without a quote, a report and a person or rule never reaches a table (``extract.cells.untraceable``). So a cell leads to
its origin if it is what the texts, the ledgers, the form and the plan give. The two stages are worked out once more, in a folder of
their own, and compared cell by cell with what stands in ``results/``: each cell that was emptied, changed or added is named.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from winnow.errors import InputError, WinnowError, raise_all
from winnow.extract import stage as extract
from winnow.review import Review
from winnow.synthesise import stage as synthesise

#: The stages whose tables are checked, and what they read of the stages before.
STAGES = ("extract", "synthesise")
_READ = ("screen/decisions.csv", "deduplicate/merged.csv")
_MEND = "find out who changed it, then run 'make review' again"

#: The lines of a table, the heading first, cells as they are printed.
Lines = Sequence[Sequence[str]]


def faults(review: Review) -> list[WinnowError]:
    """Each cell of a review's extraction and synthesis tables that does not follow from what the review stands on.

    Raises:
        WinnowError: the tables cannot be worked out at all.
    """
    follows = worked_out(review)
    stands = written(review.results)
    found: list[WinnowError] = []
    for name in sorted(follows.keys() | stands.keys()):
        where = f"{review.relative(review.results)}/{name}"
        if name not in stands:
            found.append(InputError("the table is gone", where=where, mend="run 'make review' again"))
        elif name not in follows:
            found.append(InputError("the table follows from nothing", where=where, mend=_MEND))
        else:
            found += differing(where, stands[name], follows[name])
    return found


def worked_out(review: Review) -> dict[str, Lines]:
    """The tables of both stages by ``<stage>/<name>.csv``, worked out from the review; its results stay as they are."""
    with tempfile.TemporaryDirectory() as folder:
        aside = replace(review, settings=review.settings | {"results": folder})
        for name in _READ:
            its, copy = review.results / name, aside.results / name
            if not its.is_file():
                where = review.relative(its)
                raise InputError("missing, so no cell can be checked", where=where, mend="run 'make review' again")
            copy.parent.mkdir(parents=True)
            shutil.copyfile(its, copy)
        try:
            extract.run(aside)
            synthesise.run(aside)
        except WinnowError as fault:  # which names the copies; they are gone when it is read
            named = fault.line.replace(folder, review.relative(review.results))
            raise_all([InputError(line) for line in named.splitlines()])
        return written(aside.results)


def written(results: Path) -> dict[str, Lines]:
    """The tables of both stages that stand in a folder of results."""
    return {
        f"{stage}/{path.name}": _lines(path) for stage in STAGES for path in sorted((results / stage).glob("*.csv"))
    }


def _lines(path: Path) -> Lines:
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        return list(csv.reader(stream))


def differing(where: str, stands: Lines, follows: Lines) -> list[WinnowError]:
    """Each cell in which a table differs from what follows, by line (as a spreadsheet counts them) and column."""
    if len(stands) != len(follows):
        first = next((place for place, (one, two) in enumerate(zip_longest(stands, follows)) if one != two), 0)
        what = f"{len(stands)} lines where {len(follows)} follow"
        return [InputError(what, where=f"{where}:{first + 1}", mend=_MEND)]
    heading = follows[0] if follows else ()
    return [
        InputError(
            f"{_column(heading, column)} is '{_shown(one)}' where '{_shown(two)}' follows",
            where=f"{where}:{line}",
            mend=_MEND,
        )
        for line, (mine, its) in enumerate(zip(stands, follows, strict=True), start=1)
        for column, (one, two) in enumerate(zip_longest(mine, its))
        if one != two
    ]


def _column(heading: Sequence[str], column: int) -> str:
    return heading[column] if column < len(heading) else f"column {column + 1}"


def _shown(cell: str | None) -> str:
    """A cell as a fault shows it: nothing if there is none, and no more than its beginning."""
    text = " ".join((cell or "").split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def summary(tables: Mapping[str, Lines]) -> str:
    """How many cells were looked at."""
    cells = sum(bool(cell) for lines in tables.values() for line in lines[1:] for cell in line)
    return f"{len(tables)} tables, {cells} cells: each follows from a quote or a person's row"
