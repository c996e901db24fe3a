"""What an account row holds beside settings, as text: rules, prices, profile, what is delivered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import orjson

from socialdesk.connector import Profile, Push
from socialdesk.models import Rule

__all__ = [
    "Prices",
    "dump_prices",
    "dump_profile",
    "dump_push",
    "dump_rules",
    "load_prices",
    "load_profile",
    "load_push",
    "load_rules",
]

Prices = Mapping[str, Decimal]
"""What one unit that a platform bills costs, by the unit's name."""


def dump_rules(rules: tuple[Rule, ...]) -> str:
    return orjson.dumps([rule.model_dump(mode="json") for rule in rules]).decode()


def load_rules(text: str) -> tuple[Rule, ...]:
    return tuple(Rule.model_validate(rule) for rule in orjson.loads(text))


def dump_prices(prices: Prices) -> str:
    return orjson.dumps({unit: str(price) for unit, price in prices.items()}).decode()


def dump_push(push: Push) -> str:
    renew_at = None if push.renew_at is None else push.renew_at.isoformat()
    return orjson.dumps(
        {"url": push.url, "events": push.events, "renew_at": renew_at, "data": dict(push.data)}
    ).decode()


def load_push(text: str | None) -> Push | None:
    if text is None:
        return None
    kept = orjson.loads(text)
    renew_at = None if kept["renew_at"] is None else datetime.fromisoformat(kept["renew_at"])
    return Push(url=kept["url"], events=tuple(kept["events"]), renew_at=renew_at, data=kept["data"])


def load_prices(text: str | None) -> Prices:
    return {unit: Decimal(price) for unit, price in orjson.loads(text or "{}").items()}


def dump_profile(profile: Profile) -> str:
    """A profile as text; its notices are not part of it."""
    return orjson.dumps(
        {
            "id": profile.id,
            "handle": profile.handle,
            "display_name": profile.display_name,
            "also": profile.also,
            "host": profile.host,
            "shares": profile.shares,
            "scopes": None if profile.scopes is None else sorted(profile.scopes),
            "facts": dict(profile.facts),
        }
    ).decode()


def load_profile(text: str | None) -> Profile | None:
    """What :func:`dump_profile` wrote."""
    if text is None:
        return None
    kept = orjson.loads(text)
    scopes = kept.pop("scopes")
    return Profile(
        **{**kept, "also": tuple(kept["also"]), "shares": tuple(kept["shares"])},
        scopes=None if scopes is None else frozenset(scopes),
    )
