"""The lines of the README do what they say, against a served sandbox."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import anyio
import pytest

from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox


def _example(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("embed", root / "docs" / "examples" / "embed.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("face", ["sync", "asyncio", "trio"])
def test_the_first_mention_is_answered(
    face: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = _example(root)
    sandbox = TwitterSandbox()
    sandbox.search_lag = 0.0
    database = f"sqlite:///{tmp_path}/desk.db"
    with served(sandbox):
        loud = sandbox.user("ann").post("Acme Cable cut me off")
        sandbox.repost_by_crowd(loud, 20)
        asked = sandbox.user("bo").post("@acme is the shop open?")
        sandbox.advance(minutes=1)
        if face == "sync":
            state = example.answer_one(sandbox.settings, database)
        else:
            state = anyio.run(example.answer_one_async, sandbox.settings, database, backend=face)
    assert state == "sent"
    assert "20 ann Acme Cable cut me off" in capsys.readouterr().out.splitlines()[0]
    assert [post.author.handle for post in sandbox.thread(asked)] == ["bo", "acme"]
