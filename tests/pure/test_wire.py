"""Requests and answers as values: what they keep, what they show and what they refuse."""

from __future__ import annotations

import string

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.errors import PluginError, Unavailable
from socialdesk.wire import Body, Form, Headers, Json, Request, Response, WebhookRequest

CANARY = "canary-5f0c1e"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=12)
header_values = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20)
jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
bodies: st.SearchStrategy[Body] = st.one_of(
    st.none(),
    st.binary(max_size=40),
    jsons.map(Json),
    st.dictionaries(texts, texts, max_size=4).map(Form),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    return Request(
        draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"])),
        "https://chirp.test/" + draw(st.text(string.ascii_letters + "/", max_size=10)),
        params=draw(st.dictionaries(texts, st.none() | texts | st.integers(), max_size=3)),
        headers=draw(st.dictionaries(names.map(str.lower), header_values, max_size=3)),
        body=draw(bodies),
        auth=draw(st.sampled_from(["account", "app", "none"])),
        effect=draw(st.sampled_from(["reads", "prepares", "speaks", None])),
        spends=draw(st.dictionaries(texts, st.integers(0, 100), max_size=2)),
        redirects=draw(st.integers(0, 3)),
    )


def content_of(request: Request) -> tuple[object, ...]:
    return (
        request.method,
        request.full_url,
        dict(request.headers),
        request.body,
        request.auth,
        request.effect,
        dict(request.spends),
        request.redirects,
    )


@given(requests())
def test_a_request_read_back_is_the_request_that_was_kept(request_: Request) -> None:
    again = Request.load(request_.dump())
    assert content_of(again) == content_of(request_)
    assert again.content() == request_.content()
    assert again.does == request_.does


def test_params_are_texts_and_none_is_left_out() -> None:
    request = Request("GET", "https://chirp.test/a", params={"max": 5, "since": None, "q": "cent & Cent"})
    assert request.full_url == "https://chirp.test/a?max=5&q=cent+%26+Cent"
    assert Request("GET", "https://chirp.test/a?x=1", params={"y": 2}).full_url.endswith("?x=1&y=2")
    assert Request("GET", "https://chirp.test/a", params={"since": None}).full_url == "https://chirp.test/a"


def test_what_a_request_does_follows_from_its_method_unless_it_says() -> None:
    assert [Request(m, "https://a.test").does for m in ("GET", "HEAD", "POST", "DELETE")] == [
        "reads",
        "reads",
        "speaks",
        "speaks",
    ]
    assert Request("POST", "https://a.test", effect="prepares").does == "prepares"
    assert Request("GET", "https://a.test", effect="speaks").does == "speaks"


@pytest.mark.parametrize(
    "body", [Json({"password": CANARY}), Form({"refresh_token": CANARY}), CANARY.encode(), None]
)
def test_nothing_that_is_shown_of_a_request_holds_a_secret(body: Body) -> None:
    request = Request(
        "POST",
        f"https://user:{CANARY}@chirp.test/a?access_token={CANARY}#{CANARY}",
        params={"token": CANARY},
        headers={"Authorization": f"Bearer {CANARY}"},
        body=body,
    )
    redacted = request.redacted()
    for shown in (repr(request), str(request), repr(redacted), redacted.dump(), redacted.full_url):
        assert CANARY not in shown
    assert "chirp.test/a" in repr(request)
    assert redacted.does == "speaks"
    assert CANARY not in repr(request.headers)
    assert CANARY not in repr(Form({"client_secret": CANARY}))
    answer = Response(200, {"set-cookie": CANARY}, CANARY.encode(), request=request)
    assert CANARY not in repr(answer)
    assert answer.redacted().body == b""
    assert "set-cookie" not in answer.redacted().headers
    assert answer.redacted().request is None


@given(
    names,
    header_values,
    st.sampled_from(["\r", "\n", "\0", "\r\nX-Evil: 1"]),
    st.booleans(),
    st.integers(0, 20),
)
def test_no_text_can_become_a_header_of_its_own(
    name: str, value: str, mark: str, in_name: bool, at: int
) -> None:
    def broken(text: str) -> str:
        return text[:at] + mark + text[at:]

    fields = {broken(name): value} if in_name else {name: broken(value)}
    with pytest.raises(ValueError, match="line break") as caught:
        repr(Request("GET", "https://a.test", headers=fields))
    (shown,) = fields  # the name alone is told, never the value
    assert str(caught.value) == f"header {shown!r}: a line break or NUL is not allowed in a header"


@given(st.dictionaries(names, header_values, max_size=5))
def test_headers_are_found_whatever_their_case(fields: dict[str, str]) -> None:
    headers = Headers(fields)
    last = {name.lower(): value for name, value in fields.items()}
    for name, value in last.items():
        for written in (name, name.upper(), name.title()):
            assert headers[written] == value
            assert written in headers
    assert len(headers) == len(list(headers)) == len(last)
    assert Headers(headers) == headers
    assert not headers.__contains__(5)


def test_with_headers_adds_and_replaces() -> None:
    request = Request("GET", "https://a.test", headers={"accept": "a"}).with_headers(Accept="b", X_Key="c")
    assert dict(request.headers) == {"Accept": "b", "X-Key": "c"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!DOCTYPE html><title>gateway</title>", "an HTML page"),
        (b"  <html>", "an HTML page"),
        (b'{"data": [1, 2', "JSON that cannot be read"),
        (b"", "JSON that cannot be read"),
        (b'{"a": "\xff"}', "JSON that cannot be read"),
        (b"[" * 100_000, "JSON that cannot be read"),
    ],
)
def test_what_is_no_json_is_a_platform_that_cannot_answer(body: bytes, told: str) -> None:
    answer = Response(200, {"content-type": "text/html"}, body + CANARY.encode())
    with pytest.raises(Unavailable, match=told) as caught:
        answer.json()
    assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.args!r}"
    assert caught.value.__suppress_context__


@given(jsons)
def test_json_that_is_whole_is_read(value: object) -> None:
    assert Response(200, {}, orjson.dumps(value)).json() == value


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (
            rb'["cut \ud83d", "whole \ud83d\ude00"]',
            ["cut \N{REPLACEMENT CHARACTER}", "whole \N{GRINNING FACE}"],
        ),
        (rb'["\udc4d\ud83d\ud83d\udc4d"]', ["\N{REPLACEMENT CHARACTER}" * 2 + "\N{THUMBS UP SIGN}"]),
        (rb'["\\ud83d", "\\\ud83d"]', ["\\ud83d", "\\\N{REPLACEMENT CHARACTER}"]),
        (rb'{"\uD83D": 1}', {"\N{REPLACEMENT CHARACTER}": 1}),
    ],
)
def test_half_a_character_does_not_keep_its_page_from_being_read(body: bytes, read: object) -> None:
    assert Response(200, {}, body).json() == read
    assert WebhookRequest(body=body).json() == read


def test_a_body_that_is_no_body_is_the_plugins_mistake() -> None:
    with pytest.raises(PluginError, match="Json"):
        Request("POST", "https://a.test", body={"a": 1}).content()  # type: ignore[arg-type]  # the mistake
    for ask in (Request.content, Request.dump):
        with pytest.raises(PluginError, match="cannot be put into JSON"):
            ask(Request("POST", "https://a.test", body=Json({"a": object()})))


def test_media_types_follow_from_the_body() -> None:
    def media_type(body: Body) -> str | None:
        return Request("POST", "https://a.test", body=body).content()[1]

    assert media_type(Json([])) == "application/json"
    assert media_type(Form({"a": "b c"})) == "application/x-www-form-urlencoded"
    assert Request("POST", "https://a.test", body=Form({"a": "b c&"})).content()[0] == b"a=b+c%26"
    assert media_type(b"x") is None
    assert media_type(None) is None
