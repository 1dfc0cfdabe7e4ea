"""The builders of made-up reviews, as fixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from made_up_reviews import made_up, on_disk
from winnow.report.evidence import Evidence


@pytest.fixture(scope="session")
def review() -> Callable[..., Evidence]:
    """The builder of made-up reviews."""
    return made_up


@pytest.fixture(scope="session")
def folder() -> Callable[[Evidence, Path], Path]:
    """The writer of made-up reviews."""
    return on_disk
