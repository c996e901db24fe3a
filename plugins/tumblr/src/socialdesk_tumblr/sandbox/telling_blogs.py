"""Blogs as answers tell them: whole, short, and as those of a trail."""

from __future__ import annotations

from typing import Any

from .items import Post
from .numbers import made_up, seconds
from .state import Blog, Person

_SIZES = (512, 128, 96, 64)


def updated(blog: Blog) -> int:
    """When a blog last published something."""
    posts = (blog.world.posts[number] for number in reversed(blog.posts))
    out = (post for post in posts if post.state == "published" and not post.deleted)
    return next((seconds(post.created_at) for post in out), 0)


def published(blog: Blog) -> list[Post]:
    """What a blog has published, the newest first."""
    now = blog.world.now()
    posts = (blog.world.posts[number] for number in blog.posts)
    there = [
        post for post in posts if post.state == "published" and not post.deleted and post.shown_from <= now
    ]
    return sorted(there, key=lambda post: (post.created_at, post.number), reverse=True)


def avatar(blog: Blog) -> list[dict[str, Any]]:
    stem = f"https://64.media.tumblr.com/{made_up('avatar' + blog.uuid, 32).lower()}"
    return [
        {"width": size, "height": size, "url": f"{stem}/s{size}x{size}u_c1.jpg", "accessories": []}
        for size in _SIZES
    ]


def theme(blog: Blog) -> dict[str, Any]:
    header = f"https://static.tumblr.com/{made_up('header' + blog.uuid, 20).lower()}.jpg"
    return {
        "avatar_shape": blog.avatar_shape,
        "background_color": "#FAFAFA",
        "body_font": "Helvetica Neue",
        "header_bounds": "",
        "header_focus_height": 720,
        "header_focus_width": 1280,
        "header_full_height": 720,
        "header_full_width": 1280,
        "header_image": header,
        "header_image_focused": header,
        "header_image_poster": "",
        "header_image_scaled": header,
        "header_stretch": True,
        "link_color": "#00B8FF",
        "show_avatar": True,
        "show_description": True,
        "show_header_image": True,
        "show_title": True,
        "title_color": "#000000",
        "title_font": "Favorit",
        "title_font_weight": "bold",
    }


def whole_blog(blog: Blog, viewer: Person | None) -> dict[str, Any]:
    """A blog as /info tells it."""
    posts = len(published(blog))
    told: dict[str, Any] = {
        "ask": blog.asks,
        "ask_page_title": "Ask me anything",
        "asks_allow_media": True,
        "avatar": avatar(blog),
        "can_chat": False,
        "can_subscribe": False,
        "description": blog.description,
        "is_nsfw": blog.adult,
        "name": blog.name,
        "posts": posts,
        "share_likes": False,
        "subscribed": False,
        "theme": theme(blog),
        "theme_id": 0,
        "title": blog.title,
        "total_posts": posts,
        "updated": updated(blog),
        "url": blog.url,
        "uuid": blog.uuid,
    }
    if blog.asks:
        told["ask_anon"] = blog.anonymous_asks
    if viewer is not None:
        told["followed"] = viewer.primary.uuid in blog.followers
        told["is_blocked_from_primary"] = blog.uuid in viewer.primary.blocks
    return told


def short_blog(blog: Blog) -> dict[str, Any]:
    """A blog as posts tell it."""
    return {
        "name": blog.name,
        "title": blog.title,
        "description": blog.description,
        "url": blog.url,
        "uuid": blog.uuid,
        "updated": updated(blog),
        "tumblrmart_accessories": {},
        "can_show_badges": False,
    }


def trail_blog(blog: Blog, viewer: Person | None) -> dict[str, Any]:
    """A blog as a trail tells it."""
    return short_blog(blog) | {
        "subscribed": False,
        "can_subscribe": False,
        "followed": viewer is not None and viewer.primary.uuid in blog.followers,
        "active": True,
    }


def listed_blog(blog: Blog) -> dict[str, Any]:
    """A blog as lists of blogs tell it."""
    names = ("name", "url", "updated", "title", "description", "uuid")
    told = short_blog(blog)
    return {name: told[name] for name in names}


def chosen_fields(value: Any, wanted: frozenset[str]) -> Any:
    """An answer whose blogs tell only the fields that were asked for (``fields[blogs]``)."""
    if isinstance(value, list):
        return [chosen_fields(item, wanted) for item in value]
    if not isinstance(value, dict):
        return value
    is_blog = "uuid" in value and "updated" in value
    return {
        name: chosen_fields(item, wanted) for name, item in value.items() if not is_blog or name in wanted
    }
