"""What a person decides of a reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk.desk import schema
from socialdesk.desk.outgoing import receipt_of, set_reply_state
from socialdesk.desk.rows import event_row
from socialdesk.desk.schema import micros
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
    set_reply_state(connection, account_id, key)
    event = Event(
        id=decision.event_id,
        kind=EventKind.RECEIPT,
        account=account_id,
        at=decision.at,
        reply=key,
        text=f"a person decided: {decision.action}",
    )
    connection.execute(sa.insert(schema.event).values(**event_row(event)))
    return receipt_of(connection, account_id, key)
