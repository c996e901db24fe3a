"""Whose turn it is, against a model that reads everything; and that asking costs the same however much waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from socialdesk.connector import Part
from socialdesk.desk import outgoing, schema, turns
from socialdesk.desk.claims import Claim, Terms, claim_part, put_off_alike
from socialdesk.desk.schema import micros
from socialdesk.desk.store import SqlStore
from socialdesk.desk.turns import find_turn, give_turn
from socialdesk.models import Reply

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
SETTLES = timedelta(seconds=90)
STATES = ("pending", "sending", "sent", "failed", "unknown", "needs_human", "cancelled")
Row = dict[str, Any]

owners = st.sampled_from((None, "me/1", "living/1", "dead/1"))
moments = st.sampled_from((None, micros(NOW) - 1, micros(NOW), micros(NOW) + 1))
parts = st.fixed_dictionaries({"state": st.sampled_from(STATES), "owner": owners, "next_at": moments})
replies = st.lists(
    st.tuples(st.sampled_from(("ann", "bob", "cid")), st.lists(parts, min_size=1, max_size=3)), max_size=7
)


def alive(owner: str | None) -> bool:
    return owner in ("me/1", "living/1")


@pytest.fixture(scope="module")
def store() -> Iterator[SqlStore]:
    made = SqlStore("sqlite://")
    yield made
    made.dispose()


@contextmanager
def holding(store: SqlStore, rows: list[Row]) -> Iterator[Connection]:
    """A connection to tables that hold these parts, and hold nothing any more afterwards."""
    store._prepare()
    with store._transaction(writes=True) as connection:
        kept = {
            row["reply_key"]: {
                "account_id": "a",
                "key": row["reply_key"],
                "id": row["reply_key"],
                "digest": "",
                "thread": row["thread"],
                "state": "pending",
                "data": Reply(idempotency_key=row["reply_key"], account="a", text="x").model_dump_json(),
                "created_at": row["turn"],
            }
            for row in rows
        }
        if rows:
            connection.execute(sa.insert(schema.reply), list(kept.values()))
            connection.execute(sa.insert(schema.part), rows)
        yield connection
        connection.rollback()


def part(number: int, of: int, thread: str, **others: Any) -> Row:
    counted = dict.fromkeys(("epoch", "attempts", "unknowns", "negatives"), 0)
    named = {"account_id": "a", "id": f"{of}.{number}", "reply_key": str(of), "number": number}
    said = {"text": "x", "attachments": "[]", "at": micros(NOW), "started_at": micros(NOW) - 1, "owner": None}
    return {**counted, **named, **said, "thread": thread, "turn": of, **others}


# ------------------------------------------------------------------------------------------------------ the model


def expected(rows: list[Row]) -> str | None:
    """Which part is to be claimed, by reading all of them."""
    for row in rows:
        if row["state"] == "sending" and not alive(row["owner"]):
            row |= {"state": "unknown", "owner": None, "next_at": row["started_at"] + micros_of(SETTLES)}
    for row in sorted(rows, key=lambda row: (row["turn"], row["number"])):
        if row["state"] not in ("pending", "unknown") or (row["next_at"] or 0) > micros(NOW):
            continue
        if row["owner"] == "living/1" or waits(row, rows):
            continue
        return str(row["id"])
    return None


def waits(row: Row, rows: list[Row]) -> bool:
    before = [
        other
        for other in rows
        if (other["reply_key"], other["number"]) == (row["reply_key"], row["number"] - 1)
    ]
    earlier = [other for other in rows if other["thread"] == row["thread"] and other["turn"] < row["turn"]]
    return any(other["state"] != "sent" for other in before) or any(
        other["state"] in ("pending", "sending", "unknown") for other in earlier
    )


def micros_of(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


@given(replies)
@settings(deadline=None, max_examples=200)
def test_parts_are_claimed_in_the_order_in_which_they_were_kept(store: SqlStore, kept: Any) -> None:
    rows = [
        part(number, of, thread, **drawn)
        for of, (thread, all_drawn) in enumerate(kept)
        for number, drawn in enumerate(all_drawn)
    ]
    terms = Terms(owner="me/1", alive=alive, now=NOW, settles_after=SETTLES)
    with holding(store, rows) as connection:
        for _ in range(len(rows) + 1):
            claim: Claim | None = claim_part("a", terms).operation(connection)
            wanted = expected(rows)
            assert (claim and claim.part_id) == wanted
            if claim is None:
                return
            (row,) = (row for row in rows if row["id"] == claim.part_id)
            row["state"] = "sent"
            said = (schema.part.c.account_id == "a", schema.part.c.id == claim.part_id)
            connection.execute(sa.update(schema.part).where(*said).values(state="sent"))
    raise AssertionError("there is no end to it")


def claim_and_send(connection: Connection) -> str | None:
    terms = Terms(owner="me/1", alive=alive, now=NOW, settles_after=SETTLES)
    claim: Claim | None = claim_part("a", terms).operation(connection)
    if claim is None:
        return None
    said = (schema.part.c.account_id == "a", schema.part.c.id == claim.part_id)
    connection.execute(sa.update(schema.part).where(*said).values(state="sent"))
    return claim.part_id


def test_replies_that_were_kept_at_the_same_instant_are_said_one_after_the_other(store: SqlStore) -> None:
    """Two processes can give the same turn, where neither sees yet what the other one keeps."""
    rows = [
        part(number, of, "t", state="pending", turn=7, next_at=None) for of in (2, 1) for number in (0, 1)
    ]
    with holding(store, rows) as connection:
        assert [claim_and_send(connection) for _ in range(5)] == ["1.0", "1.1", "2.0", "2.1", None]
    rows[2] |= {"state": "unknown", "next_at": micros(NOW) + 1}  # the first part of the first
    with holding(store, rows) as connection:
        assert claim_and_send(connection) is None, "it is not known what became of the first"


def test_what_is_being_sent_by_nobody_is_looked_for(store: SqlStore) -> None:
    with holding(store, [part(0, 1, "t", state="sending", owner=None)]) as connection:
        assert claim_and_send(connection) is None
        assert connection.execute(sa.select(schema.part.c.state)).scalar() == "unknown"


def test_what_living_runs_hold_is_passed_over_however_much_it_is(store: SqlStore) -> None:
    rows = [part(0, of, f"t{of}", state="pending", owner="living/1") for of in range(300)]
    rows.append(part(0, 300, "t300", state="pending"))
    with holding(store, rows) as connection:
        found = find_turn(connection, "a", NOW, lambda owner: owner == "living/1")
        assert found.id == "300.0"


@pytest.mark.parametrize("ahead", [0, -600])
def test_a_turn_is_behind_all_others_also_where_the_clock_stands_or_was_set_back(
    store: SqlStore, ahead: int
) -> None:
    with holding(store, [part(0, micros(NOW), "t", state="sent")]) as connection:
        assert give_turn(connection, "a", NOW + timedelta(seconds=ahead)) == micros(NOW) + 1
        assert give_turn(connection, "b", NOW) == micros(NOW)


def steps(connection: Connection, call: Any) -> int:
    """How much work SQLite does for a call: its virtual machine's instructions, in hundreds."""
    done = 0

    def one() -> int:
        nonlocal done
        done += 1
        return 0

    plain: Any = connection.connection.driver_connection
    plain.set_progress_handler(one, 100)
    try:
        call()
    finally:
        plain.set_progress_handler(None, 100)
    return done


@pytest.mark.parametrize("state", ["pending", "unknown"])
def test_a_claim_costs_the_same_however_much_waits(store: SqlStore, state: str) -> None:
    terms = Terms(owner="me/1", alive=alive, now=NOW, settles_after=SETTLES)
    took: list[list[int]] = []
    for waiting in (100, 5_000):
        rows = [part(0, of, f"t{of // 5}", state="sent", next_at=None) for of in range(waiting)]
        rows += [
            part(0, of, f"t{of // 5}", state=state, next_at=micros(NOW)) for of in range(waiting, 2 * waiting)
        ]
        with holding(store, rows) as connection:
            connection.execute(sa.insert(schema.account).values(ACCOUNT))
            calls = (
                claim_part("a", terms),
                turns.next_due(("a",)),
                turns.due_accounts(("a",), NOW),
            )
            took.append([steps(connection, lambda call=call: call.operation(connection)) for call in calls])
    assert took[0] == pytest.approx(took[1], abs=3), "it grows with what waits"


ACCOUNT = {
    "id": "a",
    "tenant": "",
    "platform": "toy",
    "name": "a",
    "settings": "{}",
    "tokens_version": 0,
    "rules": "[]",
    "state": "active",
}


def test_what_takes_other_requests_than_what_met_a_limit_is_tried_all_the_same(store: SqlStore) -> None:
    kinds = {
        "alike": {},
        "private": {"mode": "private"},
        "with a file": {"attachments": '[{"id": "x"}]'},
        "further on": {"prepared": "{}"},
        "not due": {"next_at": micros(NOW) + 5},
    }
    common = {"mode": "public", "prepared": None, "next_at": None, "state": "pending"}
    rows = [part(0, of, f"t{of}", **common | kind) for of, kind in enumerate(({}, *kinds.values()))]
    pause = outgoing.Pause(now=NOW, until=NOW + timedelta(hours=1), problem="used up")
    with holding(store, rows) as connection:
        moved = put_off_alike("a", Part(key="0.0", text="x"), pause).operation(connection)
        waits = connection.execute(sa.select(schema.part.c.id).where(schema.part.c.error == "used up"))
        assert (moved, waits.scalars().all()) == (1, ["1.0"])
