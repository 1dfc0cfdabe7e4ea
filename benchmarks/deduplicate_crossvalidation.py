"""How well thresholds and rules travel: what a labelled set says that had no part in choosing them, and what lost columns cost.

usage: python benchmarks/deduplicate_crossvalidation.py FOLDER... [--tables thresholds,rules,support,columns]

Each FOLDER holds one labelled set: records.csv (plain or .gz), gold.csv (record_id, cluster_id), and abstracts.csv.xz if the
abstracts stand apart. "Missed" are duplicates that survive (records), "wrong" are groups that mix two labelled documents.

thresholds  For each set the thresholds are chosen on the others: every value of ``GRID`` on its own, then the best of each
            together, judged by missed records and ``WEIGHT`` for each wrong merge; beside them those of the table.
rules       For each set only those merging rules stay that at least ``PAIRS`` pairs of the others bear out, with at most one in
            ``FALSE`` of them wrong; the rest only ask a person. So a rule that one set alone taught can't help it here.
support     Each merging rule: the pairs that it decides in each set, right/wrong. Rules with fewer than ``PAIRS`` pairs, or with
            all of them in one set, rest on case law, not on figures, and are marked.
columns     Missed and wrong when columns are taken away: sets come without DOIs, abstracts, pages, journals, people or years.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from deduplicate import measure, read_table
from winnow.deduplicate import blocking, comparing, core, entries, fields, matching
from winnow.deduplicate.weights import RULES, THRESHOLDS

GRID: Mapping[str, Sequence[float]] = {
    "title_near": (93, 97),
    "title_alike": (80, 90),
    "title_part": (94, 100),
    "title_contained": (18, 35),
    "author_first": (75, 92),
    "authors_same": (80, 94),
    "abstract_same": (75, 92),
    "journal_words": (50, 75),
}
WEIGHT, PAIRS, FALSE = 20, 5, 50
LOST = ([], ["doi"], ["abstract"], ["doi", "abstract"], ["doi", "abstract", "issue"], ["doi", "abstract", "pages"],
        ["doi", "abstract", "journal"], ["doi", "abstract", "authors"], ["doi", "abstract", "year"])  # fmt: skip


class Labelled(NamedTuple):
    """A labelled set: its name, its records, and the label of each record id."""

    name: str
    records: Any
    gold: dict[str, str]


class Found(NamedTuple):
    """Records missed, and wrong merges."""

    missed: int
    wrong: int

    def __str__(self) -> str:
        return f"{self.missed}/{self.wrong}"

    @property
    def loss(self) -> int:
        return self.missed + WEIGHT * self.wrong


def load(folder: Path) -> Labelled:
    """The set in a folder, abstracts joined."""
    records = read_table(next(path for path in sorted(folder.glob("records.csv*"))))
    for path in folder.glob("abstracts.csv*"):
        records["abstract"] = records["record_id"].map(read_table(path).set_index("record_id")["abstract"]).fillna("")
    gold = read_table(folder / "gold.csv")
    return Labelled(folder.name, records, dict(zip(gold["record_id"], gold["cluster_id"], strict=True)))


def find(labelled: Labelled, lost: Sequence[str] = ()) -> Found:
    """Missed and wrong on one set, without the columns ``lost``."""
    records = labelled.records.drop(columns=[name for name in lost if name in labelled.records])
    reports = core.deduplicate(records).reports
    found = measure(labelled.gold, dict(zip(reports["record_id"], reports["report_id"], strict=True)))
    return Found(int(found["missed"]), int(found["bad merges"]))


@contextmanager
def thresholds(changed: Mapping[str, float]) -> Iterator[None]:
    """The table of thresholds with some of them changed."""
    before = dict(THRESHOLDS)
    THRESHOLDS.update(changed)
    try:
        yield
    finally:
        THRESHOLDS.update(before)


@contextmanager
def only(kept: frozenset[str]) -> Iterator[None]:
    """Of the rules that merge only those named; the others ask a person."""
    matching.RULES = tuple(
        rule if rule.verdict != "same" or rule.name in kept else replace(rule, verdict="possible") for rule in RULES
    )
    try:
        yield
    finally:
        matching.RULES = RULES


def choose_thresholds(sets: Sequence[Labelled]) -> None:
    """Thresholds chosen on all sets but one, tried on that one."""
    tried: dict[tuple[tuple[str, float], ...], list[Found]] = {}

    def results(changed: Mapping[str, float]) -> list[Found]:
        key = tuple(sorted(changed.items()))
        if key not in tried:
            with thresholds(changed):
                tried[key] = [find(labelled) for labelled in sets]
        return tried[key]

    print(f"{'set':20}{'as in the table':>18}{'chosen on the others':>22}  changed")
    for held, labelled in enumerate(sets):
        loss = lambda changed, held=held: sum(  # noqa: E731
            found.loss for place, found in enumerate(results(changed)) if place != held
        )
        best: dict[str, float] = {}
        for name, values in GRID.items():
            value = min((THRESHOLDS[name], *values), key=lambda value, name=name: loss({name: value}))
            if value != THRESHOLDS[name]:
                best[name] = value
        chosen = min(({}, best), key=loss)
        names = ", ".join(f"{name} {value:g}" for name, value in chosen.items()) or "none"
        print(f"{labelled.name:20}{results({})[held]!s:>18}{results(chosen)[held]!s:>22}  {names}")


def support(sets: Sequence[Labelled]) -> dict[str, list[tuple[int, int]]]:
    """For each merging rule the pairs right and wrong that it decides, set by set."""
    counted: dict[str, list[tuple[int, int]]] = {rule.name: [] for rule in RULES if rule.verdict == "same"}
    for labelled in sets:
        records = entries.one_per_record(labelled.records)
        prepared = fields.prepare(records)
        label = [labelled.gold[name] for name in records["record_id"]]
        a, b = blocking.candidates(blocking.marks(prepared))
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        for start in range(0, len(a), matching.CHUNK):
            ours, theirs = a[start : start + matching.CHUNK], b[start : start + matching.CHUNK]
            decided = matching.first_rule(comparing.compare(prepared, ours, theirs), len(ours))
            for number, one, other in zip(decided.tolist(), ours.tolist(), theirs.tolist(), strict=True):
                if number < len(RULES) and RULES[number].verdict == "same":
                    (right if label[one] == label[other] else wrong)[RULES[number].name] += 1
        for name, line in counted.items():
            line.append((right[name], wrong[name]))
    return counted


def hold_rules_out(sets: Sequence[Labelled]) -> None:
    """Each set with the merging rules that the other sets bear out."""
    counted = support(sets)
    print(f"{'set':20}{'all rules':>12}{'borne out elsewhere':>22}{'of rules it uses':>18}")
    for held, labelled in enumerate(sets):
        kept = set()
        for name, line in counted.items():
            elsewhere = [pair for place, pair in enumerate(line) if place != held]
            right, wrong = sum(pair[0] for pair in elsewhere), sum(pair[1] for pair in elsewhere)
            if right + wrong >= PAIRS and wrong * FALSE <= right + wrong:
                kept.add(name)
        used = {name for name, line in counted.items() if sum(line[held])}
        with only(frozenset(kept)):
            without = find(labelled)
        print(f"{labelled.name:20}{find(labelled)!s:>12}{without!s:>22}{f'{len(used & kept)} of {len(used)}':>18}")


def show_support(sets: Sequence[Labelled]) -> None:
    """Each merging rule and the pairs behind it."""
    print(f"{'rule':52}" + "".join(f"{labelled.name[:12]:>14}" for labelled in sets) + "  resting on")
    for name, line in support(sets).items():
        fired = [place for place, pair in enumerate(line) if sum(pair)]
        few = sum(sum(pair) for pair in line) < PAIRS
        rests = "case law" if not fired or few else "one set" if len(fired) == 1 else ""
        cells = [f"{right}/{wrong}" if right or wrong else "." for right, wrong in line]
        print(f"{name:52}" + "".join(f"{cell:>14}" for cell in cells) + f"  {rests}")


def lose_columns(sets: Sequence[Labelled]) -> None:
    """Each set with columns taken away."""
    print(f"{'without':28}" + "".join(f"{labelled.name[:18]:>20}" for labelled in sets))
    for lost in LOST:
        cells = [find(labelled, lost) for labelled in sets]
        print(f"{', '.join(lost) or 'nothing':28}" + "".join(f"{cell!s:>20}" for cell in cells), flush=True)


TABLES = {"thresholds": choose_thresholds, "rules": hold_rules_out, "support": show_support, "columns": lose_columns}


def main() -> None:
    """Print the tables asked for; every cell is missed/wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--tables", default=",".join(TABLES))
    asked = parser.parse_args()
    sets = [load(folder) for folder in asked.folders]
    for name in asked.tables.split(","):
        print(f"\n{name}")
        TABLES[name](sets)


if __name__ == "__main__":
    main()
