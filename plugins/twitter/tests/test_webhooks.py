"""What X delivers: that it was X, and that the same thing is the same by every way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.twitter.tests.twitter_pages import (
    ME,
    OAUTH1,
    OAUTH1_APP,
    connector,
    page,
    post,
    shared_json,
    user,
)
from socialdesk.connector import Gone, Item, Notice, Raw, Receipted, Stub
from socialdesk.errors import PluginError
from socialdesk.models import ExternalId, Mention
from socialdesk.wire import WebhookRequest
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.joining import raws
from socialdesk_twitter.settings import App
from socialdesk_twitter.translate import to_mention

SECRET = "testsecret"
HEADER = "x-twitter-webhooks-signature"


def app(**more: Any) -> TwitterConnector:
    """The connector of the app alone, as a service holds it that receives for many accounts."""
    return TwitterConnector.of_app(
        App.model_validate({"consumer_key": "ck", "consumer_secret": SECRET, **more})
    )


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def delivery(body: Any, secret: str = SECRET) -> WebhookRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return WebhookRequest(body=content, headers={HEADER: signed(content, secret)})


def delivered(body: Any) -> list[Raw]:
    request = delivery(body)
    assert app().verify_webhook(request)
    return list(app().parse_webhook(request))


def items(body: Any, me: str = ME) -> list[Item | None]:
    twitter = connector()
    twitter.profile = type(twitter.profile)(id=me)  # type: ignore[misc]  # a Profile, as connector() sets it
    return [twitter.parse(raw) for raw in delivered(body)]


# ----------------------------------------------------------------------------------------------- whether it was X


def test_the_challenge_is_answered_over_the_token_alone() -> None:
    told = app().answer_challenge(
        WebhookRequest(method="GET", query={"crc_token": "challenge123", "nonce": "x"})
    )
    assert told is not None
    assert json.loads(told.body) == {"response_token": "sha256=12bDO7eYAqOD2oDOQv/AWEGoUWaqlkpLQae/tXPIkJg="}
    assert (told.status, told.media_type) == (200, "application/json")


@pytest.mark.parametrize("query", [{}, {"token": "challenge123"}])
def test_another_question_is_no_challenge(query: dict[str, str]) -> None:
    assert app().answer_challenge(WebhookRequest(method="GET", query=query)) is None
    assert app().answer_challenge(WebhookRequest(method="POST", query={"crc_token": "a"})) is None


@pytest.mark.parametrize("token", ["", "a" * 257, '{"data":[]}', "a b", "<script>", "a\n", "ä", "[1]"])
def test_nothing_is_signed_that_could_be_a_delivery(token: str) -> None:
    told = app().answer_challenge(WebhookRequest(method="GET", query={"crc_token": token}))
    assert told is not None
    assert (told.status, b"sha256" in told.body) == (400, False)


def test_an_answer_to_a_challenge_signs_no_delivery() -> None:
    told = app().answer_challenge(WebhookRequest(method="GET", query={"crc_token": "12345"}))
    assert told is not None
    forged = WebhookRequest(body=b"12345", headers={HEADER: json.loads(told.body)["response_token"]})
    assert not app().verify_webhook(forged)


def test_without_a_secret_nothing_is_answered_and_nothing_is_believed() -> None:
    bare = TwitterConnector.of_app(App())
    told = bare.answer_challenge(WebhookRequest(method="GET", query={"crc_token": "challenge123"}))
    assert told is not None
    assert told.status == 503
    assert not bare.verify_webhook(delivery({}, secret=""))
    assert not TwitterConnector.of_app(App.model_validate({"consumer_secret": ""})).verify_webhook(
        delivery({}, secret="")
    )


def test_the_signature_is_over_the_raw_bytes() -> None:
    body = b'{"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"feed","value":{"message":"\\u00e4"}}]}]}'
    told = "sha256=OsOLsMEIkx7m4cVB0V33Cci/DNvndKaCZ8aMMzvOjJE="
    assert app().verify_webhook(WebhookRequest(body=body, headers={"X-Twitter-Webhooks-Signature": told}))
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert not app().verify_webhook(WebhookRequest(body=again, headers={HEADER: told}))


def test_a_secret_that_was_replaced_is_believed_while_it_is_kept() -> None:
    rotated = app(consumer_secret="new", consumer_secrets_before=("older", SECRET))
    assert rotated.verify_webhook(delivery({"data": {}}))
    assert rotated.verify_webhook(delivery({"data": {}}, "new"))
    assert not rotated.verify_webhook(delivery({"data": {}}, "other"))
    assert "older" not in repr(rotated.app)


@pytest.mark.parametrize(
    "header", [{}, {HEADER: ""}, {HEADER: "sha256="}, {HEADER: "sha1=x"}, {HEADER: "ä\udcff"}]
)
def test_a_delivery_without_a_signature_is_forged(header: dict[str, str]) -> None:
    assert not app().verify_webhook(WebhookRequest(body=b"{}", headers=header))


def mutated(request: WebhookRequest, chance: random.Random) -> WebhookRequest:
    """The delivery with one byte of its body or of its signature changed, added or taken away."""
    body, told = bytearray(request.body), request.headers[HEADER]
    at, new = chance.randrange(len(body)), chance.randrange(256)
    match chance.randrange(6):
        case 0:
            body[at] ^= 1 + chance.randrange(255)
        case 1:
            body.insert(at, new)
        case 2:
            del body[at]
        case 3:
            place = chance.randrange(len(told))
            told = told[:place] + chance.choice("ABCabc019+/=") + told[place + 1 :]
        case 4:
            told = told[: chance.randrange(len(told))]
        case 5:
            told = signed(bytes(body), chance.choice(["Testsecret", "testsecre", "testsecret ", ""]))
    return WebhookRequest(body=bytes(body), headers={HEADER: told})


def test_ten_thousand_forged_deliveries_are_refused_and_every_true_one_is_taken() -> None:
    chance, twitter = random.Random(5), app()
    true = [delivery({"data": {"event_type": "post.mention.create", "n": number}}) for number in range(100)]
    assert all(twitter.verify_webhook(request) for request in true)
    forged = 0
    while forged < 10_000:
        request = true[forged % 100]
        other = mutated(request, chance)
        if (other.body, other.headers[HEADER]) == (request.body, request.headers[HEADER]):
            continue
        assert not twitter.verify_webhook(other), other.body
        forged += 1


# ------------------------------------------------------------------------------------------------- what was recorded


def recorded(name: str) -> Any:
    """A payload as X published it, with the X's that hide digits replaced."""
    return json.loads(json.dumps(shared_json("recorded", "x", name)).replace("XXXX", "1111"))


def test_a_mention() -> None:
    (mention,) = items(recorded("xaa_post_mention_create.json"), "1111111111111111111")
    assert isinstance(mention, Mention)
    assert mention.id == ExternalId("twitter", "post", "2080765813578191303")
    assert (mention.kind, mention.text, mention.visibility) == ("mention", "hey @ExampleUser", "public")
    assert (mention.author.handle, mention.author.followers, mention.metrics.likes) == ("OtherUser", 97, 0)
    assert mention.provenance.missing == ("ext",)
    (raw,) = delivered(recorded("xaa_post_mention_create.json"))
    assert raw.account == "1111111111111111111"
    assert "_str" not in json.dumps(raw.body)


def test_a_post_of_our_own_is_outbound() -> None:
    (mention,) = items(recorded("xaa_post_create.json"), "1111111111111111111")
    assert isinstance(mention, Mention)
    assert mention.direction == "outbound_native"


def test_a_repost_tells_whose_it_is_and_what_it_cannot_tell() -> None:
    (mention,) = items(recorded("xaa_post_repost_create.json"), "1111111111111111111")
    assert isinstance(mention, Mention)
    assert (mention.kind, mention.text) == ("repost", "Hello from the Activity API")
    assert mention.subject == ExternalId("twitter", "post", "2080761390344937796")
    assert {"text", "entities", "attachments", "subject", "author"} <= set(mention.provenance.missing)


def test_a_deleted_post_is_gone() -> None:
    (gone,) = items(recorded("xaa_post_delete.json"))
    assert gone == Gone(id=ExternalId("twitter", "post", "2080761269309813134"))


def test_a_grant_that_was_taken_back_asks_for_a_person() -> None:
    (raw,) = delivered(recorded("xaa_oauth_revoke.json"))
    assert raw.account == "1111111111111111111"
    notice = connector().parse(raw)
    assert isinstance(notice, Notice)
    assert (notice.scope, notice.health) == ("account", "reauth_required")


def test_an_encrypted_message_is_told_of_though_it_cannot_be_read() -> None:
    (notice,) = items(recorded("xaa_chat_received.json"))
    assert isinstance(notice, Notice)
    assert (notice.code, notice.health) == ("encrypted_message", None)


def test_what_is_of_no_interest_is_nothing() -> None:
    assert items(recorded("xaa_like_create.json")) == [None]


def test_messages_of_the_older_api() -> None:
    (raw,) = delivered(recorded("aaa_direct_message_events.json"))
    assert raw.account == "4337869213"
    (message,) = items(recorded("aaa_direct_message_events.json"), "4337869213")
    assert isinstance(message, Mention)
    assert message.id == ExternalId("twitter", "message", "954491830116155396")
    assert message.conversation == ExternalId("twitter", "conversation", "3001969357-4337869213")
    assert (message.kind, message.visibility, message.text) == ("direct_message", "direct", "Hello World!")
    assert (message.author.handle, message.author.followers) == ("furiouscamper", 22)
    assert message.created_at is not None
    assert message.created_at.timestamp() == 1516403560.557
    assert message.direction == "inbound"


def test_deletions_of_the_older_api() -> None:
    (gone,) = items(recorded("aaa_tweet_delete_events.json"))
    assert isinstance(gone, Gone)
    assert gone.id == ExternalId("twitter", "post", "1045405559317569537")
    assert gone.at is not None


# --------------------------------------------------------------------------------------------------- what may come


def event(kind: str, payload: Any, **more: Any) -> dict[str, Any]:
    told = {"event_uuid": "-1", "filter": {"user_id": ME}, "event_type": kind, "tag": "t", "payload": payload}
    return {"data": {**told, **more}}


def v1_message(message_id: str, sender: str, text: str, **more: Any) -> dict[str, Any]:
    data = {
        "text": text,
        "entities": {"hashtags": [], "urls": [], "user_mentions": [], "symbols": []},
        **more,
    }
    target = {"recipient_id": ME if sender != ME else "111"}
    return {
        "type": "message_create",
        "id": message_id,
        "created_timestamp": "1795169730123",
        "message_create": {"target": target, "sender_id": sender, "message_data": data},
    }


def test_several_events_in_one_body_and_one_that_cannot_be_read() -> None:
    good = event("post.mention.create", post("50", "@acme hi"))["data"]
    broken = event("post.reply.create", {"text": "no id"})["data"]
    unknown = event("post.sing", {"id": "1"})["data"]
    found = delivered({"data": [good, broken, unknown, "?", {"event_type": 7}]})
    assert [raw.shape for raw in found] == ["post", "post", "event", "event", "event"]
    assert isinstance(connector().parse(found[0]), Mention)
    for raw in found[1:]:
        with pytest.raises((PluginError, KeyError, TypeError)):
            connector().parse(raw)  # set aside by core, with what it was
    assert [raw.account for raw in found[:3]] == [ME] * 3
    assert [raw.shape for raw in delivered([{"data": good}, {"data": good}])] == ["post", "post"]


@pytest.mark.parametrize("body", [b"{", b'{"data":', b"[1", b"{}", b"[]", b'{"data":null}', b'{"data":[1]}'])
def test_no_delivery_fails_as_a_whole(body: bytes) -> None:
    for raw in app().parse_webhook(delivery(body)):
        with pytest.raises(PluginError):
            connector().parse(raw)


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "data", "payload", "event_type", "filter", "user_id", "id", "includes", "users", "for_user_id",
            "direct_message_events", "tweet_create_events", "message_create", "text", "x",
        ]),
        inner | st.sampled_from(["post.mention.create", "dm.received", "post.delete", "dm.read", "oauth.revoke"]),
        max_size=5,
    ),
    max_leaves=20,
))  # fmt: skip
def test_whatever_comes_is_taken_apart(body: Any) -> None:
    for raw in app().parse_webhook(delivery(body)):
        assert isinstance(raw, Raw)
        json.dumps(raw.body)


def test_a_message_that_was_read() -> None:
    body = {"last_read_event_id": "77", "sender_id": "111", "created_timestamp": "1795169730123"}
    (receipt,) = items(event("dm.read", {"direct_message_mark_read_events": [body]}))
    assert isinstance(receipt, Receipted)
    assert (receipt.id, receipt.state) == (ExternalId("twitter", "message", "77"), "read")
    assert items(event("dm.read", {**body, "sender_id": ME})) == [None]


def test_a_message_with_a_picture_and_a_link() -> None:
    link = "https://t.co/abcdefghij"
    told = v1_message(
        "60",
        "111",
        f"see {link} &amp; this",
        entities={"urls": [{"url": link, "expanded_url": "https://example.com/a", "indices": [4, 27]}]},
        attachment={
            "type": "media",
            "media": {
                "id": 2090000000000000099,
                "id_str": "2090000000000000099",
                "media_url_https": "https://ton.x.com/1.jpg",
                "type": "photo",
            },
        },
    )
    users = {"111": {"id": "111", "screen_name": "ann", "name": "Ann", "protected": False}}
    (message,) = items(event("dm.received", {"direct_message_events": [told], "users": users}))
    assert isinstance(message, Mention)
    assert message.text == "see https://example.com/a & this"
    assert message.entities[0].url == "https://example.com/a"
    (picture,) = message.attachments
    assert (picture.id.value, picture.kind) == ("3_2090000000000000099", "image")
    assert message.ext["twitter"]["attachments_need_sign_in"] is True
    assert (message.author.handle, message.conversation) == (
        "ann",
        ExternalId("twitter", "conversation", f"111-{ME}"),
    )


def test_a_message_of_ours_that_another_wrote_elsewhere_is_outbound() -> None:
    (message,) = items(event("dm.sent", {"direct_message_events": [v1_message("61", ME, "hello")]}))
    assert isinstance(message, Mention)
    assert message.direction == "outbound_native"


def test_a_post_of_the_older_api_is_looked_up() -> None:
    assert items({"for_user_id": ME, "tweet_create_events": [{"id": 5, "id_str": "5", "text": "hi"}]}) == [
        Stub(id=ExternalId("twitter", "post", "5"))
    ]


def test_a_revocation_of_the_older_api() -> None:
    body = {"user_event": {"revoke": {"target": {"app_id": "1"}, "source": {"user_id": "63046977"}}}}
    (raw,) = delivered(body)
    assert raw.account == "63046977"
    assert isinstance(connector().parse(raw), Notice)


# ------------------------------------------------------------------------------------------------ by poll and by push

IDS = st.integers(10**17, 2 * 10**18).map(str)
HANDLES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{2,10}", fullmatch=True)


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, dict[str, Any], bool]:
    """(event type, the answer of a listing with one post, whether what it refers to comes along with the push)."""
    kind = draw(st.sampled_from(["mention", "reply", "quote", "repost"]))
    handle, post_id = draw(HANDLES), draw(IDS)
    ours = post(
        draw(IDS.filter(lambda other: other != post_id)),
        draw(st.text(st.characters(exclude_categories=["C"]), max_size=20)),
        ME,
    )
    more: dict[str, Any] = {}
    text = draw(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40))
    if kind == "mention":
        text = f"@acme {text}"
        more["entities"] = {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": ME}]}
    else:
        name = {"reply": "replied_to", "quote": "quoted", "repost": "retweeted"}[kind]
        more["referenced_tweets"] = [{"type": name, "id": ours["id"]}]
    if kind == "reply":
        more |= {"in_reply_to_user_id": ME, "conversation_id": ours["id"]}
        if draw(st.booleans()):  # X puts the name of who is answered before the text
            text = f"@acme {text}"
            more["entities"] = {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": ME}]}
    if kind == "repost":
        text = f"RT @acme: {ours['text']}"
    media = []
    if kind != "repost" and draw(st.booleans()):
        more["attachments"] = {"media_keys": ["3_1"]}
        media = [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/1.jpg", "width": 4}]
    more["lang"] = draw(st.sampled_from(["en", "und", "in", "qme"]))
    more["possibly_sensitive"] = draw(st.booleans())
    author = user("111", handle, protected=False, verified_type=draw(st.sampled_from(["none", "business"])))
    told = post(post_id, text, **more)
    tweets = [] if kind == "mention" else [ours]
    return (
        f"post.{kind}.create",
        page(told, users=[author, user(ME, "acme")], tweets=tweets, media=media),
        draw(st.booleans()),
    )


def twinned(value: Any) -> Any:
    """Every number with its twin, as the recorded payloads have them."""
    if isinstance(value, list):
        return [twinned(item) for item in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for name, item in value.items():
        made[name] = twinned(item)
        if isinstance(item, int) and not isinstance(item, bool):
            made[f"{name}_str"] = str(item)
    return made


def pushed(kind: str, body: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """A listing's post as it is delivered: people wrapped, the post among those included, numbers with twins, and
    a reply that names what it answers in a field of its own."""
    told = dict(body["data"][0])
    included = body["includes"]
    if kind == "post.reply.create":
        told["in_reply_to_tweet_id"] = told.pop("referenced_tweets")[0]["id"]
        told.pop("in_reply_to_user_id")
    includes = {
        "users": [{"data": {**one, "description": "", "url": ""}} for one in included["users"]],
        "tweets": [told, *(included.get("tweets", ()) if whole else ())],
        "media": included.get("media", []) if whole else [],
    }
    told = {**told, "paid_partnership": False, "display_text_range": [0, 5]}
    return event(kind, twinned(told), includes=twinned(includes))


@given(answers())
def test_the_same_post_by_poll_push_and_lookup_is_the_same_mention(
    told: tuple[str, dict[str, Any], bool],
) -> None:
    kind, body, whole = told
    (listed,) = [to_mention(raw.body, ME) for raw in raws(body)]
    (looked_up,) = [to_mention(raw.body, ME) for raw in raws({**body, "data": body["data"][0]})]
    (mention,) = items(pushed(kind, body, whole=whole))
    assert isinstance(mention, Mention)
    assert looked_up == listed
    untold = set(mention.provenance.missing) | {"provenance"}
    assert mention.model_dump(exclude=untold) == listed.model_dump(exclude=untold)
    if whole:
        assert untold == {"provenance", "ext"}
    assert mention.id == listed.id
    assert mention.kind == listed.kind


def test_what_a_push_cannot_tell_is_named() -> None:
    body = page(
        post(
            "50",
            "look",
            referenced_tweets=[{"type": "quoted", "id": "40"}],
            attachments={"media_keys": ["3_1"]},
        ),
        tweets=[post("40", "ours", ME)],
    )
    (mention,) = items(pushed("post.quote.create", body, whole=False))
    assert isinstance(mention, Mention)
    assert mention.kind == "quote"
    assert set(mention.provenance.missing) == {"quotes", "subject", "attachments", "ext"}


@pytest.mark.parametrize("order", [1, -1])
def test_ids_keep_their_last_digits(order: int) -> None:
    twins = [("id", 2.0807658135781914e18), ("id_str", "2080765813578191303")][::order]
    told = event(
        "post.mention.create",
        {
            **{name: value for name, value in post("1", "@acme").items() if name != "id"},
            "edit_history_tweet_ids": [2080765813578191303],
            "author_id": 111,
            **dict(twins),
        },
    )
    (mention,) = items(told)
    assert isinstance(mention, Mention)
    assert mention.id.value == "2080765813578191303"
    assert mention.author.id == ExternalId("twitter", "user", "111")


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40), IDS, st.booleans())
def test_the_same_message_by_poll_and_push_is_the_same_mention(text: str, number: str, own: bool) -> None:
    from socialdesk_twitter.ids import moment_of

    sender = ME if own else "111"
    at = moment_of(number)
    listed = {
        "id": number,
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": sender,
        "dm_conversation_id": f"111-{ME}",
        "created_at": at.replace(microsecond=0).isoformat(),
    }
    twitter = connector()
    polled = twitter.parse(Raw("message", {"message": listed, "users": {"111": user("111", "ann")}}))
    told = {**v1_message(number, sender, text), "created_timestamp": str(int(at.timestamp() * 1000))}
    (mention,) = items(event("dm.received", {"direct_message_events": [told]}))
    assert isinstance(mention, Mention)
    assert isinstance(polled, Mention)
    untold = set(mention.provenance.missing) | {"provenance"}
    assert untold == {"provenance", "author", "ext"}
    assert mention.model_dump(exclude=untold) == polled.model_dump(exclude=untold)


def test_the_settings_of_an_account_hold_both() -> None:
    assert connector({**OAUTH1_APP, "consumer_secrets_before": ["old"]}, **OAUTH1).app.consumer_secrets_before


@pytest.mark.parametrize("kind", ["message_edit", ["message_create"], None])
def test_a_message_of_an_unknown_type_is_kept_as_it_came(kind: Any) -> None:
    told = {**v1_message("1", "111", "my parcel is lost"), "type": kind}
    (raw,) = delivered(event("dm.received", {"direct_message_events": [told], "users": {}}))
    assert "my parcel is lost" in json.dumps(raw.body)
    assert raw.account == ME
    with pytest.raises(PluginError):
        items(event("dm.received", {"direct_message_events": [told], "users": {}}))
