"""A page served on a free port of this machine, and a Chromium to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from small_review import small_review, write_ledger
from winnow.review import Review
from winnow.screen import stage
from winnow.serve.desk import Desk
from winnow.serve.serving import Serving, prepared

__all__ = ["small_review", "write_ledger"]

CHROMIUM = Path("/usr/bin/chromium")


Serve = Callable[..., Serving]


@pytest.fixture
def serve(small_review: Review) -> Iterator[Serve]:
    """Run the stage, then serve the small review to a reviewer."""
    with ExitStack() as stack:

        def start(
            reviewer: str = "wang", role: str = "reviewer", review: Review = small_review, **more: Any
        ) -> Serving:
            stage.run(review)
            serving = prepared(Desk(review, reviewer, role, **more))
            stack.enter_context(serving.answering())
            return serving

        yield start


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """An HTTP session that knows no proxy."""
    with requests.Session() as one:
        one.trust_env = False
        yield one


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="install playwright to run the browser tests")
    if not CHROMIUM.exists():
        pytest.skip(f"install Chromium as {CHROMIUM} (apt-get install chromium) to run the browser tests")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()
