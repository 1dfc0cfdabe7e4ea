"""Fit the cue tables of ``winnow.extract`` on labelled trial abstracts, and print how they do on abstracts they have not seen.

    python benchmarks/fit_extract.py FOLDER [-o workflow/winnow/extract/rules]

FOLDER holds ``pico_corpus_sample_size.csv.gz`` (columns id, text, total_participants, intervention_n, control_n),
``pico_corpus_outcome_counts.csv.gz`` (id, label, start, value), ``ctcorpus_docs.csv.gz`` (id, disease, text) and
``ctcorpus_entities.csv.gz`` (id, type, start, end, value). Scores are five-fold, by abstract. Without ``-o`` nothing is written.

Words that do not stand both in abstracts on breast cancer and in abstracts on glaucoma or diabetes are one class, RARE, so that no
drug and no disease can be a cue. Logistic regression with an L1 penalty leaves some hundred cues per table, which are rounded.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction import DictVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from winnow import files
from winnow.extract import candidates, numbers
from winnow.extract.cues import Context, cues
from winnow.extract.passage import Passage
from winnow.extract.words import common_words

Span = tuple[int, int]


@dataclass
class Abstract:
    """One labelled text: spans per label, and values per label where the set gives no place."""

    id: str
    field: str
    text: str
    spans: dict[str, list[Span]] = field(default_factory=dict)
    values: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context = Context(Passage("abstract", self.text))


@dataclass(frozen=True)
class Task:
    """A table: its candidates, its label, the places it may look at, the penalty, and the fields that are labelled."""

    name: str
    where: Callable[[Context], Iterator[candidates.Candidate]]
    fields: tuple[str, ...]
    penalty: float
    without: tuple[str, ...] = ()
    by_value: bool = False


_BOTH = ("breast cancer", "gl", "dm2")
_CT = ("gl", "dm2")
TASKS = (
    Task(
        "total",
        lambda c: candidates.counts(c.words),
        _BOTH,
        1.0,
        ("said", "before", "after", "numbers", "adds", "next", "ratio"),
        True,
    ),
    Task("arm", lambda c: candidates.counts(c.words), _BOTH, 1.0, ("said",), True),
    Task("event_count", lambda c: candidates.counts(c.words), _BOTH, 0.4),
    Task("percentage", lambda c: candidates.percentages(c.words), _BOTH, 0.4),
    Task("dose", lambda c: candidates.doses(c.words), _CT, 1.0),
    Task("frequency", lambda c: candidates.frequencies(c.words, c.passage.lower), _CT, 1.0),
    Task("duration", lambda c: candidates.durations(c.words), _CT, 1.0),
)
_TYPES = {
    "PercentageAffected": "percentage",
    "NumberAffected": "event_count",
    "DoseValue": "dose",
    "Frequency": "frequency",
    "Duration": "duration",
}


def abstracts(folder: Path) -> list[Abstract]:
    """Both labelled sets."""
    read = {
        path.name.split(".")[0]: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv.gz")
    }
    found = {}
    for row in read["pico_corpus_sample_size"].to_dict("records"):
        values = {
            "total": _values(row["total_participants"]),
            "arm": _values(row["intervention_n"]) + _values(row["control_n"]),
        }
        found[row["id"]] = Abstract(row["id"], "breast cancer", row["text"], {}, values)
    for row in read["pico_corpus_outcome_counts"].to_dict("records"):
        name = "percentage" if row["label"].endswith("percent") else "event_count"
        start = int(row["start"])
        found[row["id"]].spans.setdefault(name, []).append((start, start + len(row["value"])))
    for row in read["ctcorpus_docs"].drop_duplicates("id").to_dict("records"):
        found[f"ct {row['id']}"] = Abstract(row["id"], row["disease"], row["text"], {}, {"total": [], "arm": []})
    kinds = {"NumberPatientsCT": "total", "NumberPatientsArm": "arm"}
    for row in read["ctcorpus_entities"].drop_duplicates(["id", "start", "end", "type"]).to_dict("records"):
        abstract = found[f"ct {row['id']}"]
        if row["type"] in _TYPES:
            abstract.spans.setdefault(_TYPES[row["type"]], []).append((int(row["start"]), int(row["end"])))
        elif row["type"] in kinds:
            abstract.values[kinds[row["type"]]] += _values(row["value"])
    return list(found.values())


def _values(cell: str) -> list[int]:
    values = []
    for part in cell.split("|"):
        text = " ".join(part.replace("\u202f", " ").replace(" - ", "-").replace(" , ", ",").strip(" )").split())
        if (value := numbers.whole(text.removesuffix(" patients"))) is not None:
            values.append(value)
    return values


def general_words(found: list[Abstract]) -> frozenset[str]:
    """Words in at least three abstracts on breast cancer and in three on glaucoma or diabetes."""
    seen = {True: Counter[str](), False: Counter[str]()}
    for abstract in found:
        seen[abstract.field == "breast cancer"].update(set(abstract.context.words.tokens))
    return frozenset(
        word for word in seen[True]
        if word.isalpha() and word.isascii() and seen[True][word] >= 3 and seen[False][word] >= 3
    )  # fmt: skip


_FREE = frozenset(
    ("size", "form", "sentence", "place", "bracket", "numbers", "share", "before", "after", "adds", "ratio")
)


def design(task: Task, found: list[Abstract]):
    """Cues, labels, groups, candidates and the number of labelled spans per field."""
    rows, labels, groups, places = [], [], [], []
    for group, abstract in enumerate(found):
        if abstract.field not in task.fields:
            continue
        context = abstract.context
        for first, last in task.where(context):
            start, end = context.passage.span(context.words.starts[first], context.words.ends[last])
            if task.by_value:
                label = context.words.numbers[first] in abstract.values[task.name]
            else:
                label = any(start < stop and begin < end for begin, stop in abstract.spans.get(task.name, ()))
            rows.append(
                {
                    f"{place}\t{' '.join(words)}": 1
                    for place, *words in cues(context, first, last)
                    if place not in task.without
                }
            )
            labels.append(label)
            groups.append(group)
            places.append((first, last))
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(rows).tocsc()
    often = np.asarray((matrix > 0).sum(0)).ravel() >= 3
    return matrix[:, often].tocsr(), vectors.get_feature_names_out()[often], np.array(labels), np.array(groups), places


def model(task: Task) -> LogisticRegression:
    return LogisticRegression(C=task.penalty, l1_ratio=1.0, solver="liblinear", max_iter=1000, random_state=0)


def unseen(task: Task, matrix, labels, groups, seed: int | None = None) -> np.ndarray:
    """Each candidate's probability by a table fitted without its abstract; ``seed`` deals the abstracts anew."""
    scores = np.zeros(len(labels))
    if seed is not None:
        groups = np.random.RandomState(seed).permutation(int(groups.max()) + 1)[groups]
    for train, test in GroupKFold(5).split(matrix, labels, groups):
        scores[test] = model(task).fit(matrix[train], labels[train]).predict_proba(matrix[test])[:, 1]
    return scores


def threshold(scores: np.ndarray, labels: np.ndarray) -> float:
    """The score from which on candidates are taken, for the best F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + labels.sum())
    return float(round(scores[order][int(np.argmax(f1))], 2))


def report(task: Task, found: list[Abstract], scores, labels, groups, accept: float) -> None:
    for name in ("breast cancer", "glaucoma or diabetes"):
        mine = np.array([(found[group].field == "breast cancer") == (name == "breast cancer") for group in groups])
        if not mine.any():
            continue
        if task.by_value:
            gold = int(labels[mine].sum())
        else:
            gold = sum(
                len(set(each.spans.get(task.name, ()))) for each in found
                if (each.field == "breast cancer") == (name == "breast cancer")
            )  # fmt: skip
        taken = mine & (scores >= accept)
        right = int((taken & labels).sum())
        precision, recall = right / max(1, taken.sum()), right / max(1, gold)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{task.name:12} {name:22} gold {gold:5}  P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  from {accept}")


def totals(found: list[Abstract], scores, groups, places) -> pd.DataFrame:
    """The surest number of each abstract that states a total: field, score, whether it was right."""
    best: dict[int, tuple[float, float | None]] = {}
    for score, group, (first, _) in zip(scores, groups, places, strict=True):
        if group not in best or score > best[group][0]:
            best[group] = (score, found[group].context.words.numbers[first])
    rows = []
    for group, abstract in enumerate(found):
        if abstract.values["total"]:
            score, value = best.get(group, (0.0, None))
            rows.append((abstract.field, score, value in abstract.values["total"]))
    return pd.DataFrame(rows, columns=["field", "score", "right"])


def report_totals(answers: pd.DataFrame, knots: list[tuple[float, float]]) -> None:
    """The share right, in each field and among the answers whose confidence is high."""
    for name, mine in answers.groupby(answers["field"] == "breast cancer"):
        field = "breast cancer" if name else "glaucoma or diabetes"
        print(f"{'n_total':12} {field:22} answers {len(mine):5}  right {mine['right'].mean():.3f}")
    sure = np.interp(answers["score"], [score for score, _ in knots], [share for _, share in knots]) >= 0.9
    right = answers["right"][sure].mean()
    print(f"{'n_total':12} {'high confidence':22} share {sure.mean():.3f}  right {right:.3f}")


def calibration(scores: np.ndarray, right: np.ndarray) -> list[tuple[float, float]]:
    """Knots (score, share right) for a dozen bands of scores; the share never falls with the score."""
    seen = scores > 0.02
    edges = np.quantile(scores[seen], np.linspace(0, 1, 13))
    middles, shares, sizes = [], [], []
    for low, high in itertools.pairwise(edges):
        inside = seen & (scores >= low) & ((scores < high) | (high == edges[-1]))
        if count := int(inside.sum()):
            middles.append(float(scores[inside].mean()))
            shares.append((float(right[inside].sum()) + 0.5) / (count + 1))
            sizes.append(count)
    rising = IsotonicRegression(out_of_bounds="clip").fit(middles, shares, sample_weight=sizes).predict(middles)
    return [(round(score, 3), round(float(share), 3)) for score, share in zip(middles, rising, strict=True)]


def table(matrix, names, labels, task: Task) -> str:
    fitted = model(task).fit(matrix, labels)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("place", "word", "weight"))
    writer.writerow(("base", "", f"{fitted.intercept_[0]:.3f}"))
    for name, weight in sorted(zip(names, fitted.coef_[0], strict=True)):
        if abs(weight) >= 0.02:
            writer.writerow((*name.split("\t"), f"{weight:.3f}"))
    return out.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    found = abstracts(arguments.folder)
    if arguments.output:
        # The words that fields share come first: reading a text depends on them.
        listed = "\n".join(sorted(general_words(found))) + "\n"
        files.write_text(arguments.output / "common_words.txt", listed)
        common_words.cache_clear()
        found = abstracts(arguments.folder)
    levels = ["extractor,score,confidence"]
    for task in TASKS:
        matrix, names, labels, groups, places = design(task, found)
        scores = unseen(task, matrix, labels, groups)
        accept = threshold(scores, labels)
        report(task, found, scores, labels, groups, accept)
        knots = calibration(scores, labels.astype(float))
        if task.name == "total":
            # One answer an abstract: few, so the abstracts are dealt three times.
            dealt = [unseen(task, matrix, labels, groups, seed) for seed in range(3)]
            answers = pd.concat([totals(found, each, groups, places) for each in dealt])
            knots = calibration(answers["score"].to_numpy(), answers["right"].to_numpy(float))
            report_totals(answers, knots)
        levels.append(f"{task.name},accept,{accept}")
        levels += [f"{task.name},{score},{confidence}" for score, confidence in knots]
        if arguments.output:
            files.write_text(arguments.output / f"{task.name}.csv", table(matrix, names, labels, task))
    if arguments.output:
        files.write_text(arguments.output / "confidence.csv", "\n".join(levels) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
