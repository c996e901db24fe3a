"""Copy the code that the pages show from the files that the tests run: ``python docs/sync.py``.

A page names the source in a comment above a fenced block::

    <!-- include: examples/hello_plugin/socialdesk_chirp.py [fetch] -->

The path counts from ``docs/``. A section runs from a line that holds ``# [name]`` alone to the next ``# [end]``;
without a name the whole file is meant. ``python docs/sync.py --check`` changes nothing and tells what is stale.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".sh": "sh", ".txt": "text"}

BLOCK = re.compile(
    r"^<!-- include: (?P<path>[\w./-]+)(?: \[(?P<section>[\w-]+)\])? -->\n```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
FENCE = re.compile(r"^ *(?:```|~~~)", re.MULTILINE)
_MARK = re.compile(r"^\s*# \[[\w-]+\]\s*$")


class IncludeError(Exception):
    """A page asks for something that is not there."""


def section(path: Path, name: str | None) -> str:
    """The text of one section, or of the whole file without its marks, with its indentation taken off."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise IncludeError(f"there is no file {path.name}") from None
    if name is not None:
        marks = [number for number, line in enumerate(lines) if line.strip() == f"# [{name}]"]
        if len(marks) != 1:
            raise IncludeError(f"{path.name} has {len(marks)} sections [{name}]")
        ends = [
            number for number, line in enumerate(lines) if line.strip() == "# [end]" and number > marks[0]
        ]
        if not ends:
            raise IncludeError(f"the section [{name}] of {path.name} has no # [end]")
        lines = lines[marks[0] + 1 : ends[0]]
    kept = [line for line in lines if not _MARK.match(line)]
    return textwrap.dedent("\n".join(kept)).strip("\n") + "\n"


def synced(page: str) -> str:
    """The page with every included block as its source has it. Raises IncludeError."""

    def block(match: re.Match[str]) -> str:
        path, name = match["path"], match["section"]
        code = section(DOCS / path, name)
        language = LANGUAGES.get(Path(path).suffix, "text")
        named = f" [{name}]" if name else ""
        return f"<!-- include: {path}{named} -->\n```{language}\n{code}```"

    return BLOCK.sub(block, page)


def strays(page: str) -> int:
    """How many fenced blocks of a page are not included from a file."""
    return len(FENCE.findall(page)) // 2 - len(BLOCK.findall(page))


def pages() -> Iterator[Path]:
    """The pages of the documentation, and the front page."""
    yield ROOT / "README.md"
    yield from sorted(path for path in DOCS.rglob("*.md") if "examples" not in path.parts)


def main(arguments: list[str]) -> int:
    """Bring the pages up to date, or tell which are not."""
    stale = []
    for page in pages():
        before = page.read_text("utf-8")
        after = synced(before)
        if after != before:
            stale.append(page.relative_to(ROOT).as_posix())
            if "--check" not in arguments:
                page.write_text(after, "utf-8")
    for name in stale:
        print(f"stale: {name}" if "--check" in arguments else f"rewritten: {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
