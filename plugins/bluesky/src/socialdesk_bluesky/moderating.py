"""What the account does to what others said, and to what it said itself: each of it is a record of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from socialdesk.connector import Command
from socialdesk.errors import PluginError, Rejected
from socialdesk_bluesky import permitting, records
from socialdesk_bluesky.ids import BLOCK, GATE, LIKE, POST, as_text, owner_of, place_of, tid, uri_of
from socialdesk_bluesky.saying import Saying

__all__ = ["Moderating"]

_MOST_HIDDEN = 300
_DOABLE = {"user": frozenset({"block", "unblock"}), "repost": frozenset({"block", "unblock"})}


class Moderating(Saying):
    """Deleting, hiding, liking and blocking. Each may be asked again without harm."""

    async def moderate(self, command: Command) -> None:
        """``delete`` a post of our own; ``hide`` and ``unhide`` an answer in a thread that we began; ``like`` and
        ``unlike`` a post; ``block`` and ``unblock`` a person, or the author of a post."""
        acts: Mapping[str, Callable[[Command], Awaitable[object]]] = {
            "delete": self._delete,
            "hide": self._hide,
            "unhide": self._hide,
            "like": self._like,
            "unlike": self._like,
            "block": self._block,
            "unblock": self._block,
        }
        act, kind = acts.get(command.name), command.target.kind
        if act is None or command.name not in _DOABLE.get(kind, acts if kind == "post" else ()):
            raise Rejected("unsupported", f"On Bluesky {command.name} is not done to a {kind}.")
        await act(command)

    async def _delete(self, command: Command) -> None:
        place = place_of(command.target.value)
        if place.repo != self.me:
            raise Rejected("not_permitted", "Only the account's own posts can be deleted.")
        await self.drop(place.collection, place.rkey)

    async def _like(self, command: Command) -> None:
        view = await self._view(command)
        standing = (view.get("viewer") or {}).get("like")
        rkey = place_of(standing).rkey if standing else _new_key(command)
        if command.name == "unlike":
            await self.drop(LIKE, rkey)
            return
        record = {"$type": LIKE, "subject": dict(records.ref(view)), "createdAt": _moment(command)}
        await self.put(LIKE, rkey, record)

    async def _block(self, command: Command) -> None:
        who = command.target.value if command.target.kind == "user" else owner_of(command.target.value)
        answer = await self.get("app.bsky.actor.getProfile", [("actor", who)])
        told = answer.json()
        did = told["did"]
        if did == self.me:
            raise Rejected("not_permitted", "This is the account itself.")
        standing = (told.get("viewer") or {}).get("blocking")
        rkey = place_of(standing).rkey if standing else _new_key(command)
        if command.name == "unblock":
            await self.drop(BLOCK, rkey)
            return
        await self.put(BLOCK, rkey, {"$type": BLOCK, "subject": did, "createdAt": _moment(command)})

    async def _hide(self, command: Command) -> None:
        """Name an answer in the gate of its thread, or take it out of there; whatever else the gate says stays."""
        view, uri = await self._view(command), command.target.value
        reply = view["record"].get("reply")
        root = place_of(reply["root"]["uri"]) if reply else None
        if root is None or root.repo != self.me or root.collection != POST:
            raise Rejected("not_permitted", "Only answers in a thread that the account began can be hidden.")
        kept = await self.kept(GATE, root.rkey)
        gate: dict[str, Any] = {
            "$type": GATE,
            "post": uri_of(root.repo, POST, root.rkey),
            "createdAt": _moment(command),
        } | (dict(kept["value"]) if kept is not None else {})
        hidden = [one for one in gate.get("hiddenReplies") or () if one != uri]
        if command.name == "hide":
            hidden.append(uri)
        if len(hidden) > _MOST_HIDDEN:
            raise Rejected(
                "not_permitted", f"Bluesky hides {_MOST_HIDDEN} answers in a thread, and not more."
            )
        gate["hiddenReplies"] = hidden
        await self.put(GATE, root.rkey, gate, swapRecord=None if kept is None else kept["cid"])

    async def _view(self, command: Command) -> Mapping[str, Any]:
        uri = command.target.value
        views = await self.views([uri])
        if uri not in views:
            states = [raw.body.get("state") for raw in await self.fate(uri)]
            if "unavailable" in states:
                raise permitting.blocked("The author and the account have blocked one another.")
            raise Rejected("gone", "The post is deleted, or not visible to the account.")
        return views[uri]


def _new_key(command: Command) -> str:
    """A record key of the command's own: nothing stands there, so that taking it away changes nothing."""
    return tid(command.key, _at(command))


def _moment(command: Command) -> str:
    return as_text(_at(command))


def _at(command: Command) -> datetime:
    if command.at is None:
        raise PluginError("bluesky: a command has its time before it is done.")
    return command.at
