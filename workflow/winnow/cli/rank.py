"""``winnow rank``: the order in which people had best read, and when they may stop."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import files, tables
from winnow.errors import InputError, UsageError
from winnow.text import counted

if TYPE_CHECKING:
    import pandas as pd


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("records", metavar="RECORDS", help="a CSV of records")
    parser.add_argument("-o", "--output", metavar="RANKING", required=True, help="where the ranking goes")
    parser.add_argument(
        "--labels",
        metavar="CSV",
        help="decisions so far in the order taken: record_id, label_included (1 or 0); an export of ASReview will do",
    )
    parser.add_argument("--question", metavar="TEXT", default="", help="the review's question in a sentence or two")
    parser.add_argument(
        "--criteria", metavar="YAML", help="the review's criteria: what meets more of them comes earlier at first"
    )
    parser.add_argument("--sample", metavar="N", type=int, default=0, help="put N unread records drawn at random first")
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="seed of the draw (default: %(default)s)")
    parser.add_argument("--stopping", metavar="JSON", help="write what may still be missed if screening stopped now")
    parser.add_argument(
        "--target", metavar="RECALL", type=float, default=0.95, help="the recall that is wanted (default: %(default)s)"
    )
    parser.add_argument("--asreview", metavar="CSV", help="write the records and decisions as a dataset for ASReview")


def run(arguments: argparse.Namespace) -> int:
    """Rank the records; nothing is ever left out of the ranking."""
    if not 0 < arguments.target < 1:
        raise UsageError("--target is a share between 0 and 1", mend="--target 0.95")
    if arguments.sample < 0:
        raise UsageError("--sample is a number of records", mend="--sample 100")
    from winnow.rank import asreview, stopping
    from winnow.rank.ranker import RANKING, ranking
    from winnow.screen import verdicts

    records = tables.read(arguments.records, needs=("record_id", "title"))
    _unique(records, arguments.records)
    decided, drawn = _decisions(arguments.labels, records)
    met = verdicts.met(records, arguments.criteria) if arguments.criteria else None
    table = ranking(records, decided, arguments.question, met, sample=arguments.sample, seed=arguments.seed)
    tables.write(arguments.output, table, RANKING)
    if arguments.stopping:
        ranked = [label for name, label in decided.items() if name not in drawn]
        sampled = [label for name, label in decided.items() if name in drawn]
        report = stopping.report(ranked, len(records), sampled=sampled, target=arguments.target)
        files.write_json(arguments.stopping, report)
    if arguments.asreview:
        tables.write(arguments.asreview, asreview.dataset(records, decided), asreview.COLUMNS)
    return 0


def _unique(records: pd.DataFrame, where: str) -> None:
    repeated = records["record_id"][records["record_id"].duplicated()]
    if len(repeated):
        raise InputError(
            f"record_id {repeated.iloc[0]} occurs more than once",
            where=str(where),
            mend="deduplicate the records first",
        )


def _decisions(path: str | None, records: pd.DataFrame) -> tuple[dict[str, int], set[str]]:
    """Decisions by record id in the order taken, and the ids that were drawn at random (column ``sample``)."""
    if path is None:
        return {}, set()
    from winnow.rank import asreview

    table = tables.read(Path(path), needs=("record_id",))
    decided = asreview.labels(table, str(path))
    known = set(records["record_id"])
    if unknown := [name for name in decided if name not in known]:
        print(
            f"winnow: {path}: {counted(len(unknown), 'decision')} on records that are not there ({unknown[0]} ...)",
            file=sys.stderr,
        )
    drawn = set()
    if "sample" in table.columns:
        drawn = {
            name
            for name, cell in zip(table["record_id"], table["sample"], strict=True)
            if cell.strip().lower() in ("1", "yes")
        }
    return {name: label for name, label in decided.items() if name in known}, drawn
