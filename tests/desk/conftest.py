from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from socialdesk import Registry, Rule
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.desk.faces import FACES, Hand, ToyWire
from tests.simulation.world import Platform, Toy


@pytest.fixture
def sandbox() -> TwitterSandbox:
    made = TwitterSandbox()
    made.search_lag = 0.0
    return made


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


DATABASE = os.environ.get("SOCIALDESK_TEST_DATABASE", "sqlite")
"""In which kind of database the desks of these tests are kept: ``sqlite`` or ``postgresql``."""


@pytest.fixture
def url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if DATABASE == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture
def desk(face: str, sandbox: TwitterSandbox, url: str) -> Iterator[Hand]:
    """A desk with the account ``acme`` on the Twitter sandbox, which listens for two rules."""
    hand = Hand(face, url, transport=sandbox)
    rules = [Rule(name="brand", phrase="acme cable"), Rule(name="cable", any_of=("cable", "wire"))]
    hand.connect("twitter", name="acme", settings=sandbox.settings, rules=rules)
    yield hand
    hand.shut()


@pytest.fixture
def toy() -> Platform:
    return Platform()


@pytest.fixture
def toys(face: str, toy: Platform, url: str) -> Iterator[Hand]:
    """A desk with the account ``acme`` on the toy platform, which hears all that there is."""
    hand = Hand(face, url, transport=ToyWire(toy), registry=Registry(extra=[Toy]))
    hand.connect("toy", name="acme", settings={}, hear_from=None)
    yield hand
    hand.shut()
