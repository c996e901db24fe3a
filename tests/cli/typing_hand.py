"""Typing a command, in this process or in one of its own, and what comes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from socialdesk.cli import main


@dataclass(frozen=True)
class Told:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Hand:
    """Types commands against one database."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def db(self) -> str:
        return f"sqlite:///{self.folder}/desk.db"

    def type(self, *arguments: str) -> Told:
        self.capsys.readouterr()
        code = main(["--db", self.db, *arguments])
        told = self.capsys.readouterr()
        return Told(code, told.out, told.err)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The command in a process of its own, with pipes for all that it reads and writes."""
        command = [sys.executable, "-m", "socialdesk", "--db", self.db, *arguments]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
