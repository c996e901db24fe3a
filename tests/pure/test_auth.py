"""Signing, judged by the published example and by two other implementations; renewal, judged by its rules."""

from __future__ import annotations

import base64
import json
import string
import threading
from datetime import datetime, timedelta, timezone
from itertools import islice
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from authlib.oauth1.rfc5849.errors import OAuth1Error  # type: ignore[import-untyped]  # it has no types
from authlib.oauth1.rfc5849.resource_protector import ResourceProtector  # type: ignore[import-untyped]  # it has no types
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint  # type: ignore[import-untyped]  # it has no types
from pydantic import SecretStr

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.exchange import exchange
from socialdesk._engine.runtime import Runtime
from socialdesk._engine.session import MemoryTokens
from socialdesk.auth import Auth, Bearer, ClientCredentials, NoAuth, OAuth1, OAuth2, Stamp, Tokens
from socialdesk.errors import AuthError, ConfigError, PluginError, Unavailable
from socialdesk.testing.replaying import replay
from socialdesk.wire import Body, Form, Json, Request, Response, TransportError
from tests.pure.toys import CANARY, HOST, NOW, Face, ToyTransport, answers, chirp, json_answer, session

TOKEN_URL = "https://login.chirp.test/oauth/token"
STAMP = Stamp(NOW, bytes(range(16)))


def oauth1(**changed: str) -> OAuth1:
    return OAuth1(
        consumer_key=changed.get("consumer_key", "xvz1evFS4wEEPTGEFPHBog"),
        consumer_secret=SecretStr("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
        token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        token_secret=SecretStr("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
    )


def test_oauth1_gives_the_signature_of_the_published_example() -> None:
    """https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature"""
    auth = oauth1()
    request = Request(
        "POST",
        "https://api.x.com/1.1/statuses/update.json",
        params={"include_entities": "true"},
        body=Form({"status": "Hello Ladies + Gentlemen, a signed OAuth request!"}),
    )
    fields = {
        "oauth_consumer_key": auth.consumer_key,
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": auth.token,
        "oauth_version": "1.0",
    }
    assert auth.signature(request, fields) == "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="


class Validator(RequestValidator):  # type: ignore[misc]  # oauthlib has no types
    """oauthlib's server side, which knows one client and one token."""

    nonce_length = (20, 64)
    client_key_length = (5, 64)
    access_token_length = (5, 64)
    enforce_ssl = False

    @property
    def dummy_client(self) -> str:
        return "nobody"

    def validate_timestamp_and_nonce(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == oauth1().consumer_key

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return oauth1().consumer_secret.get_secret_value()

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return oauth1().token_secret.get_secret_value()


class Protector(ResourceProtector):  # type: ignore[misc]  # Authlib has no types
    """Authlib's server side, which knows one client and one token."""

    def get_client_by_id(self, client_id: str) -> Any:
        secret = oauth1().consumer_secret.get_secret_value()
        return (
            SimpleNamespace(get_client_secret=lambda: secret) if client_id == oauth1().consumer_key else None
        )

    def get_token_credential(self, request: Any) -> Any:
        return SimpleNamespace(get_oauth_token_secret=oauth1().token_secret.get_secret_value)

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False


def on_the_wire(signed: Request) -> tuple[str, str, str, dict[str, str]]:
    """What a server sees: the address is put in form by the HTTP client, as it will be."""
    content, media_type = signed.content()
    headers = {"Authorization": signed.headers["authorization"]}
    if media_type is not None:
        headers["Content-Type"] = media_type
    body = content.decode() if media_type == "application/x-www-form-urlencoded" else ""
    return str(httpx.URL(signed.full_url)), signed.method, body, headers


def accepted(signed: Request) -> tuple[bool, bool]:
    uri, method, body, headers = on_the_wire(signed)
    valid, _ = SignatureOnlyEndpoint(Validator()).validate_request(uri, method, body or None, headers)
    protector = Protector()
    protector.SUPPORTED_SIGNATURE_METHODS = ["HMAC-SHA1"]
    try:
        protector.validate_request(method, uri, body, headers)
    except OAuth1Error:
        return bool(valid), False
    return bool(valid), True


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
keys = texts.filter(lambda text: text != "" and not text.startswith("oauth_"))
bodies: st.SearchStrategy[Body] = st.one_of(
    st.none(),
    st.dictionaries(keys, texts, min_size=1, max_size=3).map(Form),
    texts.map(lambda t: Json({"text": t})),
)


@st.composite
def signed_requests(draw: st.DrawFn) -> tuple[Request, Stamp]:
    port = draw(st.sampled_from(["", ":443", ":8443"]))
    host = draw(st.sampled_from(["api.chirp.test", "API.Chirp.test", "[::1]"]))
    path = "".join(
        "/" + part for part in draw(st.lists(st.text(string.ascii_letters + "é ü~!*'()%41", max_size=8)))
    )
    path = path.replace("%", "%25")
    query = draw(st.sampled_from(["", "?a=1", "?a=1&b=%20x&c="]))
    request = Request(
        draw(st.sampled_from(["GET", "POST", "DELETE", "PUT"])),
        f"https://{host}{port}{path}{query}",
        params=draw(st.dictionaries(keys, texts, max_size=4)),
        body=draw(bodies),
    )
    return request, Stamp(datetime.now(timezone.utc), draw(st.binary(min_size=16, max_size=16)))


@given(signed_requests())
def test_two_other_implementations_accept_what_oauth1_signs(given_: tuple[Request, Stamp]) -> None:
    request, stamp = given_
    assert accepted(oauth1().sign(request, None, stamp)) == (True, True)


@given(signed_requests(), st.sampled_from(["method", "params", "path", "key"]))
def test_two_other_implementations_refuse_what_was_changed_after(
    given_: tuple[Request, Stamp], what: str
) -> None:
    request, stamp = given_
    auth = oauth1(consumer_key="someone-else") if what == "key" else oauth1()
    signed = auth.sign(request, None, stamp)
    changed = Request(
        "PATCH" if what == "method" else signed.method,
        signed.url.replace("irp.test", "irp.test.evil").replace("[::1]", "[::2]")
        if what == "path"
        else signed.url,
        params={**signed.params, "more": "1"} if what == "params" else signed.params,
        headers=signed.headers,
        body=signed.body,
    )
    assert accepted(changed) == (False, False)


def test_each_attempt_is_signed_afresh() -> None:
    request = Request("GET", "https://api.chirp.test/a")
    one = oauth1().sign(request, None, STAMP).headers["authorization"]
    two = oauth1().sign(request, None, Stamp(NOW, bytes(16))).headers["authorization"]
    later = (
        oauth1().sign(request, None, Stamp(NOW + timedelta(seconds=1), STAMP.nonce)).headers["authorization"]
    )
    assert len({one, two, later}) == 3
    assert oauth1().sign(request, None, STAMP).headers["authorization"] == one


# ------------------------------------------------------------------------------------------------------- OAuth 2


def oauth2(**fields: Any) -> OAuth2:
    return OAuth2(token_url=TOKEN_URL, client_id="client:1", **fields)


OLD = Tokens(access="access-0", refresh="refresh-0", expires_at=NOW)


def test_a_confidential_client_proves_itself_by_basic() -> None:
    auth = oauth2(client_secret=SecretStr("pass word:%"))
    answer = json_answer(
        {"access_token": "access-1", "expires_in": 7200, "refresh_token": "refresh-1", "scope": "r w"}
    )
    played = replay(auth.refresh(OLD, STAMP), [answer])
    assert played.result == Tokens(
        access="access-1", refresh="refresh-1", expires_at=NOW + timedelta(hours=2), extra={"scope": "r w"}
    )
    (asked,) = played.requests
    assert asked.body == Form({"grant_type": "refresh_token", "refresh_token": "refresh-0"})
    user, _, password = (
        base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode().partition(":")
    )
    assert (user, password) == ("client%3A1", "pass%20word%3A%25")
    assert (asked.auth, asked.does) == ("none", "prepares")


def test_a_public_client_names_itself_in_the_form() -> None:
    played = replay(oauth2().refresh(OLD, STAMP), [json_answer({"access_token": "access-1"})])
    (asked,) = played.requests
    assert asked.body == Form(
        {"grant_type": "refresh_token", "refresh_token": "refresh-0", "client_id": "client:1"}
    )
    assert "authorization" not in asked.headers
    # neither an end nor a new refresh token was told: the old one goes on
    assert played.result == Tokens(access="access-1", refresh="refresh-0")


def test_a_platform_may_want_the_secret_in_the_form_and_tell_how_long_a_refresh_token_lasts() -> None:
    auth = OAuth2(
        TOKEN_URL,
        "client",
        SecretStr("hush"),
        secret_in="form",
        refresh_lasts=timedelta(days=42),
        headers={"User-Agent": "desk"},
    )
    answer = json_answer({"access_token": "a2", "refresh_token": "r2", "expires_in": 2520, "id_token": False})
    done = replay(auth.refresh(Tokens(access="a1", refresh="r1"), STAMP), [answer])
    (asked,) = done.requests
    assert asked.body == Form(
        {"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "client", "client_secret": "hush"}
    )
    assert dict(asked.headers) == {"User-Agent": "desk"}
    assert (done.result.refresh, done.result.refresh_by) == ("r2", NOW + timedelta(days=42))


def test_tokens_are_renewed_a_minute_before_they_end() -> None:
    auth = oauth2()
    assert auth.due(None, NOW)
    assert auth.due(Tokens(access="", refresh="r"), NOW)
    assert not auth.due(Tokens(access="a"), NOW)
    ends = Tokens(access="a", expires_at=NOW + timedelta(seconds=60))
    assert auth.due(ends, NOW)
    assert not auth.due(ends, NOW - timedelta(seconds=1))
    assert not Bearer(SecretStr("x")).due(None, NOW)
    assert not NoAuth().due(None, NOW)


def test_initial_tokens_are_those_of_the_settings() -> None:
    assert oauth2().initial() is None
    assert oauth2(refresh_token=SecretStr("r")).initial() == Tokens(access="", refresh="r")
    with pytest.raises(AuthError, match="no access token"):
        repr(oauth2().sign(Request("GET", HOST), None, STAMP))


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (json_answer({"error": "invalid_grant"}, 400), AuthError, "invalid_grant"),
        (
            json_answer({"error": "invalid_request", "error_description": CANARY}, 400),
            AuthError,
            "invalid_request",
        ),
        (json_answer({"error": "invalid_client"}, 401), AuthError, "invalid_client"),
        (json_answer({"error": "invalid_grant"}), AuthError, "invalid_grant"),
        (json_answer({}, 401), AuthError, None),
        (json_answer({"nothing": 1}), Unavailable, None),
        (json_answer([CANARY]), Unavailable, None),
        (json_answer({"access_token": ""}), Unavailable, None),
        (json_answer({"access_token": f"{CANARY}\r\nX-Injected: yes"}), Unavailable, None),
        (json_answer({"access_token": f"\N{SNOWMAN}{CANARY}"}), Unavailable, None),
        (Response(500), Unavailable, None),
        (Response(503, {}, b"<html>"), Unavailable, None),
        (Response(429), Unavailable, None),
        (Response(400, {}, b"<html>gateway"), Unavailable, None),
        (TransportError("ReadTimeout", sent=True), Unavailable, None),
        (TransportError("ConnectError", sent=False), Unavailable, None),
    ],
)
def test_a_refusal_to_renew_is_told_apart_from_a_failure(
    face: Face, answer: Response | Exception, error: type[Exception], code: str | None
) -> None:
    """Through core's whole path, as it will be: a dead refresh token never looks like a refused reply."""
    auth = oauth2(refresh_token=SecretStr("refresh-0"))
    transport = ToyTransport(answers(answer))
    with pytest.raises(error) as caught:
        face.converse(lambda: exchange(Request("GET", f"{HOST}/me"), session(chirp(auth=auth))), transport)
    assert type(caught.value) is error
    assert getattr(caught.value, "code", None) == code
    assert CANARY not in str(caught.value)
    assert [request.url for request in transport.sent] == [TOKEN_URL]


@pytest.mark.parametrize("refresh", [{"a": 1}, "a\nb", "refresh-1"])
@pytest.mark.parametrize("lasts", ["soon", "NaN", 1e300, -1, []])
def test_of_an_answer_that_is_broken_in_part_the_tokens_are_kept(
    face: Face, lasts: Any, refresh: Any
) -> None:
    """The refresh token that was sent is used up: who gives up the answer for a wrong end has neither."""
    told = {"access_token": "access-1", "expires_in": lasts, "refresh_token": refresh, "scope": {"a": [1]}}
    tokens = MemoryTokens({"account": OLD})
    transport = ToyTransport(answers(json_answer(told), json_answer({"ok": True})))
    talk = session(chirp(auth=oauth2()), tokens=tokens)
    face.converse(lambda: exchange(Request("GET", f"{HOST}/me"), talk), transport)
    stands = tokens.held("account")
    assert stands is not None
    assert stands.access == "access-1"
    assert stands.refresh == ("refresh-1" if refresh == "refresh-1" else "refresh-0")
    assert transport.sent[-1].headers["authorization"] == "Bearer access-1"


@pytest.mark.parametrize(
    "given",
    [
        "access-1",
        Tokens(access="half of \ud83d"),
        Tokens(access="access-1", expires_at="soon"),  # type: ignore[arg-type]  # as a plugin without types gives it
        Tokens(access="access-1", expires_at=datetime(2030, 1, 1)),  # noqa: DTZ001  # the mistake that is tried
        Tokens(access="access-1", expires_at=datetime.min.replace(tzinfo=timezone.utc)),
        Tokens(access="access-1", refresh="half of \ud83d", extra={"a": 1, "b": "\ud83d"}),  # type: ignore[dict-item]  # as above
    ],
    ids=["no tokens", "half a character", "no time", "no zone", "year one", "strange extras"],
)
def test_whatever_a_plugin_makes_of_a_renewal_the_tokens_can_be_kept_and_used(face: Face, given: Any) -> None:
    class Strange(OAuth2):
        async def refresh(self, tokens: Tokens | None, stamp: Stamp) -> Tokens:
            return given  # type: ignore[no-any-return]  # whatever it is

    tokens = MemoryTokens({"account": OLD})
    talk = session(chirp(auth=Strange(token_url=TOKEN_URL, client_id="c")), tokens=tokens)
    transport = ToyTransport(answers(json_answer({"ok": True}), json_answer({"ok": True})))
    try:
        for _ in range(2):
            face.converse(lambda: exchange(Request("GET", f"{HOST}/me"), talk), transport)
    except (PluginError, Unavailable):
        assert tokens.held("account") == OLD
        return
    stands = tokens.held("account")
    assert stands is not None
    assert (stands.access, stands.refresh) == ("access-1", "refresh-0")
    json.dumps(dict(stands.extra), ensure_ascii=False).encode()


def test_client_credentials_ask_for_an_apps_token() -> None:
    auth = ClientCredentials(token_url=TOKEN_URL, key="key/1", secret=SecretStr("sec ret"))
    assert auth.due(None, NOW)
    played = replay(
        auth.refresh(None, STAMP), [json_answer({"token_type": "bearer", "access_token": "app-1"})]
    )
    assert played.result == Tokens(access="app-1")
    assert not auth.due(played.result, NOW + timedelta(days=365))
    (asked,) = played.requests
    assert asked.body == Form({"grant_type": "client_credentials"})
    assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"key%2F1:sec%20ret"
    signed = auth.sign(Request("GET", HOST), played.result, STAMP)
    assert signed.headers["authorization"] == "Bearer app-1"
    with pytest.raises(AuthError) as caught:
        replay(auth.refresh(None, STAMP), [json_answer({"error": "x"}, 403)])
    assert caught.value.scope == "app"


def test_nothing_that_is_shown_of_credentials_holds_one() -> None:
    shown: list[object] = [
        Tokens(access=CANARY, refresh=CANARY, extra={"a": CANARY}),
        Bearer(SecretStr(CANARY)),
        OAuth1(CANARY, SecretStr(CANARY), CANARY, SecretStr(CANARY)),
        ClientCredentials(token_url=TOKEN_URL, key=CANARY, secret=SecretStr(CANARY)),
        oauth2(
            client_secret=SecretStr(CANARY), access_token=SecretStr(CANARY), refresh_token=SecretStr(CANARY)
        ),
    ]
    for value in shown:
        assert CANARY not in repr(value)
        assert CANARY not in str(value)
        assert CANARY not in f"{value}"
    signed = oauth1().sign(Request("GET", HOST), None, STAMP)
    assert oauth1().token not in repr(signed)


def test_a_credential_with_a_line_break_is_a_mistake_of_the_settings(face: Face) -> None:
    connector = chirp(auth=Bearer(SecretStr(f"{CANARY}\n")))
    transport = ToyTransport(answers())
    with pytest.raises(ConfigError, match="line break") as caught:
        face.converse(lambda: exchange(Request("GET", f"{HOST}/me"), session(connector)), transport)
    assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert transport.sent == []


# ------------------------------------------------------------------------------------------- one renewal at a time


class RotatingServer:
    """Gives each refresh token out once: a second use of one kills the grant, as platforms do."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.refreshes = 0
        self.dead = False

    def __call__(self, request: Request) -> Response:
        with self.guard:
            if request.url == TOKEN_URL:
                assert isinstance(request.body, Form)
                if self.dead or request.body.fields["refresh_token"] != f"refresh-{self.refreshes}":
                    self.dead = True
                    return json_answer({"error": "invalid_grant"}, 400)
                self.refreshes += 1
                return json_answer(
                    {
                        "access_token": f"access-{self.refreshes}",
                        "refresh_token": f"refresh-{self.refreshes}",
                        "expires_in": 7200,
                    }
                )
            good = request.headers["authorization"] == f"Bearer access-{self.refreshes}"
            return json_answer({"ok": True}) if good and not self.dead else Response(401)


@pytest.mark.parametrize("revoked", [False, True], ids=["ended", "revoked"])
@pytest.mark.parametrize("kind", ["threads", "asyncio", "trio"])
def test_fifty_at_once_with_one_ended_token_renew_it_once(kind: str, revoked: bool) -> None:
    server = RotatingServer()
    transport = ToyTransport(server)
    ends = NOW + timedelta(days=1) if revoked else NOW
    told: list[str] = []
    tokens = MemoryTokens(
        {"account": Tokens(access="stale", refresh="refresh-0", expires_at=ends)},
        lambda role, new: told.append(new.access),
    )
    connector = chirp(auth=oauth2())
    runtime = Runtime(transport, transport.clock)
    failures: list[BaseException] = []

    def flow() -> Any:
        return exchange(Request("GET", f"{HOST}/me"), session(connector, tokens=tokens))

    def run_threads() -> None:
        def one() -> None:
            try:
                Driver(runtime).run(flow())
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=one) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    async def run_tasks() -> None:
        driver = AsyncDriver(runtime)
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(driver.run, flow())

    if kind == "threads":
        run_threads()
    else:
        anyio.run(run_tasks, backend=kind)
    assert failures == []
    assert server.refreshes == 1
    assert not server.dead
    assert told == ["access-1"]


def test_new_tokens_are_saved_before_they_are_used(face: Face) -> None:
    order: list[str] = []

    def answer(request: Request) -> Response:
        order.append(f"sent {request.headers.get('authorization', request.url)}")
        return server(request)

    server = RotatingServer()
    tokens = MemoryTokens({"account": OLD}, lambda role, new: order.append(f"saved {role} {new.access}"))
    transport = ToyTransport(answer)
    one = session(chirp(auth=oauth2()), tokens=tokens)
    face.converse(lambda: exchange(Request("GET", f"{HOST}/me"), one), transport)
    assert order == [f"sent {TOKEN_URL}", "saved account access-1", "sent Bearer access-1"]


def test_tokens_that_cannot_be_saved_are_not_used(face: Face) -> None:
    def full(role: str, new: Tokens) -> None:
        raise OSError("disk full")

    one = session(chirp(auth=oauth2()), tokens=MemoryTokens({"account": OLD}, full))
    transport = ToyTransport(RotatingServer())
    with pytest.raises(OSError, match="disk full"):
        face.converse(lambda: exchange(Request("GET", f"{HOST}/me"), one), transport)
    assert [request.url for request in transport.sent] == [TOKEN_URL]


def test_base_auth_cannot_renew() -> None:
    with pytest.raises(AuthError, match="cannot be renewed"):
        replay(Auth().refresh(None, STAMP), [])


@given(st.binary(min_size=16, max_size=16), st.integers(0, 40))
def test_uuids_of_one_stamp_differ_sort_and_tell_their_time(nonce: bytes, count: int) -> None:
    stamp = Stamp(NOW, nonce)
    ids = [stamp.uuid(index) for index in range(count + 2)]
    assert len(set(ids)) == len(ids)
    assert all(text[14] == "7" and text[19] in "89ab" and len(text) == 36 for text in ids)
    assert int(ids[0].replace("-", "")[:12], 16) == int(NOW.timestamp() * 1000)
    assert 0 <= stamp.fraction < 1
    assert ids == sorted(ids)
    assert list(islice(stamp.uuids(0), count + 2)) == ids
