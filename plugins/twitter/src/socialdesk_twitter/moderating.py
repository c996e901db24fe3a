"""What the account does to what others said, and to what it said itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from socialdesk.connector import Command
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId
from socialdesk.wire import Json
from socialdesk_twitter.account import Account

__all__ = ["Moderating"]

_WITHDRAWN = "X has withdrawn likes from self-serve access: they need an enterprise plan."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """How a command is asked for, and what the answer's ``data`` says once it is done. ``path`` names the account as
    ``{me}`` and what it is done to as ``{target}``; ``kind`` is what that is."""

    method: str
    path: str
    bucket: str
    done: tuple[str, bool]
    kind: str = "post"
    body: Callable[[str], Mapping[str, Any]] | None = None


_ACTS: Mapping[tuple[str, str], _Act] = {
    (name, act.kind): act
    for name, act in (
        ("delete", _Act(method="DELETE", path="/2/tweets/{target}", bucket="delete", done=("deleted", True))),
        (
            "delete",
            _Act(
                method="DELETE",
                path="/2/dm_events/{target}",
                bucket="delete_message",
                done=("deleted", True),
                kind="message",
            ),
        ),
        (
            "hide",
            _Act(
                method="PUT",
                path="/2/tweets/{target}/hidden",
                bucket="hide",
                done=("hidden", True),
                body=lambda target: {"hidden": True},
            ),
        ),
        (
            "unhide",
            _Act(
                method="PUT",
                path="/2/tweets/{target}/hidden",
                bucket="hide",
                done=("hidden", False),
                body=lambda target: {"hidden": False},
            ),
        ),
        (
            "like",
            _Act(
                method="POST",
                path="/2/users/{me}/likes",
                bucket="like",
                done=("liked", True),
                body=lambda target: {"tweet_id": target},
            ),
        ),
        (
            "unlike",
            _Act(
                method="DELETE",
                path="/2/users/{me}/likes/{target}",
                bucket="unlike",
                done=("liked", False),
            ),
        ),
        (
            "block",
            _Act(
                method="POST",
                path="/2/users/{target}/dm/block",
                bucket="block",
                done=("blocked", True),
                kind="user",
            ),
        ),
        (
            "unblock",
            _Act(
                method="POST",
                path="/2/users/{target}/dm/unblock",
                bucket="unblock",
                done=("blocked", False),
                kind="user",
            ),
        ),
    )
}
_KIND = {"post": "a post", "message": "a direct message", "user": "a person"}
_TO_PEOPLE = frozenset({"block", "unblock"})


class Moderating(Account):
    """Deleting, hiding, liking and blocking."""

    async def moderate(self, command: Command) -> None:
        """``delete`` a post or message of our own; ``hide`` and ``unhide`` a reply in a conversation that we began;
        ``like`` and ``unlike`` a post, with enterprise access; ``block`` and ``unblock`` the messages of a person, or
        of the author of a post or message."""
        if command.name in _TO_PEOPLE and command.target.kind != "user":
            command = replace(command, target=await self._author_of(command.target))
        act = _act(command)
        if act.bucket in ("like", "unlike") and not self.config.enterprise:
            raise Rejected("not_permitted", _WITHDRAWN, scope="account")
        target = quote(command.target.value, safe="")
        path = act.path.replace("{target}", target)
        if "{me}" in path:
            path = path.replace("{me}", self.me)
        body = None if act.body is None else Json(dict(act.body(command.target.value)))
        try:
            answer = await self.act(act.method, path, act.bucket, body=body)
        except Rejected as refused:
            if command.name == "delete" and refused.reason == "gone":
                return  # it is as was asked
            raise
        name, wanted = act.done
        if (answer.json().get("data") or {}).get(name) is not wanted:
            raise Rejected("not_permitted", f"X did not {command.name} it.")

    async def _author_of(self, target: ExternalId) -> ExternalId:
        """The person who wrote a post or message. Raises Rejected(gone) where X does not tell."""
        if target.kind == "message":
            params = {"expansions": "sender_id"}
            answer = await self.get(f"/2/dm_events/{quote(target.value, safe='')}", params, "message")
        else:
            answer = await self.get("/2/tweets", {"ids": target.value, "expansions": "author_id"}, "lookup")
        told = answer.json().get("data") or {}
        told = (told[0] if told else {}) if isinstance(told, list) else told
        author = told.get("author_id") or told.get("sender_id")
        if not author:
            raise Rejected("gone", "X does not tell who wrote this.")
        return ExternalId("twitter", "user", author)


def _act(command: Command) -> _Act:
    found = _ACTS.get((command.name, command.target.kind))
    if found is not None:
        return found
    kinds = [kind for name, kind in _ACTS if name == command.name]
    if not kinds:
        raise Rejected("unsupported", f"{command.name} is not supported on X.")
    wanted = " or ".join(_KIND[kind] for kind in kinds)
    raise Rejected("unsupported", f"On X {command.name} is done to {wanted}.")
