"""Store calls for an account that is in order again: its credentials were seen to work, or a person has seen to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk._engine.health import noticed
from socialdesk.auth import Stamp
from socialdesk.connector import Profile
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone, wake
from socialdesk.desk.kept import dump_profile
from socialdesk.desk.rows import event_of
from socialdesk.desk.schema import micros
from socialdesk.desk.symptoms import (
    BEFORE,
    IDENTIFYING,
    PROFILE,
    SILENCE,
    Seen,
    notice_source,
    notices_of,
    observe,
)
from socialdesk.models import Event

__all__ = ["put_off_profile", "resume_account", "save_profile"]


@writes
def save_profile(
    connection: Connection, account_id: str, profile: Profile, stamp: Stamp
) -> tuple[Event, ...]:
    """Remember who an account is, and what it told of its health; gives the events that this makes."""
    alone(connection, account_id)
    table = schema.account
    connection.execute(
        sa.update(table)
        .where(table.c.id == account_id)
        .values(profile=dump_profile(profile), profile_at=micros(stamp.now))
    )
    told = profile.notices
    shows = [noticed(notice, notice_source(PROFILE, "", notice), stamp.now) for notice in told]
    over = (IDENTIFYING, BEFORE)
    seen = Seen(
        at=stamp.now,
        ids=stamp.uuids(),
        shows=[symptom for symptom in shows if symptom is not None],
        gone=lambda symptom: symptom.source in over or symptom.source.startswith(notices_of(PROFILE)),
    )
    return tuple(event_of(row) for row in observe(connection, account_id, seen))


@writes
def put_off_profile(connection: Connection, account_id: str, as_if: datetime) -> None:
    """Leave who the account is as it is known, ``as_if`` that had been told then."""
    table = schema.account
    connection.execute(sa.update(table).where(table.c.id == account_id).values(profile_at=micros(as_if)))


@writes
def resume_account(
    connection: Connection, account_id: str, stamp: Stamp, *, identified: bool = False
) -> tuple[Event, ...]:
    """A person has seen to the account: what was wrong with it is taken for mended, and what was put off is due now.

    ``identified`` keeps what the platform has just told of it. Only somebody who writes ends a silence. Gives the
    events that this makes.
    """
    alone(connection, account_id)
    wake(connection)
    profile, now = notices_of(PROFILE), stamp.now
    seen = Seen(
        at=now,
        ids=stamp.uuids(),
        gone=lambda symptom: (
            symptom.source != SILENCE and not (identified and symptom.source.startswith(profile))
        ),
    )
    events = observe(connection, account_id, seen)
    streams, parts = schema.stream, schema.part
    connection.execute(
        sa.update(streams)
        .where(streams.c.account_id == account_id)
        .values(next_at=None, failures=0, problem=None)
    )
    connection.execute(
        sa.update(parts)
        .where(parts.c.account_id == account_id, parts.c.state == "pending", parts.c.next_at > micros(now))
        .values(next_at=micros(now))
    )
    return tuple(event_of(row) for row in events)
