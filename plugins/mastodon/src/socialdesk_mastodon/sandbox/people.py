"""People: the account itself, others, and how they stand to each other."""

from __future__ import annotations

from typing import Any

from . import describe
from .call import Call
from .problems import MISSING
from .state import User

Told = Any


def verify_credentials(call: Call) -> Told:
    return describe.own_account(call.user)


def account(call: Call) -> Told:
    return describe.account(call.account())


def lookup(call: Call) -> Told:
    name, _, host = str(call.params.get("acct") or "").lstrip("@").partition("@")
    user = call.sandbox.world.find(name, host or None)
    if user is None:
        raise MISSING
    return describe.account(user)


def search_accounts(call: Call) -> Told:
    people = named(call, str(call.params.get("q") or ""))
    return [describe.account(user) for user in people[: call.size(40, 80)]]


def relationships(call: Call) -> Told:
    wanted = call.params.get("id", ())
    world = call.sandbox.world
    numbers = [world.number(str(one)) for one in (wanted if isinstance(wanted, list) else [wanted])]
    users = [world.users[number] for number in numbers if number in world.users]
    return [relationship(call.user, user) for user in users]


def relationship(user: User, other: User) -> dict[str, Any]:
    return {
        "id": other.id,
        "following": other.number in user.follows,
        "showing_reblogs": other.number in user.follows,
        "notifying": False,
        "languages": None,
        "followed_by": user.number in other.follows,
        "blocking": other.number in user.blocks,
        "blocked_by": user.number in other.blocks,
        "muting": other.number in user.mutes,
        "muting_notifications": other.number in user.mutes,
        "muting_expires_at": None,
        "requested": False,
        "requested_by": False,
        "domain_blocking": False,
        "endorsed": False,
        "note": "",
    }


def named(call: Call, query: str) -> list[User]:
    wanted = query.lstrip("@").lower()
    return [
        user
        for user in call.sandbox.world.users.values()
        if wanted in user.acct.lower() or wanted in user.display_name.lower()
    ]
