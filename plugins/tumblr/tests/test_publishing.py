"""Nothing is said twice: a post is published from a draft, whatever answer is lost and wherever a process dies."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from plugins.tumblr.tests.tumblr_pages import (
    ME,
    NOW,
    answer,
    connector,
    leading_on,
    post,
    refusal,
    text_block,
)
from socialdesk import Desk, Mention
from socialdesk._engine.exchange import converse
from socialdesk.connector import Part, Prepared, Sent
from socialdesk.desk.vault import new_key
from socialdesk.errors import DeliveryUnknown, RateLimited, Rejected
from socialdesk.models import Author, ExternalId
from socialdesk.testing import replay
from socialdesk.testing._suite_bench import session
from socialdesk.testing.replaying import Replay
from socialdesk.testing.sandbox import CutJson, DropAnswer, HtmlPage, ServerError
from socialdesk.wire import Request, Response
from socialdesk_tumblr.sandbox import TumblrSandbox

TEXT = "Thank you, we are looking into it."
LEE = "t:LeeLeeLeeLeeLeeLeeLeeg"
TARGET = Mention(
    id=ExternalId("tumblr", "post", f"{LEE}/11"),
    kind="mention",
    author=Author(id=ExternalId("tumblr", "user", LEE), handle="customer-lee"),
)
PARENT = {"blog": LEE, "id": "11", "key": "wlxAsElf"}
KEPT = {"draft": "7", "parent": PARENT}


def run(coroutine: Any, answers: list[Response]) -> Replay[Any]:
    """Drive a coroutine as core does, with answers from a list: a refusal among them is raised there."""
    return replay(converse(coroutine, session(connector(), NOW)), answers, now=NOW)


class Died(BaseException):
    """A process that ends without a word."""


class Mortal:
    """A transport at whose ``at``-th request the process dies: before it goes out, or after it was acted upon."""

    def __init__(self, sandbox: TumblrSandbox, at: int, *, after: bool) -> None:
        self.sandbox, self.clock = sandbox, sandbox.clock
        self.at, self.after, self.seen = at, after, 0
        self.asked: list[Request] = []

    def send(self, request: Request, timeout: float) -> Response:
        self.seen += 1
        self.asked.append(request)
        if self.seen == self.at and not self.after:
            raise Died
        response = self.sandbox.send(request, timeout)
        if self.seen == self.at:
            raise Died
        return response


def published(sandbox: TumblrSandbox) -> list[str]:
    """What the public sees of the brand, our announcement apart."""
    posts = [sandbox.world.posts[number] for number in sandbox.account.posts]
    texts = [
        "".join(block.get("text", "") for block in one.content[len(one.ask_blocks) if one.is_ask else 0 :])
        for one in posts
        if one.state in ("published", "private") and not one.deleted
    ]
    return [text for text in texts if TEXT in text]


def settled(desk: Desk, sandbox: TumblrSandbox, key: str = "k") -> str:
    """The state that a reply comes to when the outbox is drained for hours."""
    for _ in range(60):
        desk.drain()
        state = desk.receipt(key).state
        if state in ("sent", "failed", "needs_human"):
            return state
        sandbox.advance(minutes=3)
    raise AssertionError(f"after three hours the reply is still {state}")


KEY = new_key()
KINDS = ("post", "reply", "ask", "announcement")


def platform(kind: str, *, genesis: bool) -> TumblrSandbox:
    """Something was said to the brand; the same each time, down to ids and credentials."""
    sandbox = TumblrSandbox()
    sandbox.genesis_ids = genesis
    kim = sandbox.blog("customer-kim")
    news = sandbox.account.post("Our autumn opening hours")
    if kind == "post":
        kim.post("@acme my parcel is lost")
    elif kind == "reply":
        kim.reply(news, "are you open on sunday?")
    elif kind == "ask":
        kim.ask(sandbox.account, "where is my parcel?")
    sandbox.advance(minutes=5)
    return sandbox


@cache
def prepared(kind: str, folder: Path) -> Path:
    """A desk's folder with something to be said in its outbox: made once, and copied for each run."""
    sandbox = platform(kind, genesis=True)
    with Desk(f"sqlite:///{folder}/desk.db", transport=sandbox, secret_key=KEY) as desk:
        desk.connect("tumblr", name="acme", settings=sandbox.settings, hear_from=None)
        desk.poll()
        if kind == "announcement":
            desk.announce(TEXT, key="k", accounts=["acme"])
        else:
            (said,) = desk.mentions(direction="inbound")
            desk.reply(said, TEXT, key="k")
    return folder


Begin = Callable[..., tuple[TumblrSandbox, str]]


@pytest.fixture
def begin(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Begin:
    """Makes a platform and the address of a desk that has something to say there."""
    runs = itertools.count()

    def made(kind: str, *, genesis: bool = True) -> tuple[TumblrSandbox, str]:
        base = tmp_path_factory.getbasetemp() / f"prepared-{kind}"
        base.mkdir(exist_ok=True)
        folder = tmp_path / str(next(runs))
        shutil.copytree(prepared(kind, base), folder)
        sandbox = platform(kind, genesis=genesis)
        sandbox.advance(seconds=30)
        return sandbox, f"sqlite:///{folder}/desk.db"

    return made


@pytest.mark.parametrize(
    "genesis",
    [pytest.param(True, id="a new id"), pytest.param(False, id="the draft's id", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_process_may_die_at_any_request(begin: Begin, kind: str, genesis: bool) -> None:
    fates = []
    for at, after in ((number, after) for number in itertools.count(1) for after in (False, True)):
        sandbox, url = begin(kind, genesis=genesis)
        wire = Mortal(sandbox, at, after=after)
        try:
            with Desk(url, transport=wire, secret_key=KEY) as desk:
                desk.drain()
        except Died:
            pass
        else:
            assert wire.seen < at
            break
        sandbox.advance(minutes=30)
        with Desk(url, transport=sandbox, secret_key=KEY) as desk:
            state = settled(desk, sandbox)
        assert (state, len(published(sandbox))) == ("sent", 1), f"request {at}, after: {after}"
        fates.append(wire.asked[-1].does)
    assert "speaks" in fates
    assert len(fates) >= 2


@pytest.mark.parametrize("genesis", [True, False], ids=["a new id", "the draft's id"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fault",
    [
        DropAnswer(),
        *(
            pytest.param(fault, marks=pytest.mark.slow)
            for fault in (ServerError(applied=True), ServerError(), HtmlPage(applied=True), CutJson())
        ),
    ],
    ids=lambda fault: f"{fault.name}-{getattr(fault, 'applied', True)}",
)
def test_any_answer_may_be_lost(begin: Begin, kind: str, genesis: bool, fault: Any) -> None:
    for at in itertools.count():
        sandbox, url = begin(kind, genesis=genesis)
        armed = sandbox.fail(fault, after=at)
        with Desk(url, transport=sandbox, secret_key=KEY) as desk:
            state = settled(desk, sandbox)
            receipt = desk.receipt("k")
        assert (state, len(published(sandbox))) == ("sent", 1), f"request {at}"
        shown = receipt.parts[0].id
        assert shown is not None
        numbers = [
            number for number in sandbox.account.posts if str(number) == shown.value.rpartition("/")[2]
        ]
        assert numbers, "the receipt names what is there"
        if armed.left:
            return


def test_a_lost_answer_is_settled_by_the_drafts_own_id(begin: Begin) -> None:
    """Also where somebody says the very same by hand in between."""
    sandbox, url = begin("announcement")
    sandbox.fail(DropAnswer(), when=lambda request: request.does == "speaks")
    with Desk(url, transport=sandbox, secret_key=KEY) as desk:
        desk.drain()
        assert desk.receipt("k").state == "unknown"
        ours = sandbox.world.posts[list(sandbox.account.posts)[-1]]
        sandbox.advance(seconds=5)
        sandbox.account.post(TEXT)
        assert settled(desk, sandbox) == "sent"
        (part,) = desk.receipt("k").parts
        assert (part.id, part.settled_by) == (
            ExternalId("tumblr", "post", f"{ours.blog.uuid}/{ours.id}"),
            "readback",
        )


def test_a_draft_that_somebody_deleted_is_laid_down_anew(begin: Begin) -> None:
    sandbox, url = begin("announcement")
    wire = Mortal(sandbox, 1, after=True)
    with pytest.raises(Died), Desk(url, transport=wire, secret_key=KEY) as desk:
        desk.drain()
    part = Part(text=TEXT, prepared={"draft": "7", "parent": None})
    (lost,) = [run(connector().send(part), [refusal(404)]).result]
    assert lost == Prepared(data={"lost": "7"})
    again = run(connector().send(replace(part, prepared=lost.data)), [answer({"id": "9"}, 201)])
    assert again.requests[0].body.value["state"] == "draft"  # type: ignore[union-attr]  # as it was asked for
    assert again.result == Prepared(data={"draft": "9", "parent": None})


def test_a_draft_that_is_gone_after_an_attempt_is_no_reason_to_begin_anew() -> None:
    part = Part(text=TEXT, prepared=KEPT, started_at=NOW)
    with pytest.raises(DeliveryUnknown):
        run(connector().send(part), [refusal(404)])
    nothing = run(connector().find_sent(part), [refusal(404), answer({"posts": []})]).result
    assert (nothing.found, nothing.reached) == ((), False)  # not proved, so that a person is asked


def test_what_somebody_published_by_hand_is_not_published_again() -> None:
    there = {**post("7", text_block(TEXT), by=ME), "state": "published"}
    done = run(connector().send(Part(text=TEXT, prepared=KEPT)), [answer(there)])
    assert isinstance(done.result, Sent)
    assert (done.result.id, done.result.already) == (f"{ME}/7", True)


@pytest.mark.parametrize(
    ("more", "is_ours"),
    [
        ({"genesis_post_id": "7"}, True),
        ({"genesis_post_id": "8", "reblogged_from_id": "99"}, False),
        ({"reblogged_from_id": "11", "reblogged_from_uuid": LEE}, True),
        ({"reblogged_from_id": "12", "reblogged_from_uuid": LEE}, False),
        ({"parent_post_id": "11", "content": [text_block("Something else")]}, False),
        ({}, False),
    ],
)
def test_where_the_draft_is_gone_our_posts_since_then_tell(more: dict[str, Any], is_ours: bool) -> None:
    part = Part(text=TEXT, target=TARGET, prepared=KEPT, started_at=NOW)
    young = int(NOW.timestamp()) + 9
    listed = post("21", text_block(TEXT), by=ME, **{"timestamp": young, **more})
    old = post("3", text_block(TEXT), by=ME, timestamp=young - 3600, genesis_post_id="7")
    pages = [refusal(404), answer(leading_on({"posts": [listed, old]}, page_number="2"))]
    found = run(connector().find_sent(part), pages).result
    assert [sent.id for sent in found.found] == ([f"{ME}/21"] if is_ours else [])
    assert found.reached is is_ours


def test_a_parent_that_is_not_found_is_asked_for_once_more() -> None:
    tumblr, part = connector(), Part(text=TEXT, target=TARGET)
    parent = {**post("11", text_block("my order")), "tumblelog_uuid": LEE}
    first = run(tumblr.send(part), [answer(parent), refusal(400, 8002)]).result
    assert isinstance(first, Prepared)
    assert (first.again_in, dict(first.data)) == (60, {"refused": True})
    with pytest.raises(Rejected) as caught:
        run(tumblr.send(replace(part, prepared=first.data)), [answer(parent), refusal(400, 8002)])
    assert caught.value.reason == "gone"


def test_who_takes_no_reblogs_is_not_reblogged() -> None:
    parent = {**post("11", text_block("my order")), "interactability_reblog": "noone"}
    with pytest.raises(Rejected, match="nobody reblog") as caught:
        run(connector().send(Part(text=TEXT, target=TARGET)), [answer(parent)])
    assert caught.value.reason == "not_permitted"


def test_the_draft_and_what_is_published_are_the_same() -> None:
    tumblr = connector(tags=("support", "ticket 8841"))
    part = Part(text="@customer-lee yes, see https://acme.test/hours.\n\nSundays 10 to 16.", target=TARGET)
    parent = {**post("11", text_block("my order")), "tumblelog_uuid": LEE}
    drafted = run(tumblr.send(part), [answer(parent), answer({"id": "7"}, 201)])
    assert isinstance(drafted.result, Prepared)
    there = {**post("7", by=ME), "state": "draft"}
    done = run(tumblr.send(replace(part, prepared=drafted.result.data)), [answer(there), answer({"id": "8"})])
    draft: Any = drafted.requests[1].body
    final: Any = done.requests[1].body
    assert (drafted.requests[1].does, done.requests[1].does) == ("prepares", "speaks")
    assert draft.value == {
        "state": "draft",
        "tags": "support,ticket 8841",
        "parent_tumblelog_uuid": LEE,
        "parent_post_id": 11,
        "reblog_key": "wlxAsElf",
        "content": [
            {
                "type": "text",
                "text": "@customer-lee yes, see https://acme.test/hours.",
                "formatting": [
                    {"start": 23, "end": 46, "type": "link", "url": "https://acme.test/hours"},
                    {"start": 0, "end": 13, "type": "mention", "blog": {"uuid": LEE}},
                ],
            },
            {"type": "text", "text": "Sundays 10 to 16."},
        ],
    }
    assert final.value == {**draft.value, "state": "published"}
    assert isinstance(done.result, Sent)
    assert (done.result.id, done.result.also) == (f"{ME}/8", (f"{ME}/7",))
    assert done.result.url == "https://www.tumblr.com/acme-help/8"


@pytest.mark.parametrize(
    ("status", "code", "bucket"),
    [(403, 8023, "posts"), (403, 8022, "posts"), (403, 8004, "images"), (403, 8011, "images")],
)
def test_what_is_used_up_for_today_waits_for_tomorrow_in_new_york(
    status: int, code: int, bucket: str
) -> None:
    error = connector().check(refusal(status, code))
    assert isinstance(error, RateLimited)
    assert error.retry_at is not None
    assert error.retry_at.isoformat() == "2025-11-23T05:00:00+00:00"
    assert error.bucket == bucket


def test_a_day_without_posts_left_does_not_stop_hearing(begin: Begin) -> None:
    sandbox, url = begin("post")
    sandbox.limits.daily["posts"] = 0
    with Desk(url, transport=sandbox, secret_key=KEY) as desk:
        desk.drain()
        assert desk.receipt("k").state == "pending"
        sandbox.blog("late").post("@acme me too")
        sandbox.advance(minutes=10)
        assert desk.poll().ok
        assert {one.author.handle for one in desk.mentions(direction="inbound")} == {"customer-kim", "late"}
        sandbox.limits.daily["posts"] = 250
        sandbox.advance(hours=24)
        assert settled(desk, sandbox) == "sent"
    assert len(published(sandbox)) == 1
