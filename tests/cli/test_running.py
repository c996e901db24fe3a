"""The command as a process: how it starts, what it writes where, and how it ends."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from socialdesk.cli import main
from socialdesk.cli.demo import CHAPTERS
from socialdesk.cli.output import say_table
from socialdesk.connector import Connector, NoApp, Settings
from socialdesk.registry import Registry
from socialdesk.testing.faults import ExpireToken
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.cli.typing_hand import Hand

PROGRAM = Path(sys.executable).with_name("socialdesk")


def test_the_version_is_told(hand: Hand) -> None:
    told = hand.type("--version")
    assert (told.code, told.out) == (0, f"socialdesk {version('socialdesk')}\n")


def test_help_names_every_command(hand: Hand) -> None:
    told = hand.type("--help")
    assert told.code == 0
    for command in (
        "account app demo doctor inbox outbox plugins reply sandbox show sync".split()  # as they are documented
    ):
        assert f"  {command} " in told.out


def test_help_is_there_before_one_waits_for_it() -> None:
    """Not even the values of the contract are loaded, nor what speaks HTTP or to a database."""
    code = (
        "import sys; from socialdesk.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(told.stderr.split())
    assert "typer" in loaded
    assert loaded & {"pydantic", "httpx", "sqlalchemy", "rich", "uvicorn", "socialdesk_twitter"} == set()


def test_plugins_are_listed_for_people_and_programs(hand: Hand) -> None:
    told = hand.type("plugins", "--json")
    assert told.code == 0
    listed = {plugin["platform"]: plugin for plugin in told.json}
    assert listed["twitter"]["problem"] is None
    assert {"mentions", "search"} <= set(listed["twitter"]["streams"])
    assert {"reply", "search"} <= set(listed["twitter"]["abilities"])
    assert "socialdesk-twitter" in hand.type("plugins").out


def test_a_broken_plugin_is_named(hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tmp_path / "found"
    info = found / "socialdesk_broken-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: socialdesk-broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[socialdesk]\nbroken = socialdesk_broken\n")
    (found / "socialdesk_broken.py").write_text("raise RuntimeError('it is broken')\n")
    monkeypatch.syspath_prepend(str(found))
    told = hand.type("plugins", "--json")
    assert told.code == 1
    assert "it is broken" in {plugin["platform"]: plugin for plugin in told.json}["broken"]["problem"]
    assert "it is broken" in hand.type("plugins").out
    assert hand.type("doctor").code == 1
    added = hand.type("account", "add", "broken", "x")
    assert added.code == 70
    assert "socialdesk-broken 1.0" in added.err
    assert "Traceback" not in added.err


class _Bare(Connector[Settings, NoApp]):
    """A connector of a plugin that brings no sandbox."""

    platform = "bare"


def test_a_plugin_without_a_sandbox_is_told_of(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialdesk.registry.Registry", lambda: Registry(extra=[_Bare]))
    told = hand.type("sandbox", "bare")
    assert told.code == 2
    assert "brings no sandbox" in told.err
    assert "ask its author" in told.err


@pytest.mark.parametrize("ends_by", [signal.SIGTERM, signal.SIGINT])
def test_the_sandbox_is_served_and_ends_when_it_is_told(hand: Hand, ends_by: signal.Signals) -> None:
    process = hand.start("sandbox", "twitter", "--port", "0")
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["base_url"].startswith("http://127.0.0.1:")
        assert {"bearer_token", "access_token", "oauth2_access_token"} <= set(told["settings"])
        taken = hand.type("sandbox", "twitter", "--port", told["base_url"].rpartition(":")[2])
        assert taken.code == 2
        assert "0 for a free one" in taken.err
    finally:
        process.send_signal(ends_by)
        _, err = process.communicate(timeout=15)
    assert "Traceback" not in err
    if ends_by == signal.SIGINT:
        assert process.returncode == 130


def test_watching_tells_of_each_event_and_stops_cleanly(
    hand: Hand, acme: str, sandbox: TwitterSandbox
) -> None:
    process = hand.start("sync", "--watch")
    assert process.stdout is not None
    assert "Ctrl-C" in process.stdout.readline()
    hand.type("reply", acme, "We are.", "--no-send")
    assert "receipt" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert len(sandbox.account.posts) == 1


def test_watching_ends_well_when_it_is_terminated(hand: Hand, acme: str) -> None:
    process = hand.start("sync", "--watch")
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")


@pytest.mark.slow
def test_a_pipe_gets_no_control_codes_and_no_bar(hand: Hand, acme: str) -> None:
    for arguments in (["inbox"], ["sync"], ["plugins"]):
        process = hand.start(*arguments, TERM="xterm-256color")
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "\x1b" not in out + err


def test_a_reader_that_goes_away_is_no_accident(hand: Hand, acme: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "socialdesk", "--db", hand.db, "inbox", "--json"]
    process = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (process.returncode, process.stderr) == (1, "")


@pytest.mark.parametrize("width", [60, *(pytest.param(more, marks=pytest.mark.slow) for more in (80, 200))])
def test_a_terminal_is_never_overrun_and_nothing_is_cut(hand: Hand, acme: str, width: int) -> None:
    seen = _on_a_terminal([str(PROGRAM), "--db", hand.db, "inbox"], width)
    lines = [_plain(line) for line in seen.splitlines()]
    assert max(map(len, lines)) <= width
    whole = " ".join(" ".join(lines).split())
    assert acme in whole
    assert "is anybody there?" in whole


def test_a_narrow_table_keeps_every_cell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ("one", "a" * 30, "b" * 30, "what somebody said at some length")
    for width in ("40", "80", "160"):
        monkeypatch.setenv("COLUMNS", width)
        say_table(("a", "b", "c", "said"), [row])
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= int(width)
        assert all(cell in " ".join(out.split()) for cell in row)


def _plain(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip("\r")


def _on_a_terminal(command: list[str], width: int) -> str:
    """What a program shows on a terminal of this width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        command, stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            seen += piece
    os.close(ours)
    assert process.returncode == 0
    return seen.decode()


class TestDoctor:
    """What is well and what is not."""

    def test_all_is_well(self, hand: Hand, acme: str) -> None:
        told = hand.type("doctor", "--online")
        assert told.code == 0
        for words in ("Python 3.", "clock: 20", "plugin twitter", "tables of version", "desk.db.key"):
            assert words in told.out
        assert "credentials of acme: accepted" in told.out
        assert "account acme (twitter): ok" in told.out

    def test_a_clock_that_is_wrong(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.advance(minutes=10)
        told = hand.type("doctor", "--online")
        assert told.code == 1
        assert "set this machine's clock" in told.out

    def test_credentials_that_are_not_accepted(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.fail(ExpireToken(), times=None)
        told = hand.type("doctor", "--online")
        assert told.code == 1
        assert "credentials of acme: " in told.out
        assert "accepted, as" not in told.out

    def test_where_the_key_comes_from(self, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
        key = hand.type("doctor", "--new-key").out.strip()
        monkeypatch.setenv("SOCIALDESK_SECRET_KEY", key)
        told = hand.type("doctor")
        assert told.code == 0
        assert "from the environment" in told.out
        assert key not in told.all

    @pytest.mark.parametrize("kind", ["text", "folder", "nowhere", "postgresql", "nonsense"])
    def test_a_database_that_cannot_be_used(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
    ) -> None:
        (tmp_path / "text").write_text("this is no database, whatever its name may say, at all\n" * 20)
        (tmp_path / "folder").mkdir()
        urls = {
            "nowhere": f"sqlite:///{tmp_path}/no/where.db",
            "postgresql": "postgresql://desk:canary-word@localhost/desk",
            "nonsense": "nonsense",
        }
        url = urls.get(kind, f"sqlite:///{tmp_path / kind}")
        for command, code in (("doctor", 1), ("inbox", 2)):
            assert main(["--db", url, command]) == code
            told = capsys.readouterr()
            assert "Traceback" not in told.err
            assert "canary-word" not in told.out + told.err


@pytest.mark.slow
def test_the_demo_plays_to_its_end_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "SOCIALDESK_DB": "nonsense"}
    began = time.monotonic()
    told = subprocess.run(
        [str(PROGRAM), "demo"], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert time.monotonic() - began < 60
    assert "warning: X will probably refuse this reply" in told.stdout
    assert "(2/2)" in told.stdout
    assert "2,000" in told.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_demo_on_a_platform_that_has_no_part_in_it_names_those_that_have(hand: Hand) -> None:
    told = hand.type("demo", "--platform", "chirp")
    assert told.code == 2
    assert "plays on: twitter" in told.err


def test_a_demo_whose_platform_does_not_start_says_so(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHAPTERS, "nowhere", "on_twitter")
    told = hand.type("demo", "--platform", "nowhere")
    assert told.code == 1
    assert "did not start (exit code 2)" in told.out
