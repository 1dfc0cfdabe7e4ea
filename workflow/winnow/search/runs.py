"""One source of one search, as far as it has come: what its manifest knows, in the words of a report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winnow import manifests
from winnow.review import Review, Search, Source


@dataclass(frozen=True)
class Run:
    """One source of one search, as far as it has come."""

    search: Search
    source: Source
    data: dict[str, Any] | None

    @property
    def method(self) -> str:
        """The manifest's method, or "" where there is no archive yet."""
        return str(self.data["method"]) if self.data else ""

    @property
    def date(self) -> str:
        """The day it was run, or why there is none."""
        if self.data is None:
            return "not run yet"
        return str(self.data["date"] or "not run")

    @property
    def how(self) -> str:
        """How the folder came to be, in words."""
        if self.method == "not_available":
            return f"{self.source.title}: no export supplied"
        return manifests.METHODS.get(self.method, "not run yet")

    @property
    def platform(self) -> str:
        """Where the source was searched."""
        return str((self.data or {}).get("platform") or "")

    def number(self, key: str) -> str:
        """A count of the manifest; "" where it has none."""
        value = (self.data or {}).get(key)
        if key == "records" and self.method == "not_available":
            return ""
        return "" if value is None else str(value)

    @property
    def strategy(self) -> str:
        """The frozen strategy beside the records, as it is; "" if there is none."""
        entry = (self.data or {}).get("strategy")
        path: Path | None = self.source.folder / Path(entry["file"]).name if entry else None
        if path is None or not path.is_file():
            return ""
        return path.read_bytes().decode("utf-8-sig", "replace")


def runs(review: Review) -> list[Run]:
    """Every source of every search, in order."""
    return [
        Run(search, source, dict(source.manifest.data) if source.archived else None)
        for search in review.searches
        for source in search.sources
    ]
