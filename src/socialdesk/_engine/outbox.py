"""What is said: from a reply to its parts, and what the outcome of sending one means. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson

from socialdesk._engine.discretion import private_matters
from socialdesk._engine.exchange import speak
from socialdesk._engine.session import Session
from socialdesk.auth import Stamp
from socialdesk.connector import Connector, Part, Prepared, Sent, Standing
from socialdesk.errors import (
    AuthError,
    ConfigError,
    DeliveryUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    SocialdeskError,
    Unavailable,
)
from socialdesk.models import ExternalId, PartPlan, PartState, Plan, Reply, ReplyState
from socialdesk.wire import Multipart, Request, Slice

__all__ = ["Outcome", "derive_state", "judge", "plan_parts", "plan_reply", "send_part", "verify_target"]

PRIVATE = frozenset({"private", "direct"})
PROBE = timedelta(hours=6)
"""How long to leave an account alone that only a person can help, such as one out of credit."""

_UNTIL_SEEN_TO = timedelta(minutes=15)

LONGEST_ID = 330
"""Characters of a post's id that the tables' keys take."""

OutcomeState = Literal["pending", "sent", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt to send a part came to. ``again_at`` is for those that stay pending."""

    state: OutcomeState
    sent: Sent | None = None
    error: str | None = None
    again_at: datetime | None = None
    renewed: bool = False


def derive_state(parts: Iterable[PartState]) -> ReplyState:
    """A reply's state, from its parts' states and nothing else.

    What needs a person comes first, then what is not known, then what is under way; a reply of which some parts
    were sent and others never will be is partial.
    """
    states = set(parts)
    for state in ("needs_human", "unknown", "sending"):
        if state in states:
            return state
    ended: dict[frozenset[PartState], ReplyState] = {
        frozenset({"sent"}): "sent",
        frozenset({"cancelled"}): "cancelled",
        frozenset({"failed"}): "failed",
        frozenset({"failed", "cancelled"}): "failed",
        frozenset({"pending"}): "pending",
    }
    if frozenset(states) in ended:
        return ended[frozenset(states)]
    if "sent" not in states:
        return "failed" if "failed" in states else "pending"
    return "partial" if states & {"failed", "cancelled"} else "sending"


def verify_target(reply: Reply) -> str | None:
    """Why a reply may not be sent as things stand, None where it may."""
    target = reply.target
    if target is None:
        return None
    if reply.expected_revision is not None and target.revision != reply.expected_revision:
        return (
            f"stale_page: the post was edited since it was read (revision {target.revision}, "
            f"the reply was written for {reply.expected_revision})."
        )
    if target.state == "deleted":
        return "gone: the post was deleted."
    return None


def plan_parts(
    connector: Connector[Any, Any], reply: Reply, standing: Standing, stamp: Stamp
) -> tuple[Part, ...]:
    """The parts of a reply, each with the key and time that it keeps for good. Raises Rejected, and ConfigError for a
    note to what is said in public anyway."""
    if "\0" in reply.text or "\0" in (reply.note or ""):
        raise Rejected("content", "The text holds a NUL, which nobody can see.")
    parts = connector.plan(reply, standing)
    if reply.note is not None:
        if reply.mode not in PRIVATE:
            raise ConfigError("note: it tells in public of a private message; this reply is public itself.")
        public = reply.model_copy(
            update={"mode": "public", "text": reply.note, "attachments": (), "note": None}
        )
        parts = (*parts, *connector.plan(public, standing))
    return tuple(
        replace(part, key=part.key or stamp.uuid(index), at=part.at or stamp.now)
        for index, part in enumerate(parts)
    )


def plan_reply(connector: Connector[Any, Any], reply: Reply, standing: Standing, stamp: Stamp) -> Plan:
    """What would be sent, without sending it. A refusal is part of the plan, not an error."""
    reason = verify_target(reply)
    if reason is not None:
        return Plan(reply=reply, parts=(), refusals=(reason,))
    try:
        parts = plan_parts(connector, reply, standing, stamp)
    except Rejected as error:
        return Plan(reply=reply, parts=(), refusals=(f"{error.reason}: {error}",))
    warnings: dict[str, None] = {}
    plans: list[PartPlan] = []
    done: dict[str, tuple[Sent, ...]] = {}
    for number, part in enumerate(parts, 1):
        count = connector.count(part.text, part.mode)
        before = done.get(part.mode, ())
        request = first_request(connector, replace(part, done=before))
        plans.append(
            PartPlan(
                key=part.key,
                text=part.text,
                mode=part.mode,
                used=count.used,
                limit=count.limit,
                costs=dict(request.spends) if request is not None else {},
                charges=dict(part.charges),
                request=_shown(request),
            )
        )
        warnings.update(dict.fromkeys(part.warnings))
        if part.mode not in PRIVATE:
            warnings.update(dict.fromkeys(f"In public, it tells {it}." for it in private_matters(part.text)))
        done[part.mode] = (*before, Sent(f"<id of part {number}>"))
    return Plan(reply=reply, parts=tuple(plans), warnings=tuple(warnings))


def first_request(connector: Connector[Any, Any], part: Part) -> Request | None:
    """The first request that sending the part would make. Nothing is sent: the coroutine is closed there."""
    coroutine = connector.send(part)
    try:
        asked = coroutine.send(None)
    except StopIteration:
        return None
    finally:
        coroutine.close()
    return asked if isinstance(asked, Request) else None


def _shown(request: Request | None) -> str | None:
    if request is None:
        return None
    if isinstance(request.body, (Multipart, Slice)):
        return f"{request.method} {request.redacted().url} with a file"
    content, media_type = request.content()
    body = content.decode() if media_type is not None else f"{len(content)} bytes"
    return f"{request.method} {request.redacted().url} {body}".rstrip()


def sent_id(connector: Connector[Any, Any], sent: Sent) -> ExternalId:
    """The id of a post of ours, as its mention has it."""
    return ExternalId(connector.platform, sent.kind, sent.id)


async def send_part(part: Part, session: Session) -> Sent | Prepared:
    """Send one part, or what has to be there before it. Raises what :func:`judge` reads."""
    sent = await speak(session.connector.send(part), session)
    if isinstance(sent, Prepared):
        return sent
    try:
        fits = len(sent_id(session.connector, sent).value) <= LONGEST_ID
    except (AttributeError, ValueError):
        fits = False
    if not fits:
        error = DeliveryUnknown("It was sent, but the answer tells no id that can be kept.")
        error.platform = session.connector.platform
        raise error
    return sent


def judge(error: SocialdeskError, session: Session, stamp: Stamp, attempt: int) -> Outcome:
    """What a failed attempt means for the part.

    Nothing was said, and it may be said later: pending. It was refused: failed. Anything else: unknown.
    """
    words = f"{type(error).__name__}: {error}"
    match error:
        case DeliveryUnknown():
            return Outcome(state="unknown", error=words)
        case RateLimited():
            return Outcome(
                state="pending",
                error=words,
                again_at=error.retry_at or stamp.now + (PROBE if error.needs_human else timedelta(hours=1)),
            )
        case AuthError() if session.renewed:
            return Outcome(state="pending", error=words, again_at=stamp.now, renewed=True)
        case AuthError():
            return Outcome(
                state="pending",
                error=words,
                again_at=error.retry_at
                or stamp.now + (_UNTIL_SEEN_TO if error.reason == "sign_in" else PROBE),
            )
        case Unavailable() if error.held and error.retry_at is not None:
            return Outcome(state="pending", error=words, again_at=error.retry_at)
        case Unavailable():
            moment = session.backoff.moment(attempt, stamp)
            return Outcome(state="pending", error=words, again_at=max(moment, error.retry_at or moment))
        case Rejected():
            return Outcome(state="failed", error=f"{error.reason}: {error}")
        case PlatformError() if session.spoken in ("done", "unknown"):
            return Outcome(state="unknown", error=words)
        case ConfigError() | PlatformError():
            return Outcome(state="failed", error=words)
    return Outcome(state="failed" if session.spoken == "no" else "unknown", error=words)


def dump_sent(sent: Sent) -> str:
    """What a send left, as text for keeping."""
    return orjson.dumps(
        {
            "id": sent.id,
            "url": sent.url,
            "also": sent.also,
            "data": dict(sent.data),
            "kind": sent.kind,
            "conversation": None if sent.conversation is None else str(sent.conversation),
        }
    ).decode()


def load_sent(text: str) -> Sent:
    """What :func:`dump_sent` wrote."""
    kept = orjson.loads(text)
    conversation = kept.get("conversation")
    return Sent(
        kept["id"],
        url=kept["url"],
        also=tuple(kept["also"]),
        data=kept["data"],
        kind=kept.get("kind", "post"),
        conversation=None if conversation is None else ExternalId.of(conversation),
    )
