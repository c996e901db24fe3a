"""Runs mypy over what a user of the engine's types would write: each expected error is there, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

HERE = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.parametrize("name", ["client_types.py", "engine_types.py"])
def test_types_are_exact_and_forgotten_awaits_are_reported(name: str, root: Path) -> None:
    told, problems, status = api.run(
        [
            "--config-file",
            str(root / "pyproject.toml"),
            "--cache-dir",
            str(root / ".mypy_cache"),
            str(HERE / name),
        ]
    )
    assert (status, problems) == (0, ""), told


@pytest.mark.slow
def test_an_expected_error_that_is_missing_would_be_noticed(root: Path, tmp_path: Path) -> None:
    source = (HERE / "engine_types.py").read_text()
    bare = tmp_path / "bare.py"
    bare.write_text(re.sub(r"  # type: ignore\[(unused-awaitable|arg-type)\]", "", source))
    told, _, status = api.run(
        ["--config-file", str(root / "pyproject.toml"), "--cache-dir", str(root / ".mypy_cache"), str(bare)]
    )
    assert status == 1
    assert told.count("[unused-awaitable]") == 4
    assert told.count("[arg-type]") == 2
