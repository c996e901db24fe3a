"""Tumblr's connector keeps the contract, on every stream that is polled."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.tumblr.tests.tumblr_pages import refusal
from socialdesk.errors import DeliveryUnknown, RateLimited
from socialdesk.models import Rule
from socialdesk.testing import ConnectorSuite
from socialdesk_tumblr.connector import TumblrConnector
from socialdesk_tumblr.ids import post_id, reply_id
from socialdesk_tumblr.sandbox import Post, TumblrSandbox


def value_of(post: Post) -> str:
    return post_id(post.blog.uuid, post.id).value


class TestNotifications(ConnectorSuite):
    connector = TumblrConnector
    sandbox = TumblrSandbox
    refusals = [
        (refusal(400, 8001, at=None), "unsupported"),
        (refusal(400, 8002, at=None), "gone"),
        (refusal(403, at=None), "not_permitted"),
        (refusal(403, 8008, at=None), "content"),
        (refusal(403, 8023, at=None), RateLimited),
        (refusal(403, 8010, at=None), RateLimited),
        (refusal(500, 8006, at=None), DeliveryUnknown),
        (refusal(503, at=None), DeliveryUnknown),
    ]

    def complain(self, sandbox: Any, text: str) -> str:
        """A reply under a post of the brand's, which every complaint shares."""
        ours = next(iter(sandbox.account.posts), None)
        post = sandbox.account.post("Our autumn opening hours") if ours is None else sandbox.world.posts[ours]
        note = sandbox.blog("ann").reply(post, text)
        return reply_id(post.id, note.blog.uuid, note.at.timestamp(), text).value

    def spoken(self, sandbox: Any) -> list[str]:
        posts = [sandbox.world.posts[number] for number in sandbox.account.posts]
        return [
            "".join(block.get("text", "") for block in post.content)
            for post in posts
            if post.state == "published" and not post.deleted
        ]

    def test_send_says_the_text_to_the_right_one(self) -> None:
        """A bare reply has no id to name: what is reblogged is the post under which it stands."""
        asked, part = self.sending().requests[-1], self.part(self.connect())
        assert part.target is not None
        assert part.target.in_reply_to is not None
        blog, _, number = part.target.in_reply_to.value.partition("/")
        body: Any = asked.body
        assert body.value["parent_tumblelog_uuid"] == blog
        assert str(body.value["parent_post_id"]) == number
        assert body.value["content"][0]["text"] == part.text


@pytest.mark.slow
class TestNotes(TestNotifications):
    """Replies by the second way, which is there because they vanish from the first one for some people."""

    stream = "notes"
    found_by = "posts"
    crowd = 120


class TestAsks(TestNotifications):
    stream = "asks"

    def complain(self, sandbox: Any, text: str) -> str:
        return value_of(sandbox.blog("ann").ask(sandbox.account, text))

    def spoken(self, sandbox: Any) -> list[str]:
        """Answers, which are added to the question."""
        posts = [sandbox.world.posts[number] for number in sandbox.account.posts]
        return [
            "".join(block.get("text", "") for block in post.content[len(post.ask_blocks) :])
            for post in posts
            if post.is_ask and post.state == "published"
        ]

    def test_send_says_the_text_to_the_right_one(self) -> None:
        asked, part = self.sending().requests[-1], self.part(self.connect())
        body: Any = asked.body
        assert part.target is not None
        assert body.fields["id"] == part.target.id.value.rpartition("/")[2]
        assert part.text in body.fields["answer"]


@pytest.mark.slow
class TestSearch(TestNotifications):
    stream = "search"
    rule = Rule(name="brand", hashtags=("acme cable",))

    def complain(self, sandbox: Any, text: str) -> str:
        return value_of(sandbox.blog("ann").post(text, tags=["acme cable"]))

    def test_send_says_the_text_to_the_right_one(self) -> None:
        asked, part = self.sending().requests[-1], self.part(self.connect())
        body: Any = asked.body
        assert part.target is not None
        assert f"{body.value['parent_tumblelog_uuid']}/{body.value['parent_post_id']}" == part.target.id.value
        assert body.value["content"][0]["text"] == part.text
