"""What was recorded of the live platform, and of its own server's tests, is read as what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from plugins.bluesky.tests.bluesky_pages import ME, NOW, SHARED, answer, author, connector, shared_json, view
from socialdesk.connector import Gone, Raw, Topic, Window
from socialdesk.models import ExternalId, Mention
from socialdesk.testing import replay
from socialdesk_bluesky.people import author_of, labels_of
from socialdesk_bluesky.sandbox.cids import cid_of_record
from socialdesk_bluesky.sessions import server_of

READ_HERE = {
    "did_doc.json", "feed_generator_record.json", "getPostThread_snapshot.json", "getPosts_snapshot.json",
    "getProfile_snapshot.json", "granary_post_bsky.json", "granary_post_bsky_embed.json",
    "granary_post_bsky_images.json", "granary_post_view_bsky.json", "granary_reply_bsky.json",
    "granary_reply_post_view_bsky.json", "granary_thread_bsky.json", "listNotifications_quote_snapshot.json",
    "listNotifications_reason_filtered_snapshot.json", "post_record.json", "post_record_unknown_field.json",
    "resolveHandle.json", "searchActors_snapshot.json", "threadgate_snapshot.json",
}  # fmt: skip


def recorded(name: str, owners: Mapping[int, str] | None = None) -> Any:
    """A recording. In snapshots of the server's tests ids are replaced by ``user(N)``, ``record(N)`` and ``cids(N)``:
    they become a DID each, a post of that person's (or of ``owners``) and a CID."""
    text = json.dumps(shared_json("recorded", "bluesky", name))
    text = re.sub(r"user\((\d+)\)", lambda found: did(int(found[1])), text)
    text = re.sub(r"cids\((\d+)\)", lambda found: cid_of_record({"n": int(found[1])}), text)
    return json.loads(
        re.sub(r"record\((\d+)\)", lambda found: post(int(found[1]), (owners or {}).get(int(found[1]))), text)
    )


def did(number: int) -> str:
    return f"did:plc:user{number}"


def post(number: int, owner: str | None = None) -> str:
    return f"at://{owner or 'did:plc:somebody'}/app.bsky.feed.post/3lbrecord{number}"


def read(written: Any, me: str = ME) -> Mention:
    mention = connector(me).parse(Raw("post", {"post": view(written)}))
    assert isinstance(mention, Mention)
    return mention


def test_every_recording_is_read_here() -> None:
    folder = SHARED / "recorded" / "bluesky"
    if not folder.is_dir():
        pytest.skip("the shared material is not here: recorded/bluesky")
    assert {file.name for file in folder.glob("*.json")} == READ_HERE


@pytest.mark.parametrize(
    "name", ["post_record.json", "post_record_unknown_field.json", "feed_generator_record.json"]
)
def test_the_sandbox_gives_records_their_true_cid(name: str) -> None:
    told = shared_json("recorded", "bluesky", name)
    assert cid_of_record(told["value"]) == told["cid"]


def test_posts_with_a_zone_without_one_and_with_a_field_that_nobody_knows() -> None:
    plain = read(shared_json("recorded", "bluesky", "post_record.json")["value"])
    assert (plain.text, plain.language) == ("new text114", None)
    odd = read(shared_json("recorded", "bluesky", "post_record_unknown_field.json")["value"])
    assert (odd.text, odd.language) == ("regress test", "en")
    assert odd.created_at is not None
    assert odd.created_at.isoformat() == "2023-07-21T01:33:51.481951+00:00"


def test_where_an_account_is_at_home() -> None:
    told = shared_json("recorded", "bluesky", "did_doc.json")
    assert server_of(told["didDoc"]) == "https://shimeji.us-east.host.bsky.network"
    profile = replay(connector().identify(), [answer(told)]).result
    assert (profile.id, profile.handle) == ("did:plc:kvwvcn5iqfooopmyzvb4qzba", "test.marshal.dev")
    assert profile.host == "https://shimeji.us-east.host.bsky.network"


def test_a_mention_that_quotes() -> None:
    body = recorded("listNotifications_reason_filtered_snapshot.json")
    seen = replay(
        connector(did(1)).fetch(Window(stream="mentions", now=NOW)), [answer(body), answer({"posts": []})]
    )
    (mention,) = [connector(did(1)).parse(raw) for raw in seen.result.items]
    assert isinstance(mention, Mention)
    assert (mention.kind, mention.text) == ("mention", "@alice.bluesky.xyz is the best")
    assert mention.author.handle == "dan.test"
    assert mention.quotes == ExternalId("bluesky", "post", post(2))
    assert [(entity.kind, entity.text) for entity in mention.entities] == [("mention", "@alice.bluesky.xyz")]
    assert "metrics" in mention.provenance.missing
    assert (seen.result.next, seen.result.end) == (None, "reached")


def test_a_repost_a_follower_and_a_quote_of_ours() -> None:
    told = recorded("listNotifications_quote_snapshot.json", {1: did(3)})
    told[0]["uri"] = told[0]["uri"].replace("feed.post", "feed.repost")
    told[1]["uri"] = told[1]["uri"].replace("feed.post", "graph.follow")
    bluesky = connector(did(3))
    window = Window(stream="mentions", now=NOW)
    done = replay(bluesky.fetch(window), [answer({"notifications": told}), answer({"posts": []})])
    repost, _, quote = done.result.items
    passed_on, quoted = bluesky.parse(repost), bluesky.parse(quote)
    assert isinstance(passed_on, Mention)
    assert isinstance(quoted, Mention)
    assert (passed_on.kind, passed_on.subject) == ("repost", ExternalId("bluesky", "post", post(1, did(3))))
    assert (quoted.kind, quoted.text) == ("quote", "yoohoo label_me")
    assert quoted.subject == quoted.quotes == passed_on.subject
    assert quoted.ext["bluesky"]["labels"] == ["test-label"]
    assert quoted.ext["bluesky"]["author"]["labels"] == ["self-label-a", "self-label-b"]


def test_a_thread_from_its_first_post_on() -> None:
    body = {"thread": recorded("getPostThread_snapshot.json")}
    topic = Topic(body["thread"]["post"]["uri"])
    window = Window(stream="conversation", now=NOW, topics=(topic,))
    done = replay(connector(did(0)).fetch(window), [answer(body)])
    mentions = [connector(did(0)).parse(raw) for raw in done.result.items]
    assert all(isinstance(mention, Mention) for mention in mentions)
    texts = [mention.text for mention in mentions if isinstance(mention, Mention)]
    assert texts[:2] == ["again", "hear that label_me label_me_2"]
    second = mentions[1]
    assert isinstance(second, Mention)
    assert [one.kind for one in second.attachments] == ["image"]
    assert second.attachments[0].alt_text == "../dev-env/assets/key-landscape-small.jpg"
    assert second.attachments[0].url is not None
    assert second.metrics.likes == 1


def test_a_thread_modelled_on_real_ones() -> None:
    body = {"thread": shared_json("recorded", "bluesky", "granary_thread_bsky.json")}
    topic = Topic("at://did:al:ice/app.bsky.feed.post/tid")
    done = replay(connector().fetch(Window(stream="conversation", now=NOW, topics=(topic,))), [answer(body)])
    mentions = [connector().parse(raw) for raw in done.result.items]
    texts = [mention.text for mention in mentions if isinstance(mention, Mention)]
    assert texts == ["My original post", "I hereby reply to this", "I hereby reply to this"]


def test_a_gallery_beside_a_quote() -> None:
    told = recorded("getPosts_snapshot.json", {2: did(0)})
    (raw,) = replay(
        connector(did(0)).lookup([ExternalId("bluesky", "post", told["uri"])]), [answer({"posts": [told]})]
    ).result
    mention = connector(did(0)).parse(raw)
    assert isinstance(mention, Mention)
    assert (mention.kind, mention.text) == ("quote", "gallery + record")
    assert [(one.kind, one.alt_text, one.size) for one in mention.attachments] == [
        ("image", "landscape", 4114)
    ]
    assert mention.attachments[0].preview_url is not None


def test_people() -> None:
    people = [*recorded("getProfile_snapshot.json"), *recorded("searchActors_snapshot.json")]
    for told in people:
        known = author_of(told, None)
        assert known["handle"] == told["handle"]
        assert known["id"].value == told["did"]
    assert labels_of(people[0]) == ["self-label-a", "self-label-b"]
    assert author_of(people[0], did(0))["is_self"] is True


def test_who_has_a_handle() -> None:
    told = shared_json("recorded", "bluesky", "resolveHandle.json")
    done = replay(connector()._resolved("bsky.app"), [answer(told)])
    assert done.result == "did:plc:z72i7hdynmk6r22z27h6tvur"


def test_a_gate_that_lets_nobody_in() -> None:
    gate = recorded("threadgate_snapshot.json")
    thread = {"$type": "app.bsky.feed.defs#threadViewPost", "post": view(at=post(1)), "replies": []}
    window = Window(stream="conversation", now=NOW, topics=(Topic(post(1)),))
    done = replay(connector().fetch(window), [answer({"thread": thread, "threadgate": gate})])
    assert [raw.body["hidden"] for raw in done.result.items] == [False]


@pytest.mark.parametrize(
    ("name", "kind", "carries"),
    [
        ("granary_post_bsky.json", "search_match", []),
        ("granary_post_bsky_embed.json", "search_match", [("link", "http://my/link")]),
        ("granary_post_bsky_images.json", "search_match", [("image", None)]),
        ("granary_reply_bsky.json", "reply", []),
    ],
)
def test_records_modelled_on_real_ones(name: str, kind: str, carries: list[tuple[str, str | None]]) -> None:
    mention = read(shared_json("recorded", "bluesky", name))
    assert mention.kind == kind
    assert [(one.kind, one.url) for one in mention.attachments] == carries


@pytest.mark.parametrize("name", ["granary_post_view_bsky.json", "granary_reply_post_view_bsky.json"])
def test_views_modelled_on_real_ones(name: str) -> None:
    told = shared_json("recorded", "bluesky", name)
    mention = connector().parse(Raw("post", {"post": told}))
    assert isinstance(mention, Mention)
    assert mention.author.id == ExternalId("bluesky", "user", told["uri"].split("/")[2])


def test_what_is_gone_from_a_thread() -> None:
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": post(1), "notFound": True}
    blocked = {
        "uri": post(2),
        "blocked": True,
        "author": {"did": did(2)},
        "$type": "app.bsky.feed.defs#blockedPost",
    }
    thread = {
        "post": view(),
        "parent": gone,
        "replies": [blocked],
        "$type": "app.bsky.feed.defs#threadViewPost",
    }
    window = Window(stream="conversation", now=NOW, topics=(Topic(view()["uri"]),))
    items = replay(connector().fetch(window), [answer({"thread": thread})]).result.items
    first, _, last = [connector().parse(raw) for raw in items]
    assert first == Gone(id=ExternalId("bluesky", "post", post(1)), state="deleted")
    assert last == Gone(id=ExternalId("bluesky", "post", post(2)), state="unavailable")
    assert author()["did"] != did(2)
