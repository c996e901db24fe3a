"""Posts, one after the other: a blog's, its queue, drafts and inbox, and those with a tag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from .call import Call
from .items import Post
from .notes import next_link, note_json
from .numbers import seconds
from .problems import Refused
from .state import Blog
from .telling_blogs import published, whole_blog
from .telling_posts import Manner, alone, kind_of, legacy, told

PAGE = 20
INBOX_PAGE = 50
TYPES = frozenset("text quote link answer video audio photo chat".split())
NOTES_TOLD = 50
FEATURED_AFTER = timedelta(minutes=1)


def manner(call: Call) -> Manner:
    """How the caller wants posts told."""
    return Manner(
        call.caller.person,
        call.flag("npf"),
        call.flag("reblog_info"),
        call.sandbox.shared_notes,
        call.text("filter", "html"),
    )


def one_told(call: Call, post: Post) -> Mapping[str, Any]:
    """A post in the manner of the call."""
    how = manner(call)
    shown = dict(told(post, how))
    if call.flag("notes_info"):
        notes = call.sandbox.world.notes_of(post, shared=how.shared_notes)[:NOTES_TOLD]
        shown["notes"] = [note_json(note, how.viewer, "all") for note in notes]
    return shown


# ---------------------------------------------------------------------------------------------------------- /posts


def _filters(call: Call) -> list[Callable[[Post], bool]]:
    """What posts must be to be listed."""
    kind, tags = call.args.get("type") or call.text("type"), [tag.lower() for tag in call.array("tag")]
    if kind and kind not in TYPES:
        raise Refused(404)
    if len(tags) > 4:
        raise Refused(400, "At most four tags can be asked for.")
    before, after = call.whole("before"), call.whole("after")
    if before is not None and "offset" in call.fields:
        raise Refused(400, "before and offset exclude each other.")
    found: list[Callable[[Post], bool]] = []
    if kind:
        found.append(lambda post: kind_of(post) == kind)
    if tags:
        found.append(lambda post: set(tags) <= {tag.lower() for tag in post.tags})
    if before:
        found.append(lambda post: seconds(post.created_at) < before)
    if after:
        found.append(lambda post: seconds(post.created_at) > after)
    return found


def posts(call: Call) -> tuple[int, Any]:
    """GET /posts: what a blog has published, newest first, or one of it by its id."""
    blog = call.blog
    if call.text("id"):
        return 200, _page(call, [call.post(call.text("id"), blog)], 1)
    fits = _filters(call)
    every = [post for post in _listed(call, blog) if all(fit(post) for fit in fits)]
    if call.text("sort", "desc") == "asc":
        every.reverse()
    limit, offset = call.between("limit", 1, PAGE, PAGE), call.between("offset", 0, 10**9, 0)
    shown = [] if _lost(call, offset) else every[offset : offset + limit]
    page = _page(call, shown, len(every))
    if shown and offset + limit < len(every):
        page["_links"] = _next(call, shown, offset + limit)
    return 200, page


def _listed(call: Call, blog: Blog) -> list[Post]:
    """Published posts, and to the owner the private ones too."""
    listed = published(blog)
    if call.caller.person is not blog.owner:
        return listed
    own = (call.sandbox.world.posts[number] for number in blog.posts)
    private = [post for post in own if post.state == "private" and not post.deleted]
    return sorted([*listed, *private], key=lambda post: (post.created_at, post.number), reverse=True)


def _page(call: Call, shown: list[Post], total: int) -> dict[str, Any]:
    return {
        "blog": whole_blog(call.blog, call.caller.person),
        "posts": [one_told(call, post) for post in shown],
        "total_posts": total,
    }


def _token(blog: Blog, offset: int) -> str:
    return hashlib.sha256(f"page:{blog.uuid}:{offset}".encode()).hexdigest()[:32]


def _lost(call: Call, offset: int) -> bool:
    """Whether a page lies so deep that it is told only to those who followed the links."""
    if offset < call.sandbox.deep_from:
        return False
    followed = call.text("page_number") == _token(call.blog, offset)
    return not (followed and call.sandbox.world.find(call.text("tumblelog")) is call.blog)


def _next(call: Call, shown: list[Post], offset: int) -> dict[str, Any]:
    bound = [
        (name, value)
        for name, value in call.seen.pairs
        if name not in ("api_key", "page_number", "tumblelog")
    ]
    query = dict(bound)
    if "before" in query:
        query["before"] = str(seconds(shown[-1].created_at))
    else:
        deep = {"page_number": _token(call.blog, offset), "tumblelog": call.blog.name}
        query |= {"offset": str(offset), **deep}
    return next_link(f"/v2/blog/{call.args['blog']}/posts", query)


# --------------------------------------------------------------------------------------------------------- the others


def one_post(call: Call) -> tuple[int, Any]:
    """GET /posts/{id}, or /posts/{type}: a post with what is needed to reblog or edit it."""
    if not call.args["id"].isdigit():
        call.args = {**call.args, "type": call.args["id"]}
        return posts(call)
    if call.caller.person is None:
        raise Refused(401)
    post, form = call.post(call.args["id"], call.blog), call.text("post_format", "npf")
    how = manner(call)
    if form not in ("npf", "legacy"):
        raise Refused(400, "post_format must be npf or legacy.")
    if form == "legacy" and not post.legacy:
        raise Refused(400, "A post made in blocks cannot be told in the older form.")
    return 200, alone(post, how) if form == "npf" else legacy(post, how)


def queue(call: Call) -> tuple[int, Any]:
    """GET /posts/queue: the next one first."""
    held, offset = call.sandbox.world.queued(call.own()), call.between("offset", 0, 10**9, 0)
    limit = call.between("limit", 1, PAGE, PAGE)
    return 200, {"posts": [one_told(call, post) for post in held[offset : offset + limit]]}


def drafts(call: Call) -> tuple[int, Any]:
    """GET /posts/draft: the newest first."""
    blog, before = call.own(), call.whole("before_id")
    own = (call.sandbox.world.posts[number] for number in reversed(blog.posts))
    held = [
        post
        for post in own
        if post.state == "draft" and not post.deleted and not (before and post.number >= before)
    ]
    return 200, {"posts": [one_told(call, post) for post in held[:PAGE]]}


def inbox(call: Call) -> tuple[int, Any]:
    """GET /posts/submission: questions and submissions, newest first."""
    held = call.sandbox.world.inbox.listed(call.own())
    offset, limit = call.between("offset", 0, 10**9, 0), call.between("limit", 1, INBOX_PAGE, PAGE)
    page: dict[str, Any] = {"posts": [one_told(call, post) for post in held[offset : offset + limit]]}
    if offset + limit < len(held):
        bound = {name: value for name, value in call.seen.pairs if name != "api_key"}
        path = f"/v2/blog/{call.args['blog']}/posts/submission"
        page["_links"] = next_link(path, bound | {"offset": str(offset + limit)})
    return 200, page


def tagged(call: Call) -> tuple[int, Any]:
    """GET /tagged: an array of posts by anyone. Only the first tags of a post are looked at, and what is new comes in
    late; posts with a featured tag have a time of their own."""
    sandbox, tag = call.sandbox, call.text("tag").strip().lstrip("#").lower()
    if not tag:
        raise Refused(400, "tag must not be empty.")
    limit, featured = call.between("limit", 1, PAGE, PAGE), tag in sandbox.featured_tags
    before, now = call.whole("before"), sandbox.clock.now()
    lag = timedelta(seconds=sandbox.tag_lag)
    step = FEATURED_AFTER if featured else timedelta()
    found = [
        post
        for post in sandbox.world.posts.values()
        if tag in [own.lower() for own in post.tags[: sandbox.indexed_tags]]
        and sandbox.world.visible(post, None)
        and not post.blog.shadow_banned
        and max(post.shown_from, post.created_at + lag) <= now
        and (before is None or seconds(post.created_at + step) < before)
    ]
    page = sorted(found, key=lambda post: (post.created_at, post.number), reverse=True)[:limit]
    if sandbox.tags_disordered:
        page = [post for place in range(0, len(page), 2) for post in reversed(page[place : place + 2])]
    shown = [dict(one_told(call, post)) for post in page]
    if featured:
        for post, item in zip(page, shown, strict=True):
            item["featured_timestamp"] = seconds(post.created_at + step)
    return 200, shown
