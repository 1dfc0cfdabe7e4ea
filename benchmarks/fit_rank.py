"""The weights of what is known before anyone decides: fitted on all reviews but those held out, and tested on these.

    python benchmarks/fit_rank.py FOLDER [--questions benchmarks/questions.csv]

FOLDER holds <set>.csv.gz with title, abstract, label_included. Reviews that share records are held out together. Prints the mean
rank of the included reports (over the number of reports, nothing decided) by the weights fitted without the review, and by those
in the package; then the weights fitted on all, which stand rounded in ``question.py`` and ``signs.csv``.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from rank import read
from winnow.rank.features import Features, features
from winnow.rank.question import ANYWHERE, TITLE, bm25, fed_back, shown, signs, standard

#: Reviews that share records (see the data's README).
TOGETHER = (
    {"Nelson_2002", "Cohen_Estrogens"},
    {"Cohen_ADHD", "Cohen_AtypicalAntipsychotics"},
    {"Cohen_ACEInhibitors", "Cohen_BetaBlockers", "Cohen_CalciumChannelBlockers"},
)
#: The inverse of the penalty on large weights, and the weight of a review.
PENALTY, REVIEW = 0.003, 1000.0
PACKAGE = np.array([ANYWHERE, TITLE, *(sign.weight for sign in signs())])


def columns(collection: Features, question: str) -> np.ndarray:
    """What is weighed: the question in the report and in its title, and the signs, each with mean 0."""
    vocabulary = collection.vocabulary
    found = [standard(bm25(counts, vocabulary, question)) for counts in (collection.counts, collection.titles)]
    table = np.array(found + [shown(collection, sign) for sign in signs()]).T
    return np.asarray(table - table.mean(axis=0))


def fitted(tables: list[np.ndarray], labels: list[np.ndarray]) -> np.ndarray:
    """The weights; every review counts the same, and in it the included as much as the others."""
    each = [np.where(one == 1, REVIEW / 2 / one.sum(), REVIEW / 2 / (len(one) - one.sum())) for one in labels]
    model = LogisticRegression(C=PENALTY)
    model.fit(np.vstack(tables), np.concatenate(labels), sample_weight=np.concatenate(each))
    return np.asarray(model.coef_.ravel())


def mean_rank(scores: np.ndarray, included: np.ndarray) -> float:
    """The mean rank of the included over the number of reports."""
    order = np.argsort(-scores, kind="stable")
    return float((np.flatnonzero(included[order] == 1) + 1).mean() / len(order))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=Path, default=Path(__file__).with_name("questions.csv"))
    arguments = parser.parse_args()
    with arguments.questions.open(encoding="utf-8", newline="") as lines:
        questions = {row["set"]: row["question"] for row in csv.DictReader(lines)}
    data = {}
    for name, question in sorted(questions.items()):
        reports, included = read(arguments.folder / f"{name}.csv.gz")
        collection = features(reports)
        data[name] = (collection, columns(collection, question), included)
    print("set\theld out\twith feedback\tpackage\twith feedback")
    ranks = []
    for name, (collection, table, included) in data.items():
        held = next((group for group in TOGETHER if name in group), {name})
        others = [data[other] for other in data if other not in held]
        apart = table @ fitted([one[1] for one in others], [one[2] for one in others])
        tries = [
            fed_back(collection, standard(one)) if more else one for one in (apart, table @ PACKAGE) for more in (0, 1)
        ]
        ranks.append([mean_rank(scores, included) for scores in tries])
        print(f"{name}\t" + "\t".join(f"{rank:.3f}" for rank in ranks[-1]), flush=True)
    print("mean\t" + "\t".join(f"{rank:.3f}" for rank in np.mean(ranks, axis=0)))
    weights = fitted([one[1] for one in data.values()], [one[2] for one in data.values()])
    for label, new, old in zip(
        ["question", "in title", *(sign.name for sign in signs())], weights, PACKAGE, strict=True
    ):
        print(f"{label}\t{new:.2f}\t(package {old})")


if __name__ == "__main__":
    main()
