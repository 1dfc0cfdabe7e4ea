"""Real exports of the developers' data: every record, each with its title."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from winnow.records.importing import import_file
from winnow.records.provenance import raw_text

#: Kinds of file that hold no record, by design of the collection.
EMPTY = {"cnki/selfdefine_header_18_columns.txt"}


@pytest.mark.slow
def test_every_real_export_gives_all_its_records_each_with_a_title(shared: Path) -> None:
    """Records read equal the number counted by hand, start tags equal records, and no title is empty."""
    folder = shared / "data" / "importers"
    rows = list(csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8").splitlines()))
    for row in rows:
        if row["file"] in EMPTY:
            continue
        imported = import_file(folder / row["file"])
        assert len(imported.records) == int(row["records"]), row["file"]
        assert imported.report.start_tags == len(imported.records), row["file"]
        assert all(record.get("title") for record in imported.records), row["file"]
        assert not imported.report.faults, row["file"]
        assert not imported.report.reading.unknown_tags or row["file"].endswith(".csv"), row["file"]


RIS_TITLES = ("title", "primary_title")
RIS_AUTHORS = ("authors", "first_authors")
RIS_ABSTRACTS = ("abstract", "notes_abstract")


def letters(text: str) -> str:
    """What two readings of one field must share."""
    return "".join(char for char in text.casefold() if char.isalnum())


def first(entry: dict[str, object], names: tuple[str, ...]) -> str:
    """The first field that rispy filled."""
    values = [entry[name] for name in names if entry.get(name)]
    return " ".join(map(str, values[0])) if values and isinstance(values[0], list) else str(values[0] if values else "")


@pytest.mark.slow
def test_real_ris_is_read_as_rispy_reads_it(shared: Path) -> None:
    """Title, authors, abstract, year and DOI of every record agree with an independent reader, where that one reads them."""
    import re

    import rispy

    for path in sorted((shared / "data" / "importers" / "vendors").glob("*.ris")):
        text = re.sub(r"(?m)^([A-Z][A-Z0-9])  -  ", r"\1  - ", path.read_text(encoding="utf-8-sig"))
        entries = rispy.loads(text[max(0, text.find("TY  - ")) :]) if "TY  - " in text else []
        for record, entry in zip(import_file(path).records, entries, strict=bool(entries)):
            assert letters(record["title"]) == letters(first(entry, RIS_TITLES)), path.name
            assert letters(record.get("authors", "")) == letters(first(entry, RIS_AUTHORS)), path.name
            assert letters(first(entry, RIS_ABSTRACTS)) in letters(record.get("abstract", "")), path.name
            assert record["year"] in str(entry.get("year") or entry.get("publication_year")), path.name
            assert letters(record.get("doi", "")) == letters(str(entry.get("doi", ""))) or "doi" not in entry, path.name


@pytest.mark.slow
def test_real_medline_is_read_as_biopython_reads_it(shared: Path) -> None:
    """Every field of every record agrees with Bio.Medline."""
    import io

    from Bio import Medline

    folder = shared / "data" / "importers"
    for path in (folder / "pubmed" / "medline_mrhelper_10.nbib", folder / "vendors" / "_baseline_pubmed.ris"):
        entries = list(Medline.parse(io.StringIO(path.read_text(encoding="utf-8"))))
        for record, entry in zip(import_file(path).records, entries, strict=True):
            assert record["pmid"] == entry["PMID"]
            assert letters(record["title"]) == letters(entry["TI"])
            people = [*entry.get("FAU", entry.get("AU", [])), *entry.get("CN", [])]
            assert letters(record.get("authors", "")) == letters("".join(people))
            assert letters(record.get("abstract", "")) == letters(entry.get("AB", ""))
            assert record["journal"] == entry["JT"] and record["journal_abbrev"] == entry["TA"]
            assert record.get("volume", "") == entry.get("VI", "") and record.get("issue", "") == entry.get("IP", "")
            assert record.get("pages", "") == entry.get("PG", "")
            assert len(record.get("mesh", "").split("; ")) == max(1, len(entry.get("MH", [])))


@pytest.mark.slow
def test_every_real_record_leads_back_to_its_raw_text(shared: Path) -> None:
    """The text on the lines of a record has its hash and holds its title."""
    for path in sorted((shared / "data" / "importers").glob("*/*")):
        if path.name == "selfdefine_header_18_columns.txt":
            continue
        for record in import_file(path).records:
            text = raw_text(path, record["line"], record["sha256"])
            assert letters(record["title"])[:20] in letters(text.replace("<br>", "")), path.name
