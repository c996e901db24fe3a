"""A post that is one reply's is never taken for another's, however long ago it was said."""

from __future__ import annotations

import sqlalchemy as sa

from socialdesk.desk import schema
from tests.simulation.test_drain import enqueue, world

SINCE = 1_500  # posts of ours between the two


def test_the_same_words_said_long_ago_are_not_taken_for_those_that_got_lost() -> None:
    with world() as one:
        enqueue(one, "the same words", "first")
        one.settle()
        with one.store._transaction(writes=True) as connection:
            (old,) = connection.execute(sa.select(schema.part)).mappings()
            connection.execute(
                sa.insert(schema.part),
                [
                    {**old, "id": f"p{n}", "reply_key": f"p{n}", "remote_id": f"toy:post:o{n}"}
                    | {"turn": old["turn"] + n, "started_at": old["started_at"] + n}
                    for n in range(1, SINCE)
                ],
            )
        one.platform.outcomes = ["request lost"]
        enqueue(one, "the same words", "second")
        one.settle()
        assert one.run(one.flows().receipt("second")).state == "sent"
        assert [post["text"] for post in one.platform.posts] == ["the same words"] * 2
