"""What a sandbox delivers by itself, as far as it is the same on all platforms: tried, tried again, and late or twice.

Everything goes by the sandbox's clock. A webhook is a function in Python where there is one for it, and else an address
on this machine, which a thread of its own calls.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Generic, Protocol, TypeVar

from socialdesk.testing.faults import PushForged, PushLate, PushLost, PushSwapped, PushTwice
from socialdesk.testing.pushing import PushingSandbox, Target, called, reach
from socialdesk.wire import WebhookAnswer, WebhookRequest

__all__ = ["Deliveries", "Pushed", "Webhook"]

NOBODYS = "nobody's"
"""The secret that a forged delivery is signed with."""
POLL = 0.05
IDLE = 60.0
"""After how many seconds in which nothing was due the thread ends; what happens next starts it again."""


class Webhook(Protocol):
    """Where deliveries go. ``failing_since`` is when the first of the tries failed since one was answered."""

    url: str
    failing_since: datetime | None


@dataclass(slots=True, eq=False, kw_only=True)
class Pushed(ABC):
    """One delivery: where it goes, and what became of it. ``statuses`` are those of the answers so far, None where none
    came; ``due`` is when it will be tried, None where it will not."""

    webhook: Webhook
    body: bytes
    made_at: datetime
    due: datetime | None = None
    order: int = 0
    statuses: list[int | None] = field(default_factory=list)
    delivered_at: datetime | None = None

    @property
    @abstractmethod
    def stands(self) -> bool:
        """Whether the platform delivers to the webhook at all."""

    @property
    @abstractmethod
    def request(self) -> WebhookRequest:
        """It, as the webhook receives it."""


P = TypeVar("P", bound=Pushed)


class Deliveries(ABC, Generic[P]):
    """All deliveries of the app, in the order in which they were made.

    ``retries`` is how many seconds after a failure a delivery is tried again; then it is only kept. ``dead_after`` is
    how long a webhook may fail, and ``answers_within`` how many seconds the platform waits for an answer.
    """

    retries: ClassVar[Sequence[float]]
    dead_after: ClassVar[timedelta]
    answers_within: ClassVar[float]

    def __init__(self, sandbox: PushingSandbox) -> None:
        self.sandbox = sandbox
        self.made: list[P] = []
        self.targets: dict[str, Target] = {}
        self._waiting: list[P] = []
        self._held: P | None = None
        self._order = 0
        self._flushing = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Deliver nothing more."""
        self._closed = True

    # --------------------------------------------------------------------------------------- what each platform says

    @abstractmethod
    def give_up(self, pushed: P) -> None:
        """Deliver to this one's webhook no more: it failed for too long."""

    def chores(self, *, http: bool) -> Sequence[Callable[[], object]]:
        """What is due beside deliveries, such as a challenge: of webhooks at addresses, or of those that are
        functions."""
        return ()

    # ------------------------------------------------------------------------------------------------ what is made

    def put(self, write: Callable[[str | None], P]) -> None:
        """Make a delivery, with what goes wrong with it. ``write`` writes it, signed with the secret that it is given,
        or the app's own."""
        now, faults = self.sandbox.clock.now(), self.sandbox.push_faults()
        secret = NOBODYS if any(isinstance(fault, PushForged) for fault in faults) else None
        made = self.add(write(secret))
        if any(isinstance(fault, PushTwice) for fault in faults):
            self.add(write(secret))
        if self._held is not None:
            self._order += 1
            self._held.due, self._held.order, self._held = now, self._order, None
        for fault in faults:
            if isinstance(fault, PushLost):
                made.due = None
            elif isinstance(fault, (PushLate, PushSwapped)):
                made.due = now + timedelta(seconds=fault.seconds)
                self._held = made if isinstance(fault, PushSwapped) else self._held

    def add(self, pushed: P) -> P:
        """Take a delivery that is due now, behind all others."""
        self._order += 1
        pushed.order = self._order
        pushed.due = self.sandbox.clock.now() if pushed.stands else None
        self.made.append(pushed)
        self._waiting.append(pushed)
        return pushed

    # ----------------------------------------------------------------------------------------------- what is tried

    def due(self) -> list[P]:
        """What is to be tried now, in its order."""
        now = self.sandbox.clock.now()
        with self.sandbox.lock:  # another thread may be adding to the list
            self._waiting = [made for made in self._waiting if made.due is not None]
            found = [(made.due, made.order, made) for made in self._waiting if made.due is not None]
        return [
            made for due, _, made in sorted(found, key=lambda item: item[:2]) if due <= now and made.stands
        ]

    def settle(self, pushed: P, answer: WebhookAnswer | None) -> None:
        """Note what became of a try."""
        now, webhook = self.sandbox.clock.now(), pushed.webhook
        status = answer.status if answer else None
        pushed.statuses.append(status)
        if status is not None and 200 <= status < 300:
            pushed.due, pushed.delivered_at, webhook.failing_since = None, now, None
            return
        tried = len(pushed.statuses)
        pushed.due = now + timedelta(seconds=self.retries[tried - 1]) if tried <= len(self.retries) else None
        webhook.failing_since = webhook.failing_since or now
        if now - webhook.failing_since > self.dead_after:
            self.give_up(pushed)

    def target(self, webhook: Webhook) -> Target | None:
        """The function that a webhook is; None where it is an address."""
        return self.targets.get(webhook.url) or self.targets.get("")

    def ask(self, webhook: Webhook, request: WebhookRequest) -> WebhookAnswer | None:
        """What a webhook answers; None where it cannot be reached."""
        target = self.target(webhook)
        return called(target, request) if target else reach(webhook.url, request, self.answers_within)

    def flush(self) -> None:
        """Try what is due. Functions are called here and now, addresses by a thread of its own."""
        while (
            not self.sandbox.answering and not self._closed and (self.chores(http=False) or self._callable())
        ):
            if not self._flushing.acquire(blocking=False):
                return  # whoever is at it looks again before it ends
            try:
                for chore in self.chores(http=False):
                    chore()
                for made, target in self._callable()[:1]:
                    self.settle(made, called(target, made.request))
            finally:
                self._flushing.release()
        if self._is_left():
            self._start()

    def _callable(self) -> list[tuple[P, Target]]:
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

    def _is_left(self) -> bool:
        """Whether any delivery to an address is yet to be tried."""
        return any(made.due is not None and self._by_http(made) for made in list(self._waiting))

    def _by_http(self, made: P) -> bool:
        local = made.webhook.url.startswith("http://") and self.target(made.webhook) is None
        return local and made.stands and not self._closed

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="sandbox deliveries", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """Call addresses until nothing is left to be tried."""
        idle = 0.0
        while idle < IDLE and self._is_left():
            for chore in self.chores(http=True):
                chore()
            with self.sandbox.lock:
                ready = [made for made in self.due() if self._by_http(made)]
            idle = 0.0 if ready else idle + POLL
            for made in ready:
                answer = reach(made.webhook.url, made.request, self.answers_within)
                with self.sandbox.lock:
                    self.settle(made, answer)
            if not ready:
                time.sleep(POLL)
