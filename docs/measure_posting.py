"""Play our way to send and others' against each other: ``python docs/measure_posting.py``.

Writes the tables into ``explanation/never-post-twice.md`` and the plot beside it. It takes minutes; the same sizes give
the same figures. ``--small`` plays a few of each and prints the tables, and writes nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from socialdesk.testing.simulation.comparing import Row, compare, late_by_grace, sleepers

EXPLANATION = Path(__file__).resolve().parent / "explanation"
PAGE = EXPLANATION / "never-post-twice.md"
PLOT = EXPLANATION / "never-post-twice.svg"
_BLOCK = "<!-- measured: {0} -->\n{1}\n<!-- end -->"


@dataclass(frozen=True)
class Sizes:
    """How much is played: seeds of each combination of one fault, storms of many, and runs of what cannot be solved."""

    seeds: int = 1
    storms: int = 50
    runs: int = 40


SMALL = Sizes(1, 4, 4)


def share(part: int, whole: int) -> str:
    return f"{part}" if not part else f"{part} ({100 * part / whole:.1f} %)"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def ways(rows: Sequence[Row]) -> str:
    head = (
        *("way to send", "one fault: posts", "twice", "to a person"),
        *("many faults: posts", "twice", "to a person", "requests a post", "minutes a play"),
    )
    return table(
        head,
        [
            (
                *(name, one.parts, share(one.twice, one.parts), one.asked),
                *(many.parts, share(many.twice, many.parts), many.asked),
                *(f"{many.requests / many.parts:.1f}", f"{many.seconds / many.runs / 60:.0f}"),
            )
            for name, one, many in rows
        ],
    )


def tables(sizes: Sizes, rows: Sequence[Row]) -> dict[str, str]:
    """The page's tables by name."""
    grace = [(f"{seconds} s", report.runs, report.twice) for seconds, report in late_by_grace(sizes.runs)]
    asleep = [(kind, report.runs, report.twice) for kind, report in sleepers(sizes.runs)]
    return {
        "ways": ways(rows),
        "grace": table(("grace", "plays", "said twice"), grace),
        "sleepers": table(("settled by", "plays", "said twice"), asleep),
    }


def plot(rows: Sequence[Row]) -> str:
    """Bars: posts said twice, and posts left to a person, of a hundred, where many faults strike."""
    box = f"0 0 760 {60 + 44 * len(rows)}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<rect x="270" y="14" width="12" height="12" fill="#b3261e"/><text x="288" y="25">said twice</text>',
        '<rect x="380" y="14" width="12" height="12" fill="#8a8a8a"/><text x="398" y="25">left to a person</text>',
        '<text x="520" y="25">of 100 posts, many faults at a time</text>',
    ]
    for number, (name, _one, many) in enumerate(rows):
        top = 46 + 44 * number
        lines.append(f'<text x="260" y="{top + 20}" text-anchor="end">{name}</text>')
        for offset, colour, count in ((0, "#b3261e", many.twice), (16, "#8a8a8a", many.asked)):
            part = 100 * count / many.parts
            lines.append(
                f'<rect x="270" y="{top + offset}" width="{max(part * 6, 1):.1f}" height="13" fill="{colour}"/>'
                f'<text x="{276 + max(part * 6, 1):.1f}" y="{top + offset + 11}" font-size="11">{part:.1f}</text>'
            )
    return "\n".join((*lines, "</svg>")) + "\n"


def written(page: str, named: dict[str, str]) -> str:
    """The page with these tables in it."""
    for name, text in named.items():
        block = re.compile(rf"<!-- measured: {name} -->\n.*?\n<!-- end -->", re.DOTALL)
        page = block.sub(lambda _match, name=name, text=text: _BLOCK.format(name, text), page)
    return page


def main(arguments: list[str]) -> int:
    """Play, and write or print what came of it."""
    sizes = SMALL if "--small" in arguments else Sizes()
    rows = list(compare(sizes.seeds, sizes.storms))
    named = tables(sizes, rows)
    if sizes is SMALL:
        print("\n\n".join(named.values()))
        return 0
    PAGE.write_text(written(PAGE.read_text("utf-8"), named), "utf-8")
    PLOT.write_text(plot(rows), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
