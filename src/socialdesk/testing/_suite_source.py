"""What a connector's source may hold: it does no I/O, does not wait, and asks neither clock nor chance."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["impurities", "modules_of"]

_CORE_DOES = "core performs what is awaited: await a Request"
_HANDED = "take the moment from Window.now, Standing.now, Part.at or a Stamp"
_CHOSEN = "take chance from Part.key or a Stamp, which a repeated attempt keeps"
_SETTING = "take it from the settings, declared in Config"

FORBIDDEN = {
    **dict.fromkeys(["asyncio", "anyio", "trio", "threading", "multiprocessing", "concurrent"], _CORE_DOES),
    **dict.fromkeys(["httpx", "requests", "aiohttp", "urllib3", "urllib.request", "http.client"], _CORE_DOES),
    **dict.fromkeys(["socket", "ssl", "subprocess", "sqlite3"], _CORE_DOES),
    **dict.fromkeys(["time", "sched"], _HANDED),
    **dict.fromkeys(["random", "secrets"], _CHOSEN),
    **dict.fromkeys(["os", "pathlib", "tempfile", "io"], _SETTING),
}
"""Modules that a connector does not import, and what to do instead."""

CALLS = {
    "open": _SETTING,
    "input": _SETTING,
    **dict.fromkeys(["datetime.now", "datetime.utcnow", "datetime.today", "date.today"], _HANDED),
    **dict.fromkeys(["uuid1", "uuid4", "uuid7", "uuid.uuid1", "uuid.uuid4", "uuid.uuid7"], _CHOSEN),
}
"""Calls that a connector does not make, by the end of their name, and what to do instead."""

FREE = {"sandbox", "sandbox.py", "tests", "testing"}
"""Parts of a plugin that stand on the platform's side, or test it."""


def modules_of(kind: type) -> tuple[Path, ...]:
    """The source files of the plugin that a class belongs to, without its sandbox and tests."""
    module = sys.modules[kind.__module__]
    top = sys.modules.get(kind.__module__.partition(".")[0])
    home = getattr(top, "__file__", None)
    if home is not None and Path(home).name == "__init__.py":
        folder = Path(home).parent
        files = sorted(folder.rglob("*.py"))
        return tuple(file for file in files if not FREE & {*file.relative_to(folder).parts})
    return (Path(module.__file__),) if module.__file__ is not None else ()


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_named(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def impurities(source: str) -> Iterator[tuple[int, str]]:
    """(line, what is wrong and what to do) for everything in a source text that a connector may not do."""
    tree = ast.parse(source)
    for line, name in _imported(tree):
        for module, advice in FORBIDDEN.items():
            if name == module or name.startswith(f"{module}."):
                yield line, f"imports {module}: {advice}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = _named(node.func)
            for name, advice in CALLS.items():
                if called == name or ("." in name and called.endswith(f".{name}")):
                    yield node.lineno, f"calls {name}(): {advice}"
