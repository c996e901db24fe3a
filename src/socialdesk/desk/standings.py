"""What windows and one-shot rules depend on, as the desk knows it: when somebody last spoke, and what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.connector import Standing
from socialdesk.desk import schema
from socialdesk.desk.rows import thread_key
from socialdesk.desk.schema import moment
from socialdesk.models import Mention, Sender

__all__ = ["Asking", "read_standing", "standing_of"]

PRIVATE_REPLY = "private_reply"
SPENT = ("sending", "sent", "unknown", "needs_human")
"""A private answer in one of these states is there, or may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks how an answer would stand: on which account, to what, when.

    ``reply_key`` names the reply itself where it is kept already, since it spends nothing of its own. ``goes`` says
    that it goes out now: then what waits has spent nothing either, or two that wait would keep each other back.
    """

    account_id: str
    target: Mention | None
    now: datetime
    sender: Sender = "human"
    reply_key: str = ""
    goes: bool = False


def standing_of(connection: Connection, asking: Asking) -> Standing:
    """What the desk knows that an answer's windows depend on."""
    if asking.target is None:
        return Standing(now=asking.now, sender=asking.sender)
    return Standing(
        now=asking.now,
        target=asking.target,
        last_inbound_at=_last_inbound(connection, asking.account_id, asking.target),
        used=_used(connection, asking, asking.target),
        sender=asking.sender,
    )


@reads
def read_standing(connection: Connection, asking: Asking) -> Standing:
    """The same as a store call of its own."""
    return standing_of(connection, asking)


def _last_inbound(connection: Connection, account_id: str, target: Mention) -> datetime | None:
    """When the other side last spoke in the private conversation: the target's own, or the one linked to its thread."""
    key: str | None = thread_key(target)
    if target.visibility != "direct":
        threads = schema.conversation
        key = connection.execute(
            sa.select(threads.c.linked).where(threads.c.account_id == account_id, threads.c.key == key)
        ).scalar()
    if key is None:
        return None
    table = schema.mention
    last = connection.execute(
        sa.select(sa.func.max(table.c.created_at)).where(
            table.c.account_id == account_id, table.c.conversation == key, table.c.direction == "inbound"
        )
    ).scalar()
    return moment(last)


def _used(connection: Connection, asking: Asking, target: Mention) -> tuple[str, ...]:
    parts, replies = schema.part, schema.reply
    spent = connection.execute(
        sa.select(parts.c.id)
        .join_from(
            parts,
            replies,
            sa.and_(parts.c.account_id == replies.c.account_id, parts.c.reply_key == replies.c.key),
        )
        .where(
            replies.c.account_id == asking.account_id,
            replies.c.target_key == str(target.id),
            replies.c.key != asking.reply_key,
            parts.c.mode == "private",
            parts.c.state.in_(SPENT if asking.goes else (*SPENT, "pending")),
        )
        .limit(1)
    ).first()
    return () if spent is None else (PRIVATE_REPLY,)
