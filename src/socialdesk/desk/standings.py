"""What windows and one-shot rules depend on, as the desk knows it: when somebody last spoke, and what was spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.connector import Standing
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.rows import thread_key
from socialdesk.desk.schema import moment
from socialdesk.models import Mention, Sender

__all__ = ["Asking", "read_standing", "standing_of"]

USED = {"public": "public_reply", "private": "private_reply"}
"""What an answer of each mode uses up of what it answers."""
SPENT = ("sending", "sent", "unknown", "needs_human")
"""An answer in one of these states is there, or may be."""


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
        key = _LINKED.run(connection, {"of_account": account_id, "of_key": key}).scalar()
    if key is None:
        return None
    return moment(_LAST.run(connection, {"of_account": account_id, "of_key": key}).scalar())


def _used(connection: Connection, asking: Asking, target: Mention) -> tuple[str, ...]:
    spent = (_SPENT if asking.goes else _SPENT_OR_WAITING).run(
        connection,
        {"of_account": asking.account_id, "of_target": str(target.id), "but": asking.reply_key},
    )
    return tuple(sorted(USED[row.mode] for row in spent if row.mode in USED))


def _answers(states: Sequence[str]) -> Prepared:
    """How a mention was answered by what is in one of these states, beside one reply."""
    parts, replies = schema.part, schema.reply
    its_reply = sa.and_(parts.c.account_id == replies.c.account_id, parts.c.reply_key == replies.c.key)
    return Prepared(
        sa.select(parts.c.mode)
        .distinct()
        .join_from(parts, replies, its_reply)
        .where(
            replies.c.account_id == sa.bindparam("of_account"),
            replies.c.target_key == sa.bindparam("of_target"),
            replies.c.key != sa.bindparam("but"),
            parts.c.state.in_(map(sa.literal, states)),
        )
    )


# Made once: they run with every part.
_SPENT, _SPENT_OR_WAITING = _answers(SPENT), _answers((*SPENT, "pending"))
_LINKED = Prepared(
    sa.select(schema.conversation.c.linked).where(
        schema.conversation.c.account_id == sa.bindparam("of_account"),
        schema.conversation.c.key == sa.bindparam("of_key"),
    )
)
_LAST = Prepared(
    sa.select(sa.func.max(schema.mention.c.created_at)).where(
        schema.mention.c.account_id == sa.bindparam("of_account"),
        schema.mention.c.conversation == sa.bindparam("of_key"),
        schema.mention.c.direction == "inbound",
    )
)
