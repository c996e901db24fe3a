"""What the account does to what others said, and to what it said itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from socialdesk.connector import Command
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId
from socialdesk_mastodon.account import Account

__all__ = ["Moderating"]


@dataclass(frozen=True, slots=True)
class _Act:
    """How a command is asked for, and the field of the answer that says it is done, with its value then."""

    method: str
    path: str
    kind: str
    done: tuple[str, bool] | None = None
    bucket: str = "api"


_ACTS: Mapping[str, _Act] = {
    "delete": _Act("DELETE", "/api/v1/statuses/{}", "post", bucket="delete"),
    "like": _Act("POST", "/api/v1/statuses/{}/favourite", "post", ("favourited", True)),
    "unlike": _Act("POST", "/api/v1/statuses/{}/unfavourite", "post", ("favourited", False)),
    "block": _Act("POST", "/api/v1/accounts/{}/block", "user", ("blocking", True)),
    "unblock": _Act("POST", "/api/v1/accounts/{}/unblock", "user", ("blocking", False)),
    "mute": _Act("POST", "/api/v1/accounts/{}/mute", "user", ("muting", True)),
    "unmute": _Act("POST", "/api/v1/accounts/{}/unmute", "user", ("muting", False)),
}


class Moderating(Account):
    """Deleting, liking, blocking and muting."""

    async def moderate(self, command: Command) -> None:
        """``delete`` a status of our own; ``like`` and ``unlike`` one; ``block``, ``unblock``, ``mute`` and
        ``unmute`` a person, or the author of a status."""
        act = _ACTS.get(command.name)
        if act is None:
            raise Rejected("unsupported", f"{command.name} is not supported on Mastodon.")
        target = command.target
        if act.kind == "user" and target.kind == "post":
            target = await self._author_of(target)
        if target.kind != act.kind:
            raise Rejected("unsupported", f"On Mastodon {command.name} is not done to a {target.kind}.")
        try:
            answer = await self.act(act.method, act.path.format(quote(target.value, safe="")), act.bucket)
        except Rejected as refused:
            if command.name == "delete" and refused.reason == "gone":
                return  # it is as was asked
            raise
        if act.done is not None:
            name, wanted = act.done
            told: Any = answer.json()
            if not isinstance(told, Mapping) or told.get(name, wanted) is not wanted:
                raise Rejected("not_permitted", f"The server did not {command.name} it.")

    async def _author_of(self, target: ExternalId) -> ExternalId:
        """The person who wrote a status. Raises Rejected(gone) where the server does not tell."""
        status = (await self.get(f"/api/v1/statuses/{quote(target.value, safe='')}")).json()
        account = status.get("account") if isinstance(status, Mapping) else None
        if not isinstance(account, Mapping) or not account.get("id"):
            raise Rejected("gone", "The server does not tell who wrote this.")
        return ExternalId("mastodon", "user", str(account["id"]))
