"""How the cost of deduplication grows: synthetic records, made with a seed, 20 in 100 of them second copies with usual damage.

usage: python benchmarks/deduplicate_scaling.py [--sizes 10000,80000,1000000] [--abstracts] [--seed 1]

Each size runs as ``winnow deduplicate`` runs it, from CSV to CSV, in a process of its own. Printed: records, CPU seconds (user and
system), seconds a thousand records, peak memory, and copies found of those made, and groups that mix two documents.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

COLUMNS = ("record_id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "abstract")
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "zo",
    "cha",
    "the",
    "pra",
    "sto",
    "gly",
    "myo",
)
SMALL = ("of", "in", "with", "for", "and", "after", "during", "between", "from", "on")


def made_word(chance: random.Random) -> str:
    """A word that no dictionary has."""
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 5)))


def document(
    chance: random.Random, words: list[str], names: list[str], journals: list[str], abstracts: bool
) -> dict[str, str]:
    """One made-up article; titles share their words as real ones do."""
    pick = lambda: words[min(int(chance.expovariate(6 / len(words))), len(words) - 1)]  # noqa: E731
    title = " ".join(chance.choice(SMALL) if place % 3 == 2 else pick() for place in range(chance.randint(6, 16)))
    people = [f"{chance.choice(names)}, {chance.choice('ABCDEFGHJKLM')}." for _ in range(chance.randint(1, 8))]
    first = chance.randint(1, 3000)
    return {
        "title": title.capitalize(), "authors": "; ".join(people), "year": str(chance.randint(1980, 2024)),
        "journal": chance.choice(journals), "volume": str(chance.randint(1, 120)), "issue": str(chance.randint(1, 12)),
        "pages": f"{first}-{first + chance.randint(1, 15)}", "doi": f"10.5555/{chance.getrandbits(48):x}",
        "abstract": " ".join(pick() for _ in range(150)) if abstracts else "",
    }  # fmt: skip


def copy(chance: random.Random, record: dict[str, str]) -> dict[str, str]:
    """The same article from another database: other case, short pages, no DOI, initials, a missing field."""
    other = dict(record)
    first, _, last = record["pages"].partition("-")
    damage = (
        {"title": record["title"].upper()}, {"pages": f"{first}-{last[-1:]}" if len(first) == len(last) else first},
        {"doi": ""}, {"issue": ""}, {"authors": record["authors"].replace(", ", " ").replace(".", "")},
        {"title": record["title"] + "."}, {"journal": record["journal"].replace("Journal of", "J")},
    )  # fmt: skip
    for change in chance.sample(damage, 3):
        other |= change
    return other


def write(path: Path, size: int, seed: int, abstracts: bool) -> dict[str, int]:
    """Write ``size`` records in shuffled order; returns which document each id is a record of."""
    chance = random.Random(seed)
    words = sorted({made_word(chance) for _ in range(20_000)})
    names = sorted({made_word(chance).capitalize() for _ in range(8_000)})
    journals = [f"Journal of {made_word(chance).capitalize()} {made_word(chance).capitalize()}" for _ in range(2_000)]
    ids = list(range(size))
    chance.shuffle(ids)
    of: dict[str, int] = {}
    with open(path, "w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        previous: dict[str, str] = {}
        last = ""
        for place, number in enumerate(ids):
            again = bool(previous) and chance.random() < 0.2
            record = copy(chance, previous) if again else document(chance, words, names, journals, abstracts)
            name = f"r{number:08d}"
            of[name] = of[last] if again else place
            previous, last = record, name
            writer.writerow({"record_id": name, **record})
    return of


def measure(size: int, seed: int, abstracts: bool) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        records, reports = Path(folder) / "records.csv", Path(folder) / "reports.csv"
        of = write(records, size, seed, abstracts)
        command = [sys.executable, "-m", "winnow", "deduplicate", str(records), "-o", str(reports)]
        process = subprocess.Popen(command, env=os.environ)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"winnow deduplicate failed with {process.returncode}")
        cpu = used.ru_utime + used.ru_stime
        groups: dict[str, set[int]] = defaultdict(set)
        with open(reports, newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                groups[row["report_id"]].add(of[row["record_id"]])
    copies = size - len(set(of.values()))
    mixed = sum(len(documents) > 1 for documents in groups.values())
    split = sum(len(documents) for documents in groups.values()) - len(set(of.values()))
    found = f"{copies - split}/{copies}"
    return f"{size:>10,}{cpu:>10.1f}{1000 * cpu / size:>12.3f}{used.ru_maxrss / 1024:>10.0f}{found:>20}{mixed:>8}"


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,80000,1000000")
    parser.add_argument("--abstracts", action="store_true", help="give every record an abstract of 150 words")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{'records':>10}{'CPU s':>10}{'s per 1000':>12}{'MB':>10}{'copies found':>20}{'mixed':>8}")
    for size in map(int, asked.sizes.split(",")):
        print(measure(size, asked.seed, asked.abstracts), flush=True)


if __name__ == "__main__":
    main()
