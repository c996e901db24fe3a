"""What it costs to import us, and to type a command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, interleaved

BASE = "import pydantic, httpx"


def starting(quick: bool) -> Iterator[Row]:
    """Each in a fresh process, in turns."""
    programs = {
        "nothing": ["-c", "pass"],
        "base": ["-c", BASE],
        "package": ["-c", "import socialdesk"],
        "values": ["-c", "from socialdesk import Client, Mention, Registry"],
        "desk": ["-c", "from socialdesk import Desk"],
        "help": ["-m", "socialdesk", "--help"],
        "tweepy": ["-c", "import tweepy"],
    }
    took = interleaved({name: _runner(arguments) for name, arguments in programs.items()}, 3 if quick else 11)
    base = took["base"]
    yield Row("import socialdesk, against importing pydantic + httpx", took["package"] / base, 1.15)
    yield Row("  with Client, Mention and Registry", took["values"] / base, 1.15)
    yield Row("  with Desk", took["desk"] / base)
    yield Row("  socialdesk --help", took["help"] / base, 2)
    yield Row("  import tweepy, to compare", took["tweepy"] / base)
    yield Row("  a Python that does nothing, to compare", took["nothing"] / base)


def _runner(arguments: list[str]) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
