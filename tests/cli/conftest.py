"""A served sandbox, and a hand that types commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.cli.typing_hand import Hand


@pytest.fixture(scope="session")
def serving() -> Iterator[TwitterSandbox]:
    made = TwitterSandbox()
    with served(made):
        yield made


@pytest.fixture
def sandbox(serving: TwitterSandbox) -> TwitterSandbox:
    """The served sandbox, as new."""
    serving.reset()
    serving.credit = True
    serving.search_lag = 0.0
    return serving


@pytest.fixture
def hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Hand:
    return Hand(tmp_path, capsys)


@pytest.fixture
def settings(sandbox: TwitterSandbox, tmp_path: Path) -> Path:
    """A file with the settings that work."""
    path = tmp_path / "settings.json"
    path.write_bytes(orjson.dumps(sandbox.settings))
    return path


@pytest.fixture
def acme(hand: Hand, sandbox: TwitterSandbox, settings: Path) -> str:
    """An account that was added; gives the id of a mention that was heard."""
    added = hand.type(
        "account", "add", "twitter", "acme", "--settings", str(settings), "--listen", "Acme Cable"
    )
    assert added.code == 0
    post = sandbox.user("ann").post("@acme is anybody there?")
    sandbox.advance(minutes=1)
    heard = hand.type("sync")
    assert heard.code == 0
    assert "1 new" in heard.out
    return post.id
