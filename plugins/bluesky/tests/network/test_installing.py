"""What is missing on a machine is told, and nothing is fetched for a network that could not be started."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.bluesky.tests.network import installing


@pytest.fixture(autouse=True)
def nothing_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "CACHE", tmp_path / "network")
    monkeypatch.setattr(installing, "_node", lambda: (tmp_path / "bin" / "node", tmp_path / "npm-cli.js"))


def test_without_a_compiler_it_cannot_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(installing.CannotInstall, match="C\\+\\+ compiler"):
        installing.install()


def test_a_program_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    installing.CACHE.mkdir()
    program = tmp_path / "npm"
    program.write_text("#!/bin/sh\necho 'the registry is not there' >&2\nexit 7\n", "utf-8")
    program.chmod(0o755)
    with pytest.raises(
        installing.CannotInstall, match="npm install ended with status 7:\nthe registry is not there"
    ):
        installing._run(program, "install")


def test_a_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installing.CACHE.mkdir()
    monkeypatch.setattr(installing, "SECONDS", 0.2)
    program = tmp_path / "npm"
    program.write_text(f"#!/bin/sh\nsleep 30\ntouch {tmp_path}/done\n", "utf-8")
    program.chmod(0o755)
    with pytest.raises(installing.CannotInstall, match="was not done"):
        installing._run(program, "install")
    assert not (tmp_path / "done").exists()
