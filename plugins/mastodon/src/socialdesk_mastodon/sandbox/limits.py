"""What may be asked in how much time: windows that begin with the clock, told in the headers of every answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from socialdesk.testing.sandbox import Incoming

from .problems import Refused

PAGING = ("page", "max_id", "min_id", "since_id")
WINDOWS = {
    "api": (300, 300),
    "paged": (300, 900),
    "statuses": (300, 10_800),
    "media": (30, 1_800),
    "deletes": (30, 1_800),
}
"""How many calls within how many seconds."""


def windows_of(seen: Incoming) -> list[str]:
    """What a request draws on."""
    found = ["api"]
    if any(name in seen.query for name in PAGING):
        found.append("paged")
    if seen.method == "POST" and seen.path == "/api/v1/statuses":
        found.append("statuses")
    if seen.method == "POST" and seen.path in ("/api/v1/media", "/api/v2/media"):
        found.append("media")
    if seen.method == "DELETE" and seen.path.startswith("/api/v1/statuses/"):
        found.append("deletes")
    return found


@dataclass
class Limits:
    """The calls so far. ``allowed`` may be changed: how many a window holds, by its name."""

    allowed: dict[str, int] = field(
        default_factory=lambda: {name: most for name, (most, _) in WINDOWS.items()}
    )
    _used: dict[tuple[str, str, datetime], int] = field(default_factory=dict)

    def spend(self, who: str, seen: Incoming, now: datetime) -> tuple[dict[str, str], bool]:
        """Count a call: the headers that tell of the window which is closest to its end of calls, and whether it is
        let through."""
        closest: tuple[int, datetime, int] | None = None
        through = True
        for name in windows_of(seen):
            most, seconds = self.allowed[name], WINDOWS[name][1]
            began = datetime.fromtimestamp(now.timestamp() // seconds * seconds, timezone.utc)
            used = self._used[who, name, began] = self._used.get((who, name, began), 0) + 1
            through = through and used <= most
            left = max(0, most - used)
            if closest is None or left <= closest[0]:
                closest = (left, began + timedelta(seconds=seconds), most)
        assert closest is not None  # every request draws on one
        left, ends, most = closest
        return headers(most, left, ends), through


def headers(limit: int, remaining: int, resets_at: datetime) -> dict[str, str]:
    """As Mastodon writes them: the end of the window as a date with microseconds."""
    moment = resets_at.astimezone(timezone.utc).replace(microsecond=940_463)
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def too_many() -> Refused:
    return Refused(429, "busy")
