"""Every request that the plugin makes is one that the published interface knows, with what it may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own

from plugins.mastodon.tests.mastodon_pages import (
    ME,
    NOW,
    account,
    answer,
    connector,
    notification,
    shared_json,
    status,
)
from socialdesk.connector import Command, Part, Prepared, Raw, Sent, Topic, Window
from socialdesk.models import Attachment, ExternalId, Mention, Mode, Rule
from socialdesk.testing import replay
from socialdesk.wire import Json, Multipart, Request, Response
from socialdesk_mastodon import queries

SPEC = ("specs", "mastodon.openapi.nodesc.json")
NONE = answer([])
THREAD = answer({"ancestors": [], "descendants": []})


def target(**more: Any) -> Mention:
    item = connector().parse(Raw("status", {"status": status(**more)}))
    assert isinstance(item, Mention)
    return item


def hearing() -> Iterator[tuple[Any, list[Response]]]:
    own = connector()
    window = Window(stream="mentions", now=NOW)
    yield own.fetch(window), [NONE]
    yield own.fetch(replace(window, since="5", size=3)), [NONE]
    yield own.fetch(replace(window, back_to=NOW - timedelta(days=1))), [NONE]
    edited = notification("7", "update", edited_at="2026-11-20T10:00:00.000Z", in_reply_to_id="4")
    yield own.fetch(replace(window, since="5")), [answer([edited]), THREAD, answer([status()])]
    for rule in (Rule(name="r", hashtags=("a", "b", "c")), Rule(name="r", any_of=("acme", "one cent"))):
        for topic in queries.topics(rule):
            window = Window(stream="search", now=NOW, topics=(topic,), since="5")
            told = NONE if rule.hashtags else answer({"statuses": []})
            yield own.fetch(window), [told]
            yield own.fetch(replace(window, page="40")), [told]
    window = Window(stream="conversation", now=NOW, topics=(Topic("mastodon:post:4"),))
    yield own.fetch(window), [answer(status("4")), THREAD]
    yield own.lookup([ExternalId("mastodon", "post", "4")]), [answer(status("4"))]
    yield own.identify(), [answer(account(ME, "acme")), answer({}), answer({}), answer({})]


def saying() -> Iterator[tuple[Any, list[Response]]]:
    own = connector()
    quotable = target(quote_approval={"current_user": "automatic"}, spoiler_text="Rant")
    modes: tuple[Mode, ...] = ("public", "private", "quote")
    for mode in modes:
        yield own.send(Part(text="Sorry", mode=mode, target=quotable, key="k")), [answer(status())]
    yield own.send(Part(text="We are back", key="k")), [answer(status())]
    yield own.send(Part(text="More", target=quotable, key="k", done=(Sent("5"),))), [answer(status())]
    picture = Attachment(
        id=ExternalId("desk", "media", "a"), kind="image", media_type="image/png", size=9, alt_text="a box"
    )
    part = Part(text="See", target=quotable, key="k", attachments=(picture,))
    yield own.send(part), [answer({"id": "5", "url": None}, 202)]
    for ready in (False, True):
        prepared = {"uploads": [{"id": "5", "ready": ready, "at": None}]}
        answers = [answer(status())] if ready else [answer({"id": "5"}, 206)]
        yield own.send(replace(part, prepared=prepared)), answers
    looked = replace(part, started_at=NOW, attachments=())
    there = status("9", created_at=NOW.isoformat(), in_reply_to_id=quotable.id.value)
    source = answer({"id": "9", "text": "other"})
    yield own.find_sent(looked), [answer([there]), source, NONE]


def moderating() -> Iterator[tuple[Any, list[Response]]]:
    for name in ("delete", "like", "unlike"):
        command = Command(name=name, target=ExternalId("mastodon", "post", "4"))
        yield connector().moderate(command), [answer({})]
    for name in ("block", "unblock", "mute", "unmute"):
        command = Command(name=name, target=ExternalId("mastodon", "post", "4"))
        yield connector().moderate(command), [answer(status("4")), answer({})]


def requests() -> list[Request]:
    """Everything that is ever asked for."""
    found: list[Request] = []
    for coroutine, answers in (*hearing(), *saying(), *moderating()):
        seen = replay(coroutine, answers)
        assert seen.result is None or not isinstance(seen.result, Exception)
        found += seen.requests
    return found


def operation(document: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
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


def _value(schema: Mapping[str, Any], texts: list[str]) -> Any:
    kinds: dict[str, Any] = {"integer": int, "boolean": lambda text: {"true": True, "false": False}[text]}
    if schema.get("type") == "array":
        return texts
    (text,) = texts
    return kinds.get(str(schema.get("type")), str)(text)


def check(document: Mapping[str, Any], value: Any, schema: Mapping[str, Any]) -> None:
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(value)


def names_in(document: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    """Every property that a body may have."""
    while "$ref" in schema:
        inner: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            inner = inner[step]
        schema = inner
    found = set(schema.get("properties", ()))
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        found |= names_in(document, part)
    return found


def test_every_parameter_and_body_fits() -> None:
    document = shared_json(*SPEC)
    made = requests()
    assert len(made) > 35
    for request in made:
        told = operation(document, request)
        known = {item["name"]: item for item in told.get("parameters", ())}
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(request.full_url).query):
            given.setdefault(name, []).append(value)
        for name, texts in given.items():
            plain = name.removesuffix("[]")
            assert plain in known, f"{request.path}: {name} is no parameter"
            schema = known[plain]["schema"]
            assert (schema.get("type") == "array") == name.endswith("[]")
            check(document, _value(schema, texts), schema)
        if isinstance(request.body, Json):
            schema = told["requestBody"]["content"]["application/json"]["schema"]
            assert set(request.body.value) <= names_in(document, schema)
            check(document, request.body.value, {"anyOf": schema["oneOf"]} if "oneOf" in schema else schema)
            assert "Idempotency-Key" in known
        elif isinstance(request.body, Multipart):
            schema = told["requestBody"]["content"]["multipart/form-data"]["schema"]
            (file,) = request.body.files
            check(document, {**request.body.fields, file.name: "..."}, schema)
            assert {*request.body.fields, file.name} <= set(schema["properties"])
        else:
            assert not told.get("requestBody", {}).get("required")


def test_positions_that_exclude_each_other_are_never_sent_together() -> None:
    for request in requests():
        places = {name for name, _ in parse_qsl(urlsplit(request.full_url).query)}
        assert not {"min_id", "max_id"} <= places
        assert not {"min_id", "since_id"} <= places


def test_what_waits_for_a_file_says_nothing_yet() -> None:
    told = [replay(coroutine, answers).result for coroutine, answers in saying()]
    assert [isinstance(result, Prepared) for result in told].count(True) == 2
