"""The house rules hold in core and in every plugin, and each rule finds what it is there to find."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.packaging import rules

ROOT = Path(__file__).resolve().parents[2]
CORE = sorted((ROOT / "src").rglob("*.py"))
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
PLUGIN_FILES = [path for plugin in PLUGINS for path in sorted((plugin / "src").rglob("*.py"))]
SKIPPED_FOLDERS = {"__pycache__", "build", "dist", "node_modules", "site"}

LONG_MODULES: dict[str, str] = {
    "src/socialdesk/desk/sending.py": "one attempt and one look, which decide by the same rules",
    "src/socialdesk/connector.py": "the waist: plugin authors read it as one page, from top to end",
    "src/socialdesk/wire.py": "the waist: what goes over the wire and what comes back, one value after the other",
    "src/socialdesk/desk/schema.py": "the tables, one after the other",
    "src/socialdesk/triage/lexicon/english.py": "the words of one language, one list after the other",
    "src/socialdesk/models.py": "the values of the contract, one table of fields after the other",
}
"""Modules over 300 lines, and why each is not cut."""

LONG_FUNCTIONS: dict[str, str] = {
    "src/socialdesk/desk/migrations/versions/v0002_pushed_and_private.py:upgrade": "what they gain",
    "src/socialdesk/desk/migrations/versions/v0001_first_tables.py:upgrade": "the tables, one after the other",
}
"""Functions over 40 lines as ``path:name``, and why each is not cut."""

RUN_TIME_ONLY: dict[str, str] = {}
"""Dependencies that no module imports by name, and why they are asked for."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _is_sandbox(path: Path) -> bool:
    return any(part in {"sandbox", "sandbox.py"} for part in path.parts)


def _written() -> Iterator[Path]:
    """Every text file that belongs to the project, whether git knows it already or not."""
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if path.is_dir():
                hidden = path.name.startswith(".") and path.name not in {".ci", ".github"}
                if not hidden and path.name not in SKIPPED_FOLDERS and not path.name.endswith(".egg-info"):
                    folders.append(path)
            elif path.suffix in {
                "",
                ".cfg",
                ".css",
                ".html",
                ".ini",
                ".json",
                ".md",
                ".py",
                ".sh",
                ".toml",
                ".yaml",
                ".yml",
            }:
                yield path


def _all(check: Callable[[str], list[str]], paths: list[Path]) -> list[str]:
    return [f"{_name(path)}:{problem}" for path in paths for problem in check(path.read_text("utf-8"))]


# ------------------------------------------------------------------------------------------------------- purity


def test_one_file_of_core_imports_httpx_and_no_plugin_does() -> None:
    importing = {
        _name(path)
        for path in [*CORE, *PLUGIN_FILES]
        if any(name.partition(".")[0] == "httpx" for _, name in rules.imports(path.read_text("utf-8")))
    }
    assert importing == {"src/socialdesk/_httpx.py"}


def test_connectors_are_pure() -> None:
    assert PLUGIN_FILES
    assert _all(rules.impurities, [path for path in PLUGIN_FILES if not _is_sandbox(path)]) == []


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio",
        "import time as clock",
        "from random import choice",
        "import urllib.request",
        "from urllib import request",
        "from http.client import HTTPConnection",
        "def f():\n    import requests",
        "from os import environ",
        "text = open('settings').read()",
        "import datetime\nnow = datetime.datetime.now()",
        "from datetime import datetime as d\nnow = d.now(tz)",
        "from datetime import date\nnow = date.today",
        "import uuid\nkey = uuid.uuid4()",
    ],
)
def test_an_impure_connector_is_found(source: str) -> None:
    assert rules.impurities(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, timezone\nat = datetime.fromtimestamp(0, timezone.utc)",
        "from urllib.parse import urlsplit",
        "import uuid\nkey = uuid.uuid5(uuid.NAMESPACE_URL, 'x')",
        "def f(post, time):\n    return post.open, time.now",
    ],
)
def test_a_pure_connector_is_left_alone(source: str) -> None:
    assert rules.impurities(source) == []


def _waist_names() -> set[str]:
    return {name for module in rules.WAIST for name in dir(importlib.import_module(f"socialdesk.{module}"))}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_knows_only_the_waist(plugin: Path) -> None:
    own = f"socialdesk_{plugin.name}"
    public = _waist_names()
    problems = [
        f"{_name(path)}:{problem}"
        for path in sorted((plugin / "src").rglob("*.py"))
        for problem in rules.strangers(
            path.read_text("utf-8"), public=public, own=own, sandbox=_is_sandbox(path)
        )
    ]
    assert problems == []


def test_a_plugin_that_reaches_past_the_waist_is_found() -> None:
    def reached(source: str, sandbox: bool = False) -> list[str]:
        return rules.strangers(source, public={"Mention"}, own="socialdesk_chirp", sandbox=sandbox)

    assert reached("from socialdesk._engine import exchange") != []
    assert reached("import socialdesk.desk") != []
    assert reached("from socialdesk import Desk") != []
    assert reached("from socialdesk.testing import Sandbox") != []
    assert reached("from socialdesk.testing import Sandbox", sandbox=True) == []
    assert reached("from socialdesk import Mention\nfrom socialdesk_chirp.translate import parse") == []


# ------------------------------------------------------------------------------------------------------- dependencies


def _declared(project: Path) -> set[str]:
    wanted = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    optional = [text for texts in wanted.get("optional-dependencies", {}).values() for text in texts]
    return {Requirement(text).name.lower() for text in [*wanted["dependencies"], *optional]}


def _used(project: Path) -> dict[str, str]:
    """Distribution -> a file that imports it, for all that comes from outside of the standard library."""
    owners = packages_distributions()
    used = {}
    for path in sorted((project / "src").rglob("*.py")):
        for _, name in rules.imports(path.read_text("utf-8")):
            top = name.partition(".")[0]
            if top and top not in sys.stdlib_module_names:
                used[owners.get(top, [top])[0].lower().replace("_", "-")] = _name(path)
    return used


@pytest.mark.parametrize("project", [ROOT, *PLUGINS], ids=lambda path: path.name if path != ROOT else "core")
def test_whatever_is_imported_is_asked_for(project: Path) -> None:
    reachable = {"socialdesk", *_declared(ROOT), *_declared(project), _distribution(project)}
    undeclared = {name: path for name, path in _used(project).items() if name not in reachable}
    undeclared.pop("pydantic-core", None)  # pydantic asks for exactly its own version of it
    assert undeclared == {}


def _distribution(project: Path) -> str:
    name = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    assert isinstance(name, str)
    return name


def test_whatever_core_asks_for_is_imported() -> None:
    assert _declared(ROOT) - set(_used(ROOT)) - set(RUN_TIME_ONLY) == set()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_asks_for_core_and_is_found_by_its_platform(plugin: Path) -> None:
    project = tomllib.loads((plugin / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == f"socialdesk-{plugin.name}"
    assert "socialdesk" in {Requirement(text).name for text in project["dependencies"]}
    assert project["entry-points"]["socialdesk"] == {plugin.name: f"socialdesk_{plugin.name}"}
    assert (plugin / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (plugin / "src" / f"socialdesk_{plugin.name}" / "py.typed").is_file()


# ------------------------------------------------------------------------------------------------------- form


@pytest.mark.parametrize("package", ["socialdesk", *(f"socialdesk_{plugin.name}" for plugin in PLUGINS)])
def test_all_names_everything_that_a_package_offers(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__file__ is not None
    offered = rules.public_names(Path(module.__file__).read_text("utf-8"), package)
    assert offered <= set(module.__all__)
    assert module.__all__
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_every_ignore_has_a_code_and_a_reason() -> None:
    paths = [path for path in _written() if path.suffix == ".py"]
    assert _all(rules.silent_ignores, paths) == []


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        ("x = 1  # type: ignore\n", 1),
        ("x = 1  # type: ignore[misc]\n", 1),
        ("x = 1  # type: ignore[misc]  # bound at once\n", 0),
        ("x = 1  # noqa\n", 1),
        ("x = 1  # noqa: E501\n", 1),
        ("x = 1  # noqa: E501  # an address\n", 0),
        ("x = 1  # noqa: S324, S101 the platform wants it\n", 0),
        ("x = 1  # type: ignore[misc]  # noqa: E501  # both, for a reason\n", 0),
        ("x = 1  # type: ignore[misc]  # noqa\n", 1),
        ("# ruff: noqa\nx = 1\n", 1),
        ("# mypy: ignore-errors\nx = 1\n", 1),
        ("x = '# noqa'\n", 0),
    ],
)
def test_an_ignore_without_code_or_reason_is_found(source: str, problems: int) -> None:
    assert len(rules.silent_ignores(source)) == problems


def test_long_modules_are_cut_or_have_a_reason() -> None:
    lines = {_name(path): len(path.read_text("utf-8").splitlines()) for path in [*CORE, *PLUGIN_FILES]}
    long = {name: count for name, count in lines.items() if count > rules.LINES_OF_A_MODULE}
    assert {name: count for name, count in long.items() if name not in LONG_MODULES} == {}
    assert set(LONG_MODULES) - set(long) == set()  # what was cut needs its reason no more


def test_long_functions_are_cut_or_have_a_reason() -> None:
    long = {
        f"{_name(path)}:{name}": count
        for path in [*CORE, *PLUGIN_FILES]
        for name, count in rules.long_functions(path.read_text("utf-8"))
    }
    assert {name: count for name, count in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) - set(long) == set()  # what was cut needs its reason no more


def test_a_long_function_is_found_and_its_docstring_does_not_count() -> None:
    body = "    x = 1\n" * 39
    docstring = '    """One.\n\n    Two.\n    """\n'
    assert rules.long_functions(f"def f():\n{docstring}{body}") == []
    assert rules.long_functions(f"def f():\n{body}    y = 2\n") == [("f", 41)]


# ------------------------------------------------------------------------------------------------------- addresses

# Put together here, so that this file itself names none.
REGISTRIES = [
    ".".join(parts)
    for parts in [("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("npmjs", "com")]
]
HOMES = ("work", "root", "home", "Users")
FOLDERS_OF_A_MACHINE = re.compile(rf"(?:^|[^\w.:/])/(?:{'|'.join(HOMES)})/\w", re.MULTILINE)


def _addresses(text: str) -> list[str]:
    return [name for name in REGISTRIES if name in text] + FOLDERS_OF_A_MACHINE.findall(text)


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = {_name(path): names for path in _written() if (names := _addresses(path.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize("text", [f"see https://{REGISTRIES[0]}/simple", f"cd /{HOMES[1]}/x"])
def test_an_address_is_found(text: str) -> None:
    assert _addresses(text) != []


def test_the_link_of_a_post_is_no_folder_of_a_machine() -> None:
    assert _addresses("https://example.org/" + "home/timeline") == []
