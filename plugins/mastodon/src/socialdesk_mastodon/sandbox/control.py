"""Mastodon's own routes on the control surface.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/users/{acct}      a user
GET      /_sandbox/threads/{id}      a thread in order, by the id of any of its statuses
POST     /_sandbox/users             ``{"acct", "display_name", "followers", "locked", "bot", "limited", ...}``: make
                                     or change a user; one with a host is on another server
POST     /_sandbox/accounts          ``{"acct"}``: a further account here, with credentials and settings
POST     /_sandbox/statuses          ``{"by", "text", "visibility", "reply_to", "quote", "spoiler_text", "language"}``
POST     /_sandbox/crowd             ``{"n", "text", "people"}``: many statuses at once
POST     /_sandbox/boosts            ``{"by", "status"}``
POST     /_sandbox/favourites        ``{"by", "status"}``
POST     /_sandbox/edits             ``{"status", "text", "spoiler_text"}``: a new version by its author
POST     /_sandbox/deletes           ``{"status"}``: its author takes it away
POST     /_sandbox/follows           ``{"by", "who"}``
POST     /_sandbox/blocks            ``{"by", "who"}``
POST     /_sandbox/codes             ``{"client_id", "acct"}``: the user agrees; gives the code for a token
POST     /_sandbox/switches          ``{"make", "idempotency", "has_search", "language", "links", "max_characters",
                                     "processing_seconds"}``: how the server behaves
POST     /_sandbox/limits            ``{"window", "allowed"}``
=======  ==========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, take

from . import describe
from .limits import WINDOWS
from .problems import LANGUAGES
from .state import VISIBILITIES, StateError, Status, User

if TYPE_CHECKING:
    from .mastodon import MastodonSandbox

_ABOUT: Mapping[str, type] = {
    "display_name": str,
    "note": str,
    "followers": int,
    "following": int,
    "locked": bool,
    "bot": bool,
    "limited": bool,
    "indexable": bool,
}
_SWITCHES: Mapping[str, type] = {
    "make": str,
    "idempotency": str,
    "has_search": bool,
    "language": str,
    "links": bool,
    "max_characters": int,
    "processing_seconds": float,
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "make": ("mastodon", "other"),
    "idempotency": ("honoured", "ignored", "breaks"),
    "language": LANGUAGES,
    "visibility": VISIBILITIES,
    "window": tuple(WINDOWS),
}


def _chosen(given: Mapping[str, Any]) -> None:
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            raise ControlError(f"{name}: must be one of {', '.join(choices)}")


def _user(sandbox: MastodonSandbox, acct: str, about: Any = None) -> User:
    try:
        return sandbox.user(acct, **(about or {}))
    except StateError as error:
        raise ControlError(str(error)) from None


def _status(sandbox: MastodonSandbox, identity: str) -> Status:
    found = sandbox.world.statuses.get(sandbox.world.number(identity) or -1)
    if found is None or found.deleted:
        raise ControlError(f"there is no status {identity}")
    return found


def _told(status: Status) -> dict[str, Any]:
    return describe.status(status, None)


def _get_user(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    user = sandbox.world.accts.get(args["acct"].lower())
    if user is None:
        raise ControlError(f"there is no user {args['acct']}")
    return describe.account(user)


def _get_thread(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return {"thread": [_told(status) for status in sandbox.thread(_status(sandbox, args["id"]))]}


def _make_user(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"acct": str}, _ABOUT)
    return describe.account(_user(sandbox, given.pop("acct"), given))


def _make_account(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    acct = take(body_of(seen), {"acct": str})["acct"]
    _user(sandbox, acct)
    return {"credentials": sandbox.connect_account(acct), "settings": sandbox.settings_for(acct)}


def _make_status(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    optional = dict.fromkeys(("visibility", "reply_to", "quote", "spoiler_text", "language"), str)
    given: dict[str, Any] = take(body_of(seen), {"by": str, "text": str}, optional)
    _chosen(given)
    for name in ("reply_to", "quote"):
        if name in given:
            given[name] = _status(sandbox, given[name])
    by, text = _user(sandbox, given.pop("by")), given.pop("text")
    parent = given.pop("reply_to", None)
    return _told(by.reply(parent, text, **given) if parent is not None else by.post(text, **given))


def _make_crowd(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"n": int}, {"text": str, "people": int})
    if not 1 <= given["n"] <= 100_000 or not 1 <= given.get("people", 1) <= 10_000:
        raise ControlError("n: must be 1 to 100000; people: must be 1 to 10000")
    try:
        made = sandbox.crowd(given.pop("n"), **given)
    except (KeyError, IndexError, ValueError):
        raise ControlError("text: may hold {brand} and {i}, and no other braces") from None
    return {"made": len(made), "first": made[0].id, "last": made[-1].id}


def _make_boost(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "status": str})
    try:
        return _told(_user(sandbox, given["by"]).boost(_status(sandbox, given["status"])))
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_favourite(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "status": str})
    _user(sandbox, given["by"]).favourite(_status(sandbox, given["status"]))
    return {"favourited": True}


def _make_edit(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"status": str, "text": str}, {"spoiler_text": str})
    status = _status(sandbox, given["status"])
    return _told(status.author.edit(status, given["text"], spoiler_text=given.get("spoiler_text")))


def _make_delete(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    status = _status(sandbox, take(body_of(seen), {"status": str})["status"])
    status.author.delete(status)
    return {"deleted": True}


def _make_follow(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "who": str})
    _user(sandbox, given["by"]).follow(_user(sandbox, given["who"]))
    return {"following": True}


def _make_block(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "who": str})
    _user(sandbox, given["by"]).block(_user(sandbox, given["who"]))
    return {"blocked": True}


def _make_code(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"client_id": str, "acct": str})
    if given["client_id"] not in sandbox.keyring.apps:
        raise ControlError("client_id: there is no such app")
    _user(sandbox, given["acct"])
    return {"code": sandbox.authorize(given["client_id"], given["acct"])}


def _switch(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {}, _SWITCHES)
    _chosen(given)
    for name, value in sorted(given.items(), key=lambda item: item[0] != "make"):
        setattr(sandbox, name, value)
    return {name: getattr(sandbox, name) for name in _SWITCHES}


def _limit(sandbox: MastodonSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"window": str, "allowed": int})
    _chosen(given)
    sandbox.limits.allowed[given["window"]] = given["allowed"]
    return given


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/users/{acct}"): _get_user,
        ("GET", "/_sandbox/threads/{id}"): _get_thread,
        ("POST", "/_sandbox/users"): _make_user,
        ("POST", "/_sandbox/accounts"): _make_account,
        ("POST", "/_sandbox/statuses"): _make_status,
        ("POST", "/_sandbox/crowd"): _make_crowd,
        ("POST", "/_sandbox/boosts"): _make_boost,
        ("POST", "/_sandbox/favourites"): _make_favourite,
        ("POST", "/_sandbox/edits"): _make_edit,
        ("POST", "/_sandbox/deletes"): _make_delete,
        ("POST", "/_sandbox/follows"): _make_follow,
        ("POST", "/_sandbox/blocks"): _make_block,
        ("POST", "/_sandbox/codes"): _make_code,
        ("POST", "/_sandbox/switches"): _switch,
        ("POST", "/_sandbox/limits"): _limit,
    }
)
