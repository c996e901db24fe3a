"""What the tests of core and of every plugin share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent

# A slow or busy machine is no reason for a property to fail.
settings.register_profile("socialdesk", deadline=None)
settings.load_profile("socialdesk")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded and published material that may lie beside the repository; skips where there is none."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder ../shared with recorded material beside the repository")
    return folder
