"""A review with one search, for the tests of this room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from entrez_server import Corpus, Record, Server

from winnow import cli
from winnow.search import progress, rate

STRATEGY = """# made up
#1 Dermatomyositis[mh] OR dermatomyositis[tiab]
#2 IVIG[tiab] OR "intravenous immunoglobulin"[tiab]
#3 #1 AND #2
"""


def records(count: int, first: int = 1000, **facts: Any) -> list[Record]:
    """So many made-up records that the strategy finds, each entered on a day of its own kind unless ``crdt`` says when."""
    return [
        Record(
            first + n,
            title=f"IVIG in dermatomyositis, part {n} 静丙",
            abstract="An intravenous immunoglobulin.",
            mesh=("Dermatomyositis",),
            **({"crdt": f"2010/{n % 12 + 1:02d}/{n % 28 + 1:02d}"} | facts),
        )
        for n in range(count)
    ]


class SmallReview:
    """The review's folder, and what its search comes to."""

    def __init__(self, root: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.server = server
        self.settings: dict[str, Any] = {
            "review": {"title": "Made up"},
            "searches": [{"id": "s1", "years": [2000, 2011], "databases": ["pubmed"]}],
        }
        self.waits: list[float] = []
        server.corpus = Corpus(records(5))
        monkeypatch.setenv("WINNOW_ENTREZ_URL", server.url)
        monkeypatch.delenv("NCBI_API_KEY", raising=False)
        monkeypatch.delenv("NCBI_EMAIL", raising=False)
        monkeypatch.setattr(progress, "sleep", self.waits.append)
        monkeypatch.setattr(rate.Rate, "wait", lambda self: None)
        self.strategy(STRATEGY)
        self.configure()

    def configure(self, **settings: Any) -> None:
        """Write config.yaml with these settings over the ones before."""
        self.settings |= settings
        self.write("config/config.yaml", yaml.safe_dump(self.settings, allow_unicode=True))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def strategy(self, text: str) -> None:
        self.write("config/strategy/pubmed.txt", text)

    def search(self, *words: str) -> int:
        """Run ``winnow search s1`` and return its exit code."""
        return cli.main(["search", "s1", *words])

    @property
    def folder(self) -> Path:
        return self.root / "searches" / "s1" / "pubmed"

    @property
    def partial(self) -> Path:
        return self.root / "searches" / "s1" / ".pubmed.partial"

    @property
    def manifest(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return loaded

    def contents(self) -> dict[str, bytes]:
        """Every file of the archive; the time taken out of the manifest."""
        return {
            path.name: path.read_bytes() if path.name != "manifest.json" else timeless(path.read_bytes())
            for path in sorted(self.folder.iterdir())
        }


def timeless(manifest: bytes) -> bytes:
    """A manifest without the time at which the search was run."""
    return json.dumps(json.loads(manifest) | {"date": ""}, sort_keys=True).encode()
