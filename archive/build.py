"""Write ``searches/`` and ``config/digests.csv`` from the facts tables: ``python archive/build.py [FOLDER]``, by default here.

The archive is an assembled demonstration, not a search result: nobody ran these searches. Same facts, same bytes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import articles
import digests
import facts
import web_pages
from facts import HERE, Row

from winnow import files, manifests, tables
from winnow.records.identity import RecordIds
from winnow.records.importing import import_file
from winnow.text import title_key

ROOT = HERE.parent
SEARCHES = {"2011-original": (1985, 2011), "2025-update": (1985, 2025)}

NOTES = {
    "pubmed": "Assembled demonstration, not a search result: records whose PMID, title and both concepts (PM/DM and IVIG) were "
    "seen on public pages, without abstracts. The strategy is the one that a real run would use; nobody ran it here.",
    "web-pages": "Assembled demonstration: papers on both concepts that were met without a PMID on publishers' and libraries' "
    "pages, with plain title and year. No search was run; archive/facts/web_pages.csv says which pages count and why.",
    "cnki": "CNKI has no public API and no export was supplied. ADD-AN-EXPORT.md says how to add one.",
}


def pubmed_rows(years: tuple[int, int]) -> list[Row]:
    """The records of ``years`` (print or electronic) on both concepts with a plainly seen title, by PMID."""
    match, electronic = facts.by("search_match", "pmid"), facts.by("electronic_dates", "pmid")
    rows = [
        facts.seen(row) | {"pmid": row["pmid"], "set": row["set"], "both_concepts": match[row["pmid"]]["both_concepts"]}
        for row in facts.table("records")
    ]
    rows += facts.table("records_in_full")
    dated = [row | {"electronic_date": electronic.get(row["pmid"], {}).get("electronic_date", "")} for row in rows]
    chosen = [
        row
        for row in dated
        if row["both_concepts"] in ("yes", "likely") and facts.plainly(row["title"]) and _published(row, years)
    ]
    return sorted(chosen, key=lambda row: int(row["pmid"]))


def _published(row: Row, years: tuple[int, int]) -> bool:
    """Whether a seen year lies in ``years``; without one, the period under which the coder filed the record decides."""
    stated = [int(date[:4]) for date in (row["year"], row["electronic_date"]) if date]
    if stated:
        return any(years[0] <= year <= years[1] for year in stated)
    if row["set"][:4].isdigit():
        first, last = (int(year) for year in row["set"].split("-"))
        return years[0] <= first and last <= years[1]
    return False


def web_page_rows(years: tuple[int, int]) -> list[Row]:
    """The papers without a PMID on both concepts whose title and year were plainly seen, by reference key."""
    chosen = []
    sighted = {row["ref_key"]: row for row in facts.table("records_nopmid")}
    for judged in facts.table("web_pages"):
        row = facts.seen(sighted[judged["ref_key"]])
        if judged["both_concepts"] == "no" or "no" in (judged["title_plainly_seen"], judged["year_seen"]):
            continue
        if years[0] <= int(row["year"]) <= years[1]:
            chosen.append(row | _as_used(sighted[judged["ref_key"]], judged, row))
    return sorted(chosen, key=lambda row: row["ref_key"])


def _as_used(sighted: Row, judged: Row, row: Row) -> Row:
    return {
        "ref_key": sighted["ref_key"],
        "source_url": sighted["source_url"],
        "title": judged["plain_title"] or row["title"],
        "journal_abbrev": judged["plain_journal"] or row["journal_abbrev"],
        "language": judged["language"],
        "remark": sighted["title"] if judged["plain_title"] else "",
    }


def pubmed(folder: Path, search: str, years: tuple[int, int]) -> tuple[str, int]:
    """The PubMed records as gzipped XML."""
    rows = pubmed_rows(years)
    files.write_bytes(folder / "records.xml.gz", files.gzip_bytes(articles.article_set(rows)))
    return "records.xml.gz", len(rows)


def pages(folder: Path, search: str, years: tuple[int, int]) -> tuple[str, int]:
    """The papers seen on web pages as RIS."""
    rows = web_page_rows(years)
    repeated = {title_key(row["title"]) for row in rows}
    if len(repeated) != len(rows):
        raise SystemExit("archive/facts/web_pages.csv: one paper is listed twice")
    files.write_bytes(folder / "records.ris", web_pages.ris(rows))
    return "records.ris", len(rows)


def cnki(folder: Path, search: str, years: tuple[int, int]) -> tuple[str, int]:
    """How to add the export that nobody supplied."""
    text = (HERE / "ADD-AN-EXPORT.md").read_text(encoding="utf-8")
    files.write_text(
        folder / "ADD-AN-EXPORT.md",
        text.replace("{search}", search).replace("{first}", str(years[0])).replace("{last}", str(years[1])),
    )
    return "", 0


Writer = Callable[[Path, str, tuple[int, int]], tuple[str, int]]
SOURCES: dict[str, tuple[Writer, dict[str, Any]]] = {
    "pubmed": (pubmed, {"kind": "database", "name": "PubMed (MEDLINE)", "platform": "PubMed", "method": "assembled"}),
    "cnki": (cnki, {"kind": "database", "name": "CNKI", "platform": "CNKI (www.cnki.net)", "method": "not_available"}),
    "web-pages": (pages, {"kind": "other", "name": "Publishers' and libraries' web pages", "method": "assembled"}),
}


def build(root: Path) -> None:
    """Write every source folder of both searches under ``root/searches``, each whole or not at all.

    A folder that holds a person's export is left alone.
    """
    for search, years in SEARCHES.items():
        for source in SOURCES:
            folder = root / "searches" / search / source
            if _ours(folder):
                partial = folder.with_name(f".{source}.partial")
                shutil.rmtree(partial, ignore_errors=True)
                _write(partial, search, source, years)
                shutil.rmtree(folder, ignore_errors=True)
                partial.rename(folder)
            else:
                print(f"{folder}: holds a person's export, left alone", file=sys.stderr)

    write_digests(root)


def write_digests(root: Path) -> None:
    """``config/digests.csv``: the notes on the coded studies that the archive holds."""
    ids = {row["pmid"]: f"pubmed:{row['pmid']}" for row in pubmed_rows(SEARCHES["2025-update"])}
    for search, years in SEARCHES.items():
        ids |= web_page_ids(root / "searches" / search / "web-pages" / "records.ris", years)
    tables.write_rows(root / "config" / "digests.csv", digests.rows(facts.table("facts"), ids), digests.COLUMNS)


def web_page_ids(path: Path, years: tuple[int, int]) -> dict[str, str]:
    """The record id that each reference key of ``web-pages`` gets when it is read."""
    keys = [row["ref_key"] for row in web_page_rows(years)]
    ids = RecordIds()
    return {key: ids.assign(row, "web-pages") for key, row in zip(keys, import_file(path).records, strict=True)}


def _ours(folder: Path) -> bool:
    present = (folder / manifests.NAME).is_file()
    return not present or manifests.read(folder).method in ("assembled", "not_available")


def _write(folder: Path, search: str, source: str, years: tuple[int, int]) -> None:
    write, described = SOURCES[source]
    records, count = write(folder, search, years)
    entries = [manifests.file_entry(folder, records, records=count)] if records else []
    strategy = _strategy(folder, source)
    evidence = sorted(path.name for path in folder.iterdir() if path.name != records)
    entries += [manifests.file_entry(folder, name, role="evidence") for name in evidence]
    manifests.write(
        folder,
        {
            "search": search,
            "source": source,
            **described,
            "date": None,
            "years": list(years),
            "strategy": strategy,
            "hits": None,
            "records": count,
            "note": NOTES[source],
            "files": entries,
        },
    )


def _strategy(folder: Path, source: str) -> dict[str, str] | None:
    """The frozen copy of the strategy; pages that were met by the way have none."""
    planned = ROOT / "config" / "strategy" / f"{source}.txt"
    if not planned.is_file():
        return None
    files.write_bytes(folder / "strategy.txt", planned.read_bytes())
    return {"file": "strategy.txt", "sha256": files.sha256_file(folder / "strategy.txt")}


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
