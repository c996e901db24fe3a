"""Write the reference from the code's own words: ``python docs/generate.py``.

The pages say what the docstrings say, and the JSON schemas what pydantic does. ``--check`` changes nothing and tells
what is stale.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from pydantic import BaseModel

from socialdesk import connector, errors, hookspecs, models, wire
from socialdesk._engine.reasons import PRECEDENCE, REASONS
from socialdesk.cli.main import app

DOCS = Path(__file__).resolve().parent
REFERENCE = DOCS / "reference"
PUBLISHED = (
    "Author",
    "Conversation",
    "Event",
    "Health",
    "Labels",
    "Mention",
    "Plan",
    "Receipt",
    "Reply",
    "Rule",
)
NOTE = "<!-- written by docs/generate.py from the code: change the docstrings, not this page -->"

_ROLE = re.compile(r":(?:class|meth|mod|func):`~?([^`]+)`")


def plain(text: str) -> str:
    """A docstring as Markdown: names of code in backticks, literal blocks indented."""
    text = _ROLE.sub(lambda match: f"`{match[1].rpartition('.')[2] if '~' in match[0] else match[1]}`", text)
    return text.replace("``", "`").replace("::\n", ":\n").strip()


def described(thing: Any) -> str:
    """Its own docstring; nothing where it has none of its own."""
    own = thing.__dict__.get("__doc__") if isinstance(thing, type) else thing.__doc__
    text = inspect.cleandoc(own or "")
    return "" if text.startswith(f"{getattr(thing, '__name__', '')}(") else plain(text)


def written(annotation: Any) -> str:
    """A type as its source spells it, as far as can be told."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    for noise in ("typing.", "collections.abc.", "datetime.", "socialdesk.models.", "socialdesk.wire."):
        text = text.replace(noise, "")
    text = re.sub(r"Annotated\[(\w+), [^\]]*\]", r"\1", text)
    return text.replace("|", "\\|")


def constant(value: Any) -> str:
    """A default as it would be typed."""
    if isinstance(value, BaseModel) and value == type(value)():
        text = f"{type(value).__name__}()"
    else:
        text = repr(value) if not isinstance(value, str) else f'"{value}"'
    return f"`{text}`".replace("|", "\\|")


def model_fields(kind: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    """(name, type, default) of each field of a model, in order."""
    for name, field in kind.model_fields.items():
        spelled = kind.__annotations__.get(name, field.annotation)
        if field.is_required():
            default = "required"
        elif field.default_factory is not None:
            default = f"`{field.default_factory.__name__}()`"
        else:
            default = constant(field.default)
        yield name, written(spelled), default


def value_fields(kind: Any) -> Iterator[tuple[str, str, str]]:
    """The same of a dataclass."""
    for field in dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING:
            default = constant(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            default = f"`{getattr(field.default_factory, '__name__', 'value')}()`"
        else:
            default = "required"
        yield field.name, written(field.type), default


def table(rows: Iterator[tuple[str, str, str]]) -> str:
    """Fields as a table; empty where there are none."""
    lines = [f"| `{name}` | `{kind}` | {default} |" for name, kind, default in rows]
    if not lines:
        return ""
    return "\n".join(["| field | type | default |", "|---|---|---|", *lines])


def public(module: ModuleType) -> list[str]:
    """The names that a module offers, in the order in which it defines them."""
    own = module.__name__
    names = [name for name in module.__all__ if getattr(getattr(module, name), "__module__", None) == own]
    return sorted(names, key=lambda name: inspect.getsourcelines(getattr(module, name))[1])


def _chapter(level: int, name: str, *paragraphs: str) -> str:
    return "\n\n".join([f"{'#' * level} {name}", *(text for text in paragraphs if text)])


def models_page() -> str:
    """Every value that a helpdesk sees."""
    parts = [_chapter(1, "Models", NOTE, described(models))]
    for name in public(models):
        kind = getattr(models, name)
        fields = table(model_fields(kind)) if issubclass(kind, BaseModel) else ""
        schema = f"[JSON schema](schema/{name}.json)" if name in PUBLISHED else ""
        parts.append(_chapter(2, name, described(kind), fields, schema))
    closed = [
        f"| `{name}` | {', '.join(f'`{value}`' for value in getattr(models, name).__args__)} |"
        for name in (
            "Kind",
            "Direction",
            "Visibility",
            "State",
            "Path",
            "Mode",
            "Sender",
            "Overflow",
            "PartState",
            "HealthState",
            "HealthReason",
        )
    ]
    parts.append(_chapter(2, "Closed lists", "\n".join(["| name | values |", "|---|---|", *closed])))
    return "\n\n".join(parts) + "\n"


def signature(function: Any) -> str:
    """How a method is called, without self."""
    told = inspect.signature(function)
    kept = [item for name, item in told.parameters.items() if name != "self"]
    shown = str(told.replace(parameters=kept)).replace("'", "")
    return (
        f"async {function.__name__}{shown}"
        if inspect.iscoroutinefunction(function)
        else f"{function.__name__}{shown}"
    )


def connector_page() -> str:
    """The waist: the methods of a connector, and the values that they take and give."""
    parts = [_chapter(1, "Connector", NOTE, described(connector)), _methods(connector.Connector)]
    names = [name for name in public(connector) if name not in ("Connector", "Item")]
    for module, chosen in ((connector, names), (wire, ["Request", "Response", "Headers", "Json", "Form"])):
        for name in chosen:
            kind = getattr(module, name)
            if dataclasses.is_dataclass(kind):
                rows = (row for row in value_fields(kind) if row[0] != "_")
                parts.append(_chapter(2, name, described(kind), table(rows)))
            else:
                parts.append(_chapter(2, name, described(kind)))
    return "\n\n".join(parts) + "\n"


def _methods(kind: type) -> str:
    parts = [_chapter(2, kind.__name__, described(kind))]
    for name, member in vars(kind).items():
        if name.startswith("_") or not (inspect.isfunction(member) or isinstance(member, property)):
            continue
        if isinstance(member, property):
            given = written(member.fget.__annotations__["return"]).replace("\\|", "|")
            parts.append(_chapter(3, f"`{name}: {given}`", described(member)))
        else:
            parts.append(_chapter(3, f"`{signature(member)}`", described(member)))
    return "\n\n".join(parts)


def hooks_page() -> str:
    """The hooks, in the order of their file."""
    parts = [_chapter(1, "Hooks", NOTE, described(hookspecs))]
    for name, hook in vars(hookspecs).items():
        if name.startswith("socialdesk_"):
            parts.append(_chapter(2, f"`{signature(hook)}`", described(hook)))
    return "\n\n".join(parts) + "\n"


def errors_page() -> str:
    """The tree of errors."""
    head, _, tail = inspect.cleandoc(errors.__doc__ or "").partition("::\n\n")
    tree, _, rest = tail.partition("\n\n")
    parts = [_chapter(1, "Errors", NOTE, plain(head), tree, plain(rest))]
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.SocialdeskError):
            above = kind.__mro__[1].__name__
            parent = f"Is a `{above}`." if above != "Exception" else ""
            parts.append(_chapter(2, name, described(kind), parent))
    reasons = ", ".join(f"`{reason}`" for reason in errors.Rejected.REASONS)
    parts.append(_chapter(2, "Reasons of Rejected", reasons))
    return "\n\n".join(parts) + "\n"


def health_page() -> str:
    """Every reason for an account's health, the gravest state first."""
    words = (
        "[Health and coverage](../explanation/health-and-coverage.md) says how it is judged. Of several states "
        "the first in this table is told."
    )
    rows = [
        f"| `{each.state}` | `{reason}` | {each.words} | {each.advice} |"
        for state in PRECEDENCE
        for reason, each in REASONS.items()
        if each.state == state
    ]
    head = ["| state | reason | what it says | what to do |", "|---|---|---|---|"]
    ok = "| `ok` | none | All is well. | |"
    return _chapter(1, "Health", NOTE, words, "\n".join([*head, *rows, ok])) + "\n"


def cli_page() -> str:
    """The commands, with what each one takes."""
    root: Any = typer.main.get_command(app)  # a group, which has no public name
    intro = "`socialdesk` is one command with others below it. [Settings](settings.md) tells the exit codes."
    parts = [_chapter(1, "Command line", NOTE, intro), _chapter(2, "For all commands", _parameters(root))]
    parts += [_command(f"socialdesk {name}", command) for name, command in sorted(root.commands.items())]
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: Any) -> str:
    below = [_command(f"{name} {word}", each) for word, each in getattr(command, "commands", {}).items()]
    own = command.callback.__doc__ if command.callback is not None else None
    text = _chapter(2, f"`{name}`", plain(inspect.cleandoc(own or command.help or "")), _parameters(command))
    return "\n\n".join([text, *below])


def _parameters(command: Any) -> str:
    rows = [
        f"| {_spelled(item)} | {'yes' if item.multiple else ''} | {_meaning(item)} |"
        for item in command.params
        if item.name != "help"
    ]
    return "\n".join(["| takes | repeatable | meaning |", "|---|---|---|", *rows]) if rows else ""


def _spelled(item: Any) -> str:
    if item.param_type_name == "argument":
        return f"`{item.metavar}`" if item.required else f"`[{item.metavar}]`"
    names = " / ".join(f"`{name}`" for name in [*item.opts, *item.secondary_opts])
    return names if item.is_flag else f"{names} `{(item.metavar or 'VALUE').replace('|', chr(92) + '|')}`"


def _meaning(item: Any) -> str:
    told = [item.help or ""]
    if item.default not in (None, False, True):
        told.append(f"By default `{item.default}`.")
    if item.envvar:
        told.append(f"May stand in the environment as `{item.envvar}`.")
    return " ".join(told).replace("|", "\\|")


def files() -> dict[Path, str]:
    """Every file of the generated reference, with its text."""
    from docs import (
        platforms,  # found where the repository's folder is on the path, as in tests and in main()
    )

    found = {
        **platforms.files(REFERENCE, NOTE),
        REFERENCE / "models.md": models_page(),
        REFERENCE / "connector.md": connector_page(),
        REFERENCE / "hooks.md": hooks_page(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "health.md": health_page(),
        REFERENCE / "cli.md": cli_page(),
    }
    for name in PUBLISHED:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **getattr(models, name).model_json_schema(mode="serialization"),
        }
        found[REFERENCE / "schema" / f"{name}.json"] = json.dumps(schema, indent=2, sort_keys=True) + "\n"
    return found


def main(arguments: list[str]) -> int:
    """Write what is stale, or tell it."""
    sys.path.insert(0, str(DOCS.parent))
    stale = [
        (path, text) for path, text in files().items() if not path.exists() or path.read_text("utf-8") != text
    ]
    for path, text in stale:
        print(
            f"{'stale' if '--check' in arguments else 'written'}: {path.relative_to(DOCS.parent).as_posix()}"
        )
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
