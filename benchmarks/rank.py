"""How early the ranking finds what labelled reviews included, and what it costs.

    python benchmarks/rank.py FOLDER [--sets NAME ...] [--seeds 1 2] [--questions benchmarks/questions.csv] [--beside CSV]

FOLDER holds <set>.csv.gz with title, abstract, label_included. For each set: labels only, with the question, and with the
question and no priors; mean over the seeds of atd / wss95 / recall10 / CPU seconds. ``--beside`` takes what
``benchmarks/rank_asreview.py`` printed, and adds how our atd and CPU seconds compare with it. ``--again N`` times one re-ranking
of N reports after a decision instead.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import pandas as pd

from winnow.rank.ranker import Ranker
from winnow.rank.simulate import simulate

MEASURES = ("atd", "wss95", "recall10", "cpu_s")


def read(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table[["title", "abstract"]], table["label_included"].str.startswith("1").to_numpy(dtype=np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--questions", type=Path, default=Path(__file__).with_name("questions.csv"))
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--again", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.again:
        again(arguments.folder, arguments.again)
        return
    with arguments.questions.open(encoding="utf-8", newline="") as lines:
        questions = {row["set"]: row["question"] for row in csv.DictReader(lines)}
    print(
        "set\tn\tincluded\t"
        + "\t".join(f"{way} {name}" for way in ("labels", "question", "no priors") for name in MEASURES)
    )
    means = []
    for name in arguments.sets or sorted(questions):
        reports, included = read(arguments.folder / f"{name}.csv.gz")
        cells = []
        for question, priors in (("", 1), (questions[name], 1), (questions[name], 0)):
            runs = [
                simulate(reports, included, question=question, priors=priors, seed=seed) for seed in arguments.seeds
            ]
            cells += [float(np.mean([run[measure] for run in runs])) for measure in MEASURES]
        means.append(cells)
        print(f"{name}\t{len(included)}\t{included.sum()}\t" + "\t".join(f"{cell:.3f}" for cell in cells), flush=True)
    print("mean\t\t\t" + "\t".join(f"{cell:.3f}" for cell in np.mean(means, axis=0)))
    if arguments.beside:
        beside(arguments.beside, arguments.sets or sorted(questions), np.array(means))


def beside(path: Path, sets: list[str], ours: np.ndarray) -> None:
    """Print our mean atd and CPU seconds over those of another program on the sets that it has run."""
    table = pd.read_csv(path).groupby("set")[["atd", "cpu_s"]].mean()
    rows = [place for place, name in enumerate(sets) if name in table.index]
    theirs = table.loc[[sets[row] for row in rows]].to_numpy()
    print(f"beside {path.name}, {len(rows)} sets\tof means\tmean of sets\tmost in a set")
    for way, first in (("labels", 0), ("question", 4), ("no priors", 8)):
        for label, column, other in (("atd", first, 0), ("CPU", first + 3, 1)):
            one, two = ours[rows, column], theirs[:, other]
            print(f"{way} {label}\t{one.mean() / two.mean():.3f}\t{(one / two).mean():.3f}\t{(one / two).max():.3f}")


def again(folder: Path, size: int) -> None:
    tables = [read(path) for path in sorted(folder.glob("*.csv.gz"))]
    reports = pd.concat([table for table, _ in tables], ignore_index=True).iloc[:size]
    included = np.concatenate([labels for _, labels in tables])[:size]
    ranker = Ranker(reports, "randomised trials of drugs")
    print("decided\tCPU ms per re-ranking")
    for decided in (20, 100, 500, 1000):
        labels = np.full(size, -1)
        rows = np.random.default_rng(1).choice(size, decided, replace=False)
        labels[rows] = included[rows]
        begin = time.process_time()
        for _ in range(5):
            ranker.scores(labels)
        print(f"{decided}\t{(time.process_time() - begin) / 5 * 1000:.0f}")


if __name__ == "__main__":
    main()
