"""The PRISMA 2020 checklist: for each of its 27 items, the file that answers it, or "author must state".

Items after Page MJ et al., BMJ 2021;372:n71, what they ask in our own words. An answer counts only if its file is there; a key
after ``:`` must be set in config.yaml as well.
"""

from __future__ import annotations

from pathlib import Path

from winnow import package_data
from winnow.review import Review

COLUMNS = ("item", "section", "asks", "answered_in", "status")
MUST_STATE = "author must state"


def checklist(review: Review) -> list[dict[str, str]]:
    """The items in order; results count once they are written."""
    return [_answered(review, row) for row in package_data.rows("report/checklist.csv")]


def _answered(review: Review, row: dict[str, str]) -> dict[str, str]:
    pattern, _, key = row["answered_in"].replace("{results}", review.relative(review.results)).partition(":")
    found = sorted(_files(review, pattern)) if pattern else []
    if key and not _setting(review, key):
        found = []
    answer = f"{pattern} ({len(found)} files)" if len(found) > 1 else "".join(found)
    return {
        "item": row["item"], "section": row["section"], "asks": row["asks"], "answered_in": answer,
        "status": "answered" if found else MUST_STATE,
    }  # fmt: skip


def _files(review: Review, pattern: str) -> list[str]:
    """The files that a pattern names; under searches/ only those of the searches in config.yaml."""
    found = [review.relative(path) for path in review.root.glob(pattern) if _says_something(path)]
    if not pattern.startswith("searches/"):
        return found
    folders = [review.relative(source.folder) + "/" for source in review.sources]
    return [path for path in found if path.startswith(tuple(folders))]


def _says_something(path: Path) -> bool:
    """A table of the synthesis or extraction without a row answers nothing; an empty list of exclusions does."""
    if path.suffix != ".csv" or path.parent.name not in ("extract", "synthesise"):
        return True
    with open(path, "rb") as stream:
        return len(stream.read(1 << 16).splitlines()) > 1


def _setting(review: Review, key: str) -> object:
    value: object = review.settings
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
