"""Deliveries: signed, tried, tried again, and kept for a day.

https://docs.x.com/x-api/webhooks/introduction.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from socialdesk.testing import deliveries
from socialdesk.wire import Headers, WebhookAnswer, WebhookRequest

from .happenings import Happening, revoked, tellings
from .state import Post, User
from .subscriptions import Registry, Webhook, needs_consent

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

CRC_EVERY = timedelta(hours=1)
RECENT = timedelta(minutes=1)


@dataclass(slots=True, eq=False, kw_only=True)
class Pushed(deliveries.Pushed):
    """One delivery of X, and what it says."""

    webhook: Webhook
    event_type: str
    signature: str

    @property
    def stands(self) -> bool:
        return self.webhook.valid

    @property
    def data(self) -> dict[str, Any]:
        """What it says, without the envelope's outermost layer."""
        said: dict[str, Any] = orjson.loads(self.body)["data"]
        return said

    @property
    def request(self) -> WebhookRequest:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "XActivity/1.0",
            "x-twitter-webhooks-signature": self.signature,
        }
        return WebhookRequest(method="POST", headers=Headers(headers), body=self.body)

    def __repr__(self) -> str:
        return f"<Pushed {self.event_type} {self.statuses}>"


class Deliveries(deliveries.Deliveries[Pushed]):
    """All deliveries of the app."""

    sandbox: TwitterSandbox
    retries = (5.0, 30.0, 120.0, 600.0, 3600.0)
    dead_after = timedelta(hours=28)
    answers_within = 10.0

    def __init__(self, sandbox: TwitterSandbox) -> None:
        super().__init__(sandbox)
        self.registry = Registry()

    # ------------------------------------------------------------------------------------------------ what is made

    def happened(self, what: str, subject: Any, by: User) -> None:
        """Make the deliveries of something that happened just now, and try them."""
        now = self.sandbox.clock.now()
        if what == "post.create" and isinstance(subject, Post) and now - subject.created_at > RECENT:
            return  # it is only said to have happened, long ago
        if not self.registry.subscriptions:
            return
        with self.sandbox.lock:
            for happening in tellings(what, subject, by):
                self._tell(happening)
        self.flush()

    def _tell(self, happening: Happening) -> None:
        kind, user = happening.event_type, happening.user
        if needs_consent(kind) and not self.sandbox.keyring.allowed_by(user):
            return
        for subscription in self.registry.subscriptions.values():
            webhook = self.registry.webhooks.get(subscription.webhook_id or "")
            if webhook is not None and subscription.fits(kind, user.id, happening.direction):
                self.tell(webhook, kind, happening.envelope(subscription.filter, subscription.tag))

    def revoked(self, user: User) -> None:
        """Tell every webhook that a user took back the grant."""
        happening = revoked(self.sandbox, user)
        with self.sandbox.lock:
            for webhook in self.registry.webhooks.values():
                self.tell(webhook, happening.event_type, happening.envelope({}, None))
        self.flush()

    def sign(self, content: bytes, secret: str | None = None) -> str:
        """The signature of a delivery, or the answer to a challenge."""
        key = secret or next(iter(self.sandbox.keyring.consumers.values()))
        return "sha256=" + base64.b64encode(hmac.new(key.encode(), content, hashlib.sha256).digest()).decode()

    def tell(self, webhook: Webhook, event_type: str, envelope: dict[str, Any]) -> None:
        """Make a delivery, with what goes wrong with it."""
        self.put(partial(self._written, webhook, event_type, orjson.dumps(envelope)))

    def _written(self, webhook: Webhook, event_type: str, body: bytes, secret: str | None = None) -> Pushed:
        now, signature = self.sandbox.clock.now(), self.sign(body, secret)
        return Pushed(webhook=webhook, event_type=event_type, body=body, signature=signature, made_at=now)

    def replay(self, webhook: Webhook, since: datetime, until: datetime) -> int:
        """Deliver again what was made for a webhook in a stretch of time; tells how many there were."""
        found = [made for made in self.made if made.webhook is webhook and since <= made.made_at <= until]
        for old in found:
            self.add(self._written(webhook, old.event_type, old.body))
        return len(found)

    # ----------------------------------------------------------------------------------------------- what is tried

    def settle(self, pushed: Pushed, answer: WebhookAnswer | None) -> None:
        """Note what became of a try. A webhook that sends X elsewhere is valid no more."""
        super().settle(pushed, answer)
        if answer is not None and 300 <= answer.status < 400:
            self.give_up(pushed)

    def give_up(self, pushed: Pushed) -> None:
        pushed.webhook.valid = False

    # ----------------------------------------------------------------------------------------------- the challenge

    def chores(self, *, http: bool) -> Sequence[Callable[[], object]]:
        """Webhooks that X would put to its challenge again by now."""
        now = self.sandbox.clock.now()
        known = [one for one in list(self.registry.webhooks.values()) if one.valid]
        stale = [one for one in known if now - one.checked_at >= CRC_EVERY and bool(self.target(one)) != http]
        return [partial(self.check, webhook) for webhook in stale]

    def check(self, webhook: Webhook) -> str | None:
        """Put X's challenge to a webhook: None where it passed, else what was wrong."""
        token = self.sandbox.clock.nonce().hex()
        answer = self.ask(webhook, WebhookRequest(method="GET", query={"crc_token": token}))
        webhook.checked_at = self.sandbox.clock.now()
        problem = crc_problem(answer, self.sign(token.encode()))
        transient = answer is None or answer.status >= 500
        if problem is None or not transient:
            webhook.valid = problem is None
        return problem


def crc_problem(answer: WebhookAnswer | None, expected: str) -> str | None:
    """What is wrong with the answer to X's challenge; None where it is right."""
    if answer is None:
        return "the webhook could not be reached"
    if answer.status != 200:
        return f"the webhook answered with status {answer.status}"
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return "the webhook did not answer with JSON"
    given = said.get("response_token") if isinstance(said, dict) else None
    right = isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
    return None if right else "Invalid response_token"
