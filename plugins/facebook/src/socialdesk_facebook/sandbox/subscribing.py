"""Webhooks: what the app subscribes to, with Facebook's handshake, and which of its fields a Page sends.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from socialdesk.testing.pushing import is_loopback

from .call import Call
from .kinds_pages import App
from .problems import Refused
from .state import Page
from .writing import DONE

FIELDS = frozenset(
    "feed mention ratings messages message_echoes message_edits message_reads message_deliveries message_reactions "
    "messaging_postbacks messaging_referrals messaging_optins standby messaging_handovers messaging_policy_enforcement "
    "conversations name picture category description".split()
)
"""The fields of a Page that are modelled or simply taken."""

OF_MESSENGER = frozenset(name for name in FIELDS if name.startswith("mess") or name == "standby")
OBJECTS = ("application", "instagram", "page", "permissions", "user", "whatsapp_business_account")


@dataclass(slots=True, eq=False)
class Webhook:
    """What the app has Facebook deliver about Pages, and where to. ``active`` is false once deliveries failed for too
    long."""

    url: str
    fields: tuple[str, ...]
    verify_token: str = ""
    active: bool = True
    failing_since: datetime | None = None

    def told(self) -> dict[str, Any]:
        fields = [{"name": name, "version": "v26.0"} for name in self.fields]
        return {"object": "page", "callback_url": self.url, "active": self.active, "fields": fields}


def _app_itself(call: Call) -> None:
    if call.caller.kind != "APP":
        words = "(#15) This method must be called with an app access_token."
        raise Refused(words, 15)


def subscribe_app(call: Call, app: App) -> dict[str, Any]:
    """POST /{app}/subscriptions: Facebook calls the address, and takes it where it echoes the challenge."""
    _app_itself(call)
    if not call.given.text("object"):
        raise Refused.missing("object")
    if call.given.choice("object", OBJECTS, "page") != "page":
        raise Refused.param("Only the object page is modelled here")
    fields = call.given.words("fields")
    for name in fields:
        if name not in FIELDS:
            raise Refused.one_of("fields[0]", tuple(sorted(FIELDS)), name)
    known = call.sandbox.push.webhook
    url = call.given.text("callback_url") or (known.url if known else "")
    if not url or not fields:
        raise Refused.missing("fields" if url else "callback_url")
    webhook = Webhook(url, fields, call.given.text("verify_token") or "")
    problem = _address(call, url) or call.sandbox.push.handshake(webhook)
    if problem:
        words = f"(#2200) Callback verification failed with the following errors: {problem}"
        raise Refused(words, 2200)
    call.sandbox.push.webhook = webhook
    return dict(DONE)


def _address(call: Call, url: str) -> str | None:
    """What is wrong with an address; None where nothing is."""
    parts = urlsplit(url)
    if call.sandbox.loopback_webhooks and parts.scheme == "http" and is_loopback(parts.hostname):
        return None
    if parts.scheme != "https" or not parts.hostname or is_loopback(parts.hostname):
        return "The URL must be https and lead to a public host"
    return None


def list_subscriptions(call: Call, app: App) -> dict[str, Any]:
    _app_itself(call)
    webhook = call.sandbox.push.webhook
    return {"data": [webhook.told()] if webhook else []}


def drop_subscription(call: Call, app: App) -> dict[str, Any]:
    """DELETE /{app}/subscriptions: some fields, or all."""
    _app_itself(call)
    webhook, fields = call.sandbox.push.webhook, call.given.words("fields")
    if webhook is not None:
        left = tuple(name for name in webhook.fields if fields and name not in fields)
        webhook.fields = left
        call.sandbox.push.webhook = webhook if left else None
    return dict(DONE)


def subscribe_page(call: Call, page: Page) -> dict[str, Any]:
    """POST /{page}/subscribed_apps."""
    call.own_page(page)
    call.demand("pages_manage_metadata", "MODERATE")
    fields = call.given.words("subscribed_fields")
    if not fields:
        raise Refused.missing("subscribed_fields")
    for name in fields:
        if name not in FIELDS:
            raise Refused.one_of("subscribed_fields[0]", tuple(sorted(FIELDS)), name)
        if name in OF_MESSENGER and "pages_messaging" not in call.caller.scopes:
            raise Refused.unmanaged("pages_messaging")
    page.subscribed[call.sandbox.app.id] = tuple(dict.fromkeys(fields))
    return dict(DONE)


def unsubscribe_page(call: Call, page: Page) -> dict[str, Any]:
    call.own_page(page)
    call.demand("pages_manage_metadata", "MODERATE")
    page.subscribed.pop(call.sandbox.app.id, None)
    return dict(DONE)
