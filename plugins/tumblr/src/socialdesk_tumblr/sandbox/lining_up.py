"""What a person lined up: the queue's order, the blogs they follow and the posts they like."""

from __future__ import annotations

import hashlib
from typing import Any

from .call import Call
from .items import Post
from .listings import PAGE, one_told
from .numbers import seconds
from .problems import Refused
from .telling_blogs import listed_blog

DEEPEST = 1_000


def _waiting(call: Call) -> list[Post]:
    """The queue without what is scheduled for a moment of its own."""
    return [post for post in call.sandbox.world.queued(call.own()) if post.publish_on is None]


def _line_up(posts: list[Post]) -> None:
    """Give these posts, in this order, the moments that they hold among them."""
    moments = sorted(post.due for post in posts if post.due is not None)
    for post, due in zip(posts, moments, strict=True):
        post.due = due


def reorder(call: Call) -> tuple[int, Any]:
    """POST /posts/queue/reorder: one post after another one, or (0) before all."""
    posts, after = _waiting(call), call.text("insert_after", "0")
    moved = [post for post in posts if post.id == call.text("post_id")]
    rest = [post for post in posts if post not in moved]
    places = [place for place, post in enumerate(rest) if post.id == after]
    if not moved or (after != "0" and not places):
        raise Refused(404)
    place = places[0] + 1 if places else 0
    _line_up([*rest[:place], *moved, *rest[place:]])
    return 200, []


def shuffle(call: Call) -> tuple[int, Any]:
    """POST /posts/queue/shuffle."""
    chance = call.sandbox.clock.nonce()
    _line_up(sorted(_waiting(call), key=lambda post: hashlib.sha256(chance + post.id.encode()).digest()))
    return 200, []


def following(call: Call) -> tuple[int, Any]:
    """GET /user/following: the newest first."""
    uuid = call.person.primary.uuid
    offset, limit = call.between("offset", 0, 10**9, 0), call.between("limit", 1, PAGE, PAGE)
    blogs = [blog for blog in call.sandbox.world.blogs.values() if uuid in blog.followers and not blog.gone]
    blogs.sort(key=lambda blog: blog.followers[uuid], reverse=True)
    shown = [listed_blog(blog) for blog in blogs[offset : offset + limit]]
    return 200, {"total_blogs": len(blogs), "blogs": shown}


def likes(call: Call) -> tuple[int, Any]:
    """GET /user/likes: what was liked last comes first."""
    if sum(name in call.fields for name in ("before", "after", "offset")) > 1:
        raise Refused(400, "Only one of before, after and offset can be given.")
    uuid, world = call.person.primary.uuid, call.sandbox.world
    offset, limit = call.between("offset", 0, DEEPEST, 0), call.between("limit", 1, PAGE, PAGE)
    before, after = call.whole("before"), call.whole("after")
    every = [post for post in world.posts.values() if uuid in post.likes and world.visible(post, call.person)]
    every.sort(key=lambda post: post.likes[uuid], reverse=True)
    found = [
        post
        for post in every
        if (before is None or seconds(post.likes[uuid]) < before)
        and (after is None or seconds(post.likes[uuid]) > after)
    ]
    shown = [
        {**one_told(call, post), "liked_timestamp": seconds(post.likes[uuid])}
        for post in found[offset : offset + limit]
    ]
    return 200, {"liked_posts": shown, "liked_count": len(every)}
