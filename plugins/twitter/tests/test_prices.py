"""What X bills is counted in its own units, before and after."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.twitter.tests.test_messages import complaint, listing, told
from plugins.twitter.tests.twitter_pages import ME, NOW, answer, connector, page, post, user
from socialdesk.connector import Command, Part, Standing, Window
from socialdesk.models import ExternalId, Mention, Mode, Reply
from socialdesk.testing import replay
from socialdesk.wire import Request, Response


def charged(coroutine: Any, response: Response) -> dict[str, int]:
    (request,) = replay(coroutine, [response]).requests
    billed = connector().charges(
        Response(response.status, body=response.body, request=request, received_at=NOW)
    )
    return dict(billed)


def planned(text: str, target: Mention | None = None, mode: Mode = "public") -> tuple[Part, ...]:
    reply = Reply(idempotency_key="k", target=target, text=text, mode=mode)
    return connector().plan(reply, Standing(now=NOW, target=target))


def test_what_is_read() -> None:
    ours = post("30", "ours", ME)
    body = page(post("50", "a"), post("49", "b", ME), tweets=[ours], users=[user("111", "ann")])
    fetching = connector().fetch(Window(stream="mentions", now=NOW))
    assert charged(fetching, answer(body)) == {"post_read": 1, "own_post_read": 2, "user_read": 1}
    assert charged(connector().identify(), answer({"data": user(ME, "acme")})) == {"user_read": 1}
    assert charged(connector().fetch(Window(stream="messages", now=NOW)), listing(told("1"), told("2"))) == {
        "dm_read": 2,
        "user_read": 2,
    }
    assert charged(connector().fetch(Window(stream="mentions", now=NOW)), answer(page())) == {}


@pytest.mark.parametrize(
    ("text", "target", "mode", "unit"),
    [
        ("Hello", None, "public", "post_create"),
        ("See example.com", None, "public", "post_create_with_url"),
        ("Hello", complaint(), "public", "summoned_reply"),
        ("See https://example.com/a", complaint(), "public", "post_create_with_url"),
        ("See https://example.com/a", complaint(), "private", "dm_create"),
    ],
)
def test_what_is_said_is_billed_as_was_planned(text: str, target: Any, mode: Mode, unit: str) -> None:
    (part,) = planned(text, target, mode)
    assert part.charges == {unit: 1}
    done = {"data": {"id": "9", "dm_event_id": "9", "dm_conversation_id": "1-2"}}
    assert charged(connector().send(part), answer(done, 201)) == {unit: 1}


def test_each_part_is_billed() -> None:
    assert [part.charges for part in planned("word " * 100, complaint())] == [{"summoned_reply": 1}] * 2


def test_what_costs_nothing() -> None:
    command = Command(name="delete", target=ExternalId("twitter", "post", "1"))
    assert charged(connector().moderate(command), answer({"data": {"deleted": True}})) == {}
    assert connector().charges(Response(200, body=b"{}")) == {}
    asked = Request("GET", "https://api.x.com/2/tweets")
    assert connector().charges(Response(402, body=b'{"data": [{}]}', request=asked)) == {}


@given(
    st.binary(max_size=30)
    | st.sampled_from([b'{"data": 1}', b'{"data": [1], "includes": {"users": 2}}', b"[]"])
)
def test_counting_never_fails(body: bytes) -> None:
    for path in ("/2/tweets", "/2/users/me", "/2/dm_events"):
        asked = Request("GET", f"https://api.x.com{path}")
        assert all(
            amount > 0 for amount in connector().charges(Response(200, body=body, request=asked)).values()
        )
