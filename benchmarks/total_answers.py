"""What ``sample_size.total`` answers on labelled abstracts by given scores, and how its answers and their confidence do."""

from __future__ import annotations

import numpy as np
import pandas as pd
from labelled_abstracts import Abstract
from sklearn.linear_model import LogisticRegression

from winnow.extract import sample_size, sure_total
from winnow.extract.counting import Count, count

#: How often the abstracts are dealt into five folds.
DEALT = 6


def answers(found: list[Abstract], designs: dict[str, tuple], scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """The answer on each abstract: field, kind, rule (empty: none), the cues of how sure it is, whether it is right.

    The label is the stated total, or the sum of two groups where none is labelled; other abstracts are left out.
    """
    *_, groups, places = designs["total"]
    judged: dict[int, list[Count]] = {}
    for total, arm, group, (first, last) in zip(scores["total"], scores["arm"], groups, places, strict=True):
        counted = judged.setdefault(group, [])
        counted.append(count(found[group].context.words, first, last, (float(total), float(arm), 0.0)))
    rows = []
    for group, abstract in enumerate(found):
        gold = abstract.values["total"] or ([sum(abstract.values["arm"])] if len(abstract.values["arm"]) == 2 else [])
        if not gold:
            continue
        passage = abstract.context.passage
        passage.kept["context"] = abstract.context
        every = [each for each in judged.get(group, []) if each.number]
        answer = sample_size.likeliest(passage, every)
        rows.append(
            (
                group,
                "breast cancer" if abstract.field == "breast cancer" else "glaucoma or diabetes",
                "stated" if abstract.values["total"] else "groups only",
                answer.rule if answer else "",
                list(sure_total.look(passage, every, answer)) if answer else [],
                answer is not None and int(answer.number) in gold,
            )
        )
    return pd.DataFrame(rows, columns=["abstract", "field", "kind", "rule", "cues", "right"])


def report_totals(every: pd.DataFrame, knots: list[tuple[float, float]]) -> None:
    """The share right: of all, in each field and kind, by rule, and among the answers whose confidence is high."""
    said = every[every["rule"] != ""]
    print(f"n_total      all        right {every['right'].mean():.3f}, of those answered {said['right'].mean():.3f}")
    for (field, kind), mine in every.groupby(["field", "kind"]):
        print(f"n_total      {field:22} {kind:12} {len(mine) / DEALT:6.0f}  right {mine['right'].mean():.3f}")
    for rule, mine in said.groupby("rule"):
        print(f"n_total      by rule   {rule:27} share {len(mine) / len(said):.3f}  right {mine['right'].mean():.3f}")
    sure = np.interp(said["score"], [score for score, _ in knots], [share for _, share in knots]) >= 0.9
    for label, mine in (
        ("all", said["rule"] != ""),
        ("a total is stated", said["kind"] == "stated"),
        ("breast cancer", said["field"] == "breast cancer"),
        ("glaucoma or diabetes", said["field"] != "breast cancer"),
        ("sums of groups", said["rule"] == "sum of groups"),
    ):
        share, right = sure[mine].mean(), said["right"][sure & mine].mean()
        print(f"n_total      high confidence, {label:20}  share {share:.3f}  right {right:.3f}")


def smooth(every: pd.DataFrame) -> list[tuple[float, float]]:
    """Knots (score, share right) on a logistic curve, since the answers are too few for bands."""
    said = every[every["rule"] != ""]
    curve = LogisticRegression(C=100.0).fit(_odds(said["score"].to_numpy()), said["right"])
    scores = np.array((0.02, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999))
    shares = curve.predict_proba(_odds(scores))[:, 1]
    return [(float(score), round(float(share), 3)) for score, share in zip(scores, shares, strict=True)]


def _odds(scores: np.ndarray) -> np.ndarray:
    return np.log(scores / (1 - scores)).reshape(-1, 1)
