"""What the blog does to what others said, and to what it said itself."""

from __future__ import annotations

from typing import Any

from socialdesk.connector import Command
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId
from socialdesk.wire import Form
from socialdesk_tumblr.account import Account
from socialdesk_tumblr.budgets import BLOCKS
from socialdesk_tumblr.ids import NO_BLOG, place_of, reply_of

__all__ = ["Moderating"]

_POSTS = frozenset({"post", "answer"})


class Moderating(Account):
    """Deleting and blocking."""

    async def moderate(self, command: Command) -> None:
        """``delete`` a post of our own, or what lies in the inbox; ``block`` and ``unblock`` a blog, or the one that
        wrote a post or reply; ``block`` also who asked anonymously, by the question."""
        target = command.target
        if command.name == "delete":
            await self._delete(target)
        elif command.name in ("block", "unblock"):
            await self._block(command.name, target)
        else:
            raise Rejected("unsupported", f"{command.name} is not supported on Tumblr.")

    async def _delete(self, target: ExternalId) -> None:
        blog, number = place_of(target)
        if target.kind not in _POSTS:
            raise Rejected("unsupported", "Tumblr lets no app delete a reply.")
        if blog != self.me:
            raise Rejected("not_permitted", "Only the blog's own posts can be deleted.")
        try:
            await self.ask("POST", self.blog("post/delete"), body=Form({"id": number}))
        except Rejected as refused:
            if refused.reason != "gone":
                raise  # it is as was asked

    async def _block(self, name: str, target: ExternalId) -> None:
        who = self._whom(target)
        if name == "unblock":
            if "blocked_tumblelog" not in who:
                raise Rejected("unsupported", "Who asked anonymously can be unblocked only with all others.")
            await self.ask("DELETE", self.blog("blocks"), who, spends={BLOCKS: 1})
        else:
            await self.ask("POST", self.blog("blocks"), body=Form(who), spends={BLOCKS: 1})

    def _whom(self, target: ExternalId) -> dict[str, Any]:
        if target.kind == "user":
            return {"blocked_tumblelog": target.value}
        if target.kind == "reply":
            return {"blocked_tumblelog": reply_of(target)[1]}
        blog, number = place_of(target)
        if blog == NO_BLOG:
            raise Rejected("unsupported", "It is not known whose this is.")
        return {"post_id": number} if blog == self.me else {"blocked_tumblelog": blog}
