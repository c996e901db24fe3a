"""Chirp for socialdesk: hear mentions, and answer them."""

# [imports]
from pydantic import SecretStr

from socialdesk import Author, ExternalId, Mention, Rejected, hookimpl
from socialdesk.auth import Auth, Bearer
from socialdesk.connector import Connector, Count, NoApp, Page, Part, Raw, Sent, Settings, Window
from socialdesk.errors import RejectReason
from socialdesk.models import Entity, Mode, Visibility
from socialdesk.wire import AuthRole, Json, Request, Response

# [end]
# [tables]
AUDIENCES: dict[str, Visibility] = {"everyone": "public", "followers": "followers"}
REASONS: dict[str, RejectReason] = {"gone": "gone", "blocked": "blocked", "too_long": "too_long"}
# [end]


# [settings]
class Config(Settings):
    token: SecretStr
    base_url: str = "https://api.chirp.example"


class Chirp(Connector[Config, NoApp]):
    platform = "chirp"
    Config = Config

    def auth(self, role: AuthRole) -> Auth:
        return Bearer(self.config.token)

    # [end]
    # [fetch]
    async def fetch(self, window: Window) -> Page:
        params = {"after": window.since, "before": window.until, "page": window.page}
        response = await Request("GET", f"{self.config.base_url}/v1/mentions", params=params)
        body = response.json()
        items = [Raw("chirp", item) for item in body["items"]]
        span = (body["oldest"], body["newest"]) if items else None
        return Page(items, next=body["next"], resume=body["newest"], span=span)

    # [end]
    # [parse]
    def parse(self, raw: Raw) -> Mention:
        chirp, author = raw.body, raw.body["author"]
        parent = chirp["reply_to"]
        return Mention(
            id=self.chirp_id(chirp["id"]),
            kind="reply" if parent else "mention",
            visibility=AUDIENCES.get(chirp["audience"], "unknown"),
            author=Author(id=ExternalId("chirp", "user", author["id"]), handle=author["handle"]),
            text=chirp["text"],
            entities=tuple(Entity(kind="hashtag", **tag) for tag in chirp["tags"]),
            conversation=self.chirp_id(chirp["thread"]),
            in_reply_to=self.chirp_id(parent) if parent else None,
            created_at=chirp["at"],
        )

    def chirp_id(self, value: str) -> ExternalId:
        return ExternalId("chirp", "post", value)

    # [end]
    # [send]
    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=len(text), limit=200)

    async def send(self, part: Part) -> Sent:
        body = {"text": part.text, "reply_to": part.target.id.value if part.target else None}
        answer = (await Request("POST", f"{self.config.base_url}/v1/chirps", body=Json(body))).json()
        return Sent(answer["id"], url=answer["url"])

    # [end]
    # [check]
    def check(self, response: Response) -> Rejected | None:
        reason = REASONS.get(response.headers.get("chirp-error", ""))
        return Rejected(reason) if reason else None

    # [end]


# [hook]
@hookimpl
def socialdesk_connectors() -> list[type[Chirp]]:
    return [Chirp]


# [end]
