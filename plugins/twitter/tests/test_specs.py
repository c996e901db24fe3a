"""Every request that the plugin makes is one that X's published interface takes, in both of its generations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from plugins.twitter.tests.twitter_pages import ME, NOW, answer, connector, page, post, shared_json
from socialdesk.connector import Command, Part, Prepared, Push, Raw, Sent, Topic, Window
from socialdesk.models import Attachment, ExternalId, Mention, Rule
from socialdesk.testing import replay
from socialdesk.wire import Json, Multipart, Request
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.ids import id_at

TARGET = ExternalId("twitter", "post", "2090000000000000001")
PICTURE = Attachment(
    id=ExternalId("desk", "media", "a"), kind="image", media_type="image/png", size=9, alt_text="a box"
)
FILM = Attachment(id=ExternalId("desk", "media", "b"), kind="video", media_type="video/mp4", size=9)
DOCUMENTS = {"tweet": "x_openapi_2.165_legacy_tweet_names.json", "post": "x_openapi_2.167_docs.json"}


def requests(twitter: TwitterConnector) -> list[Request]:
    """One of each kind of request, with every bound that a walk may have."""
    reader = connector({"bearer_token": "b"}, handle="acme", names=twitter.config.names)
    mention = twitter.parse(Raw("post", {"post": post(TARGET.value, "@acme hi")}))
    assert isinstance(mention, Mention)
    more = answer(page(post("9", "x"), next_token="t0"))
    since = id_at(NOW)
    windows = [
        Window(stream="mentions", now=NOW, since=since, until=since),
        Window(stream="mentions", now=NOW, back_to=NOW, size=1),
        Window(stream="replies", now=NOW, since="20", size=1),
        Window(stream="search", now=NOW, topics=twitter.queries(Rule(name="r", phrase="a b", language="de"))),
        Window(stream="conversation", now=NOW, topics=(Topic(str(TARGET)),), size=1000),
    ]
    made: list[Request] = []
    for window in windows:
        first = replay(twitter.fetch(window), [more])
        onward = Window(stream=window.stream, now=NOW, page=first.result.next, topics=window.topics)
        made += [*first.requests, *replay(twitter.fetch(onward), [more]).requests]
    made += replay(twitter.identify(), [answer({"data": {"id": ME}})]).requests
    made += replay(reader.identify(), [answer({"data": {"id": ME}})]).requests
    made += replay(twitter.lookup([TARGET]), [answer({})]).requests
    made += of_messages(twitter) + of_files(twitter) + of_pushes(twitter)
    part = Part(text="hi", target=mention, started_at=NOW)
    made += replay(twitter.find_sent(part), [more, answer(page())]).requests
    for sending in (
        part,
        Part(text="a"),
        Part(text="q", target=mention, mode="quote"),
        Part(text="b", done=(Sent("7"),)),
    ):
        made += replay(twitter.send(sending), [answer({"data": {"id": "8"}}, 201)]).requests
    for name, kind, data in (
        ("delete", "post", {"deleted": True}),
        ("delete", "message", {"deleted": True}),
        ("hide", "post", {"hidden": True}),
        ("unhide", "post", {"hidden": False}),
        ("like", "post", {"liked": True}),
        ("unlike", "post", {"liked": False}),
        ("block", "user", {"blocked": True}),
        ("unblock", "user", {"blocked": False}),
    ):
        command = Command(name=name, target=ExternalId("twitter", kind, "2090000000000000001"))
        made += replay(twitter.moderate(command), [answer({"data": data})]).requests
    for kind, told in (
        ("post", {"data": [post("1", "x")]}),
        ("message", {"data": {"id": "1", "sender_id": "2"}}),
    ):
        command = Command(name="block", target=ExternalId("twitter", kind, "1"))
        made += replay(
            twitter.moderate(command), [answer(told), answer({"data": {"blocked": True}})]
        ).requests
    return made


def of_messages(twitter: TwitterConnector) -> list[Request]:
    empty, done = (
        answer({"meta": {"result_count": 0}}),
        answer({"data": {"dm_event_id": "8", "dm_conversation_id": "1-2"}}, 201),
    )
    complaint = twitter.parse(Raw("post", {"post": post(TARGET.value, "@acme hi")}))
    message = {"id": "9", "text": "hi", "sender_id": "111", "dm_conversation_id": "111-999"}
    written = twitter.parse(Raw("message", {"message": message}))
    assert isinstance(complaint, Mention)
    assert isinstance(written, Mention)
    conversation = (Topic(str(written.conversation)),)
    made = [
        *replay(twitter.fetch(Window(stream="messages", now=NOW)), [empty]).requests,
        *replay(twitter.fetch(Window(stream="conversation", now=NOW, topics=conversation)), [empty]).requests,
        *replay(twitter.lookup([ExternalId("twitter", "message", "9")]), [empty]).requests,
    ]
    first = answer({"data": [message], "meta": {"next_token": "t" * 16}})
    token = replay(twitter.fetch(Window(stream="messages", now=NOW)), [first]).result.next
    made += replay(twitter.fetch(Window(stream="messages", now=NOW, page=token)), [empty]).requests
    for part in (
        Part(text="hi", mode="private", target=complaint, started_at=NOW),
        Part(text="hi", mode="direct", target=written, started_at=NOW),
        Part(text="", mode="direct", target=written, started_at=NOW, **_ready("7")),
    ):
        made += replay(twitter.send(part), [done]).requests
        made += replay(twitter.find_sent(part), [empty]).requests
    return made


def _ready(*media_ids: str) -> dict[str, Any]:
    """What a part has whose files are uploaded."""
    kept = {"files": [{"id": media_id, "stage": "ready"} for media_id in media_ids], "ends": None}
    return {"attachments": (PICTURE,) * len(media_ids), "prepared": kept}


def of_files(twitter: TwitterConnector) -> list[Request]:
    data = {"id": "7", "expires_after_secs": 86_400}
    taken, working = answer({"data": data}), {**data, "processing_info": {"state": "pending"}}
    made: list[Request] = []
    for mode in ("public", "private"):
        part = Part(text="see", mode=mode, attachments=(PICTURE,))
        made += replay(twitter.send(part), [taken, answer({})]).requests
        film = Part(text="see", mode=mode, attachments=(FILM,))
        seen = replay(twitter.send(film), [taken, answer({}), answer({"data": working})])
        assert isinstance(seen.result, Prepared)
        made += seen.requests
        made += replay(twitter.send(replace(film, prepared=seen.result.data)), [taken]).requests
    made += replay(
        twitter.send(Part(text="", **_ready("7", "8"))), [answer({"data": {"id": "8"}}, 201)]
    ).requests
    return made


def of_pushes(twitter: TwitterConnector) -> list[Request]:
    push = Push(url="https://acme.example/x")
    webhook = {"id": "1", "url": push.url, "valid": True}
    none, made = answer({}), answer({"data": {"subscription_id": "3"}})
    new = replay(twitter.subscribe(push), [none, answer({"data": webhook}), none, *[made] * 9])
    stale = [answer({"data": [{**webhook, "valid": False}]}), answer({"data": {"valid": True}})]
    paged = answer({"data": [], "meta": {"next_token": "t" * 16}})
    old = replay(twitter.subscribe(push), [*stale, paged, none, *[made] * 9])
    return [*new.requests, *old.requests]


def operation(document: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
    """The most literal path of the document that the request's path fits."""
    fitting = [
        path
        for path in document["paths"]
        if re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", path), request.path)
        and request.method.lower() in document["paths"][path]
    ]
    assert fitting, f"{request.method} {request.path} is no path of the document"
    found: Mapping[str, Any] = document["paths"][min(fitting, key=lambda path: path.count("{"))][
        request.method.lower()
    ]
    return found


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def check(document: Mapping[str, Any], value: Any, schema: Mapping[str, Any]) -> None:
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(value)


def _is_newer(names: str, request: Request) -> bool:
    """Whether the older document does not know the event yet that is subscribed to: post events came with 2.167."""
    event = str(request.body.value.get("event_type")) if isinstance(request.body, Json) else ""
    return names == "tweet" and event.startswith("post.")


@pytest.mark.parametrize("names", ["tweet", "post"])
def test_every_parameter_and_body_fits(names: str) -> None:
    document = shared_json("specs", DOCUMENTS[names])
    made = requests(connector(names=names, enterprise=True))
    assert len(made) > 60
    for request in made:
        told = operation(document, request)
        known = {
            item["name"]: item for item in (resolved(document, each) for each in told.get("parameters", ()))
        }
        for name, text in request.params.items():
            assert name in known, f"{request.path}: {name} is no parameter"
            schema = resolved(document, known[name]["schema"])
            value: Any = text.split(",") if schema.get("type") == "array" else text
            check(document, int(text) if schema.get("type") == "integer" else value, schema)
        if isinstance(request.body, Json) and not _is_newer(names, request):
            schema = told["requestBody"]["content"]["application/json"]["schema"]
            check(document, request.body.value, resolved(document, schema))
        elif isinstance(request.body, Multipart):
            schema = told["requestBody"]["content"]["multipart/form-data"]["schema"]
            fields = {
                name: int(text) if text.isdigit() else text for name, text in request.body.fields.items()
            }
            assert [file.name for file in request.body.files] == ["media"]
            check(document, {**fields, "media": "..."}, resolved(document, schema))
        elif isinstance(request.body, Json):
            continue
        else:
            assert "requestBody" not in told or not told["requestBody"].get("required")


def test_bounds_that_exclude_each_other_are_never_sent_together() -> None:
    for request in requests(connector(enterprise=True)):
        assert not {"since_id", "start_time"} <= set(request.params)
        assert not {"next_token", "pagination_token"} <= set(request.params)
