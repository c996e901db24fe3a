"""How much of what: X's windows per user, per app and per day.

https://docs.x.com/x-api/fundamentals/rate-limits. Calls with a user's token count for that user, calls with the
app's own for the app; where a day's limit exists it counts beside the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .access import Caller
from .problems import Refused

WINDOW = timedelta(minutes=15)
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Calls per 15 minutes for the app and for each user, and per 24 hours; None: there is no such limit. Routes of
    the same ``pool`` are counted together."""

    app: int | None = None
    user: int | None = None
    app_day: int | None = None
    user_day: int | None = None
    pool: str = ""


_DIRECT_READS = Allowance(user=15)
_DIRECT_SENDS = Allowance(user=15, app_day=1_440, user_day=1_440, pool="direct messages sent")


ALLOWANCES: Mapping[tuple[str, str], Allowance] = {
    ("GET", "/2/users/me"): Allowance(user=75),
    ("GET", "/2/users/{id}"): Allowance(300, 900),
    ("GET", "/2/users"): Allowance(300, 900),
    ("GET", "/2/users/by"): Allowance(300, 900),
    ("GET", "/2/users/by/username/{username}"): Allowance(300, 900),
    ("GET", "/2/users/{id}/mentions"): Allowance(450, 300),
    ("GET", "/2/users/{id}/tweets"): Allowance(10_000, 900),
    ("GET", "/2/tweets/search/recent"): Allowance(450, 300),
    ("GET", "/2/tweets/{id}"): Allowance(450, 900),
    ("GET", "/2/tweets"): Allowance(3_500, 5_000),
    ("GET", "/2/tweets/{id}/quote_tweets"): Allowance(75, 75),
    ("GET", "/2/usage/tweets"): Allowance(app=50),
    ("GET", "/2/dm_events"): _DIRECT_READS,
    ("GET", "/2/dm_events/{event_id}"): _DIRECT_READS,
    ("GET", "/2/dm_conversations/with/{participant_id}/dm_events"): _DIRECT_READS,
    ("GET", "/2/dm_conversations/{id}/dm_events"): _DIRECT_READS,
    ("POST", "/2/dm_conversations"): _DIRECT_SENDS,
    ("POST", "/2/dm_conversations/with/{participant_id}/messages"): _DIRECT_SENDS,
    ("POST", "/2/dm_conversations/{dm_conversation_id}/messages"): _DIRECT_SENDS,
    ("GET", "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}"): Allowance(user=900),
    ("POST", "/2/media/upload"): Allowance(user=500, app_day=50_000),
    ("GET", "/2/media/upload"): Allowance(user=1_000, app_day=100_000),
    ("POST", "/2/media/upload/initialize"): Allowance(user=1_875, app_day=180_000),
    ("POST", "/2/media/upload/{id}/append"): Allowance(user=1_875, app_day=180_000),
    ("POST", "/2/media/upload/{id}/finalize"): Allowance(user=1_875, app_day=180_000),
    ("POST", "/2/media/metadata"): Allowance(user=500, app_day=50_000),
    ("POST", "/2/users/{id}/dm/block"): Allowance(25, 10, 1_000, 400),
    ("POST", "/2/users/{id}/dm/unblock"): Allowance(25, 10, 1_000, 400),
    ("POST", "/2/webhooks"): Allowance(app=450),
    ("GET", "/2/webhooks"): Allowance(app=450),
    ("PUT", "/2/webhooks/{webhook_id}"): Allowance(app=450),
    ("DELETE", "/2/webhooks/{webhook_id}"): Allowance(app=450),
    ("POST", "/2/webhooks/replay"): Allowance(app=100),
    ("POST", "/2/activity/subscriptions"): Allowance(app=500),
    ("GET", "/2/activity/subscriptions"): Allowance(app=500),
    ("DELETE", "/2/activity/subscriptions"): Allowance(app=500),
    ("PUT", "/2/activity/subscriptions/{subscription_id}"): Allowance(app=500),
    ("DELETE", "/2/activity/subscriptions/{subscription_id}"): Allowance(app=500),
    ("DELETE", "/2/dm_events/{event_id}"): Allowance(user=300, user_day=1_500, app_day=4_000),
    ("POST", "/2/tweets"): Allowance(user=100, app_day=10_000),
    ("DELETE", "/2/tweets/{id}"): Allowance(user=50),
    ("PUT", "/2/tweets/{tweet_id}/hidden"): Allowance(user=50),
    ("POST", "/2/users/{id}/likes"): Allowance(user=50, user_day=1_000),
    ("DELETE", "/2/users/{id}/likes/{tweet_id}"): Allowance(user=50, user_day=1_000),
}


@dataclass(slots=True)
class _Count:
    limit: int
    until: datetime
    used: int = 0


class Limits:
    """The counts of one app. ``allowances`` may be changed at any time; :meth:`set` does so for one route."""

    def __init__(self) -> None:
        self.allowances = dict(ALLOWANCES)
        self._counts: dict[tuple[str, str, str], _Count] = {}

    def set(self, route: str, **changes: int | None) -> None:
        """Change the allowance of a route such as ``POST /2/tweets``: app, user, app_day or user_day. Raises
        KeyError where there is no such route."""
        method, _, template = route.partition(" ")
        before = self.allowances[method, template]
        self.allowances[method, template] = replace(before, **changes)  # type: ignore[arg-type]  # only figures

    def _windows(self, route: tuple[str, str], caller: Caller) -> list[tuple[str, str, int, timedelta]]:
        """(prefix of the headers, whose count, limit, length) of what a call counts against."""
        allowed = self.allowances.get(route, Allowance())
        mine = caller.user.id if caller.user else "app"
        main = allowed.user if caller.user else allowed.app
        listed = [
            ("x-rate-limit", mine, main, WINDOW),
            ("x-app-limit-24hour", "app", allowed.app_day, DAY),
            ("x-user-limit-24hour", mine, allowed.user_day if caller.user else None, DAY),
        ]
        return [(prefix, whose, limit, span) for prefix, whose, limit, span in listed if limit is not None]

    def spend(self, route: tuple[str, str], caller: Caller, now: datetime) -> tuple[dict[str, str], bool]:
        """Count a call: the headers to answer with, and whether it may go on."""
        counts: list[tuple[str, _Count]] = []
        pool = self.allowances.get(route, Allowance()).pool
        for prefix, whose, limit, span in self._windows(route, caller):
            key = (pool or f"{route[0]} {route[1]}", whose, prefix)
            count = self._counts.get(key)
            if count is None or count.until <= now:
                count = self._counts[key] = _Count(limit, now + span)
            count.limit = limit
            counts.append((prefix, count))
        allowed = all(count.used < count.limit for _, count in counts)
        headers: dict[str, str] = {}
        for prefix, count in counts:
            count.used += allowed
            headers |= {
                f"{prefix}-limit": str(count.limit),
                f"{prefix}-remaining": str(max(0, count.limit - count.used)),
                f"{prefix}-reset": str(int(count.until.timestamp())),
            }
        return headers, allowed


def too_many() -> Refused:
    """What a call beyond the allowance is answered with."""
    return Refused.plain(429)
