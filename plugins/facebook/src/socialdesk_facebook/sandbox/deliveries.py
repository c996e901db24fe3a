"""Deliveries: signed, tried, and tried again ever more slowly for a day and a half.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from socialdesk.testing import deliveries
from socialdesk.wire import Headers, WebhookAnswer, WebhookRequest

from .happenings import Happening, tellings
from .stamps import millis, seconds
from .state import Actor
from .subscribing import Webhook

if TYPE_CHECKING:
    from .facebook import FacebookSandbox

RECENT = timedelta(minutes=1)
CHANGES_AT_MOST = 1_000


def encoded(told: Any) -> bytes:
    """A delivery's bytes as Facebook writes them: what is not ASCII as \\u and lower-case digits, slashes escaped."""
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


@dataclass(slots=True, eq=False, kw_only=True)
class Pushed(deliveries.Pushed):
    """One delivery of Facebook, and what it says."""

    webhook: Webhook
    signatures: dict[str, str]

    @property
    def stands(self) -> bool:
        return self.webhook.active

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What it says."""
        said: list[dict[str, Any]] = orjson.loads(self.body)["entry"]
        return said

    @property
    def request(self) -> WebhookRequest:
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", **self.signatures}
        return WebhookRequest(method="POST", headers=Headers(headers), body=self.body)

    def __repr__(self) -> str:
        return f"<Pushed {len(self.entries)} {self.statuses}>"


class Deliveries(deliveries.Deliveries[Pushed]):
    """All deliveries of the app. ``webhook`` is where they go. They are tried again at once first, and for about 36
    hours in all."""

    sandbox: FacebookSandbox
    retries = (0.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 36_000.0, 36_000.0)
    dead_after = timedelta(hours=36)
    answers_within = 20.0

    def __init__(self, sandbox: FacebookSandbox) -> None:
        super().__init__(sandbox)
        self.webhook: Webhook | None = None
        self.batch: list[Happening] | None = None

    # ------------------------------------------------------------------------------------------------ what is made

    def happened(self, what: str, subject: Any, by: Actor) -> None:
        """Make the deliveries of something that happened just now, and try them."""
        said_at = getattr(subject, "created_at", None)
        old = said_at is not None and self.sandbox.clock.now() - said_at > RECENT
        if old and what.partition(".")[2] in ("", "add"):
            return  # it is only said to have happened, long ago
        if self.webhook is None or not self.sandbox.live:
            return
        with self.sandbox.lock:
            wanted = [one for one in tellings(self.sandbox, what, subject, by) if self._wants(one)]
            if self.batch is not None:
                self.batch += wanted
            else:
                self.tell(wanted)
        self.flush()

    def _wants(self, happening: Happening) -> bool:
        page = happening.page.subscribed.get(self.sandbox.app.id, ())
        return self.webhook is not None and happening.field in self.webhook.fields and happening.field in page

    def tell(self, happenings: Iterable[Happening]) -> None:
        """Make a delivery of these, or several where they are very many."""
        listed = list(happenings)
        for start in range(0, len(listed), CHANGES_AT_MOST):
            self.post(self._entries(listed[start : start + CHANGES_AT_MOST]))

    def _entries(self, happenings: list[Happening]) -> list[dict[str, Any]]:
        """Changes of one Page stand in one entry, each message in one of its own."""
        now, entries = self.sandbox.clock.now(), list[dict[str, Any]]()
        changes = dict[str, dict[str, Any]]()
        for one in happenings:
            if one.place != "changes":
                entries.append({"id": one.page.id, "time": millis(now), one.place: [dict(one.told)]})
                continue
            if one.page.id not in changes:
                changes[one.page.id] = {"id": one.page.id, "time": seconds(now), "changes": []}
                entries.append(changes[one.page.id])
            changes[one.page.id]["changes"].append({"value": dict(one.told), "field": one.field})
        return entries

    def sign(self, content: bytes, secret: str | None = None) -> dict[str, str]:
        """The signatures of a delivery, by their headers."""
        key = (secret or self.sandbox.keyring.app_secret).encode()
        return {
            "X-Hub-Signature": "sha1=" + hmac.new(key, content, hashlib.sha1).hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(key, content, hashlib.sha256).hexdigest(),
        }

    def post(self, entries: list[dict[str, Any]]) -> None:
        """Make a delivery, with what goes wrong with it."""
        assert self.webhook is not None
        webhook, now = self.webhook, self.sandbox.clock.now()
        body = encoded({"object": "page", "entry": entries})
        self.put(
            lambda secret: Pushed(webhook=webhook, body=body, signatures=self.sign(body, secret), made_at=now)
        )

    def give_up(self, pushed: Pushed) -> None:
        """The app is subscribed to nothing any more."""
        pushed.webhook.active = False
        for page in self.sandbox.pages:
            page.subscribed.pop(self.sandbox.app.id, None)

    # ----------------------------------------------------------------------------------------------- the handshake

    def handshake(self, webhook: Webhook) -> str | None:
        """Put Facebook's challenge to a webhook: None where it passed, else what was wrong."""
        challenge = str(int.from_bytes(self.sandbox.clock.nonce()[:4]))
        asked = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": webhook.verify_token,
        }
        answer = self.ask(webhook, WebhookRequest(method="GET", query=asked))
        return handshake_problem(answer, challenge)


def handshake_problem(answer: WebhookAnswer | None, challenge: str) -> str | None:
    """What is wrong with the answer to Facebook's challenge; None where it is right."""
    if answer is None:
        return "Connection failed"
    if answer.status != 200:
        return f"HTTP Status Code = {answer.status}"
    if answer.body.decode("utf-8", "replace").strip() != challenge:
        return "Response does not match challenge"
    return None
