"""Direct messages on the control surface.

=======  =================================  ================================================================
method   path                               what it does
=======  =================================  ================================================================
GET      /_sandbox/messages/{one}/{other}   what two people, by their handles, wrote to each other, oldest first
POST     /_sandbox/messages                 ``{"by", "to", "text", "conversation", "encrypted", "at"}``: write to a
                                            person (``to``, a handle) or into a conversation (its id)
POST     /_sandbox/groups                   ``{"by", "with", "text"}``: begin a conversation of several
POST     /_sandbox/follows                  ``{"by", "who"}``: handles
POST     /_sandbox/reads                    ``{"by", "message"}``: someone has a message on the screen
=======  =================================  ================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, moment, take

from .control import user_named
from .describe import direct_json
from .state import StateError

if TYPE_CHECKING:
    from .twitter import TwitterSandbox


def _get_messages(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    handles = sandbox.world.handles
    for handle in args.values():
        if handle.lower() not in handles:
            raise ControlError(f"there is no user {handle}")
    try:
        told = sandbox.messages(handles[args["one"].lower()], handles[args["other"].lower()])
    except StateError as error:
        raise ControlError(str(error)) from None
    return {"messages": [direct_json(event) for event in told]}


def _make_message(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    optional = {"to": str, "conversation": str, "encrypted": bool, "at": str}
    given = take(body_of(seen), {"by": str, "text": str}, optional)
    if ("to" in given) == ("conversation" in given):
        raise ControlError("to: one of to and conversation must be given")
    sender, text, place = (
        user_named(sandbox, given.pop("by")),
        given.pop("text"),
        given.pop("conversation", ""),
    )
    if place and place not in sandbox.world.directs.conversations:
        raise ControlError(f"conversation: there is no conversation {place}")
    if "at" in given:
        given["at"] = moment(given["at"])
    to = sandbox.world.directs.conversations[place] if place else user_named(sandbox, given.pop("to"))
    try:
        return direct_json(sender.message(to, text, **given))
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_group(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "with": list, "text": str})
    if not all(isinstance(handle, str) for handle in given["with"]):
        raise ControlError("with: must be a list of handles")
    sender = user_named(sandbox, given["by"])
    try:
        conversation = sandbox.group(sender, [user_named(sandbox, handle) for handle in given["with"]])
        return direct_json(sender.message(conversation, given["text"]))
    except StateError as error:
        raise ControlError(str(error)) from None


def _make_follow(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "who": str})
    user_named(sandbox, given["by"]).follow(user_named(sandbox, given["who"]))
    return {"following": True}


def _read(sandbox: TwitterSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "message": str})
    value = given["message"]
    event = sandbox.world.directs.events.get(int(value)) if value.isascii() and value.isdigit() else None
    if event is None:
        raise ControlError(f"message: there is no message {value}")
    try:
        event.read(user_named(sandbox, given["by"]))
    except StateError as error:
        raise ControlError(str(error)) from None
    return {"read": True}


DIRECT_CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/messages/{one}/{other}"): _get_messages,
        ("POST", "/_sandbox/messages"): _make_message,
        ("POST", "/_sandbox/groups"): _make_group,
        ("POST", "/_sandbox/follows"): _make_follow,
        ("POST", "/_sandbox/reads"): _read,
    }
)
