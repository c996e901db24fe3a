"""Rate limits, in windows that begin with the first request.

https://docs.bsky.app/docs/advanced-guides/rate-limits
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

_FIVE_MINUTES, _HOUR, _DAY = 300, 3600, 86_400

# name: (amount, seconds)
WINDOWS: Mapping[str, tuple[int, int]] = {
    "requests": (3000, _FIVE_MINUTES),
    "points-hour": (5000, _HOUR),
    "points-day": (35_000, _DAY),
    "sign-ins": (30, _FIVE_MINUTES),
    "sign-ins-day": (300, _DAY),
    "uploads-day": (1000, _DAY),
}
POINTS = {"create": 3, "update": 2, "delete": 1}


@dataclass(slots=True)
class _Window:
    until: datetime
    left: int


class Limits:
    """What is left to whom."""

    def __init__(self) -> None:
        self.amounts = {name: amount for name, (amount, _) in WINDOWS.items()}
        self._windows: dict[tuple[str, str], _Window] = {}

    def set(self, name: str, amount: int) -> None:
        """Change a limit. Raises KeyError where there is none of this name."""
        WINDOWS[name]
        self.amounts[name] = amount
        self._windows = {key: window for key, window in self._windows.items() if key[1] != name}

    def take(self, who: str, costs: Mapping[str, int], now: datetime) -> tuple[bool, dict[str, str]]:
        """(whether it is allowed, the headers): takes from all windows named, or, where one has too little, from none.
        The headers tell of the tightest one."""
        held = {name: self._window(who, name, now) for name in costs}
        allowed = all(held[name].left >= cost for name, cost in costs.items())
        if allowed:
            for name, cost in costs.items():
                held[name].left -= cost
            tightest = min(held, key=lambda name: held[name].left / max(1, self.amounts[name]))
        else:
            tightest = min(
                (name for name, cost in costs.items() if held[name].left < cost), key=lambda n: held[n].left
            )
        return allowed, self.headers(tightest, held[tightest].left if allowed else 0, held[tightest].until)

    def headers(self, name: str, left: int, until: datetime) -> dict[str, str]:
        amount, seconds = self.amounts[name], WINDOWS[name][1]
        return {
            "RateLimit-Limit": str(amount),
            "RateLimit-Remaining": str(max(0, left)),
            "RateLimit-Reset": str(int(until.timestamp())),
            "RateLimit-Policy": f"{amount};w={seconds}",
        }

    def _window(self, who: str, name: str, now: datetime) -> _Window:
        window = self._windows.get((who, name))
        if window is None or window.until <= now:
            seconds = WINDOWS[name][1]
            window = self._windows[who, name] = _Window(now + timedelta(seconds=seconds), self.amounts[name])
        return window
