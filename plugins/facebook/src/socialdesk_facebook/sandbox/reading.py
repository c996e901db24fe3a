"""GET: nodes, edges, and several nodes at once."""

from __future__ import annotations

from typing import Any

from .asking import plain, read_fields
from .call import Call
from .inbox import Conversation, Message
from .problems import Refused
from .state import Page, Person
from .telling import KINDS, admit_reading, list_page, tell
from .written import Comment, Photo, Post

IDS_AT_MOST = 50


def read_node(call: Call, name: str) -> dict[str, Any]:
    """One node, by the fields asked for."""
    thing = call.node(name)
    _admit(call, thing)
    fields = call.given.text("fields") or ""
    return tell(call.view, thing, read_fields(fields) or plain(KINDS.of(thing).defaults))


def _admit(call: Call, thing: Any) -> None:
    """Raises Refused where this caller may not read this node."""
    if isinstance(thing, (Conversation, Message)):
        admit_reading(call.view, thing, ("pages_messaging",), own=True)
        if isinstance(thing, Message) and not thing.readable:
            words = "The message that was requested has been deleted, or is not among the latest 20"
            raise Refused.param(words, 33)
    elif isinstance(thing, Page):
        if call.caller.kind == "APP":
            raise Refused.foreign()
    elif isinstance(thing, (Post, Comment, Photo)):
        admit_reading(call.view, thing, ("pages_read_engagement",), own=False)
    elif isinstance(thing, Person) and thing is not call.caller.user:
        _admit_person(call, thing)


def _admit_person(call: Call, person: Person) -> None:
    """A Page knows those who wrote to it."""
    page = call.caller.page
    if page is None:
        raise Refused.gone("GET", person.id)
    if "pages_messaging" not in call.caller.scopes:
        raise Refused.unread("pages_messaging")
    there = call.sandbox.world.inbox.known(person, page)
    if there is None or not any(message.sender is person for message in there.messages):
        raise Refused.gone("GET", person.id)


def read_edge(call: Call, name: str, edge: str) -> dict[str, Any]:
    """One page of a list that hangs on a node."""
    thing = call.node(name)
    kind = KINDS.of(thing)
    if edge not in kind.edges:
        raise Refused.nonexisting(edge, kind.name)
    if isinstance(thing, (Conversation, Message)):
        _admit(call, thing)
    params = {key: call.given.text(key) or "" for key in call.given.values}
    params.pop("ids", None)
    return list_page(call.view, thing, edge, params)


def read_several(call: Call, edge: str | None) -> dict[str, Any]:
    """Several nodes, or an edge of each, by their ids. One that leads nowhere fails the whole call."""
    names = [name.strip() for name in (call.given.text("ids") or "").split(",") if name.strip()]
    if not names:
        raise Refused.missing("ids")
    if len(names) > IDS_AT_MOST:
        raise Refused.param(f"Too many IDs. Maximum: {IDS_AT_MOST}. Provided: {len(names)}.")
    told = {}
    for name in dict.fromkeys(names):
        try:
            told[name] = read_edge(call, name, edge) if edge else read_node(call, name)
        except Refused as refused:
            if refused.subcode == 33 and not name.replace("_", "").isdigit():
                raise Refused.alias(name) from None
            raise
    return told
