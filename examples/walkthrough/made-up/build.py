"""Write the walkthrough's ``searches/`` from ``articles.yaml``: ``python examples/walkthrough/made-up/build.py [FOLDER]``.

Everything is made up. Same articles, same bytes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import exports
import yaml
from exports import Article

from winnow import files, manifests

HERE = Path(__file__).resolve().parent
#: id, first and last year, the day on which it is said to have been run
SEARCHES = (
    ("2019-original", (2000, 2019), "2020-01-10"),
    ("2022-update", (2000, 2022), "2022-06-15"),
    ("2024-update", (2000, 2024), "2024-03-01"),
)
SOURCES = {
    "pubmed": ("PubMed (made-up records)", "PubMed"),
    "cnki": ("CNKI (made-up records)", "CNKI (www.cnki.net)"),
    "embase": ("Embase (made-up records)", "Embase.com"),
}
#: file: (source, the name of this export in articles.yaml, its writer)
FILES: dict[str, tuple[str, str, Callable[[list[Article]], bytes]]] = {
    "refworks.txt": ("cnki", "refworks", exports.refworks),
    "endnote.txt": ("cnki", "endnote", exports.endnote),
    "embase.ris": ("embase", "embase", exports.embase),
}


def articles() -> list[Article]:
    """The articles, each with its journal's names."""
    told = yaml.safe_load((HERE / "articles.yaml").read_text(encoding="utf-8"))
    return [
        one | ({"journal": told["journals"][one["journal"]]} if "journal" in one else {}) for one in told["articles"]
    ]


def found(known: list[Article], export: str, last: int) -> list[Article]:
    """The articles that an export of the search up to ``last`` holds: an update repeats what was there before."""
    return [one for one in known if any(year <= last and export in names for year, names in one["found"].items())]


def contents(known: list[Article], last: int) -> dict[tuple[str, str], tuple[bytes, int]]:
    """Source and file name: the bytes, and how many records they hold."""
    inside = found(known, "pubmed", last)
    retracted = {
        one["key"]: notice for one in known for year, notice in one.get("retracted", {}).items() if year <= last
    }
    packed = files.gzip_bytes(exports.pubmed(inside, retracted))
    made: dict[tuple[str, str], tuple[bytes, int]] = {("pubmed", "records.xml.gz"): (packed, len(inside))}
    for name, (source, export, write) in FILES.items():
        inside = found(known, export, last)
        made[source, name] = (write(inside), len(inside))
    return made


def build(root: Path) -> None:
    """Write every source folder of the three searches under ``root/searches``."""
    known = articles()
    for search, years, date in SEARCHES:
        made = contents(known, years[1])
        for source, (name, platform) in SOURCES.items():
            folder = root / "searches" / search / source
            shutil.rmtree(folder, ignore_errors=True)
            mine = {file: packed for (owner, file), packed in made.items() if owner == source}
            for file, (content, _) in mine.items():
                files.write_bytes(folder / file, content)
            strategy = HERE.parent / "config" / "strategy" / f"{source}.txt"
            files.write_bytes(folder / "strategy.txt", strategy.read_bytes())
            entries = [manifests.file_entry(folder, file, records=count) for file, (_, count) in mine.items()]
            total = sum(count for _, count in mine.values())
            manifests.write(folder, _manifest(folder, search, source, name, platform, date, years, total, entries))


def _manifest(
    folder: Path, search: str, source: str, name: str, platform: str, date: str, years: tuple[int, int], total: int,
    entries: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    strategy = manifests.file_entry(folder, "strategy.txt", role="evidence")
    return {
        "search": search, "source": source, "kind": "database", "name": name, "platform": platform, "method": "export",
        "date": date, "years": list(years), "strategy": {"file": "strategy.txt", "sha256": strategy["sha256"]},
        "hits": total, "records": total, "note": "Made up for the walkthrough; no search was run.",
        "files": [*entries, strategy],
    }  # fmt: skip


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent)
