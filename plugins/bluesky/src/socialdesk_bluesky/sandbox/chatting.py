"""What the service of direct messages is asked, through an account's own server."""

from __future__ import annotations

from typing import Any

from .call import Call
from .chats import SERVICE, Chat, Message, chat_json, check, message_json, page_of
from .refused import Refused, invalid
from .state import User

Told = dict[str, Any]


def _user(call: Call) -> User:
    """Who asks. Raises Refused where the request is not for the service, or the app password may not reach it."""
    if call.seen.request.headers.get("atproto-proxy", "") != SERVICE:
        raise Refused(501)
    if not call.sandbox.allows_messages:
        raise invalid("Bad token method", "InvalidToken")
    return call.user


def list_convos(call: Call) -> Told:
    user, limit, start = _user(call), call.number("limit", 50, 1, 100), call.number("cursor", 0, 0, 100_000)
    found = call.sandbox.chats.of(user)
    answer: Told = {"convos": [chat_json(call.views, chat) for chat in found[start : start + limit]]}
    return answer | ({"cursor": str(start + limit)} if start + limit < len(found) else {})


def get_convo(call: Call) -> Told:
    return {"convo": chat_json(call.views, _chat(call))}


def get_convo_for_members(call: Call) -> Told:
    user, names = _user(call), call.texts("members", 10)
    others = [call.sandbox.world.users.get(name) for name in names]
    if len(others) != 1 or others[0] is None:
        raise invalid("Recipient not found", "RecipientNotFound")
    chat = call.sandbox.chats.between(user, others[0])
    call.sandbox.chats.check(user, others[0], chat)
    return {"convo": chat_json(call.views, chat)}


def get_messages(call: Call) -> Told:
    chat = _chat(call)
    page, cursor = page_of(chat, call.number("limit", 50, 1, 100), call.text("cursor"))
    return {"messages": [message_json(one) for one in page]} | ({"cursor": cursor} if cursor else {})


def send_message(call: Call) -> Told:
    user, body = _user(call), call.body(convoId=str, message=dict)
    text, facets = check(body["message"])
    chat = call.sandbox.chats.find(user, body["convoId"])
    sent = message_json(call.sandbox.chats.say(user, chat, text, facets))
    del sent["$type"]  # it is no union here
    return sent


def delete_message(call: Call) -> Told:
    user, body = _user(call), call.body(convoId=str, messageId=str)
    chat = call.sandbox.chats.find(user, body["convoId"])
    message: Message | None = next((one for one in chat.messages if one.id == body["messageId"]), None)
    if message is None:
        raise invalid("Message not found")
    message.deleted = True
    gone = message_json(message)
    del gone["$type"]
    return gone


def _chat(call: Call) -> Chat:
    return call.sandbox.chats.find(_user(call), call.needed("convoId"))
