"""People on the network, who speak to it in plain HTTP: by core's driver, and by nothing of the connector."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson

from plugins.bluesky.tests.network.running import SESSIONS_SIGNED_WITH
from socialdesk._httpx import HttpTransport
from socialdesk.wire import Json, Request, Response

__all__ = [
    "PASSWORD",
    "POST",
    "TRANSPORT",
    "Person",
    "Post",
    "claims_of",
    "mention",
    "now",
    "ref",
    "rkey_of",
    "signed_anew",
    "until",
]

T = TypeVar("T")

PASSWORD = "hunter2-of-the-tests"
POST = "app.bsky.feed.post"
SECONDS = 30
NUMBERS = count(1)
TRANSPORT = HttpTransport()

Post = Mapping[str, Any]
"""What a server says of a record that was written: its uri and cid."""


def until(look: Callable[[], T | None], what: str = "") -> T:
    """What ``look`` gives once that is true of it: the AppView is a moment behind. Bounded."""
    deadline = time.monotonic() + SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"not seen within {SECONDS} s: {what or look}"
        time.sleep(0.2)
    return found


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ref(post: Post) -> dict[str, str]:
    return {"uri": post["uri"], "cid": post["cid"]}


def rkey_of(post: Post) -> str:
    return str(post["uri"]).rpartition("/")[2]


def mention(text: str, person: Person) -> dict[str, Any]:
    """The part of the text that names a person, as a facet: offsets are in bytes of UTF-8."""
    name = f"@{person.handle}"
    start = len(text[: text.index(name)].encode())
    return {
        "index": {"byteStart": start, "byteEnd": start + len(name.encode())},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": person.did}],
    }


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    told: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return told


def signed_anew(token: str, **claims: Any) -> str:
    """A session's token with other claims, signed as the network signs them."""
    head = token.partition(".")[0]
    body = base64.urlsafe_b64encode(orjson.dumps({**claims_of(token), **claims})).rstrip(b"=").decode()
    mac = hmac.new(SESSIONS_SIGNED_WITH.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@dataclass
class Person:
    """Somebody with an account; signed in."""

    pds: str
    handle: str
    did: str
    access: str
    refresh: str

    @classmethod
    def new(cls, pds: str, name: str) -> Person:
        handle = f"{name}{next(NUMBERS)}.test"
        asked = {"handle": handle, "email": f"{handle}@example.com", "password": PASSWORD}
        url = f"{pds}/xrpc/com.atproto.server.createAccount"
        answer = TRANSPORT.send(Request("POST", url, body=Json(asked)), SECONDS)
        assert answer.ok, answer.body
        told = answer.json()
        return cls(pds, told["handle"], told["did"], told["accessJwt"], told["refreshJwt"])

    # ---------------------------------------------------------------------------------------------- requests

    def call(
        self, verb: str, method: str, asked: Any = None, *, token: str | None = None, **params: Any
    ) -> Response:
        """Whatever the server answers, also a refusal. ``token`` "" sends none."""
        token = self.access if token is None else token
        return TRANSPORT.send(
            Request(
                verb,
                f"{self.pds}/xrpc/{method}?{urlencode(params, doseq=True)}".removesuffix("?"),
                headers={"Authorization": f"Bearer {token}"} if token else {},
                body=None if asked is None else Json(asked),
            ),
            SECONDS,
        )

    def ask(self, method: str, **params: Any) -> Any:
        answer = self.call("GET", method, **params)
        assert answer.ok, (method, answer.status, answer.body)
        return answer.json()

    def tell(self, method: str, asked: Any) -> Any:
        answer = self.call("POST", method, asked)
        assert answer.ok, (method, answer.status, answer.body)
        return answer.json() if answer.body else None

    # ---------------------------------------------------------------------------------------------- what people do

    def write(self, collection: str, record: Mapping[str, Any], rkey: str | None = None) -> Post:
        whole = {"$type": collection, "createdAt": now(), **record}
        asked = {"repo": self.did, "collection": collection, "record": whole}
        written: Post = self.tell(
            "com.atproto.repo.createRecord", {**asked, **({"rkey": rkey} if rkey else {})}
        )
        return written

    def post(self, text: str, *named: Person, **more: Any) -> Post:
        facets = [mention(text, person) for person in named]
        return self.write(POST, {"text": text, **({"facets": facets} if facets else {}), **more})

    def reply(self, text: str, parent: Post, *named: Person, root: Post | None = None) -> Post:
        """Answer what one sees: of an answer that is known before what it answers, the AppView tells nobody."""
        until(lambda: self.sees(parent))
        return self.post(text, *named, reply={"root": ref(root or parent), "parent": ref(parent)})

    def gate(self, post: Post, *allowed: Mapping[str, Any]) -> Post:
        """Let only these answer the post; nobody where none are given."""
        return self.write(
            "app.bsky.feed.threadgate", {"post": post["uri"], "allow": list(allowed)}, rkey_of(post)
        )

    def delete(self, post: Post) -> None:
        collection, rkey = str(post["uri"]).split("/")[-2:]
        self.tell("com.atproto.repo.deleteRecord", {"repo": self.did, "collection": collection, "rkey": rkey})

    def app_password(self) -> str:
        told = self.tell("com.atproto.server.createAppPassword", {"name": f"tests {next(NUMBERS)}"})
        return str(told["password"])

    # ---------------------------------------------------------------------------------------------- what people see

    def sees(self, post: Post) -> Mapping[str, Any] | None:
        """The post as the AppView shows it to this person; None where it does not."""
        shown = self.ask("app.bsky.feed.getPosts", uris=[post["uri"]])["posts"]
        return shown[0] if shown else None

    def may_not_answer(self, post: Post) -> bool:
        return bool((self.sees(post) or {}).get("viewer", {}).get("replyDisabled"))

    def is_blocked_by(self, other: Person) -> bool:
        return bool(self.ask("app.bsky.actor.getProfile", actor=other.did).get("viewer", {}).get("blockedBy"))

    def notified(self, **params: Any) -> list[Mapping[str, Any]]:
        return list(self.ask("app.bsky.notification.listNotifications", **params)["notifications"])

    def notified_of(self, post: Post) -> Mapping[str, Any] | None:
        return next((told for told in self.notified() if told["uri"] == post["uri"]), None)

    def answers_under(self, post: Post) -> list[str]:
        """The uris of the answers that are shown under a post."""
        thread = self.ask("app.bsky.feed.getPostThread", uri=post["uri"])["thread"]
        return [reply["post"]["uri"] for reply in thread.get("replies", []) if "post" in reply]

    def records(self) -> list[Mapping[str, Any]]:
        """The posts that stand in this person's repository."""
        return list(
            self.ask("com.atproto.repo.listRecords", repo=self.did, collection=POST, limit=100)["records"]
        )
