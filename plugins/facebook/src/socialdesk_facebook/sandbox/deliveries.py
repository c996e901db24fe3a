"""Deliveries: signed, tried, and tried again ever more slowly for a day and a half.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started. Everything goes by the sandbox's clock. A
webhook is a function in Python where there is one for it, and else an address on this machine, which a thread of its
own calls.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from socialdesk.testing.faults import PushForged, PushLate, PushLost, PushSwapped, PushTwice
from socialdesk.testing.pushing import Target, called, reach
from socialdesk.wire import Headers, WebhookAnswer, WebhookRequest

from .happenings import Happening, tellings
from .stamps import millis, seconds
from .state import Actor
from .subscribing import Webhook

if TYPE_CHECKING:
    from .facebook import FacebookSandbox

RETRIES = (0.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 36_000.0, 36_000.0)
"""How many seconds after a failure a delivery is tried again: at once first, about 36 hours in all."""
DEAD_AFTER = timedelta(hours=36)
RECENT = timedelta(minutes=1)
CHANGES_AT_MOST = 1_000
ANSWERS_WITHIN = 20.0
"""How many seconds Facebook waits for an answer."""
POLL = 0.05
IDLE = 60.0
"""After how many seconds in which nothing was due the thread ends; what happens next starts it again."""


def encoded(told: Any) -> bytes:
    """A delivery's bytes as Facebook writes them: what is not ASCII as \\u and lower-case digits, slashes escaped."""
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


@dataclass(slots=True, eq=False)
class Pushed:
    """One delivery: what it says, where it goes, and what became of it. ``statuses`` are those of the answers so far,
    None where none came; ``due`` is when it will be tried, None where it will not."""

    webhook: Webhook
    body: bytes
    signatures: dict[str, str]
    made_at: datetime
    due: datetime | None
    order: int
    statuses: list[int | None] = field(default_factory=list)
    delivered_at: datetime | None = None

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What it says."""
        said: list[dict[str, Any]] = orjson.loads(self.body)["entry"]
        return said

    @property
    def request(self) -> WebhookRequest:
        """It, as the webhook receives it."""
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", **self.signatures}
        return WebhookRequest(method="POST", headers=Headers(headers), body=self.body)

    def __repr__(self) -> str:
        return f"<Pushed {len(self.entries)} {self.statuses}>"


class Deliveries:
    """All deliveries of the app, in the order in which they were made. ``webhook`` is where they go."""

    def __init__(self, sandbox: FacebookSandbox) -> None:
        self.sandbox = sandbox
        self.webhook: Webhook | None = None
        self.made: list[Pushed] = []
        self._waiting: list[Pushed] = []
        self.targets: dict[str, Target] = {}
        self.batch: list[Happening] | None = None
        self._held: Pushed | None = None
        self._order = 0
        self._flushing = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Deliver nothing more."""
        self._closed = True

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
                self.put(wanted)
        self.flush()

    def _wants(self, happening: Happening) -> bool:
        page = happening.page.subscribed.get(self.sandbox.app.id, ())
        return self.webhook is not None and happening.field in self.webhook.fields and happening.field in page

    def put(self, happenings: Iterable[Happening]) -> None:
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
        body, now = encoded({"object": "page", "entry": entries}), self.sandbox.clock.now()
        faults = self.sandbox.push_faults()
        signed = self.sign(body, "nobody's" if any(isinstance(f, PushForged) for f in faults) else None)
        made = self._add(body, signed)
        if any(isinstance(fault, PushTwice) for fault in faults):
            self._add(body, signed)
        if self._held is not None:
            self._order += 1
            self._held.due, self._held.order, self._held = now, self._order, None
        for fault in faults:
            if isinstance(fault, PushLost):
                made.due = None
            elif isinstance(fault, (PushLate, PushSwapped)):
                made.due = now + timedelta(seconds=fault.seconds)
                self._held = made if isinstance(fault, PushSwapped) else self._held

    def _add(self, body: bytes, signed: dict[str, str]) -> Pushed:
        assert self.webhook is not None
        self._order += 1
        now = self.sandbox.clock.now()
        due = now if self.webhook.active else None
        made = Pushed(self.webhook, body, signed, now, due, self._order)
        self.made.append(made)
        self._waiting.append(made)
        return made

    # ----------------------------------------------------------------------------------------------- what is tried

    def due(self) -> list[Pushed]:
        """What is to be tried now, in its order."""
        now = self.sandbox.clock.now()
        with self.sandbox.lock:  # another thread may be adding to the list
            self._waiting = [made for made in self._waiting if made.due is not None]
            found = [(made.due, made.order, made) for made in self._waiting if made.due is not None]
        return [
            made
            for due, _, made in sorted(found, key=lambda item: item[:2])
            if due <= now and made.webhook.active
        ]

    def settle(self, pushed: Pushed, answer: WebhookAnswer | None) -> None:
        """Note what became of a try. An app whose webhook fails for too long is subscribed to nothing any more."""
        now, webhook = self.sandbox.clock.now(), pushed.webhook
        status = answer.status if answer else None
        pushed.statuses.append(status)
        if status is not None and 200 <= status < 300:
            pushed.due, pushed.delivered_at, webhook.failing_since = None, now, None
            return
        tried = len(pushed.statuses)
        pushed.due = now + timedelta(seconds=RETRIES[tried - 1]) if tried <= len(RETRIES) else None
        webhook.failing_since = webhook.failing_since or now
        if now - webhook.failing_since > DEAD_AFTER:
            webhook.active = False
            for page in self.sandbox.pages:
                page.subscribed.pop(self.sandbox.app.id, None)

    def target(self, webhook: Webhook) -> Target | None:
        return self.targets.get(webhook.url) or self.targets.get("")

    def flush(self) -> None:
        """Try what is due. Functions are called here and now, addresses by a thread of its own."""
        while not self.sandbox.answering and not self._closed and self._callable():
            if not self._flushing.acquire(blocking=False):
                return  # whoever is at it looks again before it ends
            try:
                for made, target in self._callable()[:1]:
                    self.settle(made, called(target, made.request))
            finally:
                self._flushing.release()
        if any(made.due is not None and self._by_http(made) for made in list(self._waiting)):
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

    # ---------------------------------------------------------------------------------------------------- over HTTP

    def _by_http(self, made: Pushed) -> bool:
        local = made.webhook.url.startswith("http://") and self.target(made.webhook) is None
        return local and made.webhook.active and not self._closed

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="sandbox deliveries", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """Call addresses until nothing is left to be tried."""
        idle = 0.0
        while idle < IDLE and any(
            made.due is not None and self._by_http(made) for made in list(self._waiting)
        ):
            with self.sandbox.lock:
                ready = [made for made in self.due() if self._by_http(made)]
            idle = 0.0 if ready else idle + POLL
            for made in ready:
                answer = reach(made.webhook.url, made.request, ANSWERS_WITHIN)
                with self.sandbox.lock:
                    self.settle(made, answer)
            if not ready:
                time.sleep(POLL)

    # ----------------------------------------------------------------------------------------------- the handshake

    def handshake(self, webhook: Webhook) -> str | None:
        """Put Facebook's challenge to a webhook: None where it passed, else what was wrong."""
        challenge = str(int.from_bytes(self.sandbox.clock.nonce()[:4]))
        asked = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": webhook.verify_token,
        }
        request, target = WebhookRequest(method="GET", query=asked), self.target(webhook)
        answer = called(target, request) if target else reach(webhook.url, request, ANSWERS_WITHIN)
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
