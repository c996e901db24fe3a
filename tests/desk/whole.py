"""A toy platform that pushes, takes private messages and files, lets posts be hidden and deleted, and bills."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from pydantic import SecretStr

from socialdesk.auth import Auth, Bearer
from socialdesk.bodies import File, Json, Multipart, Slice, Streamed
from socialdesk.connector import (
    Capabilities,
    Command,
    Connector,
    Count,
    Gone,
    Item,
    Notice,
    Page,
    Part,
    Prepared,
    Profile,
    Push,
    Raw,
    Sent,
    Settings,
    Standing,
    Stream,
    Window,
)
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId, Mention, Metrics, Reply
from socialdesk.wire import Request, Response, WebhookAnswer, WebhookRequest
from tests.simulation.world import START

HOST = "https://whole.test"
SECRET = "app-secret-canary"
MB = 2**20


class Config(Settings):
    base_url: str = HOST
    me: str = "us"


class App(Settings):
    secret: SecretStr | None = None


class Whole(Connector[Config, App]):
    """A platform that has everything."""

    platform = "whole"
    Config = Config
    App = App
    streams = (Stream("mentions"), Stream("messages"))

    @property
    def capabilities(self) -> Capabilities:
        able = {"reply", "lookup", "private", "hide", "unhide", "reject", "delete", "block", "edit"}
        return Capabilities(abilities=frozenset(able), lookup_batch=2, settle="none", grace=timedelta(60))

    def auth(self, role: str) -> Auth:
        return Bearer(SecretStr("whole-token-canary"))

    async def identify(self) -> Profile:
        return Profile(id=self.config.me, handle=self.config.me)

    async def fetch(self, window: Window) -> Page:
        body = (await Request("GET", f"{HOST}/{window.stream}", params={"since": window.since})).json()
        return Page([Raw("item", item) for item in body["items"]], resume=body["top"])

    async def lookup(self, ids: Any) -> tuple[Raw, ...]:
        wanted = ",".join(identity.value for identity in ids)
        body = (await Request("GET", f"{HOST}/lookup", params={"ids": wanted})).json()
        return tuple(Raw("item", item) for item in body["items"])

    def parse(self, raw: Raw) -> Item | None:
        body = raw.body
        if raw.shape == "notice":
            return Notice("revoked", "The grant is gone.", scope="account", health="reauth_required")
        private = "conversation" in body
        identity = ExternalId("whole", "message" if private else "post", body["id"])
        if body.get("gone"):
            return Gone(id=identity)
        return Mention(
            id=identity,
            kind="direct_message" if private else "mention",
            visibility="direct" if private else "public",
            text=body["text"],
            revision=body.get("revision", 0),
            conversation=ExternalId("whole", "conversation", body["conversation"]) if private else identity,
            metrics=Metrics(reposts=body.get("reposts")),
            created_at=datetime.fromisoformat(body["at"]) if "at" in body else START,
            direction="outbound_native" if body.get("by") == self.config.me else "inbound",
        )

    def count(self, text: str, mode: Any) -> Count:
        return Count(used=len(text), limit=1000 if mode == "private" else 40)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        if reply.mode == "private" and reply.target is not None and "closed" in reply.target.text:
            raise Rejected("blocked", "The person takes no messages.", scope="person")
        if reply.mode == "private" and "private_reply" in standing.used:
            raise Rejected("not_permitted", "A post may be answered in private once.")
        spoke, private = (
            standing.last_inbound_at,
            reply.target is not None and reply.target.visibility == "direct",
        )
        if private and (spoke is None or standing.now - spoke > timedelta(hours=24)):
            raise Rejected("window_closed", "They have not spoken for a day.")
        unit = "message" if reply.mode == "private" else "post"
        return tuple(replace(part, charges={unit: 1}) for part in super().plan(reply, standing))

    async def send(self, part: Part) -> Sent | Prepared:
        if part.attachments and part.prepared is None:
            return await self._upload(part)
        if part.prepared is not None and not part.prepared["ready"]:
            answer = (await Request("GET", f"{HOST}/media/{part.prepared['id']}")).json()
            return Prepared(data={**part.prepared, "ready": answer["ready"]}, again_in=5)
        to = part.done[-1].id if part.done else part.target.id.value if part.target else None
        body = {"text": part.text, "to": to, "mode": part.mode, "key": part.key}
        if part.prepared is not None:
            body["media"] = part.prepared["id"]
        answer = (await Request("POST", f"{HOST}/posts", body=Json(body))).json()
        if part.mode == "private":
            talk = ExternalId("whole", "conversation", f"us-{to}")
            return Sent(answer["id"], kind="message", conversation=talk)
        return Sent(answer["id"])

    async def _upload(self, part: Part) -> Prepared:
        (attachment,) = part.attachments
        size = attachment.size or 0
        media = str(attachment.id)
        begun = (await Request("POST", f"{HOST}/media", body=Json({"size": size}), effect="prepares")).json()
        for number, offset in enumerate(range(0, size, 4 * MB)):
            piece = Multipart(
                {"segment": str(number)},
                (
                    File(
                        Slice(media, offset, min(4 * MB, size - offset)),
                        filename='a "name"\r\nof odd characters',
                    ),
                ),
            )
            await Request("POST", f"{HOST}/media/{begun['id']}", body=piece, effect="prepares")
        return Prepared(data={"id": begun["id"], "ready": False}, again_in=5)

    async def moderate(self, command: Command) -> None:
        value = command.target.value
        told = {} if command.text is None else {"text": command.text}
        await Request("POST", f"{HOST}/moderate", body=Json({"do": command.name, "what": value, **told}))

    def charges(self, response: Response) -> Mapping[str, int]:
        assert response.request is not None
        if response.request.path == "/mentions":
            return {"read": len(response.json()["items"])}
        if response.request.path == "/posts":
            assert isinstance(response.request.body, Json)
            return {"message" if response.request.body.value["mode"] == "private" else "post": 1}
        return {}

    async def subscribe(self, push: Push) -> Push:
        await Request("POST", f"{HOST}/hooks", body=Json({"url": push.url}), auth="app", effect="prepares")
        renewed = push.data.get("times", 0) + 1
        return replace(push, renew_at=START + timedelta(days=renewed), data={"times": renewed})

    def verify_webhook(self, request: WebhookRequest) -> bool:
        assert self.app.secret is not None
        key = self.app.secret.get_secret_value().encode()
        return hmac.compare_digest(sign(request.body, key), request.headers.get("x-signature", ""))

    def answer_challenge(self, request: WebhookRequest) -> WebhookAnswer | None:
        return WebhookAnswer(200, request.query["ask"].encode()) if "ask" in request.query else None

    def parse_webhook(self, request: WebhookRequest) -> tuple[Raw, ...]:
        return tuple(
            Raw(item.get("shape", "item"), item["item"], account=item["for"])
            for item in orjson.loads(request.body)["events"]
        )


def sign(body: bytes, key: bytes = SECRET.encode()) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def delivery(*events: Mapping[str, Any], number: int = 0) -> WebhookRequest:
    """A delivery as the platform makes it: each event an item and the account that it is for."""
    body = orjson.dumps({"number": number, "events": [{"for": "us", **event} for event in events]})
    return WebhookRequest(headers={"X-Signature": sign(body)}, body=body)


@dataclass
class WholePlatform:
    """The platform's state."""

    now: datetime = START
    streams: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"mentions": [], "messages": []})
    posts: list[dict[str, Any]] = field(default_factory=list)
    moderated: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, list[bytes]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    hooks: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    keep_bytes: bool = True

    def advance(self, span: timedelta) -> None:
        self.now += span

    def send(self, request: Request, timeout: float) -> Response:
        if request.path == "/posts":
            return self._post(request)
        if request.path.startswith("/media"):
            return self._media(request)
        body = request.body.value if isinstance(request.body, Json) else {}
        match request.path:
            case "/moderate":
                self.moderated.append(body)
                return _json({})
            case "/hooks":
                self.hooks.append(body["url"])
                return _json({})
            case "/lookup":
                wanted = str(request.params["ids"]).split(",")
                self.looked += wanted
                known = [item for items in self.streams.values() for item in items if item["id"] in wanted]
                return _json({"items": known})
        items = self.streams[request.path.strip("/")]
        since = request.params.get("since")
        new = [item for item in items if since is None or int(item["id"]) > int(since)]
        return _json({"items": new, "top": max((item["id"] for item in items), key=int, default=since)})

    def _post(self, request: Request) -> Response:
        assert isinstance(request.body, Json)
        body = request.body.value
        if body["mode"] in self.refuse:
            return Response(403, {}, b"{}")
        self.posts.append({**body, "id": f"9{len(self.posts)}"})
        return _json({"id": self.posts[-1]["id"]}, 201)

    def _media(self, request: Request) -> Response:
        if request.method == "GET":
            name = request.path.rpartition("/")[2]
            self.asked[name] = self.asked.get(name, 0) + 1
            return _json({"ready": self.asked[name] > 2})
        if isinstance(request.body, Json):
            name = f"m{len(self.media)}"
            self.media[name] = []
            self.sizes[name] = 0
            return _json({"id": name})
        assert isinstance(request.body, Streamed)
        name, length = request.path.rpartition("/")[2], 0
        for piece in request.body.chunks():
            length += len(piece)
            if self.keep_bytes:
                self.media[name].append(piece)
        assert length == request.body.length
        self.sizes[name] += length
        return _json({})


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, orjson.dumps(value))
