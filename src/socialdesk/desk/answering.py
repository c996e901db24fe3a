"""What a desk does with what is said, as flows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal, TypedDict, Unpack

from socialdesk._engine.effects import TakeStamp, Work
from socialdesk._engine.outbox import plan_parts, plan_reply, verify_target
from socialdesk.connector import Standing
from socialdesk.desk import outgoing, turns
from socialdesk.desk.attempting import list_attempts
from socialdesk.desk.decisions import Decision, decide
from socialdesk.desk.outgoing import NewReply
from socialdesk.desk.premises import MentionName, Premises, named
from socialdesk.desk.reports import DrainReport
from socialdesk.desk.rows import thread_key
from socialdesk.desk.sending import Drain, drain_account
from socialdesk.desk.standings import Asking, read_standing
from socialdesk.desk.tallying import price_of
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import Attachment, Attempt, ExternalId, Mode, Overflow, Plan, Receipt, Reply, Sender

__all__ = ["AnswerOptions", "Answering", "priced"]


class AnswerOptions(TypedDict, total=False):
    """As the fields of :class:`socialdesk.Reply`."""

    mode: Mode
    sender: Sender
    overflow: Overflow
    attachments: tuple[Attachment, ...]
    expected_revision: int | None
    note: str | None


class Answering(Premises):
    """Plans, replies, the outbox."""

    async def plan(self, mention: MentionName, text: str, **options: Unpack[AnswerOptions]) -> Plan:
        """What an answer would send, part by part, with its cost, warnings and refusals. Sends and stores nothing."""
        reply = await self._reply_to(mention, text, "plan", options)
        row = await self._row(reply.account)
        place = await self._ready_place(row)
        stamp = await TakeStamp()
        plan = plan_reply(place.connector, reply, await _standing(reply, row.id, stamp.now), stamp)
        plan = priced(plan, row.prices)
        reason = self.hooks.forbids(reply)
        if reason is None:
            return plan
        return plan.model_copy(update={"refusals": (*plan.refusals, f"not_permitted: {reason}")})

    async def reply(
        self, mention: MentionName, text: str, *, key: str, **options: Unpack[AnswerOptions]
    ) -> Receipt:
        """Answer a mention. The reply is durable when this returns; :meth:`drain` or :meth:`run` sends it.

        ``key`` is bound to the content: the same key again gives the same receipt, whatever happened between. Raises
        Rejected where the platform would not take it, ConfigError where the key was used for something else.
        """
        reply = await self._reply_to(mention, text, key, options)
        try:
            self.hooks.check_outgoing(reply)
            refusal = verify_target(reply)
            if refusal is not None:
                reason, _, words = refusal.partition(": ")
                raise Rejected(reason, words)  # type: ignore[arg-type]  # verify_target's words begin with a reason
            return await self._enqueue(reply)
        except Rejected:
            kept = await self._kept(reply)  # it may have been said already, before a window closed
            if kept is None:
                raise
            return kept

    async def _kept(self, reply: Reply) -> Receipt | None:
        """The receipt of this very reply, where it was enqueued before."""
        account_id = (await self._row(reply.account)).id
        stamp = await TakeStamp()
        new = NewReply(account_id=account_id, id="", reply=reply, parts=(), thread="", at=stamp.now)
        receipt = await outgoing.find_kept(new)
        return None if receipt is None else receipt.model_copy(update={"account": reply.account})

    async def take_private(
        self, mention: MentionName, text: str, *, key: str, **options: Unpack[AnswerOptions]
    ) -> Receipt:
        """Take a public thread to a private one, as one act: ``text`` goes to its author alone, then the ``note`` is
        said in public, where there is one. Where the private text is refused, nothing is said in public.

        Both conversations are linked once the text is there. Otherwise as :meth:`reply`.
        """
        options["mode"] = "private"
        return await self.reply(mention, text, key=key, **options)

    async def attach(self, path: str | os.PathLike[str], *, alt_text: str | None = None) -> Attachment:
        """Keep a copy of a file, for ``attachments=`` of :meth:`reply`: it is there when the reply is sent.

        ``alt_text`` describes it for those who cannot see it. Raises ConfigError where it cannot be read.
        """
        return await Work(partial(self.media.keep, path, alt_text=alt_text))

    async def _enqueue(self, reply: Reply) -> Receipt:
        place = await self._ready_place(await self._row(reply.account))
        stamp = await TakeStamp()
        standing = await _standing(reply, place.account.id, stamp.now, kept=True)
        parts = plan_parts(place.connector, reply, standing, stamp)
        thread = thread_key(reply.target) if reply.target is not None else f"announcement:{stamp.uuid(999)}"
        receipt = await outgoing.enqueue(
            NewReply(
                account_id=place.account.id,
                id=stamp.uuid(1000),
                reply=reply,
                parts=parts,
                thread=thread,
                at=stamp.now,
            )
        )
        return receipt.model_copy(update={"account": reply.account})

    async def _reply_to(self, name: MentionName, text: str, key: str, options: AnswerOptions) -> Reply:
        mention = await self.mention(name)
        return Reply(idempotency_key=key, account=mention.account, target=mention, text=text, **options)

    async def drain(self, account: str | None = None) -> DrainReport:
        """Send what is due, and look for what may have been sent."""
        return await self._send_due(account)

    async def _send_due(self, account: str | None = None, seconds: float | None = None) -> DrainReport:
        """Send what is due, a few parts of each account in turn, until all is said or so many ``seconds`` are over."""
        rows = {row.id: row for row in await self._rows(account)}
        began = await TakeStamp()
        report = DrainReport()
        with self.worker.run() as owner:
            waiting = await turns.due_accounts(tuple(rows), began.now)
            while waiting:
                further: list[str] = []
                for account_id in waiting:
                    drain = Drain(
                        workshop=self.workshop,
                        owner=owner,
                        alive=self.worker.is_alive,
                        timeout=timedelta(seconds=self.timeout),
                        publish=self._publisher(rows[account_id]),
                    )
                    sent, is_more = await drain_account(account_id, drain)
                    report += sent
                    further += [account_id] if is_more else []
                stamp = await TakeStamp()
                over = seconds is not None and stamp.monotonic - began.monotonic >= seconds
                waiting = () if over else tuple(further)
        return report

    async def receipt(self, key: str, *, account: str | None = None) -> Receipt:
        """What became of a reply. Raises ConfigError where there is none of this key, or one in each of several
        accounts and ``account`` does not say which."""
        names = {row.id: row.name for row in await self._rows(account)}
        return named(await self._found(key, names), names)

    async def _found(self, key: str, names: Mapping[str, str]) -> Receipt:
        found = await outgoing.find_receipts(tuple(names), key)
        if not found:
            raise ConfigError(f"There is no reply with the key {key!r}.")
        if len(found) > 1:
            several = ", ".join(sorted(names[receipt.account] for receipt in found))
            raise ConfigError(f"Several accounts have a reply with the key {key!r} ({several}): say which.")
        return found[0]

    async def receipts(
        self, *, account: str | None = None, state: str | None = None, limit: int = 50
    ) -> tuple[Receipt, ...]:
        """The replies, newest first."""
        names = {row.id: row.name for row in await self._rows(account)}
        found = await outgoing.list_receipts(tuple(names), state=state, thread=None, limit=limit)
        return tuple(named(receipt, names) for receipt in found)

    async def attempts(self, key: str, *, account: str | None = None) -> tuple[Attempt, ...]:
        """Each time that a part of this reply was about to be said, oldest first, and what came of it: what a person
        sees who has to decide. Raises ConfigError as :meth:`receipt` does."""
        names = {row.id: row.name for row in await self._rows(account)}
        found = await self._found(key, names)
        return await list_attempts(found.account, key)

    async def cancel(self, key: str, *, account: str | None = None) -> Receipt:
        """Take back what of a reply is not sent yet. Raises ConfigError where nothing is left to take back."""
        stamp = await TakeStamp()
        return await self._decide(
            key, account, Decision(action="cancel", at=stamp.now, event_id=stamp.uuid())
        )

    async def settle(
        self,
        key: str,
        *,
        sent: ExternalId | None = None,
        url: str | None = None,
        account: str | None = None,
    ) -> Receipt:
        """A person's word on a part that needs one: it was posted, as ``sent``; None: it was not, send it again."""
        stamp = await TakeStamp()
        action: Literal["sent", "retry"] = "retry" if sent is None else "sent"
        decision = Decision(action=action, at=stamp.now, event_id=stamp.uuid(), id=sent, url=url)
        return await self._decide(key, account, decision)

    async def _decide(self, key: str, account: str | None, decision: Decision) -> Receipt:
        names = {row.id: row.name for row in await self._rows(account)}
        found = await self._found(key, names)
        return named(await decide(found.account, key, decision), names)


def priced(plan: Plan, prices: Mapping[str, Decimal]) -> Plan:
    """The plan with what it costs by these prices, where each one that it takes is set."""
    charges: dict[str, int] = {}
    for part in plan.parts:
        for unit, amount in part.charges.items():
            charges[unit] = charges.get(unit, 0) + amount
    return plan.model_copy(update={"price": price_of(charges, prices) if charges else None})


async def _standing(reply: Reply, account_id: str, now: datetime, *, kept: bool = False) -> Standing:
    """How a reply stands that is planned, or that may be kept already, since the same key may come again."""
    key = reply.idempotency_key if kept else ""
    return await read_standing(
        Asking(account_id=account_id, target=reply.target, now=now, sender=reply.sender, reply_key=key)
    )
