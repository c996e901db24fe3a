"""Notifications, the filter before them, and the requests of those whom it holds back."""

from __future__ import annotations

from typing import Any

from . import describe
from .call import Call, truth
from .problems import MISSING, Refused
from .state import Notification, User

_KNOWN_TO_OTHERS = frozenset({"mention", "status", "reblog", "follow", "follow_request", "favourite", "poll"})
VERDICTS = ("accept", "filter", "drop")

Told = Any


def _listed(user: User) -> list[Notification]:
    """What is shown at all: nothing from those whom the person blocks or mutes, and nothing of what is gone."""
    unseen = user.blocks | user.mutes
    return [
        told
        for told in user.notifications
        if told.by.number not in unseen and (told.status is None or not told.status.deleted)
    ]


def notifications(call: Call) -> Told:
    user, params = call.user, call.params
    types, excluded = params.get("types"), params.get("exclude_types", ())
    if call.sandbox.is_other and not set(types or ()) <= _KNOWN_TO_OTHERS:
        raise Refused(400, "parameter", {"name": "types"})
    filtered = truth(params.get("include_filtered"))
    by = params.get("account_id")
    shown = [
        told
        for told in _listed(user)
        if (not types or told.kind in types)
        and told.kind not in excluded
        and (filtered or not told.filtered)
        and (by is None or told.by.id == by)
    ]
    page, link = call.page(shown, lambda told: told.number, (40, 80))
    return [describe.notification(told, user) for told in page], link


def notification(call: Call) -> Told:
    number = call.sandbox.world.number(call.args["id"])
    found = next((told for told in _listed(call.user) if told.number == number), None)
    if found is None:
        raise MISSING
    return describe.notification(found, call.user)


def clear(call: Call) -> Told:
    call.user.notifications.clear()
    return {}


def policy(call: Call) -> Told:
    _only_here(call)
    held = _requests(call.user)
    waiting = sum(map(len, held.values()))
    return {
        **call.user.policy,
        "summary": {"pending_requests_count": len(held), "pending_notifications_count": waiting},
    }


def change_policy(call: Call) -> Told:
    _only_here(call)
    for name, verdict in call.params.items():
        if name in call.user.policy:
            if verdict not in VERDICTS:
                raise Refused(422, "parameter", {"name": name})
            call.user.policy[name] = verdict
    return policy(call)


def _only_here(call: Call) -> None:
    """Other makes know no filter."""
    if call.sandbox.is_other:
        raise Refused(404, "nowhere")


def _requests(user: User) -> dict[User, list[Notification]]:
    """What is held back, by whom it comes from."""
    found: dict[User, list[Notification]] = {}
    for told in _listed(user):
        if told.filtered:
            found.setdefault(told.by, []).append(told)
    return found


def _told_request(call: Call, by: User, held: list[Notification]) -> dict[str, Any]:
    last = next((told.status for told in reversed(held) if told.status is not None), None)
    return {
        "id": call.sandbox.world.name(held[0].number),
        "created_at": describe.stamp(held[0].created_at),
        "updated_at": describe.stamp(held[-1].created_at),
        "notifications_count": str(len(held)),  # a text, as Mastodon has it
        "account": describe.account(by),
        "last_status": describe.status(last, call.user) if last is not None else None,
    }


def requests(call: Call) -> Told:
    _only_here(call)
    page, link = call.page(_requests(call.user).items(), lambda item: item[1][0].number, (40, 80))
    return [_told_request(call, by, held) for by, held in page], link


def _request(call: Call) -> tuple[User, list[Notification]]:
    number = call.sandbox.world.number(call.args["id"])
    found = next((item for item in _requests(call.user).items() if item[1][0].number == number), None)
    if found is None:
        raise MISSING
    return found


def request(call: Call) -> Told:
    return _told_request(call, *_request(call))


def accept(call: Call) -> Told:
    """Let pass what one person sent: it stands among the other notifications then, where it always belonged."""
    for told in _request(call)[1]:
        told.filtered = False
    return {}


def dismiss(call: Call) -> Told:
    for told in _request(call)[1]:
        call.user.notifications.remove(told)
    return {}
