"""Messages on the control surface.

=======  =================================  ================================================================
method   path                               what it does
=======  =================================  ================================================================
GET      /_sandbox/messages/{handle}        what a person and the Page wrote to each other, oldest first
POST     /_sandbox/messages                 ``{"by", "text", "photo", "reply_to", "at"}``: a person writes to the Page
POST     /_sandbox/page_messages            ``{"to", "text"}``: somebody writes from the Page's inbox
POST     /_sandbox/message_edits            ``{"message", "text"}``: by who said it
POST     /_sandbox/message_deletes          ``{"message"}``: by who said it
POST     /_sandbox/message_reactions        ``{"message", "kind"}``: by the person; an empty kind takes it back
POST     /_sandbox/reads                    ``{"by"}``: a person opens the conversation
POST     /_sandbox/postbacks                ``{"by", "payload", "title"}``: a person presses a button
POST     /_sandbox/refusals                 ``{"by", "refused"}``: a person takes no messages from the Page
POST     /_sandbox/handovers                ``{"of", "to"}``: the Page's inbox takes a conversation (``inbox``), or
                                            gives it to the app (``app``)
=======  =================================  ================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import ControlError, ControlHandler, Incoming, Routes, body_of, moment, take

from .control import attempt, person_named
from .inbox import Message, MessageOptions, message_json

if TYPE_CHECKING:
    from .facebook import FacebookSandbox


def _message_named(sandbox: FacebookSandbox, name: str) -> Message:
    found = sandbox.world.inbox.find(name)
    if not isinstance(found, Message):
        raise ControlError(f"there is no message {name}")
    return found


def _list(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    if args["handle"].lower() not in sandbox.world.handles:
        raise ControlError(f"there is nobody called {args['handle']}")
    told = sandbox.messages(person_named(sandbox, args["handle"]))
    return {"messages": [message_json(one) for one in told]}


def _say(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "text": str}, {"photo": bool, "reply_to": str, "at": str})
    by, options = person_named(sandbox, given["by"]), MessageOptions()
    if given.get("photo"):
        options["photo"] = sandbox.world.photo(by)
    if "reply_to" in given:
        options["reply_to"] = _message_named(sandbox, given["reply_to"])
    if "at" in given:
        options["at"] = moment(given["at"])
    return message_json(attempt(lambda: by.message(given["text"], **options)))


def _say_for_page(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"to": str, "text": str})
    to = person_named(sandbox, given["to"])
    return message_json(attempt(lambda: sandbox.account.message(to, given["text"])))


def _edit(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"message": str, "text": str})
    message = _message_named(sandbox, given["message"])
    attempt(lambda: sandbox.world.edit(message.sender, message, given["text"]))
    return message_json(message)


def _delete(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    message = _message_named(sandbox, take(body_of(seen), {"message": str})["message"])
    attempt(lambda: sandbox.world.remove(message.sender, message))
    return {"deleted": True}


def _react(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"message": str}, {"kind": str})
    message = _message_named(sandbox, given["message"])
    person, kind = message.conversation.person, given.get("kind", "LOVE")
    attempt(lambda: person.react(message, kind) if kind else person.unreact(message))
    return message_json(message)


def _read(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    person_named(sandbox, take(body_of(seen), {"by": str})["by"]).read()
    return {"read": True}


def _press(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str, "payload": str}, {"title": str})
    person_named(sandbox, given["by"]).postback(given["payload"], given.get("title", ""))
    return {"pressed": True}


def _refuse(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"by": str}, {"refused": bool})
    person = person_named(sandbox, given["by"])
    if given.get("refused", True):
        person.block()
    else:
        person.unblock()
    return {"refused": given.get("refused", True)}


def _hand_over(sandbox: FacebookSandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    given = take(body_of(seen), {"of": str, "to": str})
    if given["to"] not in ("inbox", "app"):
        raise ControlError("to: must be inbox or app")
    does = sandbox.inbox_takes if given["to"] == "inbox" else sandbox.inbox_passes
    does(person_named(sandbox, given["of"]))
    return {"to": given["to"]}


MESSAGE_CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/messages/{handle}"): _list,
        ("POST", "/_sandbox/messages"): _say,
        ("POST", "/_sandbox/page_messages"): _say_for_page,
        ("POST", "/_sandbox/message_edits"): _edit,
        ("POST", "/_sandbox/message_deletes"): _delete,
        ("POST", "/_sandbox/message_reactions"): _react,
        ("POST", "/_sandbox/reads"): _read,
        ("POST", "/_sandbox/postbacks"): _press,
        ("POST", "/_sandbox/refusals"): _refuse,
        ("POST", "/_sandbox/handovers"): _hand_over,
    }
)
