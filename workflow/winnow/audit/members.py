"""What goes into an audit pack: everything the numbers follow from, and nothing that belongs to a publisher unless asked.

A member is a name inside the pack and either a file of the review or bytes made for the pack. Full texts never go in. With
``without_abstracts`` the files as received stay out (they hold abstracts; their SHA-256 is listed) and abstract columns are empty;
the quotes that decided stay, since they are the evidence.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from winnow import files, tables
from winnow.errors import InputError
from winnow.fingerprints import PACKAGE
from winnow.report.database import columns
from winnow.review import Review

LEFT_OUT = ("path", "sha256", "why")
_SKIPPED = (".log", ".tmp", ".partial", ".lock")
_CODE = ("Snakefile", "pyproject.toml", "requirements.lock", "LICENSE", "workflow/**/*")


@dataclass(frozen=True)
class Member:
    """One file of the pack: its name there, and where its bytes come from."""

    name: str
    content: Path | bytes


@dataclass(frozen=True)
class Contents:
    """The members by name, and what was left out and why."""

    members: tuple[Member, ...]
    left_out: tuple[dict[str, str], ...]


def contents(review: Review, *, without_abstracts: bool) -> Contents:
    """Config, searches, decisions, results and code of a review whose report has run.

    Raises:
        InputError: the report has not run.
    """
    if not (review.results / "report" / "prisma.json").is_file():
        raise InputError(
            "no report yet", where=review.relative(review.results), mend="run 'make review' (or snakemake) first"
        )
    kept: list[Member] = []
    left: list[dict[str, str]] = []
    for path in _paths(review):
        name = _name(review, path)
        why = _reason(review, path) if without_abstracts else ""
        if why:
            left.append({"path": name, "sha256": files.sha256_file(path), "why": why})
        elif without_abstracts and (bare := _without_abstracts(path)) is not None:
            kept.append(Member(name, bare))
        else:
            kept.append(Member(name, path))
    kept += [Member(f"code/{path.relative_to(PACKAGE.parents[1]).as_posix()}", path) for path in _code()]
    return Contents(tuple(sorted(kept, key=lambda member: member.name)), tuple(left))


def _name(review: Review, path: Path) -> str:
    """The name in the pack; results keep one name, wherever an overlay wrote them."""
    if path.is_relative_to(review.results):
        return f"results/{path.relative_to(review.results).as_posix()}"
    return review.relative(path)


def _paths(review: Review) -> Iterator[Path]:
    yield from _files(review.config_dir)
    yield from _files(review.decisions)
    for source in review.sources:
        yield from _files(source.folder)
    for search in review.searches:
        yield from _files(review.root / "searches" / search.id / "status")
    yield from (path for path in _files(review.results) if "logs" not in path.relative_to(review.results).parts)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith(".")
        and path.suffix not in _SKIPPED
        and "fulltext" not in path.parts
    )


def _code() -> list[Path]:
    """The workflow that made the results, where the package stands in its repository."""
    root = PACKAGE.parents[1]
    found = {path for pattern in _CODE for path in root.glob(pattern) if path.is_file()}
    return sorted(path for path in found if "__pycache__" not in path.parts and ".egg-info" not in str(path))


def _reason(review: Review, path: Path) -> str:
    for source in review.sources:
        if source.archived and path in source.manifest.record_files:
            return "as received from the source, with abstracts"
    if path == review.results / "report" / "index.html":
        return "shows abstracts; the pack has pages of its own"
    return ""


def _without_abstracts(path: Path) -> bytes | None:
    """The file with empty abstracts; None if it has none."""
    if path.suffix == ".sqlite":
        return _bare_database(path)
    if path.suffix != ".csv":
        return None
    with open(path, encoding="utf-8-sig", newline="") as stream:
        if "abstract" not in stream.readline().strip().split(","):
            return None
    table = tables.read(path)
    table["abstract"] = ""
    return tables.csv_bytes(table.itertuples(index=False, name=None), [str(name) for name in table.columns])


def _bare_database(path: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(path.read_bytes())
        database = sqlite3.connect(copy)
        try:
            for table in sorted({column.table for column in columns() if column.name == "abstract"}):
                database.execute(f"update \"{table}\" set abstract = ''")
            database.commit()
            database.execute("vacuum")
        finally:
            database.close()
        return copy.read_bytes()
