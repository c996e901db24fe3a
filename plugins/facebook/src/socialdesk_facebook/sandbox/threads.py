"""Who has a conversation, and whom a Page keeps away: thread control, moderation, blocking.

https://developers.facebook.com/docs/messenger-platform/handover-protocol
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .call import Call
from .inbox import Conversation
from .problems import Refused
from .sending import find_person, no_such_person
from .state import Page, Person
from .writing import DONE

EXTENDED_AT_MOST = 7 * 86_400
MODERATION = ("BAN_USER", "BLOCK_USER", "MOVE_TO_SPAM", "UNBAN_USER", "UNBLOCK_USER")


def _thread(call: Call, page: Page) -> Conversation:
    call.own_page(page)
    call.demand("pages_messaging", "MESSAGING")
    recipient = call.given.mapping("recipient")
    if not recipient:
        raise Refused.missing("recipient")
    return find_person(call, page, recipient)


def _not_owner() -> Refused:
    return Refused("(#10) This app is not the owner of the thread", 10, 2018300)


def pass_control(call: Call, page: Page) -> dict[str, Any]:
    there, sandbox = _thread(call, page), call.sandbox
    target = call.given.text("target_app_id") or sandbox.world.inbox.inbox_app
    if sandbox.owner_of(there) not in ("", sandbox.keyring.app_id):
        raise _not_owner()
    sandbox.hand_over(there, target, call.given.text("metadata") or "")
    return dict(DONE)


def take_control(call: Call, page: Page) -> dict[str, Any]:
    there, sandbox = _thread(call, page), call.sandbox
    sandbox.hand_over(there, sandbox.keyring.app_id, call.given.text("metadata") or "", took=True)
    return dict(DONE)


def request_control(call: Call, page: Page) -> dict[str, Any]:
    """Whoever has the thread is told; whether it is passed is up to them."""
    _thread(call, page)
    return dict(DONE)


def release_control(call: Call, page: Page) -> dict[str, Any]:
    there, sandbox = _thread(call, page), call.sandbox
    if sandbox.owner_of(there) != sandbox.keyring.app_id:
        raise _not_owner()
    sandbox.hand_over(there, "", "")
    return dict(DONE)


def extend_control(call: Call, page: Page) -> dict[str, Any]:
    there, sandbox = _thread(call, page), call.sandbox
    said = call.given.text("duration") or ""
    if not said.isdigit() or not 0 < int(said) <= EXTENDED_AT_MOST:
        raise Refused.param(f"Param duration must be 1 to {EXTENDED_AT_MOST} seconds")
    if sandbox.owner_of(there) != sandbox.keyring.app_id:
        raise _not_owner()
    there.owner_until = sandbox.clock.now() + timedelta(seconds=int(said))
    return dict(DONE)


def owner(call: Call, page: Page) -> dict[str, Any]:
    """GET /{page}/thread_owner."""
    call.own_page(page)
    call.demand("pages_messaging", "MESSAGING")
    there = find_person(call, page, {"id": call.given.text("recipient") or ""})
    app = call.sandbox.owner_of(there)
    return {"data": [{"thread_owner": {"app_id": app}}] if app else []}


# ------------------------------------------------------------------------------------------------------ moderation


def _people(call: Call, names: tuple[str, ...]) -> list[Person]:
    found = [call.sandbox.world.actors.get(name) for name in names]
    people = [one for one in found if isinstance(one, Person)]
    if not names or len(people) < len(names):
        raise no_such_person()
    return people


def _spam(call: Call, page: Page, person: Person) -> None:
    call.sandbox.world.inbox.with_(person, page).folder = "spam"


def _ban(call: Call, page: Page, person: Person) -> None:
    page.banned[person.id] = person
    _block(call, page, person)


def _unban(call: Call, page: Page, person: Person) -> None:
    page.banned.pop(person.id, None)
    _unblock(call, page, person)


def _block(call: Call, page: Page, person: Person) -> None:
    call.sandbox.world.inbox.with_(person, page).blocked = True


def _unblock(call: Call, page: Page, person: Person) -> None:
    call.sandbox.world.inbox.with_(person, page).blocked = False


_DOES: dict[str, Callable[[Call, Page, Person], None]] = {
    "BAN_USER": _ban,
    "BLOCK_USER": _block,
    "MOVE_TO_SPAM": _spam,
    "UNBAN_USER": _unban,
    "UNBLOCK_USER": _unblock,
}


def moderate(call: Call, page: Page) -> dict[str, Any]:
    """POST /{page}/moderate_conversations."""
    call.own_page(page)
    call.demand("pages_messaging", "MESSAGING")
    actions, listed = call.given.words("actions"), call.given.structure("user_ids")
    if not actions:
        raise Refused.missing("actions")
    for action in actions:
        if action not in MODERATION:
            raise Refused.one_of("actions[0]", MODERATION, action)
    if not isinstance(listed, list) or len(listed) > 10:
        raise Refused.param("Param user_ids must be a list of at most 10 people")
    names = tuple(str(one.get("id", "")) if isinstance(one, dict) else str(one) for one in listed)
    for person in _people(call, names):
        for action in actions:
            _DOES[action](call, page, person)
    return dict(DONE)


def _named(call: Call) -> tuple[str, ...]:
    for name in ("psid", "user", "asid", "uid"):
        found = call.given.words(name) if name in call.given.values else ()
        if found:
            return found
    raise Refused.missing("user")


def block(call: Call, page: Page) -> dict[str, Any]:
    """POST /{page}/blocked: what became of each."""
    call.own_page(page)
    call.demand("pages_manage_engagement", "MODERATE")
    people = _people(call, _named(call))
    for person in people:
        _ban(call, page, person)
    return {person.id: True for person in people}


def unblock(call: Call, page: Page) -> dict[str, Any]:
    call.own_page(page)
    call.demand("pages_manage_engagement", "MODERATE")
    for person in _people(call, _named(call)):
        _unban(call, page, person)
    return dict(DONE)
