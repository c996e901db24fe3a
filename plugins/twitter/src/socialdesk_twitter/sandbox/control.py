"""X's own routes on the control surface.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/users/{handle}    a user
GET      /_sandbox/threads/{id}      a conversation in order, by the id of any of its posts
POST     /_sandbox/users             ``{"handle", "name", "description", "location", "followers", "following",
                                     "protected", "verified", "premium", "dms_open"}``: make or change a user
POST     /_sandbox/accounts          ``{"handle"}``: a further account of the app, with credentials and settings
POST     /_sandbox/posts             ``{"by", "text", "reply_to", "quote", "lang", "at", "reply_settings"}``: write a
                                     post; ``by`` is a handle, made on first use; ``reply_to`` and ``quote`` are ids
POST     /_sandbox/crowd             ``{"n", "text", "people"}``: many posts at once
POST     /_sandbox/reposts           ``{"by", "post"}``, or ``{"post", "n"}`` for reposts by n people
POST     /_sandbox/likes             ``{"by", "post"}``
POST     /_sandbox/edits             ``{"post", "text"}``: a new version by the post's author
POST     /_sandbox/deletes           ``{"post"}``: its author takes it away
POST     /_sandbox/blocks            ``{"by", "who"}``: handles
POST     /_sandbox/withholds         ``{"post", "countries", "copyright"}``
POST     /_sandbox/switches          ``{"names", "enterprise", "credit", "implicit_mentions_summon", "search_lag",
                                     "missing_is", "usage_cap"}``: how X behaves
POST     /_sandbox/limits            ``{"route": "POST /2/tweets", "user", "app", "user_day", "app_day"}``
=======  ==========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, moment, take

from .describe import post_json, user_json
from .state import Post, StateError, User

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

_PROFILE: Mapping[str, type] = {
    "name": str,
    "description": str,
    "location": str,
    "followers": int,
    "following": int,
    "protected": bool,
    "verified": bool,
    "premium": bool,
    "dms_open": bool,
}
_SWITCHES: Mapping[str, type] = {
    "names": str,
    "enterprise": bool,
    "credit": bool,
    "implicit_mentions_summon": bool,
    "search_lag": float,
    "dm_lag": float,
    "processing_seconds": float,
    "processing_failure": str,
    "looks_into_media": bool,
    "loopback_webhooks": bool,
    "subscription_shape": str,
    "missing_is": int,
    "usage_cap": int,
}
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "names": ("tweet", "post"),
    "subscription_shape": ("object", "flat", "list"),
    "missing_is": (200, 404),
    "reply_settings": ("everyone", "following", "mentionedUsers", "subscribers", "verified"),
}


def _chosen(given: Mapping[str, Any]) -> None:
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            raise ControlError(f"{name}: must be one of {', '.join(map(str, choices))}")


def user_named(sandbox: TwitterSandbox, handle: str, profile: Any = None) -> User:
    try:
        return sandbox.user(handle, **(profile or {}))
    except StateError as error:
        raise ControlError(str(error)) from None


def post_numbered(sandbox: TwitterSandbox, value: str, name: str = "post") -> Post:
    post = sandbox.world.posts.get(int(value)) if value.isascii() and value.isdigit() else None
    if post is None or post.deleted:
        raise ControlError(f"{name}: there is no post {value}")
    return post


def _get_user(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    user = sandbox.world.handles.get(args["handle"].lower())
    if user is None:
        raise ControlError(f"there is no user {args['handle']}")
    return user_json(user)


def _get_thread(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    number = int(args["id"]) if args["id"].isascii() and args["id"].isdigit() else 0
    if number not in sandbox.world.posts:  # a deleted post still leads to its conversation
        raise ControlError(f"there is no post {args['id']}")
    return {"thread": [post_json(post) for post in sandbox.thread(sandbox.world.posts[number])]}


def _make_user(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"handle": str}, _PROFILE)
    return user_json(user_named(sandbox, given.pop("handle"), given))


def _make_account(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handle = user_named(sandbox, take(body_of(seen), {"handle": str})["handle"]).handle
    return {"credentials": sandbox.connect_account(handle), "settings": sandbox.settings_for(handle)}


def _make_post(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    optional = {"reply_to": str, "quote": str, "lang": str, "at": str, "reply_settings": str}
    given = take(body_of(seen), {"by": str, "text": str}, optional)
    _chosen(given)
    author, text = user_named(sandbox, given.pop("by")), given.pop("text")
    for name in ("reply_to", "quote"):
        if name in given:
            given[name] = post_numbered(sandbox, given[name], name)
    if "at" in given:
        given["at"] = moment(given["at"])
    try:
        return post_json(author.post(text, **given))
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_crowd(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"n": int}, {"text": str, "people": int})
    if not 1 <= given["n"] <= 100_000 or not 1 <= given.get("people", 1) <= 10_000:
        raise ControlError("n: must be 1 to 100000; people: must be 1 to 10000")
    try:
        posts = sandbox.crowd(given.pop("n"), **given)
    except (KeyError, IndexError, ValueError):
        raise ControlError("text: may hold {brand} and {i}, and no other braces") from None
    return {"made": len(posts), "first": posts[0].id, "last": posts[-1].id}


def _make_repost(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"post": str}, {"by": str, "n": int})
    if ("by" in given) == ("n" in given):
        raise ControlError("by: one of by and n must be given")
    post = post_numbered(sandbox, given["post"])
    try:
        if "by" in given:
            return post_json(user_named(sandbox, given["by"]).repost(post))
        return {"made": len(sandbox.repost_by_crowd(post, given["n"]))}
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_like(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "post": str})
    user_named(sandbox, given["by"]).like(post_numbered(sandbox, given["post"]))
    return {"liked": True}


def _make_edit(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"post": str, "text": str})
    post = post_numbered(sandbox, given["post"])
    try:
        return post_json(post.author.edit(post, given["text"]))
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_delete(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    post = post_numbered(sandbox, take(body_of(seen), {"post": str})["post"])
    post.author.delete(post)
    return {"deleted": True}


def _make_block(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "who": str})
    user_named(sandbox, given["by"]).block(user_named(sandbox, given["who"]))
    return {"blocked": True}


def _make_withhold(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"post": str, "countries": list}, {"copyright": bool})
    if not given["countries"] or not all(isinstance(code, str) for code in given["countries"]):
        raise ControlError("countries: must be a list of country codes")
    sandbox.withhold(
        post_numbered(sandbox, given["post"]), given["countries"], copyright=given.get("copyright", False)
    )
    return {"withheld": True}


def _switch(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {}, _SWITCHES)
    _chosen(given)
    for name, value in given.items():
        setattr(sandbox, name, value)
    return {name: getattr(sandbox, name) for name in _SWITCHES}


def _limit(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"route": str}, {"user": int, "app": int, "user_day": int, "app_day": int})
    route = given.pop("route")
    try:
        sandbox.limits.set(route, **given)
    except KeyError:
        known = ", ".join(" ".join(key) for key in sandbox.limits.allowances)
        raise ControlError(f"route: must be one of {known}") from None
    return {"route": route, **given}


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/users/{handle}"): _get_user,
        ("GET", "/_sandbox/threads/{id}"): _get_thread,
        ("POST", "/_sandbox/users"): _make_user,
        ("POST", "/_sandbox/accounts"): _make_account,
        ("POST", "/_sandbox/posts"): _make_post,
        ("POST", "/_sandbox/crowd"): _make_crowd,
        ("POST", "/_sandbox/reposts"): _make_repost,
        ("POST", "/_sandbox/likes"): _make_like,
        ("POST", "/_sandbox/edits"): _make_edit,
        ("POST", "/_sandbox/deletes"): _make_delete,
        ("POST", "/_sandbox/blocks"): _make_block,
        ("POST", "/_sandbox/withholds"): _make_withhold,
        ("POST", "/_sandbox/switches"): _switch,
        ("POST", "/_sandbox/limits"): _limit,
    }
)
