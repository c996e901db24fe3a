"""Topics that pages told of, such as the comments of a post: remembered with the page, walked when they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk.connector import Topic
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone
from socialdesk.desk.listings import StreamRow, claim, found_due
from socialdesk.desk.pages import Poll
from socialdesk.desk.schema import micros, moment

__all__ = ["claim_found", "dump_topic", "load_topic", "note_walked", "remember_found"]

AT_A_TIME = 100
"""How many topics one round walks; the rest is due at the next."""


def remember_found(connection: Connection, account_id: str, topics: Sequence[Topic]) -> None:
    """Keep the topics of a page. One that is new or of another state than when it was told of last is due at once,
    unless it was put off."""
    table = schema.stream
    for topic in topics:
        state = dump_topic(topic)
        here = (table.c.account_id == account_id, table.c.stream == topic.stream, table.c.topic == topic.key)
        known = connection.execute(sa.select(table.c.found, table.c.failures).where(*here)).first()
        if known is None:
            connection.execute(
                sa.insert(table).values(
                    account_id=account_id,
                    stream=topic.stream,
                    topic=topic.key,
                    found=state,
                    until=micros(topic.until),
                    cursor="",
                    failures=0,
                    epoch=0,
                )
            )
        else:
            again = {"next_at": None} if known.found != state and not known.failures else {}
            connection.execute(
                sa.update(table).where(*here).values(found=state, until=micros(topic.until), **again)
            )


def note_walked(connection: Connection, account_id: str, topic: Topic) -> None:
    """A topic was walked to its end, as it was told of then; where it was told of anew meanwhile, it is due at once."""
    table = schema.stream
    state = dump_topic(topic)
    connection.execute(
        sa.update(table)
        .where(table.c.account_id == account_id, table.c.stream == topic.stream, table.c.topic == topic.key)
        .values(walked=state, next_at=sa.case((table.c.found == state, table.c.next_at), else_=None))
    )


def dump_topic(topic: Topic) -> str:
    """A topic as the tables hold it, beside its stream and key."""
    return orjson.dumps([dict(topic.data), topic.exact], option=orjson.OPT_SORT_KEYS).decode()


@writes
def claim_found(
    connection: Connection, account_id: str, streams: Sequence[str], poll: Poll, now: datetime
) -> tuple[StreamRow, ...]:
    """The topics that are due and that no living run walks, claimed for the poll's owner, those that waited longest
    first. What is over, or of a stream that is no more, is forgotten."""
    alone(connection, account_id)
    table = schema.stream
    mine = table.c.account_id == account_id
    over = sa.and_(table.c.until <= micros(now), table.c.found == table.c.walked)
    connection.execute(
        sa.delete(table).where(
            mine, table.c.found.is_not(None), sa.or_(over, table.c.stream.not_in(list(streams)))
        )
    )
    is_due = found_due(sa.literal(micros(now)))
    due = sa.select(table).where(mine, *is_due).order_by(sa.func.coalesce(table.c.next_at, 0))
    free = [line for line in connection.execute(due).all() if not poll.alive(line.owner)][:AT_A_TIME]
    return tuple(
        replace(
            claim(connection, table, line, poll.owner),
            walking=line.walking,
            found=load_topic(line, moment(line.until)),
            changed=line.found != line.walked,
        )
        for line in free
    )


def load_topic(line: sa.Row[tuple[object, ...]], until: datetime | None = None) -> Topic:
    """A topic from its row."""
    data, exact = orjson.loads(line.found)
    return Topic(line.topic, data, stream=line.stream, exact=exact, until=until)
