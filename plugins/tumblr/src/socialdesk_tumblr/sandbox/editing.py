"""Posts that are edited as NPF, moved into another state, or made the answer to a question.

https://www.tumblr.com/docs/en/api/v2#postspost-id---editing-a-post-neue-post-format
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import npf
from .call import Call
from .content import mentioned
from .doings import without
from .items import Block, Post, State
from .media import placed
from .posting import content_of, done, options_of, places, read_body, room_for
from .problems import BAD_ANSWER, NO_PARENT, Refused, bad_json
from .state import PostOptions
from .telling_posts import kind_of


def edit(call: Call) -> tuple[int, Any]:
    """PUT /posts/{id}: other content, another state, or the answer to a question."""
    blog, body = call.own(), read_body(call)
    post = call.post(call.args["id"], blog)
    content = content_of(call, body)
    layout = npf.layout(body.get("layout", []), content)
    if not content and post.parent is None:
        raise bad_json("content must not be empty")
    options = options_of(call, body)
    if post.is_ask:
        _same_question(post, content, layout)
    if post.state == "submission" and post.is_ask:
        _answer(call, post, content, body)
    else:
        _editable(post, body)
        _rewrite(call, post, content, (layout, options))
        post.trail = (
            () if body.get("hide_trail") else without(post.trail, places(body.get("exclude_trail_items", [])))
        )
    return 200, done(call, post)


def _editable(post: Post, body: Mapping[str, Any]) -> None:
    """Raises Refused(400) on an older post that is no text, and on another parent than the post has."""
    if post.legacy and kind_of(post) not in ("text", "answer"):
        raise bad_json("an older post can be edited in blocks where it is a text")
    parent = post.parent
    given = str(body.get("parent_post_id", parent.id if parent is not None else ""))
    if given != (parent.id if parent is not None else ""):
        raise Refused(400, "a reblog keeps its parent", NO_PARENT)


def _same_question(post: Post, content: list[Block], layout: list[Block]) -> None:
    """Raises Refused(400.8016) where the question does not come first, as it was, with the layout that says so."""
    asked = list(post.ask_blocks)
    places = [item.get("blocks") for item in layout if item["type"] == "ask"]
    if places != [asked]:
        raise Refused(400, "the layout must name the blocks of the question", BAD_ANSWER)
    if [_words(block) for block in content[: len(asked)]] != [_words(post.content[place]) for place in asked]:
        raise Refused(400, "the question must stay as it was", BAD_ANSWER)
    if len(content) <= len(asked):
        raise Refused(400, "there is no answer", BAD_ANSWER)


def _words(block: Block) -> tuple[Any, ...]:
    return block["type"], block.get("text"), block.get("media")


def _answer(call: Call, post: Post, content: list[Block], body: Mapping[str, Any]) -> None:
    private, options = body.get("is_private", False), options_of(call, body)
    if private and post.asker is None:
        raise Refused(400, "an anonymous question cannot be answered privately", BAD_ANSWER)
    room_for(call, post.blog, "private" if private else options["state"])
    answer = placed(call, content[len(post.ask_blocks) :])
    post.world.inbox.answer(
        post,
        answer,
        private=private or options["state"] == "private",
        tags=options["tags"],
        state=options["state"],
    )


def _rewrite(call: Call, post: Post, content: list[Block], given: tuple[list[Block], PostOptions]) -> None:
    layout, options = given
    world, before, was = post.world, mentioned(post.content), post.state
    state = options["state"]
    if state != was:
        room_for(call, post.blog, state)
    post.content, post.layout = placed(call, content), layout
    post.tags, post.slug = tuple(options["tags"]), options["slug"] or post.slug
    post.interactability, post.legacy = options["interactability"], False
    if state == "queued":
        post.publish_on = options.get("publish_on")
        post.due = post.publish_on or post.due
    if state == was:
        world.writing.mention_new(post, before)
        return
    move(post, state)


def move(post: Post, state: State) -> None:
    """Put a post into another state."""
    world, was = post.world, post.state
    if was == "submission":
        world.inbox.release(post, state)
    elif state == "published":
        if was == "private":
            post.state = state
            world.writing.announce(post)
        else:
            world.writing.publish(post, world.now())
    else:
        post.state = state
        if state == "queued":
            world.queue(post)
