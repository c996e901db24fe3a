"""A secret of any platform never shows: not in logs, errors, reprs, JSON, the database, or on the command line."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk, SocialdeskError
from socialdesk.cli import main
from socialdesk.registry import Registry
from socialdesk.testing import ConnectorSuite
from socialdesk.testing.sandbox import served
from tests.packaging.secrets_in import known_secrets, secrets_in
from tests.platforms.lines import PLATFORMS, secrets_of


def _tell(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


@pytest.mark.parametrize("suite", PLATFORMS.values(), ids=PLATFORMS)
def test_no_secret_shows_anywhere(
    suite: type[ConnectorSuite],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox = suite().new_sandbox()
    platform = suite.connector.platform
    url = f"sqlite:///{tmp_path}/desk.db"
    told: list[str] = []

    def attempt(step: Callable[[], Any]) -> None:
        try:
            told.append(repr(step()))
        except SocialdeskError as error:
            told.append(_tell(error))

    with served(sandbox), Desk(url) as desk:
        settings = {**suite.settings, **sandbox.settings}
        secrets = secrets_of(suite, settings)
        connector = Registry().connect(platform, settings)
        told += [
            repr(connector.config),
            repr(connector.app),
            repr(connector.auth("account")),
            repr(vars(connector)),
        ]
        told += [connector.config.model_dump_json(), connector.app.model_dump_json()]
        searches = any(stream.name == "search" for stream in suite.connector.streams)
        rules = [suite.rule] if searches else []
        attempt(lambda: desk.connect(platform, name="acme", settings=settings, rules=rules, hear_from=None))
        suite().complain(sandbox, "my parcel is lost")
        sandbox.advance(minutes=5)
        attempt(desk.poll)
        (mention, *_) = desk.mentions()
        told.append(mention.model_dump_json())
        attempt(lambda: desk.plan(mention, "Hello!"))
        attempt(lambda: desk.reply(mention, "Hello!", key="k"))
        attempt(desk.drain)
        attempt(lambda: desk.receipt("k").model_dump_json())
        attempt(lambda: desk.refresh([mention]))
        attempt(lambda: desk.subscribe("acme", "https://desk.example.com/hook"))
        for name in suite.connector.Config.model_fields:
            attempt(lambda name=name: Registry().connect(platform, {**settings, name: {"wrong": secrets[0]}}))
        for number, name in enumerate(name for name in settings if str(settings[name]) in secrets):
            wrong = {**settings, name: str(settings[name])[::-1]}
            attempt(lambda wrong=wrong, n=number: desk.connect(platform, name=f"wrong{n}", settings=wrong))
            attempt(lambda n=number: desk.check(f"wrong{n}"))
        attempt(desk.poll)
        for command in (
            ["account", "list"],
            ["account", "list", "--json"],
            ["doctor"],
            ["plugins"],
            ["inbox", "--json"],
        ):
            main(["--db", url, *command])
        assert desk.receipt("k").state == "sent"
    told += [caplog.text, "".join(capsys.readouterr())]
    assert secrets
    for secret in secrets:
        assert not [text for text in told if secret in text]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in held], path.name


def test_a_secret_in_a_log_would_be_found() -> None:
    for secret in known_secrets():
        assert secret[:6] in secrets_in(f"DEBUG httpcore: headers=[('authorization', '{secret}')]")
    assert secrets_in("DEBUG httpcore: headers=[('authorization', '[secure]')]") == []
