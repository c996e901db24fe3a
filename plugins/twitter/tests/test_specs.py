"""Every request that the plugin makes is one that X's published interface takes, in both of its generations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from plugins.twitter.tests.twitter_pages import ME, NOW, answer, connector, page, post, shared_json
from socialdesk.connector import Command, Part, Raw, Sent, Topic, Window
from socialdesk.models import ExternalId, Mention, Rule
from socialdesk.testing import replay
from socialdesk.wire import Json, Request
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.ids import id_at

TARGET = ExternalId("twitter", "post", "2090000000000000001")
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
    part = Part(text="hi", target=mention, started_at=NOW)
    made += replay(twitter.find_sent(part), [more, answer(page())]).requests
    for sending in (
        part,
        Part(text="a"),
        Part(text="q", target=mention, mode="quote"),
        Part(text="b", done=(Sent("7"),)),
    ):
        made += replay(twitter.send(sending), [answer({"data": {"id": "8"}}, 201)]).requests
    done = {"delete": {"deleted": True}, "hide": {"hidden": True}, "unhide": {"hidden": False}}
    for name, data in done.items():
        made += replay(twitter.moderate(Command(name=name, target=TARGET)), [answer({"data": data})]).requests
    return made


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


@pytest.mark.parametrize("names", ["tweet", "post"])
def test_every_parameter_and_body_fits(names: str) -> None:
    document = shared_json("specs", DOCUMENTS[names])
    made = requests(connector(names=names))
    assert len(made) > 15
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
        if isinstance(request.body, Json):
            schema = told["requestBody"]["content"]["application/json"]["schema"]
            check(document, request.body.value, resolved(document, schema))
        else:
            assert "requestBody" not in told or not told["requestBody"].get("required")


def test_bounds_that_exclude_each_other_are_never_sent_together() -> None:
    for request in requests(connector()):
        assert not {"since_id", "start_time"} <= set(request.params)
        assert not {"next_token", "pagination_token"} <= set(request.params)
