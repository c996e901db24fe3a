"""What came of many plays, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from socialdesk.testing.simulation._play import Play

__all__ = ["Report"]


@dataclass
class Report:
    """Counts over ``runs`` plays. ``broken`` names each rule that did not hold, with the seed that shows it.

    ``parts`` is how many posts were to be said, and ``states`` what became of them; ``twice`` how many were said more
    than once, ``taken_for_said`` and ``taken_for_unsaid`` how many the desk was wrong about, ``stuck`` in how many
    plays something was left for good with nobody asked. ``asked`` is how many were left to a person, ``requests`` how
    many requests were made in all, ``seconds`` how long the plays took on the platform's clock, ``struck`` how often
    something struck.
    """

    name: str = ""
    runs: int = 0
    parts: int = 0
    twice: int = 0
    taken_for_said: int = 0
    taken_for_unsaid: int = 0
    stuck: int = 0
    requests: int = 0
    seconds: float = 0.0
    struck: int = 0
    states: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return self.states["needs_human"]

    @property
    def ok(self) -> bool:
        """Whether every rule held."""
        return not self.broken

    def take(self, play: Play, label: object) -> None:
        """Count one play that has ended."""
        play.watch.ended(play.settled())
        states = play.world.part_states()
        self.runs += 1
        self.parts += len(states)
        self.states.update(states)
        self.requests += play.watch.requests
        self.seconds += play.settled_at - play.began_at
        self.struck += play.struck
        for words in play.watch.broken:
            rule = words.partition(" ")[0]
            self.twice += rule == "P1"
            self.taken_for_said += rule == "P2"
            self.taken_for_unsaid += rule == "P11"
            self.broken.append(f"{label}: {words}")
        self.stuck += any(words.startswith("P3 ") for words in play.watch.broken)

    def add(self, other: Report) -> None:
        """Count in what another report has."""
        for name in (
            "runs",
            "parts",
            "twice",
            "taken_for_said",
            "taken_for_unsaid",
            "stuck",
            "requests",
            "struck",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        self.states.update(other.states)
        self.broken += other.broken

    def __str__(self) -> str:
        counted = (
            f"{self.name or 'simulation'}: {self.runs} runs, {self.parts} posts, struck {self.struck} times: "
            f"{self.twice} said twice, {self.taken_for_said} taken for said, "
            f"{self.taken_for_unsaid} taken for not said, {self.stuck} stuck, {self.asked} left to a person"
        )
        return "\n".join((counted, *self.broken[:20]))
