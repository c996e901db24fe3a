"""Claiming parts, and writing down what is about to be sent.

The row that is claimed, fenced and sent is the part. A claim sets its owner and raises its epoch, and leaves its state;
``sending`` is written, with the attempt, in the transaction that stores the request. Every later change is fenced by
owner and epoch: a run that was taken over changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import Call, writes
from socialdesk._engine.outbox import load_sent
from socialdesk.connector import Part, Standing
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared, Update
from socialdesk.desk.dialects import alone
from socialdesk.desk.listings import Alive
from socialdesk.desk.outgoing import Pause, set_reply_state
from socialdesk.desk.schema import micros, moment
from socialdesk.desk.standings import Asking, standing_of
from socialdesk.desk.turns import due, find_turn
from socialdesk.models import Attachment, Reply

__all__ = ["CHANGE", "Claim", "Terms", "claim_part", "end_attempt", "fence", "intend", "put_off_alike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A part that this run may work on, with all that it needs. ``task`` says what is to be done."""

    task: Literal["send", "reconcile"]
    account_id: str
    part_id: str
    reply_key: str
    number: int
    epoch: int
    owner: str
    part: Part
    reply: Reply
    standing: Standing
    request: str | None
    attempts: int
    unknowns: int
    negatives: int
    negative_at: datetime | None
    unsettled_at: datetime | None
    first_sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what a claim depends: who asks, when, who else lives, and how long a request may take to show."""

    owner: str
    alive: Alive
    now: datetime
    settles_after: timedelta


@writes
def claim_part(connection: Connection, account_id: str, terms: Terms) -> Claim | None:
    """The next part that is due, claimed; None where none is.

    A part that a dead run left in sending becomes unknown here, and is looked for when the platform must have shown
    it. In a thread, a reply waits for the one before it; in a reply, a part waits for the part before it.
    """
    alone(connection, account_id)
    _take_over(connection, account_id, terms)
    found = find_turn(
        connection,
        account_id,
        terms.now,
        lambda owner: terms.alive(owner) and owner != terms.owner,
    )
    if found is None:
        return None
    return _claim(connection, _claimed(connection, account_id, found, terms), terms)


def _take_over(connection: Connection, account_id: str, terms: Terms) -> None:
    for row in _SENDING.run(connection, {"of_account": account_id}).all():
        if terms.alive(row.owner):
            continue
        settled = moment(row.started_at) + terms.settles_after
        unknown = {
            "state": "unknown",
            "owner": None,
            "epoch": row.epoch + 1,
            "unknowns": row.unknowns + 1,
            "negatives": 0,
            "negative_at": None,
            "unsettled_at": None,
            "next_at": micros(settled),
            "error": "The process that was sending it ended before the answer came.",
        }
        CHANGE.run(connection, fence(account_id, row.id, row.owner, row.epoch), unknown)
        end_attempt(connection, (account_id, row.id, row.epoch), "died", None, terms.now)
        set_reply_state(connection, account_id, row.reply_key)


def fence(account_id: str, part_id: str, owner: str | None, epoch: int) -> dict[str, Any]:
    """What ``CHANGE`` is told: a part that is still what this run claimed."""
    return {"of_account": account_id, "of_part": part_id, "of_owner": owner, "of_epoch": epoch}


def _claimed(connection: Connection, account_id: str, found: Any, terms: Terms) -> Any:
    """The part's row and its reply's data, once it is ours."""
    here = {"of_account": account_id, "of_part": found.id}
    taken = {"owner": terms.owner, "epoch": found.epoch + 1}
    _TAKE.run(connection, {**here, **taken, "of_epoch": found.epoch})
    return _LOAD.run(connection, here).one()


_THE_PART = (
    schema.part.c.account_id == sa.bindparam("of_account"),
    schema.part.c.id == sa.bindparam("of_part"),
)
_FENCED = (
    *_THE_PART,
    schema.part.c.owner.is_not_distinct_from(
        sa.bindparam("of_owner")
    ),  # one without an owner is nobody's, not lost
    schema.part.c.epoch == sa.bindparam("of_epoch"),
)
_ITS_REPLY = sa.and_(
    schema.part.c.account_id == schema.reply.c.account_id, schema.part.c.reply_key == schema.reply.c.key
)


def _intending(*where: sa.ColumnElement[bool]) -> Prepared:
    """A part that waits is about to be sent."""
    table, now = schema.part, sa.bindparam("now", type_=sa.BigInteger)
    values = {
        "state": "sending",
        "started_at": now,
        "first_sent_at": sa.func.coalesce(table.c.first_sent_at, now),
        "attempts": table.c.attempts + 1,
    }
    return Prepared(sa.update(table).where(*where, table.c.state == "pending").values(values), ("request",))


# Made once: they run with every part.
_INTEND = _intending(*_FENCED)
CHANGE = Update(schema.part, *_FENCED)
"""Writes what became of a part, where its ``fence`` still stands."""
_SENDING = Prepared(
    sa.select(*schema.part.c["id", "owner", "epoch", "started_at", "unknowns", "reply_key"]).where(
        schema.part.c.account_id == sa.bindparam("of_account"), schema.part.c.state == "sending"
    )
)
_TAKE = Prepared(
    sa.update(schema.part).where(*_THE_PART, schema.part.c.epoch == sa.bindparam("of_epoch")),
    ("owner", "epoch"),
)
_LOAD = Prepared(
    sa.select(schema.part, schema.reply.c.data)
    .join_from(schema.part, schema.reply, _ITS_REPLY)
    .where(*_THE_PART)
)
_DONE = Prepared(
    sa.select(schema.part.c.sent)
    .where(
        schema.part.c.account_id == sa.bindparam("of_account"),
        schema.part.c.reply_key == sa.bindparam("of_reply"),
        schema.part.c.mode == sa.bindparam("of_mode"),
        schema.part.c.number < sa.bindparam("before"),
    )
    .order_by(schema.part.c.number)
)
_ATTEMPT = ("account_id", "part_id", "epoch", "owner", "started_at")
_BEGIN_ATTEMPT = Prepared(sa.insert(schema.attempt), _ATTEMPT)
_END_ATTEMPT = Prepared(
    sa.update(schema.attempt).where(
        schema.attempt.c.account_id == sa.bindparam("of_account"),
        schema.attempt.c.part_id == sa.bindparam("of_part"),
        schema.attempt.c.epoch == sa.bindparam("of_epoch"),
    ),
    ("ended_at", "outcome", "error"),
)


def _claim(connection: Connection, row: Any, terms: Terms) -> Claim:
    reply = Reply.model_validate_json(row.data)
    return Claim(
        task="send" if row.state == "pending" else "reconcile",
        account_id=row.account_id,
        part_id=row.id,
        reply_key=row.reply_key,
        number=row.number,
        epoch=row.epoch,
        owner=terms.owner,
        part=_part(connection, row, reply),
        reply=reply,
        standing=standing_of(
            connection,
            Asking(
                account_id=row.account_id,
                target=reply.target,
                now=terms.now,
                sender=reply.sender,
                reply_key=row.reply_key,
                goes=True,
            ),
        ),
        request=row.request,
        attempts=row.attempts,
        unknowns=row.unknowns,
        negatives=row.negatives,
        negative_at=moment(row.negative_at),
        unsettled_at=moment(row.unsettled_at),
        first_sent_at=moment(row.first_sent_at),
    )


def _part(connection: Connection, row: Any, reply: Reply) -> Part:
    here = {"of_account": row.account_id, "of_reply": row.reply_key, "of_mode": row.mode}
    done = _DONE.run(connection, {**here, "before": row.number}).scalars()
    return Part(
        text=row.text,
        key=row.id,
        at=moment(row.at),
        mode=row.mode,
        target=reply.target,
        attachments=tuple(Attachment.model_validate(item) for item in orjson.loads(row.attachments)),
        done=tuple(load_sent(text) for text in done if text is not None),
        started_at=moment(row.first_sent_at),
        prepared=None if row.prepared is None else orjson.loads(row.prepared),
    )


def intend(claim: Claim, request: str, now: datetime) -> Call[bool]:
    """Write down what is about to be sent, before its first byte. False: the claim was lost, send nothing.

    It is written only while the claim's owner is proven to live; raises LifeLost where that is not so any more.
    """
    return replace(_intend(claim, request, now), name="intend", owner=claim.owner)


@writes
def _intend(connection: Connection, claim: Claim, request: str, now: datetime) -> bool:
    alone(connection, claim.account_id)
    here = fence(claim.account_id, claim.part_id, claim.owner, claim.epoch)
    if not _INTEND.run(connection, {**here, "request": request, "now": micros(now)}).rowcount:
        return False
    begun = (claim.account_id, claim.part_id, claim.epoch, claim.owner, micros(now))
    _BEGIN_ATTEMPT.run(connection, dict(zip(_ATTEMPT, begun, strict=True)))
    set_reply_state(connection, claim.account_id, claim.reply_key)
    return True


def end_attempt(
    connection: Connection, which: tuple[str, str, int], outcome: str, error: str | None, now: datetime
) -> None:
    here = dict(zip(("of_account", "of_part", "of_epoch"), which, strict=True))
    _END_ATTEMPT.run(connection, {**here, "ended_at": micros(now), "outcome": outcome, "error": error})


@writes
def put_off_alike(connection: Connection, account_id: str, part: Part, pause: Pause) -> int:
    """A limit is reached that ``part`` ran into: what would take the same requests waits as long; gives how many.

    That is what is said in the same way, with files where it has some, and is as far as it. Anything else may draw on
    another limit, and is tried.
    """
    alone(connection, account_id)
    table = schema.part
    return connection.execute(
        sa.update(table)
        .where(
            table.c.account_id == account_id,
            table.c.state == "pending",
            due(pause.now),
            table.c.id != part.key,
            table.c.mode == part.mode,
            table.c.attachments != "[]" if part.attachments else table.c.attachments == "[]",
            table.c.prepared.is_(None) if part.prepared is None else table.c.prepared.is_not(None),
        )
        .values(next_at=micros(pause.until), error=pause.problem)
    ).rowcount
