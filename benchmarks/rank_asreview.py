"""ASReview's default model (ELAS u4) on labelled reviews, by the protocol of ``benchmarks/rank.py``, for its ``--beside``.

    PYTHONPATH=workflow python benchmarks/rank_asreview.py FOLDER [--sets NAME ...] [--seeds 1 2] > asreview.csv

Runs in an environment where ASReview 3 is installed. The same priors are drawn; CPU seconds are of the simulation alone, from
the text to the last included report.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from asreview.learner import ActiveLearningCycle
from asreview.models.models import get_ai_config
from asreview.simulation.simulate import Simulate

from winnow.rank.simulate import drawn, measures

COLUMNS = ("set", "seed", "atd", "wss95", "recall10", "cpu_s")


def replayed(path: Path, seed: int) -> dict[str, float]:
    """The measures of one simulation with one included and one excluded prior."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    included = table["label_included"].str.startswith("1").to_numpy(dtype=np.int64)
    priors = np.flatnonzero(drawn(included, 1, seed) >= 0)
    begin = time.process_time()
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    simulation = Simulate(table[["title", "abstract"]], included.tolist(), [cycle], print_progress=False)
    simulation.label(priors.tolist())
    simulation.review()
    cpu = time.process_time() - begin
    labels = simulation._results["label"].to_numpy(dtype=np.int64)[len(priors) :]
    return measures(np.flatnonzero(labels == 1) + 1, len(included) - len(priors)) | {"cpu_s": round(cpu, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2])
    arguments = parser.parse_args()
    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    out.writeheader()
    for name in arguments.sets or sorted(
        path.name.removesuffix(".csv.gz") for path in arguments.folder.glob("*.csv.gz")
    ):
        for seed in arguments.seeds:
            out.writerow({"set": name, "seed": seed} | replayed(arguments.folder / f"{name}.csv.gz", seed))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
