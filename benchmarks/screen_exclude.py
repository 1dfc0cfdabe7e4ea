"""What criteria files lose and save if they may exclude on their own (`screening.rules: exclude`).

    python benchmarks/screen_exclude.py DATA [--criteria benchmarks/screening_criteria] [--only NAME] [--losses]

DATA holds a table NAME.csv.gz for each labelled review, with title, abstract, label_included (1 = included) and perhaps keywords.
For each there is a criteria file careful/NAME.yaml, written from the review's question as somebody would who knows the subject and
has read docs/screening-criteria.md; independent/NAME.yaml, by people who saw none of the others; and careless/NAME.yaml, with few
synonyms and absence as evidence throughout; the README there says how they came about.

A review is within the limit if it loses no more than 2 % of its included reports, or one, whichever is more. The first table is
that of the engine as it is; the second shows other shares for `winnow.screen.likeness`, from strong evidence only (0) to silence
that is never doubted. "Best by the labels" takes for each review the share that saves most within its limit, which nobody can know:
no choice of shares saves more. The last line chooses the share anew for each review from the other ones (those that have records in
common with it left out too): the largest at which 95 % of them are within the limit.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from winnow.screen import likeness
from winnow.screen.criteria import load
from winnow.screen.verdicts import verdicts

SHARES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 1.01)
STYLES = ("careful", "independent", "careless")
#: Reviews that share records.
KIN = (
    {"Nelson_2002", "Cohen_Estrogens"},
    {"Cohen_ACEInhibitors", "Cohen_BetaBlockers", "Cohen_CalciumChannelBlockers"},
    {"Cohen_ADHD", "Cohen_AtypicalAntipsychotics"},
)


@dataclass
class Review:
    """One labelled review under one criteria file: what is excluded at each share."""

    name: str
    titles: list[str]
    included: np.ndarray
    said: list[list[tuple[str, ...]]]
    excluded: dict[float, np.ndarray]

    def lost(self, share: float) -> int:
        return int((self.excluded[share] & self.included).sum())

    def within(self, share: float) -> bool:
        return self.lost(share) <= max(1.0, 0.02 * self.included.sum())

    def saved(self, share: float) -> float:
        return float(self.excluded[share].mean())

    def loss(self, share: float) -> float:
        return self.lost(share) / int(self.included.sum())


def screened(data: Path, criteria_file: Path) -> Review:
    table = pd.read_csv(data / f"{criteria_file.stem}.csv.gz", dtype=str, keep_default_na=False)
    table["record_id"] = [f"{row:06d}" for row in range(len(table))]
    fields = [name for name in ("title", "abstract", "keywords") if name in table.columns]
    criteria = load(criteria_file)
    found = verdicts(table[["record_id", *fields]], replace(criteria, together=False))
    rows = list(found.drop(columns="report_id").itertuples(index=False, name=None))
    size = len(criteria.ids)
    said = [rows[start : start + size] for start in range(0, len(rows), size)]
    texts = ["\n".join(cells) for cells in table[fields].itertuples(index=False, name=None)]
    excluded = {}
    for share in SHARES:
        hinted = min(share, likeness.SHARE_HINTED)
        found = likeness.weighed(said, texts, criteria, share, hinted) if share <= 1 else said
        excluded[share] = np.array([any(counts(row, share) for row in own) for own in found])
    included = (table["label_included"] == "1").to_numpy()
    return Review(criteria_file.stem, table["title"].tolist(), included, said, excluded)


def counts(row: Sequence[str], share: float) -> bool:
    """Whether a row excludes; where silence is never doubted, it is only counted without a hint, as its author would."""
    return row[1] == "not met" and not (share > 1 and likeness.is_hinted(row))


def means(reviews: Sequence[Review], shares: Sequence[float]) -> str:
    pairs = list(zip(reviews, shares, strict=True))
    within = sum(review.within(share) for review, share in pairs)
    saved = np.mean([review.saved(share) for review, share in pairs])
    lost = np.mean([review.loss(share) for review, share in pairs])
    return f"{within} of {len(reviews)}\t{100 * lost:.1f}\t{100 * saved:.1f}"


def largest(reviews: Sequence[Review]) -> float:
    fit = [share for share in SHARES if np.mean([review.within(share) for review in reviews]) >= 0.95]
    return max(fit, default=min(SHARES))


def best(review: Review) -> float:
    """The share that saves most within the limit."""
    return max((share for share in SHARES if review.within(share)), key=review.saved, default=min(SHARES))


def losses(review: Review) -> None:
    for position in np.flatnonzero(review.excluded[likeness.SHARE] & review.included):
        for criterion, verdict, rule, field, quote, *_ in review.said[position]:
            if verdict == "not met":
                print(f'\tlost: {criterion}, {rule}, {field}: "{quote}"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--criteria", type=Path, default=Path(__file__).with_name("screening_criteria"))
    parser.add_argument("--only", metavar="NAME", help="one review")
    parser.add_argument("--losses", action="store_true", help="print the quote behind every loss")
    arguments = parser.parse_args()
    for style in STYLES:
        reviews = []
        print(f"\n{style}\nreview\trecords\tincluded\tlost\t% lost\t% saved\twithin the limit")
        for path in sorted((arguments.criteria / style).glob(f"{arguments.only or '*'}.yaml")):
            review = screened(arguments.data, path)
            reviews.append(review)
            share = likeness.SHARE
            print(
                f"{review.name}\t{len(review.titles)}\t{review.included.sum()}\t{review.lost(share)}"
                f"\t{100 * review.loss(share):.1f}\t{100 * review.saved(share):.1f}\t{'yes' if review.within(share) else 'no'}",
                flush=True,
            )
            if arguments.losses:
                losses(review)
        print(f"\n{style}: share\twithin the limit\tmean % lost\tmean % saved")
        for share in SHARES:
            print(f"{'no doubt' if share > 1 else share}\t{means(reviews, [share] * len(reviews))}")
        print(f"best by the labels\t{means(reviews, [best(review) for review in reviews])}")
        if not arguments.only:
            kin = {name: group for group in KIN for name in group}
            chosen = [
                largest([other for other in reviews if other.name not in kin.get(review.name, {review.name})])
                for review in reviews
            ]
            print(f"chosen without it\t{means(reviews, chosen)}")


if __name__ == "__main__":
    main()
