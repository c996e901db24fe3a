"""Google's own client, unmodified, against the sandbox on a real port: all that it is told is the address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import google_auth_httplib2  # type: ignore[import-untyped]  # it has no types
import httplib2  # type: ignore[import-untyped]  # it has no types
import pytest
from google.api_core.client_options import ClientOptions
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build  # type: ignore[import-untyped]  # it has no types
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]  # it has no types

from socialdesk.testing.sandbox import served
from socialdesk_youtube.sandbox import YouTubeSandbox

Connect: TypeAlias = Callable[..., Any]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[YouTubeSandbox, str]]:
    sandbox = YouTubeSandbox()
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running: tuple[YouTubeSandbox, str]) -> YouTubeSandbox:
    running[0].reset()
    return running[0]


@pytest.fixture
def connect(running: tuple[YouTubeSandbox, str], sandbox: YouTubeSandbox) -> Iterator[Connect]:
    """A client with the brand's grant, with another channel's, or with the project's key alone."""
    opened = []

    def make(handle: str = "acme", *, key: bool = False, **changed: Any) -> Any:
        plain = httplib2.Http(timeout=10, proxy_info=None)
        opened.append(plain)
        given = {**sandbox.connect_account(handle), **changed}
        options = ClientOptions(api_endpoint=running[1])
        if key:
            return build("youtube", "v3", http=plain, developerKey=given["api_key"], client_options=options)
        credentials = Credentials(
            given["access_token"],
            refresh_token=given["refresh_token"],
            token_uri=f"{running[1]}/token",
            client_id=given["client_id"],
            client_secret=given["client_secret"],
        )
        http = google_auth_httplib2.AuthorizedHttp(credentials, http=plain)
        return build("youtube", "v3", http=http, client_options=options)

    yield make
    for http in opened:
        http.close()


def reasons(error: HttpError) -> list[str]:
    return [told["reason"] for told in json.loads(error.content)["error"]["errors"]]


def test_whose_channel_it_is(connect: Connect, sandbox: YouTubeSandbox) -> None:
    (channel,) = connect().channels().list(part="id,snippet,statistics", mine=True).execute()["items"]
    assert (channel["id"], channel["snippet"]["customUrl"]) == (sandbox.account.id, "@acme")
    assert channel["statistics"]["subscriberCount"] == "12000"
    by_handle = connect(key=True).channels().list(part="id", forHandle="@acme").execute()
    assert [item["id"] for item in by_handle["items"]] == [sandbox.account.id]


@pytest.mark.parametrize("key", [False, True])
def test_threads_page_by_page(connect: Connect, sandbox: YouTubeSandbox, key: bool) -> None:
    made = sandbox.crowd(23, sandbox.account.upload("News"))
    listing = connect(key=key).commentThreads()
    request = listing.list(part="snippet", allThreadsRelatedToChannelId=sandbox.account.id, maxResults=10)
    found: list[str] = []
    sizes = []
    while request is not None:
        page = request.execute()
        sizes.append(page["pageInfo"]["totalResults"])
        found += [item["id"] for item in page["items"]]
        if not found[10:]:
            sandbox.user("late").comment(sandbox.account.videos[0], "This moves no page")
        request = listing.list_next(request, page)
    assert found == [comment.id for comment in reversed(made)]
    assert sizes == [10, 10, 3]


def test_a_reply_is_written_changed_and_taken_away(connect: Connect, sandbox: YouTubeSandbox) -> None:
    thread = sandbox.user("ann").comment(sandbox.account.upload("News"), "Hello")
    comments = connect().comments()
    body = {
        "snippet": {"parentId": thread.id, "textOriginal": "Hi <3\nSee https://acme.example.com/a?b=1&c=2."}
    }
    made = comments.insert(part="snippet", body=body).execute()
    assert made["snippet"]["textOriginal"] == body["snippet"]["textOriginal"]
    assert made["snippet"]["textDisplay"] == (
        'Hi &lt;3<br>See <a href="https://acme.example.com/a?b=1&amp;c=2">https://acme.example.com/a?b=1&amp;c=2</a>.'
    )
    changed = {"id": made["id"], "snippet": {"textOriginal": "Hi"}}
    sandbox.advance(seconds=5)
    told = comments.update(part="snippet", body=changed).execute()["snippet"]
    assert (told["textDisplay"], told["updatedAt"] > told["publishedAt"]) == ("Hi", True)
    plain = comments.list(part="snippet", parentId=thread.id, textFormat="plainText").execute()
    assert [item["snippet"]["textDisplay"] for item in plain["items"]] == ["Hi"]
    assert comments.delete(id=made["id"]).execute() == ""
    assert sandbox.thread(thread) == [thread]


def test_a_thread_is_begun_and_listed_under_its_video(connect: Connect, sandbox: YouTubeSandbox) -> None:
    video = sandbox.account.upload("News")
    top = {"snippet": {"textOriginal": "No service today"}}
    body = {"snippet": {"channelId": sandbox.account.id, "videoId": video.id, "topLevelComment": top}}
    made = connect().commentThreads().insert(part="snippet", body=body).execute()
    found = connect(key=True).commentThreads().list(part="id,replies", videoId=video.id).execute()
    assert [item["id"] for item in found["items"]] == [made["id"]]
    assert "snippet" not in found["items"][0]


def test_comments_are_held_published_and_rejected(connect: Connect, sandbox: YouTubeSandbox) -> None:
    video = sandbox.account.upload("News")
    held = sandbox.user("ann").comment(video, "Thieves", status="heldForReview")
    troll = sandbox.user("troll").comment(video, "Idiots")
    client = connect()
    query = {"part": "snippet", "allThreadsRelatedToChannelId": sandbox.account.id}
    (item,) = client.commentThreads().list(**query, moderationStatus="heldForReview").execute()["items"]
    assert item["snippet"]["topLevelComment"]["snippet"]["moderationStatus"] == "heldForReview"
    assert not item["snippet"]["isPublic"]
    comments = client.comments()
    assert comments.setModerationStatus(id=held.id, moderationStatus="published").execute() == ""
    comments.setModerationStatus(id=[troll.id], moderationStatus="rejected", banAuthor=True).execute()
    found = client.commentThreads().list(**query).execute()["items"]
    assert [item["id"] for item in found] == [held.id]
    assert "moderationStatus" not in found[0]["snippet"]["topLevelComment"]["snippet"]
    assert sandbox.user("troll").comment(video, "Idiots!").status == "rejected"
    with pytest.raises(HttpError) as refused:
        connect("ann").commentThreads().list(**query, moderationStatus="heldForReview").execute()
    assert (refused.value.status_code, reasons(refused.value)) == (403, ["forbidden"])
    with pytest.raises(HttpError) as refused:
        comments.setModerationStatus(id=held.id, moderationStatus="published", banAuthor=True).execute()
    assert reasons(refused.value) == ["banWithoutReject"]


def test_a_mask_leaves_what_it_names(connect: Connect, sandbox: YouTubeSandbox) -> None:
    thread = sandbox.user("ann").comment(sandbox.account.upload("News"), "Hello")
    mask = "items(id,snippet/topLevelComment/snippet(textOriginal,authorChannelId/value)),nextPageToken"
    request = connect().commentThreads().list(part="snippet", id=thread.id, fields=mask)
    inner = {"textOriginal": "Hello", "authorChannelId": {"value": sandbox.user("ann").id}}
    assert request.execute() == {
        "items": [{"id": thread.id, "snippet": {"topLevelComment": {"snippet": inner}}}]
    }
    with pytest.raises(HttpError) as refused:
        connect().commentThreads().list(part="snippet", id=thread.id, fields="items(id").execute()
    assert reasons(refused.value) == ["invalidParameter"]


def test_search_finds_videos_by_words(connect: Connect, sandbox: YouTubeSandbox) -> None:
    ann = sandbox.user("ann")
    rant = ann.upload("Acme's end & mine", description="word " * 60)
    ann.upload("Cats", description="acme cats")
    sandbox.advance(minutes=1)
    ann.upload("Acme live", privacy="private")
    query = {"part": "snippet", "q": "acme -cats", "type": "video", "order": "date"}
    (item,) = connect().search().list(**query).execute()["items"]
    assert item["id"] == {"kind": "youtube#video", "videoId": rant.id}
    assert item["snippet"]["title"] == "Acme&#39;s end &amp; mine"
    assert len(item["snippet"]["description"]) < 200
    whole = connect(key=True).videos().list(part="snippet,statistics", id=rant.id).execute()["items"][0]
    assert whole["snippet"]["description"] == "word " * 60
    late = connect().search().list(**query, publishedAfter="2030-01-01T00:00:00Z").execute()
    assert late["items"] == []


def test_refusals_have_their_reasons(connect: Connect, sandbox: YouTubeSandbox) -> None:
    closed = sandbox.account.upload("For children", comments="off")
    own, others = sandbox.account.upload("News"), sandbox.user("ann").upload("Mine")
    theirs = sandbox.user("ann").comment(own, "Hello")
    reply = sandbox.user("ann").reply(theirs, "Hello")
    foreign = sandbox.user("ann").comment(others, "Hello")
    client = connect()

    def said(parent: Any, text: Any) -> Any:
        snippet = {"parentId": parent, "textOriginal": text}
        return client.comments().insert(part="snippet", body={"snippet": snippet})

    channel = sandbox.account.id
    cases = [
        (client.commentThreads().list(part="id", videoId=closed.id), 403, "commentsDisabled"),
        (client.commentThreads().list(part="id", videoId="x" * 11), 404, "videoNotFound"),
        (client.commentThreads().list(part="id"), 400, "missingRequiredParameter"),
        (client.commentThreads().list(part="x", id="y"), 400, "unknownPart"),
        (client.commentThreads().list(part="id", id="y", videoId=own.id), 400, "incompatibleParameters"),
        (client.commentThreads().list(part="id", videoId=own.id, pageToken="x"), 400, "invalidPageToken"),
        (client.commentThreads().list(part="id", videoId=own.id, maxResults=101), 400, "invalidParameter"),
        (client.commentThreads().list(part="id", allThreadsRelatedToChannelId="UC"), 404, "channelNotFound"),
        (client.comments().list(part="id", parentId="nobody"), 404, "commentNotFound"),
        (said("nobody", "Hi"), 404, "parentCommentNotFound"),
        (said(reply.id, "Hi"), 400, "operationNotSupported"),
        (said(None, "Hi"), 400, "parentIdMissing"),
        (said(theirs.id, " "), 400, "commentTextRequired"),
        (said(theirs.id, "x" * 10_001), 400, "commentTextTooLong"),
        (client.comments().delete(id=theirs.id), 403, "forbidden"),
        (client.comments().delete(id="nobody"), 404, "commentNotFound"),
        (
            client.comments().update(
                part="snippet", body={"id": theirs.id, "snippet": {"textOriginal": "x"}}
            ),
            403,
            "forbidden",
        ),
        (
            client.comments().setModerationStatus(id=foreign.id, moderationStatus="published"),
            403,
            "forbidden",
        ),
        (
            client.search().list(part="snippet", q="x", forMine=True, type="channel"),
            400,
            "invalidSearchFilter",
        ),
    ]
    for request, status, reason in cases:
        with pytest.raises(HttpError) as refused:
            request.execute()
        assert (refused.value.status_code, reasons(refused.value)) == (status, [reason]), request.uri
    assert sandbox.account.id == channel
    with pytest.raises(HttpError) as refused:
        connect(key=True).comments().delete(id=theirs.id).execute()
    assert refused.value.status_code == 401


def test_access_ends_and_is_renewed_and_can_be_revoked(connect: Connect, sandbox: YouTubeSandbox) -> None:
    client = connect()
    sandbox.advance(hours=2)
    assert client.channels().list(part="id", mine=True).execute()["items"]
    sandbox.advance(hours=2)
    sandbox.revoke("acme")
    with pytest.raises(RefreshError, match="invalid_grant"):
        client.channels().list(part="id", mine=True).execute()


def test_grants_of_a_project_in_testing_end_after_a_week(connect: Connect, sandbox: YouTubeSandbox) -> None:
    sandbox.keyring.testing = True
    client = connect()
    sandbox.advance(days=6)
    assert client.channels().list(part="id", mine=True).execute()["items"]
    sandbox.advance(days=2)
    with pytest.raises(RefreshError, match="invalid_grant"):
        client.channels().list(part="id", mine=True).execute()


def test_scopes_and_keys_are_looked_at(connect: Connect, sandbox: YouTubeSandbox) -> None:
    thread = sandbox.user("ann").comment(sandbox.account.upload("News"), "Hello")
    narrow = sandbox.grant("acme", ["https://www.googleapis.com/auth/youtube.readonly"])
    client = connect(**narrow)
    assert client.channels().list(part="id", mine=True).execute()["items"]
    with pytest.raises(HttpError) as refused:
        client.comments().list(part="id", parentId=thread.id).execute()
    assert reasons(refused.value) == ["insufficientPermissions"]
    with pytest.raises(HttpError) as refused:
        connect(key=True, api_key="AIzaWrong").comments().list(part="id", parentId=thread.id).execute()
    assert (refused.value.status_code, reasons(refused.value)) == (400, ["keyInvalid"])


def test_the_days_quota_and_that_of_searches(connect: Connect, sandbox: YouTubeSandbox) -> None:
    client = connect()
    sandbox.quota.units, sandbox.quota.searches = 52, 1
    thread = sandbox.user("ann").comment(sandbox.account.upload("News"), "Hello")
    search = client.search().list(part="snippet", q="x")
    search.execute()
    with pytest.raises(HttpError) as refused:
        search.execute()
    assert (refused.value.status_code, "per day" in refused.value.reason) == (429, True)
    listing = client.comments().list(part="id", parentId=thread.id)
    listing.execute()
    with pytest.raises(HttpError):
        client.comments().list(part="id", parentId="nobody").execute()  # costs a unit all the same
    body = {"snippet": {"parentId": thread.id, "textOriginal": "Hi"}}
    client.comments().insert(part="snippet", body=body).execute()
    assert sandbox.quota.used(sandbox.clock.now()) == (52, 1)
    with pytest.raises(HttpError) as refused:
        listing.execute()
    assert (refused.value.status_code, reasons(refused.value)) == (403, ["quotaExceeded"])
    sandbox.advance(days=1)
    listing.execute()


def test_what_is_known_already_is_not_told_again(connect: Connect, sandbox: YouTubeSandbox) -> None:
    video = sandbox.account.upload("News")
    request = connect().videos().list(part="snippet", id=video.id)
    known = request.execute()["etag"]
    request.headers["If-None-Match"] = known
    with pytest.raises(HttpError) as told:
        request.execute()
    assert told.value.status_code == 304
    video.title = "Old news"
    assert request.execute()["items"][0]["snippet"]["title"] == "Old news"
