"""The Send API: messages, private replies, typing and reading, and files for messages.

https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .call import Call
from .inbox import WINDOW, Conversation, Message
from .kinds_public import PRIVATE_REPLY
from .problems import Refused, throttled
from .state import Page, Person, StateError
from .written import Comment, Post

TEXT_LENGTH, METADATA_LENGTH = 2_000, 1_000
FILE_AT_MOST = 25 * 2**20
HUMAN_AGENT = timedelta(days=7)
TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
TAGS = ("HUMAN_AGENT", "CUSTOMER_FEEDBACK")
DEAD_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
NOTIFICATIONS = ("REGULAR", "SILENT_PUSH", "NO_PUSH")
ACTIONS = ("TYPING_ON", "TYPING_OFF", "MARK_SEEN", "REACT", "UNREACT")
FILES = ("image", "video", "audio", "file")


def no_such_person() -> Refused:
    return Refused.param("No matching user found", 2018001)


def find_person(call: Call, page: Page, recipient: Mapping[str, Any]) -> Conversation:
    """The conversation with a recipient. Raises Refused where the Page does not know the person."""
    person = call.sandbox.world.actors.get(str(recipient.get("id", "")))
    there = call.sandbox.world.inbox.known(person, page) if isinstance(person, Person) else None
    if there is None or (not there.messages and there.opened_at is None):
        raise no_such_person()
    return there


def send(call: Call, page: Page) -> dict[str, Any]:
    """POST /{page}/messages."""
    call.own_page(page)
    call.demand("pages_messaging", "MESSAGING")
    recipient = call.given.mapping("recipient")
    if not recipient:
        raise Refused.missing("recipient")
    kind = call.given.choice("messaging_type", TYPES, "RESPONSE")
    call.given.choice("notification_type", NOTIFICATIONS, "REGULAR")
    action = call.given.text("sender_action")
    if action is not None:
        return _act(call, page, recipient)
    said = _message(call, page)
    if "comment_id" in recipient or "post_id" in recipient:
        return _reply_privately(call, page, recipient, said)
    there = find_person(call, page, recipient)
    _check_window(call, there, kind)
    check_owner(call, there)
    return _say(call, there, said)


def _check_window(call: Call, there: Conversation, kind: str) -> None:
    """Raises Refused where the person did not write lately enough for this kind of message."""
    tag = call.given.text("tag")
    if kind == "MESSAGE_TAG" or tag is not None:
        if tag is None:
            raise Refused.param("tag is required for messaging_type MESSAGE_TAG")
        if tag in DEAD_TAGS:
            raise Refused.param(f"The message tag {tag} is no longer supported")
        if tag not in TAGS:
            raise Refused.param(f"Invalid message tag: {tag}")
        if tag != "HUMAN_AGENT" or not call.sandbox.human_agent:
            raise Refused("(#10) Application does not have permission to use this message tag", 10)
        span = HUMAN_AGENT
    elif kind == "UTILITY":
        raise Refused.param("A utility message is sent with a template")
    else:
        span = HUMAN_AGENT if there.ad else WINDOW
    if not there.open_for(span):
        raise Refused.window_closed()


def check_owner(call: Call, there: Conversation) -> None:
    """Raises Refused where another app has the thread."""
    if call.sandbox.owner_of(there) not in ("", call.sandbox.keyring.app_id):
        words = "(#10) Message failed to send because another app is controlling this thread now."
        raise Refused(words, 10, 2018300)


def _say(call: Call, there: Conversation, said: dict[str, Any]) -> dict[str, Any]:
    if there.refused or there.blocked:
        raise Refused.unavailable()
    app = call.sandbox.keyring.app_id
    made = call.sandbox.world.inbox.say(there.page, there.person, said.pop("text"), app=app, **said)
    return {"recipient_id": there.person.id, "message_id": made.id}


# ------------------------------------------------------------------------------------------------- what is said


def _message(call: Call, page: Page) -> dict[str, Any]:
    """The message in a call, checked: its text, attachments, metadata and what it answers."""
    message = call.given.mapping("message")
    if not message:
        raise Refused.missing("message")
    text, attached = message.get("text"), message.get("attachment")
    several = [one for one in (attached, *(message.get("attachments") or ())) if one]
    if text is not None and several:
        raise Refused.param("Only one of the text, attachment, and dynamic_text fields can be specified")
    if not several and (not isinstance(text, str) or not text.strip()):
        raise Refused.param("Message cannot be empty, must provide valid attachment or text", 2018006)
    if isinstance(text, str) and len(text) > TEXT_LENGTH:
        raise Refused.param(f"Length of param message[text] must be less than or equal to {TEXT_LENGTH}")
    metadata = str(message.get("metadata", ""))
    if len(metadata) > METADATA_LENGTH:
        words = f"Length of param message[metadata] must be less than or equal to {METADATA_LENGTH}"
        raise Refused.param(words)
    if "source" in call.given.files or "filedata" in call.given.files:
        _check_size(call)
    attachments = tuple(_attachment(call, page, one) for one in several)
    answered = _answered(call)
    return {"text": text or "", "attachments": attachments, "metadata": metadata, "reply_to": answered}


def _answered(call: Call) -> Message | None:
    reply_to = call.given.mapping("reply_to")
    if not reply_to:
        return None
    found = call.sandbox.world.inbox.find(str(reply_to.get("mid", "")))
    if not isinstance(found, Message):
        raise Refused.param("Invalid reply_to mid")
    return found


def _check_size(call: Call) -> None:
    for file in call.given.files.values():
        if file.size > FILE_AT_MOST:
            raise Refused.param("Attachment size exceeds allowable limit", 2018109)


def _attachment(call: Call, page: Page, told: Any) -> dict[str, Any]:
    """One attachment: an address, a file that came along, or one that was uploaded before."""
    kind = told.get("type") if isinstance(told, dict) else None
    payload = told.get("payload") if isinstance(told, dict) else None
    if kind not in FILES or not isinstance(payload, dict):
        raise Refused.one_of("message[attachment][type]", FILES, str(kind))
    if payload.get("attachment_id"):
        held = call.sandbox.attachments.get(str(payload["attachment_id"]))
        if held is None or held["page"] != page.id:
            raise Refused.param("Attachment upload could not be found", 2018008)
        return {"type": held["type"], "payload": {"url": held["url"], "size": held["size"]}}
    number, size = call.sandbox.world.mint(), 54_321
    for file in call.given.files.values():
        size = file.size
    url = payload.get("url")
    if url is None and not call.given.files:
        raise Refused.param("Attachment must have a url, an attachment_id or a file", 2018005)
    if url is not None and not str(url).startswith(("http://", "https://")):
        raise Refused.param("Failed to fetch the file from the url", 2018008)
    held_at = f"https://cdn.fbsbx.com/v/t59.2708-21/{number}?oh=00&oe=6A000000"
    return {"type": kind, "payload": {"url": held_at, "size": size}}


def upload(call: Call, page: Page) -> dict[str, Any]:
    """POST /{page}/message_attachments."""
    call.own_page(page)
    call.demand("pages_messaging", "MESSAGING")
    message = call.given.mapping("message")
    if not message:
        raise Refused.missing("message")
    _check_size(call)
    made = _attachment(call, page, message.get("attachment"))
    number = str(call.sandbox.world.mint())
    call.sandbox.attachments[number] = {"page": page.id, "type": made["type"], **made["payload"]}
    return {"attachment_id": number}


# ---------------------------------------------------------------------------------------------------- other sends


def _reply_privately(
    call: Call, page: Page, recipient: Mapping[str, Any], said: dict[str, Any]
) -> dict[str, Any]:
    """A message to who wrote a comment or a visitor post: once, and within seven days."""
    name = str(recipient.get("comment_id") or recipient.get("post_id"))
    thing = call.node(name)
    if not isinstance(thing, (Comment, Post)) or thing.page is not page:
        raise no_such_person()
    if not isinstance(thing.author, Person):
        raise Refused("(#10903) This user can't reply to this activity", 10903)
    if thing.private_reply is not None:
        raise Refused("(#10900) Activity already replied to", 10900)
    if call.sandbox.clock.now() - thing.created_at > PRIVATE_REPLY:
        raise Refused("(#10901) Cannot reply to this activity: it is more than seven days old", 10901)
    meter = call.sandbox.limits.meter("private_replies", page.id)
    if not meter.spend(call.sandbox.clock.now()):
        raise throttled(613)
    there = call.sandbox.world.inbox.with_(thing.author, page)
    told = _say(call, there, said)
    thing.private_reply = there
    return told


def _act(call: Call, page: Page, recipient: Mapping[str, Any]) -> dict[str, Any]:
    """Typing, reading, reacting: shown to the person, and no message."""
    if call.given.mapping("message"):
        raise Refused.param("sender_action and message cannot be sent in one call")
    action = call.given.choice("sender_action", ACTIONS, "TYPING_ON")
    there = find_person(call, page, recipient)
    if there.refused or there.blocked:
        raise Refused.unavailable()
    if action == "MARK_SEEN":
        there.page_read_at = call.sandbox.clock.now()
    if action in ("REACT", "UNREACT"):
        payload = call.given.mapping("payload") or {}
        found = call.sandbox.world.inbox.find(str(payload.get("message_id", "")))
        if not isinstance(found, Message) or found.conversation is not there:
            raise Refused.param("Invalid message_id")
        try:
            kind = str(payload.get("reaction", "love")) if action == "REACT" else ""
            call.sandbox.world.inbox.react(page, found, kind)
        except StateError as error:
            raise Refused.param(str(error)) from None
    return {"recipient_id": there.person.id}
