"""Every request that the plugin makes, every record that it writes and every answer of its sandbox is one that
Bluesky's published lexicons take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugins.bluesky.tests import lexicons
from plugins.bluesky.tests.bluesky_pages import SERVER
from plugins.bluesky.tests.sandbox_line import Line
from socialdesk.errors import Rejected
from socialdesk.models import Attachment, ExternalId, Rule
from socialdesk.wire import Request, Response
from socialdesk_bluesky.records import Where, post_record
from socialdesk_bluesky.sandbox.cids import cid_of_file
from socialdesk_bluesky.sandbox.schema import RECORDS
from socialdesk_bluesky.settings import may_sign_in_at

RULES = (
    Rule(name="words", phrase="acme cable", any_of=("down", "no signal"), language="en"),
    Rule(name="tags", hashtags=("fail", "acme")),
    Rule(name="links", urls=("example.com/a",)),
)

ASKED = {
    *(f"com.atproto.server.{name}" for name in ("createSession", "refreshSession", "getSession")),
    *(f"com.atproto.repo.{name}" for name in ("putRecord", "deleteRecord", "getRecord")),
    *(f"app.bsky.feed.{name}" for name in ("getPosts", "getPostThread", "searchPosts")),
    *("app.bsky.notification.listNotifications", "app.bsky.actor.getProfile"),
    "com.atproto.identity.resolveHandle",
}
"""All that the connector asks but for uploadBlob, whose body is no JSON."""


@pytest.fixture(scope="module")
def crossed() -> list[tuple[Request, Response]]:
    """One of everything that the connector does, and what it is answered."""
    lexicons.lexicons()
    line = Line(languages=("en", "de"))
    ann, bob = line.sandbox.user("ann", verified=True, own_labels=["bot"]), line.sandbox.user("bob")
    ours = line.sandbox.account.post("News", allow=["mention"])
    post = ann.post("@acme look: https://example.com/a #fail", embed=ann.picture(alt="a box"), tags=["acme"])
    bob.quote(ours, "@acme no signal, Acme Cable is down")
    bob.repost(ours)
    ann.gate(post, ["mention"])
    (mention, *_) = [one for one in line.heard(size=1) if one.id.value == post.uri]
    for rule in RULES:
        line.searched(rule)
    line.thread(post)
    parts = line.parts(
        "Sorry, @ann.bsky.social! " * 20 + "See https://example.com #help @nobody.example.com", mention
    )
    line.said(parts)
    line.run(line.bluesky.find_sent(parts[0]))
    line.run(line.bluesky.find_sent(line.parts("never said", mention)[0]))
    line.answered(mention, "Look", mode="quote")
    for name in ("like", "unlike", "block", "unblock"):
        line.does(name, post.uri)
    line.sandbox.account.gate(ours, None)
    answer = ann.reply(ours, "rubbish")
    line.does("hide", answer.uri)
    line.does("unhide", answer.uri)
    gone = ann.post("@acme soon gone")
    ann.delete(gone)
    line.looked_up(post.uri, gone.uri, line.said(line.parts("Bye"))[0].id)
    with pytest.raises(Rejected):
        line.does("like", gone.uri)
    ann.block(line.sandbox.account)
    line.looked_up(post.uri)
    line.does("delete", line.sandbox.account.posts[0].uri)
    line.run(line.bluesky.auth("account").refresh(line.tokens, line.stamp()))
    return line.crossed


def test_every_request_is_one_that_the_lexicons_take(crossed: list[tuple[Request, Response]]) -> None:
    assert {lexicons.method_of(request) for request, _ in crossed} == ASKED
    assert [problem for request, _ in crossed for problem in lexicons.of_request(request)] == []


def test_every_answer_of_the_sandbox_is_one_that_the_lexicons_promise(
    crossed: list[tuple[Request, Response]],
) -> None:
    problems = [problem for request, response in crossed for problem in lexicons.of_answer(request, response)]
    assert sorted(set(problems)) == []
    assert {response.status for _, response in crossed} == {200, 400}


def test_a_post_with_pictures_and_a_quote_is_one_that_the_lexicons_take() -> None:
    lexicons.lexicons()
    line = Line()
    (part,) = line.parts("Look: https://example.com/é #fail")
    content = b"\xff\xd8\xff"
    blob = {"$type": "blob", "ref": {"$link": cid_of_file(content)}, "mimeType": "image/jpeg", "size": 3}
    ref = line.sandbox.account.post("News").ref
    picture = Attachment(
        id=ExternalId("desk", "media", "a"), kind="image", width=3, height=4, alt_text="a box"
    )
    for where in (Where(), Where(quotes=ref), Where(parent=ref, root=ref, languages=("en",))):
        assert lexicons.of_record(post_record(replace(part, attachments=(picture,)), where, [blob])) == []


def test_a_record_that_is_no_good_is_found() -> None:
    lexicons.lexicons()
    good = {"$type": "app.bsky.feed.post", "text": "hi", "createdAt": "2026-11-20T09:00:00.000Z"}
    assert lexicons.of_record(good) == []
    for more in (
        {"text": "x" * 301},
        {"text": "👩‍👩‍👧‍👦" * 130},
        {"createdAt": "yesterday"},
        {"langs": ["en"] * 4},
        {"reply": {"root": {"uri": "at://did:plc:a/b.c.d/e"}}},
        {"embed": {"images": []}},
        {"more": 1},
    ):
        assert lexicons.of_record({**good, **more}) != []


def test_the_sandbox_checks_what_the_lexicons_say() -> None:
    """Its table of record types is a copy of theirs: the same members, the same that are required, the same lengths."""
    for name, schema in RECORDS.items():
        record = lexicons.lexicons()[name]["defs"]["main"]["record"]
        assert set(schema.members) <= set(record["properties"]), name
        assert set(schema.required) == set(record.get("required", ())), name
        for member, inner in schema.members.items():
            told = record["properties"][member]
            limits = (getattr(inner, "most_bytes", None), getattr(inner, "most_graphemes", None))
            if told["type"] == "string":
                assert limits == (told.get("maxLength"), told.get("maxGraphemes")), (name, member)
            if told["type"] == "array":
                assert inner.most == told.get("maxLength"), (name, member)


def test_the_server_of_the_pages_is_one_that_may_be_signed_in_at() -> None:
    assert may_sign_in_at(SERVER, "https://bsky.social")
    assert may_sign_in_at("http://127.0.0.1:2583", "http://localhost:2583")
    for bad in (
        "http://morel.example",
        "https://user@evil.example",
        "ftp://x.example",
        "https://x.example/path",
        "x",
    ):
        assert not may_sign_in_at(bad, "https://bsky.social")
    assert not may_sign_in_at("http://127.0.0.1:2583", "https://bsky.social")
    assert not may_sign_in_at(SERVER, "http://127.0.0.1:2583")
