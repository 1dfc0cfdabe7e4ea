"""The search report has all 16 items of PRISMA-S, says who must state what, and never more than the manifests know."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from pubmed_review import SmallReview

from winnow import cli, manifests
from winnow.search import pages

ROOT = Path(__file__).parents[2]


def report(small: SmallReview) -> str:
    assert cli.main(["search", "--report"]) == 0
    return (small.root / "results/search/search_report.md").read_text(encoding="utf-8")


def section(text: str, item: int) -> str:
    """The text under one item."""
    return re.split(r"^#{2,3} ", text.partition(f"### {item}. ")[2], maxsplit=1, flags=re.MULTILINE)[0]


def test_all_items_are_there(small: SmallReview) -> None:
    """Sixteen items in order, each with a statement: a fact, or that the author must state it."""
    assert small.search() == 0
    text = report(small)
    assert re.findall(r"^### (\d+)\. ", text, re.MULTILINE) == [str(n) for n in range(1, 17)]
    for item in range(1, 17):
        assert len(section(text, item).split("\n", 1)[1].strip()) > 5, item
    for item in (2, 3, 4, 5, 6, 7, 11, 14):
        assert "Author must state" in section(text, item), item
    small.configure(prisma_s={"14": "Reviewed by *two* librarians."})
    assert "Reviewed by \\*two\\* librarians." in section(report(small), 14)
    small.configure(prisma_s={"14": " "})
    assert "Author must state" in section(report(small), 14)


def test_what_a_recorded_search_knows(small: SmallReview) -> None:
    """Strategy as run, hits per line, translation, date, records: all from the manifest."""
    assert small.search() == 0
    text = report(small)
    assert (small.folder / "strategy.txt").read_text() in text
    for line in small.manifest["lines"]:
        assert re.search(rf"^\| {line['line']} \| .* \| {line['hits']} \|$", text, re.MULTILINE)
    assert small.manifest["query_translation"] in text
    assert small.manifest["date"] in section(text, 13)
    assert "| s1 | all sources | 5 |" in section(text, 15)
    assert f"The server was not NCBI's but {small.server.url}" in text


def test_the_same_bytes_twice_and_from_the_archive_alone(small: SmallReview) -> None:
    """The report follows from the archive: no network, no clock, the same bytes."""
    assert small.search() == 0
    first = report(small)
    asked = len(small.server.asked)
    assert report(small) == first
    assert len(small.server.asked) == asked


def test_an_archive_that_is_no_search_says_so(small: SmallReview) -> None:
    """Assembled records, a missing export and a search that was not run are called that, and have no date."""
    small.settings["searches"][0]["databases"] = ["pubmed", "cnki", "embase"]
    small.configure()
    base = {"search": "s1", "kind": "database", "date": None, "years": [2000, 2011], "hits": None, "files": []}
    for name, method in (("pubmed", "assembled"), ("cnki", "not_available")):
        folder = small.root / "searches" / "s1" / name
        folder.mkdir(parents=True)
        manifests.write(folder, base | {"source": name, "method": method, "records": 0})
    text = report(small)
    assert text.count("Assembled demonstration, not a search result") == 1
    assert "CNKI: no export supplied" in text
    assert section(text, 13).count("not run") == 3
    assert "Embase |  | not run yet | not run yet" in text


def test_known_studies_are_shown(small: SmallReview) -> None:
    """Each known study is shown as found or as missed, with the line that misses it."""
    header = "id,label,expected_in,why\n"
    small.write("config/known_studies.csv", header + "1000,Found,pubmed@s1,x\n77,Absent,pubmed,x\n")
    small.configure(entrez={"acknowledged": ["KnownStudyMissed: 77"]})
    assert small.search() == 0
    text = report(small)
    assert re.search(r"\| 1000 \| Found \| yes \|", text)
    assert re.search(r"\| 77 \| Absent \| no: not in PubMed \|", text)


def test_nothing_from_outside_is_markup(small: SmallReview) -> None:
    """Whatever a strategy, a title or a note holds, the page shows it as text and fetches nothing."""
    evil = '<script>alert(1)</script> "quoted" | [x](javascript:1) ``` `'
    small.strategy(f"# {evil}\n#1 dermatomyositis[tiab]\n")
    small.configure(review={"title": evil}, prisma_s={"2": evil})
    assert small.search() == 0
    text = report(small)
    html = (small.root / "results/search/search_report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.search(r"(src|href)=", html)
    fences = re.findall(r"^`{3,}.*$", text, re.MULTILINE)
    assert any(len(fence) >= 7 for fence in fences)


@pytest.mark.parametrize(("block", "markdown"), [
    (pages.Table(("a|b",), (("c\nd",),)), "| a\\|b |\n| --- |\n| c d |"),
    (pages.Paragraph("x", strong=True), "**x**"),
    (pages.Verbatim("a ```` b"), "`````text\na ```` b\n`````"),
])  # fmt: skip
def test_blocks(block: pages.Block, markdown: str) -> None:
    """Cells keep to their line, fences are longer than any run inside."""
    assert pages.markdown([block]) == markdown + "\n"


def test_the_items_are_sixteen() -> None:
    """The table of items is PRISMA-S's: 1 to 16, each once, with what it asks for."""
    with (ROOT / "workflow/winnow/search/prisma_s.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["item"] for row in rows] == [str(n) for n in range(1, 17)]
    assert all(all(row.values()) for row in rows)


def test_a_manifest_is_json_all_the_way(small: SmallReview) -> None:
    """A manifest is plain JSON that fits its schema, whatever was recorded."""
    assert small.search() == 0
    content = (small.folder / manifests.NAME).read_bytes()
    assert json.loads(content) == dict(manifests.read(small.folder).data)
