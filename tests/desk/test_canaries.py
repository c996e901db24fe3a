"""A secret never shows: not in logs, errors, reprs, JSON, the database, or what the command line says."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk, SocialdeskError
from socialdesk.cli import main
from socialdesk.registry import Registry
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.packaging.secrets_in import secrets_in


def _secrets(sandbox: TwitterSandbox) -> list[str]:
    public = {"base_url", "handle", "consumer_key", "client_id"}
    return [value for name, value in sandbox.settings.items() if name not in public]


def _tell(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


def test_no_secret_shows_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox = TwitterSandbox()
    url = f"sqlite:///{tmp_path}/desk.db"
    told: list[str] = []

    def attempt(step: Any) -> None:
        try:
            told.append(repr(step()))
        except SocialdeskError as error:
            told.append(_tell(error))

    with served(sandbox), Desk(url) as desk:
        secrets = _secrets(sandbox)
        settings = sandbox.settings
        connector = Registry().connect("twitter", settings)
        told += [
            repr(connector.config),
            repr(connector.app),
            repr(connector.auth("account")),
            repr(vars(connector)),
        ]
        told += [connector.config.model_dump_json(), connector.app.model_dump_json()]
        attempt(lambda: desk.connect("twitter", name="acme", settings=settings, hear_from=None))
        sandbox.user("ann").post("@acme hello?")
        sandbox.advance(minutes=1)
        attempt(desk.poll)
        mention = desk.mentions()[0]
        told.append(mention.model_dump_json())
        attempt(lambda: desk.plan(mention, "Hello!"))
        attempt(lambda: desk.reply(mention, "Hello!", key="k"))
        attempt(desk.drain)
        attempt(lambda: desk.receipt("k").model_dump_json())
        attempt(lambda: desk.connect("twitter", name="bad", settings={**settings, "names": secrets[0]}))
        attempt(lambda: Registry().connect("twitter", {**settings, "max_length": secrets[0]}))
        wrong = {**settings, "access_token_secret": settings["access_token_secret"][::-1]}
        attempt(lambda: desk.connect("twitter", name="wrong", settings=wrong))
        attempt(lambda: desk.check("wrong"))
        attempt(desk.poll)
        for command in (
            ["account", "list"],
            ["account", "list", "--json"],
            ["doctor"],
            ["plugins"],
            ["inbox", "--json"],
        ):
            main(["--db", url, *command])
    told += [caplog.text, "".join(capsys.readouterr())]
    for secret in secrets:
        assert not [text for text in told if secret in text]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in held], path.name


def test_a_secret_in_a_log_would_be_found() -> None:
    sandbox = TwitterSandbox()
    for secret in _secrets(sandbox):
        assert secrets_in(f"DEBUG httpcore: headers=[('authorization', '{secret}')]") == [secret[:6]]
    assert secrets_in("DEBUG httpcore: headers=[('authorization', '[secure]')]") == []
