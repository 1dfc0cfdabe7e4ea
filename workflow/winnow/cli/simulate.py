"""``winnow simulate``: replay a labelled review to see how early the ranking would have shown what was included."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from winnow import files, tables
from winnow.errors import InputError, UsageError
from winnow.text import counted


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("records", metavar="RECORDS", help="a CSV of records")
    parser.add_argument("--labels", metavar="CSV", required=True, help="record_id, label_included (1 or 0)")
    parser.add_argument("--question", metavar="TEXT", default="", help="the review's question in a sentence or two")
    parser.add_argument(
        "--criteria", metavar="YAML", help="the review's criteria: what meets more of them comes earlier at first"
    )
    parser.add_argument(
        "--priors",
        metavar="N",
        type=int,
        default=1,
        help="known at the start: N included, N excluded (default: %(default)s)",
    )
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="seed of their draw (default: %(default)s)")
    parser.add_argument("-o", "--output", metavar="JSON", required=True, help="where the measures go")


def run(arguments: argparse.Namespace) -> int:
    """Replay and measure."""
    if arguments.priors < 0:
        raise UsageError("--priors is a number of records", mend="--priors 1")
    import numpy as np

    from winnow.rank import asreview
    from winnow.rank.simulate import simulate
    from winnow.screen import verdicts

    records = tables.read(arguments.records, needs=("record_id", "title")).drop_duplicates(
        "record_id", ignore_index=True
    )
    labels = asreview.labels(tables.read(arguments.labels, needs=("record_id",)), str(arguments.labels))
    labelled = records["record_id"].isin(labels)
    if left := int((~labelled).sum()):
        print(f"winnow: {counted(left, 'record')} without a label left out of the replay", file=sys.stderr)
    records = records[labelled].reset_index(drop=True)
    included = np.array([labels[name] for name in records["record_id"]], dtype=np.int64)
    found = int(included.sum())
    if not found:
        raise InputError("no included record", where=str(arguments.labels), mend="a replay needs one at least")
    if arguments.priors >= found:
        raise UsageError(
            f"--priors {arguments.priors} leaves no included record to be found, there are {found}",
            mend=f"name fewer than {found}",
        )
    met = verdicts.met(records, arguments.criteria) if arguments.criteria else None
    settings = {"question": arguments.question, "priors": arguments.priors, "seed": arguments.seed}
    measured = simulate(records, included, balance=met, **settings)
    order = measured.pop("order")
    if arguments.criteria:
        settings["criteria"] = Path(arguments.criteria).name
    files.write_json(arguments.output, measured | settings | {"order": [records["record_id"][row] for row in order]})
    return 0
