"""Webhooks and deliveries on the control surface.

=======  ========================  ========================================================================
method   path                      what it does
=======  ========================  ========================================================================
GET      /_sandbox/deliveries      all deliveries, oldest first: what they say and what became of them
POST     /_sandbox/webhooks        ``{"url"}``: a webhook that was not put to the challenge
POST     /_sandbox/subscriptions   ``{"event_type", "handle", "webhook_id", "tag"}``: a subscription of any kind
POST     /_sandbox/revokes         ``{"handle"}``: a user takes back what they allowed the app
=======  ========================  ========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, take

from .control import user_named
from .deliveries import Pushed
from .snowflake import stamp
from .subscriptions import TYPES

if TYPE_CHECKING:
    from .twitter import TwitterSandbox


def _pushed_json(made: Pushed) -> dict[str, Any]:
    return {
        "webhook_id": made.webhook.id,
        "event_type": made.event_type,
        "made_at": stamp(made.made_at),
        "due": stamp(made.due) if made.due else None,
        "delivered_at": stamp(made.delivered_at) if made.delivered_at else None,
        "statuses": made.statuses,
        "data": made.data,
    }


def _list(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return {"deliveries": [_pushed_json(made) for made in sandbox.deliveries]}


def _make_webhook(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return sandbox.add_webhook(take(body_of(seen), {"url": str})["url"]).told()


def _make_subscription(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"event_type": str, "handle": str, "webhook_id": str}, {"tag": str})
    if given["event_type"] not in TYPES:
        raise ControlError(f"event_type: must be one of {', '.join(sorted(TYPES))}")
    webhook = sandbox.push.registry.webhooks.get(given["webhook_id"])
    if webhook is None:
        raise ControlError(f"webhook_id: there is no webhook {given['webhook_id']}")
    user = user_named(sandbox, given["handle"])
    return sandbox.subscribe(webhook, given["event_type"], user=user, tag=given.get("tag"))[0].told()


def _revoke(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handle = take(body_of(seen), {"handle": str})["handle"]
    if handle.lower() not in sandbox.world.handles:
        raise ControlError(f"there is no user {handle}")
    sandbox.revoke(handle)
    return {"revoked": True}


PUSH_CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/deliveries"): _list,
        ("POST", "/_sandbox/webhooks"): _make_webhook,
        ("POST", "/_sandbox/subscriptions"): _make_subscription,
        ("POST", "/_sandbox/revokes"): _revoke,
    }
)
