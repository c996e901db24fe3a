"""Having X deliver, and reading what it delivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from socialdesk.connector import LOOPBACK, Push, Raw
from socialdesk.errors import AuthError, PlatformError, Rejected
from socialdesk.wire import AuthRole, Json, Request, Response, WebhookAnswer, WebhookRequest
from socialdesk_twitter import budgets, webhooks
from socialdesk_twitter.account import Account
from socialdesk_twitter.deliveries import EVENTS, EVENTS_OF_MESSAGES

__all__ = ["Pushing"]

_LONGEST_URL = 200
_PAGES_AT_MOST = 10
_RENEWED = timedelta(days=1)
_TAG = "socialdesk"
Subscriptions = Mapping[str, str]
"""The ids of subscriptions, by the event that each is for."""


class Pushing(Account):
    """What X delivers to a webhook of ours: https://docs.x.com/x-api/activity/introduction"""

    async def subscribe(self, push: Push) -> Push:
        """Have X deliver to ``push.url``: a webhook, and a subscription for each event. What stands is left as it is.

        ``data`` holds the ``webhook``'s id, the ids of the ``subscriptions``, and of what is ``refused`` the reason.
        """
        _check_url(push.url)
        user_id = self.me
        webhook, answer = await self._webhook(push.url)
        standing = dict(await self._subscriptions(webhook, user_id))
        wanted = push.events or (EVENTS + (EVENTS_OF_MESSAGES if self.hears_messages else ()))
        wanted = tuple(dict.fromkeys((*wanted, *(push.data.get("refused") or ()))))  # asked for again
        refused: dict[str, str] = {}
        for event in wanted:
            if event in standing:
                continue
            body = {
                "event_type": event,
                "filter": {"user_id": user_id},
                "webhook_id": webhook,
                "tag": _TAG,
            }
            try:
                answer = await self._subscribed(Json(body))
            except (AuthError, Rejected) as error:
                refused[event] = str(error)
            else:
                standing[event] = _subscription_id(answer.json().get("data"))
        if refused and not standing:
            raise Rejected("not_permitted", next(iter(refused.values())), scope="account")
        now = answer.received_at
        return replace(
            push,
            events=tuple(event for event in wanted if event in standing),
            renew_at=None if now is None else now + _RENEWED,
            data={"webhook": webhook, "subscriptions": standing, "refused": refused},
        )

    async def _webhook(self, url: str) -> tuple[str, Response]:
        """The id of the webhook for ``url``, made or made valid again where need be, and the last answer."""
        answer = await self._as_app("GET", "/2/webhooks", "webhooks")
        known = next((told for told in _listed(answer) if told.get("url") == url), None)
        if known is None:
            answer = await self._as_app("POST", "/2/webhooks", "webhooks", body=Json({"url": url}))
            known = answer.json().get("data") or {}
        elif known.get("valid") is False:
            answer = await self._as_app("PUT", f"/2/webhooks/{known['id']}", "webhooks")
            known = {**known, **(answer.json().get("data") or {})}
        if known.get("valid") is False or not known.get("id"):
            raise Rejected(
                "not_permitted",
                "X does not accept the webhook: its address has to answer X's challenge.",
                scope="account",
            )
        return str(known["id"]), answer

    async def _subscriptions(self, webhook: str, user_id: str) -> Subscriptions:
        """What is subscribed to already, for this account and this webhook."""
        found: dict[str, str] = {}
        token: str | None = None
        for _ in range(_PAGES_AT_MOST):
            params = {"max_results": 1000, "pagination_token": token}
            answer = await self._as_app("GET", "/2/activity/subscriptions", "subscriptions", params=params)
            for told in _listed(answer):
                mine = str((told.get("filter") or {}).get("user_id")) == user_id
                if mine and str(told.get("webhook_id")) == webhook:
                    found[str(told.get("event_type"))] = _subscription_id(told)
            token = (answer.json().get("meta") or {}).get("next_token")
            if token is None:
                break
        return found

    async def _subscribed(self, body: Json) -> Response:
        """The answer to a new subscription, which X may grant to the app, or to the account that it is about."""
        try:
            return await self._as_app("POST", "/2/activity/subscriptions", "subscriptions", body=body)
        except (AuthError, Rejected) as refused:
            if not self.writes or not _is_forbidden(refused):
                raise
        return await self._as_app(
            "POST", "/2/activity/subscriptions", "subscriptions", body=body, role="account"
        )

    async def _as_app(
        self,
        method: str,
        path: str,
        bucket: str,
        *,
        role: AuthRole = "app",
        **more: Any,
    ) -> Response:
        return await Request(
            method,
            self.url(path),
            auth=role,
            effect="reads" if method == "GET" else "prepares",
            spends=budgets.spends(bucket, as_user=False),
            **more,
        )

    # ------------------------------------------------------------------------------------------------ deliveries

    def answer_challenge(self, request: WebhookRequest) -> WebhookAnswer | None:
        """The answer to X's hourly question, made with the app's ``consumer_secret``."""
        secret = self.app.consumer_secret
        return webhooks.answer(request, None if secret is None else secret.get_secret_value())

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Whether the body was signed with the app's ``consumer_secret``, or with one that it replaced."""
        held: tuple[SecretStr | None, ...] = (self.app.consumer_secret, *self.app.consumer_secrets_before)
        return webhooks.is_genuine(request, [secret.get_secret_value() for secret in held if secret])

    def parse_webhook(self, request: WebhookRequest) -> tuple[Raw, ...]:
        return webhooks.raws(request)


def _check_url(url: str) -> None:
    """Raises Rejected for an address that X refuses for its form."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return  # a sandbox takes it; X says itself that it does not
    wrong = []
    if parts.scheme != "https" or not parts.hostname:
        wrong.append("it must begin with https://")
    if ":" in parts.netloc.rpartition("@")[2]:
        wrong.append("it must name no port")
    if len(url) > _LONGEST_URL:
        wrong.append(f"it may have {_LONGEST_URL} characters at most")
    if wrong:
        raise Rejected(
            "unsupported", f"X does not deliver to this address: {', '.join(wrong)}.", scope="account"
        )


def _is_forbidden(error: PlatformError) -> bool:
    return error.response is None or error.response.status in (401, 403)


def _listed(answer: Response) -> list[Mapping[str, Any]]:
    told = answer.json().get("data") or ()
    return [told] if isinstance(told, Mapping) else list(told)


def _subscription_id(told: Any) -> str:
    """The id of a subscription, of which X tells in a list, as an object, or as ``subscription`` in one."""
    if isinstance(told, list):
        told = told[0] if told else {}
    if isinstance(told, Mapping) and isinstance(told.get("subscription"), Mapping):
        told = told["subscription"]
    return str(told.get("subscription_id") or "") if isinstance(told, Mapping) else ""
