"""What is done to posts, messages and people."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.twitter.tests.test_messages import complaint, message, told
from plugins.twitter.tests.twitter_pages import ME, NOW, answer, connector, post, shared_json
from socialdesk.connector import Command, Standing
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId, Mention
from socialdesk.testing import replay
from socialdesk.wire import Json, Request


def target(kind: str, value: str = "50") -> ExternalId:
    return ExternalId("twitter", kind, value)


def done(name: str, what: ExternalId, *answers: Any, **own: Any) -> list[Request]:
    seen = replay(
        connector(**own).moderate(Command(name=name, target=what)), [answer(told) for told in answers]
    )
    return list(seen.requests)


@pytest.mark.parametrize(
    ("name", "what", "data", "asked", "body"),
    [
        ("delete", target("post"), {"deleted": True}, "DELETE /2/tweets/50", None),
        ("delete", target("message"), {"deleted": True}, "DELETE /2/dm_events/50", None),
        ("hide", target("post"), {"hidden": True}, "PUT /2/tweets/50/hidden", {"hidden": True}),
        ("unhide", target("post"), {"hidden": False}, "PUT /2/tweets/50/hidden", {"hidden": False}),
        ("like", target("post"), {"liked": True}, f"POST /2/users/{ME}/likes", {"tweet_id": "50"}),
        ("unlike", target("post"), {"liked": False}, f"DELETE /2/users/{ME}/likes/50", None),
        ("block", target("user", "111"), {"blocked": True}, "POST /2/users/111/dm/block", None),
        ("unblock", target("user", "111"), {"blocked": False}, "POST /2/users/111/dm/unblock", None),
    ],
)
def test_what_is_asked(name: str, what: ExternalId, data: Any, asked: str, body: Any) -> None:
    (request,) = done(name, what, {"data": data}, enterprise=True)
    assert f"{request.method} {request.path}" == asked
    assert request.body == (None if body is None else Json(body))
    assert request.does == "speaks"
    with pytest.raises(Rejected, match="did not"):
        done(name, what, {"data": {next(iter(data)): not data[next(iter(data))]}}, enterprise=True)
    assert name in connector(enterprise=True).capabilities.abilities


@pytest.mark.parametrize(
    ("what", "told_of"),
    [
        (target("post"), {"data": [post("50", "x", "111")]}),
        (target("message"), {"data": told("50")}),
    ],
)
def test_who_wrote_it_is_blocked(what: ExternalId, told_of: Any) -> None:
    looked, blocked = done("block", what, told_of, {"data": {"blocked": True}})
    assert looked.does == "reads"
    assert blocked.path == "/2/users/111/dm/block"
    with pytest.raises(Rejected) as caught:
        done("block", what, {})
    assert caught.value.reason == "gone"


def test_likes_are_refused_on_self_serve_access_with_the_reason() -> None:
    for name in ("like", "unlike"):
        with pytest.raises(Rejected, match="self-serve") as caught:
            done(name, target("post"))
        assert caught.value.reason == "not_permitted"
        assert name not in connector().capabilities.abilities


def test_the_like_of_2021() -> None:
    recorded = shared_json("recorded", "x", "like_200.json")
    (request,) = done(
        "like", target("post", "1293593516040269825"), recorded["response"]["body"], enterprise=True
    )
    assert isinstance(request.body, Json)
    assert request.body.value == recorded["request"]["body"]


@pytest.mark.parametrize(
    ("name", "kind"), [("hide", "message"), ("like", "user"), ("delete", "user"), ("edit", "post")]
)
def test_what_cannot_be_done_is_refused(name: str, kind: str) -> None:
    with pytest.raises(Rejected) as caught:
        done(name, target(kind), enterprise=True)
    assert caught.value.reason == "unsupported"


def test_what_is_gone_is_deleted() -> None:
    for kind in ("post", "message"):
        flow = connector().moderate(Command(name="delete", target=target(kind)))
        flow.send(None)
        with pytest.raises(StopIteration):
            flow.throw(Rejected("gone"))
    flow = connector().moderate(Command(name="hide", target=target("post")))
    flow.send(None)
    with pytest.raises(Rejected):
        flow.throw(Rejected("gone"))


def test_the_apps_own_token_moderates_nothing() -> None:
    reader = connector({"bearer_token": "b"}, handle="acme")
    with pytest.raises(Rejected, match="sign in"):
        replay(reader.moderate(Command(name="hide", target=target("post"))), [])
    assert not {"hide", "private", "media", "block"} & reader.capabilities.abilities


def actions(target: Mention | None, **own: Any) -> dict[str, Any]:
    told = connector(**own).actions(Standing(now=NOW, target=target))
    return {action.name: (action.allowed, action.reason) for action in told}


def test_what_may_be_done_with_a_message() -> None:
    verdicts = actions(message())
    assert verdicts["direct"] == (True, None)
    assert verdicts["reply"][0]
    assert "not in public" in verdicts["reply"][1]
    assert not verdicts["hide"][0]
    assert not verdicts["delete"][0]
    ours = actions(message(sender_id=ME))
    assert ours["delete"][0]
    assert not ours["block"][0]


def test_what_may_be_done_with_a_post() -> None:
    verdicts = actions(complaint(receives_your_dm=True))
    assert verdicts["private"] == (True, None)
    assert not verdicts["direct"][0]
    assert verdicts["hide"][0]
    assert "like" not in verdicts
    assert actions(complaint(), enterprise=True)["like"][0]
    assert not actions(None)["private"][0]
