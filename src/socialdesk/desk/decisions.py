"""What a person decides of a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone, wake
from socialdesk.desk.eventing import write_events
from socialdesk.desk.outgoing import receipt_of, set_reply_state
from socialdesk.desk.rows import event_row
from socialdesk.desk.schema import micros
from socialdesk.desk.verdicts import is_bound, own_post
from socialdesk.errors import ConfigError
from socialdesk.models import Event, EventKind, ExternalId, Receipt

__all__ = ["Decision", "decide"]


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
    alone(connection, account_id)
    wake(connection)
    table = schema.part
    if decision.id is not None and is_bound(connection, account_id, str(decision.id)):
        raise ConfigError(f"{decision.id} is another post of ours: it cannot be this one, too.")
    for row in _open_parts(connection, account_id, key, decision):
        connection.execute(
            sa.update(table)
            .where(table.c.account_id == account_id, table.c.id == row.id, table.c.epoch == row.epoch)
            .values(**_values(decision), owner=None, epoch=row.epoch + 1)
        )
    if decision.id is not None:
        own_post(connection, account_id, str(decision.id))
    set_reply_state(connection, account_id, key)
    event = Event(
        id=decision.event_id,
        kind=EventKind.RECEIPT,
        account=account_id,
        at=decision.at,
        reply=key,
        text=f"a person decided: {decision.action}",
    )
    write_events(connection, (event_row(event),))
    return receipt_of(connection, account_id, key)


def _open_parts(connection: Connection, account_id: str, key: str, decision: Decision) -> Sequence[Any]:
    """The parts that the decision is about. One that is claimed but not sent yet is open too: its claim is lost."""
    table = schema.part
    takes = ("pending", "needs_human") if decision.action == "cancel" else ("needs_human",)
    rows = connection.execute(
        sa.select(table)
        .where(table.c.account_id == account_id, table.c.reply_key == key)
        .order_by(table.c.number)
    ).all()
    open_rows = [row for row in rows if row.state in takes]
    if not open_rows:
        states = ", ".join(sorted({row.state for row in rows}))
        raise ConfigError(f"Nothing of the reply {key!r} can be decided so: its parts are {states}.")
    return open_rows if decision.action == "cancel" else open_rows[:1]


def _values(decision: Decision) -> dict[str, Any]:
    if decision.action == "cancel":
        return {"state": "cancelled", "settled_by": "human"}
    if decision.action == "retry" or decision.id is None:
        again = micros(decision.at)
        return {"state": "pending", "unknowns": 0, "negatives": 0, "next_at": again, "request": None}
    sent: dict[str, Any] = {"id": decision.id.value, "url": decision.url, "also": [], "data": {}}
    return {
        "state": "sent",
        "settled_by": "human",
        "remote_id": str(decision.id),
        "sent": orjson.dumps(sent).decode(),
    }
