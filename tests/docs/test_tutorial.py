"""The tutorial's commands, run one after the other as a reader would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.chirp import load

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
sync = load("docs_sync", ROOT / "docs" / "sync.py")


@dataclass(frozen=True)
class Reader:
    """Someone with a copy of the examples. What is installed goes to a folder of its own, from local files alone."""

    folder: Path

    def follow(self, section: str) -> str:
        """Run a section's commands; their output."""
        installed = self.folder / "installed"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(installed),
            "PIP_TARGET": str(installed),
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it upside down: 0 switches the isolation off
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "COLUMNS": "100",
        }
        done = subprocess.run(
            ["sh", "-eu", "-c", sync.section(self.folder / "tutorial.sh", section)],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    folder = tmp_path / "examples"
    shutil.copytree(ROOT / "docs" / "examples", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Reader(folder)


def _source(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def test_the_first_plugin_is_installed_listed_and_heard(reader: Reader) -> None:
    assert "hello" in reader.follow("hello").rpartition("Successfully installed")[2].partition("\n")[2]
    assert reader.follow("hear").strip() == "hello:post:1 hello, world"


def test_the_real_plugin_is_installed_listed_and_passes_the_suite(reader: Reader) -> None:
    core = _source(ROOT / "src" / "socialdesk")
    assert "chirp" in reader.follow("chirp").rpartition("Successfully installed")[2].partition("\n")[2]
    assert "passed" in reader.follow("test")
    assert _source(ROOT / "src" / "socialdesk") == core
