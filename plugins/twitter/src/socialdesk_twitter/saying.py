"""What the account says, in public and in private, and looking for what it may have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from socialdesk.connector import Count, Part, Prepared, Search, Sent, Standing
from socialdesk.errors import AuthError, DeliveryUnknown, Rejected
from socialdesk.models import Action, Mode, Reply
from socialdesk.wire import Json
from socialdesk_twitter import joining, messages, prices, private, refusals, sending
from socialdesk_twitter.fields import MESSAGE_PARAMS, moment_text, post_params
from socialdesk_twitter.ids import message_id
from socialdesk_twitter.length import weighted_length
from socialdesk_twitter.uploading import Uploading

__all__ = ["Saying"]

_OLDER_PAGES = 5
_NO_MESSAGES = (
    "X does not let the app send direct messages for the account: grant it dm.write (with OAuth 1.0a, access to direct "
    "messages) and sign in again."
)


class Saying(Uploading):
    """Posts and direct messages."""

    def count(self, text: str, mode: Mode) -> Count:
        if mode in private.MODES:
            return Count(used=len(text), limit=private.LONGEST)
        return Count(used=weighted_length(text), limit=self.config.max_length)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        reply = private.as_answered(reply)
        in_private = reply.mode in private.MODES
        (private if in_private else sending).check_reply(reply)
        parts = super().plan(reply, standing)
        if in_private:
            doubts = private.warnings(reply)
            return tuple(replace(part, charges=prices.of_message(), warnings=doubts) for part in parts)
        me, exempt = self.known_id, self.config.enterprise
        return tuple(
            replace(
                part,
                charges=prices.of_post(sending.body_of(replace(part, done=_before(index)))),
                warnings=sending.warnings(part.text, reply, me, exempt=exempt),
            )
            for index, part in enumerate(parts)
        )

    async def send(self, part: Part) -> Sent | Prepared:
        """Say a part, once what it carries is uploaded. The first post answers or quotes the target, each further
        one answers the one before it; a direct message goes into the target's conversation, or to its author."""
        media: tuple[str, ...] = ()
        if part.attachments:
            uploaded = await self.uploaded(part)
            if isinstance(uploaded, Prepared):
                return uploaded
            media = uploaded
        return await (self._say_privately if part.mode in private.MODES else self._say_publicly)(part, media)

    async def _say_publicly(self, part: Part, media: tuple[str, ...]) -> Sent:
        answer = await self.act("POST", "/2/tweets", "post", body=Json(sending.body_of(part, media)))
        body = answer.json()
        post_id = sending.post_id_of(body)
        if post_id is None:
            raise DeliveryUnknown("X accepted the post but did not tell its id.")
        return self._posted(post_id, dict(body["data"]))

    async def _say_privately(self, part: Part, media: tuple[str, ...]) -> Sent:
        path = f"/2/dm_conversations/{private.addressed(part)}/messages"
        try:
            answer = await self.act("POST", path, "send_message", body=Json(private.body_of(part, media)))
        except AuthError as error:
            if not refusals.is_ungranted(error):
                raise
            # of this alone the account need not be stopped
            raise Rejected("not_permitted", _NO_MESSAGES, scope="account", code=error.code) from error
        told = answer.json().get("data") or {}
        if not told.get("dm_event_id"):
            raise DeliveryUnknown("X accepted the message but did not tell its id.")
        return private.sent(message_id(told["dm_event_id"]).value, told.get("dm_conversation_id"))

    def _posted(self, post_id: str, data: Mapping[str, Any]) -> Sent:
        handle = self.profile.handle if self.profile else None
        return Sent(post_id, url=f"https://x.com/{handle or 'i'}/status/{post_id}", data=data)

    # ------------------------------------------------------------------------------------------- looking for it

    async def find_sent(self, part: Part) -> Search:
        """What we said since just before the attempt began, compared by what it answers and what it says."""
        began = part.started_at or part.at
        if began is None or not self.writes:
            return Search()
        if part.mode in private.MODES:
            return await self._found_messages(part)
        known = {sent.id for sent in part.done}
        found: list[Sent] = []
        token: str | None = None
        for _ in range(_OLDER_PAGES):
            params = {
                **post_params(self.config.names, as_user=False),
                "start_time": moment_text(began - sending.CLOCKS_DIFFER),
                "max_results": 100,
                "pagination_token": token,
            }
            body = joining.listing(await self.get(f"/2/users/{self.me}/tweets", params, "timeline"))
            posts = [raw.body["post"] for raw in joining.raws(body) if joining.id_of(raw)]
            found += [
                self._posted(post["id"], {"id": post["id"]})
                for post in posts
                if post["id"] not in known and sending.is_ours(part, post)
            ]
            token = (body.get("meta") or {}).get("next_token")
            if found or token is None:
                break
        return Search(found=tuple(found), reached=token is None or bool(found))

    async def _found_messages(self, part: Part) -> Search:
        """Our own messages in the conversation, back to just before the attempt began."""
        path = f"/2/dm_conversations/{private.addressed(part)}/dm_events"
        bucket = "messages_with" if "/with/" in path else "messages_of"
        token: str | None = None
        for _ in range(_OLDER_PAGES):
            params = {**MESSAGE_PARAMS[self.config.names], "max_results": 100, "pagination_token": token}
            body = joining.listing(await self.get(path, params, bucket))
            listed = [raw.body["message"] for raw in messages.raws(body)]
            found = [
                private.sent(message_id(told["id"]).value, told.get("dm_conversation_id"))
                for told in listed
                if private.is_ours(part, told, self.known_id)
            ]
            token = (body.get("meta") or {}).get("next_token")
            done = not listed or token is None or any(private.is_before(part, told) for told in listed)
            if found or done:
                return Search(found=tuple(found), reached=True)
        return Search()

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        verdicts = sending.verdicts(standing, self.known_id, exempt=self.config.enterprise)
        verdicts |= private.verdicts(standing)
        found = []
        for name in sorted(self.capabilities.abilities):
            permitted, reason = verdicts.get(name, (True, None))
            found.append(Action(name=name, allowed=permitted, reason=reason))
        return tuple(found)


def _before(index: int) -> tuple[Sent, ...]:
    """What stands before a part of a plan: something, where it is not the first."""
    return (Sent("0"),) if index else ()
