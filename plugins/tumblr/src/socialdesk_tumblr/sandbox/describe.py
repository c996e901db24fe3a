"""Blogs, posts and notes in JSON's terms, for the control surface: the platform's own view of them."""

from __future__ import annotations

from typing import Any

from .items import Note, Post
from .state import Blog


def blog_json(blog: Blog) -> dict[str, Any]:
    """A blog for the control surface."""
    return {
        "uuid": blog.uuid,
        "name": blog.name,
        "title": blog.title,
        "url": blog.url,
        "followers": len(blog.followers),
        "blocks": len(blog.blocks),
        "shadow_banned": blog.shadow_banned,
        "gone": blog.gone,
    }


def entry_json(entry: Post | Note) -> dict[str, Any]:
    """A post or a reply for the control surface."""
    if isinstance(entry, Note):
        return {
            "kind": entry.kind,
            "by": entry.blog.name,
            "text": entry.text,
            "created_at": entry.at.isoformat(),
            "post": entry.target.id,
        }
    return {
        "kind": "ask" if entry.is_ask else "reblog" if entry.parent is not None else "post",
        "id": entry.id,
        "by": entry.blog.name,
        "text": entry.text,
        "asker": entry.asker.name if entry.asker is not None else None,
        "question": entry.question if entry.is_ask else None,
        "state": entry.state,
        "created_at": entry.created_at.isoformat(),
        "parent": entry.parent.id if entry.parent is not None else None,
        "reblog_key": entry.reblog_key,
        "tags": list(entry.tags),
    }
