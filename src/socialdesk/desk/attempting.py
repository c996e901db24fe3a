"""The attempt log: each time that something of a reply was about to be said, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.desk import schema
from socialdesk.desk.schema import moment
from socialdesk.models import Attempt

__all__ = ["list_attempts"]


@reads
def list_attempts(connection: Connection, account_id: str, key: str) -> tuple[Attempt, ...]:
    """The attempts on a reply's parts, oldest first."""
    part, attempt = schema.part, schema.attempt
    rows = connection.execute(
        sa.select(part.c.number, attempt)
        .join_from(
            attempt, part, sa.and_(attempt.c.account_id == part.c.account_id, attempt.c.part_id == part.c.id)
        )
        .where(part.c.account_id == account_id, part.c.reply_key == key)
        .order_by(attempt.c.started_at, part.c.number, attempt.c.epoch)
    ).all()
    return tuple(
        Attempt(
            part=row.number + 1,
            started_at=moment(row.started_at),
            ended_at=moment(row.ended_at),
            outcome=row.outcome,
            error=row.error,
        )
        for row in rows
    )
