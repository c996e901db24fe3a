"""The part of the sandbox's Python face that is about what X delivers by itself."""

from __future__ import annotations

from socialdesk.testing import pushing

from .deliveries import Deliveries, Pushed
from .state import User
from .subscriptions import Subscription, Webhook
from .world import World


class PushingSandbox(pushing.PushingSandbox):
    """A sandbox that delivers. What happens while a request is answered is delivered when the answer is there."""

    push: Deliveries
    world: World

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
