"""The sandbox's own ways: its control surface, and where YouTube is known to behave oddly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from socialdesk.testing import faults
from socialdesk.wire import Form, Json, Request, Response
from socialdesk_youtube.sandbox import ProcessingFailure, StateError, Video, YouTubeSandbox


@pytest.fixture
def sandbox() -> YouTubeSandbox:
    return YouTubeSandbox()


@pytest.fixture
def video(sandbox: YouTubeSandbox) -> Video:
    return sandbox.account.upload("News")


def control(sandbox: YouTubeSandbox, path: str, **body: Any) -> Any:
    url = f"{sandbox.base_url}/_sandbox/{path}"
    response = sandbox.send(Request("POST" if body else "GET", url, body=Json(body) if body else None), 10)
    return response.json() if response.status == 200 else response.json()["error"]


def ask(sandbox: YouTubeSandbox, path: str, handle: str = "acme", **params: str) -> Response:
    headers = {"Authorization": f"Bearer {sandbox.connect_account(handle)['access_token']}"}
    url = f"{sandbox.base_url}/youtube/v3/{path}"
    return sandbox.send(Request("GET", url, params={"part": "id,snippet", **params}, headers=headers), 10)


def reason(response: Response) -> Any:
    return response.json()["error"]["errors"][0]["reason"]


def test_everything_can_be_done_over_http(sandbox: YouTubeSandbox) -> None:
    control(sandbox, "users", handle="ann", title="Ann", subscribers=7)
    video = control(sandbox, "videos", by="acme", title="News", description="Today")
    comment = control(sandbox, "comments", by="ann", video=video["id"], text="Hello")
    reply = control(sandbox, "replies", by="bob", to=comment["id"], text="Hi")
    control(sandbox, "edits", comment=comment["id"], text="Hello!")
    control(sandbox, "likes", by="bob", comment=comment["id"])
    thread = control(sandbox, f"threads/{reply['id']}")["thread"]
    assert [(each["by"], each["text"], each["parent"]) for each in thread] == [
        ("ann", "Hello!", None),
        ("bob", "Hi", comment["id"]),
    ]
    control(sandbox, "moderations", comment=reply["id"], status="rejected", ban=True)
    assert control(sandbox, "replies", by="bob", to=comment["id"], text="Hi!")["status"] == "rejected"
    assert control(sandbox, "crowd", n=3, video=video["id"], text="Lost {i}")["made"] == 3
    control(sandbox, "deletes", comment=comment["id"])
    assert control(sandbox, f"threads/{comment['id']}")["thread"] == []
    assert control(sandbox, "users/ann")["subscribers"] == 7
    assert control(sandbox, "accounts", handle="beta")["settings"]["access_token"].startswith("ya29.")
    assert control(sandbox, "switches", count_lag=5.0, replies_order="oldest")["count_lag"] == 5
    assert control(sandbox, "quota", units=5)["units"] == 5
    state = control(sandbox, "state")
    assert (state["comments"], state["videos"]) == (6, 1)


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("users", {"handle": "a b"}, "is no handle"),
        ("videos", {"by": "acme", "title": "x", "privacy": "secret"}, "privacy"),
        ("comments", {"by": "ann", "video": "x", "text": "y"}, "there is no video"),
        ("replies", {"by": "ann", "to": "x", "text": "y"}, "there is no comment"),
        ("switches", {"originals": "nobody"}, "originals"),
        ("quota", {"units": "many"}, "units"),
        ("comments", {"by": "ann", "video": "x", "text": "y", "at": "yesterday"}, "at: must be"),
    ],
)
def test_what_makes_no_sense_is_told(
    sandbox: YouTubeSandbox, path: str, body: dict[str, Any], words: str
) -> None:
    assert words in control(sandbox, path, **body)


def test_nobody_changes_what_is_not_theirs(sandbox: YouTubeSandbox, video: Video) -> None:
    ann, bob = sandbox.user("ann"), sandbox.user("bob")
    comment = ann.comment(video, "Hello")
    for forbidden in (
        lambda: bob.edit(comment, "x"),
        lambda: bob.delete(comment),
        lambda: bob.moderate(comment, "rejected"),
        lambda: ann.comment(video, " "),
    ):
        with pytest.raises(StateError):
            forbidden()
    video.comments = "off"
    with pytest.raises(StateError, match="turned off"):
        ann.comment(video, "Hello?")


def test_the_same_seed_gives_the_same_credentials_and_a_reset_keeps_them(sandbox: YouTubeSandbox) -> None:
    before = sandbox.credentials
    sandbox.user("ann").upload("x")
    sandbox.advance(days=3)
    sandbox.reset()
    assert sandbox.credentials == before == YouTubeSandbox().credentials
    assert YouTubeSandbox(seed=1).credentials["api_key"] != before["api_key"]
    assert not sandbox.world.videos


def test_what_is_told_of_access_is_true_once_time_runs(sandbox: YouTubeSandbox) -> None:
    assert sandbox.credentials  # given out before
    sandbox.run()
    left = datetime.fromisoformat(sandbox.settings["expires_at"]) - sandbox.clock.now()
    assert timedelta(minutes=59) < left < timedelta(hours=1)
    assert ask(sandbox, "channels", mine="true").status == 200


def told_count(sandbox: YouTubeSandbox, video: Video) -> int:
    (item,) = ask(sandbox, "commentThreads", videoId=video.id).json()["items"]
    return int(item["snippet"]["totalReplyCount"])


def test_the_count_of_replies_is_late_and_counts_what_is_gone(sandbox: YouTubeSandbox, video: Video) -> None:
    thread = sandbox.user("ann").comment(video, "Hello")
    reply = sandbox.user("bob").reply(thread, "Hi")
    assert told_count(sandbox, video) == 1
    sandbox.count_lag = 60
    assert told_count(sandbox, video) == 0
    sandbox.advance(seconds=60)
    assert told_count(sandbox, video) == 1
    sandbox.user("bob").delete(reply)
    assert told_count(sandbox, video) == 1
    sandbox.counts_removed = False
    assert told_count(sandbox, video) == 0


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_replies_come_in_either_order(sandbox: YouTubeSandbox, video: Video, order: Any) -> None:
    thread = sandbox.user("ann").comment(video, "Hello")
    for number in range(3):
        sandbox.advance(seconds=1)
        sandbox.user("bob").reply(thread, str(number))
    sandbox.replies_order = order
    listed = ask(sandbox, "comments", parentId=thread.id).json()["items"]
    texts = [item["snippet"]["textOriginal"] for item in listed]
    assert texts == (["2", "1", "0"] if order == "newest" else ["0", "1", "2"])


def test_what_was_written_is_told_to_its_author_alone(sandbox: YouTubeSandbox, video: Video) -> None:
    sandbox.originals = "author"
    comment = sandbox.user("ann").comment(video, "<3")
    for handle, told in (("acme", None), ("ann", "<3")):
        (item,) = ask(sandbox, "comments", handle, id=comment.id).json()["items"]
        assert item["snippet"].get("textOriginal") == told
        assert item["snippet"]["textDisplay"] == "&lt;3"


def test_a_moderated_comment_is_seen_by_its_author_and_the_channel(
    sandbox: YouTubeSandbox, video: Video
) -> None:
    comment = sandbox.user("ann").comment(video, "Thieves", status="heldForReview")
    for handle, seen in (("ann", 1), ("acme", 1), ("bob", 0)):
        assert len(ask(sandbox, "comments", handle, id=comment.id).json()["items"]) == seen
    sandbox.account.moderate(comment, "rejected")
    assert ask(sandbox, "comments", "ann", id=comment.id).json()["items"] == []


def test_page_tokens_lead_astray_where_they_are_told_to(sandbox: YouTubeSandbox, video: Video) -> None:
    sandbox.crowd(5, video)
    query = {"videoId": video.id, "maxResults": "2"}
    sandbox.pages.deepest = 2
    second = ask(sandbox, "commentThreads", **query).json()["nextPageToken"]
    third = ask(sandbox, "commentThreads", **query, pageToken=second).json()["nextPageToken"]
    assert reason(ask(sandbox, "commentThreads", **query, pageToken=third)) == "processingFailure"
    other = {**query, "order": "relevance"}
    assert reason(ask(sandbox, "commentThreads", **other, pageToken=second)) == "invalidPageToken"
    sandbox.pages.deepest, sandbox.pages.loops = None, True
    last = ask(sandbox, "commentThreads", **query, pageToken=third).json()
    again = ask(sandbox, "commentThreads", **query, pageToken=last["nextPageToken"]).json()
    assert again["items"] == last["items"]
    assert again["nextPageToken"] != last["nextPageToken"]


def test_a_minute_may_have_its_own_limit(sandbox: YouTubeSandbox, video: Video) -> None:
    sandbox.quota.per_minute = 1
    assert ask(sandbox, "videos", id=video.id).status == 200
    refused = ask(sandbox, "videos", id=video.id)
    assert (refused.status, reason(refused)) == (403, "rateLimitExceeded")
    sandbox.advance(minutes=1)
    assert ask(sandbox, "videos", id=video.id).status == 200


def test_a_search_cost_a_hundred_units_before_it_had_a_bucket(sandbox: YouTubeSandbox) -> None:
    sandbox.quota.own_bucket, sandbox.quota.units = False, 199
    assert ask(sandbox, "search", part="snippet", q="x").status == 200
    assert reason(ask(sandbox, "search", part="snippet", q="x")) == "quotaExceeded"


def test_searches_find_what_is_new_after_a_while(sandbox: YouTubeSandbox) -> None:
    sandbox.search_lag = 600
    sandbox.user("ann").upload("Acme cable cut me off")
    for seconds, found in ((0, 0), (600, 1)):
        sandbox.advance(seconds=seconds)
        page = ask(sandbox, "search", part="snippet", q='"acme cable"|"other"', type="video").json()
        assert len(page["items"]) == found


@pytest.mark.parametrize("applied", [False, True])
def test_a_processing_failure_may_have_acted(sandbox: YouTubeSandbox, video: Video, applied: bool) -> None:
    thread = sandbox.user("ann").comment(video, "Hello")
    sandbox.fail(ProcessingFailure(applied=applied))
    url = f"{sandbox.base_url}/youtube/v3/comments"
    headers = {"Authorization": f"Bearer {sandbox.credentials['access_token']}"}
    body = Json({"snippet": {"parentId": thread.id, "textOriginal": "Hi"}})
    answer = sandbox.send(Request("POST", url, params={"part": "snippet"}, body=body, headers=headers), 10)
    assert (answer.status, reason(answer), len(thread.replies)) == (400, "processingFailure", int(applied))


def test_expired_access_is_refused_and_renewed_at_the_token_endpoint(sandbox: YouTubeSandbox) -> None:
    given = sandbox.credentials
    sandbox.fail(faults.ExpireToken())
    assert ask(sandbox, "channels", mine="true").status == 401
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    wrong = {**form, "client_id": given["client_id"], "client_secret": "x"}
    right = {**form, "client_id": given["client_id"], "client_secret": given["client_secret"]}
    url = f"{sandbox.base_url}/token"
    assert sandbox.send(Request("POST", url, body=Form(wrong), auth="none"), 10).status == 401
    fresh = sandbox.send(Request("POST", url, body=Form(right), auth="none"), 10).json()
    assert fresh["expires_in"] == 3599
    assert "refresh_token" not in fresh
    headers = {"Authorization": f"Bearer {fresh['access_token']}"}
    own = Request("GET", f"{sandbox.base_url}/youtube/v3/channels", params={"part": "id", "mine": "true"})
    assert sandbox.send(own.with_headers(**headers), 10).status == 200
    sandbox.advance(seconds=timedelta(hours=1).total_seconds())
    assert sandbox.send(own.with_headers(**headers), 10).status == 401


def test_what_is_not_there_is_not_found(sandbox: YouTubeSandbox) -> None:
    assert ask(sandbox, "comments/markAsSpam", id="x").status == 404
    assert reason(ask(sandbox, "videos", id="x", colour="red")) == "unexpectedParameter"
    bare = sandbox.send(Request("GET", f"{sandbox.base_url}/youtube/v3/videos", params={"part": "id"}), 10)
    assert (bare.status, reason(bare)) == (403, "forbidden")
