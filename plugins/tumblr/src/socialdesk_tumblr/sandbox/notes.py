"""GET /v2/blog/{blog}/notes: who replied to, reblogged and liked a post.

https://www.tumblr.com/docs/en/api/v2#notes---get-notes-for-a-specific-post
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from .call import Call
from .content import plain, summary
from .items import Note
from .numbers import microseconds, seconds
from .problems import Refused
from .state import Person

_MODES: Mapping[str, Callable[[Note], bool]] = {
    "all": lambda note: True,
    "likes": lambda note: note.kind == "like",
    "conversation": lambda note: note.comments,
    "rollup": lambda note: note.kind in ("like", "reblog"),
    "reblogs_with_tags": lambda note: note.kind == "reblog",
}


def added_text(note: Note) -> str:
    """What a reblog says, in short."""
    if note.post is None:
        return ""
    return plain(note.post.content) or summary("", note.post.content)


def note_json(note: Note, viewer: Person | None, mode: str) -> dict[str, Any]:
    """A note as a mode tells it: the time is whole seconds, but in a conversation with its fraction."""
    exact = microseconds(note.at)
    told: dict[str, Any] = {
        "type": note.kind,
        "timestamp": exact / 1_000_000 if mode == "conversation" else seconds(note.at),
        "blog_name": note.blog.name,
        "blog_uuid": note.blog.uuid,
        "blog_url": note.blog.url,
        "followed": viewer is not None and viewer.primary.uuid in note.blog.followers,
        "avatar_shape": note.blog.avatar_shape,
    }
    if note.kind == "reply":
        told |= {"reply_text": note.text, "formatting": note.formatting, "can_block": viewer is not None}
    if note.post is not None:
        told |= {"post_id": note.post.id, "reblog_parent_blog_name": note.target.blog.name}
        if note.comments:
            told["added_text"] = added_text(note)
        if mode == "reblogs_with_tags":
            told["tags"] = list(note.post.tags)
    return told


def _before(call: Call, mode: str) -> Callable[[Note], bool]:
    """Whether a note comes before the page's beginning, in the unit of the mode."""
    asked = call.text("before_timestamp")
    if not asked:
        return lambda note: True
    try:
        limit = float(asked)
    except ValueError:
        raise Refused(400, "before_timestamp must be a number.") from None
    unit = microseconds if mode == "conversation" else seconds
    return lambda note: unit(note.at) < limit


def notes(call: Call) -> tuple[int, Any]:
    """The newest notes before a moment; a link leads on where there are more."""
    sandbox, mode = call.sandbox, call.text("mode", "all")
    if mode not in _MODES:
        raise Refused(400, f"mode must be one of {', '.join(_MODES)}.")
    post = call.post(call.text("id"), call.blog)
    every = sandbox.world.notes_of(post, shared=sandbox.shared_notes)
    wanted = [note for note in every if _MODES[mode](note)]
    before = _before(call, mode)
    open_ones = [note for note in wanted if before(note)]
    page, rest = open_ones[: sandbox.notes_page], open_ones[sandbox.notes_page :]
    viewer = call.caller.person
    told: dict[str, Any] = {"notes": [note_json(note, viewer, mode) for note in page]}
    told["total_notes"] = len(wanted if mode != "conversation" else every)
    if mode == "conversation":
        oldest = page[-1].at if page and rest else None
        others = [note for note in every if not note.comments and before(note)]
        folded = [note for note in others if oldest is None or note.at >= oldest]
        told["rollup_notes"] = [note_json(note, viewer, mode) for note in folded]
        told["total_likes"] = sum(note.kind == "like" for note in every)
        told["total_reblogs"] = sum(note.kind == "reblog" for note in every)
    if rest:
        unit = microseconds if mode == "conversation" else seconds
        query = {"id": post.id, "mode": mode, "before_timestamp": str(unit(page[-1].at))}
        told["_links"] = next_link(f"/v2/blog/{call.blog.hostname}/notes", query)
    return 200, told


def next_link(path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """The link to the next page."""
    ending = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return {
        "next": {
            "type": "navigation",
            "href": f"{path}?{ending}",
            "method": "GET",
            "query_params": dict(query),
        }
    }
