"""What each platform can do, asked of its plugin: the table of all of them, and a page for each.

A plugin is asked as a desk asks it: connected to its own sandbox, with everything granted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from socialdesk.cli.platforms import sandbox_of
from socialdesk.client import Client
from socialdesk.connector import Connector, Limit, Stream
from socialdesk.models import Mode
from socialdesk.registry import Registry

HEADINGS = ("Settings", "Abilities", "Limits", "Costs", "Quirks", "Sandbox")
"""The chapters of every plugin's README, in their order."""
FEW = 8
"""How many limits fit into a cell."""
SPOKEN: tuple[tuple[str, Mode], ...] = (
    ("in public", "public"),
    ("in private", "private"),
    ("in a message", "direct"),
)
SETTLED = {
    "client_id": "by an id that we choose",
    "key": "by an idempotency key",
    "readback": "by reading back",
    "none": "not at all: a person is asked",
}

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Platform:
    """A plugin's connector, signed in, with its README."""

    name: str
    title: str
    connector: Connector[Any, Any]
    readme: str


def platforms() -> list[Platform]:
    """Every installed plugin of this repository, by the name of its platform."""
    registry = Registry()
    found = []
    for name in registry.platforms():
        readme = _ROOT / "plugins" / name / "README.md"
        if readme.is_file():
            sandbox = sandbox_of(registry.connector(name))
            client = Client(registry.connect(name, sandbox.settings), transport=sandbox)
            client.identify()
            text = readme.read_text("utf-8")
            title = text.partition("\n\n")[2].partition(" for socialdesk")[0]
            found.append(Platform(name, title, client.connector, text))
    return found


# ---------------------------------------------------------------------------------------------------- the table


def abilities_page(note: str) -> str:
    """Platforms and abilities, with lengths, deadlines and limits."""
    known = platforms()
    rows = [*_heard(known), *_said(known), *_others(known)]
    table = "\n".join(_row(row) for row in [["", *(platform.title for platform in known)], *rows])
    head, _, body = table.partition("\n")
    parts = [
        "# Platforms",
        note,
        "What each platform can do at most; an account's own credentials may allow less, and what may be done with one "
        "mention at one moment is told by `actions`. A name leads to the platform's own page.",
        "\n".join([head, "|---" * (len(known) + 1) + "|", body]),
        "- " + "\n- ".join(f"[{each.title}](platforms/{each.name}.md)" for each in known),
    ]
    return "\n\n".join(parts) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _heard(known: list[Platform]) -> Iterator[list[str]]:
    names = dict.fromkeys(stream.name for each in known for stream in each.connector.streams)
    for name in names:
        cells = []
        for each in known:
            stream = next((one for one in each.connector.streams if one.name == name), None)
            cells.append("" if stream is None else _listing(stream))
        yield [f"hears: {name}", *cells]
    yield ["hears by being told", *("yes" if _overrides(each, "parse_webhook") else "" for each in known)]


def _listing(stream: Stream) -> str:
    told = ["yes" if stream.polled else "when it is looked at"]
    if not stream.complete:
        told.append("not all")
    return ", ".join(told)


def _overrides(platform: Platform, method: str) -> bool:
    return getattr(type(platform.connector), method) is not getattr(Connector, method)


def _said(known: list[Platform]) -> Iterator[list[str]]:
    for words, mode in SPOKEN:
        cells = []
        for each in known:
            able = mode == "public" or mode in each.connector.capabilities.abilities
            limit = each.connector.count("", mode).limit if able else None
            within = each.connector.capabilities.deadlines.get(mode)
            cells.append(", ".join([*_up_to(able, limit), *_for(within)]))
        yield [f"answers {words}", *cells]


def _up_to(able: bool, limit: int | None) -> list[str]:
    if not able:
        return []
    return ["yes"] if limit is None else [f"up to {limit:,}"]


def _for(within: timedelta | None) -> list[str]:
    return [] if within is None else [f"for {_span(within)}"]


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:g} hours" if hours <= 72 else f"{hours / 24:g} days"


def _others(known: list[Platform]) -> Iterator[list[str]]:
    shown = {"reply", "lookup", "private", "direct"}
    shown |= {stream.name for each in known for stream in each.connector.streams}
    names = sorted({name for each in known for name in each.connector.capabilities.abilities} - shown)
    for name in names:
        cells = []
        for each in known:
            stated = each.connector.capabilities
            able = name in stated.abilities
            cells.append(", ".join(["yes", *_for(stated.deadlines.get(name))]) if able else "")
        yield [name, *cells]
    each_one: list[tuple[str, Callable[[Platform], str]]] = [
        ("looks up at once", lambda one: _batch(one.connector)),
        ("settles an unknown outcome", lambda one: SETTLED[one.connector.capabilities.settle]),
        ("limits", lambda one: "<br>".join(_shortest(one.connector.limits)) or "as its answers tell"),
    ]
    for words, tell in each_one:
        yield [words, *(tell(one) for one in known)]


def _batch(connector: Connector[Any, Any]) -> str:
    stated = connector.capabilities
    return f"{stated.lookup_batch}" if "lookup" in stated.abilities else ""


def _shortest(limits: tuple[Limit, ...]) -> list[str]:
    """The limits, where they are few: else how many the platform's own page names."""
    if len(limits) > FEW:
        return [f"{len(limits)}, one for each kind of call: see its page"]
    return [f"{limit.bucket}: {limit_in_words(limit)}" for limit in limits]


def limit_in_words(limit: Limit) -> str:
    per = f"a {limit.per} ({limit.tz})" if isinstance(limit.per, str) else f"{_seconds(limit.per)}"
    return f"{limit.amount:,} in {per}, by {limit.shared_by}"


def _seconds(seconds: float) -> str:
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % size == 0:
            return f"{seconds / size:g} {unit}{'' if seconds == size else 's'}"
    return f"{seconds:g} seconds"


# ----------------------------------------------------------------------------------------------------- the pages


def platform_page(platform: Platform, note: str) -> str:
    """One platform: what its README says, with the limits and settings as the code declares them."""
    text = re.sub(r"(?m)^ {4}(\S.*)$", r"`\1`", platform.readme.partition("\n")[2].strip())
    chapters = re.split(r"(?m)^## ", text)
    found = [chapter.partition("\n")[0].strip() for chapter in chapters[1:]]
    if tuple(found) != HEADINGS:
        raise SystemExit(f"plugins/{platform.name}/README.md has the chapters {found}, not {list(HEADINGS)}")
    parts = [f"# {platform.title}", note, chapters[0].strip()]
    for name, chapter in zip(HEADINGS, chapters[1:], strict=True):
        parts += [f"## {name}", chapter.partition("\n")[2].strip()]
        if name == "Limits" and platform.connector.limits:
            parts += ["As the plugin declares them:", _limits(platform.connector.limits)]
        if name == "Abilities":
            parts += ["What may be asked of it:", _asked(platform.connector)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _limits(limits: tuple[Limit, ...]) -> str:
    rows = [
        f"| `{limit.bucket}` | {limit_in_words(limit)} |"
        for limit in sorted(limits, key=lambda limit: limit.bucket)
    ]
    return "\n".join(["| bucket | limit |", "|---|---|", *rows])


def _asked(connector: Connector[Any, Any]) -> str:
    stated = connector.capabilities
    streams = ", ".join(f"`{stream.name}`" for stream in connector.streams)
    able = ", ".join(f"`{name}`" for name in sorted(stated.abilities))
    lines = [f"| streams | {streams} |", f"| abilities | {able} |"]
    lines += [f"| `{name}` stays open | {_span(span)} |" for name, span in sorted(stated.deadlines.items())]
    lines.append(f"| an unknown outcome is settled | {SETTLED[stated.settle]} |")
    return "\n".join(["| | |", "|---|---|", *lines])


def files(reference: Path, note: str) -> dict[Path, str]:
    """The table and the pages."""
    pages = {reference / "platforms" / f"{each.name}.md": platform_page(each, note) for each in platforms()}
    return {reference / "platforms.md": abilities_page(note), **pages}


__all__ = ["HEADINGS", "Platform", "abilities_page", "files", "platform_page", "platforms"]
