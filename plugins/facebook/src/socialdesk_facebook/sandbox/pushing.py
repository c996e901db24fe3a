"""The part of the sandbox's Python face that is about what Facebook delivers by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from socialdesk.testing import pushing

from .access import Keyring
from .deliveries import Deliveries, Pushed
from .inbox import Conversation
from .kinds_pages import App
from .stamps import seconds
from .state import Page, Person
from .subscribing import FIELDS, Webhook
from .world import World

_TESTS: dict[str, dict[str, Any]] = {
    "feed": {
        "item": "comment",
        "verb": "add",
        "comment_id": "44444444_444444444",
        "post_id": "44444444_444444444",
        "parent_id": "44444444_444444444",
        "from": {"id": "44444444", "name": "Test User"},
        "message": "Test comment",
    },
    "mention": {"item": "post", "verb": "add", "post_id": "44444444_444444444", "message": "Test post"},
}


class PushingSandbox(pushing.PushingSandbox):
    """A sandbox that delivers. What happens while a request is answered is delivered when the answer is there."""

    push: Deliveries
    world: World
    keyring: Keyring
    app: App

    @property
    def pages(self) -> list[Page]:
        """All Pages there are."""
        return [actor for actor in self.world.actors.values() if isinstance(actor, Page)]

    def subscribe(self, *fields: str, url: str = "https://desk.example.com/facebook") -> Webhook:
        """A webhook without Facebook's challenge, subscribed for the app and the brand's Page: to these fields, or all
        that are modelled."""
        with self.lock:
            chosen = fields or tuple(sorted(FIELDS))
            self.push.webhook = Webhook(url, chosen, self.keyring.verify_token)
            self.world.page.subscribed[self.app.id] = chosen
            return self.push.webhook

    @contextlib.contextmanager
    def batched(self) -> Iterator[None]:
        """What happens within goes into one delivery (into several beyond a thousand events)."""
        with self.lock:
            self.push.batch = []
        try:
            yield
        finally:
            with self.lock:
                collected, self.push.batch = self.push.batch, None
                if self.push.webhook is not None:
                    self.push.tell(collected or ())
            self.push.flush()

    def send_test_event(self, field: str = "feed") -> None:
        """What the button of the app's dashboard sends: about Page 0. Raises KeyError on a field without one."""
        now = seconds(self.clock.now())
        change = {"field": field, "value": {**_TESTS[field], "created_time": now}}
        with self.lock:
            self.push.post([{"id": "0", "time": now, "changes": [change]}])
        self.push.flush()

    # ----------------------------------------------------------------------------------------------------- threads

    def owner_of(self, there: Conversation) -> str:
        """The app that has a conversation for itself, by its id; empty where none has."""
        if there.owner_until is not None and there.owner_until <= self.clock.now():
            there.owner, there.owner_until = "", None
        return there.owner

    def hand_over(self, there: Conversation, to: str, metadata: str, *, took: bool = False) -> None:
        """Give a conversation to an app; whom that concerns and who did not do it is told."""
        before, there.owner = self.owner_of(there), to
        there.owner_until = None
        moved = {"conversation": there, "before": before, "after": to, "metadata": metadata}
        if not self.answering and self.app.id in (before, to):
            self.world.happened(f"handover.{'take' if took else 'pass'}", moved, there.page)

    def inbox_takes(self, person: Person) -> None:
        """Somebody takes a conversation in the Page's inbox: this app stands by from then on."""
        there = self.world.inbox.with_(person, self.world.page)
        self.hand_over(there, self.world.inbox.inbox_app, "", took=True)

    def inbox_passes(self, person: Person) -> None:
        """The Page's inbox gives a conversation to this app."""
        self.hand_over(self.world.inbox.with_(person, self.world.page), self.app.id, "")

    def enforce_policy(
        self, action: str = "block", reason: str = "The bot violated our Platform Policies"
    ) -> None:
        """Facebook acts against the Page, and says so."""
        self.world.happened("policy", {"action": action, "reason": reason}, self.world.page)

    # ------------------------------------------------------------------------------------------------- when to push

    @property
    def deliveries(self) -> list[Pushed]:
        """All deliveries so far, those that never arrived too, in the order in which they were made."""
        return list(self.push.made)
