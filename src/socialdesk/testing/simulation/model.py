"""A platform as plain as can be, of each kind that there is for settling what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any, ClassVar, Literal

from socialdesk.connector import (
    Capabilities,
    Connector,
    Count,
    NoApp,
    Page,
    Part,
    Profile,
    Raw,
    Search,
    Sent,
    Settings,
    Window,
)
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId, Mention, Mode
from socialdesk.testing._clock import VirtualClock
from socialdesk.testing._exchange import json_response
from socialdesk.testing.simulation._stage import Stage
from socialdesk.wire import Headers, Json, Request, Response

__all__ = ["KINDS", "LATE", "Kind", "ModelPlatform", "model_connector", "model_stage"]

Kind = Literal["client_id", "key", "key ignored", "key raced", "readback", "none"]
KINDS: tuple[Kind, ...] = ("client_id", "key", "key ignored", "key raced", "readback", "none")
"""How a platform lets an unknown outcome be settled. ``key ignored`` says that it takes keys and does not look at them;
``key raced`` knows a key only some seconds after the post that came with it."""

HOST = "https://model.invalid"
GRACE = {"client_id": 60, "key": 60, "readback": 300, "none": 300}
LATE: dict[Kind, tuple[float, float]] = {
    "client_id": (1.0, 55.0),
    "key": (1.0, 55.0),
    "key ignored": (1.0, 55.0),
    "key raced": (1.0, 55.0),
    "readback": (1.0, 290.0),
    "none": (1.0, 600.0),
}
"""Seconds after which what is late is applied: within the grace of each, since nothing helps against what is later."""

CLOCKS_DIFFER = timedelta(seconds=120)
RACE = 3.0


@dataclass(slots=True)
class Post:
    """Something that was published; ``key`` is what came along with it, ``made`` by whom it was written."""

    id: str
    text: str
    to: str | None
    key: str
    at: datetime
    by: str = "us"


@dataclass
class ModelPlatform:
    """Its state, and a function from Request to Response. ``shows_after`` is how long a post stays out of listings."""

    kind: Kind = "readback"
    shows_after: float = 0.0
    clock: VirtualClock = field(default_factory=VirtualClock)
    posts: list[Post] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    def __call__(self, request: Request) -> Response:
        self.asked += 1
        answer = self._publish(request) if request.method == "POST" else self._read(request)
        date = format_datetime(self.clock.now(), usegmt=True)
        return Response(answer.status, Headers({**answer.headers, "Date": date}), answer.body)

    def complain(self, text: str) -> str:
        """A customer says something."""
        number = str(len(self.heard) + 1)
        self.heard.append({"id": number, "text": text, "at": self.clock.now().isoformat()})
        return number

    def write(self, text: str, to: str | None, *, by: str = "us") -> Post:
        """Something is written that did not come through the desk."""
        return self._keep(Post(self._next_id(), text, to, "", self.clock.now(), by))

    def _next_id(self) -> str:
        return f"p{len(self.posts) + 1}"

    def _keep(self, post: Post) -> Post:
        self.posts.append(post)
        return post

    def _read(self, request: Request) -> Response:
        if request.path == "/heard":
            return json_response(200, {"items": self.heard})
        if request.path.startswith("/posts/"):
            named = request.path.rpartition("/")[2]
            found = [_shown(post) for post in self.posts if post.key == named]
            return json_response(200 if found else 404, found[0] if found else {})
        since = self.clock.now() - timedelta(seconds=self.shows_after)
        return json_response(200, {"posts": [_shown(post) for post in self.posts if post.at <= since]})

    def _publish(self, request: Request) -> Response:
        assert isinstance(request.body, Json)
        body = request.body.value
        known = self._known(body["key"])
        post = known or self._keep(
            Post(self._next_id(), body["text"], body["to"], body["key"], self.clock.now())
        )
        return json_response(201, _shown(post))

    def _known(self, key: str) -> Post | None:
        """The post that this key made before, where this kind of platform looks at keys."""
        if self.kind not in ("client_id", "key", "key raced"):
            return None
        race = timedelta(seconds=RACE if self.kind == "key raced" else 0)
        made = [post for post in self.posts if post.key == key and self.clock.now() - post.at >= race]
        return made[0] if made else None


def _shown(post: Post) -> dict[str, Any]:
    return {"id": post.id, "text": post.text, "to": post.to, "by": post.by, "at": post.at.isoformat()}


class Config(Settings):
    base_url: str = HOST


class ModelConnector(Connector[Config, NoApp]):
    """The connector to it. Its rules for what is ours are those that every plugin has to keep."""

    platform = "model"
    Config = Config
    kind: ClassVar[Kind] = "readback"
    grace: ClassVar[timedelta | None] = None

    @property
    def capabilities(self) -> Capabilities:
        settle: Any = self.kind.partition(" ")[0]
        grace = self.grace or timedelta(seconds=GRACE[settle])
        return Capabilities(abilities=frozenset({"reply"}), settle=settle, grace=grace)

    async def identify(self) -> Profile:
        return Profile(id="us")

    async def fetch(self, window: Window) -> Page:
        body = (await Request("GET", f"{HOST}/heard")).json()
        return Page([Raw("item", item) for item in body["items"]])

    def parse(self, raw: Raw) -> Mention:
        identity = ExternalId("model", "post", raw.body["id"])
        at = datetime.fromisoformat(raw.body["at"])
        return Mention(
            id=identity, kind="mention", text=raw.body["text"], conversation=identity, created_at=at
        )

    async def send(self, part: Part) -> Sent:
        body = {"text": part.text, "to": _answered(part), "key": part.key}
        answer = (await Request("POST", f"{HOST}/posts", body=Json(body))).json()
        return Sent(answer["id"])

    async def find_sent(self, part: Part) -> Search:
        if self.kind == "client_id":
            told = [await self._under(part.key)]
        else:
            told = (await Request("GET", f"{HOST}/own")).json()["posts"]
        return Search(found=tuple(Sent(post["id"]) for post in told if is_ours(part, post)), reached=True)

    async def _under(self, key: str) -> dict[str, Any]:
        try:
            told: dict[str, Any] = (await Request("GET", f"{HOST}/posts/{key}")).json()
        except Rejected:
            return {}
        return told

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=len(text), limit=60)


def _answered(part: Part) -> str | None:
    return part.done[-1].id if part.done else part.target.id.value if part.target else None


def is_ours(part: Part, post: dict[str, Any]) -> bool:
    """By its author, what it answers, when it was made and what it says."""
    began = part.started_at
    return bool(post) and (
        post["by"] == "us"
        and post["to"] == _answered(part)
        and post["text"] == part.text
        and (began is None or datetime.fromisoformat(post["at"]) >= began - CLOCKS_DIFFER)
    )


@cache
def model_connector(kind: Kind, grace: timedelta | None = None) -> type[ModelConnector]:
    """The connector to a platform of this kind, which is given ``grace`` to apply what it was asked."""
    own = {"kind": kind, "grace": grace, "__module__": __name__}
    return type("ModelConnectorHere", (ModelConnector,), own)


def model_stage(kind: Kind, *, shows_after: float = 0.0) -> Stage:
    """A stage with the model platform of one kind."""
    return Stage(
        connector=model_connector(kind),
        platform=lambda: ModelPlatform(kind, shows_after),
        complain=lambda platform, text: platform.complain(text),
        spoken=lambda platform: [post.text for post in platform.posts if post.by == "us" and post.key],
        repeats=True,
    )
