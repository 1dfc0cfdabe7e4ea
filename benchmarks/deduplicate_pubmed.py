"""What deduplication merges of records that PubMed holds to be different articles.

    python benchmarks/deduplicate_pubmed.py PUBMED.xml.gz... [--show]

PubMed gives a number to each article, so two of its records are hardly ever one document. The numbers are taken away, then the
DOIs, then the abstracts, and each time the table says how many records were merged with another. What remains has to be read
(--show): PubMed does hold some articles twice, above all those that a journal prints in two languages under two DOIs.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import pandas as pd

from winnow.deduplicate import core
from winnow.records import pubmed_xml

HIDDEN = {"no PMIDs": ("pmid", "pmcid"), "no DOIs": ("doi",), "no abstracts": ("abstract",)}
SHOWN = ("title", "authors", "journal", "year", "volume", "issue", "pages", "doi")


def articles(paths: list[Path]) -> pd.DataFrame:
    """The records of some files, one for each PMID, under ids that tell nothing."""
    found = {row["pmid"]: row for path in paths for row in pubmed_xml.read(path)}
    table = pd.DataFrame(list(found.values())).fillna("")
    table["record_id"] = [f"r{place:07d}" for place in range(len(table))]
    return table.drop(columns=[name for name in ("url", "search_id", "source", "file") if name in table])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print every group that was merged")
    asked = parser.parse_args()
    table = articles(asked.files)
    by_id = table.set_index("record_id")
    print(f"{len(table)} articles\nhidden\tmerged with another\trules")
    for name, columns in HIDDEN.items():
        for column in columns:
            if column in table:
                table[column] = ""
        found = core.deduplicate(table)
        reports = found.reports
        surplus = len(reports) - reports["report_id"].nunique()
        rules = Counter(found.pairs.loc[found.pairs["verdict"] == "same", "rule"])
        print(f"{name}\t{surplus}\t" + "; ".join(f"{rule} {count}" for rule, count in rules.most_common()))
        if asked.show:
            for _, group in reports.groupby("report_id"):
                for identifier in group["record_id"] if len(group) > 1 else ():
                    row = by_id.loc[identifier]
                    print("   ", " | ".join(str(row[column])[:80] for column in SHOWN))


if __name__ == "__main__":
    main()
