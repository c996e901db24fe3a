"""The connector on the network: heard, answered, looked up, deleted, sent again, renewed, limited and kept out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from plugins.bluesky.tests.network.calls import Person, Post, ref, until
from plugins.bluesky.tests.network.running import Addresses
from plugins.bluesky.tests.network.wire import RENEW, SIGN_IN, Wire
from socialdesk import AsyncClient, Client, Desk, Mention, RateLimited, Reply, Rule
from socialdesk.connector import Item
from socialdesk.registry import Registry
from socialdesk.wire import Response

pytestmark = pytest.mark.service

PUT = "com.atproto.repo.putRecord"
RULE = Rule(name="phones", any_of=("acmephone",))


@pytest.fixture
def settings(acme: Person) -> dict[str, Any]:
    return {"base_url": acme.pds, "handle": acme.handle, "app_password": acme.app_password()}


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def desk(settings: dict[str, Any], wire: Wire) -> Iterator[Desk]:
    with Desk("sqlite://", transport=wire) as opened:
        opened.connect("bluesky", name="acme", settings=settings, rules=[RULE])
        yield opened


@pytest.fixture
def bob(network: Addresses) -> Person:
    """Another customer."""
    return Person.new(network.pds, "bob")


def heard(desk: Desk, *posts: Post) -> list[Mention]:
    """What the desk heard of these posts, polled until it knows of each."""

    def look() -> list[Mention]:
        report = desk.poll()
        assert report.ok, report
        found = {told.id.value: told for told in desk.mentions()}
        return [found[post["uri"]] for post in posts] if all(post["uri"] in found for post in posts) else []

    return until(look)


def answered(desk: Desk, told: Mention, text: str, **more: Any) -> list[Post]:
    """What stands on the network of an answer."""
    desk.reply(told, text, key="k", **more)
    desk.drain()
    receipt = desk.receipt("k")
    assert receipt.state == "sent", receipt
    return [{"uri": part.id.value} for part in receipt.parts if part.id is not None]


def seen(person: Person, post: Post) -> Any:
    """A post as it is shown to somebody, waited for."""
    return until(lambda: person.sees(post))


def shown_facets(record: Any) -> list[tuple[str, str, str]]:
    """Which stretches of a text are more than text: of what kind, as they are read, and where they lead."""
    text = record["text"].encode()
    found = []
    for facet in record.get("facets", []):
        (feature,) = facet["features"]
        kind = feature["$type"].partition("#")[2]
        read = text[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        found.append((kind, read, feature.get("did") or feature.get("uri") or feature.get("tag")))
    return found


# ------------------------------------------------------------------------------------------------------- hear


def test_names_answers_quotes_and_searches_are_heard(
    ann: Person, bob: Person, acme: Person, desk: Desk
) -> None:
    desk.poll()
    ours = acme.post("New boxes!")
    named = ann.post(f"\U0001f44d @{acme.handle} my parcel is lost", acme, langs=["en"])
    answer = ann.reply("mine is torn", ours)
    deeper = bob.reply("mine too", answer, root=ours)
    quote = bob.post("look", embed={"$type": "app.bsky.embed.record", "record": ref(ours)})
    found = ann.post("my acmephone melts")
    told = dict(
        zip(
            "named answer deeper quote found".split(),
            heard(desk, named, answer, deeper, quote, found),
            strict=True,
        )
    )
    assert {name: (said.kind, said.author.handle) for name, said in told.items()} == {
        "named": ("mention", ann.handle),
        "answer": ("reply", ann.handle),
        "deeper": ("reply", bob.handle),
        "quote": ("quote", bob.handle),
        "found": ("search_match", ann.handle),
    }
    assert told["found"].matched_by == ("phones",)
    assert told["named"].text == f"\U0001f44d @{acme.handle} my parcel is lost"
    assert [
        (entity.kind, entity.text, entity.target.value) for entity in told["named"].entities if entity.target
    ] == [("mention", f"@{acme.handle}", acme.did)]
    assert (told["named"].language, told["named"].visibility, told["named"].state) == (
        "en",
        "public",
        "active",
    )
    assert told["named"].author.id is not None
    assert told["named"].author.id.value == ann.did
    for name, parent in {"answer": ours, "deeper": answer}.items():
        places = (told[name].in_reply_to, told[name].conversation)
        assert [place.value for place in places if place is not None] == [parent["uri"], ours["uri"]]
    assert desk.poll().new == 0


def test_a_thread_is_read_whole_also_what_names_nobody(
    ann: Person, bob: Person, acme: Person, desk: Desk
) -> None:
    desk.poll()
    root = bob.post("who knows parcels?")
    named = ann.reply(f"@{acme.handle} does", root, acme)
    (told,) = heard(desk, named)
    aside = bob.reply("thanks", named, root=root)
    seen(acme, aside)
    thread = desk.conversation(told, refresh=True)
    assert [said.id.value for said in thread.mentions] == [root["uri"], named["uri"], aside["uri"]]


def test_a_desk_on_the_real_driver_hears_the_same(
    ann: Person, acme: Person, settings: dict[str, Any], desk: Desk
) -> None:
    desk.poll()
    (told,) = heard(desk, ann.post(f"@{acme.handle} help", acme))
    with Client(Registry().connect("bluesky", settings)) as client:
        items = [item for batch in client.fetch() for item in batch.items]

    async def fetched() -> list[Item]:
        async with AsyncClient(Registry().connect("bluesky", settings)) as there:
            return [item async for batch in there.fetch() for item in batch.items]

    for found in (items, asyncio.run(fetched())):
        (said,) = found
        assert isinstance(said, Mention)
        assert (said.id, said.text, said.author) == (told.id, told.text, told.author)


# ------------------------------------------------------------------------------------------------------- answer


def test_an_answer_stands_in_its_thread_and_leads_where_it_says(
    ann: Person, bob: Person, acme: Person, desk: Desk
) -> None:
    desk.poll()
    root = bob.post("who knows parcels?")
    called = ann.reply(f"@{acme.handle} does", root, acme)
    (told,) = heard(desk, called)
    text = f"\U0001f44d\U0001f3fd sorry @{bob.handle}, é: https://acme.example/t?a=b #help"
    (post,) = answered(desk, told, text)
    record = seen(ann, post)["record"]
    assert record["text"] == text
    assert record["reply"] == {"root": ref(root), "parent": ref(called)}
    assert sorted(shown_facets(record)) == [
        ("link", "https://acme.example/t?a=b", "https://acme.example/t?a=b"),
        ("mention", f"@{bob.handle}", bob.did),
        ("tag", "#help", "help"),
    ]
    assert until(lambda: ann.notified_of(post))["reason"] == "reply"
    assert until(lambda: bob.notified_of(post))["reason"] == "mention"
    assert ann.answers_under(called) == [post["uri"]]


def test_a_long_answer_is_a_thread_that_is_shown_whole(ann: Person, acme: Person, desk: Desk) -> None:
    desk.poll()
    root = ann.post(f"@{acme.handle} why?", acme)
    (told,) = heard(desk, root)
    parts = answered(desk, told, "We are very sorry for the trouble with your parcel. " * 12)
    assert len(parts) > 1
    parent: Post = root
    for part in parts:
        view = seen(ann, part)
        assert view["record"]["reply"] == {"root": ref(root), "parent": ref(parent)}
        parent = view
    for above, part in zip([root, *parts], parts, strict=False):
        assert ann.answers_under(above) == [part["uri"]]


def test_a_quote_shows_what_it_quotes(ann: Person, acme: Person, desk: Desk) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} well done", acme)
    (told,) = heard(desk, post)
    (quote,) = answered(desk, told, "Thank you!", mode="quote")
    embedded = until(lambda: seen(ann, quote).get("embed"))
    assert (embedded["record"]["uri"], embedded["record"]["author"]["did"]) == (post["uri"], ann.did)
    assert until(lambda: ann.notified_of(quote))["reason"] == "quote"


# ------------------------------------------------------------------------------------------------------- look up


def test_what_became_of_a_post_is_looked_up(ann: Person, bob: Person, acme: Person, desk: Desk) -> None:
    desk.poll()
    kept, slip = ann.post(f"@{acme.handle} help", acme), ann.post(f"@{acme.handle} a slip", acme)
    told = heard(desk, kept, slip)
    bob.write("app.bsky.feed.like", {"subject": ref(kept)})
    ann.delete(slip)
    until(lambda: seen(acme, kept)["likeCount"] == 1 and acme.sees(slip) is None)
    now_kept, now_slip = desk.refresh(told)
    assert (now_kept.state, now_kept.metrics.likes, now_slip.state) == ("active", 1, "deleted")


# ------------------------------------------------------------------------------------------------------- delete


def test_an_answer_is_taken_back(ann: Person, acme: Person, desk: Desk) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} help", acme)
    (told,) = heard(desk, post)
    (answer,) = answered(desk, told, "To the wrong one, sorry")
    seen(ann, answer)
    desk.withdraw("k")
    desk.withdraw("k")
    assert acme.records() == []
    until(lambda: ann.sees(answer) is None)
    assert ann.answers_under(post) == []


def test_a_rude_answer_in_our_thread_is_hidden_and_shown_again(
    ann: Person, bob: Person, acme: Person, desk: Desk
) -> None:
    desk.poll()
    ours = acme.post("News")
    rude = ann.reply("rubbish!", ours)
    (told,) = heard(desk, rude)
    until(lambda: bob.answers_under(ours) == [rude["uri"]])

    def hidden() -> bool:
        thread = bob.ask("app.bsky.feed.getPostThread", uri=ours["uri"])["thread"]
        gate = thread["post"].get("threadgate") or {}
        return rude["uri"] in gate.get("record", {}).get("hiddenReplies", [])

    desk.moderate(told, "hide")
    until(hidden)
    desk.moderate(told, "unhide")
    until(lambda: not hidden())


# ------------------------------------------------------------------------------------------------------- send again


@pytest.mark.parametrize("is_looked_up", [True, False])
def test_an_answer_that_is_sent_again_stands_once(
    ann: Person, acme: Person, desk: Desk, wire: Wire, is_looked_up: bool
) -> None:
    desk.poll()
    (told,) = heard(desk, ann.post(f"@{acme.handle} help", acme))
    wire.lose = {PUT}
    desk.reply(told, "Sorry!", key="k")
    desk.drain()
    (lost,) = acme.records()
    assert desk.receipt("k").state != "sent"
    if not is_looked_up:  # as by a replica that is behind: so it is sent a second time
        refusal = b'{"error":"RecordNotFound","message":"Could not locate record"}'
        wire.instead["com.atproto.repo.getRecord"] = Response(
            400, {"content-type": "application/json"}, refusal
        )

    def settled() -> bool:
        wire.clock.ahead += timedelta(minutes=2)
        desk.drain()
        return desk.receipt("k").state == "sent"

    until(settled)
    assert wire.asked.count(PUT) == (1 if is_looked_up else 2)
    (part,) = desk.receipt("k").parts
    assert part.id is not None
    assert [(record["uri"], record["cid"]) for record in acme.records()] == [(lost["uri"], lost["cid"])]
    assert (part.id.value, part.settled_by) == (lost["uri"], "readback" if is_looked_up else "answer")


# ------------------------------------------------------------------------------------------------------- sessions


@pytest.mark.parametrize(
    ("ended", "asked"), [({"access"}, [RENEW]), ({"access", "refresh"}, [RENEW, SIGN_IN])]
)
def test_a_session_that_ended_is_renewed(
    ann: Person, acme: Person, desk: Desk, wire: Wire, ended: set[str], asked: list[str]
) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} help", acme)
    until(lambda: acme.notified_of(post))
    wire.asked, wire.ended = [], set(ended)
    (told,) = heard(desk, post)
    assert [method for method in wire.asked if method in (RENEW, SIGN_IN)] == asked
    wire.asked, wire.ended = [], set(ended)
    answered(desk, told, "Sorry!")
    assert [method for method in wire.asked if method in (RENEW, SIGN_IN)] == asked
    assert [record["value"]["text"] for record in acme.records()] == ["Sorry!"]


def test_a_renewal_whose_answer_is_lost_is_survived(
    ann: Person, acme: Person, desk: Desk, wire: Wire
) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} help", acme)
    until(lambda: acme.notified_of(post))
    wire.asked, wire.ended, wire.lose = [], {"access"}, {RENEW}
    desk.poll()
    wire.ended = {"access"}
    wire.clock.ahead += timedelta(minutes=10)
    (told,) = heard(desk, post)
    assert told.id.value == post["uri"]
    assert SIGN_IN not in wire.asked


# ------------------------------------------------------------------------------------------------------- limits


def spend_all(person: Person) -> Response:
    """Write until the server refuses, as an hour allows 5,000 points and a new record costs 3; gives the refusal."""
    record = {"$type": "com.example.padding"}
    create = {"$type": "com.atproto.repo.applyWrites#create", "collection": record["$type"], "value": record}
    for _ in range(10):
        answer = person.call(
            "POST",
            "com.atproto.repo.applyWrites",
            {"repo": person.did, "validate": False, "writes": [create] * 200},
        )
        if not answer.ok:
            return answer
    raise AssertionError("nothing was refused")


def test_a_limit_is_told_with_the_moment_it_ends(
    ann: Person, acme: Person, desk: Desk, settings: dict[str, Any]
) -> None:
    desk.poll()
    (told,) = heard(desk, ann.post(f"@{acme.handle} help", acme))
    refusal = spend_all(acme)
    assert (refusal.status, refusal.headers["RateLimit-Policy"]) == (429, "5000;w=3600")
    ends = datetime.fromtimestamp(int(refusal.headers["RateLimit-Reset"]), timezone.utc)
    with Client(Registry().connect("bluesky", settings)) as client, pytest.raises(RateLimited) as raised:
        client.send(Reply(idempotency_key="c", target=told, text="Sorry!"))
    assert raised.value.retry_at is not None
    assert abs(raised.value.retry_at - ends) <= timedelta(seconds=5)
    desk.reply(told, "Sorry!", key="k")
    report = desk.drain()
    receipt = desk.receipt("k")
    assert (report.sent, report.put_off, receipt.state) == (0, 1, "pending")
    assert report.again_at is not None
    assert ends - timedelta(seconds=5) <= report.again_at <= ends + timedelta(minutes=10)
    assert acme.records() == []


# ------------------------------------------------------------------------------------------------------- kept out


def refused(desk: Desk, acme: Person, told: Mention) -> str:
    """Why an answer is not sent."""
    desk.reply(told, "all the same", key="k")
    desk.drain()
    receipt = desk.receipt("k")
    assert (receipt.state, acme.records()) == ("failed", [])
    return str(receipt.parts[0].error)


def test_a_closed_thread_is_not_answered_and_the_agent_is_told_why(
    ann: Person, acme: Person, desk: Desk, wire: Wire
) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} do not answer", acme)
    (told,) = heard(desk, post)
    ann.gate(post)
    until(lambda: acme.may_not_answer(post))
    (told,) = desk.refresh([told])
    verdicts = {action.name: action for action in desk.actions(told)}
    assert (verdicts["reply"].allowed, verdicts["quote"].allowed) == (False, True)
    reason = refused(desk, acme, told)
    assert "not_permitted" in reason
    assert str(verdicts["reply"].reason) in reason
    assert PUT not in wire.asked


def test_a_thread_that_is_open_to_the_account_is_answered(ann: Person, acme: Person, desk: Desk) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} only you", acme)
    ann.gate(post, {"$type": "app.bsky.feed.threadgate#mentionRule"})
    (told,) = heard(desk, post)
    (answer,) = answered(desk, told, "Sorry!")
    until(lambda: ann.answers_under(post) == [answer["uri"]])


def test_who_blocked_the_account_is_not_answered(ann: Person, acme: Person, desk: Desk, wire: Wire) -> None:
    desk.poll()
    post = ann.post(f"@{acme.handle} go away", acme)
    (told,) = heard(desk, post)
    ann.write("app.bsky.graph.block", {"subject": acme.did})
    until(lambda: acme.is_blocked_by(ann))
    assert "blocked" in refused(desk, acme, told)
    assert PUT not in wire.asked
