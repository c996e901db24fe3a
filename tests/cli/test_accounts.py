"""Apps and accounts on the command line, and the secrets that they need."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import keyring
import orjson
import pytest
from keyring.backend import KeyringBackend

from socialdesk_twitter.sandbox import TwitterSandbox
from tests.cli.typing_hand import Hand

CANARY = "canary-b3f1d7"


def test_an_account_is_added_checked_listed_and_removed(hand: Hand, acme: str) -> None:
    checked = hand.type("account", "check", "acme")
    assert checked.code == 0
    assert "@acme" in checked.out
    listed = hand.type("account", "list", "--json").json
    assert [(account["name"], account["health"]["state"], account["rules"]) for account in listed] == [
        ("acme", "ok", ["acme-cable"])
    ]
    assert "acme-cable" in hand.type("account", "list").out
    assert hand.type("account", "remove", "acme", "--yes").code == 0
    assert hand.type("account", "list", "--json").json == []


def test_removing_asks_first(hand: Hand, acme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert hand.type("account", "remove", "acme").code == 130
    assert len(hand.type("account", "list", "--json").json) == 1


def test_what_accounts_share_stands_in_an_app(hand: Hand, sandbox: TwitterSandbox, tmp_path: Path) -> None:
    own, shared = tmp_path / "own.json", tmp_path / "app.json"
    ours = ("consumer_key", "consumer_secret", "bearer_token")
    shared.write_bytes(orjson.dumps({name: sandbox.settings[name] for name in ours}))
    theirs = ("base_url", "handle", "access_token", "access_token_secret")
    own.write_bytes(orjson.dumps({name: sandbox.settings[name] for name in theirs}))
    assert "There is no app" in hand.type("app", "list").out
    assert hand.type("app", "add", "twitter", "acme-app", "--settings", str(shared)).code == 0
    assert hand.type("app", "list", "--json").json == [{"platform": "twitter", "name": "acme-app"}]
    assert "acme-app" in hand.type("app", "list").out
    add = [
        "account",
        "add",
        "twitter",
        "acme",
        "--settings",
        str(own),
        "--app",
        "acme-app",
        "--tenant",
        "cable",
    ]
    assert hand.type(*add).code == 0
    assert hand.type("account", "check", "acme").code == 0
    assert hand.type("account", "list", "--json").json[0]["tenant"] == "cable"


def test_secrets_come_from_the_environment(
    hand: Hand, sandbox: TwitterSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.settings.items():
        if name != "handle":
            monkeypatch.setenv(f"SOCIALDESK_TWITTER_{name.upper()}", str(value))
    assert hand.type("account", "add", "twitter", "acme", "--set", "handle=acme").code == 0
    assert hand.type("account", "check", "acme").code == 0


class _Safe(KeyringBackend):
    """A keyring that holds what it is given."""

    priority = 1

    held: dict[tuple[str, str], str]

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


def test_secrets_come_from_the_keyring(hand: Hand, sandbox: TwitterSandbox) -> None:
    before = keyring.get_keyring()
    safe = _Safe()  # type: ignore[no-untyped-call]  # keyring is typed but for this
    safe.held = {("acme-x", name): str(value) for name, value in sandbox.settings.items() if value}
    keyring.set_keyring(safe)
    try:
        open_ = ("handle", "base_url", "consumer_key", "client_id")
        plain = [word for name in open_ for word in ("--set", f"{name}={sandbox.settings[name]}")]
        told = hand.type("account", "add", "twitter", "acme", "--from-keyring", "acme-x", *plain)
    finally:
        keyring.set_keyring(before)
    assert told.code == 0
    assert hand.type("account", "check", "acme").code == 0


def test_settings_come_from_standard_input(
    hand: Hand, sandbox: TwitterSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(orjson.dumps(sandbox.settings).decode()))
    assert hand.type("account", "add", "twitter", "acme", "--settings", "-").code == 0
    assert hand.type("account", "check", "acme").code == 0


def test_a_secret_that_is_typed_is_not_shown(hand: Hand, sandbox: TwitterSandbox, tmp_path: Path) -> None:
    """On a terminal, as a person sees it."""
    secrets = {"bearer_token": f"{CANARY}-bearer"}
    ours, theirs = pty.openpty()
    plain = ["--set", "handle=acme", "--set", f"base_url={sandbox.base_url}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "socialdesk", "--db", hand.db, "account", "add", "twitter", "acme", *plain],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = _converse(ours, process, secrets)
    assert process.wait(20) == 0, seen
    assert "bearer_token (hidden" in seen
    assert CANARY not in seen
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() not in stored


def _converse(terminal: int, process: subprocess.Popen[bytes], answers: dict[str, str]) -> str:
    """Answer each prompt as it appears; what the terminal showed."""
    seen, answered, patience = "", 0, time.monotonic() + 20
    while time.monotonic() < patience:
        if not select.select([terminal], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            seen += os.read(terminal, 4096).decode()
        except OSError:  # the other end is closed
            break
        while seen.count("leave it out)") > answered:
            name = seen.split("(hidden")[answered].split()[-1]
            answered += 1
            time.sleep(0.02)  # it is asked for before the echo is off
            os.write(terminal, f"{answers.get(name, '')}\n".encode())
    os.close(terminal)
    return seen


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["account", "add", "nowhere", "x"], "socialdesk-nowhere"),
        (["account", "add", "twitter", "x"], "fit"),
        (["account", "add", "twitter", "x", "--app", "none"], "none"),
        (
            ["account", "add", "twitter", "x", "--set", f"bearer_token={CANARY}"],
            "must not stand on the command line",
        ),
        (
            ["app", "add", "twitter", "x", "--set", f"consumer_secret={CANARY}"],
            "must not stand on the command line",
        ),
        (["account", "add", "twitter", "x", "--set", "handle"], "no value"),
        (["account", "add", "twitter", "x", "--settings", "nothing.json"], "nothing.json"),
        (["account", "add", "twitter", "x", "--rule", "{"], "--rule"),
        (["account", "add", "twitter", "x", "--rule", '{"name": "a b"}'], "name:"),
        (["account", "check", "x"], "x"),
        (["account", "remove", "x", "--yes"], "x"),
        (["account", "add"], "PLATFORM"),
    ],
)
def test_a_wrong_call_says_what_to_mend(hand: Hand, arguments: list[str], says: str) -> None:
    told = hand.type(*arguments)
    assert told.code == 2
    assert says in told.err
    assert "Traceback" not in told.err
    assert CANARY not in told.all


@pytest.mark.parametrize("content", [f'["{CANARY}"]', f"{{{CANARY}", f'{{"bearer_token": ["{CANARY}"]}}'])
def test_a_settings_file_that_does_not_fit_is_not_quoted(hand: Hand, tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    told = hand.type("account", "add", "twitter", "acme", "--settings", str(path))
    assert told.code == 2
    assert CANARY not in told.all


@pytest.mark.parametrize("since", ["tuesday", "7w", "9999999d", "999999d"])
def test_a_moment_that_is_none_is_refused(hand: Hand, settings: Path, since: str) -> None:
    told = hand.type("account", "add", "twitter", "x", "--settings", str(settings), "--since", since)
    assert told.code == 2
    assert "is no moment" in told.err


@pytest.mark.parametrize(("since", "heard"), [("now", 0), ("all", 2), ("7d", 1), ("2h", 0)])
def test_hearing_begins_where_it_is_told(
    hand: Hand, sandbox: TwitterSandbox, settings: Path, since: str, heard: int
) -> None:
    now = sandbox.clock.now()
    for days in (9, 3):
        sandbox.user("ann").post(
            "@acme is anybody there?", at=now.replace(microsecond=0) - timedelta(days=days)
        )
    hand.type("account", "add", "twitter", "acme", "--settings", str(settings), "--since", since)
    assert hand.type("sync").code == 0
    assert len(hand.type("inbox", "--json").json) == heard
