"""How an account is: from what was seen of it to one state, a reason and a sentence. Pure.

What was seen is a :class:`Symptom`. It stands until the same thing is seen to work: a listing's until that listing is
walked to its end, the outbox's until something is sent. The state is a function of the symptoms that stand, so that
it does not depend on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from socialdesk._engine.reasons import PRECEDENCE, REASONS
from socialdesk.connector import Notice
from socialdesk.errors import (
    AuthError,
    ConfigError,
    PlatformError,
    PluginError,
    RateLimited,
    Rejected,
    SocialdeskError,
    Unavailable,
)
from socialdesk.models import Health, HealthReason, HealthState

__all__ = [
    "LISTING",
    "REPEATED",
    "Sighting",
    "Symptom",
    "assess",
    "noticed",
    "stops_account",
    "symptom_of",
    "worded",
]

LISTING = "listing/"
"""What a listing's source begins with; its stream and topic follow."""
REPEATED = 3
"""So many failures in a row are no accident any more."""

_OF_STATE: Mapping[HealthState, HealthReason] = {
    "suspended": "suspended",
    "reauth_required": "signed_out",
    "scope_missing": "scope_missing",
    "out_of_credit": "credit_used_up",
    "rate_limited": "limit_reached",
    "silent": "nothing_heard",
    "degraded": "attention",
}
_OF_AUTH: Mapping[str, HealthReason] = {
    "sign_in": "signed_out",
    "scope": "scope_missing",
    "suspended": "suspended",
    "deactivated": "deactivated",
}

Met = Literal["hearing", "answering", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """Something that is not as it should be, or that a person should know (``reason`` None: it changes no state).

    ``source`` says where it was seen, and so what has to work for it to be gone. ``seen_at`` is when it was seen last.
    """

    source: str
    reason: HealthReason | None
    text: str
    since: datetime
    seen_at: datetime
    inbound: bool = True
    outbound: bool = True
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def state(self) -> HealthState:
        return "ok" if self.reason is None else REASONS[self.reason].state


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where an error was met, and the how manieth it was in a row."""

    source: str
    met: Met
    at: datetime
    failures: int = 1


def stops_account(error: SocialdeskError) -> bool:
    """Whether asking the platform for anything else of the account would not help either.

    A permission that is missing concerns what was asked for alone, and so does whatever is not known.
    """
    if isinstance(error, AuthError):
        return error.reason != "scope" and error.scope in ("account", "app")
    return isinstance(error, RateLimited) and error.needs_human


def symptom_of(error: SocialdeskError, sighting: Sighting) -> Symptom | None:
    """What an error shows of the account, by its type, scope and code's meaning; None where it shows nothing yet.

    What is met while answering says nothing of hearing. What is met while hearing and concerns the whole account
    concerns answering, too, which uses the same credentials and the same credit.
    """
    reason = _reason_of(error, sighting)
    if reason is None:
        return None
    whole = isinstance(error, PlatformError) and stops_account(error) and error.scope in ("account", "app")
    return Symptom(
        source=sighting.source,
        reason=reason,
        text=str(error),
        since=sighting.at,
        seen_at=sighting.at,
        inbound=sighting.met != "answering",
        outbound=sighting.met != "hearing" or whole,
    )


def _reason_of(error: SocialdeskError, sighting: Sighting) -> HealthReason | None:
    often = sighting.failures >= REPEATED
    answering = sighting.met == "answering"
    match error:
        case AuthError():
            dead_app = error.scope == "app" and error.reason == "sign_in"
            return "app_refused" if dead_app else _OF_AUTH[error.reason]
        case RateLimited():
            return "credit_used_up" if error.needs_human else "limit_reached"
        case Unavailable():
            return "unreachable" if often else None
        case Rejected() if error.reason == "not_permitted" and error.scope in ("stream", "account", "app"):
            return "not_permitted"
        case ConfigError() if not answering:
            return "misconfigured"
        case PluginError() if not answering:
            return "plugin_error"
    return "refused" if often and not answering else None


def noticed(notice: Notice, source: str, now: datetime) -> Symptom | None:
    """What a plugin's notice shows of the account; None where it takes back what was noticed."""
    if notice.health == "ok":
        return None
    reason: HealthReason | None = None
    if notice.health is not None:
        named = next((known for known in REASONS if known == notice.code), None)
        fits = named is not None and REASONS[named].state == notice.health
        reason = named if fits else _OF_STATE[notice.health]
    return Symptom(
        source=source,
        reason=reason,
        text=f"{notice.code}: {notice.text}",
        since=now,
        seen_at=now,
        inbound=notice.concerns != "outbound",
        outbound=notice.concerns != "inbound",
    )


def assess(symptoms: Iterable[Symptom], listings: int) -> Health:
    """The health that these symptoms make of an account that polls so many listings; ``since`` is left open.

    A limit is the account's state for hearing only where it holds up every listing: one listing that waits for its
    window to end is the ordinary course of things.
    """
    standing = sorted(symptoms, key=lambda symptom: (symptom.since, symptom.source))
    limited = [
        each for each in standing if each.reason == "limit_reached" and each.source.startswith(LISTING)
    ]
    if len(limited) < max(listings, 1):
        standing = [each for each in standing if each not in limited]
    grave = [each for each in standing if each.reason is not None]
    if not grave:
        return Health(notes=tuple(each.text for each in standing))
    order = list(REASONS)
    worst = min(
        grave, key=lambda each: (PRECEDENCE.index(each.state), order.index(each.reason or "attention"))
    )
    return Health(
        state=worst.state,
        reason=worst.reason,
        text=worst.text,
        inbound=_worst(each.state for each in grave if each.inbound),
        outbound=_worst(each.state for each in grave if each.outbound),
        numbers=dict(worst.numbers),
        notes=tuple(each.text for each in standing if each.reason is None),
    )


def _worst(states: Iterable[HealthState]) -> HealthState:
    return min(states, key=PRECEDENCE.index, default="ok")


def worded(health: Health, since: datetime) -> Health:
    """The health with its sentence for a person: what is wrong, since when, and what to do."""
    if health.reason is None:
        return health.model_copy(update={"since": since, "text": ""})
    meaning = REASONS[health.reason]
    told = health.text or meaning.words
    ended = told if told.endswith((".", "!", "?")) else f"{told}."
    text = f"{ended} Since {since:%Y-%m-%d %H:%M} UTC. {meaning.advice}"
    return health.model_copy(update={"since": since, "text": text})
