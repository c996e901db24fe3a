"""Facebook's side of the wire."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Unpack

from socialdesk.testing.sandbox import Answer, Incoming
from socialdesk.wire import Request, Response

from .access import ALL_SCOPES, ALL_TASKS, LONG, READ_SCOPES, SHORT, Keyring
from .answering import answer, dressed
from .control import CONTROL
from .control_messages import MESSAGE_CONTROL
from .control_push import PUSH_CONTROL
from .deliveries import Deliveries
from .inbox import Message
from .kinds_pages import App
from .limits import Limits, business
from .problems import failed, throttled
from .pushing import PushingSandbox
from .state import Page, Person, Profile
from .world import World
from .written import Comment, Photo, Post, public_json


class FacebookSandbox(PushingSandbox):
    """Facebook, as the Graph API shows it: a Page with its posts, comments, visitor posts, tags, recommendations and
    conversations, tokens and permissions, limits, deliveries and refusals.

    These may be changed at any time:

    - ``advanced_access``: whether the app was reviewed; False hides who wrote something, but testers and Pages;
    - ``human_agent``: whether it was reviewed for the tag HUMAN_AGENT;
    - ``live``: False is an app in development, to which nothing real is delivered;
    - ``keyring.require_proof``: the app's setting "Require App Secret";
    - ``oldest_version``, ``newest_version``: which versions of the API live for this app;
    - ``posts_a_year``: how many posts of a year feeds show (Facebook: about 600);
    - ``short_pages``: how many things a page of a list tells at most, though more were asked for and are there;
    - ``gaps``: True lets what is deleted or hidden use up a page's limit: pages are short, or empty, with a next;
    - ``world.inbox.routing``: True has the Page's inbox take a conversation by writing into it;
    - ``loopback_webhooks``: whether webhooks of this machine, by http, are taken (Facebook: no);
    - ``limits``: how many calls, by use case.
    """

    platform: ClassVar[str] = "facebook"
    control = CONTROL | MESSAGE_CONTROL | PUSH_CONTROL

    def __init__(self, handle: str = "acme", *, start: datetime | None = None, seed: int = 0) -> None:
        super().__init__(start=start, seed=seed)
        self.handle = handle
        self.advanced_access = True
        self.human_agent = True
        self.live = True
        self.oldest_version, self.newest_version = "v22.0", "v26.0"
        self.posts_a_year = 600
        self.short_pages: int | None = None
        self.gaps = False
        self.loopback_webhooks = True
        self.restart()

    def restart(self) -> None:
        self.world = World(self.clock.now, self.indexing_delay)
        self.world.page = self.world.page_of(self.handle)
        self.world.page.followers = 12_000
        self.limits = Limits()
        self.attachments: dict[str, dict[str, Any]] = {}
        if hasattr(self, "push"):
            self.push.close()
        self.push = Deliveries(self)
        self.world.happened = self.push.happened
        self._traced = 0
        self._opened: dict[str, dict[str, str]] = {}
        self.keyring = Keyring(self.clock, f"{self.platform}:{self.clock.seed}")
        self.keyring.open_app()
        self.app = App(self.keyring.app_id, "Acme Desk")
        self.connect_account(self.handle)

    # -------------------------------------------------------------------------------------------- the Python face

    @property
    def account(self) -> Page:
        """The brand's own Page."""
        return self.world.page

    def user(self, handle: str, **profile: Unpack[Profile]) -> Person:
        """The person of that handle, made on first use; what ``profile`` names is changed."""
        with self.lock:
            return self.world.person(handle, profile)

    def page(self, handle: str, name: str = "") -> Page:
        """Another Page, made on first use."""
        with self.lock:
            return self.world.page_of(handle, name)

    def photo(self, owner: Person | Page | None = None, **about: Any) -> Photo:
        """A picture for a post, comment or message that someone makes in Python."""
        with self.lock:
            return self.world.photo(owner or self.account, **about)

    def admin(self, handle: str = "") -> Person:
        """The person who connected a Page, with every role on it and on the app."""
        return self.world.person(f"{handle or self.handle}_admin", {"tester": True})

    def connect_account(self, handle: str, **about: Any) -> dict[str, str]:
        """A Page of the same developer app, and every kind of credentials that works for it."""
        with self.lock:
            page = self.world.page_of(handle)
            for name, value in about.items():
                setattr(page, name, value)
            if page.id not in self._opened:
                self._opened[page.id] = self._open(page)
            return dict(self._opened[page.id])

    def _open(self, page: Page) -> dict[str, str]:
        keyring, admin = self.keyring, self.admin(page.handle)
        keyring.role(admin, page, ALL_TASKS)
        short, long = (keyring.give("USER", admin, ALL_SCOPES, life) for life in (SHORT, LONG))
        system, reading = (
            keyring.give_system(admin, ALL_SCOPES),
            keyring.give("USER", admin, READ_SCOPES, LONG),
        )
        return {
            "app_id": keyring.app_id,
            "app_secret": keyring.app_secret,
            "app_token": keyring.app_token,
            "verify_token": keyring.verify_token,
            "page_id": page.id,
            "user_id": admin.id,
            "page_token": keyring.for_page(long, page).text,
            "read_only_page_token": keyring.for_page(reading, page).text,
            "system_page_token": keyring.for_page(system, page).text,
            "user_token": short.text,
            "long_user_token": long.text,
            "system_user_token": system.text,
        }

    @property
    def credentials(self) -> dict[str, str]:
        return self.connect_account(self.handle)

    @property
    def settings(self) -> dict[str, Any]:
        return self.settings_for(self.handle)

    def settings_for(self, handle: str) -> dict[str, Any]:
        """The plugin's settings for a Page that is connected."""
        given = self.connect_account(handle)
        names = ("page_token", "page_id", "app_id", "app_secret", "verify_token")
        return {"base_url": self.base_url, **{name: given[name] for name in names}}

    def token(self, *scopes: str, tasks: Iterable[str] = ALL_TASKS) -> str:
        """A further Page token: of a person with these permissions, and these tasks on the Page."""
        with self.lock:
            self.keyring.minted += 1
            person = self.world.person(f"staff {self.keyring.minted}", {"tester": True})
            self.keyring.role(person, self.account, tasks)
            return self.keyring.for_page(self.keyring.give("USER", person, scopes, LONG), self.account).text

    def invalidate(self, subcode: int = 460, handle: str = "") -> int:
        """End the tokens of who connected a Page, for the reason of a subcode of error 190: 458 the app was removed,
        460 the password changed, 492 the role on the Page is gone. Tells how many there were."""
        with self.lock:
            return self.keyring.kill(subcode, self.admin(handle))

    def reconnect(self, handle: str = "") -> dict[str, str]:
        """The person allows the app everything anew: new tokens of every kind."""
        with self.lock:
            self._opened.pop(self.world.page_of(handle or self.handle).id, None)
            return self.connect_account(handle or self.handle)

    def thread(self, thing: Post | Photo | Comment) -> list[Comment]:
        """The platform's own view of what stands under something: all comments that are there, oldest first."""
        with self.lock:
            root = thing.root if isinstance(thing, Comment) else thing
            below = [thing, *thing.replies] if isinstance(thing, Comment) else root.comments
            return [comment for comment in below if not comment.deleted]

    def messages(self, person: Person) -> list[Message]:
        """The platform's own view of what a person and the Page wrote to each other, oldest first."""
        with self.lock:
            there = self.world.inbox.known(person, self.account)
            return list(there.there) if there else []

    def crowd(
        self,
        n: int,
        text: str = "my parcel {i} is lost",
        *,
        post: Post | None = None,
        people: int = 100,
        over: timedelta = timedelta(hours=1),
    ) -> list[Comment]:
        """So many comments by so many people under a post (a new one by default), spread evenly over the time until
        now, oldest first. ``{brand}`` and ``{i}`` in the text stand for the Page's name and the comment's number."""
        with self.lock:
            now, step = self.clock.now(), over / max(n, 1)
            post = post or self.account.post("What is new?", at=now - over)
            crowd = [self.user(f"crowd_{index}") for index in range(min(people, n))]
            return [
                crowd[index % people].comment(
                    post, text.format(brand=self.account.name, i=index), at=now - step * (n - index)
                )
                for index in range(n)
            ]

    def snapshot(self) -> dict[str, Any]:
        world = self.world
        written: list[Post | Comment] = [*world.posts.values(), *world.comments.values()]
        newest = sorted(written, key=lambda one: one.number)[-20:]
        return {
            "account": self.describe_account(),
            "people": sum(isinstance(actor, Person) for actor in world.actors.values()),
            "posts": len(world.posts),
            "comments": len(world.comments),
            "conversations": len(world.inbox.of(self.account)),
            "tagged": len(self.account.tagged),
            "ratings": len(self.account.ratings),
            "advanced_access": self.advanced_access,
            "latest": [public_json(one) for one in newest],
        }

    def describe_account(self) -> dict[str, Any]:
        page = self.account
        return {"id": page.id, "handle": page.handle, "name": page.name, "category": page.category}

    # -------------------------------------------------------------------------------------------------- the wire

    def trace(self) -> str:
        """What Facebook's people would find a request by: another one each time."""
        self._traced += 1
        return "A" + base64.urlsafe_b64encode(f"{self.clock.seed}.{self._traced:012}".encode()).decode()[-22:]

    def refusal(self, status: int) -> Response:
        """As Facebook fails by itself. It knows no 429: too many calls are error 80001, with status 400."""
        refused = throttled(80001) if status == 429 else failed(status)
        return dressed(self, refused.response(self.trace()), self.newest_version, {})

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        minutes = -(-int((resets_at - self.clock.now()).total_seconds()) // 60)
        return {"X-Business-Use-Case-Usage": business(self.account.id, "pages", 100, minutes)}

    def time_leaps(self, step: timedelta) -> None:
        self.keyring.prolong(step)

    def expire_credentials(self, request: Request) -> None:
        self.keyring.expire(Incoming(request))

    def answer(self, request: Request) -> Answer:
        return answer(self, Incoming(request))


__all__ = ["FacebookSandbox"]
