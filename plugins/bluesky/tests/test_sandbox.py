"""The sandbox keeps to what is known of Bluesky: sessions, writes, the app view, threads, search, limits, control."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from socialdesk.testing import faults
from socialdesk.wire import Json, Request, Response
from socialdesk_bluesky.sandbox import BlueskySandbox, Record, StateError

POST = "app.bsky.feed.post"


class Caller:
    """Asks a sandbox as somebody who signed in, or as nobody."""

    def __init__(self, sandbox: BlueskySandbox, handle: str | None = None) -> None:
        self.sandbox, self.tokens = sandbox, {"accessJwt": "", "refreshJwt": ""}
        if handle is not None:
            given = sandbox.connect_account(handle)
            body = {"identifier": given["handle"], "password": given["app_password"]}
            self.tokens = self.post("com.atproto.server.createSession", body).json()
            self.did = given["did"]

    def ask(
        self, method: str, name: str, body: Any = None, token: str = "accessJwt", **params: Any
    ) -> Response:
        url = f"{self.sandbox.base_url}/xrpc/{name}"
        headers = {"Authorization": f"Bearer {self.tokens[token]}"} if self.tokens[token] else {}
        sent = body if body is None or isinstance(body, bytes) else Json(body)
        request = Request(method, url, params=params, body=sent, headers=headers)
        return self.sandbox.send(request, 30)

    def get(self, name: str, **params: Any) -> Any:
        answer = self.ask("GET", name, **params)
        return answer.json()

    def post(self, name: str, body: Any = None, token: str = "accessJwt") -> Response:
        return self.ask("POST", name, body, token)

    def put(self, rkey: str, record: Any, collection: str = POST, **more: Any) -> Response:
        body = {"repo": self.did, "collection": collection, "rkey": rkey, "record": record, **more}
        return self.post("com.atproto.repo.putRecord", body)

    def notes(self, **params: Any) -> Any:
        return self.get("app.bsky.notification.listNotifications", **params)

    def thread(self, post: Record, **params: Any) -> Any:
        return self.get("app.bsky.feed.getPostThread", uri=post.uri, **params)


@pytest.fixture
def sandbox() -> BlueskySandbox:
    return BlueskySandbox()


@pytest.fixture
def acme(sandbox: BlueskySandbox) -> Caller:
    return Caller(sandbox, "acme")


def written(text: str = "hi", **more: Any) -> dict[str, Any]:
    return {"$type": POST, "text": text, "createdAt": "2026-11-20T09:00:00.000Z", **more}


def error(answer: Response) -> tuple[int, str]:
    return answer.status, answer.json()["error"]


# -------------------------------------------------------------------------------------------------------- sessions


def test_sessions_end_are_renewed_and_forgiven(sandbox: BlueskySandbox, acme: Caller) -> None:
    assert acme.get("com.atproto.server.getSession")["handle"] == "acme.bsky.social"
    sandbox.advance(minutes=119)
    assert acme.ask("GET", "com.atproto.server.getSession").ok
    sandbox.advance(minutes=2)
    assert error(acme.ask("GET", "com.atproto.server.getSession")) == (400, "ExpiredToken")
    renew = "com.atproto.server.refreshSession"
    first = acme.post(renew, token="refreshJwt").json()
    sandbox.advance(minutes=90)
    again = acme.post(renew, token="refreshJwt").json()
    assert first["refreshJwt"] == again["refreshJwt"]
    sandbox.advance(minutes=31)
    assert error(acme.post(renew, token="refreshJwt")) == (400, "ExpiredToken")
    acme.tokens = again
    assert acme.post("com.atproto.server.deleteSession", token="refreshJwt").body == b""
    assert error(acme.post(renew, token="refreshJwt")) == (400, "ExpiredToken")


def test_tokens_are_for_one_thing_and_cannot_be_made_up(acme: Caller) -> None:
    assert error(acme.ask("GET", "com.atproto.server.getSession", token="refreshJwt")) == (
        400,
        "InvalidToken",
    )
    assert error(acme.post("com.atproto.server.refreshSession")) == (400, "InvalidToken")
    acme.tokens["accessJwt"] += "x"
    assert error(acme.ask("GET", "com.atproto.server.getSession")) == (400, "InvalidToken")
    acme.tokens["accessJwt"] = ""
    assert error(acme.ask("GET", "com.atproto.server.getSession")) == (401, "AuthMissing")


def test_a_password_that_was_taken_back_opens_nothing(sandbox: BlueskySandbox, acme: Caller) -> None:
    sandbox.revoke("acme")
    assert error(acme.ask("GET", "com.atproto.server.getSession")) == (400, "ExpiredToken")
    assert error(acme.post("com.atproto.server.refreshSession", token="refreshJwt")) == (400, "ExpiredToken")
    assert Caller(sandbox, "acme").notes()["notifications"] == []


def test_an_account_that_was_taken_down(sandbox: BlueskySandbox, acme: Caller) -> None:
    sandbox.user("acme", status="takendown")
    assert error(acme.ask("GET", "com.atproto.server.getSession")) == (401, "AccountTakedown")
    assert error(acme.post("com.atproto.server.refreshSession", token="refreshJwt")) == (
        401,
        "AccountTakedown",
    )


# ---------------------------------------------------------------------------------------------------------- writes


def test_putting_the_same_record_makes_no_commit(sandbox: BlueskySandbox, acme: Caller) -> None:
    first, again = acme.put("3lbx7k2q4zs2a", written()).json(), acme.put("3lbx7k2q4zs2a", written()).json()
    assert (first["uri"], first["cid"]) == (again["uri"], again["cid"])
    assert ("commit" in first, "commit" in again) == (True, False)
    absent = acme.put("3lbx7k2q4zs2a", written(), swapRecord=None)
    assert absent.ok  # the same one is there: that goes before the swap
    assert error(acme.put("3lbx7k2q4zs2a", written("ho"), swapRecord=None)) == (400, "InvalidSwap")
    assert acme.put("3lbx7k2q4zs2a", written("ho"), swapRecord=first["cid"]).ok


def test_the_app_view_keeps_the_first_text(sandbox: BlueskySandbox, acme: Caller) -> None:
    uri = acme.put("3lbx7k2q4zs2a", written("first")).json()["uri"]
    acme.put("3lbx7k2q4zs2a", written("second"))
    (view,) = acme.get("app.bsky.feed.getPosts", uris=uri)["posts"]
    params = {"repo": acme.did, "collection": POST, "rkey": "3lbx7k2q4zs2a"}
    kept = acme.get("com.atproto.repo.getRecord", **params)
    assert (view["record"]["text"], kept["value"]["text"]) == ("first", "second")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (written("x" * 301), "300 graphemes"),
        (written("👩‍👩‍👧‍👦" * 130), "3000"),
        ({"$type": POST, "text": "hi"}, 'must have the property "createdAt"'),
        (written(createdAt="yesterday"), "datetime"),
        (written(langs=["en"] * 4), "3 elements"),
        (written(facets=[{"index": {"byteStart": -1, "byteEnd": 2}, "features": []}]), "less than 0"),
        (written(facets=[{"index": {"byteStart": 0, "byteEnd": 2}, "features": [{}]}]), "$type"),
        (written(reply={"root": {"uri": "at://did:plc:a/b.c.d/e"}}), "parent"),
        (written(embed={"$type": "app.bsky.embed.images", "images": [{"alt": ""}]}), "image"),
        ({"$type": "app.bsky.feed.like"}, "$type"),
        (written(score=1.5), "float"),
        ("text", "must be a dict"),
    ],
)
def test_records_that_do_not_fit(acme: Caller, record: Any, words: str) -> None:
    answer = acme.put("3lbx7k2q4zs2a", record)
    assert error(answer) == (400, "InvalidRequest")
    assert words in answer.json()["message"]


def test_files(sandbox: BlueskySandbox, acme: Caller) -> None:
    url = f"{sandbox.base_url}/xrpc/com.atproto.repo.uploadBlob"
    headers = {"Authorization": f"Bearer {acme.tokens['accessJwt']}", "Content-Type": "image/jpeg"}
    blob = sandbox.send(Request("POST", url, body=b"jpeg", headers=headers), 9).json()["blob"]
    assert (blob["mimeType"], blob["size"]) == ("image/jpeg", 4)

    def pictured(image: Any) -> Any:
        embed = {"$type": "app.bsky.embed.images", "images": [{"image": image, "alt": ""}]}
        return acme.put("3lbx7k2q4zs2a", written(embed=embed))

    assert pictured(blob).ok
    missing = {**blob, "ref": {"$link": "bafkreicqpqncshdd27sgztqgzocd3zhhqnnsv6slvzhs5uz6f57cq6lmtq"}}
    assert pictured(missing).json()["message"].startswith("Could not find blob")
    assert error(pictured({**blob, "mimeType": "text/plain"})) == (400, "InvalidMimeType")
    assert error(pictured({**blob, "size": 2_000_001})) == (400, "BlobTooLarge")
    sandbox.upload_limit = 3
    assert error(sandbox.send(Request("POST", url, body=b"jpeg", headers=headers), 9)) == (
        413,
        "PayloadTooLarge",
    )


def test_several_writes_are_all_done_or_none(sandbox: BlueskySandbox, acme: Caller) -> None:
    def apply(*writes: Any) -> Response:
        return acme.post("com.atproto.repo.applyWrites", {"repo": acme.did, "writes": list(writes)})

    create = {"$type": "com.atproto.repo.applyWrites#create", "collection": POST}
    assert not apply({**create, "value": written("a")}, {**create, "value": written("x" * 301)}).ok
    assert sandbox.account.posts == []
    done = apply({**create, "value": written("a")}, {**create, "value": written("b")}).json()
    assert [post.text for post in sandbox.account.posts] == ["a", "b"]
    gone = {"$type": "com.atproto.repo.applyWrites#delete", "collection": POST}
    assert apply({**gone, "rkey": done["results"][0]["uri"].rpartition("/")[2]}).ok
    assert [post.text for post in sandbox.account.posts] == ["b"]
    listed = acme.get("com.atproto.repo.listRecords", repo="acme.bsky.social", collection=POST, limit=1)
    assert [one["value"]["text"] for one in listed["records"]] == ["b"]


def test_only_ones_own_repository_is_written_to(sandbox: BlueskySandbox, acme: Caller) -> None:
    acme.did = sandbox.user("ann").did
    assert error(acme.put("3lbx7k2q4zs2a", written())) == (401, "AuthenticationRequired")


# ------------------------------------------------------------------------------------------------------ the app view


def test_what_is_written_shows_late(sandbox: BlueskySandbox, acme: Caller) -> None:
    sandbox.index_lag = 5
    post = sandbox.user("ann").post("@acme help")
    assert acme.notes()["notifications"] == []
    assert acme.thread(post)["error"] == "NotFound"
    sandbox.advance(seconds=5)
    assert len(acme.notes()["notifications"]) == 1
    sandbox.fail(faults.LateIndexing(seconds=60))
    sandbox.user("ann").post("@acme still")
    sandbox.advance(seconds=30)
    assert len(acme.notes()["notifications"]) == 1
    sandbox.advance(seconds=30)
    assert len(acme.notes()["notifications"]) == 2


def test_who_is_told_of_a_reply(sandbox: BlueskySandbox, acme: Caller) -> None:
    ours, bob = sandbox.account.post("News"), sandbox.user("bob")
    post = ours
    for level in range(1, 8):
        post = bob.reply(post, f"level {level}")
    told = [note["record"]["text"] for note in acme.notes()["notifications"]]
    assert sorted(told) == [f"level {level}" for level in range(1, 6)]


def test_who_is_not_told(sandbox: BlueskySandbox, acme: Caller) -> None:
    ann, bob, eve = sandbox.user("ann"), sandbox.user("bob"), sandbox.user("eve")
    for user in (ann, bob, eve):
        user.post("@acme help")
    eve.post("@acme in plain text", plain=True)
    ann.block(sandbox.account)
    sandbox.account.mute(bob)
    assert [note["author"]["handle"] for note in acme.notes()["notifications"]] == ["eve.bsky.social"]


def test_pages_of_notifications_may_be_empty_and_go_on(sandbox: BlueskySandbox, acme: Caller) -> None:
    sandbox.user("ann").post("@acme help")
    ours = sandbox.account.post("News")
    for number in range(3):
        sandbox.advance(seconds=1)
        sandbox.user(f"fan{number}").like(ours)
    page = acme.notes(limit=3, reasons="mention")
    assert (page["notifications"], bool(page["cursor"])) == ([], True)
    last = acme.notes(limit=3, reasons="mention", cursor=page["cursor"])
    assert ([note["reason"] for note in last["notifications"]], "cursor" in last) == (["mention"], False)
    assert acme.notes(seenAt="2026-11-20T09:00:00Z")["error"] == "InvalidRequest"
    assert acme.notes(limit=101)["error"] == "InvalidRequest"
    assert acme.notes(cursor="x")["error"] == "InvalidRequest"


def test_a_post_that_claims_to_be_old_is_sorted_into_the_past(sandbox: BlueskySandbox, acme: Caller) -> None:
    ann = sandbox.user("ann")
    ann.post("@acme now")
    ann.post("@acme then", at=sandbox.clock.now() - timedelta(days=1))
    ann.post("@acme one day", at=sandbox.clock.now() + timedelta(days=1))
    told = [note["record"]["text"] for note in acme.notes()["notifications"]]
    assert told == ["@acme one day", "@acme now", "@acme then"]


def test_gates_hold_for_those_whom_they_name(sandbox: BlueskySandbox, acme: Caller) -> None:
    ann, bob, eve = sandbox.user("ann"), sandbox.user("bob"), sandbox.user("eve")
    post = ann.post("hi @bob", allow=["mention", "follower", "following"])
    bob.reply(post, "named")
    eve.follow(ann)
    eve.reply(post, "follows")
    with pytest.raises(StateError):
        sandbox.account.reply(post, "stranger")
    ann.follow(sandbox.account)
    sandbox.account.reply(post, "is followed")
    (view,) = Caller(sandbox, "zoe").get("app.bsky.feed.getPosts", uris=post.uri)["posts"]
    assert view["viewer"]["replyDisabled"] is True
    assert view["replyCount"] == 3


def test_what_breaks_a_gate_or_names_another_root_is_taken_and_shown_to_nobody(
    sandbox: BlueskySandbox, acme: Caller
) -> None:
    ann = sandbox.user("ann")
    shut, other = ann.post("@acme hi", allow=[]), ann.post("other")
    reply = {"root": shut.ref, "parent": shut.ref}
    assert acme.put("3lbx7k2q4zs2a", written("closed", reply=reply)).ok
    assert acme.put("3lbx7k2q4zs2b", written("astray", reply={"root": shut.ref, "parent": other.ref})).ok
    assert sandbox.thread(shut) == [shut]
    assert sandbox.thread(other) == [other]
    assert sandbox.world.notes[ann.did] == []
    assert acme.thread(shut)["thread"]["replies"] == []


def test_blocked_posts_in_threads(sandbox: BlueskySandbox, acme: Caller) -> None:
    ann, bob = sandbox.user("ann"), sandbox.user("bob")
    post = ann.post("hi")
    answer = bob.reply(post, "ho")
    bob.block(sandbox.account)
    (blocked,) = acme.thread(post)["thread"]["replies"]
    assert (blocked["blocked"], blocked["author"]["viewer"]["blockedBy"]) == (True, True)
    assert acme.thread(answer)["thread"]["blocked"] is True
    uri = answer.uri
    assert acme.get("app.bsky.feed.getPosts", uris=uri)["posts"] == []
    sandbox.tells_blocked = True
    (view,) = acme.get("app.bsky.feed.getPosts", uris=uri)["posts"]
    assert view["author"]["viewer"]["blockedBy"] is True
    bob.unblock(sandbox.account)
    ann.block(bob)
    assert acme.thread(post)["thread"]["replies"] == []


def test_depth_and_height(sandbox: BlueskySandbox, acme: Caller) -> None:
    posts = [sandbox.user("ann").post("0")]
    for level in range(1, 4):
        posts.append(sandbox.user("ann").reply(posts[-1], str(level)))
    flat = acme.thread(posts[2], depth=0, parentHeight=1)["thread"]
    assert "replies" not in flat
    assert flat["parent"]["post"]["record"]["text"] == "1"
    assert "parent" not in flat["parent"]
    sandbox.user("ann").delete(posts[0])
    assert acme.thread(posts[1])["thread"]["parent"]["notFound"] is True
    assert acme.thread(posts[1])["thread"]["replies"][0]["replies"][0]["post"]["record"]["text"] == "3"


def test_search_wants_a_session(sandbox: BlueskySandbox) -> None:
    answer = Caller(sandbox).ask("GET", "app.bsky.feed.searchPosts", q="acme")
    assert (answer.status, answer.headers["content-type"]) == (403, "text/html")
    post = sandbox.user("ann").post("hi")
    (view,) = Caller(sandbox).get("app.bsky.feed.getPosts", uris=post.uri)["posts"]
    assert "viewer" not in view


def test_search_is_narrowed(sandbox: BlueskySandbox, acme: Caller) -> None:
    ann = sandbox.user("ann")
    ann.post("acme https://www.example.com/a #fail")
    sandbox.advance(minutes=1)
    ann.post("@acme help", tags=["Fail"])

    def found(**params: Any) -> list[str]:
        told = acme.get("app.bsky.feed.searchPosts", **{"q": "*", **params})
        return [post["record"]["text"].split()[0] for post in told["posts"]]

    assert found() == ["@acme", "acme"]
    assert found(domain="example.com") == ["acme"]
    assert found(tag="fail") == ["@acme", "acme"]
    assert found(mentions="acme.bsky.social") == ["@acme"]
    assert found(author="ann.bsky.social", q="help") == ["@acme"]
    assert (
        found(until="2026-11-20T09:00:30Z")
        == found(since="2026-11-20T09:00:00Z", q='"acme https"')
        == ["acme"]
    )
    sandbox.search_lag = 90
    assert found() == []


def test_profiles_and_feeds(sandbox: BlueskySandbox, acme: Caller) -> None:
    ann = sandbox.user("ann", verified=True, own_labels=["bot"], hides_handle=True)
    post = ann.post("hi")
    ann.reply(post, "ho")
    told = acme.get("app.bsky.actor.getProfile", actor=ann.did)
    assert (told["handle"], told["postsCount"], told["labels"][0]["val"]) == ("handle.invalid", 2, "bot")
    assert told["verification"]["verifiedStatus"] == "valid"
    feed = acme.get("app.bsky.feed.getAuthorFeed", actor=ann.did, filter="posts_no_replies")["feed"]
    assert [one["post"]["record"]["text"] for one in feed] == ["hi"]
    ann.block(sandbox.account)
    assert acme.get("app.bsky.feed.getAuthorFeed", actor=ann.did)["error"] == "BlockedByActor"
    assert acme.get("app.bsky.actor.getProfile", actor="nobody.example.com")["error"] == "InvalidRequest"


# ------------------------------------------------------------------------------------------------- limits and faults


def test_limits_are_told_and_kept(sandbox: BlueskySandbox, acme: Caller) -> None:
    answer = acme.ask("GET", "app.bsky.notification.listNotifications")
    assert answer.headers["RateLimit-Policy"] == "3000;w=300"
    sandbox.limits.set("points-hour", 4)
    assert acme.put("3lbx7k2q4zs2a", written()).headers["RateLimit-Remaining"] == "2"
    assert acme.put("3lbx7k2q4zs2b", written()).ok
    refused = acme.put("3lbx7k2q4zs2d", written())
    assert error(refused) == (429, "RateLimitExceeded")
    assert refused.headers["RateLimit-Policy"] == "4;w=3600"
    assert int(refused.headers["Retry-After"]) <= 3600
    assert int(refused.headers["RateLimit-Reset"]) > sandbox.clock.now().timestamp()
    assert len(sandbox.account.posts) == 2
    sandbox.advance(hours=1)
    assert acme.put("3lbx7k2q4zs2d", written()).ok


def test_signing_in_is_limited(sandbox: BlueskySandbox) -> None:
    body = {"identifier": "acme.bsky.social", "password": "wrong"}
    statuses = [Caller(sandbox).post("com.atproto.server.createSession", body).status for _ in range(31)]
    assert statuses == [401] * 30 + [429]


def test_what_is_not_there(acme: Caller) -> None:
    assert error(acme.ask("GET", "app.bsky.feed.getTimeline")) == (501, "MethodNotImplemented")
    assert acme.ask("GET", "com.atproto.repo.putRecord").status == 405
    assert acme.get("app.bsky.feed.getPosts")["error"] == "InvalidRequest"
    assert acme.get("app.bsky.feed.getPosts", uris="https://bsky.app")["error"] == "InvalidRequest"


def test_resetting_brings_it_all_back(sandbox: BlueskySandbox, acme: Caller) -> None:
    before = sandbox.credentials
    sandbox.user("ann").post("@acme help")
    sandbox.reset()
    assert sandbox.credentials == before
    assert sandbox.snapshot()["posts"] == 0
    assert Caller(sandbox, "acme").notes()["notifications"] == []


# --------------------------------------------------------------------------------------------------- control surface


def control(sandbox: BlueskySandbox, method: str, path: str, body: Any = None, **params: Any) -> Any:
    sent = None if body is None else Json(body)
    answer = sandbox.send(Request(method, f"{sandbox.base_url}/_sandbox/{path}", body=sent, params=params), 9)
    return json.loads(answer.body)


def test_all_of_it_over_http(sandbox: BlueskySandbox, acme: Caller) -> None:
    control(sandbox, "POST", "users", {"handle": "ann", "verified": True})
    assert control(sandbox, "GET", "users/ann.bsky.social")["verification"]["verifiedStatus"] == "valid"
    post = control(
        sandbox, "POST", "posts", {"by": "ann", "text": "@acme help", "at": "2026-11-20T08:00:00Z"}
    )
    control(sandbox, "POST", "posts", {"by": "bob", "text": "me too", "reply_to": post["uri"]})
    control(sandbox, "POST", "posts", {"by": "eve", "text": "look", "quote": post["uri"]})
    for act in ("likes", "reposts"):
        control(sandbox, "POST", act, {"by": "eve", "post": post["uri"]})
    (shown, answer) = control(sandbox, "GET", "thread", uri=post["uri"])["thread"]
    assert [shown[f"{what}Count"] for what in ("reply", "quote", "like", "repost")] == [1, 1, 1, 1]
    control(sandbox, "POST", "gates", {"post": post["uri"], "allow": [], "hidden": [answer["uri"]]})
    assert len(control(sandbox, "GET", "thread", uri=post["uri"])["thread"]) == 1
    refused = control(sandbox, "POST", "posts", {"by": "bob", "text": "again", "reply_to": post["uri"]})
    assert "may not answer" in refused["error"]
    control(sandbox, "POST", "deletes", {"post": answer["uri"]})
    control(sandbox, "POST", "follows", {"by": "ann", "who": "acme"})
    control(sandbox, "POST", "blocks", {"by": "ann", "who": "acme"})
    assert control(sandbox, "POST", "crowd", {"n": 3, "people": 2})["made"] == 3
    assert control(sandbox, "GET", "state")["posts"] == 5
    other = control(sandbox, "POST", "accounts", {"handle": "acme-help"})
    assert other["settings"]["handle"] == "acme-help.bsky.social"
    assert control(sandbox, "POST", "switches", {"search_lag": 2.0})["search_lag"] == 2.0
    control(sandbox, "POST", "limits", {"name": "requests", "amount": 1})
    control(sandbox, "POST", "revokes", {"handle": "acme-help.bsky.social"})
    for path, body in (
        ("users", {"handle": "no handle"}),
        ("posts", {"by": "ann", "text": "x", "reply_to": "at://nothing"}),
        ("limits", {"name": "x", "amount": 1}),
        ("crowd", {"n": 0}),
    ):
        assert "error" in control(sandbox, "POST", path, body)


def test_what_bluesky_s_own_app_would_not_offer(sandbox: BlueskySandbox) -> None:
    post = sandbox.user("ann").post("hi")
    with pytest.raises(StateError):
        sandbox.account.delete(post)
    sandbox.user("ann").block(sandbox.account)
    with pytest.raises(StateError):
        sandbox.account.reply(post, "hm")
