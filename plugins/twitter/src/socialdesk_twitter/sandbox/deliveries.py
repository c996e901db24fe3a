"""Deliveries: signed, tried, tried again, and kept for a day.

https://docs.x.com/x-api/webhooks/introduction. Everything goes by the sandbox's clock. A webhook is a function in
Python where there is one for it, and else an address on this machine, which a thread of its own calls.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from socialdesk.testing.faults import PushForged, PushLate, PushLost, PushSwapped, PushTwice
from socialdesk.testing.pushing import Target, called, reach
from socialdesk.wire import Headers, WebhookAnswer, WebhookRequest

from .happenings import Happening, revoked, tellings
from .state import Post, User
from .subscriptions import Registry, Webhook, needs_consent

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

RETRIES = (5.0, 30.0, 120.0, 600.0, 3600.0)
"""How many seconds after a failure a delivery is tried again; then it is only kept."""
CRC_EVERY = timedelta(hours=1)
DEAD_AFTER = timedelta(hours=28)
RECENT = timedelta(minutes=1)
ANSWERS_WITHIN = 10.0
"""How many seconds X waits for an answer."""
POLL = 0.05
IDLE = 60.0
"""After how many seconds in which nothing was due the thread ends; what happens next starts it again."""


@dataclass(slots=True, eq=False)
class Pushed:
    """One delivery: what it says, where it goes, and what became of it. ``statuses`` are those of the answers so far,
    None where none came; ``due`` is when it will be tried, None where it will not."""

    webhook: Webhook
    event_type: str
    body: bytes
    signature: str
    made_at: datetime
    due: datetime | None
    order: int
    statuses: list[int | None] = field(default_factory=list)
    delivered_at: datetime | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What it says, without the envelope's outermost layer."""
        said: dict[str, Any] = orjson.loads(self.body)["data"]
        return said

    @property
    def request(self) -> WebhookRequest:
        """It, as the webhook receives it."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "XActivity/1.0",
            "x-twitter-webhooks-signature": self.signature,
        }
        return WebhookRequest(method="POST", headers=Headers(headers), body=self.body)

    def __repr__(self) -> str:
        return f"<Pushed {self.event_type} {self.statuses}>"


class Deliveries:
    """All deliveries of the app, in the order in which they were made."""

    def __init__(self, sandbox: TwitterSandbox) -> None:
        self.sandbox = sandbox
        self.registry = Registry()
        self.made: list[Pushed] = []
        self.targets: dict[str, Target] = {}
        self._held: Pushed | None = None
        self._order = 0
        self._flushing = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Deliver nothing more."""
        self._closed = True

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
                self.put(webhook, kind, happening.envelope(subscription.filter, subscription.tag))

    def revoked(self, user: User) -> None:
        """Tell every webhook that a user took back the grant."""
        happening = revoked(self.sandbox, user)
        with self.sandbox.lock:
            for webhook in self.registry.webhooks.values():
                self.put(webhook, happening.event_type, happening.envelope({}, None))
        self.flush()

    def sign(self, content: bytes, secret: str | None = None) -> str:
        """The signature of a delivery, or the answer to a challenge."""
        key = secret or next(iter(self.sandbox.keyring.consumers.values()))
        return "sha256=" + base64.b64encode(hmac.new(key.encode(), content, hashlib.sha256).digest()).decode()

    def put(self, webhook: Webhook, event_type: str, envelope: dict[str, Any]) -> None:
        """Make a delivery, with what goes wrong with it."""
        body, now = orjson.dumps(envelope), self.sandbox.clock.now()
        faults = self.sandbox.push_faults()
        signature = self.sign(body, "nobody's" if any(isinstance(f, PushForged) for f in faults) else None)
        made = self._add(webhook, event_type, body, signature)
        if any(isinstance(fault, PushTwice) for fault in faults):
            self._add(webhook, event_type, body, signature)
        if self._held is not None:
            self._order += 1
            self._held.due, self._held.order, self._held = now, self._order, None
        for fault in faults:
            if isinstance(fault, PushLost):
                made.due = None
            elif isinstance(fault, (PushLate, PushSwapped)):
                made.due = now + timedelta(seconds=fault.seconds)
                self._held = made if isinstance(fault, PushSwapped) else self._held

    def _add(self, webhook: Webhook, event_type: str, body: bytes, signature: str) -> Pushed:
        self._order += 1
        now = self.sandbox.clock.now()
        due = now if webhook.valid else None
        made = Pushed(webhook, event_type, body, signature, now, due, self._order)
        self.made.append(made)
        return made

    def replay(self, webhook: Webhook, since: datetime, until: datetime) -> int:
        """Deliver again what was made for a webhook in a stretch of time; tells how many there were."""
        found = [made for made in self.made if made.webhook is webhook and since <= made.made_at <= until]
        for old in found:
            self._add(webhook, old.event_type, old.body, self.sign(old.body))
        return len(found)

    # ----------------------------------------------------------------------------------------------- what is tried

    def due(self) -> list[Pushed]:
        """What is to be tried now, in its order."""
        now = self.sandbox.clock.now()
        found = [(made.due, made.order, made) for made in list(self.made) if made.due is not None]
        return [
            made
            for due, _, made in sorted(found, key=lambda item: item[:2])
            if due <= now and made.webhook.valid
        ]

    def settle(self, pushed: Pushed, answer: WebhookAnswer | None) -> None:
        """Note what became of a try."""
        now, webhook = self.sandbox.clock.now(), pushed.webhook
        status = answer.status if answer else None
        pushed.statuses.append(status)
        if status is not None and 200 <= status < 300:
            pushed.due, pushed.delivered_at, webhook.failing_since = None, now, None
            return
        tried = len(pushed.statuses)
        pushed.due = now + timedelta(seconds=RETRIES[tried - 1]) if tried <= len(RETRIES) else None
        webhook.failing_since = webhook.failing_since or now
        moved = status is not None and 300 <= status < 400
        if moved or now - webhook.failing_since > DEAD_AFTER:
            webhook.valid = False

    def target(self, webhook: Webhook) -> Target | None:
        return self.targets.get(webhook.url) or self.targets.get("")

    def flush(self) -> None:
        """Try what is due. Functions are called here and now, addresses by a thread of its own."""
        while not self.sandbox.answering and (self._stale() or self._callable()):
            if not self._flushing.acquire(blocking=False):
                return  # whoever is at it looks again before it ends
            try:
                for webhook in self._stale():
                    self.check(webhook)
                for made, target in self._callable()[:1]:
                    self.settle(made, called(target, made.request))
            finally:
                self._flushing.release()
        if any(made.due is not None and self._by_http(made) for made in list(self.made)):
            self._start()

    def _callable(self) -> list[tuple[Pushed, Target]]:
        """What is due and goes to a function, in its order."""
        found = [(made, self.target(made.webhook)) for made in self.due()]
        return [(made, target) for made, target in found if target is not None]

    async def aflush(self, target: Callable[[WebhookRequest], Awaitable[WebhookAnswer]]) -> int:
        """Try what is due on a function that is awaited; tells how many deliveries that were."""
        tried = 0
        while ready := self.due():
            self.settle(ready[0], await target(ready[0].request))
            tried += 1
        return tried

    def _stale(self, *, http: bool = False) -> list[Webhook]:
        """Webhooks that X would put to its challenge again by now: functions, or addresses."""
        now = self.sandbox.clock.now()
        known = [one for one in list(self.registry.webhooks.values()) if one.valid]
        return [one for one in known if now - one.checked_at >= CRC_EVERY and bool(self.target(one)) != http]

    # ---------------------------------------------------------------------------------------------------- over HTTP

    def _by_http(self, made: Pushed) -> bool:
        return (
            made.webhook.valid
            and self.target(made.webhook) is None
            and made.webhook.url.startswith("http://")
        )

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="sandbox deliveries", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """Call addresses until nothing is left to be tried."""
        idle = 0.0
        while idle < IDLE and any(made.due is not None and self._by_http(made) for made in list(self.made)):
            for webhook in self._stale(http=True):
                self.check(webhook)
            with self.sandbox.lock:
                ready = [made for made in self.due() if self._by_http(made)]
            idle = 0.0 if ready else idle + POLL
            for made in ready:
                answer = reach(made.webhook.url, made.request, ANSWERS_WITHIN)
                with self.sandbox.lock:
                    self.settle(made, answer)
            if not ready:
                time.sleep(POLL)

    # ----------------------------------------------------------------------------------------------- the challenge

    def ask(self, webhook: Webhook, request: WebhookRequest) -> WebhookAnswer | None:
        target = self.target(webhook)
        return called(target, request) if target else reach(webhook.url, request, ANSWERS_WITHIN)

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
