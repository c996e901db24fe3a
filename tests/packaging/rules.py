"""The house rules that no ordinary linter knows, as functions from a source text to what is wrong in it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache

IMPURE_MODULES = {
    **dict.fromkeys(
        ["asyncio", "anyio", "trio", "threading", "multiprocessing", "concurrent"], "core drives it"
    ),
    **dict.fromkeys(["time", "sched"], "the moment is handed to it"),
    **dict.fromkeys(["random", "secrets"], "a Stamp brings the chance"),
    **dict.fromkeys(["socket", "ssl", "socketserver", "http.client", "http.server"], "core does the I/O"),
    **dict.fromkeys(["httpx", "requests", "aiohttp", "urllib3", "urllib.request"], "it awaits a Request"),
    **dict.fromkeys(
        ["os", "subprocess", "sqlite3", "tempfile", "shutil", "pathlib", "io"], "settings are handed to it"
    ),
}
"""What no connector may import, and why: core does it, once, for all."""

IMPURE_NAMES = {
    "open": "settings are handed to it",
    "input": "settings are handed to it",
    "datetime.datetime.now": "the moment is handed to it",
    "datetime.datetime.utcnow": "the moment is handed to it",
    "datetime.datetime.today": "the moment is handed to it",
    "datetime.date.today": "the moment is handed to it",
    "uuid.uuid1": "a Stamp brings the chance",
    "uuid.uuid4": "a Stamp brings the chance",
    "uuid.uuid6": "a Stamp brings the chance",
    "uuid.uuid7": "a Stamp brings the chance",
}

WAIST = ("auth", "connector", "cutting", "errors", "hookspecs", "models", "wire")
"""The modules of core that a plugin may know; its sandbox may know ``testing`` as well."""

LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 40

_DIRECTIVE = re.compile(r"#\s*(?:type:\s*ignore|noqa\b)")
_WHOLE_FILE = re.compile(r"#\s*(?:ruff|flake8|mypy|pyright)\s*:")
_WITH_CODE = re.compile(r"#\s*(?:type: ignore\[[\w, -]+\]|noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*)\s*")


parsed = cache(ast.parse)
"""A source's tree. Several rules look at the same one, and change nothing of it."""


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Every import as (line, dotted name); ``from a import b`` gives ``a.b``."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                (node.lineno, f"{'.' * node.level}{node.module or ''}.{name.name}") for name in node.names
            )


def _is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def _origins(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                origins[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                origins[name.asname or name.name] = f"{node.module}.{name.name}"
    return origins


def _dotted(node: ast.expr, origins: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return origins.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, origins)
        return f"{base}.{node.attr}" if base else None
    return None


def impurities(source: str) -> list[str]:
    """Where a connector would do I/O, wait, or look at a clock, at chance or at the environment."""
    tree = parsed(source)
    found = {
        (line, f"imports {name}: {reason}")
        for line, name in imports(source)
        for module, reason in IMPURE_MODULES.items()
        if _is_within(name, module)
    }
    origins = _origins(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = _dotted(node, origins)
            if name in IMPURE_NAMES:
                found.add((node.lineno, f"uses {name}: {IMPURE_NAMES[name]}"))
    return [f"{line}: {text}" for line, text in sorted(found)]


def strangers(source: str, *, public: Iterable[str], own: str, sandbox: bool) -> list[str]:
    """Where a plugin imports more of core than the waist. ``public`` are the names that the waist's modules hold."""
    modules = (*WAIST, "testing") if sandbox else WAIST
    open_to_all = {f"socialdesk.{name}" for name in public}
    return [
        f"{line}: imports {name}, which is not of the waist"
        for line, name in imports(source)
        if _is_within(name, "socialdesk")
        and not _is_within(name, own)
        and name not in open_to_all
        and not any(_is_within(name, f"socialdesk.{module}") for module in modules)
    ]


def silent_ignores(source: str) -> list[str]:
    """Every ``type: ignore`` and ``noqa`` without a code, or without a reason after it, and those for a whole file."""
    found: list[str] = []
    if not (_DIRECTIVE.search(source) or _WHOLE_FILE.search(source)):
        return found
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if _WHOLE_FILE.match(token.string):
            found.append(f"{token.start[0]}: is for the whole file: {token.string}")
        elif directive := _DIRECTIVE.search(token.string):
            rest = _WITH_CODE.sub("", token.string[directive.start() :])
            if _DIRECTIVE.search(rest):
                found.append(f"{token.start[0]}: names no code: {token.string}")
            elif not re.match(r"[#-]?\s*\w", rest):
                found.append(f"{token.start[0]}: gives no reason: {token.string}")
    return found


def long_functions(source: str) -> list[tuple[str, int]]:
    """(name, lines) of every function that is longer than a reader keeps in mind; its docstring does not count."""
    found = []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, last = node.body[0], node.end_lineno or node.lineno
            documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
            lines = last - node.lineno + 1 - docstring
            if lines > LINES_OF_A_FUNCTION:
                found.append((node.name, lines))
    return found


def public_names(source: str, package: str) -> set[str]:
    """What an ``__init__`` offers: names without underscore that it defines or takes from its own package."""
    found: set[str] = set()
    tree = parsed(source)
    guarded = [node for block in tree.body if isinstance(block, ast.If) for node in block.body]
    for node in [*tree.body, *guarded]:
        if isinstance(node, ast.ImportFrom) and _is_within(node.module or "", package):
            found.update(name.asname or name.name for name in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(target.id for target in targets if isinstance(target, ast.Name))
    return {name for name in found if not name.startswith("_")}
