"""How well the built-in designs and populations find what people labelled.

    python benchmarks/screen_designs.py study_design.csv.gz single_class_design.csv.gz [--half tune|held]
    python benchmarks/screen_designs.py study_design.csv.gz --half tune --rules LABEL
    python benchmarks/screen_designs.py study_design.csv.gz --errors LABEL
    python benchmarks/screen_designs.py pubmed.xml.gz [--half tune|held] [--records N]

The files have title, abstract and an id (``pmid``, ``id`` or ``record_id``), and either 0/1 columns named as in ``LABELS`` or
``class``, which gives each report one label. Records are split in two by the MD5 of the id: the rules were written while looking
at the half ``tune`` only. A report counts as found if its verdict is `met`.

A PubMed file is labelled by its own publication types and headings (``TYPES``, ``HEADINGS``), which the classifiers are not shown:
they read title and abstract. Headings are looked at only in records that have some. Publishers give types before the library does,
and many give none: a type counts only in the journals that give it at least once in the file, and even there it is often missing,
so precision is too low rather than too high.

Labels do not always mean what a classifier asks, and the figures must be read with that in mind: ``rodent`` has no other animal;
``protocol`` in single_class_design was gathered by that word in the title, whatever it is the protocol of; and with one class a
report a plan comes before a meta-analysis, that before a systematic review, as is done here too.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import pandas as pd

from winnow.records import pubmed_xml
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
_IDS = ("pmid", "id", "record_id")

#: A PubMed abstract of fewer characters is none ("Not available.").
SHORTEST = 100
#: label of a PubMed record, which is the name of the criterion too: the publication types that give it
TYPES = {
    "randomised_trial": ["Randomized Controlled Trial"],
    "controlled_trial": ["Randomized Controlled Trial", "Controlled Clinical Trial"],
    "review": ["Review", "Systematic Review", "Meta-Analysis"],
    "systematic_review": ["Systematic Review"],
    "meta_analysis": ["Meta-Analysis", "Network Meta-Analysis"],
    "guideline": ["Guideline", "Practice Guideline", "Consensus Development Conference"],
    "case_report": ["Case Reports"],
    "protocol": ["Clinical Trial Protocol"],
}
#: the same by headings
HEADINGS = {
    "prospective": ["Prospective Studies"],
    "retrospective": ["Retrospective Studies"],
    "in_vitro": ["In Vitro Techniques", "Cells, Cultured", "Cell Line", "Cell Line, Tumor", "Tumor Cells, Cultured"],
    "adult": ["Adult", "Young Adult", "Middle Aged", "Aged", "Aged, 80 and over"],
    "child": ["Infant, Newborn", "Infant", "Child, Preschool", "Child", "Adolescent"],
}


def digest(identifier: str) -> str:
    return hashlib.md5(identifier.encode(), usedforsecurity=False).hexdigest()


def half(identifier: str) -> str:
    return "tune" if int(digest(identifier), 16) % 2 == 0 else "held"


def labelled(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records by a row id of their own, and for each the labels (columns as in LABELS) as true or false."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    ids = table[next(name for name in _IDS if name in table.columns)]
    table["half"] = ids.map(half)
    table["record_id"] = [f"{identifier}.{row}" for row, identifier in enumerate(ids)]
    table = table.set_index("record_id", drop=False)
    one_class = "class" in table.columns
    gold = {
        label: table["class"] == label if one_class else table[label] == "1"
        for label in LABELS
        if (label in set(table["class"]) if one_class else label in table.columns)
    }
    return table, pd.DataFrame(gold)


def published(path: Path, count: int | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Likewise for a PubMed file; a label that cannot be told for a record is missing."""
    table = pd.DataFrame(pubmed_xml.read(path), dtype=str).fillna("")
    table = table[table["abstract"].str.len() >= SHORTEST].drop_duplicates("pmid")
    if count is not None:
        table = table.assign(order=table["pmid"].map(digest)).sort_values("order").head(count)
    table = table.assign(record_id=table["pmid"], half=table["pmid"].map(half)).set_index("record_id", drop=False)
    types = table["publication_types"].str.split("; ").map(frozenset)
    headings = table["mesh"].map(lambda cell: frozenset(entry.split("/")[0].strip("* ") for entry in cell.split("; ")))
    gold: dict[str, pd.Series] = {}
    for label, names in TYPES.items():
        given = types.map(lambda own, names=names: not own.isdisjoint(names))
        gold[label] = given.where(table["journal"].isin(table["journal"][given]))
    for label, names in HEADINGS.items():
        gold[label] = headings.map(lambda own, names=names: not own.isdisjoint(names)).where(table["mesh"] != "")
    gold["animal"] = headings.map(lambda own: "Animals" in own and "Humans" not in own).where(table["mesh"] != "")
    return table, pd.DataFrame(gold)


def found(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whether each report meets each criterion, and the verdicts by report and criterion."""
    texts = table[["record_id", "title", "abstract"]]
    rows = pd.concat([verdicts(texts, load(f"builtin:{name}")) for name in ("designs", "population")])
    met = rows.assign(met=rows["verdict"] == "met").pivot(index="report_id", columns="criterion", values="met")
    met = met.loc[table.index]
    if "class" in table.columns:
        met["meta_analysis"] &= ~met["protocol"]
        met["systematic_review"] &= ~met["protocol"] & ~met["meta_analysis"]
    return met, rows.set_index(["report_id", "criterion"]).sort_index()


def row(name: str, part: str, label: str, gold: pd.Series[bool], met: pd.Series[bool]) -> float:
    """Print one line of the table; the F1."""
    tp, fp = int((gold & met).sum()), int((~gold & met).sum())
    fn, tn = int((gold & ~met).sum()), int((~gold & ~met).sum())
    f1 = 2 * tp / max(1, 2 * tp + fp + fn)
    rates = (tp / max(1, tp + fn), tn / max(1, tn + fp), tp / max(1, tp + fp), f1)
    print(name, part, label, len(gold), tp + fn, *(f"{rate:.3f}" for rate in rates), sep="\t")
    return f1


def by_rule(label: str, gold: pd.Series[bool], met: pd.Series[bool], rules: pd.DataFrame) -> None:
    """Which rule was right how often."""
    named = rules.xs(LABELS.get(label, label), level="criterion")["rule"].loc[gold.index]
    for rule, right in gold[met].groupby(named[met]):
        print(f"  {label} by {rule}: {int(right.sum())} right, {int((~right).sum())} wrong")


def errors(label: str, gold: pd.Series[bool], met: pd.Series[bool], table: pd.DataFrame, rules: pd.DataFrame) -> None:
    """Each miss and false alarm with the rule and the quote."""
    for kind, which in (("MISS", gold & ~met), ("FALSE", ~gold & met)):
        for identifier in gold.index[which]:
            why = rules.loc[(identifier, LABELS.get(label, label))]
            title = str(table.at[identifier, "title"])
            print(f"  {kind} {title[:150]} | {why['rule']}: {why['quote'][:250]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--half", choices=["tune", "held"], help="only this half (default: both, one after the other)")
    parser.add_argument("--rules", metavar="LABEL", help="count each rule's hits for one label")
    parser.add_argument("--errors", metavar="LABEL", help="list one label's errors (half tune only)")
    parser.add_argument("--records", type=int, metavar="N", help="no more records than this of a PubMed file")
    arguments = parser.parse_args()
    print("file", "half", "label", "n", "positive", "sensitivity", "specificity", "precision", "F1", sep="\t")
    for path in arguments.files:
        name = path.name.split(".")[0]
        table, gold = published(path, arguments.records) if ".xml" in path.suffixes else labelled(path)
        met, rules = found(table)
        for part in ("tune", "held") if arguments.half is None else (arguments.half,):
            here = table.index[table["half"] == part]
            scores = []
            for label in gold.columns:
                right = gold.loc[here, label].dropna().astype(bool)
                mine = met.loc[right.index, LABELS.get(label, label)]
                if not right.any():
                    continue
                scores.append((label, row(name, part, label, right, mine)))
                if arguments.rules == label:
                    by_rule(label, right, mine, rules)
                if arguments.errors == label and part == "tune":
                    errors(label, right, mine, table, rules)
            others = [score for label, score in scores if LABELS.get(label, label) != "randomised_trial"]
            print(f"{name}\t{part}\tmacro-F1 of the others\t\t\t\t\t\t{sum(others) / len(others):.3f}")


if __name__ == "__main__":
    main()
