"""Every edge, parameter and field that the plugin asks for is one of the Graph API's, as Meta publishes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from plugins.facebook.tests.facebook_pages import (
    APP,
    COMMENT,
    JO,
    ME,
    NOW,
    POST,
    PSID,
    answer,
    comment,
    connector,
    judged,
    listing,
    message,
    post,
    shared_json,
    thread,
)
from socialdesk.connector import Command, Part, Push, Raw, Standing, Topic, Window
from socialdesk.models import Attachment, ExternalId, Mention
from socialdesk.wire import Form, Json, Multipart, Request, Response
from socialdesk_facebook import fields
from socialdesk_facebook.deliveries import EVENTS
from socialdesk_facebook.refusals import _PERMISSIONS as PERMISSIONS

PICTURE = Attachment(id=ExternalId("desk", "media", "a"), kind="image", media_type="image/png", size=9)
DONE = answer({"success": True, "id": POST, "message_id": "m_9", "attachment_id": "8"})
EVERYWHERE = {"fields", "limit", "after", "ids", "appsecret_proof", "metadata"}
"""Parameters of the Graph API itself, which no edge lists."""


def heard(shape: str, told: dict[str, Any], **more: Any) -> Mention:
    item = connector().parse(Raw(shape, {shape: told, **more}))
    assert isinstance(item, Mention)
    return item


ASKED = heard("comment", comment(), post_id=POST)
WRITTEN = heard("message", message())


def requests() -> list[Request]:
    """One of each kind of request, with every bound that a walk may have."""
    page, made = connector(), list[Request]()

    def run(coroutine: Any, *answers: Response) -> Any:
        done = judged(coroutine, answers)
        made.extend(done.requests)
        return done.result

    run(page.identify(), answer(JO), answer({"data": {}}))
    bodies: list[tuple[str, Any, tuple[Topic, ...]]] = [
        *((name, listing(post(), after="c"), ()) for name in ("feed", "visitor_posts", "tagged")),
        ("ratings", listing(after="c"), ()),
        ("messages", listing(thread(message()), after="c"), ()),
        ("comments", listing(comment(), after="c"), (Topic(POST),)),
        ("conversation", listing(comment(), after="c"), (Topic(POST),)),
        ("conversation", listing(thread(message()), after="c"), (Topic(f"psid:{PSID}"),)),
    ]
    for stream, body, topics in bodies:
        window = Window(stream=stream, now=NOW, topics=topics, since="1 x", until="2 y", back_to=NOW, size=7)
        run(page.fetch(window), answer({**body, "data": []}))
        first = run(page.fetch(Window(stream=stream, now=NOW, topics=topics)), answer(body))
        more = (
            answer(listing(comment())),
            *([answer(post())] if topics == (Topic(POST),) and stream != "comments" else []),
        )
        run(page.fetch(Window(stream=stream, now=NOW, topics=topics, page=first.next)), *more)
    ids = [ExternalId("facebook", "comment", value) for value in (COMMENT, "1_2")]
    run(page.lookup([*ids, ExternalId("facebook", "review", "9")]), answer({}), answer(listing()))
    for kind, value in (("post", POST), ("comment", COMMENT), ("message", "m_1")):
        run(page.lookup([ExternalId("facebook", kind, value)]), answer({"id": value}))
    _say(page, run)
    for name in ("hide", "unhide", "delete", "like", "unlike", "edit", "block", "unblock"):
        told = [answer({"from": JO}), DONE] if "block" in name else [DONE]
        for kind, value in (("comment", COMMENT), ("post", POST)):
            command = Command(name=name, target=ExternalId("facebook", kind, value), text="x")
            run(page.moderate(command), *told)
    nothing = answer({"data": []})
    run(page.subscribe(Push(url="https://desk.example.com/x")), nothing, DONE, nothing, DONE)
    return made


def _say(page: Any, run: Callable[..., Any]) -> None:
    late = Standing(now=NOW.replace(day=24), target=WRITTEN)
    parts: list[tuple[Part, list[Response], list[Any]]] = [
        (Part(text="x", target=ASKED, attachments=(PICTURE,), started_at=NOW), [DONE, DONE], [listing()]),
        (Part(text="x", attachments=(PICTURE,), started_at=NOW), [DONE, DONE], [listing()]),
        (
            Part(text="x", mode="private", target=ASKED, key="k", started_at=NOW),
            [DONE],
            [{"private_reply_conversation": {"id": "t_1"}}, thread()],
        ),
        (
            Part(text="x", mode="direct", target=WRITTEN, key="k", standing=late, started_at=NOW),
            [DONE],
            [listing()],
        ),
        (
            Part(text="", mode="direct", target=WRITTEN, attachments=(PICTURE,), started_at=NOW),
            [DONE, DONE],
            [listing()],
        ),
    ]
    for part, answers, looks in parts:
        run(page.send(part), *answers)
        run(page.find_sent(part), *map(answer, looks))


# ------------------------------------------------------------------------------------------------------------ the spec

NODES = {ME: "Page", "me": "Page", POST: "PagePost", COMMENT: "Comment", "t_1": "UnifiedThread"}


def spec() -> Any:
    return shared_json("specs", "facebook_v26_fields_edges.json")["classes"]


def place(request: Request) -> tuple[str, str]:
    """The node and the edge that a path names."""
    _, _, node, *edge = request.path.split("/")
    return node, f"/{edge[0]}" if edge else "/"


def given(request: Request) -> dict[str, Any]:
    body = request.body
    sent: dict[str, Any] = {}
    if isinstance(body, Form):
        sent = dict(body.fields)
    elif isinstance(body, Json):
        sent = dict(body.value)
    elif isinstance(body, Multipart):
        sent = {
            **body.fields,
            **{file.name: None for file in body.files if file.name not in ("source", "filedata")},
        }
    return {**request.params, **sent}


def test_every_edge_and_parameter_is_in_the_spec() -> None:
    known, seen = spec(), set()
    for request in requests():
        node, edge = place(request)
        if node in ("debug_token", "", APP["app_id"]) or node.startswith("m_"):
            continue  # no class of the spec: see below, and the pages on Messenger
        methods = known[NODES[node]]["methods"]
        found = [told for told in methods if (told["http"], told["edge"]) == (request.method, edge)]
        if (node, edge) == (ME, "/subscribed_apps") or found:
            seen.add((NODES[node], request.method, edge))
        assert found, f"{request.method} {request.path} is no edge of {NODES[node]}"
        extra = set(given(request)) - EVERYWHERE - set(found[0]["params"])
        assert not extra, f"{request.method} {request.path}: {sorted(extra)} are no parameters"
    assert len(seen) > 25


def test_the_apps_own_edge_is_in_the_older_spec() -> None:
    apis = shared_json("specs", "facebook_api_specs", "Application.json")["apis"]
    asked = [request for request in requests() if place(request)[0] == APP["app_id"]]
    assert {request.method for request in asked} == {"GET", "POST"}
    for request in asked:
        found = next(
            api for api in apis if api.get("endpoint") == "subscriptions" and api["method"] == request.method
        )
        assert set(given(request)) - EVERYWHERE <= {told["name"] for told in found["params"]}


def top(asked: str) -> list[str]:
    """The names of the first level of a list of fields."""
    while (flat := re.sub(r"\{[^{}]*\}|\([^()]*\)", "", asked)) != asked:
        asked = flat
    return [name.partition(".")[0] for name in asked.split(",")]


@pytest.mark.parametrize(
    ("kind", "asked", "edges"),
    [
        ("PagePost", fields.POST, {"attachments", "comments", "to"}),
        ("Comment", fields.COMMENT, set()),
        ("UnifiedThread", fields.CONVERSATION, {"messages"}),
        ("Recommendation", fields.REVIEW, set()),
    ],
)
def test_every_field_is_in_the_spec(kind: str, asked: str, edges: set[str]) -> None:
    assert set(top(asked)) <= {*spec()[kind]["fields"], *edges}


def test_what_is_subscribed_and_said_are_words_of_the_spec() -> None:
    enums = spec()["Page"]["enums"]
    assert set(EVENTS) <= set(enums["SubscribedFields"])
    said = [given(request) for request in requests() if place(request)[1] == "/messages"]
    assert {told["messaging_type"] for told in said} <= set(enums["MessagingType"])
    assert {told["messaging_type"] for told in said} == {"RESPONSE", "MESSAGE_TAG"}
    actions = shared_json("specs", "facebook_api_specs", "enum_types.json")
    known = next(
        told["values"] for told in actions if told["name"] == "pagemoderate_conversations_actions_enum_param"
    )
    done = [
        given(request)["actions"] for request in requests() if place(request)[1] == "/moderate_conversations"
    ]
    assert done
    assert {action for told in done for action in told} <= set(known)
    orders = spec()["Comment"]["enums"]
    listed = [
        request.params
        for request in requests()
        if request.method == "GET" and place(request)[1] == "/comments"
    ]
    assert {told["order"] for told in listed} <= set(orders["Order"])
    assert {told["filter"] for told in listed} <= set(orders["Filter"])


def test_what_a_permission_is_named_for_is_what_is_asked() -> None:
    asked = {(place(request)[1].strip("/"), request.method == "GET") for request in requests()}
    unused = {named for named in PERMISSIONS if named not in asked}
    assert unused == set()


def test_no_address_holds_a_token_but_that_of_the_question_about_it() -> None:
    for request in requests():
        if place(request)[0] == "debug_token":
            continue
        body = request.body
        shown = request.full_url + (orjson.dumps(body.value).decode() if isinstance(body, Json) else "")
        assert "EAAtoken" not in shown
        assert "testsecret" not in shown
