"""The waist: what a platform plugin implements, and the values that pass through it.

A connector is a pure translator. It turns "give me this page" into :class:`~socialdesk.wire.Request` values and
answers into items. It opens no socket, sleeps never, reads no clock, draws no random number and looks at no
environment: whatever it needs to know is handed to it. Signing, limits, retries, paging, cursors and sync or async
are core's. ``fetch``, ``parse`` and ``send`` are required; everything else has a default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from socialdesk.auth import Auth, NoAuth, Stamp, Tokens
from socialdesk.cutting import cut
from socialdesk.errors import PlatformError, Rejected, Scope
from socialdesk.models import (
    Action,
    Attachment,
    Author,
    ExternalId,
    HealthState,
    Mention,
    Mode,
    Reply,
    Rule,
    Sender,
)
from socialdesk.wire import AuthRole, Request, Response, WebhookAnswer, WebhookRequest

__all__ = [
    "LOOPBACK",
    "Capabilities",
    "Command",
    "Connector",
    "Count",
    "Gone",
    "Item",
    "Limit",
    "LimitReading",
    "NoApp",
    "Notice",
    "Page",
    "Part",
    "Patch",
    "Prepared",
    "Profile",
    "Push",
    "Raw",
    "Receipted",
    "Search",
    "Sent",
    "Settings",
    "Stamp",
    "Standing",
    "Stream",
    "Stub",
    "Tokens",
    "Topic",
    "Window",
    "address_problems",
]

Walk = Literal["new", "old", "all"]


class Settings(BaseModel):
    """The base of every plugin's ``Config`` and ``App``. Secrets are ``SecretStr``; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class NoApp(Settings):
    """The ``App`` of a platform on which accounts share nothing."""


LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names of this machine, to which alone credentials may go without TLS."""


def address_problems(name: str, url: str) -> tuple[str, ...]:
    """What is wrong with a setting that names where credentials are sent, one sentence each, for a ConfigError's
    ``problems``; none where it is in order. No value is quoted."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return (f"{name}: it must begin with https:// and name a host.",)
    found = []
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        found.append(
            f"{name}: it must be https, since credentials are sent to it (http only on this machine)."
        )
    if parts.username is not None or parts.query or parts.fragment:
        found.append(f"{name}: it must hold no user, query or fragment.")
    return tuple(found)


C = TypeVar("C", bound=Settings)
A = TypeVar("A", bound=Settings)


# ------------------------------------------------------------------------------------------------- what is heard


@dataclass(frozen=True, slots=True)
class Raw:
    """One item as the platform told it, self-contained: whatever else is needed to read it is joined in.

    ``shape`` says which form the body has; ``account`` routes a delivery that is for many; ``at`` is when the
    platform says it happened, where the envelope tells.
    """

    shape: str
    body: Mapping[str, Any]
    _: KW_ONLY
    account: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Some fields of a mention that is already known: ``changes`` maps names of Mention's fields to new values."""

    id: ExternalId
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The platform says that this is no more (or no longer shown): the only thing that makes a mention deleted."""

    id: ExternalId
    state: Literal["deleted", "hidden", "withheld", "unavailable"] = "deleted"
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """Something exists of which only the id is known: core looks it up."""

    id: ExternalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipted:
    """The platform tells that something we sent was delivered or read."""

    id: ExternalId
    state: Literal["delivered", "read"]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know about an account, a stream or an item; ``code`` is stable, ``text`` is
    for reading. ``health`` is what it makes of the account: ``ok`` takes back what was noticed under the same code, and
    None leaves all as it is. ``concerns`` says what goes on no more: hearing, answering, or both (None). A code that is
    one of the reasons of :class:`~socialdesk.models.Health` is given as the reason."""

    code: str
    text: str
    _: KW_ONLY
    scope: Scope = "item"
    until: datetime | None = None
    health: HealthState | None = None
    concerns: Literal["inbound", "outbound"] | None = None


Item: TypeAlias = Mention | Patch | Gone | Stub | Receipted | Author | Notice
"""Whatever :meth:`Connector.parse` may give.

A desk applies a Patch, Gone or Receipted that comes before what it is about once that comes. It keeps nothing of an
Author alone: each mention holds its author as he was when he said it.
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """A sub-stream with its own cursor: the comments of one post, one search rule.

    ``exact`` is False where the platform cannot ask for just this: core then filters what comes. ``until`` ends it.
    ``stream`` is the stream that walks it, where a page of another one found it; ``data`` then says what the page told
    of its state, such as a count: core walks it when that has changed, and else every :attr:`Stream.revisit` seconds.
    """

    key: str
    data: Mapping[str, Any] = field(default_factory=dict)
    _: KW_ONLY
    stream: str = ""
    exact: bool = True
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What to fetch next: one listing request's worth.

    ``since`` is a ``Page.resume`` that was given before: only what came after it is wanted (None: no position yet).
    ``until`` is the low end of a ``Page.span``, where a walk that was cut off is taken up again: only what came
    before it is wanted. ``back_to`` is the earliest moment of interest. ``page`` is the ``Page.next`` of the page
    before in this walk; it is never kept longer than the walk, since page tokens expire. ``size`` is how many items
    are wanted (None: as many as the platform gives). ``topics`` are the sub-streams asked for, empty where the
    stream has none.
    """

    stream: str
    now: datetime
    walk: Walk = "new"
    since: str | None = None
    until: str | None = None
    back_to: datetime | None = None
    page: str | None = None
    size: int | None = None
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``next`` asks for the page after it in this walk; None ends the walk.

    ``resume`` is the position to hand back as ``Window.since`` in later walks: for a stream that runs from new to
    old, core takes the first page's and commits it when the walk is whole; for one that runs from old to new it
    commits every page's with the page. ``span`` is the (oldest, newest) position on this page. ``end`` says why the
    walk ends: ``reached`` what was asked, or the platform's ``horizon``, beyond which it tells nothing. ``topics``
    are sub-streams that were found: core remembers them with the page and walks them. ``again_in`` are the seconds that
    the platform asks to leave between polls.
    """

    items: Sequence[Raw]
    _: KW_ONLY
    next: str | None = None
    resume: str | None = None
    span: tuple[str, str] | None = None
    end: Literal["reached", "horizon"] | None = None
    topics: tuple[Topic, ...] = ()
    notices: tuple[Notice, ...] = ()
    again_in: float | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A listing that the platform offers. The usual names are ``mentions``, ``search`` (a topic per rule),
    ``replies`` and ``conversation`` (a topic per root: its key is the value of the root's id, ``data["kind"]`` the
    kind).

    ``order`` says in which direction its pages run, ``batch`` how many topics one request may ask for (0: the
    stream has no topics), ``needs`` which scopes the account must have granted. ``complete`` is False where the
    platform is known to leave things out. ``overlap`` is how many seconds late an item may appear, which each walk
    goes over again; ``late`` how many it may be at the utmost, over which core goes with every tenth walk (0: never, as
    where each item read is billed). ``polled`` is
    False for what is walked when somebody looks at it and not otherwise, as a conversation is. ``revisit`` is after how
    many seconds a topic that was found is walked again though nothing told of a change in it.
    """

    name: str
    _: KW_ONLY
    walks: tuple[Walk, ...] = ("new",)
    order: Literal["newest", "oldest"] = "newest"
    batch: int = 0
    needs: tuple[str, ...] = ()
    complete: bool = True
    overlap: float = 0
    late: float = 300
    polled: bool = True
    revisit: float = 6 * 3600


# ------------------------------------------------------------------------------------------------- what is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What windows and one-shot rules depend on, at one moment.

    ``used`` names what the target was answered with already, as far as that can be done once: ``private_reply``,
    ``public_reply``.
    """

    now: datetime
    target: Mention | None = None
    last_inbound_at: datetime | None = None
    used: tuple[str, ...] = ()
    sender: Sender = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A length in the platform's own units; ``limit`` None is "no limit known"."""

    used: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send left on the platform. ``also`` are further ids of the same thing, ``seen`` who can see it.

    ``kind`` is the kind of its :class:`~socialdesk.ExternalId`, the same that its mention has; ``conversation`` is
    the root's id where it stands in another conversation than what it answers, as a private message does.
    ``already`` says that nothing had to be sent, since it was there before.
    """

    id: str
    _: KW_ONLY
    kind: str = "post"
    conversation: ExternalId | None = None
    url: str | None = None
    also: tuple[str, ...] = ()
    seen: Literal["public", "held", "unknown"] = "public"
    data: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Nothing is said yet: what has to be there first is under way, such as a film that the platform works on.

    Core keeps ``data``, hands it back as ``Part.prepared``, and sends the part again in ``again_in`` seconds.
    """

    data: Mapping[str, Any]
    again_in: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One post to be sent. ``key`` and ``at`` are minted once, when the reply is enqueued, and never change.

    ``done`` holds what the parts of the same mode before it left on the platform, oldest first. ``started_at`` is when
    its first attempt began (None: never), by the platform's clock as its answers' ``Date`` tells, for
    :meth:`Connector.find_sent`. ``prepared`` is what the last
    :class:`Prepared` kept; None where nothing is prepared yet. ``charges`` is what the platform will bill for it.
    """

    text: str
    key: str = ""
    at: datetime | None = None
    mode: Mode = "public"
    target: Mention | None = None
    attachments: tuple[Attachment, ...] = ()
    done: tuple[Sent, ...] = ()
    standing: Standing | None = None
    started_at: datetime | None = None
    prepared: Mapping[str, Any] | None = None
    charges: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a look for a sent part gave. ``reached`` False: it did not look far enough back, so that an empty
    ``found`` does not mean "not there"."""

    found: tuple[Sent, ...] = ()
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be done to a post: hide, unhide, delete, like, unlike, block, edit."""

    name: str
    target: ExternalId
    key: str = ""
    at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a platform shall deliver, and where: ``url`` is ours. ``events`` are the platform's own names (empty: all
    that the plugin reads). What :meth:`Connector.subscribe` gives back says what stands, and when it is to be renewed
    (``renew_at``, None: never)."""

    url: str
    events: tuple[str, ...] = ()
    renew_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------------------------------- who, how much, what can


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who the account is. ``also`` are further ids of it, ``host`` where its server is (None: the configured one),
    ``shares`` the names of budgets that it shares with others, ``scopes`` what its credentials were granted (None:
    the platform does not tell), ``facts`` what the plugin needs to remember of it."""

    id: str
    handle: str | None = None
    display_name: str | None = None
    also: tuple[str, ...] = ()
    host: str | None = None
    shares: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as the platform publishes it: ``amount`` per ``per`` seconds, calendar ``day`` or ``month`` of ``tz``.

    ``bucket`` is what requests spend, ``shared_by`` whose uses count together. A ``*`` bucket holds for every
    bucket that has no limit of its own. ``replies`` is False where no reply and no look for one draws on it, so that
    polling may spend it to the end.
    """

    amount: int
    _: KW_ONLY
    per: float | Literal["day", "month"]
    tz: str = "UTC"
    bucket: str
    shared_by: Literal["account", "app", "ip"] = "account"
    replies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitReading:
    """What an answer told of a limit. Each field is None where it told nothing; times are aware, UTC.

    ``spent`` is what this one request cost, ``blocked_until`` forbids the bucket until then, whatever remains.
    ``shared_by`` corrects the declared sharing, where the answer shows it.
    """

    bucket: str
    limit: int | None = None
    remaining: int | None = None
    used: int | None = None
    spent: int | None = None
    resets_at: datetime | None = None
    blocked_until: datetime | None = None
    shared_by: Literal["account", "app", "ip"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a connector can do for this account.

    ``abilities`` are names such as ``reply``, ``lookup``, ``hide``; ``deadlines`` says for how long some of them stay
    open after what they answer was said, which :meth:`Connector.actions` applies to one mention. ``settle`` says how an
    unknown outcome is settled: by an id that we chose, by an idempotency key, by reading back, or not at all. ``grace``
    is how long the platform may take to apply or show a request. ``rereads`` is False where looking young mentions up
    again by itself is not worth what it costs, as where each is a request and tells no counts.
    """

    abilities: frozenset[str] = frozenset()
    deadlines: Mapping[str, timedelta] = field(default_factory=dict)
    lookup_batch: int = 1
    settle: Literal["client_id", "key", "readback", "none"] = "none"
    grace: timedelta = timedelta(seconds=300)
    rereads: bool = True


class Connector(Generic[C, A]):
    """The base of every platform's connector. Subclasses set ``platform``, ``Config`` and ``streams``.

    One instance stands for one account: its settings, those of its developer app, and its profile (None until
    :meth:`identify` has answered). Instances hold no state beyond these three.
    """

    platform: ClassVar[str]
    Config: ClassVar[type[Settings]]
    App: ClassVar[type[Settings]] = NoApp
    streams: ClassVar[tuple[Stream, ...]] = (Stream("mentions"),)

    def __init__(self, config: C, app: A, profile: Profile | None = None) -> None:
        self.config = config
        self.app = app
        self.profile = profile

    # ------------------------------------------------------------------------------------------------ required

    async def fetch(self, window: Window) -> Page:
        """One page of ``window.stream``; awaits one listing request."""
        raise NotImplementedError

    def parse(self, raw: Raw) -> Item | None:
        """The one translation: the same item by poll, lookup and webhook gives the same value. None: of no
        interest. Any exception sends this one item to quarantine."""
        raise NotImplementedError

    async def send(self, part: Part) -> Sent | Prepared:
        """Post one part; awaits one request that speaks, after any that prepare. Prepared: nothing is said yet."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------------ optional

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits that the platform publishes for this account."""
        return ()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(abilities=frozenset({"reply"}))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that credentials may be sent to; by default that of ``config.base_url``."""
        base = getattr(self.config, "base_url", "")
        return (Request("GET", str(base)).host,) if base else ()

    def auth(self, role: AuthRole) -> Auth:
        """How requests in this role are signed."""
        return NoAuth()

    async def identify(self) -> Profile:
        """Who the account is. Asked at connect and daily."""
        raise Rejected("unsupported", f"{self.platform} does not tell who an account is.", scope="account")

    def check(self, response: Response) -> PlatformError | None:
        """The error that an answer means, None where core's reading of the HTTP status is right."""
        return None

    def read_limits(self, response: Response) -> Iterable[LimitReading]:
        """What any answer, an error too, tells of limits."""
        return ()

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        """A search rule in the platform's own words; a topic that is not ``exact`` is filtered by core."""
        raise Rejected("unsupported", f"{self.platform} cannot search.", scope="stream")

    def count(self, text: str, mode: Mode) -> Count:
        """How long the platform takes ``text`` to be."""
        return Count(used=len(text))

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        """The posts that a reply becomes. Raises Rejected where it cannot be sent; the default cuts by count()."""
        limit = self.count(reply.text, reply.mode).limit
        if limit is None:
            texts: tuple[str, ...] = (reply.text,)
        else:
            texts = cut(
                reply.text,
                fits=lambda text: self.count(text, reply.mode).used <= limit,
                overflow=reply.overflow,
            )
        return tuple(
            Part(
                text=text,
                mode=reply.mode,
                target=reply.target,
                attachments=reply.attachments if index == 0 else (),
                standing=standing,
            )
            for index, text in enumerate(texts)
        )

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        """What may be done with ``standing.target`` at ``standing.now``: computed when looked at, never stored."""
        return tuple(Action(name=name) for name in sorted(self.capabilities.abilities))

    async def find_sent(self, part: Part) -> Search:
        """Look for a part whose outcome is unknown."""
        return Search()

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """These things as they are now. One that is absent from the answer is not deleted: only a Gone says so."""
        raise Rejected("unsupported", f"{self.platform} cannot look things up.", scope="stream")

    async def moderate(self, command: Command) -> None:
        """Do what ``command`` says. Raises Rejected(unsupported) where the platform cannot."""
        raise Rejected("unsupported", f"{self.platform} cannot {command.name}.")

    def charges(self, response: Response) -> Mapping[str, int]:
        """What the platform bills for a request that it answered so, in its own units, as in ``{"post_read": 100}``.

        What a post will be billed is told before it is sent, by :meth:`plan` in ``Part.charges``.
        """
        return {}

    # ------------------------------------------------------------------------------------------------ being told

    @classmethod
    def of_app(cls, app: A) -> Self:
        """The connector of an app alone, for deliveries, which concern many accounts: of it only
        :meth:`verify_webhook`, :meth:`answer_challenge` and :meth:`parse_webhook` are asked."""
        made = cls.__new__(cls)
        made.config, made.app, made.profile = cast(C, cls.Config.model_construct()), app, None
        return made

    async def subscribe(self, push: Push) -> Push:
        """Have the platform deliver to ``push.url``; what stands already is left as it is. Asked again at
        ``renew_at``. None of its requests speaks."""
        raise Rejected("unsupported", f"{self.platform} delivers nothing.", scope="account")

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Whether the platform made this delivery: by its signature over the raw bytes, compared in constant time."""
        return False

    def answer_challenge(self, request: WebhookRequest) -> WebhookAnswer | None:
        """The answer to a platform's question whether we are who we say; None where this is no such question."""
        return None

    def parse_webhook(self, request: WebhookRequest) -> tuple[Raw, ...]:
        """The items of a delivery that was verified, each with the id of the account that it is for."""
        return ()
