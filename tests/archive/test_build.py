"""The bundled archive follows from the facts, and holds nothing that nobody saw."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from lxml import etree

from winnow import manifests, tables
from winnow.records import pubmed_xml
from winnow.records.importing import import_file

SEARCHES = {"2011-original": (1985, 2011), "2025-update": (1985, 2025)}
#: Words of an abstract's headings, which no field of the archive may hold.
ABSTRACT = re.compile(r"<(Other)?Abstract|AbstractText|^(AB|N2)  - ", re.MULTILINE)


def facts_of(root: Path, name: str) -> list[dict[str, str]]:
    return [row for _, row in tables.read_rows(root / "archive" / "facts" / f"{name}.csv")]


def committed(root: Path, search: str) -> dict[str, dict[str, str]]:
    rows = pubmed_xml.read(root / "searches" / search / "pubmed" / "records.xml.gz")
    return {row["pmid"]: dict(row) for row in rows}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def rebuilt(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rebuilt")
    surroundings = os.environ | {
        "PYTHONPATH": str(root / "workflow"), "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C",
    }  # fmt: skip
    subprocess.run([sys.executable, str(root / "archive" / "build.py"), str(folder)], check=True, env=surroundings)
    return folder


def test_rebuilding_gives_the_committed_bytes(root: Path, rebuilt: Path) -> None:
    """The committed search folders are what the facts tables give, byte for byte, wherever and whenever they are rebuilt."""
    for search in SEARCHES:
        assert contents(rebuilt / "searches" / search) == contents(root / "searches" / search)
    assert (rebuilt / "config/digests.csv").read_bytes() == (root / "config/digests.csv").read_bytes()


def test_a_persons_export_is_never_overwritten(root: Path, tmp_path: Path) -> None:
    """Rebuilding leaves a folder alone that a person filed, and says so."""
    import build

    folder = tmp_path / "searches" / "2011-original" / "cnki"
    folder.mkdir(parents=True)
    (folder / "export.txt").write_text("RT Journal Article\n", encoding="utf-8")
    entry = manifests.file_entry(folder, "export.txt", records=1)
    manifests.write(
        folder,
        {
            "search": "2011-original", "source": "cnki", "kind": "database", "method": "export", "date": "2026-11-22",
            "years": [1985, 2011], "records": 1, "files": [entry],
        },
    )  # fmt: skip
    before = contents(folder)
    build.build(tmp_path)
    assert contents(folder) == before
    assert (tmp_path / "searches" / "2025-update" / "cnki" / "strategy.txt").is_file()


@pytest.mark.parametrize("search", SEARCHES)
def test_every_folder_is_as_its_manifest_says(root: Path, search: str) -> None:
    """Files, hashes and counts agree; no folder claims a date or hits, since nobody ran these searches."""
    for source, method in {"pubmed": "assembled", "web-pages": "assembled", "cnki": "not_available"}.items():
        manifest = manifests.read(root / "searches" / search / source)
        assert manifests.verify(manifest) == []
        assert (manifest.method, manifest.date, manifest.data["hits"]) == (method, "not run", None)
        assert sum(entry.get("records", 0) for entry in manifest.data["files"]) == manifest.data["records"]
        if source != "web-pages":
            planned = root / "config" / "strategy" / f"{source}.txt"
            assert (manifest.folder / "strategy.txt").read_bytes() == planned.read_bytes()


def test_each_search_holds_what_the_facts_put_in_its_years(root: Path) -> None:
    """Both concepts, a plainly seen title and a year in range: nothing else is in, nothing of it is out; the update holds all."""
    match = {row["pmid"]: row["both_concepts"] for row in facts_of(root, "search_match")}
    untitled = {"7962520", "9714905", "37796840"}
    both = {row["pmid"] for row in facts_of(root, "records") if match[row["pmid"]] != "no"} - untitled
    first, update = committed(root, "2011-original"), committed(root, "2025-update")
    period = {row["pmid"]: row["set"] for row in facts_of(root, "records")}
    assert set(first) == {pmid for pmid in both if period[pmid] == "1985-2011"} | {"21971943"}
    assert set(update) == both | {"33713527", "33719170"}
    assert (len(first), len(update)) == (34, 52)
    assert all(update[pmid] | {"line": ""} == first[pmid] | {"line": ""} for pmid in first)
    assert (first["21971943"]["year_print"], first["21971943"]["year_electronic"]) == ("2012", "2011")
    assert "22274797" not in first


def test_every_field_of_every_record_is_a_seen_fact(root: Path) -> None:
    """Read back, each bibliographic field equals the facts table, and is empty where its value was not seen or is from memory."""
    rows = {row["pmid"]: row for row in facts_of(root, "records")}
    for pmid, record in committed(root, "2025-update").items():
        if pmid not in rows:
            continue
        row = rows[pmid]
        remembered = {part.split("(")[0].strip() for part in row["from_memory_fields"].split(";")}
        seen = set(row["seen_fields"].split(";")) - remembered
        for column in ("title", "volume", "issue", "pages", "language"):
            assert record.get(column, "") == (row[column] if column in seen else ""), (pmid, column)
        assert record.get("doi", "") == (row["doi"].lower() if "doi" in seen else ""), pmid
        assert record.get("journal_abbrev", "") == (row["journal_abbrev"] if "journal_abbrev" in seen else ""), pmid
        assert record.get("publication_types", "") == (row["publication_type"] if "publication_type" in seen else "")
        if "journal" in remembered or "journal_abbrev" not in seen:
            assert row["journal"] not in record.get("journal", "") or row["journal"] == row["journal_abbrev"], pmid
        assert record.get("year_print", "") == (row["year"] if "year" in seen else ""), pmid
        assert set(headings(record.get("mesh", ""))) == (set(headings(row["mesh"])) if "mesh" in seen else set()), pmid
        wanted = names(row["authors"]) if "authors" in seen else []
        assert names(record.get("authors", "").replace(",", "")) == wanted, pmid


def headings(cell: str) -> list[tuple[str, str]]:
    """Descriptor and qualifier with their stars, whether qualifiers share a heading or not."""
    pairs = []
    for heading in filter(None, (part.strip() for part in cell.split(";"))):
        descriptor, *qualifiers = heading.split(" / ")
        pairs += [(descriptor.rstrip("*"), qualifier) for qualifier in qualifiers] or [(descriptor, "")]
    return pairs


def names(cell: str) -> list[str]:
    plain = re.sub(r" \((first author; others not shown|list truncated in the source)\)", "", cell)
    return [part.strip() for part in plain.split(";") if part.strip()]


def test_the_two_full_records_keep_every_letter(root: Path) -> None:
    """A name with accents, a keyword and an electronic date come through as in PubMed's file."""
    record = committed(root, "2025-update")["33719170"]
    assert record["authors"].startswith("Rodríguez-Tejero, Andrea; López-Espadafor, Beatriz; ")
    assert "myositis-specific antibodies" in record["keywords"]
    assert (record["year_print"], record["year_electronic"], record["issn"]) == ("2021", "2021", "1529-8019")


@pytest.mark.parametrize("search", SEARCHES)
def test_there_is_no_abstract_anywhere(root: Path, search: str) -> None:
    """Neither the XML nor the RIS holds an abstract, and no cell of any facts table is long enough to be one."""
    packed = (root / "searches" / search / "pubmed" / "records.xml.gz").read_bytes()
    pages = (root / "searches" / search / "web-pages" / "records.ris").read_text(encoding="utf-8")
    assert not ABSTRACT.search(gzip.decompress(packed).decode("utf-8"))
    assert not ABSTRACT.search(pages)
    assert packed[4:8] == b"\0\0\0\0", "gzip without a time"
    assert all(not record.get("abstract") for record in committed(root, search).values())


def test_no_facts_cell_is_an_abstract(root: Path) -> None:
    """The coded facts are notes: no cell but a list of names or headings, a title or an address is longer than 200 characters."""
    lists = {"mesh", "authors", "source_url", "title", "keywords"}
    for path in sorted((root / "archive" / "facts").glob("*.csv")):
        for line, row in tables.read_rows(path):
            long = {name: cell for name, cell in row.items() if name not in lists and len(cell) > 200}
            assert not long, (path.name, line, long)


def test_elements_stand_in_the_order_of_the_dtd(root: Path) -> None:
    """Every element and attribute is one that NLM's DTD of 2025 knows at its place; what is required may be absent, never wrong."""
    dtd = (resources.files("Bio.Entrez") / "DTDs" / "pubmed_250101.dtd").read_text(encoding="utf-8")
    models = dict(re.findall(r"<!ELEMENT\s+(\w+)\s+([^>]+)>", dtd))
    attributes = {
        element: set(re.findall(r"^\s*(\w+)\s", body, re.MULTILINE))
        for element, body in re.findall(r"<!ATTLIST\s+(\w+)\s+([^>]+)>", dtd)
    }
    packed = (root / "searches" / "2025-update" / "pubmed" / "records.xml.gz").read_bytes()
    for element in etree.fromstring(gzip.decompress(packed)).iter(etree.Element):
        assert set(element.attrib) <= attributes.get(element.tag, set()), element.tag
        children = "".join(f"{child.tag} " for child in element.iterchildren(etree.Element))
        if "PCDATA" in models[element.tag] or "%" in models[element.tag]:
            assert children == "", element.tag
        else:
            assert re.fullmatch(lenient(models[element.tag]), children), (element.tag, children)


def lenient(model: str) -> str:
    """A content model as a regular expression over child names, each optional."""
    loose = {"": "?", "?": "?", "*": "*", "+": "*"}
    bare = re.sub(r"\s", "", model).replace(")+", ")*")
    return re.sub(r"(\w+)([?*+]?),?|,", lambda found: f"(?:{found[1]} ){loose[found[2]]}" if found[1] else "", bare)


def test_web_pages_are_both_concepts_with_title_year_and_address(root: Path) -> None:
    """Dalakas 1993 and each other paper met on a page has its address, its row in the facts and a year in range."""
    sighted = {row["ref_key"]: row for row in facts_of(root, "records_nopmid")}
    judged = {row["ref_key"]: row for row in facts_of(root, "web_pages")}
    assert set(judged) == set(sighted)
    for search, (first, last) in SEARCHES.items():
        path = root / "searches" / search / "web-pages" / "records.ris"
        keys = re.findall(r"^ID  - (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        records = import_file(path).records
        assert len(records) == len(keys)
        assert "N002" in keys
        for key, record in zip(keys, records, strict=True):
            row = sighted[key]
            assert judged[key]["both_concepts"] in ("yes", "likely")
            assert record["title"] == (judged[key]["plain_title"] or row["title"])
            assert record["title"] in row["title"]
            assert record["url"] == row["source_url"]
            assert first <= int(record["year"]) <= last
            assert "year" in row["seen_fields"].split(";")
            assert "year" not in row["from_memory_fields"]


def test_the_update_repeats_the_first_search_record_for_record(root: Path) -> None:
    """A paper of the first search has the same text, so the same id, in the update."""
    raw = [
        {record["sha256"] for record in import_file(root / "searches" / search / "web-pages/records.ris").records}
        for search in SEARCHES
    ]
    assert raw[0] < raw[1]


def test_concepts_are_judged_by_what_is_recorded(root: Path) -> None:
    """Where web_pages.csv says that a concept stands in title or headings, a word for it does; "likely" rests on a coded fact."""
    words = {
        "ivig_in_title_or_mesh": r"globulin|inmunoglobulina|immunoglobulines|IVIG|IV-IG|intravenous Ig",
        "myositis_in_title_or_mesh": r"myosit|miosit|myopath|inclusion body",
    }
    sighted = {row["ref_key"]: f"{row['title']} {row['mesh']}" for row in facts_of(root, "records_nopmid")}
    for row in facts_of(root, "web_pages"):
        for column, word in words.items():
            if row[column] == "yes":
                assert re.search(word, sighted[row["ref_key"]], re.IGNORECASE), row["ref_key"]
        both = row["ivig_in_title_or_mesh"] == row["myositis_in_title_or_mesh"] == "yes"
        assert (row["both_concepts"] == "yes") == both, row["ref_key"]
        assert row["both_concepts"] != "likely" or row["basis"].startswith("facts.csv"), row["ref_key"]
