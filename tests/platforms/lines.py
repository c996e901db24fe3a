"""Every platform that there is a plugin for, by the contract suites of its tests: nothing here names one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from socialdesk._engine.drive import Driver
from socialdesk._engine.exchange import converse
from socialdesk._engine.runtime import Runtime
from socialdesk.connector import Connector, Push, Raw
from socialdesk.models import Mention
from socialdesk.testing import ConnectorSuite
from socialdesk.testing._suite_bench import session
from socialdesk.testing._suite_declares import overrides, secret_names
from socialdesk.testing._suite_lives import Desk as Line
from socialdesk.wire import WebhookAnswer, WebhookRequest

ROOT = Path(__file__).resolve().parents[2]
URL = "https://desk.example.com/hook"


def _suites() -> Iterator[tuple[str, type[ConnectorSuite]]]:
    for file in sorted(ROOT.glob("plugins/*/tests/test_contract.py")):
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for thing in vars(module).values():
            mine = isinstance(thing, type) and thing.__module__ == module.__name__
            if mine and issubclass(thing, ConnectorSuite) and thing.sandbox is not None:
                yield f"{thing.connector.platform}-{thing().listed().name}", thing


LISTINGS = dict(_suites())
"""A suite for each listing of each platform, as in ``twitter-mentions``."""

PLATFORMS = {name.partition("-")[0]: suite for name, suite in reversed(LISTINGS.items())}
"""The first suite of each platform."""


def listings() -> list[Any]:
    """A suite for each listing, as parameters; those that are not a platform's first where there is time for them."""
    first = set(PLATFORMS.values())
    return [
        pytest.param(suite, id=name, marks=() if suite in first else pytest.mark.slow)
        for name, suite in LISTINGS.items()
    ]


FRAGMENTS = (
    *(
        "my parcel",
        "is lost",
        "& broken",
        "<b>bold</b>",
        "1 < 2 > 0",
        "€5",
        "naïve café",
        "e\N{COMBINING ACUTE ACCENT}t",
    ),
    *(
        "\N{THUMBS UP SIGN}",
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
        "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}",
    ),
    *(
        "שלום",
        "荷物が届きません",
        "#late",
        "https://acme.example.com/a?b=c&d=e",
        '"quoted"',
        "'s",
        "back\\slash",
        "100%",
    ),
    *("&amp;", "&lt;i&gt;", "%2F", "{name}", "line\nbreak"),
)
texts = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map(" ".join)
"""What people write, and what goes wrong where it is counted, escaped or cut."""


def delivers(connector: type[Connector[Any, Any]]) -> bool:
    return overrides(connector, "parse_webhook")


class Pushed:
    """What a platform delivers of itself: ``raws`` are its items, each from a delivery that was verified."""

    def __init__(self, line: Line) -> None:
        self.connector = line.suite._connected(line.settings, line.client.identify())
        self.raws: list[Raw] = []
        self.refused: list[WebhookRequest] = []
        sandbox: Any = line.sandbox
        sandbox.deliver_to(self.take)
        now = line.sandbox.clock.now()
        subscribing = converse(self.connector.subscribe(Push(url=URL)), session(self.connector, now))
        Driver(Runtime(line.sandbox, line.sandbox.clock)).run(subscribing)

    def take(self, request: WebhookRequest) -> WebhookAnswer:
        of_app = type(self.connector).of_app(self.connector.app)
        if (answer := of_app.answer_challenge(request)) is not None:
            return answer
        if not of_app.verify_webhook(request):
            self.refused.append(request)
            return WebhookAnswer(403)
        self.raws += of_app.parse_webhook(request)
        return WebhookAnswer()

    def mentions(self) -> dict[str, Mention]:
        """Those that a delivery alone tells of; what is only named by an id is looked up by core."""
        items = [self.connector.parse(raw) for raw in self.raws]
        return {item.id.value: item for item in items if isinstance(item, Mention)}


def told(mentions: Sequence[Any]) -> dict[str, Mention]:
    return {item.id.value: item for item in mentions if isinstance(item, Mention)}


def secrets_of(suite: type[ConnectorSuite], settings: dict[str, Any]) -> list[str]:
    """The values of those settings that the plugin declares as secrets."""
    return [str(settings[name]) for name in secret_names(suite.connector) if settings.get(name)]
