"""What is written through the API, and the rules that it must meet.

https://docs.x.com/x-api/posts/create-post. The rules are tried in a fixed order, and the first that is not met is what
the answer says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .problems import DUPLICATE, NOT_SUMMONED, TOO_LONG, Refused
from .schema import CREATE, HIDE, LIKE, Closed, faults, is_id
from .state import SHORT_TEXT, Post, StateError, User, length_of

if TYPE_CHECKING:
    from .call import Call
    from .twitter import TwitterSandbox

PREMIUM_LENGTH = 25_000
DUPLICATE_WINDOW = timedelta(hours=24)


def body_of(call: Call, rule: Closed) -> dict[str, Any]:
    """The JSON body of a call. Raises Refused(400) where it is not what the endpoint takes."""
    try:
        body = call.seen.json()
    except ValueError:
        raise Refused.invalid(("body", "", "The request body is not valid JSON")) from None
    wrong = faults(body, rule)
    if wrong:
        raise Refused.invalid(*wrong)
    fields: dict[str, Any] = body
    return fields


def caller_of(call: Call) -> User:
    assert call.caller.user is not None  # only user credentials come as far as this
    return call.caller.user


# ---------------------------------------------------------------------------------------------------------- a post


@dataclass(frozen=True, slots=True)
class Draft:
    """A post that is about to be written, with what it refers to."""

    author: User
    text: str
    parent: Post | None
    quoted: Post | None
    options: Mapping[str, Any]

    @property
    def media_ids(self) -> list[str]:
        return list(self.options.get("media", {}).get("media_ids", ()))


def _standing(sandbox: TwitterSandbox, author: User, value: str) -> Post:
    """The post that is answered or quoted. Raises Refused(403) where it is gone or not visible."""
    post = sandbox.world.posts.get(int(value))
    if post is None or not sandbox.world.visible(post, author):
        raise Refused.code(
            403, 385, "You attempted to reply to a Tweet that is deleted or not visible to you."
        )
    return post


def _length_fits(sandbox: TwitterSandbox, draft: Draft) -> None:
    if not draft.text.strip() and "media" not in draft.options and "poll" not in draft.options:
        raise Refused.invalid(("text", draft.text, "One of `text`, `media` or `poll` must be given"))
    if any(mark in draft.text for mark in "\ufffe\uffff"):
        raise Refused.plain(400, "The text holds characters that are not allowed.")
    limit = PREMIUM_LENGTH if draft.author.premium else SHORT_TEXT
    if length_of(draft.text) > limit:
        raise Refused.plain(403, TOO_LONG)


def _plan_allows(sandbox: TwitterSandbox, draft: Draft) -> None:
    if draft.quoted is not None and not sandbox.enterprise:
        raise Refused.not_enrolled()


def _not_blocked(sandbox: TwitterSandbox, draft: Draft) -> None:
    for other in (draft.parent, draft.quoted):
        if other is not None and draft.author.id in other.author.blocks:
            raise Refused.code(
                403, 136, "You have been blocked from the author of this account at their request."
            )


def _settings_allow(sandbox: TwitterSandbox, draft: Draft) -> None:
    if draft.parent is None:
        return
    root = sandbox.world.posts[draft.parent.root]
    author, owner = draft.author, root.author
    if author is owner or root.reply_settings == "everyone":
        return
    named = author.handle.lower() in root.full.handles
    allowed = {
        "following": author.id in owner.follows,
        "mentionedUsers": False,
        "subscribers": False,
        "verified": author.verified,
    }
    if not (named or allowed.get(root.reply_settings, False)):
        raise Refused.code(403, 433, "The original Tweet author restricted who can reply to this Tweet.")


def summoned(sandbox: TwitterSandbox, author: User, target: Post) -> bool:
    """Whether a self-serve app may answer a post: it is one's own, names one's handle, or quotes one's post.

    The handles that X itself puts before a reply do not count, unless the sandbox is told that they do.
    """
    if target.author is author:
        return True
    if target.quotes is not None and sandbox.world.posts[target.quotes].author is author:
        return True
    text = target.source if sandbox.implicit_mentions_summon else target.written
    return re.search(rf"(?<!\w)@{re.escape(author.handle)}(?!\w)", text, re.IGNORECASE) is not None


def _is_summoned(sandbox: TwitterSandbox, draft: Draft) -> None:
    if draft.parent is None or sandbox.enterprise:
        return
    if not summoned(sandbox, draft.author, draft.parent):
        raise Refused.plain(403, NOT_SUMMONED)


def _is_new(sandbox: TwitterSandbox, draft: Draft) -> None:
    """The same words to the same people: the handles that X puts before a reply count."""
    world, now = sandbox.world, sandbox.clock.now()
    to = world.prefix(draft.author, draft.parent, draft.text) if draft.parent else ""
    quotes = draft.quoted.number if draft.quoted else None
    for number in reversed(draft.author.posts):
        post = world.posts[number]
        if now - post.created_at > DUPLICATE_WINDOW:
            return
        same_words = post.source.strip() == (to + draft.text).strip()
        if post.reposts is None and post.quotes == quotes and same_words and not draft.media_ids:
            raise Refused.plain(403, DUPLICATE)


def _media_fit(sandbox: TwitterSandbox, draft: Draft) -> None:
    sandbox.uploads.attach(draft.media_ids, draft.author, sandbox.clock.now(), direct=False)


RULES: tuple[Callable[[Any, Draft], None], ...] = (
    _length_fits,
    _media_fit,
    _plan_allows,
    _not_blocked,
    _settings_allow,
    _is_summoned,
    _is_new,
)


def create(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    body, author, world = body_of(call, CREATE), caller_of(call), sandbox.world
    if "edit_options" in body:
        return _edit(sandbox, author, body)
    reply = body.get("reply", {})
    target, quote = reply.get("in_reply_to_tweet_id"), body.get("quote_tweet_id")
    draft = Draft(
        author,
        body.get("text", ""),
        _standing(sandbox, author, target) if target else None,
        _standing(sandbox, author, quote) if quote else None,
        body,
    )
    for rule in RULES:
        rule(sandbox, draft)
    post = world.publish(
        author,
        draft.text,
        reply_to=draft.parent,
        quote=draft.quoted,
        reply_settings=body.get("reply_settings", "everyone"),
        exclude=frozenset(reply.get("exclude_reply_user_ids", ())),
        media=sandbox.uploads.attach(draft.media_ids, author, sandbox.clock.now(), direct=False),
    )
    return 201, {"data": _created(post)}


def _edit(sandbox: TwitterSandbox, author: User, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    before = sandbox.world.posts.get(int(body["edit_options"]["previous_post_id"]))
    if before is None or before.deleted:
        raise Refused.plain(403, "The post that should be edited does not exist.")
    _length_fits(sandbox, Draft(author, body.get("text", ""), None, None, body))
    try:
        return 201, {"data": _created(sandbox.world.edit(author, before, body.get("text", "")))}
    except StateError as error:
        raise Refused.plain(403, f"You are not allowed to edit this post: {error}.") from None


def _created(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "text": post.text,
        "edit_history_tweet_ids": [str(number) for number in post.history],
    }


# ------------------------------------------------------------------------------------------------ what is done to it


def _addressed(sandbox: TwitterSandbox, value: str) -> Post | None:
    if not is_id(value):
        raise Refused.invalid(("id", value, f"The `id` query parameter value [{value}] is not valid"))
    post = sandbox.world.posts.get(int(value))
    return None if post is None or post.deleted else post


def delete(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    """Deleting what is not there (any more) answers as if it had been deleted."""
    post = _addressed(sandbox, call.args["id"])
    if post is not None:
        if post.author is not caller_of(call):
            raise Refused.plain(403, "You are not authorized to delete this Tweet.")
        sandbox.world.delete(post)
    return 200, {"data": {"deleted": True}}


def hide(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    hidden = body_of(call, HIDE)["hidden"]
    post = _addressed(sandbox, call.args["tweet_id"])
    if post is None:
        raise Refused.plain(404, "The reply does not exist.")
    root = sandbox.world.posts[post.root]
    if root.author is not caller_of(call) or post.reply_to is None:
        raise Refused.plain(403, "Only replies in conversations that you started can be hidden.")
    for number in post.history:
        sandbox.world.posts[number].hidden = hidden
    return 200, {"data": {"hidden": hidden}}


def _liking(sandbox: TwitterSandbox, call: Call) -> User:
    if not sandbox.enterprise:  # likes left the self-serve plans on 20 April 2026
        raise Refused.not_enrolled()
    user = caller_of(call)
    if call.args["id"] != user.id:
        words = (
            f"The `id` query parameter value [{call.args['id']}] must be the same as the authenticating user"
        )
        raise Refused.invalid(("id", call.args["id"], f"{words} [{user.id}]"))
    return user


def like(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    user, post = _liking(sandbox, call), _addressed(sandbox, body_of(call, LIKE)["tweet_id"])
    if post is None or not sandbox.world.visible(post, user):
        raise Refused.plain(404, "The post does not exist.")
    user.like(post)
    return 200, {"data": {"liked": True}}


def unlike(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    user, post = _liking(sandbox, call), _addressed(sandbox, call.args["tweet_id"])
    if post is not None:
        user.unlike(post)
    return 200, {"data": {"liked": False}}
