"""What lies in a blog's inbox: questions and submissions, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .content import mention_of
from .items import Activity, Block, Post
from .state import Blog, StateError

if TYPE_CHECKING:
    from .world import World

_FOR_NO_ASK = frozenset({"video", "link"})


def ask_layout(asker: Blog | None, blocks: int) -> Block:
    """The layout that says which blocks are the question, and whose it is."""
    layout: Block = {"type": "ask", "blocks": list(range(blocks))}
    if asker is not None:
        layout["attribution"] = {"type": "blog", "url": asker.url, "blog": mention_of(asker)}
    return layout


class Inbox:
    """Questions and submissions."""

    def __init__(self, world: World) -> None:
        self.world = world

    def ask(self, by: Blog, to: Blog, content: list[Block], *, anonymous: bool, at: datetime | None) -> Post:
        if not to.asks or (anonymous and not to.anonymous_asks):
            raise StateError("the blog takes no such questions")
        if by.uuid in to.blocks or by.owner.number in to.senders_blocked:
            raise StateError("the blog has blocked this one")
        kinds = {block["type"] for block in content}
        if not content or (anonymous and kinds != {"text"}) or kinds & _FOR_NO_ASK:
            raise StateError("a question is text, and one that is not anonymous may have pictures")
        moment = at or self.world.moment()
        post = self.world.enter(
            to,
            moment,
            content=content,
            layout=[ask_layout(None if anonymous else by, len(content))],
            state="submission",
            asker=None if anonymous else by,
            submitter=by,
            is_ask=True,
            hidden=by.shadow_banned,
        )
        item = Activity("ask", "ask", moment, post.shown_from, None if anonymous else by, post)
        self.world.tell(to, item)
        return post

    def submit(self, by: Blog, to: Blog, text: str, *, tags: Sequence[str], at: datetime | None) -> Post:
        if by.uuid in to.blocks:
            raise StateError("the blog has blocked this one")
        content = self.world.writing.blocks(text, None)
        if not content:
            raise StateError("a submission needs content")
        return self.world.enter(
            to,
            at or self.world.moment(),
            content=content,
            state="submission",
            tags=tuple(tags),
            submitter=by,
            is_submission=True,
            hidden=by.shadow_banned,
        )

    def listed(self, blog: Blog) -> list[Post]:
        """What the inbox shows, the newest first."""
        now = self.world.now()
        posts = (self.world.posts[number] for number in blog.posts)
        held = [
            post
            for post in posts
            if post.state == "submission"
            and not (post.deleted or post.hidden)
            and post.shown_from <= now
            and not post.is_orphan
        ]
        return sorted(held, key=lambda post: post.number, reverse=True)

    def answer(
        self, ask: Post, content: Sequence[Block], *, private: bool, tags: Sequence[str], state: str = ""
    ) -> Post:
        """Answer a question: the asker is told; the id stays. Raises StateError where it is no open question."""
        if ask.state != "submission" or not ask.is_ask:
            raise StateError("this is no question that is open")
        if private and ask.asker is None:
            raise StateError("an anonymous question cannot be answered privately")
        ask.content = [*(ask.content[place] for place in ask.ask_blocks), *content]
        ask.tags = tuple(tags)
        self.release(ask, "private" if private else state or "published")
        return ask

    def release(self, post: Post, state: str) -> None:
        """Let something out of the inbox, into any other state."""
        post.state = state  # type: ignore[assignment]  # one of the states, checked where it came in
        post.created_at = self.world.now()
        if state == "queued":
            self.world.queue(post)
        elif state == "published":
            self.world.writing.announce(post)
        elif state == "private":
            self.tell_asker(post)

    def tell_asker(self, post: Post) -> None:
        """Tell whoever asked that there is an answer."""
        if post.asker is not None and not post.asker.gone:
            item = Activity(
                "answered_ask", "ask_answer", self.world.moment(), post.created_at, post.blog, post
            )
            self.world.tell(post.asker, item)
