"""Saying things: tables for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
import typer

__all__ = ["ago", "clock", "complain", "one_line", "say", "say_json", "say_table"]

# What a terminal would act on: control characters, and marks that turn the direction of writing.
_HARMFUL = dict.fromkeys((*range(32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)))
_HARMFUL.pop(0x0A)


def harmless(text: str) -> str:
    """Text of strangers as it may be written to a terminal."""
    return text.replace("\t", " ").translate(_HARMFUL)


def one_line(text: str) -> str:
    return " ".join(harmless(text).split())


def say(text: str = "") -> None:
    typer.echo(harmless(text))


def complain(text: str) -> None:
    typer.echo(harmless(text), err=True)


def say_json(value: Any) -> None:
    """Values of the contract, or plain ones, as JSON."""
    typer.echo(orjson.dumps(_plain(value), option=orjson.OPT_INDENT_2, default=str).decode())


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as the terminal; the last column takes what is left. Written to a file, nothing is cut."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        last = index == len(columns) - 1
        table.add_column(column, overflow="fold", ratio=1 if last else None, no_wrap=not last)
    for row in rows:
        table.add_row(*(Text(one_line(str("" if cell is None else cell))) for cell in row))
    terminal = sys.stdout.isatty()
    Console(width=None if terminal else 160, highlight=False, file=sys.stdout).print(table)


def clock(moment: datetime | None) -> str:
    """A time as people read it, in UTC."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}Z"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
