"""Every answer of the sandbox fits the schemas of YouTube's discovery document, and it takes what that describes."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from plugins.youtube.tests.schemas import schema_of
from plugins.youtube.tests.youtube_pages import DISCOVERY, shared_json
from socialdesk.wire import Json, Request
from socialdesk_youtube.sandbox import Comment, YouTubeSandbox
from socialdesk_youtube.sandbox.answering import ENDPOINTS


@pytest.fixture(scope="module")
def document() -> Any:
    return shared_json("specs", DISCOVERY)


def methods(document: Any) -> dict[tuple[str, str], Any]:
    return {
        (method["httpMethod"], f"/{method['path']}"): method
        for named in document["resources"].values()
        for method in named.get("methods", {}).values()
    }


@pytest.fixture
def sandbox() -> YouTubeSandbox:
    sandbox = YouTubeSandbox()
    ann = sandbox.user("ann")
    video = sandbox.account.upload("News", description="Of *today*", tags=("router",), language="en", views=7)
    thread = ann.comment(
        video, "Hello @acme #news 1:02 https://acme.example.com", picture="https://yt3.example/p"
    )
    sandbox.account.reply(thread, "Hi")
    ann.comment(video, "Thieves", status="heldForReview")
    sandbox.user("gone", active=False).comment(video, "Bye")
    return sandbox


def first(sandbox: YouTubeSandbox) -> Comment:
    return sandbox.account.videos[0].threads[0]


def calls(sandbox: YouTubeSandbox) -> list[tuple[str, str, dict[str, str], Any]]:
    channel, thread = sandbox.account.id, first(sandbox)
    video, everything = thread.video.id, "id,snippet,replies"
    own = thread.replies[0]
    top = {"snippet": {"textOriginal": "New"}}
    begun = {"snippet": {"channelId": channel, "videoId": video, "topLevelComment": top}}
    related = {"allThreadsRelatedToChannelId": channel}
    return [
        ("GET", "commentThreads", {"part": everything, **related}, None),
        ("GET", "commentThreads", {"part": everything, **related, "moderationStatus": "heldForReview"}, None),
        ("GET", "commentThreads", {"part": everything, "videoId": video, "maxResults": "1"}, None),
        ("GET", "commentThreads", {"part": everything, "id": thread.id, "textFormat": "plainText"}, None),
        ("GET", "comments", {"part": "id,snippet", "parentId": thread.id}, None),
        ("GET", "comments", {"part": "id,snippet", "id": f"{thread.id},{own.id}"}, None),
        ("GET", "search", {"part": "snippet", "q": "news"}, None),
        ("GET", "search", {"part": "snippet", "q": "acme", "type": "channel"}, None),
        ("GET", "videos", {"part": "id,snippet,statistics,status", "id": video}, None),
        ("GET", "channels", {"part": "id,snippet,statistics,contentDetails", "mine": "true"}, None),
        ("POST", "comments", {"part": "snippet"}, {"snippet": {"parentId": thread.id, "textOriginal": "x"}}),
        ("POST", "commentThreads", {"part": "snippet"}, begun),
        ("PUT", "comments", {"part": "snippet"}, {"id": own.id, "snippet": {"textOriginal": "x"}}),
        ("POST", "comments/setModerationStatus", {"id": thread.id, "moderationStatus": "rejected"}, None),
        ("DELETE", "comments", {"id": own.id}, None),
    ]


def test_every_answer_fits_its_schema(document: Any, sandbox: YouTubeSandbox) -> None:
    described, seen = methods(document), set()
    headers = {"Authorization": f"Bearer {sandbox.credentials['access_token']}"}
    for verb, path, params, body in calls(sandbox):
        url = f"{sandbox.base_url}/youtube/v3/{path}"
        content = None if body is None else Json(body)
        response = sandbox.send(Request(verb, url, params=params, body=content, headers=headers), 10)
        method = described[verb, f"/youtube/v3/{path}"]
        seen.add((verb, f"/youtube/v3/{path}"))
        if "response" not in method:
            assert (response.status, response.body) == (204, b""), path
            continue
        assert response.status == 200, response.body
        told = response.json()
        jsonschema.validate(told, schema_of(document, method["response"]["$ref"]))
        assert (
            told["kind"] == document["schemas"][method["response"]["$ref"]]["properties"]["kind"]["default"]
        )
    assert seen == set(ENDPOINTS.table)


def test_every_parameter_is_one_that_is_described(document: Any) -> None:
    described = methods(document)
    common = set(document["parameters"])
    for key, endpoint in ENDPOINTS.table.items():
        method, takes = described[key], endpoint.takes
        assert takes.known - common <= set(method["parameters"]), key
        for name, values in takes.values.items():
            told = method["parameters"][name]
            assert set(values) <= set(told.get("enum", values)), (key, name)
        if takes.size is not None:
            told = method["parameters"]["maxResults"]
            sizes = tuple(int(told[name]) for name in ("minimum", "maximum", "default"))
            assert takes.size == sizes, key
        assert endpoint.scopes <= set(method["scopes"]), key
