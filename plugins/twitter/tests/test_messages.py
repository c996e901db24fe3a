"""Direct messages: heard once each, answered in private, and looked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from plugins.twitter.tests.twitter_pages import ME, NOW, answer, connector, post, user
from socialdesk.client import Client
from socialdesk.connector import Gone, Page, Part, Raw, Sent, Standing, Topic, Window
from socialdesk.errors import AuthError, DeliveryUnknown, PlatformError, Rejected
from socialdesk.models import ExternalId, Mention, Mode, Reply
from socialdesk.registry import Registry
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_twitter.ids import id_at
from socialdesk_twitter.sandbox import TwitterSandbox

PAIR = f"111-{ME}"
CONVERSATION = ExternalId("twitter", "conversation", PAIR)


def told(message_id: str, text: str = "hi", sender: str = "111", **more: Any) -> dict[str, Any]:
    return {
        "id": message_id,
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": sender,
        "dm_conversation_id": PAIR,
        "created_at": "2026-11-20T11:00:00.000Z",
        **more,
    }


def listing(*messages: dict[str, Any], next_token: str | None = None, **includes: Any) -> Response:
    meta: dict[str, Any] = {"result_count": len(messages)}
    if next_token is not None:
        meta["next_token"] = next_token
    if not messages:
        return answer({"meta": meta})
    users = [user("111", "ann"), user(ME, "acme")]
    return answer({"data": list(messages), "includes": {"users": users, **includes}, "meta": meta})


def fetched(response: Response, **window: Any) -> tuple[Page, Request]:
    asked = Window(stream="messages", now=NOW, **window)
    seen = replay(connector().fetch(asked), [response])
    return seen.result, seen.requests[0]


def message(**more: Any) -> Mention:
    item = connector().parse(
        Raw("message", {"message": told("50", **more), "users": {"111": user("111", "ann")}})
    )
    assert isinstance(item, Mention)
    return item


def complaint(**author: Any) -> Mention:
    body = {"post": post("40", "@acme my parcel is lost"), "users": {"111": user("111", "ann", **author)}}
    item = connector().parse(Raw("post", body))
    assert isinstance(item, Mention)
    return item


def by(**author: Any) -> Mention:
    """The complaint, with other things known of its author."""
    told = complaint()
    return told.model_copy(update={"author": told.author.model_copy(update=author)})


def planned(
    target: Mention | None, text: str = "Sorry", mode: Mode = "private", **more: Any
) -> tuple[Part, ...]:
    reply = Reply(idempotency_key="k", target=target, text=text, mode=mode, **more)
    return connector().plan(reply, Standing(now=NOW, target=target))


# ---------------------------------------------------------------------------------------------------------- hearing


def test_a_message_is_read() -> None:
    mention = message(text="5 &lt; 6")
    assert mention.id == ExternalId("twitter", "message", "50")
    assert (mention.kind, mention.visibility, mention.text) == ("direct_message", "direct", "5 < 6")
    assert (mention.conversation, mention.url) == (CONVERSATION, f"https://x.com/messages/{PAIR}")
    assert (mention.author.handle, mention.direction) == ("ann", "inbound")
    assert mention.provenance.missing == ()
    assert message(sender_id=ME).direction == "outbound_native"


def test_a_message_with_a_picture_says_that_it_needs_signing_in() -> None:
    body = listing(
        told("50", attachments={"media_keys": ["3_9"]}),
        media=[{"media_key": "3_9", "type": "photo", "url": "https://ton.x.com/9.jpg"}],
    )
    page, _ = fetched(body)
    mention = connector().parse(page.items[0])
    assert isinstance(mention, Mention)
    assert mention.attachments[0].url == "https://ton.x.com/9.jpg"
    assert mention.ext["twitter"]["attachments_need_sign_in"] is True


@pytest.mark.parametrize(("names", "has_sender"), [("tweet", True), ("post", False)])
def test_what_is_asked_for(names: str, has_sender: bool) -> None:
    asked = replay(connector(names=names).fetch(Window(stream="messages", now=NOW)), [listing()]).requests[0]
    assert asked.path == "/2/dm_events"
    assert asked.params["event_types"] == "MessageCreate"
    assert ("sender_id" in asked.params["dm_event.fields"]) is has_sender
    assert "sender_id" in asked.params["expansions"]
    assert "receives_your_dm" in asked.params["user.fields"]


def test_a_walk_ends_at_the_first_known_message() -> None:
    page, asked = fetched(listing(told("60"), told("50"), told("40"), next_token="t" * 16), since="50")
    assert [raw.body["message"]["id"] for raw in page.items] == ["60"]
    assert (page.next, page.resume, page.end) == (None, "60", "reached")
    assert "since_id" not in asked.params


def test_a_known_message_that_is_gone_ends_the_walk_all_the_same() -> None:
    page, _ = fetched(listing(told("60"), told("49"), next_token="t" * 16), since="50")
    assert ([raw.body["message"]["id"] for raw in page.items], page.next) == (["60"], None)


def test_a_walk_ends_at_an_empty_page_whatever_token_came() -> None:
    page, _ = fetched(listing(next_token="t" * 16))
    assert (page.next, page.end, page.resume) == (None, "reached", None)


def test_the_walk_goes_on_with_the_same_bounds_and_a_pause_for_each_page() -> None:
    first, _ = fetched(listing(told("60"), told("55"), next_token="t" * 16), since="50")
    assert first.span == ("55", "60")
    second, asked = fetched(listing(told("52"), told("50"), next_token="u" * 16), page=first.next)
    assert asked.params["pagination_token"] == "t" * 16
    assert ([raw.body["message"]["id"] for raw in second.items], second.next) == (["52"], None)
    assert first.again_in is not None
    assert second.again_in == 2 * first.again_in
    assert 15 * first.again_in > 900


def test_a_walk_that_was_cut_off_is_taken_up_below_what_is_stored() -> None:
    page, _ = fetched(listing(told("60"), told("55"), told("52"), told("50")), since="50", until="55")
    assert [raw.body["message"]["id"] for raw in page.items] == ["52"]
    assert page.span == ("52", "52")


def test_ids_are_compared_as_numbers() -> None:
    page, _ = fetched(listing(told("100"), told("99")), since="99")
    assert ([raw.body["message"]["id"] for raw in page.items], page.resume) == (["100"], "100")


def test_what_is_older_than_asked_for_is_left_out() -> None:
    old = told("40", created_at="2026-11-19T11:00:00.000Z")
    page, _ = fetched(listing(told("60"), old), back_to=NOW - timedelta(hours=3))
    assert [raw.body["message"]["id"] for raw in page.items] == ["60"]


def test_the_horizon_is_told() -> None:
    since = id_at(NOW - timedelta(days=31))
    page, _ = fetched(listing(told(id_at(NOW - timedelta(days=2)))), since=since)
    assert (page.end, page.notices[0].code) == ("horizon", "horizon")


def test_a_message_without_an_id_keeps_no_other_back() -> None:
    page, _ = fetched(listing({"text": "?"}, told("60")))
    assert len(page.items) == 2
    assert page.resume == "60"


def test_without_a_grant_this_stream_alone_is_refused() -> None:
    flow = connector().fetch(Window(stream="messages", now=NOW))
    flow.send(None)
    refusal = AuthError("no")
    refusal.response = answer({}, 403)
    with pytest.raises(Rejected, match=r"dm\.read") as caught:
        flow.throw(refusal)
    assert (caught.value.scope, caught.value.retry_at) == ("stream", NOW + timedelta(hours=1))
    flow = connector().fetch(Window(stream="messages", now=NOW))
    flow.send(None)
    refusal.response = answer({}, 401)
    with pytest.raises(AuthError):
        flow.throw(refusal)


@pytest.mark.parametrize(
    ("app", "own", "hears"),
    [
        (None, {}, True),
        (None, {"messages": False}, False),
        ({"bearer_token": "b"}, {"handle": "acme"}, False),
    ],
)
def test_who_has_messages(app: Any, own: dict[str, Any], hears: bool) -> None:
    names = [stream.name for stream in connector(app, **own).streams]
    assert ("messages" in names) is hears
    assert "mentions" in names
    assert "messages" in [stream.name for stream in type(connector()).streams]


def test_a_message_is_looked_up_by_itself() -> None:
    body = {"data": told("50"), "includes": {"users": [user("111", "ann")]}}
    ids = [ExternalId("twitter", "message", "50")]
    seen = replay(connector().lookup(ids), [answer(body)])
    (raw,) = seen.result
    assert connector().parse(raw) == message()
    assert seen.requests[0].path == "/2/dm_events/50"
    flow = connector().lookup(ids)
    flow.send(None)
    with pytest.raises(StopIteration) as ended:
        flow.throw(Rejected("gone"))
    (gone,) = ended.value.value
    assert connector().parse(gone) == Gone(id=ids[0])


def test_a_conversation_of_messages_is_walked() -> None:
    window = Window(stream="conversation", now=NOW, topics=(Topic(str(CONVERSATION)),))
    seen = replay(connector().fetch(window), [listing(told("60"))])
    assert seen.requests[0].path == f"/2/dm_conversations/{PAIR}/dm_events"
    assert len(seen.result.items) == 1


# ----------------------------------------------------------------------------------------------------------- saying


@pytest.mark.parametrize(
    ("target", "mode", "path"),
    [
        (complaint(), "private", "/2/dm_conversations/with/111/messages"),
        (message(), "direct", f"/2/dm_conversations/{PAIR}/messages"),
        (message(), "public", f"/2/dm_conversations/{PAIR}/messages"),
        (
            message(dm_conversation_id="1585800614365339648"),
            "direct",
            "/2/dm_conversations/1585800614365339648/messages",
        ),
    ],
)
def test_where_a_message_goes(target: Mention, mode: Mode, path: str) -> None:
    (part,) = planned(target, mode=mode)
    done = answer({"data": {"dm_conversation_id": PAIR, "dm_event_id": "70"}}, 201)
    seen = replay(connector().send(part), [done])
    (asked,) = seen.requests
    assert (asked.method, asked.path, asked.body) == ("POST", path, Json({"text": "Sorry"}))
    sent = seen.result
    assert isinstance(sent, Sent)
    assert (sent.id, sent.kind, sent.conversation) == ("70", "message", CONVERSATION)
    assert part.charges == {"dm_create": 1}
    assert asked.spends == {"send_message:user": 1, "send_message:app-day": 1, "send_message:user-day": 1}


def test_what_answers_a_message_never_becomes_a_post() -> None:
    (part,) = planned(message(), mode="public")
    assert part.mode == "direct"
    with pytest.raises(Rejected, match="quoted"):
        planned(message(), mode="quote")


def test_long_messages_are_cut_by_their_own_limit() -> None:
    assert len(planned(complaint(), "word " * 1000)) == 1
    parts = planned(complaint(), "word " * 4000)
    assert len(parts) == 3
    assert all(connector().count(part.text, part.mode).used <= 10_000 for part in parts)


def test_a_note_in_public_goes_along() -> None:
    from socialdesk._engine.outbox import plan_parts
    from socialdesk.auth import Stamp

    reply = Reply(
        idempotency_key="k", target=complaint(), text="secret", mode="private", note="We wrote to you."
    )
    parts = plan_parts(connector(), reply, Standing(now=NOW, target=complaint()), Stamp(NOW, bytes(16)))
    assert [(part.mode, part.text) for part in parts] == [
        ("private", "secret"),
        ("public", "We wrote to you."),
    ]


def test_an_answer_without_an_id_leaves_the_outcome_open() -> None:
    (part,) = planned(complaint())
    with pytest.raises(DeliveryUnknown):
        replay(connector().send(part), [answer({"data": {}}, 201)])


def test_a_missing_grant_to_send_fails_the_message_and_stops_nothing_else() -> None:
    (part,) = planned(complaint())
    for status, scope, kind in (
        (403, "account", Rejected),
        (403, "app", AuthError),
        (401, "account", AuthError),
    ):
        flow = connector().send(part)
        flow.send(None)
        refusal = AuthError("no", scope=scope)  # type: ignore[arg-type]  # literals
        refusal.response = answer({}, status)
        with pytest.raises(kind):
            flow.throw(refusal)


@pytest.mark.parametrize(
    ("target", "mode", "reason"),
    [
        (complaint(receives_your_dm=False), "private", "blocked"),
        (complaint(), "direct", "unsupported"),
        (None, "private", "unsupported"),
        (None, "direct", "unsupported"),
        (by(id=None), "private", "not_permitted"),
        (by(is_self=True), "private", "not_permitted"),
    ],
)
def test_what_cannot_be_sent_in_private_is_refused_at_once(
    target: Mention | None, mode: Mode, reason: str
) -> None:
    with pytest.raises(Rejected) as caught:
        planned(target, mode=mode)
    assert caught.value.reason == reason
    actions = {action.name: action for action in connector().actions(Standing(now=NOW, target=target))}
    assert not actions[mode].allowed
    assert actions[mode].reason


def test_whether_they_take_messages_is_kept_and_told() -> None:
    (unknown,) = planned(complaint())
    (known,) = planned(complaint(receives_your_dm=True))
    assert "may refuse" in unknown.warnings[0]
    assert known.warnings == ()
    kept = complaint(receives_your_dm=False, connection_status=["following"]).ext["twitter"]["author"]
    assert kept == {"receives_your_dm": False, "connection_status": ["following"]}
    actions = {action.name: action for action in connector().actions(Standing(now=NOW, target=complaint()))}
    assert actions["private"].allowed
    assert "may refuse" in (actions["private"].reason or "")


@pytest.mark.parametrize(
    "garbled", [" 2095000000000000001 ", "+2095000000000000001", "2_095_000_000_000_000_001", "２０９５"]
)
def test_what_is_no_number_is_no_position(garbled: str) -> None:
    """It would count as later than every id that X will ever give."""
    page = replay(
        connector().fetch(Window(stream="messages", now=NOW)),
        [listing(told(garbled), told("2090000000000000001"))],
    ).result
    assert page.resume == "2090000000000000001"
    assert page.span == ("2090000000000000001", "2090000000000000001")


def test_reading_credentials_ask_for_no_relation() -> None:
    reader = connector({"bearer_token": "b"}, handle="acme")
    asked = replay(
        reader.fetch(Window(stream="mentions", now=NOW)), [answer({"meta": {"result_count": 0}})]
    ).requests[0]
    assert "receives_your_dm" not in asked.params["user.fields"]


def test_a_message_that_landed_is_found() -> None:
    (part,) = planned(complaint(), "See https://example.com/a & tell")
    part = replace(part, started_at=NOW - timedelta(hours=1), done=(Sent("71", kind="message"),))
    link = "https://t.co/abcdefghij"
    text = f"See {link} &amp; tell"
    urls = {"urls": [{"start": 4, "end": 27, "url": link, "expanded_url": "https://example.com/a"}]}
    ours = told("70", text, ME, entities=urls)
    others = [told("72", text, "111"), told("71", text, ME), told("69", "something else", ME)]
    seen = replay(connector().find_sent(part), [listing(*others, ours)])
    assert ([sent.id for sent in seen.result.found], seen.result.reached) == (["70"], True)
    assert seen.result.found[0].conversation == CONVERSATION
    assert seen.requests[0].path == "/2/dm_conversations/with/111/dm_events"


def test_what_was_said_before_the_attempt_is_not_taken_for_it() -> None:
    (part,) = planned(message(), "Sorry", "direct")
    part = replace(part, started_at=NOW)
    seen = replay(connector().find_sent(part), [listing(told("70", "Sorry", ME), next_token="t" * 16)])
    assert (seen.result.found, seen.result.reached) == ((), True)
    assert seen.requests[0].path == f"/2/dm_conversations/{PAIR}/dm_events"


def test_a_look_that_does_not_come_to_its_end_says_so() -> None:
    (part,) = planned(complaint())
    part = replace(part, started_at=NOW - timedelta(days=1))
    pages = [listing(told(str(90 - number), "other"), next_token="t" * 16) for number in range(5)]
    assert replay(connector().find_sent(part), pages).result.reached is False


# ------------------------------------------------------------------------------------- against a platform that answers


def signed_in(sandbox: TwitterSandbox, **more: Any) -> Client:
    return Client(Registry().connect("twitter", {**sandbox.settings, **more}), transport=sandbox)


@pytest.fixture(params=["tweet", "post"])
def names(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def heard(
    client: Client, stream: str = "messages", cursor: str | None = None
) -> tuple[list[Mention], str | None]:
    found: list[Mention] = []
    for batch in client.fetch(cursor, stream):
        assert batch.unread == ()
        found += [item for item in batch.items if isinstance(item, Mention)]
        cursor = batch.cursor
    return found, cursor


def test_a_customer_writes_and_is_answered(names: str) -> None:
    sandbox = TwitterSandbox(names=names)  # type: ignore[arg-type]  # one of two literals
    client = signed_in(sandbox, names=names)
    ann = sandbox.user("ann")
    ann.message(sandbox.account, "my parcel is lost & torn, see https://acme.example.com/4711")
    (mention,), cursor = heard(client)
    assert mention.text == "my parcel is lost & torn, see https://acme.example.com/4711"
    assert (mention.author.handle, mention.kind) == ("ann", "direct_message")
    (again,) = client.lookup([mention.id])
    assert isinstance(again, Mention)
    assert again.model_dump(exclude={"provenance", "observed_at"}) == mention.model_dump(
        exclude={"provenance", "observed_at"}
    )
    sandbox.advance(seconds=90)
    receipt = client.send(Reply(idempotency_key="k", target=mention, text="We look into it.", mode="direct"))
    assert (receipt.state, receipt.parts[0].id is not None) == ("sent", True)
    sandbox.advance(seconds=90)
    (ours,), cursor = heard(client, cursor=cursor)
    assert (ours.text, ours.direction, ours.conversation) == (
        "We look into it.",
        "outbound_native",
        mention.conversation,
    )
    assert ours.id == receipt.parts[0].id
    assert heard(client, cursor=cursor)[0] == []


def test_a_public_complaint_is_answered_in_private(names: str) -> None:
    sandbox = TwitterSandbox(names=names)  # type: ignore[arg-type]  # one of two literals
    client = signed_in(sandbox, names=names)
    ann = sandbox.user("ann")
    ann.follow(sandbox.account)
    ann.post("@acme my parcel is lost")
    (mention,), _ = heard(client, "mentions")
    assert mention.ext["twitter"]["author"]["receives_your_dm"] is True
    receipt = client.send(
        Reply(idempotency_key="k", target=mention, text="Your number, please?", mode="private")
    )
    assert receipt.state == "sent"
    assert [event.text for event in sandbox.messages(ann, sandbox.account)] == ["Your number, please?"]


def test_who_takes_no_messages_is_not_written_to() -> None:
    sandbox = TwitterSandbox()
    client = signed_in(sandbox)
    sandbox.user("bob").post("@acme my parcel is lost")
    (mention,), _ = heard(client, "mentions")
    reply = Reply(idempotency_key="k", target=mention, text="Your number, please?", mode="private")
    asked = len(sandbox.log)
    assert client.plan(reply).refusals
    with pytest.raises(Rejected, match="takes no direct messages"):
        client.send(reply)
    assert len(sandbox.log) == asked
    blind = mention.model_copy(update={"ext": {}})
    with pytest.raises(PlatformError) as caught:
        client.send(reply.model_copy(update={"target": blind}))
    assert isinstance(caught.value, Rejected)
    assert caught.value.reason == "blocked"


def test_a_message_is_found_again(names: str) -> None:
    sandbox = TwitterSandbox(names=names)  # type: ignore[arg-type]  # one of two literals
    client = signed_in(sandbox, names=names)
    ann = sandbox.user("ann")
    ann.message(sandbox.account, "hello")
    (mention,), _ = heard(client)
    reply = Reply(
        idempotency_key="k", target=mention, text="Look & see: https://acme.example.com/a", mode="direct"
    )
    receipt = client.send(reply)
    sandbox.advance(seconds=30)
    (part,) = client.connector.plan(reply, Standing(now=sandbox.clock.now(), target=mention))
    part = replace(part, started_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
    from socialdesk._engine.exchange import converse

    flow = converse(client.connector.find_sent(part), client._flows.session("reply"))
    search = client._run(flow)
    assert [ExternalId("twitter", "message", sent.id) for sent in search.found] == [receipt.parts[0].id]


def test_a_group_is_answered_where_it_talks() -> None:
    sandbox = TwitterSandbox()
    client = signed_in(sandbox)
    ann, bob = sandbox.user("ann"), sandbox.user("bob")
    bob.follow(ann)
    group = sandbox.group(ann, [bob, sandbox.account])
    ann.message(group, "all of us are cut off")
    (mention,), _ = heard(client)
    assert mention.conversation == ExternalId("twitter", "conversation", group.id)
    receipt = client.send(Reply(idempotency_key="k", target=mention, text="We know.", mode="direct"))
    assert receipt.state == "sent"
    messages, _ = heard(client)
    assert [told.text for told in messages] == ["We know.", "all of us are cut off"]
