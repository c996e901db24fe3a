"""What the tables hold of a value, against what pydantic makes of it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.desk.pages import Events
from socialdesk.desk.rows import dump_mention, event_of, event_row
from socialdesk.models import Attachment, Event, EventKind, ExternalId, Mention, Metrics
from tests.pure.test_models import mentions

POST = ExternalId("tumblr", "post", "1")
NOW = datetime(2026, 11, 20, 10, 15, 30, 250_000, tzinfo=timezone.utc)


@given(mentions)
def test_a_mention_is_written_as_pydantic_writes_it(mention: Mention) -> None:
    text = dump_mention(mention)
    assert text == mention.model_dump_json()
    assert Mention.model_validate_json(text) == mention


class Colour(Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    _y: int = 2


@pytest.mark.parametrize(
    "value",
    [
        2**70,
        {1: "one"},
        {"a"},
        b"bytes",
        OrderedDict(a=1),
        Point(1),
        Colour.RED,
        timedelta(seconds=3),
        NOW.astimezone(timezone(timedelta(hours=5, minutes=30))),
        Metrics(likes=1, observed_at=NOW),
        float("inf"),
    ],
    ids=repr,
)
def test_whatever_a_plugin_puts_into_ext_is_written_as_pydantic_writes_it(value: Any) -> None:
    mention = Mention(id=POST, kind="other", ext={"tumblr": {"it": value}}, created_at=NOW)
    assert dump_mention(mention) == mention.model_dump_json()


def test_an_id_in_ext_is_written_as_its_text() -> None:
    """As everywhere; pydantic makes a list of it, which cannot be read back as an id."""
    text = dump_mention(Mention(id=POST, kind="other", ext={"tumblr": {"of": POST}}))
    assert Mention.model_validate_json(text).ext == {"tumblr": {"of": "tumblr:post:1"}}


def test_half_a_character_is_refused() -> None:
    """As the desk relies on: the item is set aside."""
    said = Mention(id=POST, kind="other", attachments=(Attachment(id=POST, kind="image"),))
    with pytest.raises((ValueError, TypeError)):
        dump_mention(said.model_copy(update={"title": "\ud83d"}))


@given(st.lists(st.sampled_from(EventKind), max_size=4))
def test_events_come_back_from_their_rows(kinds: list[EventKind]) -> None:
    made = [
        Event(
            id=str(number),
            kind=kind,
            account="acme",
            at=NOW,
            mention=POST if number % 2 else None,
            reply="r-1" if number == 2 else None,
            text="why",
        )
        for number, kind in enumerate(kinds)
    ]
    rows = [event_row(event) for event in made]
    assert [event_of(row) for row in rows] == made
    assert list(Events(rows)) == made
    assert list(Events(rows)[1:]) == made[1:]
    assert len(Events(rows)) == len(made)
