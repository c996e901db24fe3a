"""Store calls about what is said: enqueueing, claiming, intending, recording and settling.

The row that is claimed, fenced and sent is the part. A claim sets its owner and raises its epoch, and leaves its state;
``sending`` is written, with the attempt, in the transaction that stores the request. Every later change is fenced by
owner and epoch: a run that was taken over changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk._engine.limits import Budget, Key
from socialdesk._engine.outbox import derive_state, load_sent
from socialdesk.connector import Part
from socialdesk.desk import schema
from socialdesk.desk.accounts import Alive, note_account, save_budgets
from socialdesk.desk.inbox import event_row
from socialdesk.desk.schema import micros, moment
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import Event, EventKind, ExternalId, PartReceipt, Receipt, Reply

NEGATIVES_NEEDED = {"readback": 2, "key": 1, "client_id": 1}
KEY_LIFETIME = timedelta(minutes=50)
RECONCILE_PATIENCE = timedelta(minutes=15)
UNKNOWNS_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """A reply and its parts, as they are written."""

    account_id: str
    id: str
    reply: Reply
    parts: tuple[Part, ...]
    thread: str
    at: datetime

    @property
    def digest(self) -> str:
        """Of the content, to which the key is bound."""
        reply = self.reply
        target = "" if reply.target is None else str(reply.target.id)
        shown = [target, reply.mode, reply.text, reply.sender, reply.overflow]
        shown += [str(attachment.id) for attachment in reply.attachments]
        return hashlib.sha256("\0".join(shown).encode()).hexdigest()


@writes
def enqueue(connection: Connection, new: NewReply) -> Receipt:
    """Keep a reply for sending. The same key again gives the receipt that stands.

    Raises ConfigError where the key was used for other content, Rejected(stale_page) where the post was edited since.
    """
    table = schema.reply
    key = new.reply.idempotency_key
    known = connection.execute(
        sa.select(table.c.digest).where(table.c.account_id == new.account_id, table.c.key == key)
    ).first()
    if known is not None:
        if known.digest != new.digest:
            raise ConfigError(
                f"The key {key!r} was used for another reply. A key names one content for good: choose a new one."
            )
        return _receipt(connection, new.account_id, key)
    _check_revision(connection, new)
    connection.execute(
        sa.insert(table).values(
            account_id=new.account_id,
            key=key,
            id=new.id,
            digest=new.digest,
            thread=new.thread,
            target_key=None if new.reply.target is None else str(new.reply.target.id),
            state="pending",
            data=new.reply.model_dump_json(),
            created_at=micros(new.at),
        )
    )
    connection.execute(
        sa.insert(schema.part),
        [
            {
                "account_id": new.account_id,
                "id": part.key,
                "reply_key": key,
                "number": number,
                "state": "pending",
                "epoch": 0,
                "text": part.text,
                "attachments": orjson.dumps(
                    [item.model_dump(mode="json") for item in part.attachments]
                ).decode(),
                "attempts": 0,
                "unknowns": 0,
                "negatives": 0,
                "at": micros(part.at),
                "next_at": micros(new.at),
            }
            for number, part in enumerate(new.parts)
        ],
    )
    return _receipt(connection, new.account_id, key)


def _check_revision(connection: Connection, new: NewReply) -> None:
    if new.reply.target is None or new.reply.expected_revision is None:
        return
    table = schema.mention
    stands = connection.execute(
        sa.select(table.c.revision).where(
            table.c.account_id == new.account_id, table.c.key == str(new.reply.target.id)
        )
    ).scalar()
    if stands is not None and stands != new.reply.expected_revision:
        raise Rejected(
            "stale_page", "The post was edited since it was read: read it again and answer what it says now."
        )


# ------------------------------------------------------------------------------------------------------ claiming


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
    request: str | None
    attempts: int
    unknowns: int
    negatives: int
    negative_at: datetime | None
    unsettled_at: datetime | None
    first_sent_at: datetime | None
    bound: frozenset[str]


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
    _take_over(connection, account_id, terms)
    table = schema.part
    due = connection.execute(
        sa.select(
            table, schema.reply.c.thread, schema.reply.c.created_at.label("replied_at"), schema.reply.c.data
        )
        .join_from(table, schema.reply, _same_reply())
        .where(
            table.c.account_id == account_id,
            table.c.state.in_(("pending", "unknown")),
            sa.or_(table.c.next_at.is_(None), table.c.next_at <= micros(terms.now)),
        )
        .order_by(schema.reply.c.created_at, schema.reply.c.id, table.c.number)
    ).all()
    for row in due:
        if terms.alive(row.owner) and row.owner != terms.owner:
            continue
        if _must_wait(connection, row):
            continue
        return _claim(connection, row, terms)
    return None


def _same_reply() -> sa.ColumnElement[bool]:
    return sa.and_(
        schema.part.c.account_id == schema.reply.c.account_id, schema.part.c.reply_key == schema.reply.c.key
    )


def _take_over(connection: Connection, account_id: str, terms: Terms) -> None:
    table = schema.part
    sending = connection.execute(
        sa.select(
            table.c.id, table.c.owner, table.c.epoch, table.c.started_at, table.c.unknowns, table.c.reply_key
        ).where(table.c.account_id == account_id, table.c.state == "sending")
    ).all()
    for row in sending:
        if terms.alive(row.owner):
            continue
        settled = moment(row.started_at) + terms.settles_after
        connection.execute(
            sa.update(table)
            .where(*_fence(account_id, row.id, row.owner, row.epoch))
            .values(
                state="unknown",
                owner=None,
                epoch=row.epoch + 1,
                unknowns=row.unknowns + 1,
                negatives=0,
                negative_at=None,
                unsettled_at=None,
                next_at=micros(settled),
                error="The process that was sending it ended before the answer came.",
            )
        )
        _end_attempt(connection, (account_id, row.id, row.epoch), "died", None, terms.now)
        _set_reply_state(connection, account_id, row.reply_key)


def _fence(
    account_id: str, part_id: str, owner: str | None, epoch: int
) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.part
    return (
        table.c.account_id == account_id,
        table.c.id == part_id,
        table.c.owner == owner,
        table.c.epoch == epoch,
    )


def _must_wait(connection: Connection, row: Any) -> bool:
    """Whether something earlier in the thread, or in the same reply, is not settled yet."""
    table, replies = schema.part, schema.reply
    if row.number > 0:
        before = connection.execute(
            sa.select(table.c.state).where(
                table.c.account_id == row.account_id,
                table.c.reply_key == row.reply_key,
                table.c.number == row.number - 1,
            )
        ).scalar()
        if before != "sent":
            return True
    earlier = connection.execute(
        sa.select(table.c.id)
        .join_from(table, replies, _same_reply())
        .where(
            replies.c.account_id == row.account_id,
            replies.c.thread == row.thread,
            replies.c.key != row.reply_key,
            table.c.state.in_(("pending", "sending", "unknown")),
            sa.tuple_(replies.c.created_at, replies.c.id)
            < sa.select(replies.c.created_at, replies.c.id)
            .where(replies.c.account_id == row.account_id, replies.c.key == row.reply_key)
            .scalar_subquery(),
        )
        .limit(1)
    ).first()
    return earlier is not None


def _claim(connection: Connection, row: Any, terms: Terms) -> Claim:
    table = schema.part
    epoch = row.epoch + 1
    connection.execute(
        sa.update(table)
        .where(table.c.account_id == row.account_id, table.c.id == row.id, table.c.epoch == row.epoch)
        .values(owner=terms.owner, epoch=epoch)
    )
    done = connection.execute(
        sa.select(table.c.sent)
        .where(
            table.c.account_id == row.account_id,
            table.c.reply_key == row.reply_key,
            table.c.number < row.number,
        )
        .order_by(table.c.number)
    ).scalars()
    bound = connection.execute(
        sa.select(table.c.remote_id)
        .where(table.c.account_id == row.account_id, table.c.remote_id.is_not(None))
        .order_by(table.c.started_at.desc())
        .limit(1000)
    ).scalars()
    reply = Reply.model_validate_json(row.data)
    part = Part(
        text=row.text,
        key=row.id,
        at=moment(row.at),
        mode=reply.mode,
        target=reply.target,
        attachments=reply.attachments if row.number == 0 else (),
        done=tuple(load_sent(text) for text in done if text is not None),
        started_at=moment(row.started_at),
    )
    return Claim(
        task="send" if row.state == "pending" else "reconcile",
        account_id=row.account_id,
        part_id=row.id,
        reply_key=row.reply_key,
        number=row.number,
        epoch=epoch,
        owner=terms.owner,
        part=part,
        reply=reply,
        request=row.request,
        attempts=row.attempts,
        unknowns=row.unknowns,
        negatives=row.negatives,
        negative_at=moment(row.negative_at),
        unsettled_at=moment(row.unsettled_at),
        first_sent_at=moment(row.first_sent_at),
        bound=frozenset(str(key) for key in bound),
    )


@writes
def intend(connection: Connection, claim: Claim, request: str, now: datetime) -> bool:
    """Write down what is about to be sent, before its first byte. False: the claim was lost, send nothing."""
    table = schema.part
    changed = connection.execute(
        sa.update(table)
        .where(*_fence(claim.account_id, claim.part_id, claim.owner, claim.epoch), table.c.state == "pending")
        .values(
            state="sending",
            request=request,
            started_at=micros(now),
            first_sent_at=sa.func.coalesce(table.c.first_sent_at, micros(now)),
            attempts=table.c.attempts + 1,
        )
    ).rowcount
    if not changed:
        return False
    connection.execute(
        sa.insert(schema.attempt).values(
            account_id=claim.account_id,
            part_id=claim.part_id,
            epoch=claim.epoch,
            owner=claim.owner,
            started_at=micros(now),
        )
    )
    _set_reply_state(connection, claim.account_id, claim.reply_key)
    return True


# ----------------------------------------------------------------------------------------------------- recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be written of a part, and for the account, after an attempt or a look."""

    state: Literal["pending", "sent", "failed", "unknown", "needs_human"]
    outcome: str
    at: datetime
    event_id: str
    next_at: datetime | None = None
    error: str | None = None
    remote_id: str | None = None
    sent: str | None = None
    settled_by: str | None = None
    unknowns: int = 0
    negatives: int = 0
    negative_at: datetime | None = None
    unsettled_at: datetime | None = None
    account_state: str | None = None
    account_problem: str | None = None
    budgets: Mapping[Key, Budget] = field(default_factory=dict)


@writes
def record(connection: Connection, claim: Claim, verdict: Verdict) -> tuple[Event, ...] | None:
    """Write a verdict, if the claim still holds; None where it does not: then nothing is written.

    A part that is not to be sent takes the parts after it with it.
    """
    save_budgets(connection, verdict.budgets)
    table = schema.part
    changed = connection.execute(
        sa.update(table)
        .where(*_fence(claim.account_id, claim.part_id, claim.owner, claim.epoch))
        .values(
            state=verdict.state,
            owner=None,
            next_at=micros(verdict.next_at),
            error=verdict.error,
            remote_id=verdict.remote_id,
            sent=verdict.sent,
            settled_by=verdict.settled_by,
            unknowns=verdict.unknowns,
            negatives=verdict.negatives,
            negative_at=micros(verdict.negative_at),
            unsettled_at=micros(verdict.unsettled_at),
        )
    ).rowcount
    if not changed:
        return None
    _end_attempt(
        connection, (claim.account_id, claim.part_id, claim.epoch), verdict.outcome, verdict.error, verdict.at
    )
    if verdict.state == "failed":
        _cancel_after(connection, claim)
    if verdict.remote_id is not None:
        _own(connection, claim.account_id, verdict.remote_id)
    if verdict.account_state is not None:
        note_account(connection, claim.account_id, verdict.account_state, verdict.account_problem)
    before, after = _set_reply_state(connection, claim.account_id, claim.reply_key)
    if before == after:
        return ()
    event = Event(
        id=verdict.event_id,
        kind=EventKind.RECEIPT,
        account=claim.account_id,
        at=verdict.at,
        mention=claim.reply.target.id if claim.reply.target else None,
        reply=claim.reply_key,
        text=after,
    )
    connection.execute(sa.insert(schema.event).values(**event_row(event)))
    return (event,)


def _end_attempt(
    connection: Connection, which: tuple[str, str, int], outcome: str, error: str | None, now: datetime
) -> None:
    table = schema.attempt
    account_id, part_id, epoch = which
    connection.execute(
        sa.update(table)
        .where(table.c.account_id == account_id, table.c.part_id == part_id, table.c.epoch == epoch)
        .values(ended_at=micros(now), outcome=outcome, error=error)
    )


def _cancel_after(connection: Connection, claim: Claim) -> None:
    table = schema.part
    connection.execute(
        sa.update(table)
        .where(
            table.c.account_id == claim.account_id,
            table.c.reply_key == claim.reply_key,
            table.c.number > claim.number,
            table.c.state == "pending",
        )
        .values(state="cancelled", error="An earlier part was not sent.")
    )


def _own(connection: Connection, account_id: str, key: str) -> None:
    """The post may have been heard before its own answer came: it is ours all the same."""
    table = schema.mention
    here = (table.c.account_id == account_id, table.c.key == key)
    data = connection.execute(sa.select(table.c.data).where(*here)).scalar()
    if data is not None:
        said = orjson.loads(data) | {"direction": "outbound_socialdesk"}
        connection.execute(
            sa.update(table)
            .where(*here)
            .values(direction="outbound_socialdesk", data=orjson.dumps(said).decode())
        )


def _set_reply_state(connection: Connection, account_id: str, key: str) -> tuple[str, str]:
    """Derive the reply's state from its parts'; gives the state before and after."""
    states = connection.execute(
        sa.select(schema.part.c.state).where(
            schema.part.c.account_id == account_id, schema.part.c.reply_key == key
        )
    ).scalars()
    after = derive_state(states.all())
    table = schema.reply
    here = (table.c.account_id == account_id, table.c.key == key)
    before = connection.execute(sa.select(table.c.state).where(*here)).scalar_one()
    if before != after:
        connection.execute(sa.update(table).where(*here).values(state=after))
    return str(before), after


# ------------------------------------------------------------------------------------------------------- people


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided of a part that needs one, or of a reply that is not sent yet."""

    action: Literal["sent", "retry", "cancel"]
    at: datetime
    event_id: str
    id: ExternalId | None = None
    url: str | None = None


@writes
def decide(connection: Connection, account_id: str, key: str, decision: Decision) -> Receipt:
    """Write a person's decision, and that it was one.

    Cancelling takes what is pending or needs a person; the other two take only what needs one.
    Raises ConfigError where there is nothing to decide.
    """
    table = schema.part
    takes = ("pending", "needs_human") if decision.action == "cancel" else ("needs_human",)
    rows = connection.execute(
        sa.select(table)
        .where(table.c.account_id == account_id, table.c.reply_key == key)
        .order_by(table.c.number)
    ).all()
    if not rows:
        raise ConfigError(f"There is no reply with the key {key!r}.")
    open_rows = [row for row in rows if row.state in takes and row.owner is None]
    if not open_rows:
        states = ", ".join(sorted({row.state for row in rows}))
        raise ConfigError(f"Nothing of the reply {key!r} can be decided so: its parts are {states}.")
    outcomes: dict[str, dict[str, Any]] = {
        "sent": {
            "state": "sent",
            "settled_by": "human",
            "remote_id": None if decision.id is None else str(decision.id),
            "sent": None
            if decision.id is None
            else orjson.dumps(
                {"id": decision.id.value, "url": decision.url, "also": [], "data": {}}
            ).decode(),
        },
        "retry": {
            "state": "pending",
            "unknowns": 0,
            "negatives": 0,
            "next_at": micros(decision.at),
            "request": None,
        },
        "cancel": {"state": "cancelled", "settled_by": "human"},
    }
    values = outcomes[decision.action]
    chosen = open_rows if decision.action == "cancel" else open_rows[:1]
    for row in chosen:
        connection.execute(
            sa.update(table)
            .where(table.c.account_id == account_id, table.c.id == row.id, table.c.epoch == row.epoch)
            .values(**values, epoch=row.epoch + 1)
        )
    _set_reply_state(connection, account_id, key)
    event = Event(
        id=decision.event_id,
        kind=EventKind.RECEIPT,
        account=account_id,
        at=decision.at,
        reply=key,
        text=f"a person decided: {decision.action}",
    )
    connection.execute(sa.insert(schema.event).values(**event_row(event)))
    return _receipt(connection, account_id, key)


# ------------------------------------------------------------------------------------------------------ looking


@reads
def find_receipt(connection: Connection, accounts: Sequence[str], key: str) -> Receipt | None:
    """The receipt of a reply."""
    table = schema.reply
    account_id = connection.execute(
        sa.select(table.c.account_id).where(table.c.account_id.in_(accounts), table.c.key == key)
    ).scalar()
    return None if account_id is None else _receipt(connection, account_id, key)


@reads
def list_receipts(
    connection: Connection, accounts: Sequence[str], *, state: str | None, thread: str | None, limit: int
) -> tuple[Receipt, ...]:
    """Receipts, newest first."""
    table = schema.reply
    query = sa.select(table.c.account_id, table.c.key).where(table.c.account_id.in_(accounts))
    if state is not None:
        query = query.where(table.c.state == state)
    if thread is not None:
        query = query.where(table.c.thread == thread)
    query = query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    return tuple(_receipt(connection, row.account_id, row.key) for row in connection.execute(query).all())


def _receipt(connection: Connection, account_id: str, key: str) -> Receipt:
    table = schema.reply
    reply = connection.execute(
        sa.select(table).where(table.c.account_id == account_id, table.c.key == key)
    ).one()
    parts = connection.execute(
        sa.select(schema.part)
        .where(schema.part.c.account_id == account_id, schema.part.c.reply_key == key)
        .order_by(schema.part.c.number)
    ).all()
    return Receipt(
        key=key,
        account=account_id,
        state=reply.state,
        parts=tuple(_part_receipt(row) for row in parts),
        target=None if reply.target_key is None else ExternalId.of(reply.target_key),
        created_at=moment(reply.created_at),
    )


def _part_receipt(row: Any) -> PartReceipt:
    return PartReceipt(
        key=row.id,
        text=row.text,
        state=row.state,
        id=None if row.remote_id is None else ExternalId.of(row.remote_id),
        url=None if row.sent is None else load_sent(row.sent).url,
        attempts=row.attempts,
        error=row.error,
        again_at=moment(row.next_at) if row.state in ("pending", "unknown") else None,
        settled_by=row.settled_by,
    )


@reads
def next_due(connection: Connection, accounts: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    """When the next listing is due, and when the next part; None where there is none."""
    polls = connection.execute(
        sa.select(sa.func.min(sa.func.coalesce(schema.stream.c.next_at, 0))).where(
            schema.stream.c.account_id.in_(accounts)
        )
    ).scalar()
    parts = connection.execute(
        sa.select(sa.func.min(sa.func.coalesce(schema.part.c.next_at, 0))).where(
            schema.part.c.account_id.in_(accounts), schema.part.c.state.in_(("pending", "unknown"))
        )
    ).scalar()
    return moment(polls), moment(parts)


@reads
def due_accounts(connection: Connection, accounts: Sequence[str], now: datetime) -> tuple[str, ...]:
    """The accounts with a part that is due, or that a run left in sending."""
    table = schema.part
    return tuple(
        connection.execute(
            sa.select(table.c.account_id)
            .where(
                table.c.account_id.in_(accounts),
                sa.or_(
                    table.c.state == "sending",
                    sa.and_(
                        table.c.state.in_(("pending", "unknown")),
                        sa.or_(table.c.next_at.is_(None), table.c.next_at <= micros(now)),
                    ),
                ),
            )
            .distinct()
            .order_by(table.c.account_id)
        ).scalars()
    )


@writes
def put_off(connection: Connection, account_id: str, now: datetime, until: datetime, problem: str) -> None:
    """Nothing of the account can be sent now: what is due waits until then, with the reason."""
    table = schema.part
    connection.execute(
        sa.update(table)
        .where(
            table.c.account_id == account_id,
            table.c.state.in_(("pending", "unknown")),
            sa.or_(table.c.next_at.is_(None), table.c.next_at <= micros(now)),
        )
        .values(next_at=micros(until), error=problem)
    )
