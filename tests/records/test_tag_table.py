"""The tag tables are data that code and documentation rely on: complete, without contradictions, and the docs are current."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import pytest

from winnow import tables
from winnow.records import exporting, format_table
from winnow.records.dialects import DIALECTS, Dialect
from winnow.records.formats import LABELS
from winnow.records.mapping import known_tags, rows_of, table
from winnow.records.values import languages

PARTS = {"page_first", "page_last", "article_number", "publisher", "cnki_issue", "other_pages"}


def test_every_row_fills_a_column_of_the_records_table() -> None:
    """No row names a column that isn't there; a known tag without a column has no function either."""
    for row in table():
        assert row.column in (*tables.RECORDS, *PARTS, ""), row
        assert bool(row.column) == bool(row.how), row
        assert row.meaning, row


def test_no_row_stands_twice_and_no_tag_is_both_kept_and_not() -> None:
    """A tag of a format either fills columns or is known and not kept."""
    keys = [(row.format, row.tag, row.column) for row in table()]
    assert len(set(keys)) == len(keys), [key for key in keys if keys.count(key) > 1]
    kept = {(row.format, row.tag) for row in table() if row.column}
    assert not kept & {(row.format, row.tag) for row in table() if not row.column}


def test_every_format_has_a_title_and_a_name() -> None:
    """A format without a title row would import nothing worth having."""
    for format_id in {row.format for row in table()}:
        assert any(row.column == "title" for row in rows_of(format_id)), format_id
        assert format_id.split("-")[0] in LABELS


@pytest.mark.parametrize("dialect", DIALECTS, ids=[dialect.id for dialect in DIALECTS])
def test_a_dialect_names_only_tags_that_it_knows(dialect: Dialect) -> None:
    """The tags that a dialect treats apart are in the table."""
    assert dialect.once <= known_tags(dialect.id)
    for variant, *_ in dialect.variants:
        assert variant.startswith(dialect.id)
        assert any(row.format == variant for row in table())


def test_every_exported_column_comes_back_by_a_row() -> None:
    """Whatever an export writes, the import of that format knows."""
    for suffix, base in (("ris", "ris"), ("nbib", "medline"), ("bib", "bibtex")):
        exported = {column for column, _, _ in exporting.rows(suffix)}
        assert exported | ({"pmid"} if suffix == "nbib" else set()) == set(exporting.COLUMNS)
        for _, tag, _ in exporting.rows(suffix):
            assert tag in known_tags(f"{base}-winnow"), (suffix, tag)


def test_data_tables_are_whole() -> None:
    """Every row of every table has all its cells; languages are ISO 639-2 codes."""
    for name in ("tags.csv", "types.csv", "languages.csv", "exports.csv"):
        text = resources.files("winnow.records").joinpath(name).read_text(encoding="utf-8")
        header, *rows = csv.reader(text.splitlines())
        assert all(len(row) == len(header) for row in rows), name
    assert all(len(code) == 3 for code in languages().values())


def test_the_table_in_the_documentation_is_current() -> None:
    """docs/import.md is what python -m winnow.records.format_table writes."""
    document = Path(__file__).parents[2] / "docs" / "import.md"
    text = document.read_text(encoding="utf-8")
    assert format_table.replaced(text) == text
