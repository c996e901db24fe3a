"""What is written: statuses, edits, deletions, and what people do with statuses and each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from socialdesk.testing.sandbox import json_response
from socialdesk.wire import Response

from . import describe
from .call import Call, truth
from .people import relationship
from .problems import Refused
from .rendering import length_of
from .state import VISIBILITIES, Media, StateError, Status

REMEMBERED = timedelta(hours=1)
"""How long a repetition is known by its key."""

_SOON = timedelta(minutes=5)

Told = Any


def post(call: Call) -> Told:
    """POST /api/v1/statuses. A repetition with the same key gives the first status, where the server heeds keys; on
    some it is answered with a 500."""
    user, sandbox = call.user, call.sandbox
    now = sandbox.clock.now()
    key = call.seen.request.headers.get("idempotency-key", "")
    known = sandbox.keys.get((user.number, key)) if key and sandbox.idempotency != "ignored" else None
    if known is not None and now - known[1] < REMEMBERED:
        if sandbox.idempotency == "breaks":
            return sandbox.refusal(500)
        return describe.status(known[0], user)
    if call.params.get("scheduled_at"):
        return _scheduled(call)
    status = _published(call)
    if key:
        sandbox.keys[user.number, key] = (status, now)
    return describe.status(status, user)


def _published(call: Call) -> Status:
    params, sandbox = call.params, call.sandbox
    text, spoiler = str(params.get("status") or ""), str(params.get("spoiler_text") or "")
    media = _media(call)
    _check_text(call, text, spoiler, media)
    visibility = params.get("visibility") or "public"
    if visibility not in VISIBILITIES:
        raise Refused(422, "visibility")
    parent, quoted = params.get("in_reply_to_id"), params.get("quoted_status_id")
    answered = call.status(parent) if parent else None
    quotes = call.status(quoted) if quoted else None
    if quotes is not None and quotes.visibility not in ("public", "unlisted"):
        raise Refused(422, "quote")
    status = sandbox.world.publish(
        call.user,
        text,
        visibility=visibility,
        spoiler_text=spoiler,
        sensitive=truth(params.get("sensitive")),
        language=params.get("language") or "en",
        media=media,
        reply_to=answered,
        quote=quotes,
    )
    status.shown_from = status.created_at  # who wrote it sees it at once
    return status


def _check_text(call: Call, text: str, spoiler: str, media: tuple[Media, ...]) -> None:
    if not text.strip() and not media:
        raise Refused(422, "empty")
    limit = call.sandbox.max_characters
    if length_of(text) + length_of(spoiler) > limit:
        raise Refused(422, "long", {"limit": limit})


def _media(call: Call) -> tuple[Media, ...]:
    wanted = call.params.get("media_ids") or ()
    if len(wanted) > call.sandbox.max_media:
        raise Refused(422, "files", {"limit": call.sandbox.max_media})
    found = []
    for identity in wanted:
        media = call.sandbox.media.get(call.sandbox.world.number(str(identity)) or -1)
        if media is None or media.owner is not call.user or media.attached:
            raise Refused(422, "missing")
        if media.ready_at > call.sandbox.clock.now():
            raise Refused(422, "unready")
        found.append(media)
    return tuple(found)


def _scheduled(call: Call) -> Told:
    try:
        at = datetime.fromisoformat(str(call.params["scheduled_at"]))
    except ValueError:
        raise Refused(422, "parameter", {"name": "scheduled_at"}) from None
    if at.tzinfo is None or at < call.sandbox.clock.now() + _SOON:
        raise Refused(422, "parameter", {"name": "scheduled_at"})
    call.sandbox.scheduled.append((at, dict(call.params)))
    params = {"text": call.params.get("status"), "visibility": call.params.get("visibility")}
    number = str(len(call.sandbox.scheduled))
    return {"id": number, "scheduled_at": describe.stamp(at), "params": params, "media_attachments": []}


def edit(call: Call) -> Told:
    status = call.status()
    text = str(call.params.get("status") or "")
    spoiler = call.params.get("spoiler_text")
    _check_text(call, text, str(spoiler or ""), status.media)
    _own(call, status)
    call.user.edit(status, text, spoiler_text="" if spoiler is None else str(spoiler))
    return describe.status(status, call.user)


def delete(call: Call) -> Told:
    """The answer holds what was written, so that it can be written anew."""
    status = call.status()
    _own(call, status)
    told = describe.status(status, call.user)
    told["text"] = status.text
    del told["content"]
    call.user.delete(status)
    return told


def _own(call: Call, status: Status) -> None:
    if status.author is not call.user:
        raise Refused(404, "missing")


def favourite(call: Call) -> Told:
    status = call.status()
    call.user.favourite(status)
    return describe.status(status, call.user)


def unfavourite(call: Call) -> Told:
    status = call.status()
    status.favourites.discard(call.user.number)
    return describe.status(status, call.user)


def reblog(call: Call) -> Told:
    try:
        return describe.status(call.user.boost(call.status()), call.user)
    except StateError:
        raise Refused(403, "forbidden") from None


def unreblog(call: Call) -> Told:
    status = call.status()
    boost = status.boosts.get(call.user.number)
    if boost is not None:
        call.user.delete(boost)
        del status.boosts[call.user.number]
    return describe.status(status, call.user)


# ---------------------------------------------------------------------------------------------------------- people


def block(call: Call) -> Told:
    call.user.block(call.account())
    return relationship(call.user, call.account())


def unblock(call: Call) -> Told:
    call.user.blocks.discard(call.account().number)
    return relationship(call.user, call.account())


def mute(call: Call) -> Told:
    call.user.mutes.add(call.account().number)
    return relationship(call.user, call.account())


def unmute(call: Call) -> Told:
    call.user.mutes.discard(call.account().number)
    return relationship(call.user, call.account())


def follow(call: Call) -> Told:
    call.user.follow(call.account())
    return relationship(call.user, call.account())


def unfollow(call: Call) -> Told:
    call.user.follows.discard(call.account().number)
    return relationship(call.user, call.account())


# ------------------------------------------------------------------------------------------------------------ apps


def register(call: Call) -> Response:
    return call.sandbox.keyring.register(call.params)


def token(call: Call) -> Response:
    return call.sandbox.keyring.token(call.params, call.sandbox.clock.now().timestamp())


def revoke(call: Call) -> Response:
    return call.sandbox.keyring.revoke(call.params)


def mark_read(call: Call) -> Told:
    return json_response(200, {"id": call.args["id"], "unread": False, "accounts": [], "last_status": None})
