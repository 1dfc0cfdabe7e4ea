"""Fit the cue tables of ``winnow.extract`` on labelled trial abstracts, and print how they do on abstracts they have not seen.

    python benchmarks/fit_extract.py FOLDER [-o workflow/winnow/extract/rules]

FOLDER holds ``pico_corpus_sample_size.csv.gz`` (columns id, text, total_participants, intervention_n, control_n),
``pico_corpus_outcome_counts.csv.gz`` (id, label, start, value), ``ctcorpus_docs.csv.gz`` (id, disease, text) and
``ctcorpus_entities.csv.gz`` (id, type, start, end, value). Scores are five-fold, by abstract. Without ``-o`` nothing is written.

Words that do not stand both in abstracts on breast cancer and in abstracts on glaucoma or diabetes are one class, RARE, so that no
drug and no disease can be a cue. The model is logistic regression with an L2 penalty (on unseen abstracts better than L1); weights
too small to matter are left out, in the folds as in the tables.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from labelled_abstracts import Abstract, abstracts
from sklearn.feature_extraction import DictVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from total_answers import DEALT, answers, report_totals, smooth

from winnow import files
from winnow.extract import candidates, numbers, second_look, sure_total
from winnow.extract.counting import KINDS, count
from winnow.extract.cues import Context, Cue, cues
from winnow.extract.words import common_words


@dataclass(frozen=True)
class Task:
    """A table: its candidates, its label, the places it may look at, the penalty, and the fields that are labelled."""

    name: str
    where: Callable[[Context], Iterator[candidates.Candidate]]
    fields: tuple[str, ...]
    strength: float
    without: tuple[str, ...] = ()
    by_value: bool = False


#: A weight below this is left out of a table.
_LEAST = 0.05
#: Differences in F1 that are chance.
_AS_GOOD = 0.001
_BOTH = ("breast cancer", "gl", "dm2")
_CT = ("gl", "dm2")
TASKS = (
    Task("arm", lambda c: candidates.counts(c.words), _BOTH, 0.3, without=("said",), by_value=True),
    Task("total", lambda c: candidates.counts(c.words), _BOTH, 1.0, by_value=True),
    Task("event_count", lambda c: candidates.counts(c.words), _BOTH, 0.1),
    Task("percentage", lambda c: candidates.percentages(c.words), _BOTH, 0.1),
    Task("dose", lambda c: candidates.doses(c.words), _CT, 1.0),
    Task("frequency", lambda c: candidates.frequencies(c.words, c.passage.lower), _CT, 0.3),
    Task("duration", lambda c: candidates.durations(c.words), _CT, 0.2),
)
#: The tables whose scores a second look at the counts of events starts from, and the table of that look.
FIRST = ("total", "arm", "event_count", "percentage")
SECOND = Task("event_count", lambda c: candidates.counts(c.words), _BOTH, 0.5)
#: The tables whose findings are judged once more: their own confidence is asked by nobody.
JUDGED_AGAIN = ("total", "event_count")
#: The tables that a second look at totals starts from, and the table of that look.
FIRST_TOTAL = ("total", "arm")
SURE_TOTAL = Task(sure_total.NAME, lambda c: candidates.counts(c.words), _BOTH, 0.1)


def general_words(found: list[Abstract]) -> frozenset[str]:
    """Words in at least three abstracts on breast cancer and in three on glaucoma or diabetes."""
    seen = {True: Counter[str](), False: Counter[str]()}
    for abstract in found:
        seen[abstract.field == "breast cancer"].update(set(abstract.context.words.tokens))
    return frozenset(
        word for word in seen[True]
        if word.isalpha() and word.isascii() and seen[True][word] >= 3 and seen[False][word] >= 3
    )  # fmt: skip


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
            rows.append(named(cue for cue in cues(context, first, last) if cue[0] not in task.without))
            labels.append(label)
            groups.append(group)
            places.append((first, last))
    return *vectorised(rows), np.array(labels), np.array(groups), places


def named(found: Iterable[Cue]) -> dict[str, int]:
    """Cues as the tables name them: place, tab, words."""
    return {f"{place}\t{key if isinstance(key, str) else ' '.join(key)}": 1 for place, key in found}


def vectorised(rows: list[dict[str, int]]):
    """Rows of cues as a matrix, and the cues of its columns: those that at least three numbers have."""
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(rows).tocsc()
    often = np.asarray((matrix > 0).sum(0)).ravel() >= 3
    return matrix[:, often].tocsr(), vectors.get_feature_names_out()[often]


def weights(task: Task, matrix, labels) -> tuple[float, np.ndarray]:
    """The base and the weight of each cue, in thousandths as the tables have them; small ones are nought."""
    model = LogisticRegression(C=task.strength, solver="liblinear", max_iter=1000, random_state=0)
    fitted = model.fit(matrix, labels)
    listed = np.where(np.abs(fitted.coef_[0]) < _LEAST, 0.0, fitted.coef_[0])
    return round(float(fitted.intercept_[0]), 3), np.round(listed, 3)


def unseen(task: Task, matrix, labels, groups, seed: int | None = None) -> np.ndarray:
    """Each candidate's probability by a table fitted without its abstract; ``seed`` deals the abstracts anew."""
    scores = np.zeros(len(labels))
    if seed is not None:
        groups = np.random.RandomState(seed).permutation(int(groups.max()) + 1)[groups]
    for train, test in GroupKFold(5).split(matrix, labels, groups):
        base, listed = weights(task, matrix[train], labels[train])
        scores[test] = 1 / (1 + np.exp(-(base + matrix[test] @ listed)))
    return scores


def threshold(scores: np.ndarray, labels: np.ndarray) -> float:
    """The score from which on candidates are taken: the highest whose F1 is as good as the best (wrong is worse than silent)."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + labels.sum())
    return float(round(scores[order][int(np.argmax(f1 >= f1.max() - _AS_GOOD))], 2))


@dataclass(frozen=True)
class Fold:
    """What the first look made of every number, for abstracts ``train`` by tables fitted without them."""

    train: frozenset[int]
    scores: dict[str, np.ndarray]


def first_look(designs: dict[str, tuple], train: Sequence[int], names: Sequence[str] = FIRST) -> Fold:
    """The scores of the tables ``names`` as a second look meets them: fitted on ``train``, and for ``train`` itself five-fold."""
    scores = {}
    for task in (task for task in TASKS if task.name in names):
        matrix, _, labels, groups, _ = designs[task.name]
        inside = np.isin(groups, train)
        base, listed = weights(task, matrix[inside], labels[inside])
        its = 1 / (1 + np.exp(-(base + matrix @ listed)))
        its[inside] = unseen(task, matrix[inside], labels[inside], groups[inside], 0)
        scores[task.name] = its
    return Fold(frozenset(train), scores)


def second_look_rows(found: list[Abstract], designs: dict[str, tuple], scores: dict[str, np.ndarray]):
    """The cues of each count worth a second look, and its place among the counts."""
    *_, groups, places = designs["event_count"]
    shares: dict[int, dict[int, float]] = {}
    for group, (first, _), score in zip(*designs["percentage"][3:], scores["percentage"], strict=True):
        shares.setdefault(group, {})[first] = float(score)
    rows, indices = [], []
    for group, its in itertools.groupby(range(len(groups)), key=lambda index: groups[index]):
        members = list(its)
        context = found[group].context
        counted = [
            count(context.words, *places[index], tuple(float(scores[name][index]) for name in KINDS))
            for index in members
        ]
        for place, around in second_look.SecondLook(context, counted, shares.get(group, {})).cues():
            rows.append(named(around))
            indices.append(members[place])
    return rows, np.array(indices)


def folds(
    found: list[Abstract], designs: dict[str, tuple], names: Sequence[str], seed: int | None = None
) -> Iterator[Fold]:
    """The first look of five folds; ``seed`` deals the abstracts anew."""
    dealt = np.arange(len(found)) if seed is None else np.random.RandomState(seed).permutation(len(found))
    for order in range(5):
        yield first_look(designs, [group for place, group in enumerate(dealt) if place % 5 != order], names)


def unseen_answers(found: list[Abstract], designs: dict[str, tuple], seed: int) -> pd.DataFrame:
    """The totals that the first look answers and how sure the second is of each, both looks fitted without its abstract."""
    every = []
    for fold in folds(found, designs, FIRST_TOTAL, seed):
        said = answers(found, designs, fold.scores)
        inside = said["abstract"].isin(fold.train).to_numpy()
        told = (said["rule"] != "").to_numpy()
        matrix, _ = vectorised([named(around) for around in said["cues"]])
        base, listed = weights(SURE_TOTAL, matrix[inside & told], said["right"][inside & told])
        said["score"] = np.where(told, 1 / (1 + np.exp(-(base + matrix @ listed))), 0.0)
        every.append(said[~inside])
    return pd.concat(every)


def unseen_on_second_look(found: list[Abstract], designs: dict[str, tuple]) -> np.ndarray:
    """Each count's probability of being events on the second look, both looks fitted without its abstract."""
    *_, labels, groups, _ = designs["event_count"]
    final = np.zeros(len(labels))
    for fold in folds(found, designs, FIRST):
        rows, indices = second_look_rows(found, designs, fold.scores)
        matrix, _ = vectorised(rows)
        inside = np.isin(groups[indices], list(fold.train))
        base, listed = weights(SECOND, matrix[inside], labels[indices[inside]])
        final[indices[~inside]] = 1 / (1 + np.exp(-(base + matrix[~inside] @ listed)))
    return final


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


def report_distinct(found: list[Abstract], taken: np.ndarray) -> None:
    """The counts of events once more, each number once an abstract, as a reader of a table would count them."""
    *_, groups, places = design(SECOND, found)
    said: dict[int, set[int]] = {}
    for group, (first, _), kept in zip(groups, places, taken, strict=True):
        if kept:
            said.setdefault(group, set()).add(int(found[group].context.words.numbers[first]))
    right = told = gold = 0
    for group, each in enumerate(found):
        printed = {numbers.whole(each.text[start:end]) for start, end in each.spans.get(SECOND.name, ())}
        its = said.get(group, set())
        right, told, gold = right + len(its & printed), told + len(its), gold + len(printed)
    print(f"{SECOND.name:12} {'distinct numbers':22} gold {gold:5}  F1 {2 * right / (told + gold):.3f}")


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
    base, listed = weights(task, matrix, labels)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("place", "word", "weight"))
    writer.writerow(("base", "", f"{base:.3f}"))
    for name, weight in sorted(zip(names, listed, strict=True)):
        if weight:
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
    designs = {task.name: design(task, found) for task in TASKS}
    first: dict[str, np.ndarray] = {}
    for task in TASKS:
        matrix, names, labels, groups, _ = designs[task.name]
        scores = first[task.name] = unseen(task, matrix, labels, groups)
        accept = threshold(scores, labels)
        report(task, found, scores, labels, groups, accept)
        if task.name not in JUDGED_AGAIN:
            levels.append(f"{task.name},accept,{accept}")
            levels += [f"{task.name},{score},{share}" for score, share in calibration(scores, labels.astype(float))]
        if arguments.output:
            files.write_text(arguments.output / f"{task.name}.csv", table(matrix, names, labels, task))
    # One answer an abstract: few, so the abstracts are dealt several times.
    said = pd.concat(unseen_answers(found, designs, seed) for seed in range(DEALT))
    knots = smooth(said)
    report_totals(said, knots)
    levels += [f"{SURE_TOTAL.name},{score},{confidence}" for score, confidence in knots]
    *_, labels, groups, _ = designs["event_count"]
    scores = unseen_on_second_look(found, designs)
    accept = threshold(scores, labels)
    print("on a second look:")
    report(SECOND, found, scores, labels, groups, accept)
    report_distinct(found, scores >= accept)
    levels.append(f"second_look,accept,{accept}")
    levels += [f"second_look,{score},{confidence}" for score, confidence in calibration(scores, labels.astype(float))]
    if arguments.output:
        rows, indices = second_look_rows(found, designs, first)
        files.write_text(arguments.output / "second_look.csv", table(*vectorised(rows), labels[indices], SECOND))
        said = answers(found, designs, first)
        said = said[said["rule"] != ""]
        rows = [named(around) for around in said["cues"]]
        files.write_text(arguments.output / "sure_total.csv", table(*vectorised(rows), said["right"], SURE_TOTAL))
        files.write_text(arguments.output / "confidence.csv", "\n".join(levels) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
