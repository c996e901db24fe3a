"""Direct messages, heard and sent: through the account's own server to the service that keeps them.

https://docs.bsky.app/docs/api/chat-bsky-convo-send-message
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Page, Part, Raw, Search, Sent, Topic, Window
from socialdesk.errors import AuthError, Rejected
from socialdesk.models import ExternalId
from socialdesk.wire import Json, Request, Response
from socialdesk_bluesky import budgets, messages, walks
from socialdesk_bluesky.account import Account, Pairs
from socialdesk_bluesky.facets import facets_for
from socialdesk_bluesky.ids import as_text, has_come, moment_of

__all__ = ["Chatting"]

_SERVICE = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}
_APPLIED = timedelta(minutes=10)
"""How long a message that no answer told of may take to show: no earlier look proves that it is not there."""
_PAUSE = timedelta(hours=1)
_PAGES = 5
_UNGRANTED = (
    "Bluesky does not let the account's app password reach direct messages: make one that may, and store it, or set "
    "messages to false."
)


class Chatting(Account):
    """Conversations of two people and of several."""

    async def chats(self, window: Window) -> Page:
        """One page of the account's conversations, as topics: those in which something was said are walked."""
        params = [("limit", 100), ("cursor", window.page)]
        answer = await self._granted(self.query("chat.bsky.convo.listConvos", params, _SERVICE), window.now)
        told = answer.listed("convos")
        cursor = answer.json().get("cursor")
        found = [one for one in told if isinstance(one, dict) and one.get("id")]
        topics = tuple(
            Topic(str(one["id"]), {"rev": one.get("rev"), "members": _names(one)}, stream="messages")
            for one in found
        )
        return Page(
            [], topics=topics, next=cursor if found else None, end=None if found and cursor else "reached"
        )

    async def messages_of(self, window: Window) -> Page:
        """One page of a conversation's messages, from the newest to the first that is known. A walk that was cut off
        begins anew: it is not told how long a cursor is good for."""
        conversation, data = window.topics[0].key, window.topics[0].data
        members = data.get("members") or await self._members(conversation)
        params = [("convoId", conversation), ("limit", walks.PAGE), ("cursor", window.page)]
        body = _holding_messages(await self._asked("chat.bsky.convo.getMessages", params))
        items = messages.raws(body, conversation, members)
        moments = [
            moment for raw in items if (moment := moment_of(_sent_at(raw))) and has_come(moment, window.now)
        ]
        cursor = body.get("cursor") if isinstance(body, dict) else None
        more = (
            cursor
            if items and not messages.is_before(body, moment_of(window.since) or window.back_to)
            else None
        )
        return Page(
            items,
            next=more,
            resume=as_text(max(moments)) if moments else None,
            span=(as_text(min(moments)), as_text(max(moments))) if moments else None,
            end=None if more else "reached",
        )

    async def messages_with(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """These messages, as far as they are among the latest 100 of their conversations."""
        wanted = {target.value for target in ids}
        found: list[Raw] = []
        for conversation in dict.fromkeys(messages.split(value)[0] for value in wanted):
            members = await self._members(conversation)
            params = [("convoId", conversation), ("limit", 100)]
            body = _holding_messages(await self._asked("chat.bsky.convo.getMessages", params))
            found += messages.raws(body, conversation, members)
        return tuple(raw for raw in found if f"{raw.body['conversation']}/{_id_of(raw)}" in wanted)

    # ----------------------------------------------------------------------------------------------------- sending

    async def say_privately(self, part: Part, dids: Mapping[str, str]) -> Sent:
        """Say a part in the conversation of the message that it answers, or in that with the author of a post."""
        conversation = await self._conversation(part)
        message: dict[str, Any] = {"text": part.text}
        facets = facets_for(part.text, dids)
        if facets:
            message["facets"] = facets
        answer = await self._granted(
            Request(
                "POST",
                f"{self.server}/xrpc/chat.bsky.convo.sendMessage",
                headers=_SERVICE,
                body=Json({"convoId": conversation, "message": message}),
                spends=budgets.READ,
            )
        )
        return messages.sent(answer.json(), conversation)

    async def found_privately(self, part: Part) -> Search:
        """Our own messages in the conversation since just before the attempt began. Messages have no keys of ours: one
        that is not there is taken for that only once ten minutes are over."""
        began = part.started_at or part.at
        conversation, cursor = await self._conversation(part), None
        known = {done.id for done in part.done}
        for _ in range(_PAGES):
            params = [("convoId", conversation), ("limit", 100), ("cursor", cursor)]
            answer = await self._asked("chat.bsky.convo.getMessages", params)
            body, now = answer.json(), answer.received_at
            listed = [one for one in answer.listed("messages") if messages.is_ours(part, one, self.me)]
            found = [messages.sent(one, conversation) for one in listed]
            unknown = tuple(one for one in found if one.id not in known)
            if unknown:
                return Search(found=unknown[-1:], reached=True)
            cursor = body.get("cursor")
            if not cursor or messages.is_before(body, began):
                return Search(reached=now is not None and began is not None and now - began > _APPLIED)
        return Search()

    async def _conversation(self, part: Part) -> str:
        target = part.target
        if target is None or target.author.id is None:
            raise Rejected("unsupported", "A direct message needs somebody whom it goes to.")
        if target.kind == "direct_message" and target.conversation is not None:
            return target.conversation.value
        params = [("members", target.author.id.value)]
        body = (await self._asked("chat.bsky.convo.getConvoForMembers", params)).json()
        return str(body["convo"]["id"])

    async def _members(self, conversation: str) -> list[dict[str, Any]]:
        told = (await self._asked("chat.bsky.convo.getConvo", [("convoId", conversation)])).json()
        return _names(told["convo"])

    async def _asked(self, method: str, params: Pairs) -> Response:
        return await self._granted(self.query(method, params, _SERVICE))

    async def _granted(self, request: Request, now: datetime | None = None) -> Response:
        """The answer; where the app password may not reach messages, this alone is refused."""
        try:
            return await request
        except AuthError as refused:
            if refused.code != "InvalidToken":
                raise
            ungranted = Rejected("not_permitted", _UNGRANTED, scope="stream", code=refused.code)
            ungranted.retry_at = now + _PAUSE if now is not None else None
            raise ungranted from refused


def _holding_messages(answer: Response) -> Any:
    """The answer's JSON. Raises Unavailable where it holds no list of messages."""
    answer.listed("messages")
    return answer.json()


def _names(conversation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who is in a conversation, as far as it names them; what changes with each look is left out."""
    kept = ("did", "handle", "displayName", "avatar")
    people = [one for one in walks.told(dict(conversation), "members") if isinstance(one, Mapping)]
    return [{name: one[name] for name in kept if name in one} for one in people]


def _sent_at(raw: Raw) -> Any:
    message = raw.body["message"]
    return message.get("sentAt") if isinstance(message, Mapping) else None


def _id_of(raw: Raw) -> Any:
    message = raw.body["message"]
    return message.get("id") if isinstance(message, Mapping) else None
