"""What Facebook delivers: believed only where it is signed, and read as the same that a poll tells."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from gidgethub.sansio import validate_event
from hypothesis import given
from hypothesis import strategies as st

from plugins.facebook.tests.facebook_pages import (
    ACME,
    APP,
    COMMENT,
    JO,
    ME,
    POST,
    PSID,
    change,
    comment,
    connector,
    delivery,
    event,
    items,
    message,
    only,
    post,
)
from socialdesk.auth import Stamp
from socialdesk.connector import Gone, Notice, Patch, Raw, Receipted, Stub
from socialdesk.models import ExternalId, Mention
from socialdesk.wire import Request, WebhookRequest
from socialdesk_facebook.connector import FacebookConnector
from socialdesk_facebook.settings import App

CREATED = 1795169730  # 20 November 2026, 10:15:30 UTC


def dm(mid: str) -> ExternalId:
    return ExternalId("facebook", "message", mid)


def said(**more: Any) -> dict[str, Any]:
    """The value of a new comment, as it is delivered."""
    return {
        "item": "comment",
        "verb": "add",
        "comment_id": COMMENT,
        "post_id": POST,
        "parent_id": POST,
        "from": JO,
        "message": "Are you open on Sunday?",
        "created_time": CREATED,
        "post": {"permalink_url": f"https://www.facebook.com/{POST}", "status_type": "mobile_status_update"},
        **more,
    }


# -------------------------------------------------------------------------------------------------------- the door


VECTOR = "3ac38bb0c108931ee6e1c541d15df709c8bf0cdbe774a68267c68c333bce8c91"


def test_the_proof_of_a_call_is_the_one_that_facebook_computes() -> None:
    signed = (
        connector().auth("account").sign(Request("GET", "https://graph.facebook.com/v26.0/me"), None, None)
    )  # type: ignore[arg-type]  # no stamp is needed
    assert signed.params["appsecret_proof"] == (
        "0fe0290d1eaeba982539270ab00e88ad52373b2ff4248f08f896b36979233d2d"
    )
    assert signed.headers["authorization"] == "Bearer EAAtoken"
    assert "EAAtoken" not in signed.full_url


def test_without_a_secret_nothing_is_proved() -> None:
    signed = connector({}).auth("account").sign(Request("GET", "https://x"), None, Stamp.__new__(Stamp))
    assert signed.params == {}


@given(st.binary(max_size=200), st.text(min_size=1, max_size=40))
def test_what_is_believed_is_what_another_library_believes(body: bytes, secret: str) -> None:
    digest = hmac.new(secret.encode("utf-8", "ignore"), body, hashlib.sha256).hexdigest()
    if secret != secret.encode("utf-8", "ignore").decode():
        return
    signature = f"sha256={digest}"
    validate_event(body, signature=signature, secret=secret)  # raises where it is not the form
    page = connector({**APP, "app_secret": secret})
    assert page.verify_webhook(delivery(body, secret=secret))
    assert not page.verify_webhook(delivery(body + b" ", secret=None, X_Hub_Signature_256=signature))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Hub_Signature_256": "sha256="},
        {"X_Hub_Signature_256": "sha256=ä"},
        {"X_Hub_Signature_256": f"sha1={VECTOR}"},
        {"X_Hub_Signature": "sha1=" + "0" * 40},
    ],
)
def test_what_is_not_signed_is_not_believed(headers: dict[str, str]) -> None:
    assert not connector().verify_webhook(delivery(b"{}", secret=None, **headers))


def test_the_older_signature_counts_only_where_there_is_no_newer_one() -> None:
    body = b'{"object":"page"}'
    sha1 = "sha1=" + hmac.new(b"testsecret", body, hashlib.sha1).hexdigest()
    page = connector()
    assert page.verify_webhook(delivery(body, secret=None, X_Hub_Signature=sha1))
    both = {"X_Hub_Signature": sha1, "X_Hub_Signature_256": "sha256=" + "0" * 64}
    assert not page.verify_webhook(delivery(body, secret=None, **both))


def test_without_a_secret_nothing_is_believed() -> None:
    page = FacebookConnector.of_app(App())
    digest = hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert not page.verify_webhook(delivery(b"{}", secret=None, X_Hub_Signature_256=f"sha256={digest}"))


def asked(**query: str) -> WebhookRequest:
    return WebhookRequest(method="GET", query={f"hub.{name}": value for name, value in query.items()})


def test_the_challenge_is_repeated_to_who_knows_the_word() -> None:
    page = connector()
    answer = page.answer_challenge(asked(mode="subscribe", challenge="1158201444", verify_token="agreed"))
    assert answer is not None
    assert (answer.status, answer.body, answer.media_type) == (200, b"1158201444", "text/plain")


@pytest.mark.parametrize(
    ("app", "query", "status"),
    [
        (APP, {"mode": "subscribe", "challenge": "1", "verify_token": "wrong"}, 403),
        (APP, {"mode": "subscribe", "challenge": "1"}, 403),
        (APP, {"mode": "subscribe", "challenge": "<script>", "verify_token": "agreed"}, 400),
        ({}, {"mode": "subscribe", "challenge": "1", "verify_token": ""}, 503),
    ],
)
def test_the_challenge_is_refused_to_others(app: dict[str, str], query: dict[str, str], status: int) -> None:
    answer = connector(app).answer_challenge(asked(**query))
    assert answer is not None
    assert answer.status == status
    assert b"script" not in answer.body


def test_what_is_no_challenge_is_none() -> None:
    assert connector().answer_challenge(delivery({})) is None
    assert connector().answer_challenge(asked(mode="unsubscribe", challenge="1")) is None


# ----------------------------------------------------------------------------------------------------------- the feed


def bare(mention: Mention, untold: tuple[str, ...]) -> dict[str, Any]:
    return mention.model_dump(exclude={"provenance", *untold})


@pytest.mark.parametrize(
    ("pushed", "listed"),
    [
        (said(), Raw("comment", {"comment": comment(), "post_id": POST})),
        (
            said(parent_id="200001_300000", comment_id="200001_300009"),
            Raw(
                "comment",
                {"comment": comment("200001_300009", parent={"id": "200001_300000"}), "post_id": POST},
            ),
        ),
        (
            said(photo="https://a/1.jpg", **{"from": ACME}),
            Raw(
                "comment",
                {
                    "comment": comment(
                        attachment={"type": "photo", "media": {"image": {"src": "https://a/1.jpg"}}},
                        **{"from": ACME},
                    ),
                    "post_id": POST,
                },
            ),
        ),
        (
            {
                "item": "status",
                "verb": "add",
                "post_id": POST,
                "from": JO,
                "message": "Hello",
                "created_time": CREATED,
            },
            Raw(
                "post",
                {"post": post(message="Hello", created_time="2026-11-20T10:15:30+0000", **{"from": JO})},
            ),
        ),
    ],
)
def test_a_delivery_and_a_poll_tell_the_same(pushed: dict[str, Any], listed: Raw) -> None:
    heard, polled = only(items(change(**pushed))), connector().parse(listed)
    assert isinstance(polled, Mention)
    untold = heard.provenance.missing
    assert bare(heard, untold) == bare(polled, untold)
    assert (heard.id, heard.kind, heard.text, heard.conversation) == (
        polled.id,
        polled.kind,
        polled.text,
        polled.conversation,
    )
    assert [item.id for item in heard.attachments] == [item.id for item in polled.attachments]


@pytest.mark.parametrize(
    ("verb", "meant"),
    [
        ("remove", Gone),
        ("delete", Gone),
        ("hide", Gone),
        ("unhide", Patch),
        ("edited", Stub),
        ("edit", Stub),
    ],
)
def test_what_becomes_of_a_comment(verb: str, meant: type[Any]) -> None:
    (item,) = items(change(**said(verb=verb)))
    assert isinstance(item, meant)
    assert item.id == ExternalId("facebook", "comment", COMMENT)
    if isinstance(item, Gone):
        assert item.state == ("hidden" if verb == "hide" else "deleted")
        assert item.at is not None
    if isinstance(item, Patch):
        assert item.changes == {"state": "active"}


@pytest.mark.parametrize("item", ["like", "reaction"])
def test_likes_are_no_mentions(item: str) -> None:
    assert items(change(item=item, verb="add", post_id=POST, **{"from": JO})) == []
    assert items(change(**said(verb="block"))) == []
    assert items(change("parking")) == []


def test_a_mention_without_an_author_stands_and_is_looked_up() -> None:
    found = items(
        change("mention", item="post", verb="add", post_id="8001_1", message="@Acme!", created_time=CREATED)
    )
    heard, stub = found
    assert isinstance(heard, Mention)
    assert (heard.text, heard.kind, heard.author.id) == ("@Acme!", "mention", None)
    assert "author" in heard.provenance.missing
    assert stub == Stub(id=ExternalId("facebook", "post", "8001_1"))


def test_older_deliveries_name_the_sender_otherwise() -> None:
    told = {"item": "post", "verb": "add", "post_id": POST, "sender_id": 7001, "sender_name": "Jo Doe"}
    heard = only(items(change(**told)))
    assert heard.author.id == ExternalId("facebook", "user", PSID)
    assert heard.author.display_name == "Jo Doe"
    assert "created_at" in heard.provenance.missing


def test_a_thousand_changes_come_in_one_delivery_for_many_pages() -> None:
    changes = [{"field": "feed", "value": said(comment_id=f"200001_{number}")} for number in range(1000)]
    changes[500] = {"field": "feed", "value": {"item": "comment"}}  # of no form that is known
    body = {
        "object": "page",
        "entry": [{"id": page, "time": 1, "changes": changes} for page in (100001, "100002")],
    }
    raws = connector().parse_webhook(delivery(body))
    assert len(raws) == 2000
    assert {raw.account for raw in raws} == {"100001", "100002"}
    read = unread = 0
    for raw in raws:
        try:
            read += isinstance(connector().parse(raw), Mention)
        except KeyError:
            unread += 1
    assert (read, unread) == (1998, 2)


def test_what_the_dashboard_sends_for_a_try_is_dropped() -> None:
    body = change(**said(post_id="44444444_444444444"))
    assert connector().parse_webhook(delivery(body)) == ()
    body = change(**said())
    body["entry"][0]["id"] = "0"
    assert connector().parse_webhook(delivery(body)) == ()


def test_other_products_of_the_app_are_not_ours() -> None:
    assert connector().parse_webhook(delivery({"object": "instagram", "entry": [{"id": "1"}]})) == ()


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"object":"page"}', b'{"object":"page","entry":[7]}'])
def test_what_cannot_be_read_is_kept_as_it_came(body: bytes) -> None:
    (raw,) = connector().parse_webhook(delivery(body))
    assert raw.body["told"] == (json.loads(body) if body[:1] in b"[{" else "no json") or raw.body["told"] == 7


# ------------------------------------------------------------------------------------------------------------ Messenger


def test_a_message_is_the_same_by_delivery_and_by_poll() -> None:
    told = {"mid": "m_1", "text": "hi", "reply_to": {"mid": "m_0"}}
    heard = only(items(event(message=told)))
    polled = connector().parse(Raw("message", {"message": message(reply_to={"mid": "m_0"})}))
    assert isinstance(polled, Mention)
    assert bare(heard, heard.provenance.missing) == bare(polled, heard.provenance.missing)
    assert heard.author.id == polled.author.id
    assert heard.created_at == polled.created_at


def test_an_echo_carries_our_key_back() -> None:
    told = {"mid": "m_2", "text": "hello", "is_echo": True, "app_id": 1, "metadata": "our-key"}
    heard = only(items(event(own=True, message=told)))
    assert (heard.echo_key, heard.direction) == ("our-key", "outbound_native")
    assert heard.conversation == ExternalId("facebook", "conversation", f"psid:{PSID}")
    typed = only(items(event(own=True, message={"mid": "m_3", "text": "by hand", "is_echo": True})))
    assert (typed.echo_key, typed.direction) == (None, "outbound_native")


def test_payloads_may_be_objects_texts_or_nothing() -> None:
    attached = [
        {"type": "image", "payload": {"url": "https://a/1"}},
        {"type": "fallback", "title": "A page", "url": "https://acme.example", "payload": None},
        {"type": "fallback", "title": "A page", "url": "https://acme.example", "payload": "text"},
        {"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2}}},
    ]
    heard = only(items(event(message={"mid": "m_1", "attachments": attached})))
    assert [item.kind for item in heard.attachments] == ["image", "link", "link", "other"]
    assert heard.attachments[2].url == "https://acme.example"


def test_what_becomes_of_a_message() -> None:
    assert items(event(message={"mid": "m_1", "is_deleted": True})) == [
        Gone(id=dm("m_1"), at=connector().parse_webhook(delivery(event(message={})))[0].at)
    ]
    edited = only(items(event(message_edit={"mid": "m_1", "text": "hi there", "num_edit": "2"})))
    assert (edited.id, edited.text, edited.revision, edited.state) == (dm("m_1"), "hi there", 2, "edited")
    assert edited.edited_at is not None
    assert "created_at" in edited.provenance.missing


def test_what_was_delivered_and_read() -> None:
    found = items(event(delivery={"mids": ["m_1", "m_2"], "watermark": 1795169730123}))
    assert [(item.id, item.state) for item in found] == [(dm("m_1"), "delivered"), (dm("m_2"), "delivered")]
    (upto,) = items(event(read={"watermark": 1795169730123}))
    assert upto == Receipted(
        id=ExternalId("facebook", "conversation", f"psid:{PSID}"), state="read", at=found[0].at
    )
    (one,) = items(event(read={"mid": "m_1"}))
    assert one.id == dm("m_1")


def test_a_button_says_what_stands_on_it() -> None:
    heard = only(items(event(postback={"mid": "m_9", "title": "Talk to us", "payload": "TALK"})))
    assert (heard.id, heard.text) == (dm("m_9"), "Talk to us")
    assert heard.ext["facebook"]["payload"] == "TALK"
    unnamed = [only(items(event(postback={"title": "x"}))).id for _ in range(2)]
    assert unnamed[0] == unnamed[1]


@pytest.mark.parametrize("name", ["reaction", "referral", "optin", "pass_thread_control"])
def test_what_says_nothing_is_left_out(name: str) -> None:
    assert items(event(**{name: {"x": 1}})) == []


def test_what_another_app_answers_is_heard_all_the_same() -> None:
    heard = only(items(event(standby=True, message={"mid": "m_1", "text": "hi"})))
    assert heard.text == "hi"
    assert heard.ext["facebook"]["standby"] is True


def test_a_policy_that_is_enforced_is_for_a_person() -> None:
    (notice,) = items(event(**{"policy-enforcement": {"action": "block", "reason": "Spam."}}))
    assert isinstance(notice, Notice)
    assert (notice.scope, notice.health) == ("account", "suspended")
    assert "Spam." in notice.text


def test_a_recommendation_is_delivered() -> None:
    told = {
        "item": "rating",
        "verb": "add",
        "open_graph_story_id": 9001,
        "reviewer_id": 7001,
        "reviewer_name": "Jo Doe",
        "review_text": "Never again",
        "recommendation_type": "NEGATIVE",
        "created_time": CREATED,
    }
    heard = only(items(change("ratings", **told)))
    assert heard.id == ExternalId("facebook", "review", "9001")
    assert (heard.kind, heard.text) == ("review", "Never again")
    assert heard.author.id == ExternalId("facebook", "user", PSID)


SIMPLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(change_value=SIMPLE, happened=SIMPLE, entry=SIMPLE)
def test_reading_a_delivery_never_fails_as_a_whole(change_value: Any, happened: Any, entry: Any) -> None:
    body = {
        "object": "page",
        "entry": [
            entry,
            {
                "id": ME,
                "changes": [
                    {"field": "feed", "value": change_value},
                    change_value,
                    {"field": "feed", "value": said()},
                ],
                "messaging": [happened, {"delivery": happened, "sender": {"id": "1"}}],
            },
        ],
    }
    raws = connector().parse_webhook(delivery(json.dumps(body).encode()))
    good = [raw for raw in raws if raw.shape == "change" and raw.body.get("value") == said()]
    assert good
    assert isinstance(connector().parse(good[0]), Mention)


@pytest.mark.parametrize(
    "body",
    [
        {"object": "PAGE", "entry": [{"id": ME, "changes": [{"field": "feed", "value": said()}]}]},
        {"object": ["page"], "entry": [{"id": ME, "changes": [{"field": "feed", "value": said()}]}]},
        {"object": "page", "entry": [{"id": ME, "changes": {"field": "feed", "value": said()}}]},
        {"object": "page", "entry": [{"id": ME, "Changes": [{"field": "feed", "value": said()}]}]},
        {"object": "page", "entry": [{"id": ME, "changes": [{"field": "feed", "value": said(post_id=[1])}]}]},
        {"object": "page", "entry": [{"id": ME, "changes": [{"field": "feed", "value": said(post_id="0")}]}]},
    ],
    ids=["other object", "strange object", "no list", "other name", "strange id", "no id"],
)
def test_what_has_no_known_form_is_kept_as_it_came(body: Any) -> None:
    (raw,) = connector().parse_webhook(delivery(body))
    assert said()["message"] in json.dumps(raw.body)


def test_what_is_of_another_product_is_no_ones() -> None:
    assert connector().parse_webhook(delivery({"object": "instagram", "entry": [{"id": "1"}]})) == ()


def test_a_message_for_a_page_without_a_number_is_kept_as_it_came() -> None:
    told = event(message={"mid": "m_1", "text": "Are you open on Sunday?"})
    told["entry"][0]["id"] = "0"
    (raw,) = connector().parse_webhook(delivery(told))
    assert "Are you open on Sunday?" in json.dumps(raw.body)
