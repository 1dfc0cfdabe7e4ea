"""``config/known_studies.csv``: studies that a search must find, or it is not the search that was meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from winnow import tables, text
from winnow.errors import ConfigError, WinnowError, raise_all

COLUMNS = ("id", "label", "expected_in", "why")
FILE = "known_studies.csv"


@dataclass(frozen=True)
class KnownStudy:
    """A study as people name it: a PMID, a DOI or another record id; ``expected_in`` lists ``source@search`` or ``source``."""

    id: str
    label: str
    expected_in: tuple[str, ...]
    why: str
    line: int

    @property
    def pmid(self) -> str:
        """Its PMID, or "" if it is known by another id."""
        bare = self.id.removeprefix("pubmed:")
        return bare if bare.isascii() and bare.isdigit() else ""

    @property
    def doi(self) -> str:
        """Its DOI, or "" if it is known by another id."""
        return text.doi(self.id)

    def expected(self, search_id: str, source: str) -> bool:
        """Whether this source of this search must find it."""
        return source in self.expected_in or f"{source}@{search_id}" in self.expected_in

    @property
    def name(self) -> str:
        """How a search that misses it is acknowledged."""
        return f"KnownStudyMissed: {self.id}"


def load(config_dir: Path) -> list[KnownStudy]:
    """The known studies; none if there is no such file.

    Raises:
        InputError, ConfigError, Faults: no table, a study without id or without ``expected_in``, one that is listed twice.
    """
    path = config_dir / FILE
    if not path.is_file():
        return []
    studies: list[KnownStudy] = []
    faults: list[WinnowError] = []
    for line, row in tables.read_rows(path, ("id", "expected_in")):
        where = f"{path}:{line}"
        study = KnownStudy(
            row["id"].strip(),
            row.get("label", "").strip(),
            tuple(tables.split(row["expected_in"])),
            row.get("why", "").strip(),
            line,
        )
        if not study.id:
            faults.append(ConfigError("a known study without id", where=where, mend="give its PMID or its DOI"))
        if not study.expected_in:
            mend = "name a source and search, such as pubmed@2025-update"
            faults.append(ConfigError(f"known study {study.id} is expected nowhere", where=where, mend=mend))
        if any(study.id == other.id for other in studies):
            faults.append(ConfigError(f"known study {study.id} is listed twice", where=where, mend="keep one row"))
        studies.append(study)
    raise_all(faults)
    return studies
