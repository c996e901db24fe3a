"""Client and AsyncClient: what is fetched, where it goes on, and what is left when a part fails."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from socialdesk.auth import OAuth2, Tokens
from socialdesk.connector import Connector, Limit, Part, Profile, Sent, Topic
from socialdesk.errors import AuthError, ConfigError, PluginError, RateLimited, Rejected, Unavailable
from socialdesk.models import ExternalId, Mention, Reply, Rule
from socialdesk.wire import Form, Json, Request, Response, TransportError
from tests.pure.toys import HOST, NOW, Chirp, ChirpConfig, Face, ToyTransport, answers, chirp, json_answer

TARGET = Mention(id=ExternalId("chirp", "post", "9"), kind="mention", text="one cent!", revision=2)
LONG = Reply(idempotency_key="k", text="We are sorry. Your line is back. No cent is due.", target=TARGET)


def page(*ids: str, **more: Any) -> Response:
    return json_answer({"items": [{"id": one, "text": f"text {one}"} for one in ids], **more})


def ids_of(items: Any) -> list[str]:
    return [item.id.value for item in items]


def test_fetch_gives_each_page_with_the_cursor_to_keep(face: Face) -> None:
    transport = ToyTransport(
        answers(
            page("4", "3", next="A", resume="4", span=["3", "4"]),
            page("2", "1", resume="2", span=["1", "2"]),
            page(),
        )
    )
    client = face.client(chirp(), transport)
    batches, error = client.fetch()
    assert error is None
    assert [ids_of(batch.items) for batch in batches] == [["4", "3"], ["2", "1"]]
    mention = batches[0].items[0]
    assert isinstance(mention, Mention)
    assert (mention.observed_at, mention.provenance.via) == (NOW, "poll")
    assert client.fetch(batches[-1].cursor)[1] is None
    assert [dict(request.params) for request in transport.sent] == [{}, {"page": "A"}, {"since": "4"}]


def test_fetch_goes_on_where_it_was_cut_off(face: Face) -> None:
    first = page("4", "3", next="A", resume="4", span=["3", "4"])
    transport = ToyTransport(answers(first, Response(404), page("2", resume="2", span=["2", "2"])))
    client = face.client(chirp(), transport)
    batches, error = client.fetch()
    assert (len(batches), type(error)) == (1, Rejected)
    batches, error = client.fetch(batches[0].cursor)
    assert (ids_of(batches[0].items), error) == (["2"], None)
    assert transport.sent[-1].params == {"until": "3"}


def test_an_item_that_cannot_be_read_keeps_no_other_back(face: Face) -> None:
    def parse(self: Chirp, raw: Any) -> Any:
        if raw.body["id"] == "3":
            raise KeyError("author")
        return "no item" if raw.body["id"] == "2" else Chirp.parse(self, raw)

    batches, _ = face.client(chirp(parse=parse), ToyTransport(answers(page("4", "3", "2", "1")))).fetch()
    assert ids_of(batches[0].items) == ["4", "1"]
    assert [unread.raw.body["id"] for unread in batches[0].unread] == ["3", "2"]
    assert "KeyError" in batches[0].unread[0].reason


def test_a_search_filters_what_the_platform_cannot(face: Face) -> None:
    transport = ToyTransport(
        lambda _: json_answer(
            {"items": [{"id": "1", "text": "ACME!"}, {"id": "2", "text": "acmes"}], "resume": "2"}
        )
    )
    rules = [Rule(name="brand", phrase="acme"), Rule(name="other", phrase="acmes")]
    batches, error = face.client(chirp(), transport).fetch(None, "search", rules=rules)
    assert error is None
    found = [(item.id.value, item.matched_by) for batch in batches for item in batch.items]  # type: ignore[union-attr]  # as it is meant
    assert found == [("1", ("brand",)), ("2", ("other",))]
    face.client(chirp(), transport).fetch(batches[-1].cursor, "search", rules=rules)
    assert [request.params.get("since") for request in transport.sent] == [None, None, "2", "2"]


def test_topics_and_unknown_streams(face: Face) -> None:
    transport = ToyTransport(lambda _: page("1"))
    face.client(chirp(), transport).fetch(None, "replies", topics=[Topic("a"), Topic("b")])
    assert [request.params["topic"] for request in transport.sent] == ["a", "b"]
    _, error = face.client(chirp(), transport).fetch(None, "nonsense")
    assert isinstance(error, ConfigError)
    assert "mentions, search, replies" in str(error)


@pytest.mark.parametrize("cursor", ["nonsense", "[1]", '{"": 5}', '{"": {"a": 1}}', '{"": "[1,5,null]"}'])
def test_a_cursor_that_is_none_is_refused(face: Face, cursor: str) -> None:
    _, error = face.client(chirp(), ToyTransport(lambda _: page())).fetch(cursor)
    assert isinstance(error, ConfigError)


def test_lookup_asks_in_batches(face: Face) -> None:
    transport = ToyTransport(
        lambda request: json_answer([{"id": one} for one in request.params["ids"].split(",")])
    )
    found = face.client(chirp(), transport).lookup([ExternalId("chirp", "post", str(n)) for n in range(5)])
    assert ids_of(found) == ["0", "1", "2", "3", "4"]
    assert [request.params["ids"] for request in transport.sent] == ["0,1", "2,3", "4"]


def posts(*outcomes: Response | Exception) -> ToyTransport:
    return ToyTransport(answers(*outcomes))


def created(number: int) -> Response:
    return json_answer({"id": str(number)}, 201)


def test_every_part_is_sent_once_and_its_id_kept(face: Face) -> None:
    transport = posts(created(1), created(2), created(3), created(4), created(5))
    receipt = face.client(chirp(), transport).send(LONG)
    assert receipt.state == "sent"
    assert [str(part.id) for part in receipt.parts] == [
        f"chirp:post:{n}" for n in range(1, len(receipt.parts) + 1)
    ]
    assert [request.body for request in transport.sent] == [
        Json({"text": part.text}) for part in receipt.parts
    ]
    assert len({part.key for part in receipt.parts}) == len(receipt.parts) > 2
    assert (receipt.key, receipt.target) == ("k", TARGET.id)


@pytest.mark.parametrize(
    ("outcome", "state", "second"),
    [
        (Response(403), "partial", "failed"),
        (Response(429), "partial", "failed"),
        (Response(401), "partial", "failed"),
        (TransportError("refused", sent=False), "partial", "failed"),
        (TransportError("silence", sent=True), "unknown", "unknown"),
        (Response(500), "unknown", "unknown"),
        (json_answer({}, 201), "unknown", "unknown"),
    ],
    ids=repr,
)
def test_what_was_said_before_a_failure_is_not_forgotten(
    face: Face, outcome: Response | Exception, state: str, second: str
) -> None:
    transport = posts(created(1), outcome)
    receipt = face.client(chirp(), transport).send(LONG)
    assert receipt.state == state
    one, two, *rest = receipt.parts
    assert (one.state, str(one.id), one.settled_by) == ("sent", "chirp:post:1", "answer")
    assert (two.state, two.id) == (second, None)
    assert two.error
    assert rest
    assert {part.state for part in rest} == {"cancelled"}
    assert len(transport.sent) == 2


def test_a_plugins_mistake_in_a_later_part_is_not_allowed_to_forget_the_first(face: Face) -> None:
    async def send(self: Chirp, part: Part) -> Sent:
        if part.done:
            raise KeyError("a mistake")
        return await Chirp.send(self, part)

    receipt = face.client(chirp(send=send), posts(created(1))).send(LONG)
    assert (receipt.state, receipt.parts[0].state, receipt.parts[1].state) == ("partial", "sent", "failed")
    assert "KeyError" in str(receipt.parts[1].error)


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (Response(403), Rejected),
        (Response(429), RateLimited),
        (Response(401), AuthError),
        (TransportError("refused", sent=False), Unavailable),
    ],
    ids=repr,
)
def test_where_nothing_was_said_the_reason_is_raised(
    face: Face, outcome: Any, error: type[Exception]
) -> None:
    transport = posts(outcome)
    with pytest.raises(error):
        face.client(chirp(), transport).send(LONG)
    assert len(transport.sent) == 1


@pytest.mark.parametrize(
    "outcome", [Response(500), TransportError("silence", sent=True), Response(200)], ids=repr
)
def test_an_outcome_that_is_not_known_is_never_repeated(face: Face, outcome: Any) -> None:
    transport = posts(outcome)
    receipt = face.client(chirp(), transport).send(LONG)
    assert (receipt.state, receipt.parts[0].state, len(transport.sent)) == ("unknown", "unknown", 1)


def test_what_was_planned_is_what_is_sent(face: Face) -> None:
    transport = posts(created(1), created(2), created(3), created(4), created(5))
    client = face.client(chirp(), transport)
    plan = client.plan(LONG)
    assert transport.sent == []
    assert all(part.limit == 20 and part.used == len(part.text) <= 20 for part in plan.parts)
    assert plan.parts[0].request is not None
    assert "POST https://chirp.test/posts" in plan.parts[0].request
    receipt = client.send(plan)
    assert [(part.key, part.text) for part in receipt.parts] == [(part.key, part.text) for part in plan.parts]
    altered = plan.model_copy(update={"parts": plan.parts[:1]})
    with pytest.raises(Rejected, match="plan again"):
        client.send(altered)


def test_a_refusal_is_part_of_the_plan_and_stops_a_send(face: Face) -> None:
    transport = posts()
    client = face.client(chirp(), transport)
    stale = LONG.model_copy(update={"expected_revision": 1})
    gone = LONG.model_copy(update={"target": TARGET.model_copy(update={"state": "deleted"})})
    long = LONG.model_copy(update={"overflow": "reject"})
    for reply, reason in ((stale, "stale_page"), (gone, "gone"), (long, "too_long")):
        plan = client.plan(reply)
        assert plan.refusals[0].startswith(reason)
        with pytest.raises(Rejected) as caught:
            client.send(reply)
        assert caught.value.reason == reason
        with pytest.raises(Rejected):
            client.send(plan)
    assert transport.sent == []


def test_tokens_that_rotate_are_told_before_they_are_used(face: Face) -> None:
    order: list[str] = []

    def answer(request: Request) -> Response:
        order.append(request.path)
        if request.path == "/token":
            assert isinstance(request.body, Form)
            return json_answer({"access_token": "a1", "refresh_token": "r1", "expires_in": 3600})
        return created(1) if request.headers["authorization"] == "Bearer a1" else Response(401)

    auth = OAuth2(token_url=f"{HOST}/token", client_id="c", client_secret=SecretStr("s"))
    client = face.client(
        chirp(auth=auth),
        ToyTransport(answer),
        tokens={"account": Tokens(access="a0", refresh="r0")},
        on_tokens=lambda role, tokens: order.append(f"kept {role} {tokens.refresh}"),
    )
    receipt = client.send(LONG.model_copy(update={"text": "Sorry."}))
    assert receipt.state == "sent"
    assert order == ["/posts", "/token", "kept account r1", "/posts"]
    assert receipt.parts[0].attempts == 2


class Unknown(Connector[ChirpConfig, Any]):
    """A connector that must ask who the account is; its limits follow from the answer."""

    platform = "chirp"
    Config = ChirpConfig
    fetch, parse, send, auth = Chirp.fetch, Chirp.parse, Chirp.send, Chirp.auth

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (Limit(1, per=60, bucket="/mentions", replies=False),) if self.profile is not None else ()

    async def identify(self) -> Profile:
        return Profile(id=(await Request("GET", f"{HOST}/me")).json()["id"])


def test_who_the_account_is_is_asked_once_and_counts_from_then_on(face: Face) -> None:
    def answer(request: Request) -> Response:
        return json_answer({"id": "us"}) if request.path == "/me" else page("1")

    transport = ToyTransport(answer)
    client = face.client(Unknown(ChirpConfig(), None), transport)
    assert client.fetch()[1] is None
    assert isinstance(client.fetch()[1], RateLimited)
    assert [request.path for request in transport.sent] == ["/me", "/mentions"]
    assert client.connector.profile == Profile(id="us")
    assert client.identify() == Profile(id="us")


def test_a_platform_that_does_not_tell_who_we_are_does_not_stop_us(face: Face) -> None:
    connector = chirp()
    connector.profile = None
    assert face.client(connector, ToyTransport(lambda _: page("1"))).fetch()[1] is None


def test_a_fetch_that_gives_no_page_is_told(face: Face) -> None:
    async def fetch(self: Chirp, window: Any) -> Any:
        return [1]

    _, error = face.client(chirp(fetch=fetch), ToyTransport(answers())).fetch()
    assert isinstance(error, PluginError)
