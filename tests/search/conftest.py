"""A loopback E-utilities server for the tests of this room, and a review that searches it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the server is a module beside the tests, and so is their small review

from entrez_server import Server
from pubmed_review import SmallReview


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with no records; fill ``server.corpus``, set ``server.faults``."""
    with Server() as running:
        yield running


@pytest.fixture
def small(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> SmallReview:
    """A review in a folder of its own that searches ``server``; no waiting, no rate."""
    monkeypatch.chdir(tmp_path)
    return SmallReview(tmp_path, server, monkeypatch)
