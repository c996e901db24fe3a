"""What a desk says to everybody, as flows: a notice planned and sent on every account, in each platform's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.outbox import plan_reply
from socialdesk.connector import Standing
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.answering import Answering, AnswerOptions, priced
from socialdesk.desk.reports import Announced
from socialdesk.errors import ConfigError, PlatformError
from socialdesk.models import Plan, Receipt, Reply

__all__ = ["Announcing"]


class Announcing(Answering):
    """Announcements."""

    async def plan_announcement(
        self, text: str, *, accounts: Sequence[str] | None = None, **options: Unpack[AnswerOptions]
    ) -> dict[str, Plan]:
        """What :meth:`announce` would say on each account, by the account's name: parts, cost, warnings, refusals."""
        plans: dict[str, Plan] = {}
        for row in await self._speakers(accounts):
            place = await self._ready_place(row)
            reply = Reply(idempotency_key="plan", account=row.name, text=text, **options)
            stamp = await TakeStamp()
            plan = plan_reply(place.connector, reply, Standing(now=stamp.now, sender=reply.sender), stamp)
            reason = self.hooks.forbids(reply)
            if reason is not None:
                plan = plan.model_copy(update={"refusals": (*plan.refusals, f"not_permitted: {reason}")})
            plans[row.name] = priced(plan, row.prices)
        return plans

    async def announce(
        self,
        text: str,
        *,
        key: str,
        accounts: Sequence[str] | None = None,
        **options: Unpack[AnswerOptions],
    ) -> Announced:
        """Say ``text`` on each of these accounts, or on all: as a post of its own, answering nobody.

        It is durable on each account that is named in the receipts when this returns; :meth:`drain` or :meth:`run`
        sends it. An account that cannot say it holds up no other: ``refusals`` tell why. The same key again says
        nothing twice, and tries the refused ones anew.
        """
        receipts: list[Receipt] = []
        refusals: dict[str, str] = {}
        for row in await self._speakers(accounts):
            reply = Reply(idempotency_key=key, account=row.name, text=text, **options)
            try:
                self.hooks.check_outgoing(reply)
                receipts.append(await self._enqueue(reply))
            except PlatformError as error:
                refusals[row.name] = str(error)
        return Announced(receipts=tuple(receipts), refusals=refusals)

    async def _speakers(self, accounts: Sequence[str] | None) -> Sequence[AccountRow]:
        if accounts is None:
            return await self._rows(None)
        if isinstance(accounts, str):
            raise ConfigError("accounts: a list of names.")
        return [await self._row(name) for name in dict.fromkeys(accounts)]
