"""What every room's tests share: hypothesis profiles and where the developers' data is, if it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("WINNOW_HYPOTHESIS", "default"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The developers' shared data (labelled sets, real exports), named by WINNOW_SHARED."""
    named = os.environ.get("WINNOW_SHARED", "")
    if not named or not Path(named).is_dir():
        pytest.skip("set WINNOW_SHARED to the folder of the developers' data to run this test")
    return Path(named)
