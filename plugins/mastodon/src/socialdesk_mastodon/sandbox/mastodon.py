"""The server's side of the wire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Unpack

from socialdesk.testing.sandbox import Answer, Incoming, Sandbox
from socialdesk.wire import Request, Response

from . import describe
from .access import ALL_SCOPES, Keyring
from .answering import answer, dressed
from .control import CONTROL
from .limits import WINDOWS, Limits, headers, windows_of
from .problems import Refused
from .state import About, Media, Options, Status, User
from .world import World

HOST = "social.example"
MIME_TYPES = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
)


class MastodonSandbox(Sandbox):
    """A Mastodon server as its API shows it: people here and elsewhere, statuses and who may see them, notifications
    with their filter, hashtags, search, media, apps and tokens, limits and refusals.

    These may be changed at any time:

    - ``make``: ``mastodon``, or ``other``: ids in letters, no v2 instance, no filter, no keys, pages and plain text
      for refusals, limits that reset at a number of seconds, and fields left out;
    - ``idempotency``: ``honoured``, ``ignored``, or ``breaks``: a repetition is answered with a 500;
    - ``has_search``: whether texts are found (a server without Elasticsearch finds none);
    - ``language``: in which language it refuses (en, ja);
    - ``links``: whether listings lead on in a Link header;
    - ``max_characters``, ``max_media``, ``image_size``, ``video_size``, ``mime_types``: what a status may hold;
    - ``processing_seconds``: how long sounds, films and GIFs are worked on after their upload;
    - ``limits.allowed``: how many calls each window holds.
    """

    platform: ClassVar[str] = "mastodon"
    control = CONTROL

    def __init__(self, handle: str = "acme", *, start: datetime | None = None, seed: int = 0) -> None:
        super().__init__(start=start, seed=seed)
        self.handle = handle
        self.idempotency: Literal["honoured", "ignored", "breaks"] = "honoured"
        self.has_search = True
        self.language: Literal["en", "ja"] = "en"
        self.links = True
        self.max_characters = 500
        self.max_media = 4
        self.image_size = 16_777_216
        self.video_size = 103_809_024
        self.mime_types = MIME_TYPES
        self.processing_seconds = 5.0
        self.is_other = False
        self.restart()

    def restart(self) -> None:
        self.world = World(HOST, self.clock.now, self.indexing_delay)
        self.world.letters = self.is_other
        self.limits = Limits()
        self.media: dict[int, Media] = {}
        self.keys: dict[tuple[int, str], tuple[Status, datetime]] = {}
        self.scheduled: list[tuple[datetime, dict[str, Any]]] = []
        self.keyring = Keyring(f"{self.platform}:{self.clock.seed}")
        self._app = self.keyring.app("socialdesk", ALL_SCOPES)
        self._opened: dict[str, dict[str, str]] = {}
        self.connect_account(self.handle, display_name=self.handle.capitalize(), followers=12_000)

    @property
    def make(self) -> str:
        return "other" if self.is_other else "mastodon"

    @make.setter
    def make(self, make: str) -> None:
        if make not in ("mastodon", "other"):
            raise ValueError("make: mastodon or other")
        self.is_other = self.world.letters = make == "other"
        self.idempotency = "ignored" if self.is_other else "honoured"

    @property
    def version(self) -> str:
        """What the server says that it runs."""
        return "2.7.2 (compatible; Another 1.4)" if self.is_other else "4.6.4"

    # -------------------------------------------------------------------------------------------- the Python face

    @property
    def account(self) -> User:
        """The brand's own user."""
        return self.world.accts[self.handle.lower()]

    def user(self, acct: str, **about: Unpack[About]) -> User:
        """The user of that name, made on first use, on another server where it has a host; what ``about`` names is
        changed. Raises StateError on a name that no server would take."""
        with self.lock:
            return self.world.user(acct, about)

    def connect_account(self, acct: str, **about: Unpack[About]) -> dict[str, str]:
        """A further account on this server, and its credentials."""
        with self.lock:
            user = self.world.user(acct, about)
            if user.acct not in self._opened:
                token = self.keyring.grant(self._app, user, ALL_SCOPES)
                self._opened[user.acct] = {
                    "access_token": token.value,
                    "client_id": self._app.client_id,
                    "client_secret": self._app.client_secret,
                }
            return dict(self._opened[user.acct])

    @property
    def credentials(self) -> dict[str, str]:
        return self.connect_account(self.handle)

    def grant(self, acct: str, *scopes: str) -> str:
        """A further token for an account, granted these scopes alone."""
        with self.lock:
            return self.keyring.grant(self._app, self.world.user(acct, {}), scopes or ALL_SCOPES).value

    def authorize(self, client_id: str, acct: str, *scopes: str) -> str:
        """What a user does in the browser: agree that an app may act for them. Gives the code for the token."""
        with self.lock:
            app = self.keyring.apps[client_id]
            return self.keyring.code(app, self.world.user(acct, {}), scopes or app.scopes)

    def revoke(self, acct: str) -> None:
        """A user takes back what they allowed: all their tokens are dead."""
        with self.lock:
            user = self.world.user(acct, {})
            for token in self.keyring.tokens.values():
                token.dead = token.dead or token.user is user
            self._opened.pop(user.acct, None)

    @property
    def settings(self) -> dict[str, Any]:
        return self.settings_for(self.handle)

    def settings_for(self, acct: str) -> dict[str, Any]:
        """The plugin's settings for an account that is connected."""
        return {"base_url": self.base_url, "access_token": self.connect_account(acct)["access_token"]}

    def thread(self, status: Status) -> list[Status]:
        """The server's own view of a thread: all of it that is there, oldest first."""
        with self.lock:
            root = status.root
            found = [told for told in (root, *self.world.after(root)) if not told.deleted]
            return sorted(found, key=lambda told: told.number)

    def crowd(
        self,
        n: int,
        text: str = "@{brand} my parcel {i} is lost",
        *,
        people: int = 100,
        **options: Unpack[Options],
    ) -> list[Status]:
        """So many statuses by so many people within the hour until now, oldest first. ``{brand}`` and ``{i}`` in the
        text stand for the brand's name and the status's number."""
        with self.lock:
            now, step, made = self.clock.now(), timedelta(hours=1) / max(n, 1), []
            for index in range(n):
                options["at"] = now - step * (n - index)
                who = self.user(f"crowd_{index % people}@other.example")
                made.append(who.post(text.format(brand=self.handle, i=index), **options))
            return made

    def picture(self, owner: User, *, description: str | None = None) -> Media:
        """A picture for a status that someone writes in Python."""
        with self.lock:
            number = self.world.mint(self.clock.now())
            url = f"https://{self.world.host}/media/{number}"
            now = self.clock.now()
            return Media(number, owner, "image", "image/png", 9, now, description=description, url=url)

    def shows(self, status: Status, viewer: User | None) -> bool:
        """Whether a status is there by now, and for this person."""
        if status.deleted or (status.shown_from > self.clock.now() and status.author is not viewer):
            return False
        return viewer.sees(status) if viewer else status.visibility in ("public", "unlisted")

    def snapshot(self) -> dict[str, Any]:
        latest = [self.world.statuses[number] for number in self.world.order[-20:]]
        return {
            "account": self.describe_account(),
            "make": self.make,
            "users": len(self.world.users),
            "statuses": len(self.world.order),
            "notifications": len(self.account.notifications),
            "latest": [describe.status(told, None) for told in latest],
        }

    def describe_account(self) -> dict[str, Any]:
        return describe.account(self.account)

    # -------------------------------------------------------------------------------------------------- the wire

    def refusal(self, status: int) -> Response:
        words = {401: "token", 404: "missing", 429: "busy"}.get(status, "broken")
        return dressed(self, Refused(status, words).response(self.language, other=self.is_other), {})

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        limit = WINDOWS[windows_of(Incoming(request))[-1]][0]
        told = headers(limit, 0, resets_at)
        if self.is_other:
            told["X-RateLimit-Reset"] = str(int(resets_at.timestamp()))
        return told

    def expire_credentials(self, request: Request) -> None:
        self.keyring.expire(Incoming(request))

    def answer(self, request: Request) -> Answer:
        return answer(self, request)


__all__ = ["MastodonSandbox"]
