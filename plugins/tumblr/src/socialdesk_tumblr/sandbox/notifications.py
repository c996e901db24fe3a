"""GET /v2/blog/{blog}/notifications: what happened around a blog.

https://www.tumblr.com/docs/en/api/v2#notifications--retrieve-blogs-activity-feed. The names by which the feed is
filtered are not those that its items bear.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from .call import Call
from .content import summary
from .items import Activity, Post
from .notes import added_text, next_link
from .numbers import seconds
from .problems import Refused
from .state import Blog
from .telling_posts import stored_kind

KINDS = frozenset(
    (
        "like reply follow mention_in_reply mention_in_post reblog_naked reblog_with_content ask answered_ask "
        "new_group_blog_member post_attribution post_flagged post_appeal_accepted post_appeal_rejected "
        "what_you_missed conversational_note"
    ).split()
)
FOLDED = frozenset({"like", "reblog_naked", "follow"})


def item_json(item: Activity, blog: Blog) -> dict[str, Any]:
    """An item of the feed. It has no id."""
    at = seconds(item.at)
    told: dict[str, Any] = {"type": item.wire, "timestamp": at, "before": at}
    told["unread"] = blog.read_at is None or item.at > blog.read_at
    if item.target is not None:
        told |= _target(item, item.target)
    if item.by is not None:
        told |= {
            "from_tumblelog_name": item.by.name,
            "from_tumblelog_uuid": item.by.uuid,
            "from_tumblelog_is_adult": item.by.adult,
            "followed": blog.owner.primary.uuid in item.by.followers,
        }
    return {**told, **_doing(item), **item.extra}


def _target(item: Activity, target: Post) -> dict[str, Any]:
    told: dict[str, Any] = {
        "target_post_id": target.id,
        "target_post_summary": summary(target.title, target.content or target.root.content),
        "target_post_type": stored_kind(target),
    }
    if item.kind == "mention_in_post":
        return told | {"reblog_key": target.reblog_key, "can_reply": target.interactability == "everyone"}
    root = target.root
    return told | {
        "target_tumblelog_name": target.blog.name,
        "target_tumblelog_uuid": target.blog.uuid,
        "target_root_post_id": None if root is target else root.id,
        "private_channel": False,
        "post_type": "text",
        "reblog_key": target.reblog_key,
        "media_url": "",
        "media_url_large": "",
    }


def _doing(item: Activity) -> dict[str, Any]:
    """What was said, and where."""
    told: dict[str, Any] = {}
    if item.note is not None and item.note.kind == "reply":
        told["reply_text"] = item.note.text
    if item.post is not None:
        told |= {"post_id": item.post.id, "post_tags": list(item.post.tags)}
        told["reblog_key"] = item.post.reblog_key
        if item.note is not None and item.note.comments:
            told["added_text"] = added_text(item.note)
    return told


def _wanted(call: Call, blog: Blog) -> Iterator[Activity]:
    """The items that the filters leave, the newest first, from the moment that is asked for."""
    sandbox = call.sandbox
    kinds, left_out = call.array("types"), set(call.array("omit_post_ids"))
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise Refused(400, f"{unknown[0]} is no type of activity.")
    now, before = sandbox.world.now(), call.whole("before")
    end = len(blog.activity)
    if before is not None:
        limit = before + (sandbox.notifications_edge == "repeated")
        end = bisect_left(blog.activity, limit, key=lambda item: seconds(item.at))
    return (
        item
        for item in itertools.islice(reversed(blog.activity), len(blog.activity) - end, None)
        if item.there
        and item.shown_from <= now
        and (not kinds or item.kind in kinds)
        and not (item.target is not None and item.target.id in left_out)
        and not (sandbox.replies_vanish and item.kind == "reply")
    )


def _folded(items: Iterable[Activity]) -> Iterator[Activity]:
    """Items of which the newest stands for its like: likes and bare reblogs of one post, and followers."""
    met: set[tuple[str, str]] = set()
    for item in items:
        key = (item.kind, item.target.id if item.target is not None else "")
        if item.kind not in FOLDED or key not in met:
            yield item
        met.add(key)


def notifications(call: Call) -> tuple[int, Any]:
    """The newest items before a moment. Where a page ends within a second, the rest of that second is lost, or told
    again, as the sandbox is set."""
    blog, length = call.own(), call.sandbox.notifications_page
    wanted = _wanted(call, blog)
    items = list(itertools.islice(_folded(wanted) if call.flag("rollups", True) else wanted, length + 1))
    page = items[:length]
    told: dict[str, Any] = {"notifications": [item_json(item, blog) for item in page]}
    if len(items) > length:
        bound = [(name, value) for name, value in call.seen.pairs if name not in ("before", "api_key")]
        query = dict(bound) | {"before": str(seconds(page[-1].at))}
        told["_links"] = next_link(f"/v2/blog/{call.args['blog']}/notifications", query)
    return 200, told
