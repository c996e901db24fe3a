"""Three platforms of different capability, as a storm needs them: without limits, and quick to show what was said.

Bluesky takes our own id for a post, Mastodon a key, and on Twitter one has to look for what may have been said. The
connectors are those that ship, with what only time would bring shortened: a post shows within two seconds instead of
minutes, and clocks that are one clock differ by no more. The sandboxes' limits are out of the way; all else is as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import socialdesk_mastodon.saying
import socialdesk_mastodon.sending
import socialdesk_twitter.saying
import socialdesk_twitter.sending
from socialdesk import Registry
from socialdesk.connector import Capabilities
from socialdesk.testing.sandbox import Sandbox
from socialdesk_bluesky.connector import BlueskyConnector
from socialdesk_bluesky.sandbox import BlueskySandbox
from socialdesk_mastodon.connector import MastodonConnector
from socialdesk_mastodon.sandbox import MastodonSandbox
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.sandbox import TwitterSandbox
from socialdesk_twitter.sandbox.limits import Allowance

GRACE = timedelta(seconds=2)
TIMEOUT = 3.0
ENDLESS = 10**9
NUMBER = re.compile(r"answer (\d+) ")


class Quick:
    """A connector that is not limited, and of which we know that it shows a post within GRACE."""

    limits = ()

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, grace=GRACE)


class QuickBluesky(Quick, BlueskyConnector):
    pass


class QuickMastodon(Quick, MastodonConnector):
    pass


class QuickTwitter(Quick, TwitterConnector):
    pass


def quick_registry() -> Registry:
    """The connectors above in place of those that they are made of; a process has this once."""
    for platform in (socialdesk_mastodon, socialdesk_twitter):
        platform.sending.CLOCKS_DIFFER = GRACE  # one machine has one clock
        platform.saying._OLDER_PAGES = 200  # nobody says as much in so short a time as a storm does
    return Registry(extra=[QuickBluesky, QuickMastodon, QuickTwitter])


def unlimited() -> dict[str, Sandbox]:
    """The three sandboxes, by platform."""
    bluesky, mastodon, twitter = BlueskySandbox(), MastodonSandbox(), TwitterSandbox()
    for name in bluesky.limits.amounts:
        bluesky.limits.set(name, ENDLESS)
    for name in mastodon.limits.allowed:
        mastodon.limits.allowed[name] = ENDLESS
    twitter.limits.allowances = dict.fromkeys(twitter.limits.allowances, Allowance())
    twitter.search_lag = 0.0
    return {"bluesky": bluesky, "mastodon": mastodon, "twitter": twitter}


@dataclass(frozen=True)
class Said:
    """What a platform shows of ours: which answer it is, and its id there."""

    number: int
    id: str


def said(sandbox: Any) -> list[Said]:
    """All that the brand said, oldest first, by the platform's own record."""
    return [Said(int(NUMBER.search(text)[1]), key) for text, key in _texts(sandbox)]


def _texts(sandbox: Any) -> Iterator[tuple[str, str]]:
    ours = sandbox.account
    with sandbox.lock:
        match sandbox.platform:
            case "bluesky":
                for record in sandbox.world.posts:
                    if record.owner is ours:
                        yield record.value["text"], record.uri
            case "mastodon":
                for status in sandbox.world.statuses.values():
                    if status.author is ours:
                        yield status.text, status.id
            case "twitter":
                for number in ours.posts:
                    yield sandbox.world.posts[number].written, str(number)


def speaks(request: Any) -> bool:
    """Whether a request says something in public."""
    return request.method == "POST" and request.path.endswith(
        ("/2/tweets", "/api/v1/statuses", "/xrpc/com.atproto.repo.putRecord")
    )
