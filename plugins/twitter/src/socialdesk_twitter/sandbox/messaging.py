"""Direct messages through the API: reading, sending, taking back.

https://docs.x.com/x-api/direct-messages/lookup/introduction. Newest first, for 30 days, and with a next_token even
where nothing follows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .answers import body_of_directs
from .call import Call
from .directs import LONGEST, Conversation, Direct, pair
from .lookups import find_user
from .problems import NO_DM, Refused, missing, unseen
from .schema import CONVERSATION, MESSAGE, is_id
from .state import Media, StateError, User
from .writing import body_of, caller_of

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

KEPT = timedelta(days=30)


# --------------------------------------------------------------------------------------------------------- reading


def _shows(sandbox: TwitterSandbox, event: Direct, user: User) -> bool:
    now = sandbox.clock.now()
    late = timedelta(seconds=sandbox.dm_lag)
    return (
        event.shown_from + late <= now
        and now - event.created_at <= KEPT
        and not event.encrypted
        and user.id not in event.gone_for
    )


def _page(sandbox: TwitterSandbox, call: Call, numbers: list[int]) -> tuple[int, dict[str, Any]]:
    """A page of events, newest first, with its meta."""
    user, directs, query = caller_of(call), sandbox.world.directs, call.seen.query
    kinds = query.get("event_types", "MessageCreate,ParticipantsJoin,ParticipantsLeave").split(",")
    token = query.get("pagination_token")
    forward, boundary = sandbox.pages.read(token, call.seen) if token else (False, 1 << 63)
    places = (
        range(bisect_right(numbers, boundary), len(numbers))
        if forward
        else range(bisect_left(numbers, boundary) - 1, -1, -1)
    )
    found: list[Direct] = []
    for place in places:
        event = directs.events[numbers[place]]
        if len(found) < call.size and event.kind in kinds and _shows(sandbox, event, user):
            found.append(event)
    found.sort(key=lambda event: -event.number)
    meta: dict[str, Any] = {"result_count": len(found)}
    if found:
        meta["next_token"] = sandbox.pages.make(call.seen, False, found[-1].number)
        if token:
            meta["previous_token"] = sandbox.pages.make(call.seen, True, found[0].number)
    return 200, {**body_of_directs(sandbox.world, call.ask, found), "meta": meta}


def events(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    return _page(sandbox, call, sandbox.world.directs.inboxes[caller_of(call).id])


def _conversation(sandbox: TwitterSandbox, call: Call, name: str) -> Conversation | None:
    """The conversation of an id; None where two people have not said anything yet. Raises Refused where there is
    none or the caller has no part in it."""
    value, user = call.args[name], caller_of(call)
    found = sandbox.world.directs.conversations.get(value)
    if found is not None and user.id in found.members:
        return found
    people = value.split("-")
    if not (all(map(is_id, people)) and len(people) <= 2):
        words = f"The `{name}` query parameter value [{value}] is not valid"
        raise Refused.invalid((name, value, words))
    if len(people) == 2 and user.id in people and value == pair(*people):
        return None
    problem = unseen("dm_conversation", name, value)
    raise Refused(403, problem, str(problem.pop("type")))


def conversation_events(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    conversation = _conversation(sandbox, call, "id")
    return _page(sandbox, call, _seen_in(conversation, caller_of(call)))


def events_with(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    other, me = call.args["participant_id"], caller_of(call)
    if not is_id(other):
        words = f"The `participant_id` query parameter value [{other}] is not valid"
        raise Refused.invalid(("participant_id", other, words))
    conversation = sandbox.world.directs.conversations.get(pair(me.id, other))
    return _page(sandbox, call, _seen_in(conversation, me))


def _seen_in(conversation: Conversation | None, user: User) -> list[int]:
    if conversation is None:
        return []
    return conversation.events[bisect_left(conversation.events, conversation.members[user.id]) :]


def _one(sandbox: TwitterSandbox, call: Call) -> Direct:
    """The event of an id that the caller can see. Raises Refused(404) where there is none."""
    value, user = call.args["event_id"], caller_of(call)
    if not is_id(value):
        words = f"The `event_id` query parameter value [{value}] is not valid"
        raise Refused.invalid(("event_id", value, words))
    event = sandbox.world.directs.events.get(int(value))
    mine = event is not None and event.number in sandbox.world.directs.inboxes[user.id]
    if event is None or not mine or not _shows(sandbox, event, user):
        problem = missing("dm_event", "event_id", value)
        raise Refused(404, problem, str(problem.pop("type")))
    return event


def one_event(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    return 200, body_of_directs(sandbox.world, call.ask, [_one(sandbox, call)], one=True)


# --------------------------------------------------------------------------------------------------------- sending


def _attached(sandbox: TwitterSandbox, call: Call, body: dict[str, Any]) -> tuple[Media, ...]:
    values = [item["media_id"] for item in body.get("attachments", ())]
    return sandbox.uploads.attach(values, caller_of(call), sandbox.clock.now(), direct=True)


def _say(
    sandbox: TwitterSandbox, call: Call, to: User | Conversation, body: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    if "text" not in body and "attachments" not in body:
        raise Refused.invalid(("$", body, "One of `text` or `attachments` must be given"))
    text = body.get("text", "")
    if len(text) > LONGEST:
        raise Refused.invalid(("$.text", len(text), f"$.text: must be at most {LONGEST} characters long"))
    media = _attached(sandbox, call, body)
    try:
        event = caller_of(call).message(to, text, media=media)
    except StateError:
        raise Refused.plain(403, NO_DM) from None
    return 201, {"data": {"dm_conversation_id": event.conversation.id, "dm_event_id": event.id}}


def say_to(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    value = call.args["participant_id"]
    if not is_id(value):
        words = f"The `participant_id` query parameter value [{value}] is not valid"
        raise Refused.invalid(("participant_id", value, words))
    body = body_of(call, MESSAGE)
    other = sandbox.world.users.get(value)
    if other is None:
        raise Refused.plain(403, NO_DM)
    return _say(sandbox, call, other, body)


def say_into(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    body = body_of(call, MESSAGE)
    conversation = _conversation(sandbox, call, "dm_conversation_id")
    if conversation is not None:
        return _say(sandbox, call, conversation, body)
    me = caller_of(call)
    other = next(part for part in call.args["dm_conversation_id"].split("-") if part != me.id)
    if other not in sandbox.world.users:
        raise Refused.plain(403, NO_DM)
    return _say(sandbox, call, sandbox.world.users[other], body)


def begin_group(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    body, users = body_of(call, CONVERSATION), sandbox.world.users
    message = body["message"]
    if "text" not in message and "attachments" not in message:
        raise Refused.invalid(("$.message", message, "One of `text` or `attachments` must be given"))
    try:
        people = [users[number] for number in body["participant_ids"]]
        conversation = sandbox.world.directs.group(caller_of(call), people)
    except (KeyError, StateError):
        raise Refused.plain(403, NO_DM) from None
    return _say(sandbox, call, conversation, message)


def delete_event(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    """Only one's own messages can be taken back, and only from one's own eyes."""
    event, me = _one(sandbox, call), caller_of(call)
    if event.sender is not me or event.kind != "MessageCreate":
        raise Refused.plain(403, "You are not authorized to delete this Direct Message.")
    sandbox.world.directs.delete(event, me)
    return 200, {"data": {"deleted": True}}


# -------------------------------------------------------------------------------------------------------- blocking


def _other(sandbox: TwitterSandbox, call: Call) -> User:
    other = find_user(sandbox, call, "id")
    if other is caller_of(call):
        raise Refused.invalid(("id", other.id, "You cannot block or unblock yourself."))
    return other


def block(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    """No messages to or from that user any more; posts are not concerned."""
    caller_of(call).dm_blocks.add(_other(sandbox, call).id)
    return 200, {"data": {"blocked": True}}


def unblock(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    caller_of(call).dm_blocks.discard(_other(sandbox, call).id)
    return 200, {"data": {"blocked": False}}
