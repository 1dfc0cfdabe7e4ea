"""How long one export of many records takes to import, in CPU seconds, and how much memory it needs, by format.

    python benchmarks/import_speed.py [--records 100000] [--folder DIR] [FILE...]

Without FILE the same made-up records are written as RIS, NBIB, BibTeX and CSV and each is imported by ``winnow import`` in a
process of its own.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

TEXT = (
    "patients treatment immunoglobulin intravenous polymyositis dermatomyositis controlled response weakness strength after "
    "weeks dose significant improvement group placebo trial months steroid refractory disease muscle enzyme creatine kinase "
    "with the of and in to was were by for at"
)
WORDS = TEXT.split()


def made_up(count: int) -> Iterator[dict[str, object]]:
    """Records with the size of real ones: six authors, twelve keywords, an abstract of 220 words."""
    choose = random.Random(20250101)
    for number in range(count):
        yield {
            "id": number + 1,
            "title": f"Record {number}: " + " ".join(choose.choices(WORDS, k=12)),
            "abstract": " ".join(choose.choices(WORDS, k=220)),
            "authors": [f"Family{choose.randrange(5000)}, Given{choose.randrange(500)}" for _ in range(6)],
            "keywords": choose.choices(WORDS, k=12),
            "year": 1985 + number % 40,
            "first": 100 + number % 900,
        }


def ris(record: dict[str, object]) -> str:
    """One record as RIS."""
    many = [("AU", name) for name in record["authors"]] + [("KW", word) for word in record["keywords"]]  # type: ignore[attr-defined]
    lines = [
        ("TY", "JOUR"), ("TI", record["title"]), *many, ("AB", record["abstract"]), ("T2", "Journal of Examples"),
        ("PY", record["year"]), ("VL", 12), ("IS", 3), ("SP", record["first"]), ("EP", 999), ("SN", "1234-5678"),
        ("DO", f"10.9999/example.{record['id']}"), ("LA", "eng"), ("UR", f"https://example.org/{record['id']}"), ("ER", ""),
    ]  # fmt: skip
    return "".join(f"{tag}  - {value}\n" for tag, value in lines) + "\n"


def nbib(record: dict[str, object]) -> str:
    """One record as PubMed writes MEDLINE text, wrapped."""
    words, lines, line = str(record["abstract"]).split(), [], "AB  - "
    for word in words:
        if len(line) + len(word) > 86:
            lines.append(line)
            line = "      "
        line += word + " "
    names = "".join(f"FAU - {name}\nAU  - {name}\n" for name in record["authors"])  # type: ignore[attr-defined]
    words_ = "".join(f"OT  - {word}\n" for word in record["keywords"])  # type: ignore[attr-defined]
    return (
        f"PMID- {record['id']}\nIS  - 1234-5678\nVI  - 12\nIP  - 3\nDP  - {record['year']} Jan\nTI  - {record['title']}\n"
        f"PG  - {record['first']}-999\nLID - 10.9999/example.{record['id']} [doi]\n" + "\n".join([*lines, line]) + "\n"
        f"{names}LA  - eng\nPT  - Journal Article\nTA  - J Ex\nJT  - Journal of Examples\n{words_}\n"
    )


def bibtex(record: dict[str, object]) -> str:
    """One record as BibTeX."""
    return (
        f"@article{{key{record['id']},\n  title = {{{record['title']}}},\n"
        f"  author = {{{' and '.join(record['authors'])}}},\n"  # type: ignore[arg-type]
        f"  abstract = {{{record['abstract']}}},\n  journal = {{Journal of Examples}},\n  year = {{{record['year']}}},\n"
        f"  volume = {{12}},\n  number = {{3}},\n  pages = {{{record['first']}--999}},\n  issn = {{1234-5678}},\n"
        f"  doi = {{10.9999/example.{record['id']}}},\n  keywords = {{{'; '.join(record['keywords'])}}}\n}}\n\n"  # type: ignore[arg-type]
    )


def write_csv(path: Path, count: int) -> None:
    """All records as CSV with the headers of Scopus."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("Authors", "Title", "Year", "Source title", "Volume", "Issue", "Page start", "Page end", "DOI",
                         "Abstract", "Author Keywords", "ISSN"))  # fmt: skip
        for record in made_up(count):
            writer.writerow((
                "; ".join(record["authors"]), record["title"], record["year"], "Journal of Examples", 12, 3,  # type: ignore[arg-type]
                record["first"], 999, f"10.9999/example.{record['id']}", record["abstract"],
                "; ".join(record["keywords"]), "1234-5678",  # type: ignore[arg-type]
            ))  # fmt: skip


def write_text(path: Path, count: int, one: Callable[[dict[str, object]], str]) -> None:
    """All records, one after the other."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(map(one, made_up(count)))


def measure(path: Path, folder: Path) -> tuple[float, int]:
    """CPU seconds and peak memory (MB) of one import."""
    command = [sys.executable, "-m", "winnow", "import", str(path), "-o", str(folder / "records.csv")]
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True).stdout
    seconds, peak = out.split()[-2:]
    return float(seconds), int(peak) // (1024 if resource.RUSAGE_SELF == 0 and sys.platform != "darwin" else 1 << 20)


def main() -> None:
    """Print one row per file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        paths = list(arguments.files)
        if not paths:
            for suffix, one in (("ris", ris), ("nbib", nbib), ("bib", bibtex)):
                paths.append(folder / f"made-up.{suffix}")
                write_text(paths[-1], arguments.records, one)
            paths.append(folder / "made-up.csv")
            write_csv(paths[-1], arguments.records)
        print(f"{'file':<24}{'MB':>8}{'CPU s':>8}{'peak MB':>9}{'of the first':>14}")
        base = 0.0
        for path in paths:
            seconds, peak = measure(path, folder)
            base = base or seconds
            size = path.stat().st_size / 1e6
            print(f"{path.name:<24}{size:>8.1f}{seconds:>8.1f}{peak:>9}{seconds / base:>13.2f}x", flush=True)


if __name__ == "__main__":
    main()
