"""What happened, as Facebook's deliveries tell it.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page and
https://developers.facebook.com/docs/messenger-platform/webhooks. In ``changes`` moments are in seconds, in messaging in
milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .inbox import Conversation, Message
from .stamps import millis, seconds, stamp
from .state import Actor, Page, Person
from .written import Comment, Photo, Post

if TYPE_CHECKING:
    from .facebook import FacebookSandbox

Place = Literal["changes", "messaging", "standby"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a Page, for those who subscribed to its field."""

    field: str
    page: Page
    place: Place
    told: Mapping[str, Any]


def tellings(sandbox: FacebookSandbox, what: str, subject: Any, by: Actor) -> Iterator[Happening]:
    """What is delivered about something that happened."""
    kind, _, verb = what.partition(".")
    make = _MAKES.get(kind)
    if make is not None:
        yield from make(sandbox, subject, by, verb)


# ----------------------------------------------------------------------------------------------------------- public


def _by(sandbox: FacebookSandbox, actor: Actor) -> dict[str, Any]:
    """Who did it, where the app has access to that."""
    if isinstance(actor, Person) and not (sandbox.advanced_access or actor.tester):
        return {}
    return {"from": {"id": actor.id, "name": actor.name}}


def _post_id(root: Post | Photo) -> str:
    return root.id if isinstance(root, Post) else f"{root.owner.id}_{root.number}"


def _about(root: Post | Photo) -> dict[str, Any]:
    """The post that a comment is on."""
    if not isinstance(root, Post):
        return {"id": _post_id(root), "permalink_url": root.url, "is_published": root.published}
    return {
        "status_type": root.status_type,
        "is_published": root.published,
        "updated_time": stamp(root.updated_at),
        "permalink_url": root.permalink,
        "promotion_status": "inactive",
        "id": root.id,
    }


def _item(post: Post) -> str:
    if post.photos:
        return "photo"
    if post.video:
        return "video"
    if post.author is not post.page:
        return "post"
    return "share" if post.link else "status"


def _post(sandbox: FacebookSandbox, post: Post, by: Actor, verb: str) -> Iterator[Happening]:
    if post.page is None or not post.published:
        return
    told: dict[str, Any] = {
        **_by(sandbox, by if verb in ("hide", "unhide") else post.author),
        "item": _item(post),
        "verb": verb,
        "post_id": post.id,
        "created_time": seconds(post.created_at if verb == "add" else sandbox.clock.now()),
    }
    if verb != "remove":
        told |= {"message": post.text} if post.text else {}
        told |= {"is_hidden": post.hidden, "published": 1}
        told |= {"link": post.link} if post.link else {}
        if post.photos:
            told |= {"photo_id": post.photos[0].id, "link": post.photos[0].src}
    yield Happening("feed", post.page, "changes", told)


def _comment(sandbox: FacebookSandbox, comment: Comment, by: Actor, verb: str) -> Iterator[Happening]:
    if comment.page is None:
        return
    root = comment.root
    told: dict[str, Any] = {
        **_by(sandbox, by if verb in ("hide", "unhide") else comment.author),
        "item": "comment",
        "verb": verb,
        "comment_id": comment.id,
        "post_id": _post_id(root),
        "parent_id": comment.parent.id if comment.parent else _post_id(root),
        "created_time": seconds(comment.created_at if verb == "add" else sandbox.clock.now()),
    }
    if verb != "remove":
        told |= {"message": comment.text, "post": _about(root)}
        told |= {"photo": comment.photos[0].src} if comment.photos else {}
        told |= {"video": comment.video} if comment.video else {}
    yield Happening("feed", comment.page, "changes", told)


def _reaction(sandbox: FacebookSandbox, thing: Post | Comment, by: Actor, verb: str) -> Iterator[Happening]:
    if thing.page is None or (isinstance(thing, Post) and thing.positive is not None):
        return
    root = thing.root if isinstance(thing, Comment) else thing
    told: dict[str, Any] = {
        "reaction_type": thing.likes[by.id].lower(),
        **_by(sandbox, by),
        "post_id": _post_id(root),
        "parent_id": _post_id(root),
        "created_time": seconds(sandbox.clock.now()),
        "item": "reaction",
        "verb": verb,
    }
    if isinstance(thing, Comment):
        told |= {"comment_id": thing.id}
        told["parent_id"] = thing.parent.id if thing.parent else told["parent_id"]
    yield Happening("feed", thing.page, "changes", told)


def _mention(sandbox: FacebookSandbox, thing: Post | Comment, by: Actor, verb: str) -> Iterator[Happening]:
    """Who tags the Page is not said: it is to be looked up."""
    assert isinstance(by, Page)  # the Page that was tagged
    told: dict[str, Any] = {"message": thing.text, "created_time": seconds(thing.created_at), "verb": verb}
    if isinstance(thing, Comment):
        post = _post_id(thing.root)
        parent = thing.parent.id if thing.parent else post
        told |= {"item": "comment", "comment_id": thing.id, "post_id": post, "parent_id": parent}
    else:
        told |= {"item": "post", "post_id": thing.id}
    yield Happening("mention", by, "changes", told)


def _rating(sandbox: FacebookSandbox, post: Post, by: Actor, verb: str) -> Iterator[Happening]:
    assert post.page is not None
    told: dict[str, Any] = {
        "item": "rating",
        "verb": {"edited": "edit"}.get(verb, verb),
        "open_graph_story_id": post.id,
        "recommendation_type": "POSITIVE" if post.positive else "NEGATIVE",
        "review_text": post.text,
        "comment_id": None,
        "created_time": seconds(post.created_at),
    }
    if _by(sandbox, post.author):
        told |= {"reviewer_id": post.author.id, "reviewer_name": post.author.name}
    yield Happening("ratings", post.page, "changes", told)


# --------------------------------------------------------------------------------------------------------- messages


def _place(sandbox: FacebookSandbox, there: Conversation) -> Place:
    """Where another app has the thread, this one only stands by."""
    return "messaging" if sandbox.owner_of(there) in ("", sandbox.app.id) else "standby"


def _event(
    sandbox: FacebookSandbox,
    field: str,
    there: Conversation,
    told: Mapping[str, Any],
    to: Actor | None = None,
) -> Happening:
    receiver = to or there.page
    sender = there.person if receiver is there.page else there.page
    whole = {"sender": {"id": sender.id}, "recipient": {"id": receiver.id}, **told}
    place = _place(sandbox, there)
    return Happening("standby" if place == "standby" else field, there.page, place, whole)


def _said(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {"mid": message.id}
    told |= {"text": message.text} if message.text else {}
    told |= {"attachments": [dict(one) for one in message.attachments]} if message.attachments else {}
    told |= {"reply_to": {"mid": message.reply_to.id}} if message.reply_to else {}
    told |= {"is_unsupported": True} if message.unsupported else {}
    return told


def _message(sandbox: FacebookSandbox, message: Message, by: Actor, verb: str) -> Iterator[Happening]:
    there, now = message.conversation, millis(sandbox.clock.now())
    if verb in ("react", "unreact"):
        told: dict[str, Any] = {"mid": message.id, "action": verb}
        told |= {"reaction": message.reactions[by.id], "emoji": "\u2764\ufe0f"} if verb == "react" else {}
        yield _event(sandbox, "message_reactions", there, {"timestamp": now, "reaction": told})
    elif verb == "edit":
        edit = {"mid": message.id, "text": message.text, "num_edit": str(message.edits)}
        yield _event(sandbox, "message_edits", there, {"timestamp": now, "message_edit": edit})
    elif verb == "remove":
        gone = {"mid": message.id, "is_deleted": True}
        yield _event(sandbox, "messages", there, {"timestamp": now, "message": gone})
    else:
        timed = {"timestamp": millis(message.created_at), "message": _said(message)}
        yield _event(sandbox, "messages", there, timed)


def _echo(sandbox: FacebookSandbox, message: Message, by: Actor, verb: str) -> Iterator[Happening]:
    said = {**_said(message), "is_echo": True, "app_id": int(message.app or sandbox.world.inbox.inbox_app)}
    said |= {"metadata": message.metadata} if message.metadata else {}
    told = {"timestamp": millis(message.created_at), "message": said}
    yield _event(sandbox, "message_echoes", message.conversation, told, message.conversation.person)


def _delivery(sandbox: FacebookSandbox, message: Message, by: Actor, verb: str) -> Iterator[Happening]:
    at = millis(message.created_at)
    told = {"timestamp": at, "delivery": {"mids": [message.id], "watermark": at}}
    yield _event(sandbox, "message_deliveries", message.conversation, told)


def _read(sandbox: FacebookSandbox, there: Conversation, by: Actor, verb: str) -> Iterator[Happening]:
    at = millis(sandbox.clock.now())
    yield _event(sandbox, "message_reads", there, {"timestamp": at, "read": {"watermark": at}})


def _postback(
    sandbox: FacebookSandbox, pressed: tuple[Conversation, str, str], by: Actor, verb: str
) -> Iterator[Happening]:
    there, payload, title = pressed
    mid = f"m_postback{sandbox.world.mint()}"
    told = {"mid": mid, "title": title, "payload": payload}
    at = millis(sandbox.clock.now())
    yield _event(sandbox, "messaging_postbacks", there, {"timestamp": at, "postback": told})


def _referral(
    sandbox: FacebookSandbox, clicked: tuple[Conversation, str], by: Actor, verb: str
) -> Iterator[Happening]:
    there, ad = clicked
    told = {"ad_id": ad, "source": "ADS", "type": "OPEN_THREAD"}
    at = millis(sandbox.clock.now())
    yield _event(sandbox, "messaging_referrals", there, {"timestamp": at, "referral": told})


def _handover(
    sandbox: FacebookSandbox, moved: Mapping[str, Any], by: Actor, verb: str
) -> Iterator[Happening]:
    """A thread that came to this app, or was taken from it."""
    there: Conversation = moved["conversation"]
    told = {"previous_owner_app_id": moved["before"], "new_owner_app_id": moved["after"]}
    told |= {"metadata": moved["metadata"]} if moved["metadata"] else {}
    event = {
        "sender": {"id": there.person.id},
        "recipient": {"id": there.page.id},
        "timestamp": millis(sandbox.clock.now()),
        f"{verb}_thread_control": {name: value for name, value in told.items() if value},
    }
    yield Happening("messaging_handovers", there.page, "messaging", event)


def _policy(sandbox: FacebookSandbox, told: Mapping[str, Any], by: Actor, verb: str) -> Iterator[Happening]:
    assert isinstance(by, Page)
    at = millis(sandbox.clock.now())
    event = {"recipient": {"id": by.id}, "timestamp": at, "policy-enforcement": dict(told)}
    yield Happening("messaging_policy_enforcement", by, "messaging", event)


Makes = Callable[["FacebookSandbox", Any, Actor, str], Iterator[Happening]]

_MAKES: Mapping[str, Makes] = {
    "post": _post,
    "comment": _comment,
    "reaction": _reaction,
    "mention": _mention,
    "rating": _rating,
    "message": _message,
    "echo": _echo,
    "delivery": _delivery,
    "read": _read,
    "postback": _postback,
    "referral": _referral,
    "handover": _handover,
    "policy": _policy,
}
