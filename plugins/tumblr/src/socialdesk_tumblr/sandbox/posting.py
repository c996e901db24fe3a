"""Posts that are written and reblogged as NPF.

https://www.tumblr.com/docs/en/api/v2#posts---createreblog-a-post-neue-post-format. There is no look for duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import orjson

from . import npf
from .call import Call
from .items import Block, Post, State
from .media import placed
from .problems import (
    BAD_ANSWER,
    NO_MORE_POSTS,
    NO_PARENT,
    QUEUE_FULL,
    REBLOGGED_VIDEO,
    Refused,
    bad_json,
)
from .state import Blog, PostOptions

if TYPE_CHECKING:
    from .tumblr import TumblrSandbox

QUEUE_LENGTH = 1_000
STATES: Mapping[str, State] = {
    "published": "published",
    "queue": "queued",
    "queued": "queued",
    "draft": "draft",
    "private": "private",
    "unapproved": "unapproved",
}
_KNOWN: Mapping[str, type | tuple[type, ...]] = {
    "content": object,
    "layout": object,
    "state": str,
    "publish_on": str,
    "date": str,
    "tags": str,
    "source_url": str,
    "send_to_twitter": bool,
    "is_private": bool,
    "slug": str,
    "interactability_reblog": str,
    "parent_tumblelog_uuid": str,
    "parent_post_id": (int, str),
    "reblog_key": str,
    "hide_trail": bool,
    "exclude_trail_items": list,
    "trail": list,
}
_DONE = {"published": "Posted to", "queued": "Added to the queue of", "draft": "Saved as a draft of"}


def read_body(call: Call) -> dict[str, Any]:
    """The JSON of the request, which in a form is its first part, named ``json``. Raises Refused(400.8001)."""
    fields = call.fields
    if call.seen.media_type == "multipart/form-data":
        first = next(iter(call.seen.parts()), None)
        if first is None or first.name != "json" or first.media_type != "application/json":
            raise bad_json("the first part of the form must be json, of the type application/json")
        try:
            fields = orjson.loads(fields["json"] if "json" in fields else _file(call, "json"))
        except ValueError:
            raise bad_json("the part json is no JSON") from None
    elif call.seen.media_type != "application/json":
        raise bad_json("the body must be JSON")
    if not isinstance(fields, dict):
        raise bad_json("the body must be an object")
    given = {name: value for name, value in fields.items() if name != "api_key" and value is not None}
    for name, value in given.items():
        if name not in _KNOWN:
            raise bad_json(f"{name} is not known")
        if not isinstance(value, _KNOWN[name]) or (_KNOWN[name] == (int, str) and isinstance(value, bool)):
            raise bad_json(f"{name} is of the wrong type")
    return given


def _file(call: Call, name: str) -> bytes:
    return next(upload.content for upload in call.files if upload.name == name)


def split_tags(text: str) -> tuple[str, ...]:
    """Tags that come as one text, with commas between them."""
    return tuple(tag for tag in (part.strip().lstrip("#") for part in text.split(",")) if tag)


def _moment(text: str, name: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise bad_json(f"{name} must be a moment by ISO 8601") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=timezone.utc)


def options_of(call: Call, body: Mapping[str, Any]) -> PostOptions:
    """What a post has beside its content."""
    named, reblog = body.get("state", "published"), body.get("interactability_reblog", "everyone")
    if named not in STATES:
        raise bad_json("state is not known")
    if reblog not in ("everyone", "noone"):
        raise bad_json("interactability_reblog must be everyone or noone")
    options = PostOptions(
        tags=split_tags(body.get("tags", "")),
        state=STATES[named],
        slug=body.get("slug", ""),
        source_url=body.get("source_url", ""),
        interactability=reblog,
    )
    now = call.sandbox.clock.now()
    if "publish_on" in body and options["state"] == "queued":
        options["publish_on"] = publish_on = _moment(body["publish_on"], "publish_on")
        if publish_on <= now:
            raise bad_json("publish_on must be in the future")
    if "date" in body:
        options["at"] = min(_moment(body["date"], "date"), now)
    return options


def room_for(call: Call, blog: Blog, state: str) -> None:
    """Count a post against the day's limit. Raises Refused(403.8023) or, of the queue, Refused(403.8022)."""
    sandbox = call.sandbox
    if sandbox.posting_off:
        raise Refused(503)
    if state == "queued" and len(sandbox.world.queued(blog)) >= QUEUE_LENGTH:
        raise Refused(403, "The queue of the blog is full.", QUEUE_FULL)
    if state == "published" and not sandbox.limits.take(call.person, "posts", sandbox.clock.now()):
        raise Refused(403, "No more posts can be made today.", NO_MORE_POSTS)


def _parent(call: Call, blog: Blog, body: Mapping[str, Any]) -> Post:
    """The post that is reblogged. Raises Refused(400.8002) where it is not there or the key is another one's, and
    Refused(403) where this blog must not."""
    sandbox, world = call.sandbox, call.sandbox.world
    missing = [name for name in ("parent_tumblelog_uuid", "parent_post_id", "reblog_key") if name not in body]
    if missing:
        raise Refused(400, f"a reblog needs {missing[0]}", NO_PARENT)
    number = str(body["parent_post_id"])
    post = world.posts.get(int(number)) if number.isascii() and number.isdigit() else None
    there = post is not None and world.visible(post, None) and post.blog.uuid == body["parent_tumblelog_uuid"]
    if post is None or not there or post.reblog_key != body["reblog_key"]:
        raise Refused(400, "the parent post cannot be found", NO_PARENT)
    if sandbox.parents_missing > 0:
        sandbox.parents_missing -= 1
        raise Refused(400, "the parent post cannot be found", NO_PARENT)
    may_reblog(sandbox, blog, post)
    return post


def may_reblog(sandbox: TumblrSandbox, blog: Blog, post: Post) -> None:
    """Raises Refused where a blog must not reblog a post that is there."""
    if blog.uuid in post.blog.blocks or blog.uuid in post.root.blog.blocks:
        raise Refused(403, "this blog must not reblog that post")
    if post.interactability != "everyone" and post.blog.owner is not blog.owner:
        if sandbox.closed_posts_are == 400:
            raise Refused(400, "the parent post cannot be interacted with", NO_PARENT)
        raise Refused(403, "reblogs of that post are switched off")


def places(value: list[Any]) -> list[int]:
    if not all(type(place) is int and place >= 0 for place in value):
        raise bad_json("exclude_trail_items must be an array of indices")
    return value


def content_of(call: Call, body: Mapping[str, Any]) -> list[Block]:
    return npf.content(body.get("content", []), call.sandbox.world.find)


def create(call: Call) -> tuple[int, Any]:
    """POST /posts: a new post, or a reblog."""
    blog, body = call.own(), read_body(call)
    content, options = content_of(call, body), options_of(call, body)
    options["layout"] = npf.layout(body.get("layout", []), content)
    if any(item["type"] == "ask" for item in options["layout"]):
        raise Refused(400, "only the answer to a question has such a layout", BAD_ANSWER)
    reblogs = any(name in body for name in ("parent_tumblelog_uuid", "parent_post_id", "reblog_key"))
    parent = _parent(call, blog, body) if reblogs else None
    if parent is None and not content:
        raise bad_json("content must not be empty")
    if parent is not None:
        if any(block["type"] == "video" for block in content):
            raise Refused(403, "a reblog takes no video", REBLOGGED_VIDEO)
        options["hide_trail"] = body.get("hide_trail", False)
        options["exclude"] = places(body.get("exclude_trail_items", []))
    options["blocks"] = placed(call, content)
    room_for(call, blog, options["state"])
    return 201, done(
        call, blog.post("", **options) if parent is None else blog.reblog(parent, None, **options)
    )


def done(call: Call, post: Post) -> dict[str, Any]:
    """What a post that was written is answered with; older answers have the id alone."""
    if not call.sandbox.tells_state:
        return {"id": post.id}
    words = _DONE.get(post.state, "Saved on")
    return {"id": post.id, "state": post.state, "display_text": f"{words} {post.blog.name}"}
