"""Why an account is as it is: every reason, the state that it makes, and what a person can do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from socialdesk.models import HealthReason, HealthState

__all__ = ["PRECEDENCE", "REASONS", "Meaning"]

PRECEDENCE: tuple[HealthState, ...] = (
    "suspended",
    "reauth_required",
    "scope_missing",
    "out_of_credit",
    "rate_limited",
    "silent",
    "degraded",
    "ok",
)
"""Of several states the first of these is told: the one without which mending the others would not help."""


class Meaning(NamedTuple):
    """What a reason is: the state that it makes, in words, and what a person can do."""

    state: HealthState
    words: str
    advice: str


REASONS: Mapping[HealthReason, Meaning] = {
    "suspended": Meaning(
        "suspended",
        "The platform has closed the account or keeps it from this.",
        "Sign in at the platform and see what it asks for; then: socialdesk account check.",
    ),
    "deactivated": Meaning(
        "suspended", "The account's owner has closed it.", "Have its owner open it again at the platform."
    ),
    "signed_out": Meaning(
        "reauth_required",
        "The platform does not accept the account's credentials.",
        "Sign in again at the platform and store the new credentials.",
    ),
    "app_refused": Meaning(
        "reauth_required",
        "The platform does not let the developer app in.",
        "Look at the app, its keys and its plan in the platform's developer console.",
    ),
    "other_account": Meaning(
        "reauth_required",
        "The credentials are those of another account.",
        "Store the credentials of the account that is meant.",
    ),
    "scope_missing": Meaning(
        "scope_missing",
        "The credentials were not granted a permission.",
        "Grant it, as the plugin's README says, and store the new credentials.",
    ),
    "not_permitted": Meaning(
        "scope_missing",
        "The platform does not permit this to the account or to its app.",
        "See what its plan, its reviews and its role permit.",
    ),
    "credit_used_up": Meaning(
        "out_of_credit",
        "What was paid for is used up.",
        "Buy more, or raise the cap, in the platform's console.",
    ),
    "limit_reached": Meaning(
        "rate_limited",
        "The platform's limit is reached.",
        "Nothing: it goes on when the limit's window ends.",
    ),
    "nothing_heard": Meaning(
        "silent",
        "Nothing is heard though polling works.",
        "Look at the platform itself: whether people write, and whether the account still gets to see it.",
    ),
    "unreachable": Meaning(
        "degraded",
        "The platform could not be reached several times in a row.",
        "Nothing, if it passes; else see whether the platform or the way to it is down.",
    ),
    "refused": Meaning(
        "degraded",
        "The platform refuses a listing, and each time again.",
        "See what the platform says, and whether a newer plugin knows more.",
    ),
    "unreadable": Meaning(
        "degraded",
        "Most of what came cannot be read; it is kept.",
        "Install a newer version of the plugin: the platform has changed what it sends.",
    ),
    "plugin_error": Meaning(
        "degraded", "The plugin made a mistake.", "Install a newer version of it, or tell its author."
    ),
    "misconfigured": Meaning("degraded", "The settings do not fit.", "Put the account's settings in order."),
    "deliveries_stale": Meaning(
        "degraded",
        "The platform's deliveries could not be renewed: only polling hears.",
        "See that the webhook is served, and subscribe again.",
    ),
    "attention": Meaning("degraded", "Something needs a look.", "See what the platform says."),
}
"""Every reason. The list is closed, so that a helpdesk can word each one for its agents."""
