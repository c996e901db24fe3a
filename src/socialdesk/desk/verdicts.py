"""Recording what came of an attempt to send, or of a look for what may have been sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk._engine.health import Symptom
from socialdesk._engine.leasing import Spending
from socialdesk._engine.limits import Budget, Key
from socialdesk.auth import Stamp
from socialdesk.desk import schema
from socialdesk.desk.budgets import save_spending
from socialdesk.desk.bulk import Prepared, Update
from socialdesk.desk.claims import CHANGE, Claim, end_attempt, fence
from socialdesk.desk.dialects import alone, upsert
from socialdesk.desk.echoes import echo_of, release_held, sent_of
from socialdesk.desk.eventing import write_events
from socialdesk.desk.outgoing import set_reply_state
from socialdesk.desk.parking import receipts_for
from socialdesk.desk.rows import event_of, event_row, thread_key
from socialdesk.desk.schema import micros
from socialdesk.desk.symptoms import ANSWERING, BEFORE, Seen, observe
from socialdesk.models import Event, EventKind

__all__ = ["Recorded", "Verdict", "find_bound", "is_bound", "own_post", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be written of a part, and for the account, after an attempt or a look.

    ``unsaid`` says that no attempt so far can have reached the platform: what counts from the first one starts anew.
    ``prepared`` is what has to be there before it is said, as far as it is. ``symptom`` is what it shows of the
    account, ``stops`` that nothing else of the account can be said either, ``limited`` that a limit is reached, which
    meets whatever takes the same requests.
    """

    state: Literal["pending", "sent", "failed", "unknown", "needs_human"]
    outcome: str
    stamp: Stamp
    next_at: datetime | None = None
    error: str | None = None
    remote_id: str | None = None
    sent: str | None = None
    conversation: str | None = None
    settled_by: str | None = None
    unknowns: int = 0
    negatives: int = 0
    negative_at: datetime | None = None
    unsettled_at: datetime | None = None
    symptom: Symptom | None = None
    stops: bool = False
    limited: bool = False
    spending: Spending = field(default_factory=Spending)
    prepared: str | None = None
    unsaid: bool = False

    @property
    def at(self) -> datetime:
        return self.stamp.now


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written in the end, what to tell of it, and how the budgets stand that it was drawn from."""

    verdict: Verdict
    events: tuple[Event, ...]
    budgets: Mapping[Key, Budget]


@writes
def record(connection: Connection, claim: Claim, verdict: Verdict) -> Recorded | None:
    """Write a verdict, if the claim still holds; None where it does not: then nothing is written.

    A part that is not to be sent takes the parts after it with it.
    """
    alone(connection, claim.account_id)
    budgets = save_spending(connection, claim.account_id, verdict.spending)
    if verdict.remote_id is not None and is_bound(connection, claim.account_id, verdict.remote_id):
        verdict = _doubted(verdict)
    elif verdict.state in ("unknown", "needs_human"):
        verdict = _echoed(connection, claim, verdict)
    here = fence(claim.account_id, claim.part_id, claim.owner, claim.epoch)
    if not CHANGE.run(connection, here, _columns(verdict)):
        return None
    attempt = (claim.account_id, claim.part_id, claim.epoch)
    end_attempt(connection, attempt, verdict.outcome, verdict.error, verdict.at)
    if verdict.state == "failed":
        _cancel_after(connection, claim)
    if verdict.remote_id is not None:
        own_post(connection, claim.account_id, verdict.remote_id)
        _link(connection, claim, verdict)
    shown = _observe(connection, claim, verdict)
    before, after = set_reply_state(connection, claim.account_id, claim.reply_key)
    told = () if before == after else (_tell(connection, claim, verdict, after),)
    return Recorded(verdict, (*told, *shown, *_tell_what_waited(connection, claim, verdict)), budgets)


def _columns(verdict: Verdict) -> dict[str, Any]:
    """What is written of the part."""
    return {
        "state": verdict.state,
        "owner": None,
        "next_at": micros(verdict.next_at),
        "error": verdict.error,
        "remote_id": verdict.remote_id,
        "sent": verdict.sent,
        "settled_by": verdict.settled_by,
        "unknowns": verdict.unknowns,
        "negatives": verdict.negatives,
        "negative_at": micros(verdict.negative_at),
        "unsettled_at": micros(verdict.unsettled_at),
        **({"first_sent_at": None} if verdict.unsaid else {}),
        **({"prepared": verdict.prepared} if verdict.prepared is not None else {}),
    }


def _observe(connection: Connection, claim: Claim, verdict: Verdict) -> tuple[Event, ...]:
    """What the attempt shows of the account: that answering works, or what keeps it from it."""
    works = verdict.state == "sent"
    if verdict.symptom is None and not works:
        return ()
    seen = Seen(
        at=verdict.at,
        ids=verdict.stamp.uuids(),
        shows=() if verdict.symptom is None else (verdict.symptom,),
        gone=lambda symptom: works and symptom.source in (ANSWERING, BEFORE),
    )
    return tuple(event_of(row) for row in observe(connection, claim.account_id, seen))


def _echoed(connection: Connection, claim: Claim, verdict: Verdict) -> Verdict:
    """What the platform told of the post meanwhile is as good as its answer."""
    echo = echo_of(connection, claim.account_id, claim.part_id)
    if echo is None or is_bound(connection, claim.account_id, str(echo.id)):
        return verdict
    return replace(
        verdict,
        state="sent",
        outcome="sent",
        next_at=None,
        error=None,
        remote_id=str(echo.id),
        sent=sent_of(echo),
        settled_by="echo",
    )


def _tell_what_waited(connection: Connection, claim: Claim, verdict: Verdict) -> tuple[Event, ...]:
    """What came in while it was not known what became of the part: posts of ours that are not it, and receipts."""
    if verdict.state in ("unknown", "pending"):
        return ()
    rows = release_held(connection, claim.account_id, claim.part_id, verdict.remote_id, verdict.at)
    if verdict.remote_id is not None:
        rows += receipts_for(connection, claim.account_id, (verdict.remote_id, claim.reply_key), verdict.at)
    write_events(connection, rows)
    return tuple(map(event_of, rows))


def is_bound(connection: Connection, account_id: str, remote_id: str) -> bool:
    """Whether a post is known to be a part of ours already."""
    bound = _BOUND.run(connection, {"of_account": account_id, "of_post": remote_id})
    return bound.first() is not None


@reads
def find_bound(connection: Connection, account_id: str, remote_ids: Sequence[str]) -> frozenset[str]:
    """Which of these posts are known to be parts of ours: none of them can be one that is still looked for."""
    table = schema.part
    found = connection.execute(
        sa.select(table.c.remote_id).where(
            table.c.account_id == account_id, table.c.remote_id.in_(remote_ids)
        )
    ).scalars()
    return frozenset(str(remote_id) for remote_id in found)


def _doubted(verdict: Verdict) -> Verdict:
    """The platform names a post that is another part of ours: what became of this one, a person has to see."""
    return replace(
        verdict,
        state="needs_human",
        outcome="unknown",
        error=f"The platform answered with {verdict.remote_id}, which is another post of ours.",
        remote_id=None,
        sent=None,
        settled_by=None,
    )


def _tell(connection: Connection, claim: Claim, verdict: Verdict, state: str) -> Event:
    event = Event(
        id=verdict.stamp.uuid(),
        kind=EventKind.RECEIPT,
        account=claim.account_id,
        at=verdict.at,
        mention=claim.reply.target.id if claim.reply.target else None,
        reply=claim.reply_key,
        text=state,
    )
    write_events(connection, (event_row(event),))
    return event


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


def _link(connection: Connection, claim: Claim, verdict: Verdict) -> None:
    """A private text stands in a conversation of its own: that one and the one that it comes from name each other."""
    thread = None if claim.reply.target is None else thread_key(claim.reply.target)
    private = verdict.conversation
    if private is None or thread is None or private == thread:
        return
    for key, other in ((private, thread), (thread, private)):
        row = {
            "account_id": claim.account_id,
            "key": key,
            "linked": other,
            "provisional": False,
            "opened_at": micros(verdict.at),
            "last_at": micros(verdict.at),
        }
        connection.execute(
            upsert(schema.conversation)
            .values(**row)
            .on_conflict_do_update(index_elements=["account_id", "key"], set_={"linked": other})
        )


def own_post(connection: Connection, account_id: str, key: str) -> None:
    """The post may have been heard before its own answer came: it is ours all the same."""
    here = {"of_account": account_id, "of_key": key}
    data = _HEARD.run(connection, here).scalar()
    if data is not None:
        said = orjson.loads(data) | {"direction": "outbound_socialdesk"}
        values = {"direction": "outbound_socialdesk", "data": orjson.dumps(said).decode()}
        _HEARD_AS.run(connection, here, values)


# Made once: they run with every part.
_BOUND = Prepared(
    sa.select(schema.part.c.id).where(
        schema.part.c.account_id == sa.bindparam("of_account"),
        schema.part.c.remote_id == sa.bindparam("of_post"),
    )
)
_THE_POST = (
    schema.mention.c.account_id == sa.bindparam("of_account"),
    schema.mention.c.key == sa.bindparam("of_key"),
)
_HEARD = Prepared(sa.select(schema.mention.c.data).where(*_THE_POST))
_HEARD_AS = Update(schema.mention, *_THE_POST)
