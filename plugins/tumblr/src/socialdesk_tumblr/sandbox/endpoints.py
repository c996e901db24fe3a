"""Tumblr's endpoints, as a table: whose credentials each takes, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from socialdesk.testing.sandbox import Routes

from . import editing, legacy, lining_up, listings, managing, posting
from .call import Call
from .notes import notes
from .notifications import notifications
from .problems import Style

Run: TypeAlias = Callable[[Call], tuple[int, Any]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``run`` gives the status and the response. ``takes`` says whether the app's key is enough; ``scope`` is what
    OAuth 2 must have been granted; ``window`` a further limit of its own."""

    run: Run
    takes: Literal["key", "person"] = "person"
    scope: Literal["basic", "write"] = "basic"
    style: Style = "plain"
    window: str = ""


def _key(run: Run) -> Endpoint:
    return Endpoint(run, "key")


def _writes(run: Run, style: Style = "plain") -> Endpoint:
    return Endpoint(run, scope="write", style=style)


_BLOG = "/v2/blog/{blog}"

ENDPOINTS: Routes[Endpoint] = Routes(
    {
        ("GET", "/v2/user/info"): Endpoint(managing.user_info),
        ("GET", "/v2/user/limits"): Endpoint(managing.user_limits),
        ("GET", "/v2/user/following"): Endpoint(lining_up.following),
        ("GET", "/v2/user/likes"): Endpoint(lining_up.likes),
        ("POST", "/v2/user/follow"): _writes(managing.follow),
        ("POST", "/v2/user/unfollow"): _writes(managing.unfollow),
        ("POST", "/v2/user/like"): _writes(managing.like),
        ("POST", "/v2/user/unlike"): _writes(managing.unlike),
        ("GET", "/v2/tagged"): _key(listings.tagged),
        ("GET", f"{_BLOG}/info"): _key(managing.blog_info),
        ("GET", f"{_BLOG}/notes"): _key(notes),
        ("GET", f"{_BLOG}/notifications"): Endpoint(notifications),
        ("GET", f"{_BLOG}/followers"): Endpoint(managing.followers),
        ("GET", f"{_BLOG}/followed_by"): Endpoint(managing.followed_by),
        ("GET", f"{_BLOG}/blocks"): Endpoint(managing.blocks, window="blocks_minute"),
        ("POST", f"{_BLOG}/blocks"): Endpoint(managing.block, scope="write", window="blocks_minute"),
        ("POST", f"{_BLOG}/blocks/bulk"): Endpoint(
            managing.block_many, scope="write", window="blocks_minute"
        ),
        ("DELETE", f"{_BLOG}/blocks"): Endpoint(managing.unblock, scope="write", window="blocks_minute"),
        ("GET", f"{_BLOG}/posts"): _key(listings.posts),
        ("POST", f"{_BLOG}/posts"): _writes(posting.create, "npf"),
        ("GET", f"{_BLOG}/posts/queue"): Endpoint(listings.queue),
        ("POST", f"{_BLOG}/posts/queue/reorder"): _writes(lining_up.reorder),
        ("POST", f"{_BLOG}/posts/queue/shuffle"): _writes(lining_up.shuffle),
        ("GET", f"{_BLOG}/posts/draft"): Endpoint(listings.drafts),
        ("GET", f"{_BLOG}/posts/submission"): Endpoint(listings.inbox),
        ("GET", f"{_BLOG}/posts/{{id}}"): _key(listings.one_post),
        ("PUT", f"{_BLOG}/posts/{{id}}"): _writes(editing.edit, "npf"),
        ("POST", f"{_BLOG}/posts/{{id}}/mute"): _writes(managing.mute),
        ("DELETE", f"{_BLOG}/posts/{{id}}/mute"): _writes(managing.unmute),
        ("POST", f"{_BLOG}/post"): _writes(legacy.create, "legacy"),
        ("POST", f"{_BLOG}/post/edit"): _writes(legacy.edit, "legacy"),
        ("POST", f"{_BLOG}/post/reblog"): _writes(legacy.reblog, "legacy"),
        ("POST", f"{_BLOG}/post/delete"): _writes(legacy.delete, "legacy"),
    }
)
