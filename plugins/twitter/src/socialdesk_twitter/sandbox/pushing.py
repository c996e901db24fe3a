"""The part of the sandbox's Python face that is about what X delivers by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from socialdesk.testing.sandbox import Delivery, Sandbox
from socialdesk.wire import Request, WebhookAnswer, WebhookRequest

from .deliveries import Deliveries, Pushed
from .state import User
from .subscriptions import Subscription, Webhook
from .world import World


class PushingSandbox(Sandbox):
    """A sandbox that delivers. What happens while a request is answered is delivered when the answer is there."""

    push: Deliveries
    world: World
    answering = 0

    def deliver_to(self, function: Callable[[WebhookRequest], WebhookAnswer], url: str = "") -> None:
        """Give deliveries, and X's challenge, to a function: those of one webhook by its URL, or all others. What is
        due already is tried at once. Webhooks without a function are called over HTTP, on this machine only."""
        self.push.targets[url] = function
        self.push.flush()

    async def adeliver(self, function: Callable[[WebhookRequest], Awaitable[WebhookAnswer]]) -> int:
        """Give what is due to a function that is awaited, and tell how many deliveries that were."""
        return await self.push.aflush(function)

    def add_webhook(self, url: str = "https://desk.example.com/twitter") -> Webhook:
        """A webhook that is registered and valid without X's challenge; that comes an hour later, and every hour."""
        with self.lock:
            now = self.clock.now()
            webhook = Webhook(self.world.mint(now), url, now, now)
            return self.push.registry.webhooks.setdefault(webhook.id, webhook)

    def subscribe(
        self, webhook: Webhook, *event_types: str, user: User | None = None, tag: str | None = None
    ) -> list[Subscription]:
        """Subscriptions of a webhook to what concerns a user (the brand's own by default)."""
        with self.lock:
            now, about = self.clock.now(), {"user_id": (user or self.account).id}
            made = [
                Subscription(self.world.mint(now), kind, about, now, now, tag, webhook.id)
                for kind in event_types
            ]
            self.push.registry.subscriptions |= {one.id: one for one in made}
            return made

    @property
    def deliveries(self) -> list[Pushed]:
        """All deliveries so far, those that never arrived too, in the order in which they were made."""
        return list(self.push.made)

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        now = super().advance(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.push.flush()
        return now

    def deliver(self, request: Request) -> Delivery:
        with self.lock:
            self.answering += 1
            try:
                delivery = super().deliver(request)
            finally:
                self.answering -= 1
        self.push.flush()
        return delivery
