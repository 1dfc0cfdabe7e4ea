"""Score ``winnow extract --form builtin:trial`` on labelled abstracts, and time it.

    python benchmarks/extract.py FOLDER
    python benchmarks/extract.py --chinese tests/extract/chinese_abstracts.yaml [--form config/extraction.yaml]

FOLDER as for ``fit_extract.py``, and ``wmotte_study_design.csv.gz`` if designs are to be scored. Scores are those of the tables as
they are packaged; if they were fitted on the same abstracts, the five-fold scores that ``fit_extract.py`` prints are the honest
ones. A finding counts as right if it overlaps a labelled phrase (dose, frequency, duration, percentages, event counts), or if its
number is one that is labelled (totals, groups). ``distinct`` compares the sets of printed values per abstract instead.

The Chinese abstracts are made up, since no labelled set exists: on the half ``mending`` the rules were mended, of the half
``blind`` only such counts as are printed here were looked at. ``exact``: the share of findings printed exactly as labelled.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import chinese_abstracts
import pandas as pd
from labelled_abstracts import Abstract, abstracts

from winnow.extract import form
from winnow.extract.extractors import EXTRACTORS
from winnow.extract.passage import Passage
from winnow.extract.suggest import passages, suggest

PHRASES = ("dose", "frequency", "duration", "percentage", "event_count")


def f1(right: int, said: int, gold: int) -> str:
    precision, recall = right / max(1, said), right / max(1, gold)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def phrases(found: list[Abstract], name: str) -> None:
    for field in ("breast cancer", "gl", "dm2"):
        mine = [each for each in found if each.field == field and name in _labelled(field)]
        right = said = gold = same = told = distinct = 0
        for each in mine:
            passage = Passage("abstract", each.text)
            spans = [passage.span(hit.start, hit.end) for hit in EXTRACTORS[name](passage)]
            wanted = sorted(set(each.spans.get(name, ())))
            right += sum(any(start < stop and begin < end for start, end in spans) for begin, stop in wanted)
            said, gold = said + len(spans), gold + len(wanted)
            printed = {_plain(each.text[start:end]) for start, end in spans}
            labels = {_plain(each.text[start:end]) for start, end in wanted}
            same, told, distinct = same + len(printed & labels), told + len(printed), distinct + len(labels)
        if gold:
            print(
                f"{name:12} {field:14} {gold:5} labels  {f1(right, said, gold)}   distinct {f1(same, told, distinct)}"
            )


def _labelled(field: str) -> tuple[str, ...]:
    return ("percentage", "event_count") if field == "breast cancer" else PHRASES


def _plain(text: str) -> str:
    return "".join(text.lower().split()).rstrip("%")


def totals(found: list[Abstract]) -> None:
    for field in ("breast cancer", "gl", "dm2"):
        counted: Counter[str] = Counter()
        for each in (each for each in found if each.field == field):
            hits = EXTRACTORS["sample_size.total"](Passage("abstract", each.text))
            gold = each.values["total"]
            kind = "stated" if gold else ("groups only" if len(each.values["arm"]) == 2 else "")
            if not kind:
                continue
            right = bool(hits) and int(hits[0].number) in (gold or [sum(each.values["arm"])])
            counted[kind] += 1
            counted[f"{kind}, said"] += bool(hits)
            counted[f"{kind}, right"] += right
            if hits and hits[0].confidence >= 0.9 and kind == "stated":
                counted["sure"] += 1
                counted["sure, right"] += right
        for kind in ("stated", "groups only"):
            if counted[kind]:
                print(
                    f"n_total      {field:14} {counted[kind]:5} {kind:12} right {counted[kind + ', right'] / counted[kind]:.3f}"
                    f"  of those answered {counted[kind + ', right'] / max(1, counted[kind + ', said']):.3f}"
                )
        print(
            f"n_total      {field:14}       high confidence: share {counted['sure'] / counted['stated']:.3f}"
            f"  right {counted['sure, right'] / max(1, counted['sure']):.3f}"
        )


def designs(path: Path) -> None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    asked = form.Form(tuple(field for field in form.load("builtin:trial").fields if field.id == "design"), "design")
    said = []
    for row in table.to_dict("records"):
        rows = suggest(asked, passages(row))
        said.append(rows[0]["value"] if rows else "")
    for value, label in (
        ("randomized_trial", "randomized_trial"), ("systematic_review", "systematic_review"),
        ("meta_analysis", "meta_analysis"), ("protocol", "protocol"), ("animal", "rodent"),
    ):  # fmt: skip
        gold = table[label] == "1"
        mine = pd.Series([each == value for each in said])
        print(
            f"design       {label:18} {int(gold.sum()):4} labels  {f1(int((gold & mine).sum()), int(mine.sum()), int(gold.sum()))}"
        )


def speed(found: list[Abstract]) -> None:
    timed([{"title": "", "abstract": each.text} for each in found])


def timed(rows: list[dict[str, str]]) -> None:
    trial = form.load("builtin:trial")
    suggest(trial, passages(rows[0]))
    started = time.process_time()
    for row in rows:
        suggest(trial, passages(row))
    took = time.process_time() - started
    print(
        f"speed        {len(rows) / took:.0f} abstracts per CPU second, all extractors of builtin:trial ({len(rows)} abstracts)"
    )


def chinese(path: Path, review: Path | None) -> None:
    asked = form.load(review) if review else None
    for half in ("mending", "blind"):
        found = chinese_abstracts.read(path, half)
        for name, score in chinese_abstracts.score(found, asked).items():
            sure = f"high confidence: {score.sure:3}, {score.sure_right:3} of them right" if score.sure else ""
            print(
                f"{half:8} {len(found)} abstracts  {name:12} {score.labels:4} labels  "
                f"P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}"
                f"   exact {score.exact / max(1, score.said):.3f}   {sure}".rstrip()
            )
        rows = [{"title": each.title, "abstract": each.text} for each in found]
        timed(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("folder", type=Path, nargs="?")
    given.add_argument("--chinese", type=Path, metavar="YAML")
    parser.add_argument("--form", type=Path, help="with --chinese: a review's form, for sex and follow-up")
    args = parser.parse_args()
    if args.chinese:
        chinese(args.chinese, args.form)
        return 0
    folder = args.folder
    found = abstracts(folder)
    totals(found)
    for name in PHRASES:
        phrases(found, name)
    if (path := folder / "wmotte_study_design.csv.gz").is_file():
        designs(path)
    speed(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
