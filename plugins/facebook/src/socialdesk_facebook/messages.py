"""Messages in Messenger as Mentions, whether listed or delivered. Pure.

A raw message is ``{"message": ...}`` in the form in which the Graph API tells it, but that a delivered one's
``attachments`` are as they came. A conversation is named by the person in it: a delivery tells no other name.

https://developers.facebook.com/docs/messenger-platform/conversations
"""

from __future__ import annotations

from typing import Any

from socialdesk.models import ExternalId, Mention
from socialdesk_facebook.translate import media_id
from socialdesk_facebook.values import Told, author_of, id_in, mapped, moment, rows

__all__ = ["conversation_of", "message_id", "person_in", "to_message"]

message_id = ExternalId.maker("facebook", "message")

_PERSON = "psid:"
_KINDS = {"image": "image", "video": "video", "audio": "audio", "file": "file", "fallback": "link"}
_LINKS = frozenset({"fallback", "share", "post", "reel"})


def conversation_of(person: str) -> ExternalId:
    """The conversation that the Page has with a person."""
    return ExternalId("facebook", "conversation", f"{_PERSON}{person}")


def person_in(conversation: str) -> str | None:
    """The person with whom a conversation is; None where this names none."""
    return conversation.removeprefix(_PERSON) if conversation.startswith(_PERSON) else None


def to_message(body: Told, me: str | None) -> Mention:
    """The mention that a message is, for the Page with the id ``me`` (None: not known yet)."""
    message: Told = body["message"]
    identity = message_id(message["id"]).value
    author = author_of(message.get("from"), me)
    own = bool(author.is_self)
    sender = None if author.id is None else author.id.value
    people = [id_in(row) for row in rows(message.get("to"))] if own or sender is None else [sender]
    person = next((found for found in people if found is not None and found != me), None)
    answered = mapped(message.get("reply_to"))
    before = id_in(answered.get("mid")) or id_in(answered)
    untold = [
        *([] if author.id is not None else ["author"]),
        *(["echo_key"] if own and "metadata" not in body else []),
        *(body.get("untold") or ()),
    ]
    return Mention.model_validate(
        {
            "id": message_id(identity),
            "kind": "direct_message",
            "visibility": "direct",
            "direction": "outbound_native" if own else "inbound",
            "author": author,
            "text": message.get("message") or "",
            "conversation": None if person is None else conversation_of(person),
            "in_reply_to": None if before is None else message_id(before),
            "attachments": _attachments(message, identity),
            "created_at": moment(message.get("created_time")),
            "echo_key": body.get("metadata") if own else None,
            "revision": body.get("revision") or 0,
            "state": "edited" if body.get("revision") else "active",
            "edited_at": moment(body.get("edited")),
            "provenance": {"missing": tuple(dict.fromkeys(untold))},
            "ext": {"facebook": _extras(body, message)},
        }
    )


def _extras(body: Told, message: Told) -> dict[str, Any]:
    extras = dict(mapped(body.get("ext")))
    if str(message.get("is_unsupported", "")).lower() == "true":  # a truth value, or the word
        extras["unsupported"] = True
    return extras


def _attachments(message: Told, owner: str) -> list[dict[str, Any]]:
    told = message.get("attachments")
    found = [_pushed(item) for item in rows(told)] if isinstance(told, list) else []
    found += [_listed(item) for item in rows(told)] if not isinstance(told, list) else []
    if message.get("sticker"):
        found.append({"kind": "image", "url": message["sticker"]})
    found += [
        {"kind": "link", "url": item.get("link"), "alt_text": item.get("name")}
        for item in rows(message.get("shares"))
    ]
    return [{"id": media_id(f"{owner}/{number}"), **item} for number, item in enumerate(found)]


def _listed(item: Told) -> dict[str, Any]:
    picture, film = mapped(item.get("image_data")), mapped(item.get("video_data"))
    shown = picture or film
    media_type = item.get("mime_type")
    kind = _KINDS.get(str(media_type or "").partition("/")[0])
    return {
        "kind": kind or ("image" if picture else "video" if film else "file"),
        "url": shown.get("url") or item.get("file_url"),
        "preview_url": shown.get("preview_url"),
        "media_type": media_type,
        "width": shown.get("width"),
        "height": shown.get("height"),
        "size": item.get("size"),
    }


def _pushed(item: Told) -> dict[str, Any]:
    """An attachment of a delivery, whose payload is an object, a text, or nothing."""
    told, payload = str(item.get("type") or ""), item.get("payload")
    url = mapped(payload).get("url") or item.get("url")
    if told in _LINKS:
        return {"kind": "link", "url": url, "alt_text": item.get("title") or mapped(payload).get("title")}
    return {"kind": _KINDS.get(told, "other"), "url": url}
