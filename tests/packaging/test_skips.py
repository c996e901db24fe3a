"""Where it matters, a test that is skipped fails the run: ``--no-skips``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPS = "import pytest\n\n\n{mark}def test_a():\n    {body}\n\n\ndef test_b():\n    pass\n"


def _status(path: Path, *options: str) -> int:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-p",
        "no:cacheprovider",
        "-q",
        *options,
        str(path),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False).returncode


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mark", "body", "workers"),
    [
        ("", "pytest.skip('there is no server')", "2"),
        ("@pytest.mark.skipif(True, reason='x')\n", "pass", "0"),
    ],
)
def test_a_skip_fails_the_run_where_none_may_be(tmp_path: Path, mark: str, body: str, workers: str) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(SKIPS.format(mark=mark, body=body), "utf-8")
    assert _status(path, "-n", workers) == 0
    assert _status(path, "-n", workers, "--no-skips") == 1


@pytest.mark.slow
def test_a_run_without_skips_passes(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(SKIPS.format(mark="", body="pass"), "utf-8")
    assert _status(path, "--no-skips") == 0


def test_the_checks_try_the_servers_of_others_and_allow_no_skip() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "./dev test -n 0 -m service --no-skips" in script
