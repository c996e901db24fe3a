"""What the channel does to comments: its own edited and deleted, those of others held, published, rejected.

https://developers.google.com/youtube/v3/docs/comments/setModerationStatus
"""

from __future__ import annotations

from collections.abc import Mapping

from socialdesk.connector import Command
from socialdesk.errors import Rejected
from socialdesk.wire import Json
from socialdesk_youtube.account import Account

__all__ = ["Moderating"]

_STATUS: Mapping[str, Mapping[str, str]] = {
    "hide": {"moderationStatus": "heldForReview"},
    "unhide": {"moderationStatus": "published"},
    "reject": {"moderationStatus": "rejected"},
    "block": {"moderationStatus": "rejected", "banAuthor": "true"},
}
_OWN = frozenset({"delete", "edit"})


class Moderating(Account):
    """Hiding, publishing, rejecting, banning; editing and deleting what is the channel's own."""

    async def moderate(self, command: Command) -> None:
        """``hide`` holds a comment for review, ``unhide`` publishes it, ``reject`` rejects it for good, ``block`` also
        bans its author from the channel; ``edit`` and ``delete`` are for the channel's own comments."""
        if command.name not in _STATUS and command.name not in _OWN:
            raise Rejected("unsupported", f"{command.name} is not supported on YouTube.")
        if command.target.kind != "comment":
            raise Rejected("unsupported", f"On YouTube {command.name} is done to a comment.")
        name = command.target.value
        if command.name in _STATUS:
            await self.act("comments.setModerationStatus", {"id": name, **_STATUS[command.name]})
        elif command.name == "edit":
            await self._edit(name, command.text)
        else:
            await self._delete(name)

    async def _edit(self, name: str, text: str | None) -> None:
        if not text or not text.strip():
            raise Rejected("content", "YouTube takes no empty comment.")
        body = {"id": name, "snippet": {"textOriginal": text}}
        await self.act("comments.update", {"part": "snippet"}, Json(body))

    async def _delete(self, name: str) -> None:
        try:
            await self.act("comments.delete", {"id": name})
        except Rejected as refused:
            if refused.reason != "gone":
                raise  # what is gone is as was asked
