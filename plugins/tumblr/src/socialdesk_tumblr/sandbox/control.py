"""Tumblr's own routes on the control surface.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/blogs/{name}      a blog
GET      /_sandbox/threads/{id}      what hangs together with a post, oldest first
POST     /_sandbox/blogs             ``{"name", "title", "description", "asks", "anonymous_asks", "adult",
                                     "shadow_banned"}``: make or change a blog
POST     /_sandbox/accounts          ``{"name"}``: a further account of the app, with credentials and settings
POST     /_sandbox/posts             ``{"by", "text", "reblog", "tags", "state", "at", "interactability"}``: write a
                                     post, or reblog one; ``by`` is a name, made on first use
POST     /_sandbox/replies           ``{"by", "post", "text"}``: reply under a post
POST     /_sandbox/asks              ``{"by", "to", "text", "anonymous"}``: ask a blog (the brand's by default)
POST     /_sandbox/submissions       ``{"by", "to", "text"}``
POST     /_sandbox/crowd             ``{"n", "text", "people"}``: many posts at once
POST     /_sandbox/likes             ``{"by", "post"}``
POST     /_sandbox/follows           ``{"by", "who"}``: names
POST     /_sandbox/edits             ``{"post", "text"}``: its blog writes it anew
POST     /_sandbox/deletes           ``{"post"}``: its blog takes it away; ``{"post", "reply": n}`` takes away the nth
                                     reply of its thread, counted from 0
POST     /_sandbox/renames           ``{"blog", "name"}``
POST     /_sandbox/blocks            ``{"by", "who"}``: names
POST     /_sandbox/deactivations     ``{"blog"}``: it leaves the platform
POST     /_sandbox/switches          the sandbox's switches, by their names: how Tumblr behaves
POST     /_sandbox/limits            ``{"name": "hour", "limit": 1000}``
=======  ==========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, moment, take

from .describe import blog_json, entry_json
from .items import Note, Post
from .state import Blog, StateError

if TYPE_CHECKING:
    from .tumblr import TumblrSandbox

_OPTIONS: Mapping[str, type] = {
    "title": str,
    "description": str,
    "asks": bool,
    "anonymous_asks": bool,
    "adult": bool,
    "shadow_banned": bool,
}
_SWITCHES: Mapping[str, type] = {
    "replies_vanish": bool,
    "notifications_page": int,
    "notes_page": int,
    "notifications_edge": str,
    "shared_notes": bool,
    "tag_lag": float,
    "indexed_tags": int,
    "tags_disordered": bool,
    "deep_from": int,
    "genesis_ids": bool,
    "parents_missing": int,
    "closed_posts_are": int,
    "posting_off": bool,
    "transcoding": bool,
    "uploads_fail": bool,
    "tells_state": bool,
    "legacy_errors": str,
    "empty_response": str,
    "agent_policy": str,
}
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "notifications_edge": ("lost", "repeated"),
    "closed_posts_are": (400, 403),
    "legacy_errors": ("strings", "objects"),
    "empty_response": ("list", "text"),
    "agent_policy": ("notice", "refuse", "strict"),
    "state": ("published", "queued", "draft", "private"),
    "interactability": ("everyone", "noone"),
}


def _chosen(given: Mapping[str, Any]) -> None:
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            raise ControlError(f"{name}: must be one of {', '.join(map(str, choices))}")


def _tried(act: Callable[[], Any]) -> Any:
    """What comes of it; what the platform would not let a person do is a ControlError."""
    try:
        return act()
    except StateError as error:
        raise ControlError(str(error)) from None


def _blog(sandbox: TumblrSandbox, name: str, options: Any = None) -> Blog:
    made: Blog = _tried(lambda: sandbox.blog(name, **(options or {})))
    return made


def _there(sandbox: TumblrSandbox, name: str) -> Blog:
    blog = sandbox.world.find(name)
    if blog is None:
        raise ControlError(f"there is no blog {name}")
    return blog


def _post(sandbox: TumblrSandbox, value: str) -> Post:
    post = sandbox.world.posts.get(int(value)) if value.isascii() and value.isdigit() else None
    if post is None:
        raise ControlError(f"post: there is no post {value}")
    return post


def _get_blog(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return blog_json(_there(sandbox, args["name"]))


def _get_thread(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return {"thread": [entry_json(entry) for entry in sandbox.thread(_post(sandbox, args["id"]))]}


def _make_blog(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"name": str}, _OPTIONS)
    return blog_json(_blog(sandbox, given.pop("name"), given))


def _make_account(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    name = _blog(sandbox, take(body_of(seen), {"name": str})["name"]).name
    return {"credentials": sandbox.connect_account(name), "settings": sandbox.settings_for(name)}


def _make_post(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    optional = {"reblog": str, "tags": list, "state": str, "at": str, "interactability": str}
    given = take(body_of(seen), {"by": str, "text": str}, optional)
    _chosen(given)
    by, text, reblog = _blog(sandbox, given.pop("by")), given.pop("text"), given.pop("reblog", None)
    if not all(isinstance(tag, str) for tag in given.get("tags", ())):
        raise ControlError("tags: must be a list of texts")
    if "at" in given:
        given["at"] = moment(given["at"])
    if reblog is None:
        return entry_json(_tried(lambda: by.post(text, **given)))
    parent = _post(sandbox, reblog)
    return entry_json(_tried(lambda: by.reblog(parent, text, **given)))


def _make_reply(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "post": str, "text": str})
    by, post = _blog(sandbox, given["by"]), _post(sandbox, given["post"])
    return entry_json(_tried(lambda: by.reply(post, given["text"])))


def _make_ask(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "text": str}, {"to": str, "anonymous": bool})
    by, anonymous = _blog(sandbox, given["by"]), given.get("anonymous", False)
    to = _there(sandbox, given.get("to", sandbox.account.name))
    return entry_json(_tried(lambda: by.ask(to, given["text"], anonymous=anonymous)))


def _make_submission(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "text": str}, {"to": str})
    by, to = _blog(sandbox, given["by"]), _there(sandbox, given.get("to", sandbox.account.name))
    return entry_json(_tried(lambda: by.submit(to, given["text"])))


def _make_crowd(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"n": int}, {"text": str, "people": int})
    if not 1 <= given["n"] <= 100_000 or not 1 <= given.get("people", 1) <= 10_000:
        raise ControlError("n: must be 1 to 100000; people: must be 1 to 10000")
    try:
        posts = sandbox.crowd(given.pop("n"), **given)
    except (KeyError, IndexError, ValueError):
        raise ControlError("text: may hold {brand} and {i}, and no other braces") from None
    return {"made": len(posts), "first": posts[0].id, "last": posts[-1].id}


def _make_like(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "post": str})
    by, post = _blog(sandbox, given["by"]), _post(sandbox, given["post"])
    _tried(lambda: by.like(post))
    return {"liked": True}


def _make_follow(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "who": str})
    by, who = _blog(sandbox, given["by"]), _there(sandbox, given["who"])
    _tried(lambda: by.follow(who))
    return {"followed": True}


def _make_edit(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"post": str, "text": str})
    post = _post(sandbox, given["post"])
    return entry_json(_tried(lambda: post.blog.edit(post, given["text"])))


def _make_delete(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"post": str}, {"reply": int})
    post = _post(sandbox, given["post"])
    if "reply" not in given:
        post.blog.delete(post)
        return {"deleted": True}
    replies = [entry for entry in sandbox.thread(post) if isinstance(entry, Note)]
    if not 0 <= given["reply"] < len(replies):
        raise ControlError(f"reply: there are {len(replies)} replies")
    reply = replies[given["reply"]]
    reply.blog.delete(reply)
    return {"deleted": True}


def _make_rename(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"blog": str, "name": str})
    blog = _there(sandbox, given["blog"])
    _tried(lambda: blog.rename(given["name"]))
    return blog_json(blog)


def _make_block(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "who": str})
    _blog(sandbox, given["by"]).block(_blog(sandbox, given["who"]))
    return {"blocked": True}


def _deactivate(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    _there(sandbox, take(body_of(seen), {"blog": str})["blog"]).deactivate()
    return {"gone": True}


def _switch(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {}, _SWITCHES)
    _chosen(given)
    for name, value in given.items():
        setattr(sandbox, name, value)
    return {name: getattr(sandbox, name) for name in _SWITCHES}


def _limit(sandbox: TumblrSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"name": str, "limit": int})
    try:
        sandbox.limits.set(given["name"], given["limit"])
    except KeyError:
        known = ", ".join([*sandbox.limits.allowances, *sandbox.limits.daily])
        raise ControlError(f"name: must be one of {known}") from None
    return given


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/blogs/{name}"): _get_blog,
        ("GET", "/_sandbox/threads/{id}"): _get_thread,
        ("POST", "/_sandbox/blogs"): _make_blog,
        ("POST", "/_sandbox/accounts"): _make_account,
        ("POST", "/_sandbox/posts"): _make_post,
        ("POST", "/_sandbox/replies"): _make_reply,
        ("POST", "/_sandbox/asks"): _make_ask,
        ("POST", "/_sandbox/submissions"): _make_submission,
        ("POST", "/_sandbox/crowd"): _make_crowd,
        ("POST", "/_sandbox/likes"): _make_like,
        ("POST", "/_sandbox/follows"): _make_follow,
        ("POST", "/_sandbox/edits"): _make_edit,
        ("POST", "/_sandbox/deletes"): _make_delete,
        ("POST", "/_sandbox/renames"): _make_rename,
        ("POST", "/_sandbox/blocks"): _make_block,
        ("POST", "/_sandbox/deactivations"): _deactivate,
        ("POST", "/_sandbox/switches"): _switch,
        ("POST", "/_sandbox/limits"): _limit,
    }
)
