"""The network itself, in plain HTTP: that it works, and that it does what the connector relies on."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from plugins.bluesky.tests.network.calls import (
    PASSWORD,
    POST,
    Person,
    claims_of,
    now,
    ref,
    rkey_of,
    signed_anew,
    until,
)
from plugins.bluesky.tests.network.running import Addresses

pytestmark = pytest.mark.service


def put(person: Person, rkey: str, record: Any, **more: Any) -> Any:
    asked = {"repo": person.did, "collection": POST, "rkey": rkey, "record": record, **more}
    return person.call("POST", "com.atproto.repo.putRecord", asked)


def test_who_is_named_is_told_of_it(ann: Person, acme: Person) -> None:
    post = ann.post(f"\U0001f44d @{acme.handle} my parcel is lost", acme)
    told = until(lambda: acme.notified_of(post))
    assert (told["reason"], told["author"]["did"], told["record"]["text"]) == (
        "mention",
        ann.did,
        f"\U0001f44d @{acme.handle} my parcel is lost",
    )
    assert "reasonSubject" not in told
    answer = acme.reply("sorry!", post)
    assert until(lambda: ann.notified_of(answer))["reason"] == "reply"
    assert until(lambda: ann.answers_under(post)) == [answer["uri"]]


def test_an_answer_that_names_one_too_is_told_of_as_a_mention(ann: Person, acme: Person) -> None:
    post = acme.post("news")
    answer = ann.reply(f"@{acme.handle} broken", post, acme)
    told = until(lambda: acme.notified_of(answer))
    assert (told["reason"], told["record"]["reply"]["parent"]["uri"]) == ("mention", post["uri"])


def test_a_name_without_a_facet_tells_nobody(ann: Person, acme: Person) -> None:
    bare = ann.post(f"@{acme.handle} hello?")
    named = ann.post(f"@{acme.handle} hello!", acme)
    until(lambda: acme.notified_of(named))
    assert acme.notified_of(bare) is None


def test_a_closed_thread_takes_the_record_and_does_not_show_it(ann: Person, acme: Person) -> None:
    post = ann.post(f"@{acme.handle} do not answer", acme)
    ann.gate(post)
    until(lambda: acme.may_not_answer(post))
    answer = acme.reply("all the same", post)
    after = acme.post("another one")
    until(lambda: acme.sees(after))
    assert answer["uri"] in [record["uri"] for record in acme.records()]
    assert ann.answers_under(post) == []
    assert ann.notified_of(answer) is None


def test_a_session_that_expired_is_renewed(acme: Person) -> None:
    ended = signed_anew(acme.access, exp=int(time.time()) - 60)
    refused = acme.call("GET", "com.atproto.server.getSession", token=ended)
    assert (refused.status, refused.json()["error"]) == (400, "ExpiredToken")
    broken = acme.call("GET", "com.atproto.server.getSession", token=ended[:-4] + "AAAA")
    assert (broken.status, broken.json()["error"]) == (400, "InvalidToken")
    missing = acme.call("GET", "com.atproto.server.getSession", token="")
    assert (missing.status, missing.json()["error"]) == (401, "AuthMissing")

    renewed = acme.call("POST", "com.atproto.server.refreshSession", token=acme.refresh).json()
    again = acme.call("POST", "com.atproto.server.refreshSession", token=acme.refresh).json()
    lost, kept = claims_of(again["refreshJwt"]), claims_of(renewed["refreshJwt"])
    assert claims_of(acme.refresh)["jti"] != kept["jti"] == lost["jti"]  # a lost answer is survived
    access = claims_of(renewed["accessJwt"])
    assert (access["exp"] - access["iat"], kept["exp"] - kept["iat"]) == (2 * 3600, 90 * 24 * 3600)
    acme.access = renewed["accessJwt"]
    assert acme.ask("com.atproto.server.getSession")["did"] == acme.did


def test_too_many_sign_ins_are_refused_until_a_moment_that_is_told(acme: Person) -> None:
    asked = {"identifier": acme.handle, "password": PASSWORD}
    answers = [
        acme.call("POST", "com.atproto.server.createSession", {**asked, "password": "wrong"}, token="")
        for _ in range(30)
    ]
    assert {(answer.status, answer.json()["error"]) for answer in answers} == {
        (401, "AuthenticationRequired")
    }
    refused = acme.call("POST", "com.atproto.server.createSession", asked, token="")
    assert (refused.status, refused.json()["error"]) == (429, "RateLimitExceeded")
    fields = {
        name: refused.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset", "Policy")
    }
    assert (fields["Limit"], fields["Remaining"], fields["Policy"]) == ("30", "0", "30;w=300")
    until_then = datetime.fromtimestamp(int(fields["Reset"]), timezone.utc) - datetime.now(timezone.utc)
    assert timedelta(0) < until_then <= timedelta(minutes=5, seconds=2)
    assert "Retry-After" not in refused.headers  # newer servers send it; nothing may rely on it


def test_the_same_record_put_twice_stands_once(acme: Person) -> None:
    record = {"$type": POST, "text": "once", "createdAt": now()}
    rkey = "3lbx7k2q4zs2a"
    first, second = put(acme, rkey, record).json(), put(acme, rkey, record).json()
    assert ref(first) == ref(second)
    assert ("commit" in first, "commit" in second) == (True, False)
    assert put(acme, rkey, record, swapRecord=None).status == 200
    other = put(acme, rkey, {**record, "text": "twice"}, swapRecord=None)
    assert (other.status, other.json()["error"]) == (400, "InvalidSwap")
    twice = {"repo": acme.did, "collection": POST, "rkey": rkey, "record": record}
    refused = acme.call("POST", "com.atproto.repo.createRecord", twice)
    assert (refused.status, refused.json()["error"]) == (500, "InternalServerError")
    assert [one["uri"] for one in acme.records()] == [first["uri"]]


def test_what_is_deleted_is_gone_and_deleting_twice_is_no_mistake(ann: Person) -> None:
    post = ann.post("a slip")
    until(lambda: ann.sees(post))
    ann.delete(post)
    ann.delete(post)
    until(lambda: ann.sees(post) is None)
    gone = ann.call("GET", "app.bsky.feed.getPostThread", uri=post["uri"])
    assert (gone.status, gone.json()["error"]) == (400, "NotFound")
    missing = ann.call("GET", "com.atproto.repo.getRecord", repo=ann.did, collection=POST, rkey=rkey_of(post))
    assert (missing.status, missing.json()["error"]) == (400, "RecordNotFound")


def test_a_text_that_is_too_long_is_refused(ann: Person) -> None:
    def answer_to(text: str) -> Any:
        return put(ann, "3lbx7k2q4zs2b", {"$type": POST, "text": text, "createdAt": now()})

    assert answer_to("\u00e9" * 300).ok
    for refused in (
        answer_to("\u00e9" * 301),
        answer_to("\U0001f469\u200d\U0001f4bb" * 300),
    ):  # letters, then bytes
        assert (refused.status, refused.json()["error"]) == (400, "InvalidRequest")


def test_only_what_was_asked_for_is_listed_and_no_moment_may_be_named(ann: Person, acme: Person) -> None:
    post = acme.post("news")
    liked = ann.write("app.bsky.feed.like", {"subject": ref(post)})
    quoted = ann.post("look", embed={"$type": "app.bsky.embed.record", "record": ref(post)})
    until(lambda: acme.notified_of(liked))
    until(lambda: acme.notified_of(quoted))
    assert [told["reason"] for told in acme.notified(reasons=["quote", "mention"])] == ["quote"]
    refused = acme.call("GET", "app.bsky.notification.listNotifications", seenAt=now())
    assert refused.status == 400


def test_a_search_goes_through_the_server_of_the_account(ann: Person, acme: Person) -> None:
    post = ann.post("the pancake machine melts")
    found: list[Any] = until(
        lambda: acme.ask("app.bsky.feed.searchPosts", q="pancake machine melts", sort="latest")["posts"]
    )
    assert [one["uri"] for one in found] == [post["uri"]]


def test_the_network_is_only_of_this_machine(network: Addresses) -> None:
    assert {url.rpartition(":")[0] for url in (network.pds, network.plc, network.appview)} == {
        "http://localhost"
    }
