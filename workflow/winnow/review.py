"""One review: its folder, its merged configuration, and where each thing of it stands.

A review is ``config/``, ``searches/``, ``decisions/`` and the ``results/`` that follow from them. Commands run in the
review's folder; every path that is written into a result is relative to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from winnow import config, manifests
from winnow.errors import ConfigError, raise_all

#: A search's keys in config.yaml, and the kind of source that each lists.
KINDS = {"databases": "database", "registers": "register", "other": "other"}

#: What people put in (and the review's own folder): results never go there, for a stage clears its folder before it writes.
RESERVED = ((), ("config",), ("searches",), ("decisions",))

#: How well-known sources are called; config.yaml's ``sources`` may say otherwise.
NAMES = {
    "pubmed": "PubMed (MEDLINE)",
    "cnki": "CNKI",
    "embase": "Embase",
    "central": "Cochrane CENTRAL",
    "cochrane": "Cochrane Library",
    "wanfang": "Wanfang",
    "vip": "VIP",
    "sinomed": "SinoMed",
    "scopus": "Scopus",
    "wos": "Web of Science",
    "cinahl": "CINAHL",
    "psycinfo": "PsycInfo",
    "clinicaltrials": "ClinicalTrials.gov",
    "ictrp": "WHO ICTRP",
    "web-pages": "Publishers' and libraries' web pages",
}


@dataclass(frozen=True)
class Source:
    """One source of one search: a folder under ``searches/``."""

    search_id: str
    name: str
    kind: str
    title: str
    folder: Path
    strategy: Path

    @property
    def archived(self) -> bool:
        """Whether the folder is complete, so that it is used as it is."""
        return (self.folder / manifests.NAME).is_file()

    @cached_property
    def manifest(self) -> manifests.Manifest:
        """The folder's manifest (InputError if there is none)."""
        return manifests.read(self.folder)


@dataclass(frozen=True)
class Search:
    """One dated search of config.yaml; ``order`` is its place there, from 0."""

    id: str
    order: int
    years: tuple[int, int]
    sources: tuple[Source, ...]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Review:
    """A review's folder and configuration."""

    root: Path
    config_files: tuple[Path, ...]
    settings: dict[str, Any]

    @property
    def title(self) -> str:
        """The review's title."""
        return str(self.settings["review"]["title"])

    @property
    def results(self) -> Path:
        """Where results go (``results`` unless an overlay says otherwise)."""
        return self.root / str(self.settings.get("results", "results"))

    def result(self, stage: str, name: str) -> Path:
        """The path of one result of one stage."""
        return self.results / stage / name

    def relative(self, path: Path) -> str:
        """A path as results show it: relative to the review's folder if it lies there, with forward slashes."""
        return (path.relative_to(self.root) if path.is_relative_to(self.root) else path).as_posix()

    @property
    def config_dir(self) -> Path:
        """The folder of the protocol."""
        return self.root / "config"

    @property
    def decisions(self) -> Path:
        """The folder of the ledgers."""
        return self.root / "decisions"

    @cached_property
    def searches(self) -> tuple[Search, ...]:
        """The searches in the order of config.yaml."""
        return tuple(
            _search(self.root, order, entry, self.settings) for order, entry in enumerate(self.settings["searches"])
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source of every search, in order."""
        return tuple(source for search in self.searches for source in search.sources)


def _search(root: Path, order: int, entry: dict[str, Any], settings: dict[str, Any]) -> Search:
    named = settings.get("sources", {})
    sources = tuple(
        Source(
            search_id=entry["id"],
            name=name,
            kind=kind,
            title=named.get(name, {}).get("name") or NAMES.get(name, name),
            folder=root / "searches" / entry["id"] / name,
            strategy=root / entry.get("strategy", {}).get(name, f"config/strategy/{name}.txt"),
        )
        for key, kind in KINDS.items()
        for name in entry.get(key, ())
    )
    return Search(entry["id"], order, (entry["years"][0], entry["years"][1]), sources, entry)


def load(config_files: Sequence[Path | str] = (), root: Path | str = ".") -> Review:
    """The review in ``root``, configured by ``config/config.yaml`` or by the files given, merged in order.

    Raises:
        ConfigError, Faults: what is wrong in the configuration.
    """
    root = Path(root)
    paths = tuple(Path(path) for path in config_files) or (root / "config" / "config.yaml",)
    settings = config.load_merged(paths, "config")
    review = Review(root, paths, settings)
    raise_all(_contradictions(review))
    return review


def _contradictions(review: Review) -> list[ConfigError]:
    found = []
    where = str(review.config_files[-1])
    results = PurePosixPath(str(review.settings.get("results", "results")))
    if results.is_absolute() or ".." in results.parts or results.parts[:1] in RESERVED:
        found.append(
            ConfigError(
                f"results cannot go to '{review.settings['results']}'",
                where=where,
                mend="name a folder of its own inside the review, results-2 say",
            )
        )
    ids = [search.id for search in review.searches]
    for repeated in sorted({name for name in ids if ids.count(name) > 1}):
        found.append(
            ConfigError(f"search '{repeated}' is listed twice", where=where, mend="give each search its own id")
        )
    for search in review.searches:
        if search.years[0] > search.years[1]:
            found.append(
                ConfigError(f"search '{search.id}': years run backwards", where=where, mend="write [first, last]")
            )
        names = [source.name for source in search.sources]
        for name in sorted({name for name in names if names.count(name) > 1}):
            found.append(
                ConfigError(f"search '{search.id}' lists '{name}' twice", where=where, mend="a source has one kind")
            )
        if not names:
            found.append(ConfigError(f"search '{search.id}' has no source", where=where, mend="list a database"))
    return found
