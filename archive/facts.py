"""The facts tables, and the one rule about them: a value counts only if it was seen.

A column's value was seen if ``seen_fields`` names the column and ``from_memory_fields`` does not. ``journal`` is never named in
``seen_fields``: it was seen with ``journal_abbrev``, unless ``from_memory_fields`` says that it was expanded from it.
"""

from __future__ import annotations

from pathlib import Path

from winnow import tables

HERE = Path(__file__).resolve().parent
TABLES = HERE / "facts"

Row = dict[str, str]


def table(name: str) -> list[Row]:
    """The rows of one facts table, in its order."""
    return [row for _, row in tables.read_rows(TABLES / f"{name}.csv")]


def by(name: str, key: str) -> dict[str, Row]:
    """The rows of one facts table by a column; rows without a value there are left out."""
    return {row[key]: row for row in table(name) if row[key]}


def _names(cell: str) -> set[str]:
    """``journal(expanded from abbreviation); year`` names journal and year."""
    return {part.split("(")[0].split()[0] for part in cell.split(";") if part.strip()}


def seen(row: Row) -> Row:
    """The row with every value emptied that nobody saw on a page."""
    named, remembered = _names(row["seen_fields"]), _names(row["from_memory_fields"])
    named |= {"journal"} if "journal_abbrev" in named else set()
    kept = named - remembered
    return {column: value if column in kept else "" for column, value in row.items()}


def plainly(title: str) -> str:
    """The title, or nothing if it is a description (in parentheses) or carries a remark that it was not shown."""
    return "" if title.startswith("(") or "title not shown" in title else title
