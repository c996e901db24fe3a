"""The network, started once for all tests of a worker."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from plugins.bluesky.tests.network.calls import Person
from plugins.bluesky.tests.network.installing import CannotInstall, install
from plugins.bluesky.tests.network.running import Addresses, running

ASKED_FOR = "SOCIALDESK_BLUESKY_NETWORK"


def _is_asked_for(config: pytest.Config) -> bool:
    return config.getoption("markexpr") == "service" or bool(os.environ.get(ASKED_FOR))


@pytest.fixture(scope="session")
def network(request: pytest.FixtureRequest) -> Iterator[Addresses]:
    """A Bluesky network on this machine, that counts what it is asked."""
    if not _is_asked_for(request.config):
        pytest.skip(
            f"a Bluesky network takes minutes to install: ask for it with -m service or {ASKED_FOR}=1"
        )
    try:
        installed = install()
    except CannotInstall as missing:
        pytest.skip(f"the Bluesky network cannot be installed: {missing}")
    with running(installed, rate_limits=True) as addresses:
        yield addresses


@pytest.fixture
def ann(network: Addresses) -> Person:
    """A customer."""
    return Person.new(network.pds, "ann")


@pytest.fixture
def acme(network: Addresses) -> Person:
    """Whose customers they are."""
    return Person.new(network.pds, "acme")
