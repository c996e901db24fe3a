"""What happens in Messenger, as it is delivered: messages, edits, what was read, pressed or enforced. Pure.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from socialdesk.connector import Gone, Item, Notice, Receipted
from socialdesk.errors import PluginError
from socialdesk_facebook.messages import conversation_of, message_id, to_message
from socialdesk_facebook.values import Told, id_in, mapped, moment

__all__ = ["read_event"]


def read_event(body: Told, me: str | None) -> Item | None:
    """What a messaging event means. Raises PluginError for what has no known form."""
    event: Told = body["event"]
    page = me or id_in(body.get("page"))
    for name, read in _EVENTS.items():
        if name in event:
            return read(event, body, page)
    if _OF_NO_INTEREST & set(event):
        return None
    raise PluginError("facebook: a messaging event of this form is not known.")


_OF_NO_INTEREST = frozenset(
    {
        "account_linking",
        "app_roles",
        "optin",
        "pass_thread_control",
        "reaction",
        "referral",
        "request_thread_control",
        "take_thread_control",
    }
)


def _person(event: Told, page: str | None) -> str | None:
    """The one of the two who is not the Page."""
    found = (id_in(mapped(event.get(name))) for name in ("sender", "recipient"))
    return next((told for told in found if told is not None and told != page), None)


def _message(event: Told, body: Told, page: str | None) -> Item | None:
    message: Told = event["message"]
    if message.get("is_deleted") is True:
        return Gone(id=message_id(message["mid"]), at=moment(event.get("timestamp")))
    person, echo = _person(event, page), message.get("is_echo") is True
    told: dict[str, Any] = {
        "id": message["mid"],
        "message": message.get("text"),
        "created_time": event.get("timestamp"),
        "from": {"id": page if echo else person},
        "to": {"data": [{"id": person if echo else page}]},
        "attachments": list(message.get("attachments") or ()),
        "reply_to": message.get("reply_to"),
        "is_unsupported": message.get("is_unsupported"),
    }
    made: dict[str, Any] = {"message": told, "untold": _untold_of(told), "ext": _extras(event, body)}
    if echo and "metadata" in message:
        made["metadata"] = message["metadata"]
    return to_message(made, page)


def _untold_of(told: Told) -> list[str]:
    return ["author", *(["attachments"] if told["attachments"] else ())]


def _extras(event: Told, body: Told) -> dict[str, Any]:
    """What a delivery tells beside the message: a pressed button, where the person came from, and that another app
    has the conversation."""
    message, postback = mapped(event.get("message")), mapped(event.get("postback"))
    told = {
        "standby": body.get("standby"),
        "payload": mapped(message.get("quick_reply")).get("payload") or postback.get("payload"),
        "referral": message.get("referral") or postback.get("referral"),
        "app_id": message.get("app_id"),
    }
    return {name: value for name, value in told.items() if value}


def _edited(event: Told, body: Told, page: str | None) -> Item:
    edit: Told = event["message_edit"]
    person = _person(event, page)
    told = {
        "id": edit["mid"],
        "message": edit.get("text"),
        "from": {"id": person},
        "to": {"data": [{"id": page}]},
    }
    return to_message(
        {
            "message": told,
            "revision": int(edit.get("num_edit") or 1),
            "edited": event.get("timestamp"),
            "untold": ["author", "attachments", "created_at", "in_reply_to", "ext"],
        },
        page,
    )


def _receipt(state: Any) -> Callable[[Told, Told, str | None], Item | None]:
    def read(event: Told, body: Told, page: str | None) -> Item | None:
        """That a message arrived or was read, or all of a conversation up to a moment, where no message is named."""
        told: Told = event["delivery" if state == "delivered" else "read"]
        mids = told.get("mids") or ([told["mid"]] if told.get("mid") else [])
        person = _person(event, page)
        if not mids and person is None:
            return None
        target = message_id(mids[0]) if mids else conversation_of(str(person))
        at = moment(told.get("watermark") or event.get("timestamp"))
        return Receipted(id=target, state=state, at=at)

    return read


def _postback(event: Told, body: Told, page: str | None) -> Item:
    """A button that a person pressed says what stands on it."""
    postback: Told = event["postback"]
    person = _person(event, page)
    mid = postback.get("mid") or f"postback.{person}.{event['timestamp']}"
    told = {
        "id": mid,
        "message": postback.get("title"),
        "created_time": event.get("timestamp"),
        "from": {"id": person},
        "to": {"data": [{"id": page}]},
    }
    return to_message({"message": told, "untold": ["author"], "ext": _extras(event, body)}, page)


_HEALTH = {"block": "suspended", "unblock": "ok"}


def _enforced(event: Told, body: Told, page: str | None) -> Item:
    told: Told = event["policy-enforcement"]
    action, reason = str(told.get("action") or "warning"), str(told.get("reason") or "")
    health: Any = _HEALTH.get(action)
    words = f"Facebook enforces its policies on the Page ({action}): {reason}".rstrip(": ")
    return Notice("policy_enforcement", words, scope="account", health=health, concerns="outbound")


_EVENTS: Mapping[str, Callable[[Told, Told, str | None], Item | None]] = {
    "message": _message,
    "message_edit": _edited,
    "delivery": _receipt("delivered"),
    "read": _receipt("read"),
    "postback": _postback,
    "policy-enforcement": _enforced,
}
