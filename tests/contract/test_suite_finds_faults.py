"""The suite's own test: each of many broken connectors is caught by the check that is there for it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from socialdesk.connector import (
    Capabilities,
    Connector,
    LimitReading,
    Page,
    Part,
    Raw,
    Sent,
    Settings,
    Window,
)
from socialdesk.errors import PlatformError, RateLimited, Rejected, SocialdeskError, Unavailable
from socialdesk.models import Author, ExternalId, Mention, Reply
from socialdesk.testing import ConnectorSuite
from socialdesk.wire import Json, Request, Response
from tests.contract.chirp import EXAMPLE_MODULE, Chirp, ChirpSandbox
from tests.contract.running import failures
from tests.contract.test_chirp import RECORDED

Method = Callable[..., Any]


def suite_for(connector: type[Any], *, live: bool) -> type[ConnectorSuite]:
    """The suite of a connector: by recorded pages, or against the platform."""

    class Recorded(ConnectorSuite):
        settings = {"token": "secret"}
        pages = RECORDED.PAGES
        sent = RECORDED.POSTED
        refusals = [(Response(403, {"Chirp-Error": "blocked"}), "blocked")]

    class Live(ConnectorSuite):
        sandbox = ChirpSandbox

        def complain(self, sandbox: ChirpSandbox, text: str) -> str:
            return sandbox.complain(text)

        def spoken(self, sandbox: ChirpSandbox) -> list[str]:
            return sandbox.spoken

    kind: type[ConnectorSuite] = Live if live else Recorded
    kind.connector = connector
    return kind


def broken(**changes: Any) -> type[Any]:
    """Chirp with some of its members replaced."""
    return type("Broken", (Chirp,), {"__module__": EXAMPLE_MODULE.__name__, **changes})


def url(connector: Any, path: str) -> str:
    return f"{connector.config.base_url}/v1/{path}"


# ----------------------------------------------------------------------------------------------- what is declared


class Open(Settings):
    model_config = {**Settings.model_config, "extra": "ignore"}
    token: str = ""
    base_url: str = "https://api.chirp.example"


class Talkative(EXAMPLE_MODULE.Config):  # type: ignore[misc]  # a class of a file outside of the path
    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return [("token", self.token.get_secret_value())]


class Plain(Settings):
    token: str
    base_url: str = "http://api.chirp.example"


class Nowhere(Settings):
    token: str


# ------------------------------------------------------------------------------------------------- what is heard


async def same_page_for_ever(self: Any, window: Window) -> Page:
    body = (await Request("GET", url(self, "mentions"))).json()
    return Page([Raw("chirp", item) for item in body["items"]], next=body["next"], resume=body["newest"])


async def first_page_only(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    return replace(page, next=None)


async def never_ending(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    return replace(page, next=page.next or "more")


async def without_position(self: Any, window: Window) -> Page:
    return replace(await Chirp.fetch(self, window), resume=None)


async def without_span(self: Any, window: Window) -> Page:
    return replace(await Chirp.fetch(self, window), span=None)


async def forgetful(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, replace(window, since=None))
    return page


async def finished(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, replace(window, since="d" if window.since else None))
    return page


async def deaf_to_until(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    return replace(page, resume="d", items=page.items if window.page is None else [])


async def plain_items(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    bodies: list[Any] = [raw.body for raw in page.items]
    return replace(page, items=bodies)


async def eager(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    return replace(
        page, items=[replace(raw, at=datetime.fromisoformat(raw.body["at"])) for raw in page.items]
    )


async def speaking_fetch(self: Any, window: Window) -> Page:
    await Request("POST", url(self, "seen"))
    page: Page = await Chirp.fetch(self, window)
    return page


async def deaf_to_errors(self: Any, window: Window) -> Page:
    try:
        page: Page = await Chirp.fetch(self, window)
    except SocialdeskError:
        return Page([])
    return page


async def content_with_nothing(self: Any, window: Window) -> Page:
    try:
        page: Page = await Chirp.fetch(self, window)
    except Exception:
        return Page([])
    return page


async def impatient(self: Any, window: Window) -> Page:
    try:
        page: Page = await Chirp.fetch(self, window)
    except SocialdeskError as error:
        raise RuntimeError(str(error)) from error
    return page


async def naive_moment(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    return replace(page, items=[replace(raw, at=datetime(2026, 1, 1)) for raw in page.items])  # noqa: DTZ001  # the fault


async def unstorable(self: Any, window: Window) -> Page:
    page: Page = await Chirp.fetch(self, window)
    return replace(page, items=[replace(raw, body={**raw.body, "kinds": {1, 2}}) for raw in page.items])


def changed(**update: Any) -> Method:
    """A parse that gives a mention which differs in these fields."""

    def parse(self: Any, raw: Raw) -> Mention:
        mention: Mention = Chirp.parse(self, raw)  # type: ignore[assignment]  # Chirp's parse gives mentions only
        return mention.model_copy(update=update)

    return parse


def counting(self: Any, raw: Raw) -> Mention:
    self.seen = getattr(self, "seen", 0) + 1
    return changed(order=str(self.seen))(self, raw)  # type: ignore[no-any-return]  # a Mention


def consuming(self: Any, raw: Raw) -> Mention:
    mention: Mention = Chirp.parse(self, raw)  # type: ignore[assignment]  # Chirp's parse gives mentions only
    raw.body.pop("tags", None)  # type: ignore[attr-defined]  # the fault: a body is not ours to change
    raw.body["tags"] = []  # type: ignore[index]  # the same
    return mention


def utf16(self: Any, raw: Raw) -> Mention:
    mention: Mention = Chirp.parse(self, raw)  # type: ignore[assignment]  # Chirp's parse gives mentions only
    moved = [
        entity.model_copy(update={"start": entity.start + 1, "end": entity.end + 1})
        for entity in mention.entities
    ]
    return mention.model_copy(update={"entities": tuple(moved)})


def closed(self: Any, raw: Raw) -> Mention:
    if len(raw.body) > 8:
        raise ValueError("an unknown field")
    return Chirp.parse(self, raw)  # type: ignore[return-value]  # Chirp's parse gives mentions only


def leaving(self: Any, raw: Raw) -> Mention:
    if "text" not in raw.body:
        raise SystemExit("no text")
    return Chirp.parse(self, raw)  # type: ignore[return-value]  # Chirp's parse gives mentions only


def poisoned(self: Any, raw: Raw) -> Mention:
    if getattr(self, "stuck", False):
        raise ValueError("stuck")
    try:
        return Chirp.parse(self, raw)  # type: ignore[return-value]  # Chirp's parse gives mentions only
    except Exception:
        self.stuck = True
        raise


def dictionary(self: Any, raw: Raw) -> Mapping[str, Any]:
    return raw.body


# ------------------------------------------------------------------------------------------------- what is said


async def speechless(self: Any, part: Part) -> Sent:
    return Sent("c9")


async def twice(self: Any, part: Part) -> Sent:
    await Request("POST", url(self, "drafts"), body=Json({}))
    return await Chirp.send(self, part)


async def unread(self: Any, part: Part) -> Sent:
    await Request("POST", url(self, "chirps"), body=Json({"text": part.text, "reply_to": _target(part)}))
    return Sent("")


async def inventive(self: Any, part: Part) -> Sent:
    body = Json({"text": part.text, "reply_to": _target(part)})
    answer = (await Request("POST", url(self, "chirps"), body=body)).json()
    return Sent(str((answer or {}).get("id")))


async def silent(self: Any, part: Part) -> Sent:
    return await Chirp.send(self, replace(part, text=""))


async def to_nobody(self: Any, part: Part) -> Sent:
    return await Chirp.send(self, replace(part, target=None))


async def elsewhere(self: Any, part: Part) -> Sent:
    body = Json({"text": part.text, "reply_to": _target(part)})
    answer = (await Request("POST", "https://upload.chirp.example/chirps", body=body)).json()
    return Sent(answer["id"])


async def soothing(self: Any, part: Part) -> Sent:
    try:
        return await Chirp.send(self, part)
    except SocialdeskError:
        return Sent("c9", seen="unknown")


async def repeating(self: Any, part: Part) -> Sent:
    try:
        return await Chirp.send(self, part)
    except SocialdeskError:
        return await Chirp.send(self, part)


async def quoting_secrets(self: Any, part: Part) -> Sent:
    try:
        return await Chirp.send(self, part)
    except PlatformError as error:
        raise type(self).complaint(self.config.token.get_secret_value()) from error


_CALLS: list[int] = []


async def restless(self: Any, part: Part) -> Sent:
    _CALLS.append(1)
    return await Chirp.send(self, replace(part, text=f"{part.text} {len(_CALLS)}"))


def _target(part: Part) -> str | None:
    return part.target.id.value if part.target else None


def whole(self: Any, reply: Reply, standing: Any) -> tuple[Part, ...]:
    return (Part(text=reply.text, target=reply.target),)


def cropped(self: Any, reply: Reply, standing: Any) -> tuple[Part, ...]:
    return (Part(text=reply.text[:200], target=reply.target),)


# ------------------------------------------------------------------------------------------------- what is refused


def nothing_is_wrong(self: Any, response: Response) -> PlatformError | None:
    return Unavailable() if response.status == 401 else None


def always_json(self: Any, response: Response) -> PlatformError | None:
    code = response.json()["error"]["code"] if response.status >= 400 else None
    return Rejected("blocked") if code == "blocked" else None


def hasty(self: Any, response: Response) -> PlatformError | None:
    return RateLimited(retry_at=datetime(2020, 1, 1, tzinfo=timezone.utc)) if response.status == 429 else None


def by_reset_only(self: Any, response: Response) -> PlatformError | None:
    if response.status == 429:
        return RateLimited(retry_at=datetime(2030, 1, 1, tzinfo=timezone.utc))
    return None


def deaf_to_codes(self: Any, response: Response) -> PlatformError | None:
    return None


def trusting_limits(self: Any, response: Response) -> Iterable[LimitReading]:
    if "X-RateLimit-Remaining" in response.headers:
        yield LimitReading(bucket="*", remaining=int(response.headers["X-RateLimit-Remaining"]))


def unzoned_limits(self: Any, response: Response) -> Iterable[LimitReading]:
    yield LimitReading(bucket="*", resets_at=datetime(2026, 1, 1))  # noqa: DTZ001  # the fault


def listing(*abilities: str, **more: Any) -> property:
    return property(lambda self: Capabilities(abilities=frozenset({"reply", *abilities}), **more))


async def looking_up(self: Any, ids: Any) -> tuple[Raw, ...]:
    body = (await Request("GET", url(self, "chirps"))).json()
    return tuple(Raw("chirp", item) for item in body["items"])


FOREIGN = ExternalId("tweeter", "post", "1")

RECORDED_FAULTS: dict[str, tuple[type[Any], str]] = {
    "a platform's name with a space": (broken(platform="Big Chirp"), "names_its_platform"),
    "no send": (broken(send=Connector.send), "names_its_platform"),
    "takes any setting": (broken(Config=Open), "unknown_setting"),
    "secrets as plain text": (broken(Config=Plain), "secrets_are_declared"),
    "credentials over http": (broken(Config=Plain), "base_url"),
    "a fixed address": (broken(Config=Nowhere), "base_url"),
    "a repr with the token": (broken(Config=Talkative), "no_repr_shows"),
    "lookup without the ability": (broken(lookup=looking_up), "abilities"),
    "an ability without lookup": (broken(capabilities=listing("lookup")), "abilities"),
    "hide without moderate": (broken(capabilities=listing("hide")), "abilities"),
    "readback without find_sent": (broken(capabilities=listing(settle="readback")), "abilities"),
    "a key that is never sent": (broken(capabilities=listing(settle="key")), "key_reaches"),
    "asks for one page for ever": (broken(fetch=same_page_for_ever), "gives_pages_and_ends"),
    "leaves the second page": (broken(fetch=first_page_only), "gives_pages_and_ends"),
    "asks beyond the end": (broken(fetch=never_ending), "gives_pages_and_ends"),
    "no position": (broken(fetch=without_position), "position"),
    "no span": (broken(fetch=without_span), "position"),
    "items that are not Raw": (broken(fetch=plain_items), "gives_pages_and_ends"),
    "reads items in fetch": (broken(fetch=eager), "strange_item"),
    "speaks while fetching": (broken(fetch=speaking_fetch), "fetch"),
    "errors taken for an empty page": (broken(fetch=deaf_to_errors), "error_answer_to_fetch"),
    "errors of its own": (broken(fetch=impatient), "error_answer_to_fetch"),
    "naive times": (broken(fetch=naive_moment), "keep_to_the_contract"),
    "a body that JSON cannot hold": (broken(fetch=unstorable), "what_was_stored"),
    "a parse with a counter": (broken(parse=counting), "parse_is_pure"),
    "a parse that eats its item": (broken(parse=consuming), "parse_is_pure"),
    "ids of another platform": (broken(parse=changed(in_reply_to=FOREIGN)), "keep_to_the_contract"),
    "an author of another platform": (
        broken(parse=changed(author=Author(id=FOREIGN))),
        "keep_to_the_contract",
    ),
    "fills what is core's": (broken(parse=changed(account="acme")), "keep_to_the_contract"),
    "offsets in UTF-16": (broken(parse=utf16), "keep_to_the_contract"),
    "a new field is an error": (broken(parse=closed), "new_field"),
    "leaves the process": (broken(parse=leaving), "malformed"),
    "stuck after a bad item": (broken(parse=poisoned), "malformed"),
    "items that are dicts": (broken(parse=dictionary), "keep_to_the_contract"),
    "says nothing": (broken(send=speechless), "speaks_once"),
    "speaks twice": (broken(send=twice), "speaks_once"),
    "no id": (broken(send=unread), "speaks_once"),
    "an invented id": (broken(send=inventive), "without_an_id"),
    "loses the text": (broken(send=silent), "the_text"),
    "answers nobody": (broken(send=to_nobody), "the_right_one"),
    "credentials to another host": (broken(send=elsewhere), "error_answer_to_send"),
    "failures taken for sent": (broken(send=soothing), "error_answer_to_send"),
    "says it again": (broken(send=repeating), "error_answer_to_send"),
    "the token in an error": (broken(send=quoting_secrets, complaint=Unavailable), "shows_a_secret"),
    "another request each time": (broken(send=restless), "same_each_time"),
    "parts that are too long": (broken(plan=whole), "every_part_fits"),
    "parts that lose words": (broken(plan=cropped), "every_part_fits"),
    "a 401 that is not one": (broken(check=nothing_is_wrong), "error_answer_to_fetch"),
    "a check that wants JSON": (broken(check=always_json), "check_never_raises"),
    "a 429 that ended long ago": (broken(check=hasty), "error_answer_to_fetch"),
    "a refusal that is overlooked": (broken(check=deaf_to_codes), "known_refusals"),
    "limits that must be numbers": (broken(read_limits=trusting_limits), "read_limits"),
    "limits without a zone": (broken(read_limits=unzoned_limits), "read_limits"),
}

LIVE_FAULTS: dict[str, tuple[type[Any], str]] = {
    "reads everything at each poll": (broken(fetch=forgetful), "crowd"),
    "hears nothing after the first poll": (broken(fetch=finished), "complaint_is_heard"),
    "loses what is below a cut": (broken(fetch=deaf_to_until), "crowd"),
    "fetch fails on a strange item": (broken(fetch=eager), "strange_item"),
    "failures taken for sent": (broken(send=soothing), "lost_answer"),
    "broken answers taken for nothing new": (broken(fetch=deaf_to_errors), "broken_answers"),
    "no list taken for an empty one": (broken(fetch=content_with_nothing), "says_nothing"),
    "unsigned": (broken(auth=Connector.auth), "complaint_is_heard"),
    "comes back when it likes": (broken(check=by_reset_only), "limit_says_when"),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (at % 3 > 0)) for at, name in enumerate(RECORDED_FAULTS)],
)
def test_a_fault_is_found_in_recorded_answers(name: str) -> None:
    connector, check = RECORDED_FAULTS[name]
    found = failures(suite_for(connector, live=False))
    assert [failed for failed in found if check in failed], found


@pytest.mark.parametrize("name", LIVE_FAULTS)
def test_a_fault_is_found_at_the_platform(name: str) -> None:
    connector, check = LIVE_FAULTS[name]
    found = failures(suite_for(connector, live=True))
    assert [failed for failed in found if check in failed], found


def test_what_is_not_broken_passes() -> None:
    assert failures(suite_for(broken(), live=False)) == {}
    assert failures(suite_for(broken(), live=True)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDED_FAULTS)
def test_a_failure_tells_the_author_something_to_do(name: str) -> None:
    connector, check = RECORDED_FAULTS[name]
    messages = [
        message for failed, message in failures(suite_for(connector, live=False)).items() if check in failed
    ]
    assert all(len(message) > 40 and (":" in message or "must" in message) for message in messages), messages


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("import time", "imports time: take the moment"),
        ("import httpx", "imports httpx: core performs"),
        ("from random import random", "imports random: take chance"),
        ("import asyncio", "imports asyncio: core performs"),
        ("import socket", "imports socket: core performs"),
        ("import requests", "imports requests: core performs"),
        ("from datetime import datetime\nNOW = datetime.now()", "calls datetime.now(): take the moment"),
        ("import uuid\nKEY = uuid.uuid4()", "calls uuid.uuid4(): take chance"),
        ("def settings():\n    return open('x')", "calls open(): take it from the settings"),
    ],
)
def test_an_impure_source_is_found(tmp_path: Path, line: str, advice: str) -> None:
    path = tmp_path / "socialdesk_impure.py"
    guarded = line if line.startswith("def") else "if False:\n    " + line.replace("\n", "\n    ")
    path.write_text(
        f"from socialdesk_chirp import Chirp\n\n\nclass Impure(Chirp):\n    pass\n\n\n{guarded}\n", "utf-8"
    )
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
        found = failures(suite_for(module.Impure, live=False))
    finally:
        del sys.modules[path.stem]
    assert list(found) == ["test_the_source_does_no_io"]
    assert advice in found["test_the_source_does_no_io"]
