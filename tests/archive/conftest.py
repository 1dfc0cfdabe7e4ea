"""The repository's root, and the archive's own modules, which stand outside the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def archive_modules() -> Iterator[None]:
    """``archive/`` on the module path, as when ``archive/build.py`` is run."""
    sys.path.insert(0, str(ROOT / "archive"))
    yield
    sys.path.remove(str(ROOT / "archive"))
