"""Duplicate finders side by side on one labelled set, in one run.

usage: python benchmarks/deduplicate.py RECORDS GOLD [--abstracts CSV] [--tools winnow,doi-title,bib-dedupe,splink] [--python EXE]

RECORDS is a CSV (plain, gzip or xz) with record_id, title, authors, year, journal, volume, issue, pages, doi ...; GOLD has
record_id, cluster_id. ABSTRACTS (record_id, abstract) is joined when the records come without. Each tool runs in a process of its
own, so that its CPU time (user + system, children too, reading excluded) and its peak memory are its own. bib-dedupe and splink
are no dependencies of winnow: give with --python an interpreter that has them (pip install bib-dedupe==0.11.0 splink==5.0.0).

Printed for each tool: pairs (precision, recall, missed, false), records (sensitivity, specificity, missed, swallowed), bad merges
(predicted groups that mix two labelled ones), CPU seconds, peak memory. "winnow + versions" counts the
versions of a living review, which winnow keeps apart on purpose, as one document, as some labelled sets do: the difference
is what sense costs. The other way round, "but versions" is for every tool the records missed that are no other version: two
records of the Cochrane Database or of Clinical Evidence under one label, with two years or two DOIs, may stand apart or together.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

TOOLS = ("winnow", "winnow + versions", "doi-title", "bib-dedupe", "splink")
OTHERS = frozenset({"bib-dedupe", "splink"})
Clusters = dict[str, str]


def winnow(records: Any, *, versions: bool = False) -> Clusters:
    """Our grouping; with ``versions`` the rule that keeps versions of a living review apart joins them instead."""
    from dataclasses import replace

    from winnow.deduplicate import core, matching

    if versions:
        matching.RULES = tuple(
            replace(rule, verdict="same", score=0.5) if rule.name == "another version" else rule
            for rule in matching.RULES
        )
    reports = core.deduplicate(records).reports
    return dict(zip(reports["record_id"], reports["report_id"], strict=True))


def doi_title(records: Any) -> Clusters:
    """The plain baseline: one DOI, or one title and year."""
    from winnow import text

    parent = {name: name for name in records["record_id"]}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    seen: dict[object, str] = {}
    for row in records.to_dict("records"):
        title = text.title_key(row.get("title", ""))
        for key in (text.doi(row.get("doi", "")), (title, row.get("year", "")) if title else ""):
            if key:
                parent[root(row["record_id"])] = root(seen.setdefault(key, row["record_id"]))
    return {name: root(name) for name in parent}


def bib_dedupe(records: Any) -> Clusters:
    """bib-dedupe as its documentation runs it: prep, block, match, cluster."""
    try:
        from bib_dedupe.bib_dedupe import block, cluster, match, prep
    except ImportError:
        sys.exit("bib-dedupe is not installed here: pip install bib-dedupe==0.11.0, and name that Python with --python")
    names = {"record_id": "ID", "authors": "author", "issue": "number", "entry_type": "ENTRYTYPE"}
    renamed = records.rename(columns=names)
    for column in ("ENTRYTYPE", "doi", "isbn", "abstract", "booktitle", "series"):
        if column not in renamed:
            renamed[column] = "article" if column == "ENTRYTYPE" else ""
    matched = match(block(prep(renamed, verbosity_level=0), verbosity_level=0), verbosity_level=0)
    clusters = {name: name for name in records["record_id"]}
    for group in cluster(matched):
        clusters.update(dict.fromkeys(group, min(group)))
    return clusters


def splink(records: Any) -> Clusters:
    """Splink, unsupervised, as the research notes set it up: seven blocking rules, EM on two blocks, threshold 0.99."""
    try:
        import splink.comparison_library as compare
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError:
        sys.exit("splink is not installed here: pip install splink==5.0.0, and name that Python with --python")
    import re

    table = records.assign(unique_id=records["record_id"]).replace("", None)
    plain = records["title"].map(lambda cell: " ".join(re.findall(r"\w+", cell.lower())))
    table["title"] = plain.where(plain != "", None)
    table["prefix"] = plain.map(lambda cell: " ".join(cell.split()[:6]) or None)
    table["first_page"] = records["pages"].str.extract(r"(\d+)", expand=False)
    table["first_author"] = records["authors"].str.lower().str.extract(r"(\w+)", expand=False)
    blocks = [
        block_on("doi"), block_on("prefix", "year"), block_on("prefix", "first_page"), block_on("prefix", "first_author"),
        block_on("first_author", "year", "first_page"), block_on("year", "volume", "first_page"),
        block_on("first_author", "year", "volume"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            compare.JaroWinklerAtThresholds("title", [0.98, 0.92, 0.85]),
            compare.JaroWinklerAtThresholds("authors", [0.95, 0.85, 0.75]),
            compare.JaroWinklerAtThresholds("journal", [0.95, 0.8]),
            *(compare.ExactMatch(name) for name in ("year", "volume", "first_page", "doi", "issue")),
        ],
        blocking_rules_to_generate_predictions=blocks,
    )
    api = DuckDBAPI()
    linker = Linker(api.register(table), settings) if hasattr(api, "register") else Linker(table, settings, api)
    linker.training.estimate_probability_two_random_records_match([block_on("title", "year")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("prefix", "year"), block_on("first_author", "year", "first_page")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.99)
    grouped = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.99).as_pandas_dataframe()
    return dict(zip(grouped["unique_id"], grouped["cluster_id"].astype(str), strict=True))


RUN: Mapping[str, Callable[[Any], Clusters]] = {
    "winnow": winnow,
    "winnow + versions": lambda records: winnow(records, versions=True),
    "doi-title": doi_title,
    "bib-dedupe": bib_dedupe,
    "splink": splink,
}


def read_table(path: Path) -> Any:
    """A CSV as strings, plain or compressed; missing is empty."""
    import pandas as pd

    return pd.read_csv(path, dtype=str, keep_default_na=False)


def run_one(tool: str, records: Path, out: Path) -> None:
    """Run one tool in this process and write its clusters, CPU seconds and peak memory."""
    table = read_table(records)
    before = time.process_time()
    clusters = RUN[tool](table)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = time.process_time() - before + children.ru_utime + children.ru_stime
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    out.write_text(json.dumps({"clusters": clusters, "cpu": used, "peak": peak}), encoding="utf-8")


def measure(gold: Clusters, predicted: Clusters) -> dict[str, float]:
    """Pairs, records and bad merges; a gold record that is not predicted stands alone."""
    pairs = lambda sizes: sum(size * (size - 1) // 2 for size in sizes)  # noqa: E731
    label = {name: predicted.get(name, f"alone {name}") for name in gold}
    both = Counter((gold[name], label[name]) for name in gold)
    true = pairs(both.values())
    found, real = pairs(Counter(label.values()).values()), pairs(Counter(gold.values()).values())
    members = defaultdict(list)
    for name, group in label.items():
        members[group].append(name)
    kept = Counter(gold[min(names)] for names in members.values())
    sizes = Counter(gold.values())
    missed = sum(max(kept.get(group, 0) - 1, 0) for group in sizes)
    swallowed = sum(group not in kept for group in sizes)
    duplicates = len(gold) - len(sizes)
    mixed = Counter(group for _, group in both)
    return {
        "precision": true / found if found else 1.0, "recall": true / real if real else 1.0,
        "missed pairs": real - true, "false pairs": found - true,
        "sensitivity": (duplicates - missed) / duplicates if duplicates else 1.0, "specificity": 1 - swallowed / len(sizes),
        "missed": missed, "swallowed": swallowed, "bad merges": sum(count > 1 for count in mixed.values()),
    }  # fmt: skip


_LIVING = re.compile(r"\bcochrane\b|\bclin\w*\.? evid|\bcd\d{6}", re.IGNORECASE)
_TOLD_BY = ("journal", "doi", "pages", "issue")


def are_versions(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two records under one label are two versions of a living review, by year or by DOI."""
    from winnow import text

    living = all(_LIVING.search(" ".join(row[name] for name in _TOLD_BY if name in row)) for row in (one, other))
    told = (
        (one.get("year", ""), other.get("year", "")),
        (text.doi(one.get("doi", "")), text.doi(other.get("doi", ""))),
    )
    return living and any(ours and theirs and ours != theirs for ours, theirs in told)


def missed_but_versions(gold: Clusters, predicted: Clusters, rows: Mapping[str, Mapping[str, str]]) -> int:
    """Records missed when versions don't count: groups of a label that hold a pair which is no two versions ought to be one."""
    labelled: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, label in gold.items():
        labelled[label][predicted.get(name, f"alone {name}")].append(name)
    missed = 0
    for groups in labelled.values():
        joined: list[list[str]] = []
        for members in groups.values():
            near = [part for part in joined if any(not are_versions(rows[a], rows[b]) for a in part for b in members)]
            joined = [part for part in joined if part not in near] + [
                [*members, *(name for part in near for name in part)]
            ]
            missed += len(near)
    return missed


def main() -> None:
    """Run the tools and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--abstracts", type=Path)
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--python", default=sys.executable, help="the interpreter that has bib-dedupe and splink")
    parser.add_argument("--one", nargs=2, metavar=("TOOL", "OUT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        run_one(asked.one[0], asked.records, Path(asked.one[1]))
        return
    with open(asked.gold, newline="", encoding="utf-8") as lines:
        gold = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(lines)}
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "records.csv"
        table = read_table(asked.records)
        if asked.abstracts:
            abstracts = read_table(asked.abstracts).set_index("record_id")["abstract"]
            table["abstract"] = table["record_id"].map(abstracts).fillna("")
        table.to_csv(records, index=False)
        rows = {row["record_id"]: row for row in table.to_dict("records")}
        lines_ = []
        for tool in asked.tools.split(","):
            out = Path(folder) / "out.json"
            python = asked.python if tool in OTHERS else sys.executable
            command = [python, __file__, str(records), str(asked.gold), "--one", tool, str(out)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{tool}: {(done.stderr or done.stdout).strip().splitlines()[-1]}", file=sys.stderr)
                continue
            found = json.loads(out.read_text(encoding="utf-8"))
            figures = measure(gold, found["clusters"])
            figures["but versions"] = missed_but_versions(gold, found["clusters"], rows)
            lines_.append((tool, figures, found["cpu"], found["peak"]))
    print_table(len(gold), lines_)


def print_table(count: int, lines: list[tuple[str, dict[str, float], float, float]]) -> None:
    """One line a tool."""
    print(f"{count} records")
    head = [*(lines[0][1] if lines else ()), "CPU s", "MB"]
    print(f"{'tool':18}" + "".join(f"{name:>13}" for name in head))
    for tool, figures, cpu, peak in lines:
        cells = [f"{value:.5f}" if isinstance(value, float) else str(value) for value in figures.values()]
        print(f"{tool:18}" + "".join(f"{cell:>13}" for cell in (*cells, f"{cpu:.1f}", f"{peak:.0f}")))


if __name__ == "__main__":
    main()
