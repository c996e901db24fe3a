"""What users install is what was tested: the wheels are whole, and work where nothing else is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
NAMES = [plugin.name for plugin in PLUGINS]

NOBODY_LISTENS = """
from socialdesk import Client, Unavailable
from socialdesk.connector import Connector, NoApp, Page, Raw, Settings, Window
from socialdesk.wire import Request


class Config(Settings):
    base_url: str = "http://127.0.0.1:9"


class Nowhere(Connector[Config, NoApp]):
    platform = "nowhere"
    Config = Config

    async def fetch(self, window: Window) -> Page:
        response = await Request("GET", f"{self.config.base_url}/mentions")
        return Page([Raw("mention", item) for item in response.json()])


try:
    next(iter(Client(Nowhere(Config(), NoApp())).fetch()))
except Unavailable as error:
    print(error.platform, type(error).__name__)
"""

UNTOLD = """
from socialdesk import Registry, ConfigError

try:
    Registry().connect("twitter", {})
except ConfigError as error:
    print(error)
"""

FORGOTTEN_AWAIT = """
from socialdesk.wire import Request


async def fetch(url: str) -> None:
    Request("GET", url)
    response = await Request("GET", url)
    print(response.statuss)
"""


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own, and a folder in which nothing of the repository can be found."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def run(self, *arguments: str | Path, expect: int = 0) -> str:
        """Run one of the environment's programs; its output, where it ends with the expected status."""
        program, *rest = arguments
        hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
        done = subprocess.run(
            [self.python.parent / program, *rest],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if name not in hidden},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == expect, done.stdout
        return done.stdout


def _environment(folder: Path, *wheels: Path) -> Environment:
    venv.create(folder / "venv", with_pip=True)
    environment = Environment(folder)
    environment.run("python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *wheels)
    return environment


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels by the name of their distribution, each built from its source distribution, as for a release."""
    built = {}
    for project in [ROOT, *PLUGINS]:
        folder = tmp_path_factory.mktemp("dist")
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, project]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (wheel,) = folder.glob("*.whl")
        assert list(folder.glob("*.tar.gz"))
        built[wheel.name.partition("-")[0].replace("_", "-")] = wheel
    return built


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory, wheels: dict[str, Path]) -> Environment:
    """An environment that holds core and no plugin."""
    return _environment(tmp_path_factory.mktemp("core only"), wheels["socialdesk"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, wheels: dict[str, Path]) -> Environment:
    """An environment that holds core and every plugin of this repository."""
    return _environment(tmp_path_factory.mktemp("whole"), *wheels.values())


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_core_wheel_holds_what_it_needs_at_run_time(wheels: dict[str, Path]) -> None:
    names = _names(wheels["socialdesk"])
    assert "socialdesk/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    migrations = [name for name in names if name.startswith("socialdesk/desk/") and "/versions/" in name]
    assert [name for name in migrations if name.endswith(".py") and not name.endswith("__init__.py")]


@pytest.mark.parametrize("plugin", NAMES)
def test_a_plugins_wheel_is_typed_and_licensed(plugin: str, wheels: dict[str, Path]) -> None:
    names = _names(wheels[f"socialdesk-{plugin}"])
    assert f"socialdesk_{plugin}/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.parametrize("name", ["socialdesk", *(f"socialdesk-{plugin}" for plugin in NAMES)])
def test_a_wheel_holds_all_of_its_package_and_nothing_else(name: str, wheels: dict[str, Path]) -> None:
    package = name.replace("-", "_")
    project = ROOT if name == "socialdesk" else ROOT / "plugins" / name.removeprefix("socialdesk-")
    source = project / "src"
    written = {
        path.relative_to(source).as_posix()
        for path in (source / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {path for path in _names(wheels[name]) if ".dist-info/" not in path}
    assert packed == written
    assert not [path for path in packed if "tests" in path.split("/") or "/test_" in path]


def test_core_alone_tells_its_version(core: Environment) -> None:
    version = core.run(
        "python", "-c", "from importlib.metadata import version; print(version('socialdesk'))"
    ).strip()
    assert version in core.run("socialdesk", "--version")


def test_core_alone_has_no_plugin_and_says_which_one_to_install(core: Environment) -> None:
    assert "socialdesk-" in core.run("python", "-c", UNTOLD)
    listed = core.run("socialdesk", "plugins")
    assert not [name for name in NAMES if name in listed.lower()]


def test_core_alone_says_where_nobody_listens(core: Environment) -> None:
    assert core.run("python", "-c", NOBODY_LISTENS).split() == ["nowhere", "Unavailable"]


@pytest.mark.parametrize("module", ["socialdesk", "socialdesk.testing", "socialdesk.cli"])
def test_core_alone_imports_without_a_warning(core: Environment, module: str) -> None:
    assert core.run("python", "-W", "error", "-c", f"import {module}") == ""


def test_what_is_installed_is_typed(core: Environment) -> None:
    snippet = core.folder / "snippet.py"
    snippet.write_text(FORGOTTEN_AWAIT, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--enable-error-code", "unused-awaitable"]
    command += [
        "--config-file",
        os.devnull,
        "--cache-dir",
        os.devnull,
        "--python-executable",
        str(core.python),
    ]
    done = subprocess.run(
        [*command, snippet], cwd=core.folder, capture_output=True, text=True, timeout=300, check=False
    )
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 2, done.stdout
    assert "[unused-awaitable]" in errors[0]
    assert '"statuss"' in errors[1]


@pytest.mark.parametrize("plugin", NAMES)
def test_an_installed_plugin_is_found(whole: Environment, plugin: str) -> None:
    assert plugin in whole.run("socialdesk", "plugins").lower()


def test_a_complaint_is_heard_and_answered_with_what_is_installed(whole: Environment) -> None:
    before = set(whole.folder.iterdir())
    assert whole.run("socialdesk", "demo").strip()
    assert set(whole.folder.iterdir()) == before


def test_nothing_that_is_installed_contradicts_another(whole: Environment) -> None:
    assert "No broken requirements found" in whole.run("python", "-m", "pip", "check")
