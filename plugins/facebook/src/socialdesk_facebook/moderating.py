"""What the Page does to what others said, and to what it said itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from socialdesk.connector import Command
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId
from socialdesk.wire import Form, Json
from socialdesk_facebook import refusals
from socialdesk_facebook.account import Account
from socialdesk_facebook.values import id_in, mapped

__all__ = ["Moderating"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """How a command is asked for: ``edge`` is what follows the id of what it is done to."""

    method: str = "POST"
    edge: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


_ACTS: Mapping[str, _Act] = {
    "hide": _Act(fields={"is_hidden": "true"}),
    "unhide": _Act(fields={"is_hidden": "false"}),
    "delete": _Act(method="DELETE"),
    "like": _Act(edge="/likes"),
    "unlike": _Act(method="DELETE", edge="/likes"),
    "edit": _Act(),
}
_ON_PEOPLE: Mapping[tuple[str, bool], str] = {
    # in Messenger a person's messages are blocked, in public the person is banned from the Page
    ("block", True): "BLOCK_USER",
    ("unblock", True): "UNBLOCK_USER",
    ("block", False): "BAN_USER",
    ("unblock", False): "UNBAN_USER",
}
_IN_PUBLIC = frozenset({"comment", "post", "review"})


class Moderating(Account):
    """Hiding, deleting, liking, editing, blocking."""

    async def moderate(self, command: Command) -> None:
        """``hide`` and ``unhide`` a comment or a visitor's post; ``delete`` and ``like`` any comment or post on the
        Page; ``edit`` the Page's own comment or post; ``block`` and ``unblock`` the person who wrote something: from
        the Page where it is public, in Messenger where it is a message."""
        if (command.name, True) in _ON_PEOPLE:
            return await self._on_person(command)
        act = _ACTS.get(command.name)
        if act is None or command.target.kind not in _IN_PUBLIC:
            what = "a message" if command.target.kind == "message" else "this"
            raise Rejected("unsupported", f"{command.name} cannot be done to {what} on Facebook.")
        fields = dict(act.fields)
        if command.name == "edit":
            if not (command.text or "").strip():
                raise Rejected("content", "Facebook takes nothing that is empty.")
            fields["message"] = str(command.text)
        path = f"{quote(command.target.value, safe='')}{act.edge}"
        body = Form(fields) if act.method == "POST" else None
        try:
            answer = await self.ask(act.method, path, body, ("pages",))
        except Rejected as refused:
            if command.name == "delete" and refusals.is_gone(refused):
                return None  # it is as was asked
            raise
        told = answer.json()
        if told is not True and mapped(told).get("success") is not True and id_in(mapped(told)) is None:
            raise Rejected("not_permitted", f"Facebook did not {command.name} it.")
        return None

    async def _on_person(self, command: Command) -> None:
        public = command.target.kind in _IN_PUBLIC
        person = command.target.value
        if command.target.kind != "user":
            person = await self._author_of(command.target)
        body = {
            "user_ids": [{"id": person}],
            "actions": [_ON_PEOPLE[command.name, not public]],
        }
        await self.act(f"{self.me}/moderate_conversations", Json(body), "messenger")

    async def _author_of(self, target: ExternalId) -> str:
        """The person who wrote something. Raises Rejected(gone) where Facebook does not tell."""
        bucket = "messenger" if target.kind == "message" else "pages"
        answer = await self.get(quote(target.value, safe=""), {"fields": "from"}, bucket)
        person = id_in(mapped(mapped(answer.json()).get("from")))
        if person is None or person == self.known_id:
            raise Rejected("gone", "Facebook does not tell who wrote this, or it was the Page itself.")
        return person
