"""The rest of what blogs and their owners do: who they are, whom they follow, what they like, whom they block."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .call import Call
from .items import Post
from .notes import next_link
from .problems import Refused
from .state import Blog, StateError
from .telling_blogs import listed_blog, short_blog, updated, whole_blog

PAGE = 20


def blog_info(call: Call) -> tuple[int, Any]:
    return 200, {"blog": whole_blog(call.blog, call.caller.person)}


def user_info(call: Call) -> tuple[int, Any]:
    """The person and the blogs that they may write on."""
    person, world = call.person, call.sandbox.world
    blogs = [blog for blog in world.blogs.values() if not blog.gone]
    primary = person.primary
    told = [
        whole_blog(blog, person)
        | {
            "admin": True,
            "followers": len(blog.followers),
            "primary": blog is primary,
            "tweet": "N",
            "type": "public",
        }
        for blog in person.blogs
        if not blog.gone
    ]
    return 200, {
        "user": {
            "blogs": told,
            "default_post_format": "html",
            "following": sum(primary.uuid in blog.followers for blog in blogs),
            "likes": sum(primary.uuid in post.likes for post in world.posts.values()),
            "name": primary.name,
        }
    }


def user_limits(call: Call) -> tuple[int, Any]:
    return 200, {"user": call.sandbox.limits.told(call.person, call.sandbox.clock.now())}


def followers(call: Call) -> tuple[int, Any]:
    """GET /followers: the newest first."""
    blog, world = call.own(), call.sandbox.world
    offset, limit = call.between("offset", 0, 10**9, 0), call.between("limit", 1, PAGE, PAGE)
    ids = sorted(blog.followers, key=lambda uuid: blog.followers[uuid], reverse=True)
    there = [world.blogs[uuid] for uuid in ids if not world.blogs[uuid].gone]
    users = [
        {
            "name": other.name,
            "following": call.person.primary.uuid in other.followers,
            "url": other.url,
            "updated": updated(other),
        }
        for other in there[offset : offset + limit]
    ]
    return 200, {"total_users": len(there), "users": users}


def followed_by(call: Call) -> tuple[int, Any]:
    """GET /followed_by: whether one blog follows this one."""
    blog, other = call.own(), call.sandbox.world.find(call.text("query"))
    if other is None:
        raise Refused(404)
    return 200, {"followed_by": other.uuid in blog.followers}


# -------------------------------------------------------------------------------------------------- what a person does


def _followed(call: Call) -> Blog:
    found = call.sandbox.world.find(call.text("url"))
    if found is None:
        raise Refused(404)
    return found


def follow(call: Call) -> tuple[int, Any]:
    blog = _followed(call)
    if not call.sandbox.limits.take(call.person, "follows", call.sandbox.clock.now()):
        raise Refused(429, "No more blogs can be followed today.")
    try:
        call.person.primary.follow(blog)
    except StateError:
        raise Refused(403) from None
    return 200, {"blog": short_blog(blog)}


def unfollow(call: Call) -> tuple[int, Any]:
    blog = _followed(call)
    call.person.primary.unfollow(blog)
    return 200, {"blog": short_blog(blog)}


def _liked(call: Call) -> Post:
    post = call.post(call.text("id"))
    if post.reblog_key != call.text("reblog_key"):
        raise Refused(404)
    return post


def like(call: Call) -> tuple[int, Any]:
    post = _liked(call)
    if not call.sandbox.limits.take(call.person, "likes", call.sandbox.clock.now()):
        raise Refused(429, "No more posts can be liked today.")
    try:
        call.person.primary.like(post)
    except StateError:
        raise Refused(403) from None
    return 200, []


def unlike(call: Call) -> tuple[int, Any]:
    call.person.primary.unlike(_liked(call))
    return 200, []


# ------------------------------------------------------------------------------------------------- what a blog does


def mute(call: Call) -> tuple[int, Any]:
    """POST /posts/{id}/mute: nothing more is told of a post, for so many seconds or for ever."""
    post, length = call.post(call.args["id"], call.own()), call.whole("mute_length_seconds", 0)
    assert length is not None
    if length < 0:
        raise Refused(400, "mute_length_seconds must be 0 or more.")
    post.muted = True
    post.muted_until = call.sandbox.clock.now() + timedelta(seconds=length) if length else None
    return 200, []


def unmute(call: Call) -> tuple[int, Any]:
    post = call.post(call.args["id"], call.own())
    post.muted, post.muted_until = False, None
    return 200, []


def blocks(call: Call) -> tuple[int, Any]:
    """GET /blocks: the newest first."""
    blog, world = call.own(), call.sandbox.world
    offset, limit = call.between("offset", 0, 10**9, 0), call.between("limit", 1, PAGE, PAGE)
    ids = sorted(blog.blocks, key=lambda uuid: blog.blocks[uuid], reverse=True)
    shown = [listed_blog(world.blogs[uuid]) for uuid in ids[offset : offset + limit]]
    told: dict[str, Any] = {"blocked_tumblelogs": shown}
    if offset + limit < len(ids):
        query = {"offset": str(offset + limit)}
        told["_links"] = next_link(f"/v2/blog/{call.args['blog']}/blocks", query)
    return 200, told


def block(call: Call) -> tuple[int, Any]:
    """POST /blocks: a blog, or whoever sent an anonymous question."""
    blog = call.own()
    if call.text("blocked_tumblelog"):
        other = call.sandbox.world.find(call.text("blocked_tumblelog"))
        if other is None:
            raise Refused(404)
        if other.owner is blog.owner:
            raise Refused(400, "A blog cannot block itself.")
        blog.block(other)
        return 201, []
    if not call.text("post_id"):
        raise Refused(400, "blocked_tumblelog or post_id must be given.")
    post = call.post(call.text("post_id"), blog)
    if post.submitter is None:
        raise Refused(404)
    blog.senders_blocked.add(post.submitter.owner.number)
    return 201, []


def block_many(call: Call) -> tuple[int, Any]:
    """POST /blocks/bulk: several blogs, with commas between them; all of them or none."""
    blog, names = call.own(), [name.strip() for name in call.text("blocked_tumblelogs").split(",")]
    others = [call.sandbox.world.find(name) for name in names]
    for other in others:
        if other is None:
            raise Refused(404)
        if other.owner is blog.owner:
            raise Refused(400, "A blog cannot block itself.")
    for other in filter(None, others):
        blog.block(other)
    return 200, []


def unblock(call: Call) -> tuple[int, Any]:
    """DELETE /blocks: of a blog, or of everyone who asked anonymously."""
    blog = call.own()
    if call.text("blocked_tumblelog"):
        other = call.sandbox.world.find(call.text("blocked_tumblelog"))
        if other is None or other.uuid not in blog.blocks:
            raise Refused(404)
        blog.unblock(other)
    elif call.flag("anonymous_only"):
        blog.senders_blocked.clear()
    else:
        raise Refused(404)
    return 200, []
