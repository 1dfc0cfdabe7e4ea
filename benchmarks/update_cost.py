"""What an update costs: CPU seconds of each stage on a review of many records, and with a search added that finds 1 % more.

    python benchmarks/update_cost.py REVIEW PUBMED_XML... [--records 50000] [--share 0.01] [--scratch]

REVIEW is a folder whose config/ is used (criteria, form, synthesis); the records come from files of PubMed XML, such as NLM's
baseline. They are filed as Entrez gives them: batches of 200, the new ones first, so that no file of the second search equals
one of the first. Each stage runs in a process of its own and is timed on the first search alone, and on both with what the first
run kept. ``ratio`` is update / first: 1.0 would be an update that costs what the review cost, 0.01 one that costs what is new. With
``--scratch`` both rounds are run without a store too, and the results of all must be the same bytes.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import yaml

from winnow import files, manifests

STAGES = ("records", "deduplicate", "screen", "extract", "synthesise", "report")
BATCH = 200
#: What ranking asks of every report.
QUESTION = "Is intravenous immunoglobulin effective and safe in adults with polymyositis or dermatomyositis?"
_ARTICLE = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>", re.DOTALL)


def articles(paths: list[Path]) -> Iterator[bytes]:
    """Each article of files of PubMed XML, as bytes."""
    for path in paths:
        with files.opened(path) as stream:
            content = stream.read()
        for match in _ARTICLE.finditer(content):
            yield match.group()


def file_search(review: Path, name: str, found: list[bytes]) -> None:
    """Put a search's articles into its folder, in batches, with a manifest."""
    folder = review / "searches" / name / "pubmed"
    folder.mkdir(parents=True)
    listed = []
    for place in range(0, len(found), BATCH):
        batch = found[place : place + BATCH]
        content = (
            b"<?xml version='1.0' encoding='UTF-8'?>\n<PubmedArticleSet>\n"
            + b"\n".join(batch)
            + b"\n</PubmedArticleSet>\n"
        )
        file = f"efetch-{place // BATCH + 1:04d}.xml.gz"
        (folder / file).write_bytes(files.gzip_bytes(content))
        listed.append(manifests.file_entry(folder, file, records=len(batch)))
    manifests.write(
        folder,
        {
            "search": name, "source": "pubmed", "kind": "database", "name": "PubMed", "method": "export", "date": "2020-01-01",
            "years": None, "hits": len(found), "records": len(found), "files": listed,
        },
    )  # fmt: skip


def configure(review: Path, searches: list[str], results: str) -> None:
    """A review of these searches, whose reports nobody has decided."""
    said = {
        "review": {"title": "What an update costs", "question": QUESTION},
        "results": results,
        "searches": [{"id": name, "years": [1900, 2030], "databases": ["pubmed"]} for name in searches],
    }
    (review / "config/config.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")


def timed(review: Path, stage: str, store: str) -> float:
    """CPU seconds of one stage; ``store`` is on or off."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = str(Path(__file__).resolve().parents[1] / "workflow")
    environment = os.environ | {"PYTHONPATH": code, "WINNOW_CACHE": store}
    subprocess.run([sys.executable, "-m", "winnow", stage], cwd=review, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def hashes(results: Path) -> dict[str, str]:
    """The SHA-256 of every result."""
    return {str(path.relative_to(results)): files.sha256_file(path) for path in results.rglob("*") if path.is_file()}


def main() -> None:
    """Print one line per stage."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("review", type=Path)
    parser.add_argument("xml", type=Path, nargs="+")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--scratch", action="store_true")
    arguments = parser.parse_args()
    more = round(arguments.records * arguments.share)
    found = list(islice(articles(arguments.xml), arguments.records + more))
    if len(found) < arguments.records + more:
        sys.exit(f"{len(found)} records in these files; ask for fewer with --records")
    with tempfile.TemporaryDirectory() as folder:
        review = Path(folder)
        shutil.copytree(
            arguments.review / "config", review / "config", ignore=shutil.ignore_patterns("history", "*.csv", "pub*")
        )
        file_search(review, "first", found[: arguments.records])
        file_search(review, "second", found[arguments.records :] + found[: arguments.records])
        rounds: dict[str, dict[str, float]] = {}
        results: dict[tuple[str, ...], set[str]] = {}
        searched = {"first": ("first",), "update": ("first", "second")}
        for store in ("on", "off") if arguments.scratch else ("on",):
            for name, searches in searched.items():
                configure(review, list(searches), "results")
                column = name if store == "on" else f"{name}, off"
                rounds[column] = {stage: timed(review, stage, store) for stage in STAGES}
                results.setdefault(searches, set()).add(repr(sorted(hashes(review / "results").items())))
        kept = sum(path.stat().st_size for path in (review / ".winnow-cache").rglob("*") if path.is_file())
    print(f"{arguments.records} records, then {more} more; CPU seconds; {kept / 1e6:.0f} MB kept")
    print(f"{'stage':<12} " + " ".join(f"{name:>12}" for name in (*rounds, "ratio")))
    for stage in (*STAGES, "all"):
        spent = [sum(one.values()) if stage == "all" else one[stage] for one in rounds.values()]
        print(f"{stage:<12} " + " ".join(f"{seconds:>12.1f}" for seconds in spent) + f" {spent[1] / spent[0]:>12.2f}")
    if arguments.scratch:
        print(
            "results with and without the store:",
            "the same" if all(len(one) == 1 for one in results.values()) else "DIFFER",
        )


if __name__ == "__main__":
    main()
