"""Posts as answers tell them: as NPF, in the older form, and one alone for those who may edit it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from .content import html_of, summary
from .items import Block, Post, TrailItem
from .numbers import date_text, made_up, seconds
from .state import Person
from .telling_blogs import avatar, short_blog, trail_blog

_LEGACY_KINDS: tuple[tuple[str, Callable[[Block], bool]], ...] = (
    ("video", lambda block: block["type"] == "video"),
    ("photo", lambda block: block["type"] == "image"),
    ("audio", lambda block: block["type"] == "audio"),
    ("quote", lambda block: block.get("subtype") == "quote"),
    ("link", lambda block: block["type"] == "link"),
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How posts are told. ``form`` is html, text or raw."""

    viewer: Person | None
    npf: bool = False
    reblogs: bool = False
    shared_notes: bool = True
    form: str = "html"


def kind_of(post: Post) -> str:
    """The type that a post has for filters: what it would be, were it no NPF post."""
    if post.is_ask:
        return "answer"
    content = post.root.content
    for kind, fits in _LEGACY_KINDS:
        if any(map(fits, content)):
            return kind
    return "chat" if sum(block.get("subtype") == "chat" for block in content) > 1 else "text"


def stored_kind(post: Post) -> str:
    """The type in the activity feed: a note is an ask or its answer."""
    return "note" if post.is_ask else "regular"


def _slug(post: Post) -> str:
    words = re.findall(r"[a-z0-9]+", summary(post.title, post.content).lower())
    return post.slug or "-".join(words[:8])


def post_url(post: Post) -> str:
    slug = _slug(post)
    return f"{post.blog.url}post/{post.id}" + (f"/{slug}" if slug else "")


def _common(post: Post, how: Manner) -> dict[str, Any]:
    told: dict[str, Any] = {
        "blog_name": post.blog.name,
        "blog": short_blog(post.blog),
        "id": post.number,
        "id_string": post.id,
        "is_blazed": False,
        "is_blaze_pending": False,
        "can_blaze": False,
        "post_url": post_url(post),
        "slug": _slug(post),
        "date": date_text(post.created_at),
        "timestamp": seconds(post.created_at),
        "state": post.state,
        "reblog_key": post.reblog_key,
        "tags": list(post.tags),
        "short_url": f"https://tmblr.co/Z{made_up(post.id, 12)}",
        "summary": summary(post.title, post.content or post.root.content),
        "should_open_in_legacy": False,
        "recommended_source": None,
        "recommended_color": None,
        "note_count": len(post.world.notes_of(post, shared=how.shared_notes)),
        "interactability_reblog": post.interactability,
        "interactability_blaze": "noone",
        "can_send_in_message": True,
        "display_avatar": True,
    }
    if post.source_url:
        told |= {"source_url": post.source_url, "source_title": post.source_url.split("/")[2]}
    told |= _for_viewer(post, how.viewer) | _by_whom(post) | _parent_url(post)
    return told | (_reblog_info(post) if how.reblogs else {})


def _for_viewer(post: Post, viewer: Person | None) -> dict[str, Any]:
    """What the caller did and may do."""
    may = viewer is not None and post.state == "published"
    told: dict[str, Any] = {"can_like": may, "can_reply": may}
    told["can_reblog"] = may and post.interactability == "everyone"
    if viewer is not None:
        told["liked"] = viewer.primary.uuid in post.likes
        told["followed"] = viewer.primary.uuid in post.blog.followers
    return told | (_for_owner(post) if viewer is post.blog.owner else {})


def _for_owner(post: Post) -> dict[str, Any]:
    until = seconds(post.muted_until) if post.muted_until is not None and post.is_muted else 0
    told: dict[str, Any] = {"muted": post.is_muted, "mute_end_timestamp": until}
    if post.genesis is not None:
        told["genesis_post_id"] = str(post.genesis)
    return told | _queue(post)


def _queue(post: Post) -> dict[str, Any]:
    if post.state != "queued" or post.due is None:
        return {}
    told: dict[str, Any] = {"scheduled_publish_time": seconds(post.due)}
    told["queued_state"] = "scheduled" if post.publish_on is not None else "queued"
    if post.publish_on is not None:
        told["publish_on"] = post.publish_on.isoformat()
    return told


def _by_whom(post: Post) -> dict[str, Any]:
    """Who asked or submitted, of what came through the inbox."""
    if post.is_ask:
        asker = post.asker
        return {
            "asking_name": asker.name if asker is not None else "Anonymous",
            "asking_url": asker.url if asker is not None else None,
        }
    if not post.is_submission or post.submitter is None:
        return {}
    by = post.submitter
    author = {"post_author": by.name, "author_blog": short_blog(by), "post_author_avatar": avatar(by)}
    return {"is_submission": post.state == "submission", **author}


def _parent_url(post: Post) -> dict[str, Any]:
    return {"parent_post_url": post_url(post.parent)} if post.parent is not None else {}


def _reblog_info(post: Post) -> dict[str, Any]:
    if post.parent is None:
        return {}
    told: dict[str, Any] = {}
    for prefix, other in (("reblogged_from", post.parent), ("reblogged_root", post.root)):
        told |= {
            f"{prefix}_id": other.id,
            f"{prefix}_url": post_url(other),
            f"{prefix}_name": other.blog.name,
            f"{prefix}_title": other.blog.title,
            f"{prefix}_uuid": other.blog.uuid,
            f"{prefix}_can_message": False,
            f"{prefix}_following": False,
        }
    return told


# ---------------------------------------------------------------------------------------------------------------- NPF


def _item(item: TrailItem, how: Manner) -> dict[str, Any]:
    told: dict[str, Any] = {"content": item.content, "layout": item.layout}
    if item.post.blog.gone:
        return told | {"broken_blog_name": item.name}
    when = {"id": item.post.id, "timestamp": seconds(item.post.created_at), "is_commercial": False}
    return told | {"post": when, "blog": trail_blog(item.post.blog, how.viewer)}


def npf(post: Post, how: Manner) -> dict[str, Any]:
    """A post of a listing, as NPF."""
    return _common(post, how) | {
        "object_type": "post",
        "type": "blocks",
        "is_blocks_post_format": not post.legacy,
        "content": post.content,
        "layout": post.layout,
        "trail": [_item(item, how) for item in post.trail],
    }


def alone(post: Post, how: Manner) -> dict[str, Any]:
    """One post as NPF, told so that it can be reblogged or edited: its id is a text."""
    told = npf(post, how) | {"id": post.id, "tumblelog_uuid": post.blog.uuid}
    if post.parent is not None:
        told |= {"parent_post_id": post.parent.id, "parent_tumblelog_uuid": post.parent.blog.uuid}
    return told


# ---------------------------------------------------------------------------------------------------- the older form


def bare(html: str) -> str:
    """HTML as plain text."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<br\s*/?>|</p>", "\n", html))).strip()


def _tree(trail: tuple[TrailItem, ...]) -> str:
    """A trail as nested quotations."""
    html = ""
    for item in trail:
        if html:
            html = f"<blockquote>{html}</blockquote>"
        name = f'<a class="tumblr_blog" href="{post_url(item.post)}">{item.name}</a>'
        html = f"<p>{name}:</p><blockquote>{html}{html_of(item.content)}</blockquote>"
    return html


def _legacy_item(item: TrailItem, how: Manner, is_root: bool) -> dict[str, Any]:
    html = html_of(item.content)
    told: dict[str, Any] = {"content_raw": html, "content": html}
    if item.post.blog.gone:
        return told | {"broken_blog_name": item.name}
    blog = trail_blog(item.post.blog, how.viewer)
    return told | {"blog": blog, "post": {"id": item.post.id}, **({"is_root_item": True} if is_root else {})}


def legacy(post: Post, how: Manner) -> dict[str, Any]:
    """A post in the older form: what was made as NPF comes as text."""
    tree = _tree(post.trail)
    comment = html_of(post.content)
    form: Callable[[str], str] = bare if how.form == "text" else lambda html: html
    told = _common(post, how) | {
        "type": "answer" if post.is_ask else "text",
        "is_blocks_post_format": not post.legacy,
        "format": "html",
        "reblog": {"comment": form(comment), "tree_html": form(tree)},
        "trail": [_legacy_item(item, how, place == 0) for place, item in enumerate(post.trail)],
    }
    if post.is_ask:
        asked = len(post.ask_blocks)
        question, answer = html_of(post.content[:asked]), html_of(post.content[asked:])
        return told | {"question": bare(question), "answer": form(answer)}
    return told | {"title": post.title, "body": form(tree + comment)}


def told(post: Post, how: Manner) -> Mapping[str, Any]:
    """A post of a listing."""
    return npf(post, how) if how.npf else legacy(post, how)
