"""The bundled protocol: plan, strategies, known studies and published figures, each in the shape that its readers ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from winnow import config, review, tables
from winnow.text import is_han

UPDATE = ("config/config.yaml", "config/update-2025.yaml")


def test_the_default_review_is_the_first_search_alone(root: Path) -> None:
    """The default config holds 2011-original only; the overlay adds the update and writes elsewhere."""
    first = review.load([root / UPDATE[0]], root)
    update = review.load([root / path for path in UPDATE], root)
    assert [search.id for search in first.searches] == ["2011-original"]
    assert [search.id for search in update.searches] == ["2011-original", "2025-update"]
    assert [search.years for search in update.searches] == [(1985, 2011), (1985, 2025)]
    assert first.results != update.results
    assert all(source.archived for source in update.sources)


def test_every_title_says_that_nobody_searched(root: Path) -> None:
    """The title and the notice of the bundled review say that it is an assembled demonstration and no search result."""
    about = review.load([root / UPDATE[0]], root).settings["review"]
    for text in (about["title"], about["notice"]):
        assert "assembled demonstration, not a search result" in text.lower()
    assert "not run" in about["notice"]


def test_pubmed_is_searched_as_the_protocol_says(root: Path) -> None:
    """MeSH and text words for both concepts, early indexing too, the humans filter word for word, no limit by age or language."""
    text = (root / "config/strategy/pubmed.txt").read_text(encoding="utf-8")
    for term in ("Dermatomyositis[mh]", "Polymyositis[mh]", "Immunization, Passive", "[tiab]"):
        assert term.lower() in text.lower(), term
    assert "NOT (animals[mh] NOT humans[mh])" in text
    assert not re.search(r"\badult|\[la\]|\[lang|english", text, re.IGNORECASE)


def test_the_strategy_runs_and_its_words_are_those_of_the_known_studies(root: Path) -> None:
    """Nothing in it would be refused or dropped, and every known study's title holds a text word of both concepts."""
    from winnow.records import pubmed_xml
    from winnow.search import lint, strategy

    loaded = strategy.load(root / "config/strategy/pubmed.txt")
    assert list(lint.findings(loaded)) == []
    disease, treatment = (
        ["".join(found) for found in re.findall(r'(?:"([^"]+)"|(\w+))\[tiab\]', line.text)]
        for line in loaded.lines
        if "[tiab]" in line.text
    )
    known = {row["id"] for _, row in tables.read_rows(root / "config/known_studies.csv")}
    for record in pubmed_xml.read(root / "searches/2011-original/pubmed/records.xml.gz"):
        if record["pmid"] in known:
            for words in (disease, treatment):
                assert any(word.lower() in record["title"].lower() for word in words), record["title"]


def test_cnki_is_searched_in_chinese(root: Path) -> None:
    """Both concepts in simplified and traditional Chinese and in Latin letters, balanced quotes and brackets, no limit by age."""
    text = (root / "config/strategy/cnki.txt").read_text(encoding="utf-8")
    asked = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    for term in (
        "皮肌炎",
        "多发性肌炎",
        "多發性肌炎",
        "免疫球蛋白",
        "丙种球蛋白",
        "丙種球蛋白",
        "IVIG",
        "dermatomyositis",
    ):
        assert f"'{term}'" in asked, term
    assert asked.count("'") % 2 == 0
    assert asked.count("(") == asked.count(")")
    assert not re.search("成人|儿童|小儿", asked)
    assert is_han(text.splitlines()[0])


def test_the_eight_established_studies_are_known_and_expected_where_they_are(root: Path) -> None:
    """Each study of included14.md with evidence for its facts is a known study, expected in a source of both searches."""
    known = [
        row for _, row in tables.read_rows(root / "config/known_studies.csv", ("id", "label", "expected_in", "why"))
    ]
    previous = [row for _, row in tables.read_rows(root / "config/previous_review.csv", ("study_id", "id", "label"))]
    listed = (root / "archive/facts/included14.md").read_text(encoding="utf-8")
    established = re.findall(r"^\| \d+ \| (\w+ \d{4})\b", listed, re.MULTILINE)
    assert len(established) == 8
    assert sorted(row["label"] for row in known) == sorted(established)
    assert sorted(row["label"].split(",")[0] for row in previous) == sorted(established)
    assert {row["id"] for row in known} == {row["id"] for row in previous}
    for row in known:
        source = row["expected_in"].split("@")[0]
        assert row["expected_in"] == f"{source}@2011-original; {source}@2025-update"


def test_the_published_figures_are_those_of_the_abstract(root: Path) -> None:
    """14 studies = 2 + 9 + 3, 308 adults, 2 g/kg: as included14.md states them, and each field is one of the form."""
    published = config.load(root / "config/published.yaml", "published")
    figures = {figure["id"]: figure for figure in published["figures"]}
    counts = [int(figures[name]["published"]) for name in ("randomised", "prospective", "retrospective")]
    assert (sum(counts), figures["studies"]["published"], figures["participants"]["published"]) == (14, "14", "308")
    assert counts == [2, 9, 3]
    fields = {field["id"] for field in config.load_yaml(root / "config/extraction.yaml")[0]["fields"]}
    assert {figure["field"] for figure in figures.values() if "field" in figure} <= fields
    for figure in figures.values():
        re.compile(figure.get("matches", ""))


def test_a_figure_without_its_field_is_refused(tmp_path: Path) -> None:
    """A sum of nothing named is a fault with file and key."""
    path = tmp_path / "published.yaml"
    path.write_text(
        'citation: "Made up 2000"\nfigures:\n  - {id: n, label: Patients, published: "3", how: sum}\n', encoding="utf-8"
    )
    with pytest.raises(config.ConfigError, match=r"published\.yaml.*field"):
        config.load(path, "published")


def test_digests_are_short_notes_on_coded_studies(root: Path) -> None:
    """Each digest is built of its study's coded facts, names its source, and is no abstract: under 700 characters."""
    sources = {row["source_url"] for _, row in tables.read_rows(root / "archive/facts/facts.csv")}
    rows = [row for _, row in tables.read_rows(root / "config/digests.csv", ("id", "digest", "source"))]
    assert len({row["id"] for row in rows}) == len(rows) > 40
    for row in rows:
        assert row["source"] in sources
        assert 10 < len(row["digest"]) < 700
        assert not re.search(r": (not shown|not reported|unclear|n/a)\.", row["digest"])
