"""Facebook's own routes on the control surface.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/users/{handle}    a person or Page
GET      /_sandbox/threads/{id}      the comments under a post or comment, by its id
POST     /_sandbox/users             ``{"handle", "name", "tester"}``: make or change a person
POST     /_sandbox/accounts          ``{"handle"}``: a further Page of the app, with credentials and settings
POST     /_sandbox/posts             ``{"by", "text", "link", "photo", "at"}``: by the Page's handle a post of the
                                     Page, by another a visitor post; ``photo`` true adds a picture
POST     /_sandbox/comments          ``{"by", "on", "text", "photo", "at"}``: under a post, photo or comment, by its id
POST     /_sandbox/tags              ``{"by", "text", "on", "at"}``: a post elsewhere, or a comment on one, that tags
POST     /_sandbox/ratings           ``{"by", "text", "positive"}``
POST     /_sandbox/crowd             ``{"n", "text", "people"}``: many comments at once
POST     /_sandbox/edits             ``{"id", "text"}``: by its author
POST     /_sandbox/deletes           ``{"id", "by"}``: by its author, or whom ``by`` names
POST     /_sandbox/hides             ``{"id", "hidden"}``: by the Page
POST     /_sandbox/reactions         ``{"id", "by", "kind"}``: an empty kind takes it back
POST     /_sandbox/switches          ``{"advanced_access", "human_agent", "live", "require_proof", "routing", "gaps",
                                     "short_pages", "posts_a_year", "oldest_version", "newest_version"}``
POST     /_sandbox/limits            ``{"name": "pages", "calls": 100}``
POST     /_sandbox/invalidates       ``{"subcode": 460}``: the tokens end
POST     /_sandbox/errors            ``{"code", "subcode", "applied", "transient", "status", "times", "path"}``
=======  ==========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import (
    ControlError,
    ControlHandler,
    Incoming,
    Matching,
    Routes,
    body_of,
    moment,
    take,
)

from .faults import GraphError
from .state import Actor, Page, Person, PostOptions, StateError
from .written import Comment, Photo, Post, public_json

if TYPE_CHECKING:
    from .facebook import FacebookSandbox

_SWITCHES: Mapping[str, type] = {
    "advanced_access": bool,
    "human_agent": bool,
    "live": bool,
    "gaps": bool,
    "short_pages": int,
    "posts_a_year": int,
    "oldest_version": str,
    "newest_version": str,
}


def attempt(does: Callable[[], Any]) -> Any:
    """What comes of something that a person does; ControlError where Facebook's app would not let them."""
    try:
        return does()
    except StateError as error:
        raise ControlError(str(error)) from None


def actor_named(sandbox: FacebookSandbox, handle: str) -> Actor:
    known = sandbox.world.handles.get(handle.lower())
    return known or attempt(lambda: sandbox.user(handle))


def person_named(sandbox: FacebookSandbox, handle: str) -> Person:
    person: Person = attempt(lambda: sandbox.user(handle))
    return person


def thing_named(sandbox: FacebookSandbox, name: str) -> Any:
    found = sandbox.world.find(name)
    if found is None:
        raise ControlError(f"there is nothing with the id {name}")
    return found


def _written_named(sandbox: FacebookSandbox, name: str) -> Post | Comment:
    found = thing_named(sandbox, name)
    if not isinstance(found, (Post, Comment)):
        raise ControlError(f"{name} is neither a post nor a comment")
    return found


def _options(sandbox: FacebookSandbox, by: Actor, given: Mapping[str, Any]) -> PostOptions:
    options: PostOptions = {}
    if given.get("photo"):
        options["photo"] = sandbox.world.photo(by)
    if "at" in given:
        options["at"] = moment(given["at"])
    if "link" in given:
        options["link"] = given["link"]
    return options


def actor_json(actor: Actor) -> dict[str, Any]:
    kind = "page" if isinstance(actor, Page) else "person"
    return {"id": actor.id, "handle": actor.handle, "name": actor.name, "kind": kind}


def _get_user(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    known = sandbox.world.handles.get(args["handle"].lower())
    if known is None:
        raise ControlError(f"there is nobody called {args['handle']}")
    return actor_json(known)


def _get_thread(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    thing = thing_named(sandbox, args["id"])
    if not isinstance(thing, (Post, Comment, Photo)):
        raise ControlError(f"nothing is written under {args['id']}")
    return {"thread": [public_json(one) for one in sandbox.thread(thing)]}


def _make_user(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"handle": str}, {"name": str, "tester": bool})
    return actor_json(attempt(lambda: sandbox.user(given.pop("handle"), **given)))


def _make_account(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handle = take(body_of(seen), {"handle": str})["handle"]
    return {
        "credentials": attempt(lambda: sandbox.connect_account(handle)),
        "settings": sandbox.settings_for(handle),
    }


def _make_post(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "text": str}, {"link": str, "photo": bool, "at": str})
    by = actor_named(sandbox, given["by"])
    assert isinstance(by, (Page, Person))
    return public_json(attempt(lambda: by.post(given["text"], **_options(sandbox, by, given))))


def _make_comment(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "on": str, "text": str}, {"photo": bool, "at": str})
    by, on = actor_named(sandbox, given["by"]), thing_named(sandbox, given["on"])
    if not isinstance(on, (Post, Photo, Comment)):
        raise ControlError("on: must be the id of a post, photo or comment")
    options = _options(sandbox, by, given)
    return public_json(attempt(lambda: sandbox.world.comment(by, on, given["text"], **options)))


def _make_tag(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "text": str}, {"on": str, "at": str})
    by, on = person_named(sandbox, given["by"]), None
    if "on" in given:
        on = thing_named(sandbox, given["on"])
        if not isinstance(on, Post):
            raise ControlError("on: must be the id of a post")
    return public_json(attempt(lambda: by.tag(given["text"], on=on, **_options(sandbox, by, given))))


def _make_rating(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "text": str}, {"positive": bool})
    by = person_named(sandbox, given["by"])
    return public_json(attempt(lambda: by.rate(given["text"], given.get("positive", True))))


def _make_crowd(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"n": int}, {"text": str, "people": int})
    if not 1 <= given["n"] <= 100_000 or not 1 <= given.get("people", 1) <= 10_000:
        raise ControlError("n: must be 1 to 100000; people: must be 1 to 10000")
    try:
        made = sandbox.crowd(given.pop("n"), **given)
    except (KeyError, IndexError, ValueError):
        raise ControlError("text: may hold {brand} and {i}, and no other braces") from None
    return {"made": len(made), "first": made[0].id, "last": made[-1].id}


def _make_edit(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"id": str, "text": str})
    thing = _written_named(sandbox, given["id"])
    attempt(lambda: sandbox.world.edit(thing.author, thing, given["text"]))
    return public_json(thing)


def _make_delete(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"id": str}, {"by": str})
    thing = _written_named(sandbox, given["id"])
    by = actor_named(sandbox, given["by"]) if "by" in given else thing.author
    attempt(lambda: sandbox.world.remove(by, thing))
    return {"deleted": True}


def _make_hide(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"id": str}, {"hidden": bool})
    thing = _written_named(sandbox, given["id"])
    if thing.page is None:
        raise ControlError("id: it does not stand on a Page")
    page = thing.page
    attempt(lambda: sandbox.world.hide(page, thing, given.get("hidden", True)))
    return public_json(thing)


def _make_reaction(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"id": str, "by": str}, {"kind": str})
    thing, by = _written_named(sandbox, given["id"]), actor_named(sandbox, given["by"])
    kind = given.get("kind", "LIKE")
    attempt(lambda: by.react(thing, kind) if kind else by.unreact(thing))
    return public_json(thing)


def _switch(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {}, {**_SWITCHES, "require_proof": bool, "routing": bool})
    sandbox.keyring.require_proof = given.pop("require_proof", sandbox.keyring.require_proof)
    sandbox.world.inbox.routing = given.pop("routing", sandbox.world.inbox.routing)
    for name, value in given.items():
        setattr(sandbox, name, value)
    more = {"require_proof": sandbox.keyring.require_proof, "routing": sandbox.world.inbox.routing}
    return {name: getattr(sandbox, name) for name in _SWITCHES} | more


def _limit(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"name": str}, {"calls": int})
    try:
        sandbox.limits.set(given["name"], given.get("calls"))
    except KeyError:
        raise ControlError(f"name: must be one of {', '.join(sandbox.limits.names)}") from None
    return given


def _invalidate(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {}, {"subcode": int})
    try:
        return {"ended": sandbox.invalidate(given.get("subcode", 460))}
    except ValueError as error:
        raise ControlError(str(error)) from None


def _error(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    kinds = {"subcode": int, "applied": bool, "transient": bool, "status": int, "times": int, "path": str}
    given = take(body_of(seen), {"code": int}, kinds)
    times, path = given.pop("times", 1), given.pop("path", None)
    try:
        sandbox.fail(GraphError(**given), times=times, when=Matching(path=path) if path else None)
    except ValueError as error:
        raise ControlError(str(error)) from None
    return {"armed": True}


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/users/{handle}"): _get_user,
        ("GET", "/_sandbox/threads/{id}"): _get_thread,
        ("POST", "/_sandbox/users"): _make_user,
        ("POST", "/_sandbox/accounts"): _make_account,
        ("POST", "/_sandbox/posts"): _make_post,
        ("POST", "/_sandbox/comments"): _make_comment,
        ("POST", "/_sandbox/tags"): _make_tag,
        ("POST", "/_sandbox/ratings"): _make_rating,
        ("POST", "/_sandbox/crowd"): _make_crowd,
        ("POST", "/_sandbox/edits"): _make_edit,
        ("POST", "/_sandbox/deletes"): _make_delete,
        ("POST", "/_sandbox/hides"): _make_hide,
        ("POST", "/_sandbox/reactions"): _make_reaction,
        ("POST", "/_sandbox/switches"): _switch,
        ("POST", "/_sandbox/limits"): _limit,
        ("POST", "/_sandbox/invalidates"): _invalidate,
        ("POST", "/_sandbox/errors"): _error,
    }
)
