"""The values that a helpdesk sees: frozen, closed (``extra="forbid"``), and the same for every platform.

None means "the platform did not tell", never zero, false or public. Times are aware and in UTC. Offsets into text
count Unicode code points. :mod:`socialdesk.connector` holds what plugins see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

__all__ = [
    "Action",
    "Attachment",
    "Attempt",
    "Author",
    "Conversation",
    "Entity",
    "Event",
    "ExternalId",
    "Health",
    "Labels",
    "Mention",
    "Metrics",
    "PartPlan",
    "PartReceipt",
    "Plan",
    "Provenance",
    "Receipt",
    "Reply",
    "Rule",
]

Kind = Literal[
    "mention",
    "reply",
    "comment",
    "quote",
    "repost",
    "search_match",
    "tag",
    "ask",
    "direct_message",
    "review",
    "other",
]
Direction = Literal["inbound", "outbound_native", "outbound_socialdesk"]
Visibility = Literal["public", "unlisted", "followers", "direct", "unknown"]
State = Literal["active", "edited", "deleted", "hidden", "withheld", "unavailable"]
Path = Literal["poll", "webhook", "stream", "lookup", "backfill"]
Mode = Literal["public", "private", "direct", "quote"]
Sender = Literal["human", "bot", "automation"]
Overflow = Literal["reject", "split", "truncate_link"]
PartState = Literal["pending", "sending", "sent", "failed", "unknown", "needs_human", "cancelled"]
ReplyState = Literal["pending", "sending", "sent", "partial", "failed", "unknown", "needs_human", "cancelled"]
HealthState = Literal[
    "ok",
    "degraded",
    "silent",
    "rate_limited",
    "out_of_credit",
    "scope_missing",
    "reauth_required",
    "suspended",
]
HealthReason = Literal[
    "unreachable",
    "refused",
    "unreadable",
    "plugin_error",
    "misconfigured",
    "deliveries_stale",
    "attention",
    "nothing_heard",
    "limit_reached",
    "credit_used_up",
    "scope_missing",
    "not_permitted",
    "signed_out",
    "app_refused",
    "other_account",
    "suspended",
    "deactivated",
]


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is timezone.utc else moment.astimezone(timezone.utc)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""An aware datetime, brought to UTC; a naive one is refused, since nobody can know what it meant."""


class _Told:
    """What only adorns an item and is of no use where it is garbled: None then, and the rest is heard."""

    def __init__(self, schema: CoreSchema) -> None:
        self._schema = core_schema.with_default_schema(
            core_schema.nullable_schema(schema), default=None, on_error="default"
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self._schema


_LARGEST = 2**63 - 1
Tally = Annotated[int | None, _Told(core_schema.int_schema(strict=True, ge=0, le=_LARGEST))]
"""A count or a size. What is no whole number from zero up was not told: a text, a truth value, less than none."""
Duration = Annotated[float | None, _Told(core_schema.float_schema(strict=True, ge=0, allow_inf_nan=False))]
Flag = Annotated[bool | None, _Told(core_schema.bool_schema(strict=True))]

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_TURNING = r"\u202a-\u202e\u2066-\u2069"
Link = Annotated[
    str | None,
    _Told(
        core_schema.str_schema(strict=True, pattern=rf'^[Hh][Tt][Tt][Pp][Ss]?://[^{_CONTROL}{_TURNING}"<>]+$')
    ),
]
"""An address that a reader may follow: http or https, with nothing in it that shows another. Else it was not told."""

_NO_NAME = re.compile(f"[{_CONTROL}{_TURNING}\ud800-\udfff]+")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _name(text: str) -> str:
    return text if text.isprintable() else _NO_NAME.sub(" ", text).strip()


def _text(text: str) -> str:
    return text if text.isprintable() else _NO_TEXT.sub("\ufffd", text)


_DEEPEST = 60
"""How deep values within values may go: what reads JSON back stops at about a hundred."""


def _shallow(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in level if isinstance(inner, dict | list | tuple)]
        if not level:
            return value
    raise ValueError("it goes too deep to be read back")


Name = Annotated[str, AfterValidator(_name)]
"""A name, on one line and read in one direction: what would let it pass for more than a name is taken out."""
Text = Annotated[str, AfterValidator(_text)]
"""What was written. A control character stands as U+FFFD, so that no offset into the text moves."""


class _Id(NamedTuple):
    platform: str
    kind: str
    value: str


class ExternalId(_Id):
    """A platform's own id for one thing, as in ``tumblr:post:1234``.

    ``value`` is opaque: it is compared for equality and never read as a number. ``str()`` gives the text form and
    :meth:`of` reads it back; JSON holds the text form. Raises ValidationError where the text form would not read back
    as the same id, or the value is blank or holds what cannot be seen, such as a control character.
    """

    __slots__ = ()

    # An id is checked as it is made, so that values which hold it need only see that it is one: a mention has many.
    def __new__(cls, platform: str, kind: str, value: str) -> Self:
        texts = isinstance(platform, str) and isinstance(kind, str) and isinstance(value, str)  # type: ignore[redundant-expr]  # not every caller is checked
        if not (texts and platform and kind and _seen(value)) or ":" in platform or ":" in kind:
            problem: InitErrorDetails = {"type": _UNFIT, "input": None}
            raise ValidationError.from_exception_data(cls.__name__, [problem], hide_input=True)
        return tuple.__new__(cls, (platform, kind, value))

    @classmethod
    def maker(cls, platform: str, kind: str) -> Callable[[str | int], ExternalId]:
        """What makes ids of one kind, each of its value alone: half the price, for those who make many.

        A value may be a whole number, as some platforms write their ids. Raises ValidationError where no id can have
        this platform and kind; so does what is returned, for a value: ``None`` and ``1e20`` are nobody's ids.
        """
        cls(platform, kind, "any")
        new = tuple.__new__

        def make(value: str | int) -> ExternalId:
            if value.__class__ is str and _seen(value):
                return new(cls, (platform, kind, value))
            if value.__class__ is int and value >= 0:  # True is no id
                return new(cls, (platform, kind, str(value)))
            return cls(platform, kind, value)  # type: ignore[arg-type]  # says what is wrong

        return make

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Self:  # type: ignore[override]  # NamedTuple's own is generic
        return cls(*iterable)

    @classmethod
    def of(cls, text: str) -> ExternalId:
        """Read the text form. Raises ValueError where it is not ``platform:kind:value``."""
        platform, _, rest = text.partition(":")
        kind, _, value = rest.partition(":")
        if not (platform and kind and value):
            raise ValueError(f"{text!r} is not an id of the form platform:kind:value")
        return cls(platform, kind, value)

    def __str__(self) -> str:
        return f"{self.platform}:{self.kind}:{self.value}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.no_info_after_validator_function(
            cls.of, core_schema.str_schema(pattern=r"^[^:]+:[^:]+:[\s\S]+$")
        )
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), text]),
            serialization=core_schema.to_string_ser_schema(),
        )


def _seen(value: str) -> bool:
    return value.isprintable() and not value.isspace() and value != ""


_UNFIT = PydanticCustomError(
    "external_id", "an id has a platform and a kind without colons, and a value that is a text to be seen"
)


class Value(BaseModel):
    """What all values share: frozen, and nothing in them that the contract does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Author(Value):
    """Someone who speaks. ``id`` is None where the platform withholds who it was."""

    id: ExternalId | None = None
    id_scope: Literal["global", "app", "page", "instance"] = "global"
    handle: Name | None = None
    display_name: Name | None = None
    url: Link = None
    avatar_url: Link = None
    kind: Literal["person", "organization", "bot", "unknown"] = "unknown"
    is_self: bool | None = None
    verified: Flag = None
    protected: Flag = None
    followers: Tally = None


class Entity(Value):
    """A stretch of ``Mention.text`` with a meaning; ``start`` and ``end`` count code points, end exclusive."""

    kind: Literal["mention", "hashtag", "cashtag", "url", "emoji"]
    start: int
    end: int
    text: Text
    url: Link = None
    target: ExternalId | None = None


class Attachment(Value):
    """A picture, film, sound or file. Sizes are in pixels, ``duration`` in seconds, ``size`` in bytes.

    One that shall be sent is made by ``attach()`` of a desk or client, and its ``id`` names the file.
    """

    id: ExternalId
    kind: Literal["image", "animation", "video", "audio", "file", "link", "other"]
    url: Link = None
    preview_url: Link = None
    alt_text: Text | None = None
    media_type: str | None = None
    width: Tally = None
    height: Tally = None
    duration: Duration = None
    size: Tally = None
    expires_at: Moment | None = None


class Metrics(Value):
    """Counts as told at ``observed_at``. None is "not told", 0 is "told zero"."""

    likes: Tally = None
    replies: Tally = None
    reposts: Tally = None
    quotes: Tally = None
    bookmarks: Tally = None
    views: Tally = None
    observed_at: Moment | None = None


class Provenance(Value):
    """How an item reached us; ``missing`` names the fields that this way could not fill."""

    via: Path = "poll"
    missing: tuple[str, ...] = ()


class Labels(Value):
    """What triage found; hooks add to it and each one's answers are merged, the later one's where both speak."""

    language: str | None = None
    sentiment: Literal["negative", "neutral", "positive"] | None = None
    intent: Literal["complaint", "question", "praise", "other"] | None = None
    spam: bool | None = None
    relevant: bool | None = None
    priority: float | None = Field(default=None, ge=0, le=1)
    route: str | None = None
    reasons: tuple[str, ...] = ()


class Action(Value):
    """Something that may be done with a mention now, or may not, and why and until when."""

    name: str
    allowed: bool = True
    reason: str | None = None
    until: Moment | None = None


class Mention(Value):
    """Something that somebody said, on any platform, which a helpdesk should know of.

    ``id`` names it for good: where the platform gives each edit a new id, it is the first one's and the others stand
    in ``aliases``. ``public_id`` is the desk's own id for it, None outside of a desk. ``revision`` counts the edits
    that the platform tells of, from 0. ``text`` is plain, with links expanded and no markup. ``conversation`` is
    the root's id, None where the platform has not told it yet. ``order`` is the platform's own sort key, as text,
    where it tells one. ``echo_key`` is what a reply of ours carries back when the platform sends it to us.
    ``account`` and the ``provenance`` are filled by core, which knows by which way an item came; ``ext`` holds
    what has no place elsewhere, under the plugin's own names.
    """

    id: ExternalId
    public_id: str | None = None
    account: str = ""
    kind: Kind
    direction: Direction = "inbound"
    visibility: Visibility = "unknown"
    state: State = "active"
    revision: int = Field(default=0, ge=0)
    author: Author = Author()
    text: Text = ""
    html: str | None = None
    title: Name | None = None
    entities: tuple[Entity, ...] = ()
    language: str | None = None
    conversation: ExternalId | None = None
    in_reply_to: ExternalId | None = None
    quotes: ExternalId | None = None
    subject: ExternalId | None = None
    attachments: tuple[Attachment, ...] = ()
    metrics: Metrics = Metrics()
    matched_by: tuple[str, ...] = ()
    url: Link = None
    created_at: Moment | None = None
    edited_at: Moment | None = None
    observed_at: Moment | None = None
    aliases: tuple[ExternalId, ...] = ()
    order: str | None = None
    echo_key: str | None = None
    provenance: Provenance = Provenance()
    labels: Labels = Labels()
    ext: Annotated[dict[str, Any], AfterValidator(_shallow)] = Field(default_factory=dict)


class Conversation(Value):
    """The mentions under one root, oldest first, and the receipts of our answers to them.

    ``key`` is the text form of the platform's root id: a pure function of it, so that two workers can never open
    two. ``linked`` is the key of the private thread opened from this public one, or of the public one behind it.
    """

    key: str
    account: str
    subject: ExternalId | None = None
    linked: str | None = None
    provisional: bool = False
    opened_at: Moment | None = None
    last_at: Moment | None = None
    mentions: tuple[Mention, ...] = ()
    receipts: tuple[Receipt, ...] = ()


class Rule(Value):
    """What to listen for. Every part given must hold; ``name`` is what ``Mention.matched_by`` will say.

    ``phrase`` and each of ``any_of`` and ``none_of`` match whole words, whatever their case; ``hashtags`` are
    without the ``#``, ``urls`` are parts of a link, ``language`` is a BCP 47 code.
    """

    name: str = Field(pattern=r"^[\w.-]{1,64}$")
    phrase: str | None = None
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    language: str | None = None


class Reply(Value):
    """What shall be said. ``target`` is the mention answered, None for an announcement.

    ``idempotency_key`` is bound to the content: the same key with the same content is the same reply, the same key
    with other content is an error. ``expected_revision`` refuses the reply when the target was edited since. ``note``
    is what is said in public once a private text is there: one act, and nothing in public where that failed.
    """

    idempotency_key: str = Field(min_length=1, max_length=200)
    account: str = ""
    target: Mention | None = None
    mode: Mode = "public"
    text: str
    attachments: tuple[Attachment, ...] = ()
    sender: Sender = "human"
    overflow: Overflow = "split"
    expected_revision: int | None = None
    note: str | None = None


class PartPlan(Value):
    """One post of a plan. ``used`` and ``limit`` are in the platform's own units of length.

    ``costs`` is what it will spend of which budget, ``charges`` what the platform bills for it, in its own units;
    ``request`` is the first request that will be made for it, without credentials.
    """

    key: str
    text: str
    mode: Mode = "public"
    used: int
    limit: int | None
    costs: dict[str, int] = Field(default_factory=dict)
    charges: dict[str, int] = Field(default_factory=dict)
    request: str | None = None


class Plan(Value):
    """What would be sent, part by part; ``send`` sends exactly that, or nothing where ``refusals`` is not empty.

    ``price`` is what it costs by the account's own prices, in their currency; None where one of them is not set.
    """

    reply: Reply
    parts: tuple[PartPlan, ...]
    price: Decimal | None = None
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


class PartReceipt(Value):
    """What became of one part. ``settled_by`` says how its outcome was learnt."""

    key: str
    text: str
    mode: Mode = "public"
    state: PartState
    id: ExternalId | None = None
    url: str | None = None
    attempts: int = 0
    error: str | None = None
    again_at: Moment | None = None
    settled_by: Literal["answer", "readback", "echo", "human"] | None = None


class Attempt(Value):
    """One time that a part of a reply was about to be said. ``part`` counts from 1.

    ``outcome`` is sent, refused, not_sent, unknown, died (its process ended before an answer came), given_back (nothing
    went out), prepared or None: it is under way. ``error`` says in words what came instead of a success.
    """

    part: int
    started_at: Moment
    ended_at: Moment | None = None
    outcome: str | None = None
    error: str | None = None


class Receipt(Value):
    """What became of a reply: its state is derived from its parts' states, and from nothing else."""

    key: str
    account: str
    state: ReplyState
    parts: tuple[PartReceipt, ...] = ()
    target: ExternalId | None = None
    created_at: Moment | None = None


class Health(Value):
    """How an account is: ``state`` is the worse of what holds for hearing (``inbound``) and for answering
    (``outbound``), of which one may go on while the other waits.

    ``reason`` is for programs, from a closed list (None where all is well); ``text`` is for a person: what is wrong,
    since when, and what to do. ``since`` is when ``state`` began, None where it never changed. ``numbers`` are what the
    state rests upon, such as the chance of so long a silence. ``notes`` are what a person should know beside it.
    """

    state: HealthState = "ok"
    reason: HealthReason | None = None
    text: str = ""
    since: Moment | None = None
    inbound: HealthState = "ok"
    outbound: HealthState = "ok"
    numbers: dict[str, float] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


class EventKind(str, Enum):
    """What an event tells of."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    RECEIPT = "receipt"
    HEALTH = "health"
    COVERAGE = "coverage"


class Event(Value):
    """Something that happened at the desk. ``id`` is stable: the same event always carries the same one.

    ``backfilled`` says that it tells of something said before the desk began to hear the account, which a backfill
    brought: a helpdesk will hardly want a ticket for it.
    """

    id: str
    kind: EventKind
    account: str
    at: Moment
    mention: ExternalId | None = None
    reply: str | None = None
    text: str = ""
    backfilled: bool = False
