"""Every request that the plugin makes is one that YouTube's discovery document describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own

from plugins.youtube.tests.schemas import schema_of
from plugins.youtube.tests.youtube_pages import (
    DISCOVERY,
    ME,
    NOW,
    REPLY,
    THREAD,
    VIDEO,
    answer,
    comment,
    connector,
    listed,
    shared_json,
    thread,
)
from socialdesk.connector import Command, Part, Raw, Topic, Window
from socialdesk.models import ExternalId, Mention, Rule
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_youtube.connector import YouTubeConnector

FORCE_SSL = "https://www.googleapis.com/auth/youtube.force-ssl"
COMMENT_ID = ExternalId("youtube", "comment", THREAD)
VIDEO_ID = ExternalId("youtube", "video", VIDEO)
FOUND = {
    "id": {"kind": "youtube#video", "videoId": VIDEO},
    "snippet": {"publishedAt": "2026-11-20T09:00:00Z"},
}
MORE = answer(listed(thread(count=9), token="t"))
EMPTY = answer(listed())


def of_listings(youtube: YouTubeConnector) -> list[Request]:
    """One of each kind of listing, with every bound that a walk may have."""
    rule = Rule(name="r", phrase="acme cable", none_of=("wire",), language="de-AT")
    replies = Topic(THREAD, {"replies": 9}, stream="replies")
    searched = answer(listed(FOUND, token="t"))
    since = "2026-11-19T09:00:00Z"
    cases: list[tuple[Window, list[Response]]] = [
        (Window(stream="comments", now=NOW, since=since, until=since), [MORE]),
        (Window(stream="comments", now=NOW, back_to=NOW, size=1), [MORE]),
        (Window(stream="watched", now=NOW), [MORE]),
        (Window(stream="held", now=NOW), [MORE]),
        (Window(stream="replies", now=NOW, topics=(replies,)), [MORE]),
        (
            Window(stream="search", now=NOW, topics=youtube.queries(rule), since=since, until=since),
            [searched, EMPTY],
        ),
        (Window(stream="conversation", now=NOW, topics=(Topic(str(COMMENT_ID)),)), [MORE]),
        (Window(stream="conversation", now=NOW, topics=(Topic(str(VIDEO_ID)),)), [EMPTY]),
    ]
    made: list[Request] = []
    for window, answers in cases:
        first = replay(youtube.fetch(window), answers)
        made += first.requests
        if first.result.next is not None:
            onward = Window(stream=window.stream, now=NOW, page=first.result.next, topics=window.topics)
            made += replay(youtube.fetch(onward), answers).requests
    return made


def of_sayings(youtube: YouTubeConnector) -> list[Request]:
    mention = youtube.parse(Raw("comment", {"comment": comment()}))
    film = youtube.parse(Raw("video", {"video": {"id": VIDEO, "snippet": {"channelId": ME}}}))
    assert isinstance(mention, Mention)
    assert isinstance(film, Mention)
    made: list[Request] = []
    for target in (mention, film, None):
        part = Part(text="hi", target=target, started_at=NOW)
        made += replay(youtube.send(part), [answer(comment(REPLY))]).requests
        made += replay(youtube.find_sent(part), [EMPTY] * 3).requests
    for name in ("hide", "unhide", "reject", "block", "delete", "edit"):
        command = Command(name=name, target=COMMENT_ID, text="better")
        made += replay(youtube.moderate(command), [Response(204)]).requests
    return made


def requests(youtube: YouTubeConnector) -> list[Request]:
    """One of each kind of request."""
    ids = [COMMENT_ID, ExternalId("youtube", "comment", REPLY), VIDEO_ID]
    reader = YouTubeConnector(
        type(youtube.config)(channel_id=ME), type(youtube.app).model_validate({"api_key": "k"})
    )
    own = answer(listed({"id": ME, "snippet": {"title": "Acme", "customUrl": "@acme"}}))
    return [
        *of_listings(youtube),
        *of_sayings(youtube),
        *replay(youtube.lookup(ids), [EMPTY] * 3).requests,
        *replay(youtube.identify(), [own]).requests,
        *replay(reader.identify(), [own]).requests,
    ]


def method_of(document: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
    """What the document says of the method that a request calls."""
    fitting = [
        method
        for named in document["resources"].values()
        for method in named.get("methods", {}).values()
        if (method["httpMethod"], f"/{method['path']}") == (request.method, request.path)
    ]
    assert fitting, f"{request.method} {request.path} is no method of the document"
    found: Mapping[str, Any] = fitting[0]
    return found


def test_every_parameter_and_body_fits() -> None:
    document = shared_json("specs", DISCOVERY)
    made = requests(connector(announce_on=VIDEO))
    assert len(made) > 35
    for request in made:
        method = method_of(document, request)
        known = method["parameters"]
        for name, text in request.params.items():
            assert name in known, f"{request.path}: {name} is no parameter"
            _fits(known[name], text, f"{request.path}: {name}")
        missing = [
            name for name, told in known.items() if told.get("required") and name not in request.params
        ]
        assert not missing, f"{request.path}: {missing}"
        assert FORCE_SSL in method["scopes"]
        assert (request.body is not None) == ("request" in method)
        if isinstance(request.body, Json):
            jsonschema.validate(request.body.value, schema_of(document, method["request"]["$ref"]))


def _fits(told: Mapping[str, Any], text: str, place: str) -> None:
    for value in text.split(",") if told.get("repeated") else [text]:
        assert value in told.get("enum", [value]), f"{place}: {value}"
        if told["type"] == "integer":
            assert int(told.get("minimum", value)) <= int(value) <= int(told.get("maximum", value)), place
        if told["type"] == "boolean":
            assert value in ("true", "false"), place


def test_every_method_costs_what_its_kind_does() -> None:
    """Lists cost a unit, what writes 50; a search draws on a bucket of its own."""
    for request in requests(connector(announce_on=VIDEO)):
        if request.path.endswith("/search"):
            assert dict(request.spends) == {"searches": 1}
        else:
            assert dict(request.spends) == {"units": 1 if request.method == "GET" else 50}


def test_filters_that_exclude_each_other_are_never_sent_together() -> None:
    exclusive = {"allThreadsRelatedToChannelId", "videoId", "id", "parentId"}
    for request in requests(connector(announce_on=VIDEO)):
        if request.method == "GET" and "comment" in request.path:
            assert len(exclusive & set(request.params)) == 1
        if "id" in request.params:
            assert not {"moderationStatus", "order"} & set(request.params) or request.method == "POST"
