"""Our own posts as the platform tells them to us: told apart from what is typed in the platform's own app.

What carries the id of a post that is on record as ours is ours. While it is not known what became of a part, a post of
ours may be that part: no event tells of it before the part is settled. Where it is the part beyond doubt (the key that
we sent comes back, or it has our text, in the same place, and is not older than the first attempt), it settles it, as
finding it by a look would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.outbox import PRIVATE, dump_sent
from socialdesk.connector import Sent
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.outgoing import set_reply_state
from socialdesk.desk.parking import receipts_for
from socialdesk.desk.schema import micros
from socialdesk.models import EventKind, Mention

__all__ = ["HELD", "Doubt", "echo_of", "in_doubt", "release_held", "said_by_desk", "sent_of", "settle_by"]

HELD = "held"
SKEW = timedelta(minutes=5)
"""By how much the platform's clock may be behind ours."""
UNCERTAIN = ("sending", "unknown", "needs_human")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part of which it is not known whether it was posted; ``answers`` are the ids under which it would stand."""

    id: str
    reply_key: str
    state: str
    epoch: int
    text: str
    mode: str
    since: int
    answers: frozenset[str]

    def may_be(self, said: Mention) -> bool:
        """Whether a post of ours could be this part, as far as anybody can tell."""
        if said.echo_key is not None:
            return said.echo_key == self.id
        if said.created_at is not None and micros(said.created_at + SKEW) < self.since:
            return False
        if self.mode in PRIVATE:
            return said.visibility == "direct"
        if said.visibility == "direct":
            return False
        if said.in_reply_to is None:
            return not self.answers or "in_reply_to" in said.provenance.missing
        return str(said.in_reply_to) in self.answers

    def is_it(self, said: Mention) -> bool:
        """Whether a post of ours is this part beyond doubt."""
        if said.echo_key is not None:
            return said.echo_key == self.id
        return self.may_be(said) and _plain(said.text) == _plain(self.text)


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", text).split())


def said_by_desk(connection: Connection, account_id: str, mentions: Mapping[str, Mention]) -> set[str]:
    """Which of these posts of ours, by their keys, are on record as sent by the desk."""
    names = {str(name): key for key, said in mentions.items() for name in (said.id, *said.aliases)}
    table = schema.part
    query = sa.select(table.c.remote_id).where(
        table.c.account_id == account_id, table.c.remote_id.in_(list(names))
    )
    return {names[remote] for remote in connection.execute(query).scalars()}


def in_doubt(connection: Connection, account_id: str) -> tuple[Doubt, ...]:
    """The parts that were sent, or may have been, and of which nothing is known yet, the oldest first."""
    part, reply = schema.part, schema.reply
    again = sa.and_(part.c.state == "pending", part.c.first_sent_at.is_not(None))
    rows = connection.execute(
        sa.select(part, reply.c.target_key)
        .join_from(
            part, reply, sa.and_(part.c.account_id == reply.c.account_id, part.c.reply_key == reply.c.key)
        )
        .where(part.c.account_id == account_id, sa.or_(part.c.state.in_(UNCERTAIN), again))
        .order_by(part.c.first_sent_at, part.c.id)
    ).all()
    return tuple(_doubt(connection, row) for row in rows)


def _doubt(connection: Connection, row: Any) -> Doubt:
    part = schema.part
    before = connection.execute(
        sa.select(part.c.remote_id).where(
            part.c.account_id == row.account_id,
            part.c.reply_key == row.reply_key,
            part.c.number < row.number,
            part.c.remote_id.is_not(None),
        )
    ).scalars()
    answers = {str(key) for key in before} | ({row.target_key} if row.target_key is not None else set())
    return Doubt(
        id=row.id,
        reply_key=row.reply_key,
        state=row.state,
        epoch=row.epoch,
        text=row.text,
        mode=row.mode,
        since=row.first_sent_at or 0,
        answers=frozenset(answers),
    )


def settle_by(
    connection: Connection, account_id: str, doubt: Doubt, echo: tuple[Mention, datetime, Callable[[], str]]
) -> tuple[Mapping[str, Any], ...] | None:
    """Settle a part by the post that it is (with the time, and what gives ids to events); gives the events to tell.

    None where the part is being sent at this moment: the answer will settle it, or whoever finds that there is none.
    """
    said, now, new_id = echo
    if doubt.state == "sending":
        return None
    table = schema.part
    changed = connection.execute(
        sa.update(table)
        .where(table.c.account_id == account_id, table.c.id == doubt.id, table.c.epoch == doubt.epoch)
        .values(
            state="sent",
            owner=None,
            epoch=doubt.epoch + 1,  # a run that looks for it, or is about to send it again, changes nothing
            next_at=None,
            error=None,
            remote_id=str(said.id),
            sent=sent_of(said),
            settled_by="echo",
        )
    ).rowcount
    if not changed:
        return None
    before, after = set_reply_state(connection, account_id, doubt.reply_key)
    events = [] if before == after else [_settled(account_id, doubt.reply_key, after, (new_id(), now))]
    events += release_held(connection, account_id, doubt.id, str(said.id), now)
    events += receipts_for(connection, account_id, (str(said.id), doubt.reply_key), now)
    return tuple(events)


def sent_of(said: Mention) -> str:
    """What a post of ours left, as the outbox keeps it."""
    sent = Sent(said.id.value, kind=said.id.kind, url=said.url, also=tuple(a.value for a in said.aliases))
    if said.visibility == "direct":
        sent = replace(sent, conversation=said.conversation)
    return dump_sent(sent)


def echo_of(connection: Connection, account_id: str, part_id: str) -> Mention | None:
    """The post that is this part beyond doubt, where it was heard while the part was being sent."""
    held = _held_for(connection, account_id, part_id)
    if not held:
        return None
    doubts = [doubt for doubt in in_doubt(connection, account_id) if doubt.id == part_id]
    table = schema.mention
    for key in held:
        data = connection.execute(
            sa.select(table.c.data).where(table.c.account_id == account_id, table.c.key == key)
        ).scalar()
        said = None if data is None else Mention.model_validate_json(data)
        if said is not None and any(doubt.is_it(said) for doubt in doubts):
            return said
    return None


_HELD = (
    schema.parked.c.account_id == sa.bindparam("of_account"),
    schema.parked.c.kind == HELD,
    schema.parked.c.data == sa.bindparam("of_part"),
)
# Made once: it runs with every part.
_HELD_FOR = Prepared(
    sa.select(schema.parked.c.key, schema.parked.c.id).where(*_HELD).order_by(schema.parked.c.id)
)


def _held_for(connection: Connection, account_id: str, part_id: str) -> Sequence[str]:
    return [row.key for row in _HELD_FOR.run(connection, {"of_account": account_id, "of_part": part_id})]


def release_held(
    connection: Connection, account_id: str, part_id: str, remote_id: str | None, now: datetime
) -> list[dict[str, Any]]:
    """The part is settled: what was held back for it and is another post was typed by somebody, which is told now."""
    here = {"of_account": account_id, "of_part": part_id}
    rows = _HELD_FOR.run(connection, here).all()
    if rows:
        connection.execute(sa.delete(schema.parked).where(*_HELD), here)
    return [
        {
            "account_id": account_id,
            "id": row.id,
            "kind": EventKind.CREATED.value,
            "mention_key": row.key,
            "reply_key": None,
            "text": "",
            "at": micros(now),
        }
        for row in rows
        if row.key != remote_id
    ]


def _settled(account_id: str, reply_key: str, state: str, stamp: tuple[str, datetime]) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "id": stamp[0],
        "kind": EventKind.RECEIPT.value,
        "mention_key": None,
        "reply_key": reply_key,
        "text": state,
        "at": micros(stamp[1]),
    }
