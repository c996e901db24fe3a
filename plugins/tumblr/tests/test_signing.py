"""What is signed, judged by two other implementations as servers; and tokens that rotate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from authlib.oauth1.rfc5849.errors import OAuth1Error  # type: ignore[import-untyped]  # it has no types
from authlib.oauth1.rfc5849.resource_protector import ResourceProtector  # type: ignore[import-untyped]  # it has no types
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint  # type: ignore[import-untyped]  # it has no types

from plugins.tumblr.tests.tumblr_pages import (
    ME,
    NOW,
    OURS,
    answer,
    connector,
    notes_topic,
    post,
    text_block,
    window,
)
from socialdesk.auth import OAuth1, Stamp, Tokens
from socialdesk.client import Client
from socialdesk.connector import Command, Part
from socialdesk.errors import AuthError
from socialdesk.models import Attachment, ExternalId, Mention, Rule
from socialdesk.registry import Registry
from socialdesk.testing import replay
from socialdesk.testing.sandbox import ExpireToken
from socialdesk.wire import Form, Request
from socialdesk_tumblr.sandbox import TumblrSandbox
from socialdesk_tumblr.searching import topics
from socialdesk_tumblr.settings import credentials

KEY, SECRET, TOKEN, TOKEN_SECRET = "ck" * 8, "c&s" * 5, "at" * 8, "a/s=" * 4
SIGNED_IN = {"consumer_key": KEY, "consumer_secret": SECRET}
TUMBLR = connector(SIGNED_IN, access_token=TOKEN, access_token_secret=TOKEN_SECRET)


class Validator(RequestValidator):  # type: ignore[misc]  # oauthlib has no types
    """oauthlib's server side, which knows one client and one token."""

    nonce_length = (20, 64)
    client_key_length = (5, 64)
    access_token_length = (5, 64)
    enforce_ssl = False
    dummy_client = "nobody"

    def validate_timestamp_and_nonce(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == KEY

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return SECRET

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return TOKEN_SECRET


class Protector(ResourceProtector):  # type: ignore[misc]  # Authlib has no types
    """Authlib's server side, which knows one client and one token."""

    SUPPORTED_SIGNATURE_METHODS = ("HMAC-SHA1",)

    def get_client_by_id(self, client_id: str) -> Any:
        return SimpleNamespace(get_client_secret=lambda: SECRET) if client_id == KEY else None

    def get_token_credential(self, request: Any) -> Any:
        return SimpleNamespace(get_oauth_token_secret=lambda: TOKEN_SECRET)

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False


def accepted(signed: Request) -> tuple[bool, bool]:
    """Whether each of the two servers takes what arrives there: of a body, only a form is signed."""
    headers = {"Authorization": signed.headers["authorization"]}
    body = ""
    if isinstance(signed.body, Form):
        content, media_type = signed.content()
        body, headers["Content-Type"] = content.decode(), str(media_type)
    uri = str(httpx.URL(signed.full_url))
    valid, _ = SignatureOnlyEndpoint(Validator()).validate_request(uri, signed.method, body or None, headers)
    try:
        Protector().validate_request(signed.method, uri, body, headers)
    except OAuth1Error:
        return bool(valid), False
    return bool(valid), True


def fresh() -> Stamp:
    """A stamp of now: both servers refuse an older one."""
    return Stamp(datetime.now(timezone.utc), bytes(range(16)))


def asked() -> Mapping[str, tuple[Request, ...]]:
    """What the connector asks for, of every kind: arrays in the query, forms, JSON, and JSON with a file."""
    ask = Mention(id=ExternalId("tumblr", "post", f"{ME}/5"), kind="ask")
    picture = Attachment(id=ExternalId("desk", "media", "a"), kind="image", media_type="image/png", size=9)
    target = Mention(id=ExternalId("tumblr", "post", f"{ME}/{OURS}"), kind="mention")
    draft = {"draft": "7", "parent": {"blog": ME, "id": OURS, "key": "k&y"}}
    there = {**post("7", text_block("x"), by=ME), "state": "draft"}
    block = Command(name="unblock", target=ExternalId("tumblr", "user", "t:Kim&Lee"))
    walks: dict[str, Any] = {
        "types": (TUMBLR.fetch(window("notifications")), [answer({"notifications": []})]),
        "notes": (TUMBLR.fetch(window("notes", topics=(notes_topic(),))), [answer({"notes": []})]),
        "asks": (TUMBLR.fetch(window("asks")), [answer({"posts": []})]),
        "search": (
            TUMBLR.fetch(window("search", topics=topics(Rule(name="r", hashtags=("süß & co",))))),
            [answer([])],
        ),
        "answer": (
            TUMBLR.send(Part(text="a & b = c%20d é\n+", target=ask)),
            [answer({"id": "5", "state": "submission"}), answer({"id": "5"})],
        ),
        "draft": (TUMBLR.send(Part(text="é & so", attachments=(picture,))), [answer({"id": "7"}, 201)]),
        "publish": (
            TUMBLR.send(Part(text="ö", target=target, prepared=draft)),
            [answer(there), answer({"id": "8"})],
        ),
        "unblock": (TUMBLR.moderate(block), [answer([])]),
    }
    return {name: replay(coroutine, told).requests for name, (coroutine, told) in walks.items()}


REQUESTS = asked()


@pytest.mark.parametrize("name", REQUESTS)
def test_two_other_implementations_accept_every_kind_of_request(name: str) -> None:
    for request in REQUESTS[name]:
        signed = TUMBLR.auth("account").sign(request, None, fresh())
        assert accepted(signed) == (True, True)
        changed = Request(
            signed.method,
            signed.url,
            params={**signed.params, "types[9]": "like"},
            headers=signed.headers,
            body=signed.body,
        )
        assert accepted(changed) == (False, False)


@given(st.dictionaries(st.from_regex(r"types\[\d\]", fullmatch=True), st.text(max_size=8), max_size=4))
def test_arrays_in_the_query_are_signed_as_they_arrive(params: dict[str, str]) -> None:
    clean = {name: value.encode("utf-8", "ignore").decode() for name, value in params.items()}
    request = Request("GET", f"https://api.tumblr.com/v2/blog/{ME}/notifications", params=clean)
    signed = TUMBLR.auth("account").sign(request, None, fresh())
    assert accepted(signed) == (True, True)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_request_names_the_same_user_agent(name: str) -> None:
    assert {request.headers["user-agent"] for request in REQUESTS[name]} == {"socialdesk-tumblr"}


def test_the_apps_key_alone_reads_what_is_public() -> None:
    reader = connector({"consumer_key": KEY}, blog="acme-help")
    signed = reader.auth("account").sign(REQUESTS["notes"][0], None, Stamp(NOW, bytes(16)))
    assert signed.params["api_key"] == KEY
    assert "authorization" not in signed.headers
    assert KEY not in repr(signed)
    assert [stream.name for stream in reader.streams] == ["posts", "notes", "search", "conversation"]


def test_oauth1_is_used_where_both_are_given() -> None:
    both = connector(oauth2_access_token="a", oauth2_refresh_token="r")
    assert isinstance(credentials(both.config, both.app, "account"), OAuth1)


# ----------------------------------------------------------------------------------------------------------- OAuth 2


def oauth2_client(
    sandbox: TumblrSandbox, saved: list[Tokens], tokens: Mapping[str, Tokens] | None = None
) -> Client:
    settings = {name: value for name, value in sandbox.settings.items() if not name.startswith("access_")}
    connected = Registry().connect("tumblr", {**settings, "user_agent": "acme-desk"})
    return Client(
        connected, transport=sandbox, tokens=tokens, on_tokens=lambda role, fresh: saved.append(fresh)
    )


def test_tokens_rotate_and_the_account_goes_on_for_a_year() -> None:
    sandbox = TumblrSandbox()
    sandbox.agent_policy = "strict"
    saved: list[Tokens] = []
    client = oauth2_client(sandbox, saved)
    for _ in range(10):
        sandbox.advance(days=36)
        assert client.identify().handle == "acme"
    assert len({tokens.refresh for tokens in saved}) == 10
    last = saved[-1]
    assert last.expires_at is not None
    assert last.refresh_by is not None
    assert last.expires_at <= sandbox.clock.now() + timedelta(minutes=42)
    assert timedelta(days=41) < last.refresh_by - sandbox.clock.now() <= timedelta(days=42)
    assert set(sandbox.agents) == {"acme-desk"}


def test_a_refresh_token_that_was_replaced_is_dead() -> None:
    sandbox = TumblrSandbox()
    saved: list[Tokens] = []
    client = oauth2_client(sandbox, saved)
    sandbox.advance(hours=1)
    client.identify()
    sandbox.advance(hours=1)
    with pytest.raises(AuthError):
        oauth2_client(sandbox, []).identify()  # it begins anew, with the token of the settings
    assert oauth2_client(sandbox, saved, {"account": saved[0]}).identify().handle == "acme"


def test_an_account_that_was_idle_for_six_weeks_is_to_sign_in_again() -> None:
    sandbox = TumblrSandbox()
    client = oauth2_client(sandbox, [])
    sandbox.advance(days=43)
    with pytest.raises(AuthError, match="sign in again"):
        client.identify()


def test_a_token_that_ended_before_its_time_is_renewed_once() -> None:
    sandbox = TumblrSandbox()
    saved: list[Tokens] = []
    client = oauth2_client(sandbox, saved)
    sandbox.fail(ExpireToken())
    assert client.identify().handle == "acme"
    assert len(saved) == 1
    assert saved[0].access not in repr(saved)
