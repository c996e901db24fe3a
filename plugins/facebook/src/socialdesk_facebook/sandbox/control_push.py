"""Webhooks and deliveries on the control surface.

=======  ========================  ========================================================================
method   path                      what it does
=======  ========================  ========================================================================
GET      /_sandbox/deliveries      all deliveries, oldest first: what they say and what became of them
POST     /_sandbox/subscriptions   ``{"url", "fields"}``: a webhook that was not put to the challenge
POST     /_sandbox/test_events     ``{"field"}``: what the button of the app's dashboard sends
POST     /_sandbox/policies        ``{"action", "reason"}``: Facebook acts against the Page
=======  ========================  ========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, take

from .deliveries import Pushed
from .stamps import stamp
from .subscribing import FIELDS

if TYPE_CHECKING:
    from .facebook import FacebookSandbox


def _pushed_json(made: Pushed) -> dict[str, Any]:
    return {
        "url": made.webhook.url,
        "made_at": stamp(made.made_at),
        "due": stamp(made.due) if made.due else None,
        "delivered_at": stamp(made.delivered_at) if made.delivered_at else None,
        "statuses": made.statuses,
        "entry": made.entries,
    }


def _list(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return {"deliveries": [_pushed_json(made) for made in sandbox.deliveries]}


def _subscribe(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"url": str}, {"fields": list})
    fields = given.get("fields", [])
    if any(name not in FIELDS for name in fields):
        raise ControlError(f"fields: must be of {', '.join(sorted(FIELDS))}")
    return sandbox.subscribe(*fields, url=given["url"]).told()


def _test_event(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {}, {"field": str})
    if sandbox.push.webhook is None:
        raise ControlError("there is no webhook")
    try:
        sandbox.send_test_event(given.get("field", "feed"))
    except KeyError:
        raise ControlError("field: must be feed or mention") from None
    return {"sent": True}


def _policy(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    sandbox.enforce_policy(**take(body_of(seen), {}, {"action": str, "reason": str}))
    return {"told": True}


PUSH_CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/deliveries"): _list,
        ("POST", "/_sandbox/subscriptions"): _subscribe,
        ("POST", "/_sandbox/test_events"): _test_event,
        ("POST", "/_sandbox/policies"): _policy,
    }
)
