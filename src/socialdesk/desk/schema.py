"""The desk's tables. Every change to them is a migration as well, in :mod:`socialdesk.desk.migrations`.

Times are integers: microseconds since 1970 in UTC, which sort, compare and survive every database alike. Every unique
key begins with the account, so that the larger tables can be partitioned by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import overload

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

PREFIX = "socialdesk_"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData()
Large = BigInteger().with_variant(
    Integer, "sqlite"
)  # SQLite's INTEGER is as large, and counts rows where it is a key


@overload
def micros(moment: datetime) -> int: ...
@overload
def micros(moment: None) -> None: ...
def micros(moment: datetime | None) -> int | None:
    """A time as the tables hold it."""
    return None if moment is None else (moment - EPOCH) // MICROSECOND


@overload
def moment(stored: int) -> datetime: ...
@overload
def moment(stored: None) -> None: ...
def moment(stored: int | None) -> datetime | None:
    """A time from the tables, aware and in UTC."""
    return None if stored is None else EPOCH + timedelta(microseconds=stored)


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(36), nullable=False)


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger)


app = Table(
    f"{PREFIX}app",
    metadata,
    _id(),
    Column("platform", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("settings", Text, nullable=False),
    Column("secrets", Text),
    Column("tokens", Text),
    Column("tokens_version", Integer, nullable=False),
    _time("created_at"),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("platform", "name"),
)

account = Table(
    f"{PREFIX}account",
    metadata,
    _id(),
    Column("tenant", String(200), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("app_id", String(36)),
    Column("settings", Text, nullable=False),
    Column("secrets", Text),
    Column("tokens", Text),
    Column("tokens_version", Integer, nullable=False),
    Column("profile", Text),
    _time("profile_at"),
    Column("rules", Text, nullable=False),
    _time("hear_from"),
    Column("prices", Text),
    Column("push", Text),
    _time("push_at"),
    Column("state", String(32), nullable=False),
    Column("health", Text),  # as JSON; None: all was well from the beginning
    _time("listen_at"),  # when it may be silent for too long, None: not known yet
    _time("created_at"),
    Column("hear_last", Integer),  # how many of what stood before are wanted of each listing
    PrimaryKeyConstraint("id"),
    UniqueConstraint("tenant", "name"),
)

symptom = Table(  # what is not as it should be with an account; it goes when that is seen to work
    f"{PREFIX}symptom",
    metadata,
    _id("account_id"),
    Column("source", String(500), nullable=False),
    Column("reason", String(32)),
    Column("text", Text, nullable=False),
    Column("inbound", Boolean, nullable=False),
    Column("outbound", Boolean, nullable=False),
    Column("numbers", Text),
    _time("since"),
    _time("seen_at"),
    PrimaryKeyConstraint("account_id", "source"),
)

stream = Table(
    f"{PREFIX}stream",
    metadata,
    _id("account_id"),
    Column("stream", String(64), nullable=False),
    Column("topic", String(400), nullable=False),
    Column("found", Text),  # of a topic that a page told of: what it told of the topic's state, as JSON
    Column("walked", Text),  # the same as it was when the topic was last walked to the end
    _time("until"),
    Column("cursor", Text, nullable=False),
    Column("walking", Text),  # the walk that is under way, as coverage needs to know it
    _time("next_at"),
    _time("polled_at"),
    Column("rate", Float),  # of arrivals, in a second, smoothed
    Column("pause", Float),  # seconds until the poll after the latest one
    Column("failures", Integer, nullable=False),
    Column("problem", Text),
    Column("owner", String(80)),
    Column("epoch", Integer, nullable=False),
    PrimaryKeyConstraint("account_id", "stream", "topic"),
)

coverage = Table(  # what of a listing was heard: spans that do not lie over one another
    f"{PREFIX}coverage",
    metadata,
    _id("account_id"),
    Column("stream", String(64), nullable=False),
    Column("topic", String(400), nullable=False),
    Column("start_at", BigInteger, nullable=False),  # 0: since ever
    Column("end_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    PrimaryKeyConstraint("account_id", "stream", "topic", "start_at"),
)

arrival = Table(  # how many wrote in an hour, counted from 1970
    f"{PREFIX}arrival",
    metadata,
    _id("account_id"),
    Column("hour", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    _time("last_at"),
    PrimaryKeyConstraint("account_id", "hour"),
)

mention = Table(
    f"{PREFIX}mention",
    metadata,
    _id("account_id"),
    Column("key", String(400), nullable=False),
    _id(),
    Column("kind", String(32), nullable=False),
    Column("direction", String(32), nullable=False),
    Column("visibility", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("author", String(400)),
    Column("conversation", String(400)),
    _time("created_at"),
    _time("heard_at"),
    Column("revision", Large, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("reading", String(32), nullable=False),
    Column("priority", Float),
    _time("look_at"),  # when its counts are read again, None: not any more
    Column("data", Text, nullable=False),
    PrimaryKeyConstraint("account_id", "key"),
)
Index(f"{PREFIX}mention_id", mention.c.id)
Index(
    f"{PREFIX}mention_look",
    mention.c.account_id,
    mention.c.look_at,
    sqlite_where=mention.c.look_at.is_not(None),
    postgresql_where=mention.c.look_at.is_not(None),
)
Index(f"{PREFIX}mention_time", mention.c.account_id, mention.c.created_at)
Index(f"{PREFIX}mention_conversation", mention.c.account_id, mention.c.conversation)

raw = Table(
    f"{PREFIX}raw",
    metadata,
    Column("id", Large, autoincrement=True, nullable=False),
    Column("app_id", String(36)),
    Column("account_id", String(36)),
    Column("mention_key", String(400)),
    Column("shape", String(64), nullable=False),
    Column("via", String(16), nullable=False),
    Column("body", Text, nullable=False),
    _time("received_at"),
    PrimaryKeyConstraint("id"),
)
Index(f"{PREFIX}raw_mention", raw.c.account_id, raw.c.mention_key)

conversation = Table(
    f"{PREFIX}conversation",
    metadata,
    _id("account_id"),
    Column("key", String(400), nullable=False),
    Column("subject", String(400)),
    Column("linked", String(400)),
    Column("alias_of", String(400)),
    Column("provisional", Boolean, nullable=False),
    _time("opened_at"),
    _time("last_at"),
    PrimaryKeyConstraint("account_id", "key"),
)

reply = Table(
    f"{PREFIX}reply",
    metadata,
    _id("account_id"),
    Column("key", String(200), nullable=False),
    _id(),
    Column("digest", String(64), nullable=False),
    Column("thread", String(400), nullable=False),
    Column("target_key", String(400)),
    Column("state", String(16), nullable=False),
    Column("data", Text, nullable=False),
    _time("created_at"),
    PrimaryKeyConstraint("account_id", "key"),
)
Index(f"{PREFIX}reply_thread", reply.c.account_id, reply.c.thread)

part = Table(
    f"{PREFIX}part",
    metadata,
    _id("account_id"),
    _id(),
    Column("reply_key", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("thread", String(400), nullable=False, server_default=""),  # its reply's, for the order within it
    Column("turn", BigInteger, nullable=False, server_default="0"),
    Column("state", String(16), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("owner", String(80)),
    Column("mode", String(16), nullable=False, server_default="public"),
    Column("text", Text, nullable=False),
    Column("attachments", Text, nullable=False),
    Column("prepared", Text),
    Column("request", Text),
    Column("attempts", Integer, nullable=False),
    Column("unknowns", Integer, nullable=False),
    _time("at"),
    _time("first_sent_at"),
    _time("started_at"),
    _time("next_at"),
    Column("negatives", Integer, nullable=False),
    _time("negative_at"),
    _time("unsettled_at"),
    Column("remote_id", String(400)),
    Column("sent", Text),
    Column("settled_by", String(16)),
    Column("error", Text),
    PrimaryKeyConstraint("account_id", "id"),
    UniqueConstraint("account_id", "reply_key", "number"),
    UniqueConstraint("account_id", "remote_id"),
)
Index(f"{PREFIX}part_state", part.c.account_id, part.c.state, part.c.next_at)
Index(f"{PREFIX}part_due", part.c.account_id, part.c.state, part.c.turn, part.c.number, part.c.next_at)
Index(f"{PREFIX}part_thread", part.c.account_id, part.c.thread, part.c.state, part.c.turn)
Index(f"{PREFIX}part_turn", part.c.account_id, part.c.turn)

attempt = Table(
    f"{PREFIX}attempt",
    metadata,
    _id("account_id"),
    _id("part_id"),
    Column("epoch", Integer, nullable=False),
    Column("owner", String(80), nullable=False),
    _time("started_at"),
    _time("ended_at"),
    Column("outcome", String(16)),
    Column("error", Text),
    PrimaryKeyConstraint("account_id", "part_id", "epoch"),
)

event = Table(
    f"{PREFIX}event",
    metadata,
    _id("account_id"),
    _id(),
    Column("kind", String(16), nullable=False),
    Column("mention_key", String(400)),
    Column("reply_key", String(200)),
    Column("text", Text, nullable=False),
    _time("at"),
    Column("backfilled", Boolean),
    PrimaryKeyConstraint("account_id", "id"),
)

consumer = Table(
    f"{PREFIX}consumer",
    metadata,
    Column("name", String(200), nullable=False),  # the tenant, or "*" for all of them, "/" and its own
    _time("created_at"),
    PrimaryKeyConstraint("name"),
)

delivery = Table(  # of an event to one consumer; it goes when that has taken it
    f"{PREFIX}delivery",
    metadata,
    _id("account_id"),
    Column("consumer", String(200), nullable=False),
    _id("event_id"),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("owner", String(80)),
    Column("problem", Text),
    _time("next_at"),
    PrimaryKeyConstraint("account_id", "consumer", "event_id"),
)
Index(f"{PREFIX}delivery_due", delivery.c.consumer, delivery.c.state, delivery.c.event_id)

budget = Table(
    f"{PREFIX}budget",
    metadata,
    Column("scope", String(200), nullable=False),
    Column("bucket", String(200), nullable=False),
    Column("amount", Large),
    Column("remaining", Large),  # may be given out: what is leased is not in it
    Column("leased", Large, nullable=False, server_default="0"),
    Column("told", Large),
    _time("resets_at"),
    _time("blocked_until"),
    Column("why", Text, nullable=False, server_default=""),
    Column("ramp", Integer, nullable=False, server_default="0"),
    Column("number", Integer, nullable=False, server_default="0"),  # of the window
    Column("reserve", Large, nullable=False, server_default="0"),
    Column("drawers", Large, nullable=False, server_default="0"),
    Column("drew", Large, nullable=False, server_default="0"),
    PrimaryKeyConstraint("scope", "bucket"),
)

spending = Table(  # of a budget's window by one account in one lane
    f"{PREFIX}spending",
    metadata,
    _id("account_id"),
    Column("scope", String(200), nullable=False),
    Column("bucket", String(200), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("amount", Large, nullable=False),
    Column("before", Large, nullable=False),  # in the window before
    Column("usual", Large, nullable=False),  # in the latest step
    PrimaryKeyConstraint("account_id", "scope", "bucket", "lane"),
)
Index(f"{PREFIX}spending_budget", spending.c.scope, spending.c.bucket)

breaker = Table(  # of a host that did not answer lately; it goes when that answers
    f"{PREFIX}breaker",
    metadata,
    Column("platform", String(64), nullable=False),
    Column("host", String(200), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("opens", Integer, nullable=False),
    _time("opened_at"),
    _time("probe_at"),
    Column("problem", Text, nullable=False),
    Column("owner", String(64)),
    PrimaryKeyConstraint("platform", "host"),
)

tally = Table(
    f"{PREFIX}tally",
    metadata,
    _id("account_id"),
    Column("month", String(7), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("account_id", "month", "rule", "unit"),
)

push = Table(
    f"{PREFIX}push",
    metadata,
    Column("scope", String(36), nullable=False),  # the app that it came for, whose secret signed it
    Column("digest", String(64), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary),  # None once all of it has been taken in
    Column("state", String(16), nullable=False),
    Column("problem", Text),
    Column("tries", Integer, nullable=False),
    _time("received_at"),
    _time("next_at"),
    PrimaryKeyConstraint("scope", "digest"),
)
Index(f"{PREFIX}push_state", push.c.state, push.c.next_at)

quarantine = Table(
    f"{PREFIX}quarantine",
    metadata,
    _id("account_id"),
    _id(),
    Column("shape", String(64), nullable=False),
    Column("via", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("plugin_version", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    _time("received_at"),
    Column("stream", String(64)),
    Column("topic", String(400)),
    _time("at"),  # when it happened, where its envelope told
    PrimaryKeyConstraint("account_id", "id"),
    UniqueConstraint("account_id", "digest"),
)

parked = Table(  # what came before what it belongs to
    f"{PREFIX}parked",
    metadata,
    _id("account_id"),
    Column("key", String(400), nullable=False),
    Column("kind", String(32), nullable=False),
    _id(),  # of the event that may come of it
    Column("data", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    _time("at"),
    PrimaryKeyConstraint("account_id", "key", "kind"),
)
Index(f"{PREFIX}parked_time", parked.c.account_id, parked.c.at)

backfill = Table(  # a listing as it was before we listened: its own position, beside that of stream
    f"{PREFIX}backfill",
    metadata,
    _id("account_id"),
    Column("stream", String(64), nullable=False),
    Column("topic", String(400), nullable=False),
    Column("found", Text),
    _time("since"),
    _time("until"),
    Column("state", String(16), nullable=False),
    Column("cursor", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    _time("reached"),  # the moment that it has come to
    Column("walking", Text),  # the walk that is under way, as coverage needs to know it
    _time("next_at"),
    Column("failures", Integer, nullable=False),
    Column("problem", Text),
    Column("owner", String(80)),
    Column("epoch", Integer, nullable=False),
    PrimaryKeyConstraint("account_id", "stream", "topic"),
)
Index(f"{PREFIX}backfill_due", backfill.c.state, backfill.c.next_at)

worker = Table(
    f"{PREFIX}worker",
    metadata,
    _id(),
    Column("pid", Integer, nullable=False),
    Column("host", String(200), nullable=False),
    _time("started_at"),
    PrimaryKeyConstraint("id"),
)
