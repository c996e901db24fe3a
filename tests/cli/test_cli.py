"""The command line, as somebody types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from socialdesk.cli import main
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sandbox() -> Iterator[TwitterSandbox]:
    made = TwitterSandbox()
    made.search_lag = 0.0
    with served(made):
        yield made


@pytest.fixture
def type_(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--db", f"sqlite:///{tmp_path}/desk.db", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def acme(type_: Type, sandbox: TwitterSandbox, tmp_path: Path) -> str:
    """An account that was added; gives the id of a mention that was heard."""
    settings = tmp_path / "settings.json"
    settings.write_bytes(orjson.dumps(sandbox.settings))
    added = type_("account", "add", "twitter", "acme", "--settings", str(settings), "--listen", "Acme Cable")
    assert added[0] == 0
    post = sandbox.user("ann").post("@acme is anybody there?")
    sandbox.advance(minutes=1)
    code, out, _ = type_("sync")
    assert code == 0
    assert "1 new" in out
    return post.id


def test_an_account_is_added_checked_listed_and_removed(type_: Type, acme: str) -> None:
    assert type_("account", "check", "acme")[0] == 0
    code, out, _ = type_("account", "list", "--json")
    assert (code, json.loads(out)[0]["state"]) == (0, "active")
    assert type_("account", "remove", "acme", "--yes")[0] == 0
    assert json.loads(type_("account", "list", "--json")[1]) == []


def test_the_inbox_shows_and_answers_and_says_nothing_twice(
    type_: Type, acme: str, sandbox: TwitterSandbox
) -> None:
    code, out, _ = type_("inbox", "--json", "--unanswered")
    assert [mention["id"] for mention in json.loads(out)] == [f"twitter:post:{acme}"]
    assert "is anybody there?" in type_("inbox")[1]
    assert "reply: yes" in type_("show", acme)[1]
    code, out, _ = type_("reply", acme, "We are.", "--plan")
    assert code == 0
    assert '"text":"We are."' in out
    assert len(sandbox.account.posts) == 0
    for _ in range(2):
        code, out, _ = type_("reply", acme, "We are.")
        assert (code, out[:4]) == (0, "sent")
    assert len(sandbox.account.posts) == 1
    assert json.loads(type_("outbox", "--json")[1])[0]["state"] == "sent"
    assert type_("inbox", "--json", "--unanswered")[1].strip() == "[]"
    assert type_("doctor")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["sync"], 2, "no account yet"),
        (["show", "4711"], 2, "no mention '4711'"),
        (["account", "add", "nowhere", "x"], 2, "socialdesk-nowhere"),
        (["account", "add", "twitter", "x"], 2, "fit"),
        (
            ["account", "add", "twitter", "x", "--set", "bearer_token=CANARY"],
            2,
            "must not stand on the command line",
        ),
        (["account", "add", "twitter", "x", "--since", "tuesday"], 2, "no moment"),
        (["inbox", "--order", "loudest"], 2, "loudest"),
        (["outbox", "settle", "k"], 2, "--sent ID, or --retry"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_a_wrong_call_says_what_to_mend(type_: Type, arguments: list[str], code: int, says: str) -> None:
    found, out, err = type_(*arguments)
    assert found == code
    assert says in out + err
    assert "Traceback" not in err
    assert "CANARY" not in out + err


def test_each_kind_of_trouble_has_its_exit_code(type_: Type, acme: str, sandbox: TwitterSandbox) -> None:
    sandbox.user("bo").post("Acme Cable cut me off")
    sandbox.advance(minutes=1)
    type_("sync")
    uncalled = json.loads(type_("inbox", "--json", "--rule", "acme-cable")[1])[0]["id"]
    code, out, _ = type_("reply", uncalled, "Sorry!")
    assert (code, out[:6]) == (6, "failed")
    sandbox.credit = False
    assert type_("account", "check", "acme")[0] == 4
    code, out, _ = type_("sync")
    assert code == 1
    assert "credit" in out
    assert type_("doctor")[0] == 1


def test_plugins_are_listed_for_people_and_programs(type_: Type) -> None:
    code, out, _ = type_("plugins", "--json")
    listed: list[dict[str, Any]] = json.loads(out)
    assert code == 0
    assert "twitter" in [plugin["platform"] for plugin in listed]
    assert "socialdesk-twitter" in type_("plugins")[1]


def test_a_stranger_cannot_steer_the_terminal(type_: Type, acme: str, sandbox: TwitterSandbox) -> None:
    sandbox.user("eve").post("@acme \x1b[2J\x1b]0;owned\x07 hi")
    sandbox.advance(minutes=1)
    type_("sync")
    assert "\x1b" not in type_("inbox")[1]


def test_the_sandbox_is_served_and_ends_when_it_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "socialdesk", "sandbox", "twitter", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["base_url"].startswith("http://127.0.0.1:")
        assert {"bearer_token", "access_token", "oauth2_access_token"} <= set(told["settings"])
    finally:
        process.terminate()
        process.communicate(timeout=15)


def test_watching_stops_cleanly(acme: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "socialdesk", "--db", f"sqlite:///{tmp_path}/desk.db", "sync", "--watch"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
