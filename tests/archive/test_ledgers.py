"""What the bundled ledgers say is what the coder wrote down, and every number stands in its quote."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from winnow import config, tables
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.records import pubmed_xml
from winnow.records.identity import RecordIds
from winnow.records.importing import import_file

Rows = list[dict[str, str]]
CODER = "bundled-coding"


@pytest.fixture(scope="module")
def screening(root: Path) -> Rows:
    return rows(root, "decisions/screening/bundled-coding.csv", tables.SCREENING_LEDGER)


@pytest.fixture(scope="module")
def extraction(root: Path) -> Rows:
    return rows(root, "decisions/extraction.csv", tables.EXTRACTION_LEDGER)


@pytest.fixture(scope="module")
def web_pages(root: Path) -> dict[str, str]:
    """The reference key of each web page's record id in the first search."""
    path = root / "searches/2011-original/web-pages/records.ris"
    keys = re.findall(r"^ID  - (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ids = RecordIds()
    return {ids.assign(row, "web-pages"): key for key, row in zip(keys, import_file(path).records, strict=True)}


@pytest.fixture(scope="module")
def pmids(root: Path) -> set[str]:
    return {row["pmid"] for row in pubmed_xml.read(root / "searches/2011-original/pubmed/records.xml.gz")}


def rows(root: Path, name: str, columns: tuple[str, ...] = ()) -> Rows:
    return [row for _, row in tables.read_rows(root / name, columns)]


def facts(root: Path, name: str, key: str) -> dict[str, dict[str, str]]:
    return {row[key]: row for row in rows(root, f"archive/facts/{name}.csv") if row[key]}


def coded(root: Path) -> dict[str, dict[str, str]]:
    return facts(root, "facts", "ref_key") | facts(root, "facts", "pmid")


def test_every_ledger_reads_without_a_fault(root: Path) -> None:
    """Columns, stages, criteria, dates and people of every bundled ledger are as the decisions room asks."""
    criteria = {entry["id"] for entry in config.load_yaml(root / "config/criteria.yaml")[0]["criteria"]}
    for kind in KINDS.values():
        for path in ledger.paths(root, kind):
            found = ledger.read(path, kind)
            assert (
                ledger.faults(found, criteria=criteria, people={"title_abstract": [CODER], "full_text": [CODER]}) == []
            )


def test_every_id_is_a_record_of_the_first_search(
    root: Path, screening: Rows, pmids: set[str], web_pages: dict[str, str]
) -> None:
    """No ledger decides on a document that the archive doesn't hold; records of the update stay undecided."""
    known = pmids | set(web_pages)
    ledgers = [screening, *(rows(root, f"decisions/{name}.csv") for name in ("studies", "retrieval", "extraction"))]
    named = {row["id"] for one in ledgers for row in one}
    named |= {row["id"] for name in ("known_studies", "previous_review") for row in rows(root, f"config/{name}.csv")}
    assert named <= known
    assert {row["id"] for row in screening if row["stage"] == "title_abstract"} == known


def test_decisions_are_the_coders(root: Path, screening: Rows, web_pages: dict[str, str]) -> None:
    """Each PMID has the coder's decisions, its reason read as the criterion of reasons.csv, its words in the note; overlap excludes
    nobody."""
    decided = facts(root, "decisions", "pmid")
    criterion = {row["reason_code"]: row["criterion"] for row in rows(root, "archive/facts/reasons.csv")}
    for row in screening:
        if row["id"] in web_pages:
            continue
        coder = decided[row["id"]]
        said = coder["title_abstract_decision" if row["stage"] == "title_abstract" else "fulltext_decision"]
        because = criterion.get(coder["reason_code"], "")
        overlap = said == "exclude" and not because
        assert row["decision"] == ("include" if overlap else said), row["id"]
        assert row["criterion"] == (because if row["decision"] == "exclude" else ""), row["id"]
        assert coder["reason_code"] == "included" or coder["reason_code"] in row["note"]
        assert coder["note"] in row["note"]
    full_text = {row["id"] for row in screening if row["stage"] == "full_text"} - set(web_pages)
    assert full_text == {
        row["id"]
        for row in screening
        if row["stage"] == "title_abstract" and row["decision"] != "exclude" and row["id"] not in web_pages
    }


def test_nothing_claims_a_full_text(root: Path, screening: Rows) -> None:
    """One coder, from abstracts and public facts; retrieval says that no document was obtained."""
    assert {row["basis"] for row in screening} == {"abstract", "public facts"}
    assert {row["role"] for row in screening} == {"reviewer"}
    retrieval = rows(root, "decisions/retrieval.csv", tables.RETRIEVAL_LEDGER)
    assert {row["id"] for row in retrieval} == {row["id"] for row in screening if row["stage"] == "full_text"}
    assert all(row["status"] == "other_basis" and not row["file"] for row in retrieval)


def test_pages_are_decided_by_coded_facts(root: Path, screening: Rows, web_pages: dict[str, str]) -> None:
    """A paper met on a page is excluded only for what facts.csv says, cited in the note; Dalakas 1993 is included so."""
    known = coded(root)
    because = {
        "not_single_case": lambda row: row["design"] == "case report",
        "not_ibm_only": lambda row: row["population"] == "IBM",
        "not_children_only": lambda row: row["adult"] == "child",
        "population_adult_pmdm": lambda row: row["adult"].startswith("mixed") or "myopathy" not in row["population"],
    }
    decided = defaultdict(list)
    for row in screening:
        if key := web_pages.get(row["id"]):
            assert f"facts.csv, {key}: " in row["note"]
            assert row["decision"] != "exclude" or because[row["criterion"]](known[key]), key
            decided[key].append(row["decision"])
    assert decided["N002"] == ["include", "include"]
    assert decided["N011"] == ["unclear", "exclude"]


def test_the_included_are_the_eight_and_the_one_that_overlaps(root: Path, screening: Rows) -> None:
    """Included at full text: the eight established studies, and Cherin 1991 with its suspected overlap declared."""
    included = {row["id"] for row in screening if row["stage"] == "full_text" and row["decision"] == "include"}
    eight = {row["id"] for row in rows(root, "config/known_studies.csv")}
    studies = rows(root, "decisions/studies.csv", tables.STUDIES_LEDGER)
    assert included == eight | {"1706860"}
    assert {row["id"] for row in studies} == included
    assert {row["study_id"]: row["id"] for row in studies if row["overlaps_with"]} == {"cherin-1991-presse": "1706860"}
    previous = {row["id"]: row["study_id"] for row in rows(root, "config/previous_review.csv")}
    assert all(previous[row["id"]] == row["study_id"] for row in studies if row["id"] in previous)


def test_every_number_stands_in_its_quote(extraction: Rows) -> None:
    """Each number of a value, printed or normalised, is in the coder's words beside it."""
    for row in extraction:
        for number in re.findall(r"\d+(?:\.\d+)?", f"{row['value']} {row['number']}"):
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", row["quote"]), row


def test_every_quote_is_the_coders_cell(root: Path, extraction: Rows, web_pages: dict[str, str]) -> None:
    """A quote is one or more cells of facts.csv, whole, each after its column's name; the source is the page that was read."""
    known = coded(root)
    for row in extraction:
        cells = known[web_pages.get(row["id"], row["id"])]
        assert row["source"] == cells["source_url"]
        for part in row["quote"].split(" | "):
            column, _, words = part.partition(": ")
            assert cells[column] == words, row


def test_what_was_not_seen_has_no_row(extraction: Rows) -> None:
    """ "not shown", "unclear" and "not reported" are no values, and no study has two values of one field."""
    assert not [row for row in extraction if re.match(r"not (shown|reported)|unclear", row["value"])]
    cells = [(row["study"], row["field"]) for row in extraction]
    assert len(set(cells)) == len(cells)


def test_values_fit_the_form(root: Path, extraction: Rows) -> None:
    """Every field is one of the form, a choice one of its words, and the people behind every value are named."""
    form = {field["id"]: field for field in config.load_yaml(root / "config/extraction.yaml")[0]["fields"]}
    for row in extraction:
        allowed = form[row["field"]].get("allowed")
        assert allowed is None or row["value"] in allowed, row
        assert row["by"] == CODER
        assert not row["checked_by"]


def test_the_eight_hold_196_patients(extraction: Rows) -> None:
    """The established studies sum to what included14.md says, and nothing was made to sum to 308."""
    sizes = {row["study"]: int(row["number"]) for row in extraction if row["field"] == "n_total"}
    assert sum(size for study, size in sizes.items() if study != "cherin-1991-presse") == 196
    assert len(sizes) == 9
