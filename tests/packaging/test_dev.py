"""``./dev`` and the checks find their way on any machine, or say what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["cat", "cksum", "dirname", "mkdir", "printf", "rm", "sh"]
CHOICES = {"DEV_VENV", "PYTHON"}
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv*", ".cache", ".*_cache", "__pycache__", ".hypothesis")


def _run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**{name: value for name, value in os.environ.items() if name not in CHOICES}, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs, to be the whole PATH: what ``sh`` needs, and no Python yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


def _put(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_dev_tells_its_commands(arguments: list[str]) -> None:
    done = _run(ROOT / "dev", *arguments)
    assert done.returncode == (0 if arguments else 2)
    assert {"demo", "test", "bench"} <= set(done.stdout.split())


def test_an_unknown_command_is_refused() -> None:
    done = _run(ROOT / "dev", "tset")
    assert done.returncode == 1
    assert "tset" in done.stderr


def test_without_any_python_dev_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    done = _run(ROOT / "dev", "setup", PATH=str(bare), DEV_VENV=str(tmp_path / "env"))
    assert done.returncode == 1
    assert "no Python 3.11 or newer" in done.stderr


def test_a_python_that_is_too_old_or_only_a_stand_in_is_passed_over(bare: Path, tmp_path: Path) -> None:
    _put(bare, "python3.14", "echo 'not installed' >&2; exit 127")
    _put(bare, "python3", "exit 1  # what the question for the version gives on an old one")
    done = _run(ROOT / "dev", "setup", PATH=str(bare), DEV_VENV=str(tmp_path / "env"))
    assert "no Python 3.11 or newer" in done.stderr

    answers = (
        'case $2 in *ensurepip*) exit 0 ;; *executable*) echo "$0" ;; *) echo "$0 begins" >&2; exit 7 ;; esac'
    )
    _put(bare, "python3.12", answers)
    done = _run(ROOT / "dev", "setup", PATH=str(bare), DEV_VENV=str(tmp_path / "env"))
    assert (done.returncode, done.stderr.strip()) == (7, f"{bare}/python3.12 begins")


def test_a_python_that_is_named_is_used_or_refused(bare: Path, tmp_path: Path) -> None:
    _put(bare, "python3.14", "exit 127")
    done = _run(ROOT / "dev", "setup", PYTHON=str(bare / "python3.14"), DEV_VENV=str(tmp_path / "env"))
    assert done.returncode == 1
    assert f"PYTHON={bare}/python3.14 is not" in done.stderr


@pytest.mark.slow
def test_setting_up_twice_at_once_in_a_path_with_spaces(tmp_path: Path) -> None:
    place = tmp_path / "a place" / "with spaces"
    shutil.copytree(ROOT, place, ignore=LEFT_BEHIND)
    elsewhere = {"PYTHONPATH": str(tmp_path), "PIP_USER": "1", "DEV_VENV": ""}
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: _run(place / "dev", "setup", cwd=tmp_path, **elsewhere), range(2)))
    assert [done.returncode for done in both] == [0, 0], [done.stderr for done in both]
    assert sorted("making" in done.stderr for done in both) == [False, True]

    where = _run(
        place / "dev", "run", "python", "-c", "import socialdesk; print(socialdesk.__file__)", **elsewhere
    )
    assert where.stdout.strip() == str(place / "src" / "socialdesk" / "__init__.py")
    assert _run(place / "dev", "test", "--collect-only", "-k", "no_such_test", **elsewhere).returncode == 5

    moved = tmp_path / "moved"
    place.rename(moved)
    renewed = _run(moved / "dev", "setup", **elsewhere)
    assert renewed.returncode == 0, renewed.stderr
    assert "making" in renewed.stderr
    assert _run(moved / "dev", "setup", **elsewhere).stderr == ""
