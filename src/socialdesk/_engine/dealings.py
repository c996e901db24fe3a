"""What both clients do, as flows: fetching, planning, sending, without a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.effects import LONGEST_SLEEP, Sleep, TakeStamp
from socialdesk._engine.exchange import converse
from socialdesk._engine.ingest import Listening, Unread, listenings, look_up, take_page
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.limits import Lane
from socialdesk._engine.outbox import (
    derive_state,
    judge,
    plan_parts,
    plan_reply,
    send_part,
    sent_id,
    verify_target,
)
from socialdesk._engine.session import MemoryTokens, Session
from socialdesk.connector import Connector, Item, Notice, Part, Prepared, Profile, Sent, Standing, Topic
from socialdesk.errors import AuthError, ConfigError, Rejected, SocialdeskError, Unavailable
from socialdesk.models import ExternalId, PartReceipt, Plan, Receipt, Reply, Rule

__all__ = ["Asked", "Batch", "Dealings", "Fetch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One page's items, and the cursor to keep once they are safe.

    ``unread`` holds what the platform sent and the plugin could not read, with the reasons: keep it, an upgrade may
    read it. ``notices`` are about the stream or account. ``topics`` are sub-streams that the page told of, such as the
    comments of a post: hand them to a fetch of the stream that each names.
    """

    items: tuple[Item, ...]
    cursor: str
    unread: tuple[Unread, ...] = ()
    notices: tuple[Notice, ...] = ()
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    stream: str
    cursor: str | None
    rules: Sequence[Rule]
    topics: Sequence[Topic]
    back_to: datetime | None


LONGEST_PREPARING = 900.0
"""Seconds that a platform may take for what is sent along, such as a film that it converts."""
_SHARERS = {"account": "own", "app": "own", "ip": "own"}


class Dealings:
    """What both faces do, as flows."""

    def __init__(self, connector: Connector[Any, Any], tokens: MemoryTokens) -> None:
        self.connector = connector
        self.tokens = tokens
        self.ledger = Ledger(connector.limits, _SHARERS)

    def session(self, lane: Lane = "poll") -> Session:
        return Session(self.connector, self.ledger, self.tokens, lane=lane)

    async def identify(self) -> Profile:
        """Who the account is, as the platform says now. The client remembers it."""
        profile = await converse(self.connector.identify(), self.session())
        kind = type(self.connector)
        self.connector = kind(self.connector.config, self.connector.app, profile)
        before = self.ledger
        self.ledger = Ledger(self.connector.limits, _SHARERS, before.standing())  # limits may follow from it
        self.ledger.repeats = before.repeats
        return profile

    async def ready(self) -> None:
        """Learn who the account is, where that is not known and the platform tells."""
        if self.connector.profile is not None:
            return
        try:
            await self.identify()
        except Rejected as error:
            if error.reason != "unsupported":
                raise

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Item, ...]:
        """These things as they are now. One that is absent is not deleted: only a Gone says so."""
        await self.ready()
        read, _unread = await look_up(self.session("follow_up"), ids)
        return tuple(entry.item for entry in read)

    async def plan(self, reply: Reply) -> Plan:
        """What would be sent, part by part, with warnings and refusals. Asks the platform nothing but who we are."""
        await self.ready()
        stamp = await TakeStamp()
        standing = Standing(now=stamp.now, target=reply.target, sender=reply.sender)
        return plan_reply(self.connector, reply, standing, stamp)

    async def send(self, reply: Reply | Plan) -> Receipt:
        """Send a reply, or exactly what a plan of it says.

        Nothing is stored, so this may not be repeated blindly: a receipt in state ``unknown`` or ``partial`` wants a
        person's look. Raises Rejected, RateLimited, AuthError or Unavailable where nothing at all was said.
        """
        await self.ready()
        plan, reply = (reply, reply.reply) if isinstance(reply, Plan) else (None, reply)
        parts = await self._parts(reply, plan)
        receipts: list[PartReceipt] = []
        done: dict[str, tuple[Sent, ...]] = {}
        for part in parts:
            before = done.get(part.mode, ())
            receipt, sent = await self._send_one(replace(part, done=before), first=not receipts)
            receipts.append(receipt)
            if sent is None:
                break
            done[part.mode] = (*before, sent)
        receipts += [
            PartReceipt(
                key=part.key,
                text=part.text,
                mode=part.mode,
                state="cancelled",
                error="an earlier part was not sent",
            )
            for part in parts[len(receipts) :]
        ]
        return Receipt(
            key=reply.idempotency_key,
            account=reply.account,
            state=derive_state(part.state for part in receipts),
            parts=tuple(receipts),
            target=reply.target.id if reply.target else None,
        )

    async def _parts(self, reply: Reply, plan: Plan | None) -> tuple[Part, ...]:
        stamp = await TakeStamp()
        refusal = verify_target(reply)
        if refusal is not None:
            reason, _, words = refusal.partition(": ")
            raise Rejected(reason, words)  # type: ignore[arg-type]  # verify_target's words begin with a reason
        standing = Standing(now=stamp.now, target=reply.target, sender=reply.sender)
        parts = plan_parts(self.connector, reply, standing, stamp)
        if plan is None:
            return parts
        if plan.refusals or [part.text for part in parts] != [part.text for part in plan.parts]:
            raise Rejected("stale_page", "What would be sent is no longer what was planned: plan again.")
        return tuple(replace(part, key=planned.key) for part, planned in zip(parts, plan.parts, strict=True))

    async def _send_one(self, part: Part, *, first: bool) -> tuple[PartReceipt, Sent | None]:
        attempts = 0
        while True:
            attempts += 1
            session = self.session("reply")
            try:
                sent = await self._said(part, session)
            except AuthError as error:
                if session.renewed and attempts == 1:
                    continue  # refused for an ended token, so not sent; the new one is there now
                if first:
                    raise
                return _failed(part, attempts, f"AuthError: {error}"), None
            except SocialdeskError as error:
                outcome = judge(error, session, await TakeStamp(), attempts)
                if first and outcome.state in ("pending", "failed"):
                    raise
                state = "failed" if outcome.state == "pending" else outcome.state
                receipt = PartReceipt(
                    key=part.key,
                    text=part.text,
                    mode=part.mode,
                    state=state,
                    attempts=attempts,
                    error=outcome.error,
                )
                return receipt, None
            receipt = PartReceipt(
                key=part.key,
                text=part.text,
                mode=part.mode,
                state="sent",
                id=sent_id(self.connector, sent),
                url=sent.url,
                attempts=attempts,
                settled_by="answer",
            )
            return receipt, sent

    async def _said(self, part: Part, session: Session) -> Sent:
        """Say a part, with what has to be there before it: waits for that, for a quarter of an hour at most."""
        waited = 0.0
        while isinstance(sent := await send_part(part, session), Prepared):
            if waited > LONGEST_PREPARING:
                raise Unavailable("The platform does not come to an end with what shall be sent along.")
            part = replace(part, prepared=sent.data)
            waited += max(1.0, sent.again_in)
            left = sent.again_in
            while left > 0:
                await Sleep(min(left, LONGEST_SLEEP))
                left -= LONGEST_SLEEP
        return sent


def _failed(part: Part, attempts: int, error: str) -> PartReceipt:
    return PartReceipt(
        key=part.key, text=part.text, mode=part.mode, state="failed", attempts=attempts, error=error
    )


class Fetch:
    """One fetch under way: a step at a time, so that neither face holds anything across a yield."""

    def __init__(self, flows: Dealings, asked: Asked) -> None:
        self._flows = flows
        self._asked = asked
        self._cursors = _load_cursors(asked.cursor)
        self._left: list[Listening] | None = None
        self._paging: Paging | None = None

    async def next_batch(self) -> Batch | None:
        """The next batch, None at the end."""
        flows, asked = self._flows, self._asked
        if self._left is None:
            await flows.ready()
            self._left = list(
                listenings(flows.connector, asked.stream, rules=asked.rules, topics=asked.topics)
            )
        if not self._left:
            return None
        listening = self._left[0]
        if self._paging is None:
            self._paging = Paging(
                listening.stream,
                Cursor.loads(self._cursors.get(listening.key)),
                back_to=asked.back_to,
                topics=listening.topics,
            )
        intake = await take_page(self._paging, flows.session(), listening=listening)
        self._cursors[listening.key] = intake.cursor.dumps()
        if self._paging.done:
            self._left.pop(0)
            self._paging = None
        return Batch(
            items=tuple(entry.item for entry in intake.read),
            cursor=orjson.dumps(self._cursors).decode(),
            unread=intake.unread,
            notices=intake.notices,
            topics=intake.found,
        )


def _load_cursors(text: str | None) -> dict[str, str]:
    if not text:
        return {}
    try:
        cursors = orjson.loads(text)
    except orjson.JSONDecodeError:
        cursors = None
    if not isinstance(cursors, dict):
        raise ConfigError("The cursor cannot be read. Give one that a batch carried, or None to begin anew.")
    return cursors
