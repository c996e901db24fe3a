"""Bluesky's own routes on the control surface.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/users/{handle}    a user
GET      /_sandbox/thread            ``?uri=``: a thread in order, as everybody sees it, by any of its posts
POST     /_sandbox/users             ``{"handle", "name", "description", "verified", "labels", "own_labels",
                                     "status", "hides_handle", "takes_messages"}``: make or change a user
POST     /_sandbox/accounts          ``{"handle"}``: a further account that may sign in, with credentials and settings
POST     /_sandbox/posts             ``{"by", "text", "reply_to", "quote", "langs", "at", "allow"}``: write a post;
                                     ``by`` is a handle, made on first use; ``reply_to`` and ``quote`` are uris
POST     /_sandbox/crowd             ``{"n", "text", "people"}``: many posts at once
POST     /_sandbox/reposts           ``{"by", "post"}``
POST     /_sandbox/likes             ``{"by", "post"}``
POST     /_sandbox/follows           ``{"by", "who"}``: handles
POST     /_sandbox/deletes           ``{"post"}``: its author takes it away
POST     /_sandbox/blocks            ``{"by", "who"}``: handles
POST     /_sandbox/gates             ``{"post", "allow", "hidden"}``: who may answer, and which answers are hidden
POST     /_sandbox/messages          ``{"by", "to", "text"}``: write to somebody in private
POST     /_sandbox/revokes           ``{"handle"}``: their app password is taken back
POST     /_sandbox/switches          ``{"tells_blocked", "index_lag", "search_lag", "upload_limit",
                                     "allows_messages"}``: how Bluesky behaves
POST     /_sandbox/limits            ``{"name", "amount"}``
=======  ==========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, moment, take

from .state import Record, StateError, User
from .views import Views

if TYPE_CHECKING:
    from .bluesky import BlueskySandbox

_PROFILE: Mapping[str, type] = {
    "name": str,
    "description": str,
    "verified": bool,
    "labels": list,
    "own_labels": list,
    "status": str,
    "hides_handle": bool,
    "takes_messages": str,
}
_SWITCHES: Mapping[str, type] = {
    "tells_blocked": bool,
    "index_lag": float,
    "search_lag": float,
    "upload_limit": int,
    "allows_messages": bool,
}


def _user(sandbox: BlueskySandbox, handle: str, profile: Any = None) -> User:
    try:
        return sandbox.user(handle, **(profile or {}))
    except StateError as error:
        raise ControlError(str(error)) from None


def _post(sandbox: BlueskySandbox, uri: str, name: str = "post") -> Record:
    post = sandbox.world.records.get(uri)
    if post is None or post.deleted:
        raise ControlError(f"{name}: there is no post {uri}")
    return post


def _told(sandbox: BlueskySandbox, post: Record) -> dict[str, Any]:
    return Views(sandbox.world, None).post(post)


def _get_user(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    user = sandbox.world.find(args["handle"])
    if user is None:
        raise ControlError(f"there is no user {args['handle']}")
    return Views(sandbox.world, None).detailed(user)


def _get_thread(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    record = sandbox.world.records.get(seen.query.get("uri", ""))
    if record is None:
        raise ControlError("uri: there is no such post")
    return {"thread": [_told(sandbox, post) for post in sandbox.thread(record)]}


def _make_user(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"handle": str}, _PROFILE)
    return Views(sandbox.world, None).detailed(_user(sandbox, given.pop("handle"), given))


def _make_account(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handle = _user(sandbox, take(body_of(seen), {"handle": str})["handle"]).handle
    return {"credentials": sandbox.connect_account(handle), "settings": sandbox.settings_for(handle)}


def _make_post(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    optional = {"reply_to": str, "quote": str, "langs": list, "at": str, "allow": list}
    given = take(body_of(seen), {"by": str, "text": str}, optional)
    author, text = _user(sandbox, given.pop("by")), given.pop("text")
    if "at" in given:
        given["at"] = moment(given["at"])
    reply_to, quoted = given.pop("reply_to", None), given.pop("quote", None)
    try:
        if reply_to is not None:
            return _told(sandbox, author.reply(_post(sandbox, reply_to, "reply_to"), text, **given))
        if quoted is not None:
            return _told(sandbox, author.quote(_post(sandbox, quoted, "quote"), text, **given))
        return _told(sandbox, author.post(text, **given))
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_crowd(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"n": int}, {"text": str, "people": int})
    if not 1 <= given["n"] <= 100_000 or not 1 <= given.get("people", 1) <= 10_000:
        raise ControlError("n: must be 1 to 100000; people: must be 1 to 10000")
    posts = sandbox.crowd(given.pop("n"), **given)
    return {"made": len(posts), "first": posts[0].uri, "last": posts[-1].uri}


def _to_post(act: str) -> ControlHandler:
    def run(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
        given = take(body_of(seen), {"by": str, "post": str})
        do: Callable[[Record], Record] = getattr(_user(sandbox, given["by"]), act)
        return {"uri": do(_post(sandbox, given["post"])).uri}

    return run


def _to_person(act: str) -> ControlHandler:
    def run(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
        given = take(body_of(seen), {"by": str, "who": str})
        do: Callable[[User], Record] = getattr(_user(sandbox, given["by"]), act)
        return {"uri": do(_user(sandbox, given["who"])).uri}

    return run


def _make_delete(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    post = _post(sandbox, take(body_of(seen), {"post": str})["post"])
    post.owner.delete(post)
    return {"deleted": True}


def _make_gate(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"post": str}, {"allow": list, "hidden": list})
    root = _post(sandbox, given["post"])
    hidden = [_post(sandbox, uri, "hidden") for uri in given.get("hidden", ())]
    return {"uri": root.owner.gate(root, given.get("allow"), hidden).uri}


def _make_message(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "to": str, "text": str})
    try:
        return {
            "id": sandbox.message(_user(sandbox, given["by"]), _user(sandbox, given["to"]), given["text"]).uri
        }
    except StateError as error:
        raise ControlError(str(error)) from None


def _revoke(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handle = take(body_of(seen), {"handle": str})["handle"]
    if sandbox.world.find(handle) is None:
        raise ControlError(f"handle: there is no user {handle}")
    sandbox.revoke(handle)
    return {"revoked": True}


def _switch(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    for name, value in take(body_of(seen), {}, _SWITCHES).items():
        setattr(sandbox, name, value)
    return {name: getattr(sandbox, name) for name in _SWITCHES}


def _limit(sandbox: BlueskySandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"name": str, "amount": int})
    try:
        sandbox.limits.set(given["name"], given["amount"])
    except KeyError:
        raise ControlError(f"name: must be one of {', '.join(sandbox.limits.amounts)}") from None
    return given


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/users/{handle}"): _get_user,
        ("GET", "/_sandbox/thread"): _get_thread,
        ("POST", "/_sandbox/users"): _make_user,
        ("POST", "/_sandbox/accounts"): _make_account,
        ("POST", "/_sandbox/posts"): _make_post,
        ("POST", "/_sandbox/crowd"): _make_crowd,
        ("POST", "/_sandbox/reposts"): _to_post("repost"),
        ("POST", "/_sandbox/likes"): _to_post("like"),
        ("POST", "/_sandbox/follows"): _to_person("follow"),
        ("POST", "/_sandbox/deletes"): _make_delete,
        ("POST", "/_sandbox/blocks"): _to_person("block"),
        ("POST", "/_sandbox/gates"): _make_gate,
        ("POST", "/_sandbox/messages"): _make_message,
        ("POST", "/_sandbox/revokes"): _revoke,
        ("POST", "/_sandbox/switches"): _switch,
        ("POST", "/_sandbox/limits"): _limit,
    }
)
