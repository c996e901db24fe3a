"""Having Facebook deliver, and reading what it delivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from socialdesk.connector import LOOPBACK, Push, Raw
from socialdesk.errors import Rejected
from socialdesk.wire import Form, Request, WebhookAnswer, WebhookRequest
from socialdesk_facebook import budgets, deliveries, webhooks
from socialdesk_facebook.account import Account
from socialdesk_facebook.values import id_in, rows

__all__ = ["Pushing"]

_RENEWED = timedelta(days=1)


class Pushing(Account):
    """https://developers.facebook.com/docs/graph-api/webhooks and the Page's ``subscribed_apps``"""

    async def subscribe(self, push: Push) -> Push:
        """Have Facebook deliver to ``push.url``: once for the app, with its credentials and ``verify_token``, and once
        for the Page. What stands is left as it is, and further fields stay subscribed.

        Where the app's ``app_id`` is not set, its webhook is set up in Facebook's dashboard, and ``data`` says so.
        """
        parts = urlsplit(push.url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise Rejected("unsupported", "Facebook delivers to https:// only.", scope="account")
        wanted = push.events or deliveries.EVENTS
        managed = self.app.app_id is not None and self.app.app_secret is not None
        if managed:
            await self._app_subscribed(push.url, wanted)
        path = f"{self.me}/subscribed_apps"
        answer = await self.get(path, {"fields": "id,subscribed_fields"})
        standing = self._fields_of(rows(answer.json()))
        if not set(wanted) <= set(standing):
            fields = {"subscribed_fields": ",".join(dict.fromkeys((*standing, *wanted)))}
            answer = await self.act(path, Form(fields), prepares=True)
        now = answer.received_at
        return replace(
            push,
            events=tuple(wanted),
            renew_at=None if now is None else now + _RENEWED,
            data={"app": "subscribed" if managed else "in the dashboard"},
        )

    def _fields_of(self, told: Sequence[Any]) -> list[str]:
        """The fields that this app is subscribed to; where its id is not set, those of the only app that is."""
        ours = [app for app in told if self.app.app_id in (None, id_in(app))]
        fields = ours[0].get("subscribed_fields") if len(ours) == 1 else None
        return [str(name) for name in fields] if isinstance(fields, list) else []

    async def _app_subscribed(self, url: str, wanted: Sequence[str]) -> None:
        """The app's own subscription, which all of its Pages share: one address, and the fields."""
        told = await self._as_app("GET")
        standing = next((row for row in rows(told.json()) if row.get("object") == "page"), None)
        fields: list[str] = []
        if standing is not None:
            listed = standing.get("fields")
            fields = [
                str(name.get("name") if isinstance(name, dict) else name)
                for name in (listed if isinstance(listed, list) else ())
            ]
            stands = standing.get("callback_url") == url and standing.get("active") is not False
            if stands and set(wanted) <= set(fields):
                return
        if self.app.verify_token is None:
            raise Rejected(
                "not_permitted",
                "verify_token: it is needed to subscribe, since Facebook asks for it at once.",
                scope="account",
            )
        asked = {
            "object": "page",
            "callback_url": url,
            "verify_token": self.app.verify_token.get_secret_value(),
            "fields": ",".join(dict.fromkeys((*fields, *wanted))),
        }
        await self._as_app("POST", Form(asked))

    async def _as_app(self, method: str, body: Form | None = None) -> Any:
        return await Request(
            method,
            self.url(f"{self.app.app_id}/subscriptions"),
            body=body,
            auth="app",
            effect="reads" if method == "GET" else "prepares",
            spends=budgets.spends("subscriptions"),
        )

    # ------------------------------------------------------------------------------------------------ deliveries

    def answer_challenge(self, request: WebhookRequest) -> WebhookAnswer | None:
        """The answer to Facebook's question, which repeats the app's ``verify_token``."""
        token = self.app.verify_token
        return webhooks.answer(request, None if token is None else token.get_secret_value())

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Whether the body was signed with the app's ``app_secret``."""
        secret = self.app.app_secret
        return webhooks.is_genuine(request, None if secret is None else secret.get_secret_value())

    def parse_webhook(self, request: WebhookRequest) -> tuple[Raw, ...]:
        return deliveries.raws(request)
