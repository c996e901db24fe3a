"""Measure triage against posts labelled by hand: ``python docs/measure_triage.py``.

Writes the tables into ``explanation/triage.md``. ``--check`` changes nothing and tells whether they are stale;
``--cost`` prints what judging a mention costs on this machine, and writes nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "explanation" / "triage.md"
sys.path.insert(0, str(DOCS.parent))

from socialdesk.models import Labels, Mention  # noqa: E402  # found by the line above, where it is not installed
from socialdesk.triage import Triage  # noqa: E402  # the same
from tests.triage.posts import Post, posts  # noqa: E402  # the same

PARTS = ("held_out", "hard")
LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "pt": "Portuguese"}
CLASSES = {
    "sentiment": ("negative", "neutral", "positive"),
    "intent": ("complaint", "question", "praise", "other"),
    "spam": (True, False),
    "relevant": (True, False),
}
NAMES = {
    ("spam", True): "spam",
    ("spam", False): "no spam",
    ("relevant", True): "about us",
    ("relevant", False): "not about us",
}
FEW = 30
_BLOCK = "<!-- measured: {0} -->\n{1}\n<!-- end -->"


@dataclass(frozen=True)
class Score:
    """How often a class was right: of what was told, and of what there was."""

    hits: int
    told: int
    there: int

    @property
    def precision(self) -> float | None:
        return self.hits / self.told if self.told else None

    @property
    def recall(self) -> float | None:
        return self.hits / self.there if self.there else None

    @property
    def f1(self) -> float | None:
        return 2 * self.hits / (self.told + self.there) if self.told + self.there else None


def judged(part: str) -> list[tuple[Post, Labels]]:
    """Each post with what triage says of it."""
    return [(post, Triage(post.about).assess(post.mention)) for post in posts(part)]


def pairs(found: Iterable[tuple[Post, Labels]], label: str) -> list[tuple[object, object]]:
    """(what there is, what was told) of the posts to which a label applies.

    Of spam, only that and the language are asked. Whether it is about us is asked of search matches alone: what is
    addressed to us is about us by its kind.
    """
    return [
        (getattr(post, label), getattr(labels, label))
        for post, labels in found
        if label in ("language", "spam")
        or (not post.spam and (label != "relevant" or post.kind == "search_match"))
    ]


def accuracy(found: Iterable[tuple[Post, Labels]], label: str) -> tuple[int, int]:
    """(how many were right, of how many)."""
    both = pairs(found, label)
    return sum(is_ == told for is_, told in both), len(both)


def score(found: Iterable[tuple[Post, Labels]], label: str, value: object) -> Score:
    """One class's score."""
    counts = Counter((is_ == value, told == value) for is_, told in pairs(found, label))
    return Score(
        hits=counts[True, True],
        told=counts[True, True] + counts[False, True],
        there=counts[True, True] + counts[True, False],
    )


def overview(part: str) -> str:
    """Accuracy for each language and label."""
    found = judged(part)
    rows = [
        "| | posts | language | sentiment | intent | spam | about us |",
        "|---|---|---|---|---|---|---|",
    ]
    for code, name in [*LANGUAGES.items(), (None, "emoji only"), ("", "all")]:
        chosen = [each for each in found if code == "" or each[0].language == code]
        cells = [_share(*accuracy(chosen, label)) for label in ("language", *CLASSES)]
        rows.append(f"| {name} | {len(chosen)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def by_class(part: str) -> str:
    """Precision, recall and F1 of each class, over all languages and in each."""
    found = judged(part)
    heads = " | ".join(("all", *LANGUAGES.values()))
    rows = [f"| | posts | {heads} |", f"|---|---|{'---|' * (len(LANGUAGES) + 1)}"]
    for label, value in _classes():
        cells = [_three(score(chosen, label, value)) for chosen in _in_each(found)]
        name = NAMES.get((label, value), f"{value}")
        rows.append(f"| {name} | {score(found, label, value).there} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _classes() -> Iterator[tuple[str, object]]:
    for label, values in CLASSES.items():
        for value in values:
            yield label, value


def _in_each(found: Sequence[tuple[Post, Labels]]) -> Iterator[list[tuple[Post, Labels]]]:
    yield list(found)
    for code in LANGUAGES:
        yield [each for each in found if each[0].language == code]


def _share(right: int, of: int) -> str:
    return f"{100 * right / of:.0f} %" if of else "-"


def _three(found: Score) -> str:
    cells = [
        "-" if each is None else f"{100 * each:.0f}" for each in (found.precision, found.recall, found.f1)
    ]
    return "-" if cells == ["-"] * 3 else " / ".join(cells)


def measured(page: str) -> str:
    """The page with its tables as they are measured now."""
    tables = {f"{part} {table.__name__}": table(part) for part in PARTS for table in (overview, by_class)}
    for name, table in tables.items():
        block = re.compile(rf"<!-- measured: {name} -->\n.*?\n<!-- end -->", re.DOTALL)
        filled = _BLOCK.format(name, table)
        page, count = block.subn(lambda _, filled=filled: filled, page)  # type: ignore[misc]  # bound at once
        if count != 1:
            raise LookupError(f"the page has {count} places for {name!r}")
    return page


# ------------------------------------------------------------------------------------------------------- cost


def cost(rounds: int = 15) -> str:
    """Microseconds of processor time for a mention, and what else there is to wait for."""
    everyone = [(Triage(post.about), post.mention) for part in ("tuning", *PARTS) for post in posts(part)]
    long = [(triage, _as_long_as_a_post(mention)) for triage, mention in everyone]
    told = [(triage, mention.model_copy(update={"language": "en"})) for triage, mention in everyone]
    lines = [_line("a labelled post", everyone, rounds), _line("the same, language told", told, rounds)]
    lines.append(_line("280 characters", long, rounds))
    code = "import time; a = time.process_time(); import socialdesk.models; b = time.process_time()\n"
    code += "from socialdesk.triage import Triage; c = time.process_time()\n"
    code += "m = socialdesk.models\nTriage().assess(m.Mention(id='a:b:c', kind='mention', text='so what'))\n"
    code += "print(f'import, after the values: {(c - b) * 1000:.0f} ms; the first mention: "
    code += "{(time.process_time() - c) * 1000:.0f} ms')"
    lines.append(f"at that, adding a million numbers took {_adding() * 1000:.0f} ms")
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # this very Python
    lines.append(told.stdout.strip())
    return "\n".join(lines)


def _adding() -> float:
    """Seconds for a million additions: what a busy or slow machine makes of everything here."""
    best = float("inf")
    for _ in range(15):
        begun, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number
        best = min(best, time.process_time() - begun)
    return best


def _as_long_as_a_post(mention: Mention) -> Mention:
    text = f"{mention.text} "
    return mention.model_copy(update={"text": (text * (280 // len(text) + 1))[:280]})


def _line(name: str, work: Sequence[tuple[Triage, Mention]], rounds: int) -> str:
    """What a mention costs: of every few of them, the best of the rounds, as other work only adds to it."""
    parts = [work[start : start + FEW] for start in range(0, len(work), FEW)]
    best = [min(_seconds(part) for _ in range(rounds)) for part in parts]
    characters = sum(len(mention.text) for _, mention in work) / len(work)
    return f"{name}: {sum(best) / len(work) * 1e6:.0f} us ({characters:.0f} characters on average)"


def _seconds(work: Sequence[tuple[Triage, Mention]]) -> float:
    begun = time.process_time()
    for triage, mention in work:
        triage.assess(mention)
    return time.process_time() - begun


def main(arguments: list[str]) -> int:
    """Write the tables, or tell that they are stale, or print the cost."""
    if "--cost" in arguments:
        print(cost())
        return 0
    before = PAGE.read_text("utf-8")
    after = measured(before)
    if after == before:
        return 0
    print(f"{'stale' if '--check' in arguments else 'written'}: {PAGE.relative_to(DOCS.parent).as_posix()}")
    if "--check" in arguments:
        return 1
    PAGE.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
