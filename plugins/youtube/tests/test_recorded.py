"""What was recorded of YouTube: it is read, it means what it should, and the sandbox answers in its form."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.youtube.tests.youtube_pages import NOW, answer, connector, shared_json
from socialdesk.connector import Raw, Window
from socialdesk.errors import AuthError, DeliveryUnknown, PlatformError, Rejected, Unavailable
from socialdesk.models import Mention
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_youtube.joining import of_comment, of_thread
from socialdesk_youtube.sandbox import YouTubeSandbox

THREADS = (
    "commentThreads_allThreadsRelatedToChannelId.json",
    "commentThreads_byVideo_page1.json",
    "commentThreads_searchTerms.json",
    "commentThreads_byId.json",
)


def recorded(name: str) -> Any:
    return shared_json("recorded", "youtube", name)


@pytest.mark.parametrize("name", THREADS)
def test_threads_are_read(name: str) -> None:
    youtube = connector()
    for item in recorded(name)["items"]:
        raws = list(of_thread(item))
        mentions = [youtube.parse(raw) for raw in raws]
        assert len(mentions) == 1 + len(item.get("replies", {}).get("comments", ()))
        for raw, mention in zip(raws, mentions, strict=True):
            told = raw.body["comment"]["snippet"]
            assert isinstance(mention, Mention)
            assert mention.text == told["textOriginal"]
            assert mention.author.display_name == told["authorDisplayName"]
            assert str(mention.conversation) == f"youtube:comment:{item['id']}"
            assert "<" not in mention.text


def test_a_link_leads_where_the_display_says() -> None:
    (raw,) = [
        raw
        for item in recorded("commentThreads_byVideo_page1.json")["items"]
        for raw in of_thread(item)
        if raw.body["comment"]["snippet"]["textOriginal"] == "Google.com"
    ]
    mention = connector().parse(raw)
    assert isinstance(mention, Mention)
    assert [(entity.text, entity.url) for entity in mention.entities] == [
        ("Google.com", "http://google.com/")
    ]


@pytest.mark.parametrize("name", ["comments_byParent_page1.json", "comments_byId.json"])
def test_comments_are_read_without_their_video(name: str) -> None:
    for item in recorded(name)["items"]:
        mention = connector().parse(of_comment(item, {}))
        assert isinstance(mention, Mention)
        assert mention.text == item["snippet"]["textOriginal"]
        assert {"subject", "url", "visibility", "state"} <= set(mention.provenance.missing)


def test_a_whole_poll_of_what_was_recorded() -> None:
    youtube = connector()
    page = replay(youtube.fetch(Window(stream="comments", now=NOW)), [answer(recorded(THREADS[0]))]).result
    assert len(page.items) == 3
    assert page.end == "reached"
    assert all(isinstance(youtube.parse(raw), Mention) for raw in page.items)


@pytest.mark.parametrize("name", ["search_q_page1.json", "search_byChannel.json", "search_forMine.json"])
def test_what_a_search_found_is_read(name: str) -> None:
    for item in recorded(name)["items"]:
        mention = connector().parse(Raw("found", {"found": item}))
        assert isinstance(mention, Mention)
        assert mention.id.value == item["id"]["videoId"]
        assert mention.title
        assert "&#39;" not in mention.title


def test_a_video_is_read() -> None:
    (item,) = recorded("videos_list.json")["items"]
    mention = connector().parse(Raw("video", {"video": item}))
    assert isinstance(mention, Mention)
    assert mention.title == item["snippet"]["title"]
    links = [entity.text for entity in mention.entities if entity.kind == "url"]
    assert links == ["http://bit.ly/2YabdS5", "https://goo.gle/2X0nBqG", "https://bit.ly/googledevs"]
    assert mention.metrics.views is None  # it was not asked for


POST = Request("POST", "https://youtube.googleapis.com/youtube/v3/comments")
GET = Request("GET", "https://youtube.googleapis.com/youtube/v3/comments")


@pytest.mark.parametrize(
    ("name", "status", "request_", "kind"),
    [
        ("error_400_keyInvalid.json", 400, GET, AuthError),
        ("error_403_permission.json", 403, GET, Rejected),
        ("error_400_processingFailure.json", 400, GET, Unavailable),
        ("error_400_processingFailure.json", 400, POST, DeliveryUnknown),
        ("error_400_setModerationStatus_processingFailure.json", 400, POST, DeliveryUnknown),
    ],
)
def test_refusals_mean_what_they_should(
    name: str, status: int, request_: Request, kind: type[PlatformError]
) -> None:
    told = answer(recorded(name), status)
    assert isinstance(connector().check(Response(status, told.headers, told.body, request=request_)), kind)


# ------------------------------------------------------------------------------------------------------ the sandbox


def keys(value: Any) -> Any:
    """The names within an answer, without its values; of a list, those of its first item."""
    if isinstance(value, dict):
        return {name: keys(inner) for name, inner in value.items()}
    return [keys(item) for item in value[:1]] if isinstance(value, list) else type(value).__name__


def asked(sandbox: YouTubeSandbox, method: str, path: str, body: Any = None, **params: str) -> Any:
    headers = {"Authorization": f"Bearer {sandbox.credentials['access_token']}"}
    content = None if body is None else Json(body)
    url = f"{sandbox.base_url}/youtube/v3/{path}"
    return sandbox.send(Request(method, url, params=params, body=content, headers=headers), 10)


def test_what_is_written_is_answered_in_the_recorded_form() -> None:
    sandbox = YouTubeSandbox()
    video = sandbox.account.upload("News")
    thread = {"channelId": sandbox.account.id, "videoId": video.id}
    thread["topLevelComment"] = {"snippet": {"textOriginal": "Sun from the api"}}  # type: ignore[assignment]  # of mixed kinds
    made = asked(sandbox, "POST", "commentThreads", {"snippet": thread}, part="snippet").json()
    assert keys(made) == keys(recorded("commentThreads_insert_200.json"))
    reply = {"parentId": made["id"], "textOriginal": "wow"}
    told = asked(sandbox, "POST", "comments", {"snippet": reply}, part="snippet").json()
    assert keys(told) == keys(recorded("comments_insert_200_reply.json"))


def test_lists_are_answered_in_the_recorded_form() -> None:
    sandbox = YouTubeSandbox()
    video = sandbox.account.upload("News")
    thread = sandbox.user("ann").comment(video, "Hello")
    sandbox.user("bob").reply(thread, "Hello")
    sandbox.user("bob").reply(thread, "Hello again")
    page = asked(sandbox, "GET", "comments", part="id,snippet", parentId=thread.id, maxResults="1").json()
    assert keys(page) == keys(recorded("comments_byParent_page1.json"))
    one = asked(sandbox, "GET", "comments", part="id,snippet", id=thread.id).json()
    assert keys(one) == keys(recorded("comments_byId.json"))
    query = {"part": "id,snippet", "allThreadsRelatedToChannelId": sandbox.account.id}
    threads = asked(sandbox, "GET", "commentThreads", **query).json()
    assert keys(threads) == keys(recorded(THREADS[0]))
    found = asked(sandbox, "GET", "search", part="snippet", q="news", type="video", maxResults="25").json()
    wanted = recorded("search_q_page1.json")
    del wanted["nextPageToken"]
    found["items"][0]["snippet"].pop("publishTime")  # it came later than what was recorded
    assert keys(found) == keys(wanted)


def test_refusals_are_worded_in_the_recorded_form() -> None:
    sandbox = YouTubeSandbox()
    sandbox.account.upload("News")
    url = f"{sandbox.base_url}/youtube/v3/comments"
    told = sandbox.send(Request("GET", url, params={"key": "wrong", "part": "id", "id": "x"}), 10)
    wanted = recorded("error_400_keyInvalid.json")
    assert (told.status, told.json()) == (400, wanted)
    own = sandbox.account.comment(sandbox.account.videos[0], "Ours")
    refused = asked(sandbox, "POST", "comments/setModerationStatus", id=own.id, moderationStatus="rejected")
    wanted = recorded("error_400_setModerationStatus_processingFailure.json")
    assert (refused.status, refused.json()) == (400, wanted)
