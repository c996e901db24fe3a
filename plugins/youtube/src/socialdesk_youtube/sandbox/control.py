"""YouTube's own routes on the control surface.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/users/{handle}    a channel
GET      /_sandbox/threads/{id}      a thread in order, by the id of any of its comments
POST     /_sandbox/users             ``{"handle", "title", "description", "subscribers", "active"}``: make or change a
                                     channel
POST     /_sandbox/accounts          ``{"handle"}``: a further channel that allows the project everything
POST     /_sandbox/videos            ``{"by", "title", "description", "language", "privacy", "comments", "at"}``
POST     /_sandbox/comments          ``{"by", "video", "text", "at", "status"}``: begin a thread; ``by`` is a handle
POST     /_sandbox/replies           ``{"by", "to", "text", "at", "status"}``; ``to`` is the id of a comment
POST     /_sandbox/crowd             ``{"n", "video", "text", "people"}``: many threads at once
POST     /_sandbox/edits             ``{"comment", "text"}``: by the comment's author
POST     /_sandbox/deletes           ``{"comment"}``: its author takes it away
POST     /_sandbox/moderations       ``{"comment", "status", "ban"}``: by the channel of the video, as in its studio
POST     /_sandbox/likes             ``{"by", "comment"}``
POST     /_sandbox/switches          ``{"count_lag", "counts_removed", "replies_order", "originals", "search_lag"}``
POST     /_sandbox/quota             ``{"units", "searches", "own_bucket", "per_minute"}``: what the project may spend
=======  ==========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, moment, take

from .describe import channel_json, comment_json, video_json
from .state import STATUSES, Comment, StateError, Video

if TYPE_CHECKING:
    from .youtube import YouTubeSandbox

T = TypeVar("T")

_SWITCHES: Mapping[str, type] = {
    "count_lag": float,
    "counts_removed": bool,
    "replies_order": str,
    "originals": str,
    "search_lag": float,
}
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "replies_order": ("newest", "oldest"),
    "originals": ("all", "author"),
    "status": STATUSES,
    "privacy": ("public", "unlisted", "private"),
    "comments": ("on", "off", "held"),
}


def _given(
    seen: Incoming, required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """The members of a body, with times read and choices checked. Raises ControlError."""
    given = take(body_of(seen), required, optional)
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            raise ControlError(f"{name}: must be one of {', '.join(map(str, choices))}")
    if "at" in given:
        given["at"] = moment(given["at"])
    return given


def _permitted(act: Callable[[], T]) -> T:
    try:
        return act()
    except StateError as error:
        raise ControlError(str(error)) from None


def _comment(sandbox: YouTubeSandbox, name: str, member: str = "comment") -> Comment:
    found = sandbox.world.comments.get(name)
    if found is None or found.gone:
        raise ControlError(f"{member}: there is no comment {name}")
    return found


def _video(sandbox: YouTubeSandbox, name: str) -> Video:
    found = sandbox.world.videos.get(name)
    if found is None:
        raise ControlError(f"video: there is no video {name}")
    return found


def _get_user(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    channel = sandbox.world.handles.get(args["handle"].lower())
    if channel is None:
        raise ControlError(f"there is no channel {args['handle']}")
    return channel_json(channel)


def _get_thread(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    found = sandbox.world.comments.get(args["id"])
    if found is None:
        raise ControlError(f"there is no comment {args['id']}")
    return {"thread": [comment_json(comment) for comment in sandbox.thread(found)]}


def _make_user(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    known: Mapping[str, type] = {"title": str, "description": str, "subscribers": int, "active": bool}
    given = _given(seen, {"handle": str}, known)
    handle = given.pop("handle")
    return channel_json(_permitted(lambda: sandbox.user(handle, **given)))


def _make_account(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handle = _given(seen, {"handle": str})["handle"]
    credentials = _permitted(lambda: sandbox.connect_account(handle))
    return {"credentials": credentials, "settings": sandbox.settings_for(handle)}


def _make_video(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    known = dict.fromkeys(("description", "language", "privacy", "comments", "at"), str)
    given = _given(seen, {"by": str, "title": str}, known)
    by, title = given.pop("by"), given.pop("title")
    return video_json(_permitted(lambda: sandbox.user(by).upload(title, **given)))


def _make_comment(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = _given(seen, {"by": str, "video": str, "text": str}, {"at": str, "status": str})
    by, video, text = given.pop("by"), _video(sandbox, given.pop("video")), given.pop("text")
    return comment_json(_permitted(lambda: sandbox.user(by).comment(video, text, **given)))


def _make_reply(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = _given(seen, {"by": str, "to": str, "text": str}, {"at": str, "status": str})
    by, to, text = given.pop("by"), _comment(sandbox, given.pop("to"), "to"), given.pop("text")
    return comment_json(_permitted(lambda: sandbox.user(by).reply(to, text, **given)))


def _make_crowd(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = _given(seen, {"n": int, "video": str}, {"text": str, "people": int})
    if not 1 <= given["n"] <= 100_000 or not 1 <= given.get("people", 1) <= 10_000:
        raise ControlError("n: must be 1 to 100000; people: must be 1 to 10000")
    video = _video(sandbox, given.pop("video"))
    try:
        made = _permitted(lambda: sandbox.crowd(given.pop("n"), video, **given))
    except (KeyError, IndexError, ValueError):
        raise ControlError("text: may hold {i}, and no other braces") from None
    return {"made": len(made), "first": made[0].id, "last": made[-1].id}


def _make_edit(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = _given(seen, {"comment": str, "text": str})
    comment = _comment(sandbox, given["comment"])
    return comment_json(_permitted(lambda: comment.author.edit(comment, given["text"])))


def _make_delete(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    comment = _comment(sandbox, _given(seen, {"comment": str})["comment"])
    comment.author.delete(comment)
    return {"deleted": True}


def _make_moderation(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = _given(seen, {"comment": str, "status": str}, {"ban": bool})
    comment = _comment(sandbox, given["comment"])
    comment.video.channel.moderate(comment, given["status"], ban=given.get("ban", False))
    return comment_json(comment)


def _make_like(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = _given(seen, {"by": str, "comment": str})
    _permitted(lambda: sandbox.user(given["by"])).like(_comment(sandbox, given["comment"]))
    return {"liked": True}


def _switch(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    for name, value in _given(seen, {}, _SWITCHES).items():
        setattr(sandbox, name, value)
    return {name: getattr(sandbox, name) for name in _SWITCHES}


def _quota(sandbox: YouTubeSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    known: Mapping[str, type] = {"units": int, "searches": int, "own_bucket": bool, "per_minute": int}
    for name, value in _given(seen, {}, known).items():
        setattr(sandbox.quota, name, value)
    return {name: getattr(sandbox.quota, name) for name in known}


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/users/{handle}"): _get_user,
        ("GET", "/_sandbox/threads/{id}"): _get_thread,
        ("POST", "/_sandbox/users"): _make_user,
        ("POST", "/_sandbox/accounts"): _make_account,
        ("POST", "/_sandbox/videos"): _make_video,
        ("POST", "/_sandbox/comments"): _make_comment,
        ("POST", "/_sandbox/replies"): _make_reply,
        ("POST", "/_sandbox/crowd"): _make_crowd,
        ("POST", "/_sandbox/edits"): _make_edit,
        ("POST", "/_sandbox/deletes"): _make_delete,
        ("POST", "/_sandbox/moderations"): _make_moderation,
        ("POST", "/_sandbox/likes"): _make_like,
        ("POST", "/_sandbox/switches"): _switch,
        ("POST", "/_sandbox/quota"): _quota,
    }
)
"""What a control request may ask for."""
