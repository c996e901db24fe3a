"""Every behaviour of the engine and of a client is tested in all three ways to run it."""

from __future__ import annotations

import pytest

from tests.pure.toys import Face


@pytest.fixture(params=["sync", "asyncio", "trio"])
def face(request: pytest.FixtureRequest) -> Face:
    return Face(request.param)
