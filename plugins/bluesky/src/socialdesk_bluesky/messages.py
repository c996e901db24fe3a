"""Direct messages, as values: what is told of one to a Mention, what was sent to a Sent. Pure.

A message's id counts within its conversation only: here it is the conversation's and its own. A raw message is
``{"message": ..., "conversation": ..., "profile": ...}``, the profile that of its sender where it was told.

https://docs.bsky.app/docs/api/chat-bsky-convo-get-messages
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Gone, Part, Raw, Sent
from socialdesk.models import ExternalId, Mention
from socialdesk_bluesky.facets import entities_of
from socialdesk_bluesky.ids import as_text, moment_of
from socialdesk_bluesky.people import author_of
from socialdesk_bluesky.walks import told

__all__ = ["conversation_id", "is_before", "is_ours", "raws", "sent", "split", "to_item"]

conversation_id = ExternalId.maker("bluesky", "conversation")
message_id = ExternalId.maker("bluesky", "message")
_CLOCKS_DIFFER = timedelta(minutes=2)
_DELETED = "chat.bsky.convo.defs#deletedMessageView"


def split(value: str) -> tuple[str, str]:
    """The conversation and the message that an id names."""
    conversation, _, message = value.partition("/")
    return conversation, message


def raws(body: Any, conversation: str, members: Iterable[Any] = ()) -> list[Raw]:
    """The messages of an answer, each with the profile of its sender. ``members`` are those of the conversation."""
    people = [*members, *told(body, "relatedProfiles")]
    known = {
        one["did"]: one for one in people if isinstance(one, Mapping) and isinstance(one.get("did"), str)
    }
    found = []
    for message in told(body, "messages"):
        sender = message.get("sender") if isinstance(message, dict) else None
        did = sender.get("did") if isinstance(sender, Mapping) else None
        profile = known.get(did) if isinstance(did, str) else None
        found.append(Raw("message", {"message": message, "conversation": conversation, "profile": profile}))
    return found


def to_item(body: Mapping[str, Any], me: str | None) -> Mention | Gone | None:
    """The mention that a message is; None for what is no message of a person, such as that somebody came."""
    message, conversation = body["message"], conversation_id(body["conversation"])
    identity = message_id(f"{conversation.value}/{message['id']}")
    if message.get("$type") == _DELETED:
        return Gone(id=identity)
    if "sender" not in message:
        return None
    sender = message["sender"]["did"]
    answered = message.get("replyTo")
    text, facets, moment = message["text"], message.get("facets"), moment_of(message["sentAt"])
    fields: dict[str, Any] = {
        "id": identity,
        "kind": "direct_message",
        "direction": "outbound_native" if me is not None and sender == me else "inbound",
        "visibility": "direct",
        "author": author_of(body.get("profile") or {"did": sender}, me),
        "text": text,
        "entities": entities_of(text, facets) if isinstance(facets, list) else [],
        "conversation": conversation,
        "in_reply_to": message_id(f"{conversation.value}/{answered['id']}") if answered else None,
        "url": f"https://bsky.app/messages/{conversation.value}",
        "created_at": moment,
        "order": None if moment is None else as_text(moment),
    }
    if not body.get("profile"):
        fields["provenance"] = {"missing": ("author",)}
    return Mention.model_validate(fields)


def is_before(body: Any, end: datetime | None) -> bool:
    """Whether a page reached what was said before a moment."""
    moments = [moment_of(one.get("sentAt")) for one in told(body, "messages") if isinstance(one, dict)]
    return end is not None and any(moment is not None and moment < end for moment in moments)


def sent(message: Mapping[str, Any], conversation: str) -> Sent:
    """What a message left on Bluesky. Raises KeyError where its id is not told."""
    identity = message["id"]
    if not isinstance(identity, str) or not identity:
        raise KeyError("id")
    return Sent(
        f"{conversation}/{identity}",
        kind="message",
        conversation=conversation_id(conversation),
        url=f"https://bsky.app/messages/{conversation}",
    )


def is_ours(part: Part, message: Any, me: str) -> bool:
    """Whether a message is what sending ``part`` leaves."""
    if not isinstance(message, Mapping) or message.get("text") != part.text:
        return False
    began, moment = part.started_at or part.at, moment_of(message.get("sentAt"))
    since = began is None or moment is None or moment >= began - _CLOCKS_DIFFER
    return since and (message.get("sender") or {}).get("did") == me
