"""The desk's tutorial, run from top to bottom, prints what the page says it does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.chirp import load

ROOT = Path(__file__).resolve().parents[2]
sync = load("docs_sync", ROOT / "docs" / "sync.py")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the pieces of ``first_inbox.py`` print, run as one program in an empty folder."""
    program = ROOT / "docs" / "examples" / "first_inbox.py"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOCIALDESK_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", program],
        cwd=tmp_path_factory.mktemp("first_inbox"),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_tutorial_prints_what_its_page_shows(printed: str) -> None:
    assert printed == sync.section(ROOT / "docs" / "examples" / "first_inbox.txt", None)


def test_the_page_shows_the_whole_program_and_all_that_it_prints() -> None:
    page = (ROOT / "docs" / "tutorial" / "desk.md").read_text("utf-8")
    for name in ("first_inbox.py", "first_inbox.txt"):
        source = ROOT / "docs" / "examples" / name
        marks = [line.strip() for line in source.read_text("utf-8").splitlines() if line.startswith("# [")]
        names = [mark.strip("# []") for mark in marks if mark != "# [end]"]
        shown = [match["section"] for match in sync.BLOCK.finditer(page) if match["path"].endswith(name)]
        assert shown == names
