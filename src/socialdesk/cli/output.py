"""Saying things: tables for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
import typer

if TYPE_CHECKING:
    from socialdesk.models import Health

__all__ = ["ago", "clock", "complain", "described", "one_line", "say", "say_json", "say_table"]

PIPED = 160
"""Columns of a table that is written to no terminal."""

LEAST = 24
"""Columns that the last cell of a row needs beside the others."""

GAP = 3
"""Columns between two cells."""

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


def described(health: Health) -> str:
    """How an account is, in a line: hearing and answering apart where they differ."""
    state: str = health.state
    if health.inbound != health.outbound:
        state = f"hearing {health.inbound}, answering {health.outbound}"
    reason = f" ({health.reason}): {health.text}" if health.reason is not None else ""
    return f"{state}{reason}"


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
    """A table; the last column takes what is left of the width and is folded, the others are never cut.

    Where too little is left for the last one, each row becomes a line with the last cell below it. The width is the
    terminal's; in a file or a pipe it is that of COLUMNS, or 160.
    """
    from rich.cells import cell_len

    cells = [[one_line(str("" if cell is None else cell)) for cell in row] for row in rows]
    width = shutil.get_terminal_size((PIPED, 24)).columns
    widest = [max(map(cell_len, column)) for column in zip(columns, *cells, strict=True)]
    left = width - sum(widest[:-1]) - GAP * (len(columns) - 1)
    if left < min(LEAST, widest[-1]):
        _say_blocks(cells, width)
    else:
        _say_grid(columns, cells, width)


def _say_blocks(rows: Iterable[Sequence[str]], width: int) -> None:
    for *cells, last in rows:
        say(textwrap.fill(" · ".join(filter(None, cells)), width, break_on_hyphens=False))
        if last:
            say(textwrap.fill(last, width, initial_indent="    ", subsequent_indent="    "))


def _say_grid(columns: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        last = index == len(columns) - 1
        table.add_column(column, overflow="fold", ratio=1 if last else None, no_wrap=not last)
    for row in rows:
        table.add_row(*map(Text, row))
    Console(width=width, highlight=False, file=sys.stdout).print(table)


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
