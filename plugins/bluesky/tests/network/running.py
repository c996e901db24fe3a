"""Starts the network, and ends it with all that it started."""

from __future__ import annotations

import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from plugins.bluesky.tests.network.installing import CACHE, HERE, Installed

__all__ = ["SESSIONS_SIGNED_WITH", "Addresses", "running"]

SESSIONS_SIGNED_WITH = "the-secret-of-a-network-for-tests"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to be run by root
SECONDS_TO_START = 120
SECONDS_TO_END = 20


@dataclass(frozen=True)
class Addresses:
    """Where the network's servers listen; the PDS is the one that clients speak to."""

    plc: str
    pds: str
    appview: str


@contextmanager
def running(installed: Installed, *, rate_limits: bool) -> Iterator[Addresses]:
    """A network with nobody on it yet. Raises RuntimeError, with what it said, where it does not start."""
    with tempfile.TemporaryDirectory(prefix="bluesky-network-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        options = {
            "modules": str(installed.modules),
            "postgres": _database(installed.postgres, folder),
            "jwtSecret": SESSIONS_SIGNED_WITH,
            "rateLimits": rate_limits,
            "folder": name,
        }
        (folder / "files").mkdir()
        with (folder / "said").open("w") as said:
            process = subprocess.Popen(
                [installed.node, "--no-deprecation", HERE / "network.mjs", json.dumps(options)],
                env={**os.environ, "TMPDIR": str(folder / "files"), "NODE_ENV": "test"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        try:
            told = _first_line(process, folder / "said")
            yield Addresses(told["plc"], told["pds"], told["appview"])
        finally:
            _end(process, folder / "database" / "postmaster.pid")


def _database(programs: Path, folder: Path) -> dict[str, Any]:
    """Make an empty database, and tell how its server is started."""
    data = folder / "database"
    data.mkdir()
    port = _free_port()
    user: dict[str, int] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(UNPRIVILEGED)
        user = {"uid": entry.pw_uid, "gid": entry.pw_gid}
        folder.chmod(0o711)
        os.chown(data, entry.pw_uid, entry.pw_gid)
        programs = _readable(programs, folder)
    made: list[str | Path] = [
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "--no-locale",
        "-E",
        "UTF8",
    ]
    done = subprocess.run(
        [programs / "initdb", *made],
        check=False,
        capture_output=True,
        timeout=SECONDS_TO_START,
        cwd=data,
        user=user.get("uid"),
        group=user.get("gid"),
        extra_groups=[] if user else None,
    )
    if done.returncode != 0:
        raise RuntimeError(f"no database could be made:\n{done.stderr.decode(errors='replace')}")
    listening = ["-h", "127.0.0.1", "-p", str(port), "-k", ""]
    return {
        "command": [str(programs / "postgres"), "-D", str(data), "-F", *listening],
        "url": f"postgresql://postgres@127.0.0.1:{port}/postgres",
        **user,
    }


def _readable(programs: Path, folder: Path) -> Path:
    """Programs that everybody may run: a copy of those that lie in a checkout, which may be closed to others."""
    if not programs.is_relative_to(CACHE):
        return programs
    return shutil.copytree(programs.parent, folder / "postgres", symlinks=True) / programs.name


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _first_line(process: subprocess.Popen[bytes], said: Path) -> dict[str, Any]:
    deadline = time.monotonic() + SECONDS_TO_START
    out: IO[bytes] | None = process.stdout
    assert out is not None
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([out], [], [], max(0.0, deadline - time.monotonic()))
        more = os.read(out.fileno(), 65536) if ready else b""
        if not more:
            why = "ended" if ready else f"did not listen after {SECONDS_TO_START} s"
            raise RuntimeError(f"the network {why}:\n{said.read_text('utf-8', 'replace')[-2000:]}")
        line += more
    told: dict[str, Any] = json.loads(line)
    return told


def _end(process: subprocess.Popen[bytes], postmaster: Path) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        with suppress(OSError, ValueError, IndexError):  # it ended in time, or had not begun
            os.kill(int(postmaster.read_text().splitlines()[0]), signal.SIGQUIT)
