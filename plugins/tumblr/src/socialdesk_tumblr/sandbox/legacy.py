"""The older routes for posts, which take forms and HTML: write, edit, answer a question, reblog, delete.

https://www.tumblr.com/docs/en/api/v2#post--create-a-new-blog-post-legacy
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from .call import Call
from .content import mentioned
from .editing import move
from .items import Block, Post, State
from .markup import blocks_of_html
from .media import IMAGE_SIZE, picture_type
from .posting import STATES, may_reblog, room_for, split_tags
from .problems import BAD_MEDIA, NO_MORE_MEDIA, Refused


def _needed(call: Call, name: str) -> str:
    value = call.text(name)
    if not value:
        raise Refused(400, f"{name} must not be empty.")
    return value


def _html(call: Call, html: str) -> list[Block]:
    return blocks_of_html(html, call.sandbox.world.find)


def _text(call: Call) -> list[Block]:
    content = _html(call, call.text("body"))
    if not content and not call.text("title"):
        raise Refused(400, "Post cannot be empty.")
    return content


def _quote(call: Call) -> list[Block]:
    return [
        {"type": "text", "text": _needed(call, "quote"), "subtype": "quote"},
        *_html(call, call.text("source")),
    ]


def _link(call: Call) -> list[Block]:
    url = _needed(call, "url")
    title = call.text("title") or url
    block: Block = {"type": "link", "url": url, "title": title, "description": call.text("description")}
    return [block]


def _chat(call: Call) -> list[Block]:
    lines = _needed(call, "conversation").splitlines()
    return [{"type": "text", "text": line, "subtype": "chat"} for line in lines]


def _photo(call: Call) -> list[Block]:
    source = call.text("source")
    blocks = [_picture(source)] if source else [_stored(call, content) for content in _pictures(call)]
    if not blocks:
        raise Refused(400, "One of source, data and data64 must be given.")
    return blocks + _html(call, call.text("caption"))


def _picture(url: str) -> Block:
    return {"type": "image", "media": [{"url": url, "type": "image/jpeg", "width": 540, "height": 405}]}


def _pictures(call: Call) -> list[bytes]:
    if call.text("data64"):
        try:
            return [base64.b64decode(call.text("data64"), validate=True)]
        except binascii.Error:
            raise Refused(400, "data64 is not base64.") from None
    return [upload.content for upload in call.files if upload.name.partition("[")[0] == "data"]


def _stored(call: Call, content: bytes) -> Block:
    if picture_type(content) is None or len(content) > IMAGE_SIZE:
        raise Refused(400, "This is no picture that is taken.", BAD_MEDIA)
    if not call.sandbox.limits.take(call.person, "photos", call.sandbox.clock.now()):
        raise Refused(403, "No more media can be uploaded today.", NO_MORE_MEDIA)
    digest = hashlib.sha256(content).hexdigest()
    url = f"https://64.media.tumblr.com/{digest[:32]}/{digest[32:48]}.jpg"
    call.sandbox.uploads[url] = content
    return _picture(url)


_KINDS: Mapping[str, Callable[[Call], list[Block]]] = {
    "text": _text,
    "quote": _quote,
    "link": _link,
    "chat": _chat,
    "photo": _photo,
}


def _state(call: Call, default: State) -> State:
    named = call.text("state")
    if named and named not in STATES:
        raise Refused(400, f"{named} is no state.")
    return STATES[named] if named else default


def create(call: Call) -> tuple[int, Any]:
    """POST /post. Audio and video are not taken."""
    blog, kind = call.own(), call.text("type", "text")
    if kind not in _KINDS:
        raise Refused(400, f"{kind} is no type of post.")
    content, state = _KINDS[kind](call), _state(call, "published")
    if not content:  # a title alone is a post, too
        content = [{"type": "text", "text": call.text("title"), "subtype": "heading1"}]
    room_for(call, blog, state)
    post = blog.post(
        "",
        blocks=content,
        tags=split_tags(call.text("tags")),
        state=state,
        title=call.text("title") if kind in ("text", "chat") else "",
        slug=call.text("slug"),
        legacy=True,
    )
    return 201, _done(call, post)


def _done(call: Call, post: Post) -> dict[str, Any]:
    """The id as a number, as the older routes tell it."""
    told: dict[str, Any] = {"id": post.number, "id_string": post.id}
    return told | ({"state": post.state} if call.sandbox.tells_state else {})


def reblog(call: Call) -> tuple[int, Any]:
    """POST /post/reblog. What is not there, and a key that is another post's, are answered alike."""
    blog, world = call.own(), call.sandbox.world
    number, key = _needed(call, "id"), _needed(call, "reblog_key")
    parent = world.posts.get(int(number)) if number.isascii() and number.isdigit() else None
    if parent is None or not world.visible(parent, None) or parent.reblog_key != key:
        raise Refused(404)
    may_reblog(call.sandbox, blog, parent)
    content, state = _html(call, call.text("comment")), _state(call, "published")
    room_for(call, blog, state)
    tags = split_tags(call.text("tags"))
    return 201, _done(call, blog.reblog(parent, None, blocks=content, tags=tags, state=state))


def edit(call: Call) -> tuple[int, Any]:
    """POST /post/edit: what is given takes the place of what was; ``answer`` answers a question of the inbox."""
    post = call.post(_needed(call, "id"), call.own())
    if post.is_ask:
        _edit_answer(call, post)
        return 200, _done(call, post)
    world, before, state = post.world, mentioned(post.content), _state(call, post.state)
    for name in ("body", "caption", "comment"):
        if name in call.fields:
            post.content = _html(call, call.text(name))
    if "title" in call.fields:
        post.title = call.text("title")
    if "tags" in call.fields:
        post.tags = split_tags(call.text("tags"))
    if state != post.state:
        room_for(call, post.blog, state)
        move(post, state)
    else:
        world.writing.mention_new(post, before)
    return 200, _done(call, post)


def _edit_answer(call: Call, post: Post) -> None:
    answer, asked = _html(call, call.text("answer")), len(post.ask_blocks)
    if post.state != "submission":
        post.content = [*post.content[:asked], *(answer or post.content[asked:])]
        post.tags = split_tags(call.text("tags", ",".join(post.tags)))
        return
    state = _state(call, "published")
    if not answer:
        raise Refused(400, "answer must not be empty.")
    if state == "private" and post.asker is None:
        raise Refused(400, "An anonymous question cannot be answered privately.")
    room_for(call, post.blog, state)
    post.world.inbox.answer(
        post, answer, private=state == "private", tags=split_tags(call.text("tags")), state=state
    )


def delete(call: Call) -> tuple[int, Any]:
    """POST /post/delete: what is gone already is not found."""
    blog = call.own()
    post = call.post(_needed(call, "id"), blog)
    blog.delete(post)
    return 200, {"id": post.number, "id_string": post.id}
