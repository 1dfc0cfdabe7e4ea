"""How well the built-in designs and populations find what two people labelled.

    python benchmarks/screen_designs.py study_design.csv.gz single_class_design.csv.gz [--half tune|held] [--errors LABEL]

The files have pmid, title, abstract and either 0/1 columns or ``class``. Records are split in two by the MD5 of the PMID: rules
were written while looking at the half ``tune`` only. A report counts as found if its verdict is `met`.
"""

from __future__ import annotations

import argparse
import hashlib

import pandas as pd

from winnow.screen.criteria import load
from winnow.screen.verdicts import verdicts

#: label in the data: built-in criterion
LABELS = {
    "randomized_trial": "randomised_trial",
    "systematic_review": "systematic_review",
    "meta_analysis": "meta_analysis",
    "protocol": "protocol",
    "rodent": "animal",
    "child": "child",
}


def half(pmid: str) -> str:
    return "tune" if int(hashlib.md5(pmid.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0 else "held"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--half", choices=["tune", "held", "both"], default="both")
    parser.add_argument(
        "--errors", metavar="LABEL", help="list the misses and false alarms of one label (half tune only)"
    )
    arguments = parser.parse_args()
    print("file\thalf\tlabel\tn\tpositive\tsensitivity\tspecificity\tprecision\tF1")
    for path in arguments.files:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table["record_id"] = [f"{pmid}.{row}" for row, pmid in enumerate(table["pmid"])]
        table["half"] = table["pmid"].map(half)
        found = pd.concat([verdicts(table, load(f"builtin:{name}")) for name in ("designs", "population")])
        wide = found.assign(met=found["verdict"] == "met").pivot(index="report_id", columns="criterion", values="met")
        if (
            "class" in table.columns
        ):  # one class a report: a plan comes before a pooled review, that before any other review
            wide["meta_analysis"] &= ~wide["protocol"]
            wide["systematic_review"] &= ~wide["protocol"] & ~wide["meta_analysis"]
        rules = found.set_index(["report_id", "criterion"])
        for part in ("tune", "held") if arguments.half == "both" else (arguments.half,):
            rows = table[table["half"] == part].set_index("record_id")
            scores = []
            for label, criterion in LABELS.items():
                if label in table.columns:
                    gold = rows[label] == "1"
                elif label in set(table["class"]):
                    gold = rows["class"] == label
                else:
                    continue
                got = wide.loc[rows.index, criterion]
                tp, fp = int((gold & got).sum()), int((~gold & got).sum())
                fn, tn = int((gold & ~got).sum()), int((~gold & ~got).sum())
                scores.append(2 * tp / (2 * tp + fp + fn))
                print(
                    f"{path.rsplit('/', 1)[-1][:28]}\t{part}\t{label}\t{len(gold)}\t{tp + fn}\t{tp / (tp + fn):.3f}"
                    f"\t{tn / (tn + fp):.3f}\t{tp / max(1, tp + fp):.3f}\t{scores[-1]:.3f}"
                )
                if arguments.errors == label and part == "tune":
                    for kind, which in (("MISS", gold & ~got), ("FALSE", ~gold & got)):
                        for identifier in rows.index[which]:
                            why = rules.loc[(identifier, criterion)]
                            other = rows.loc[identifier].get("class", "")
                            print(
                                f"  {kind} [{other}] {rows.loc[identifier, 'title'][:150]} | {why['rule']}: {why['quote'][:250]}"
                            )
            print(f"{path.rsplit('/', 1)[-1][:28]}\t{part}\tmacro-F1\t\t\t\t\t\t{sum(scores) / len(scores):.3f}")


if __name__ == "__main__":
    main()
