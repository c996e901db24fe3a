"""Notes under posts and items of the activity feed, as mentions. Pure.

Both tell of one thing, and each tells something else of it; what a way cannot tell stands in ``provenance.missing``.
"""

from __future__ import annotations

from socialdesk.connector import Item, Notice, Patch, Stub
from socialdesk.models import ExternalId, Mention, Metrics
from socialdesk_tumblr import npf
from socialdesk_tumblr.ids import moment, post_id, reply_id
from socialdesk_tumblr.npf import Told
from socialdesk_tumblr.translate import author_of

__all__ = ["to_counts", "to_item", "to_note"]

# the names of the filter and those on the wire, https://www.tumblr.com/docs/en/api/v2#notifications
_KINDS = {
    "user_mention": "mention", "mention_in_post": "mention",
    "note_mention": "note", "mention_in_reply": "note", "reply": "note", "reply_to_comment": "note",
    "reblog": "reblog", "reblog_with_content": "reblog", "reblog_naked": "reblog",
}  # fmt: skip
_NO_MENTIONS = frozenset(
    (
        "like follow follower ask answered_ask ask_answer conversational_note new_group_blog_member post_attribution "
        "post_flagged post_appeal_accepted post_appeal_rejected what_you_missed generic"
    ).split()
)


def to_note(body: Told, me: str | None) -> Mention | None:
    """The mention that a note under a post is: a reply, or a reblog that says something; None for the others."""
    note = body["note"]
    uuid = note.get("blog_uuid") or note.get("blog_name")
    told = {**note, "uuid": uuid, "name": note.get("blog_name"), "is_public": body.get("public")}
    told |= {name: body.get(name) for name in ("post", "root", "handle")}
    if note["type"] == "reply":
        return _reply(told, me)
    if note["type"] == "reblog" and note.get("added_text"):
        return _reblog(told, me)
    return None


def to_item(body: Told, me: str | None) -> Item | None:
    """What a notification tells of; ``body`` holds it, and as ``root`` the thread's first post where that was found."""
    item = body["item"]
    kind = _KINDS.get(item["type"])
    if kind is None:
        if item["type"] in _NO_MENTIONS:
            return None
        words = f"Tumblr tells of something that is not known here: {str(item['type'])[:40]}."
        return Notice("unknown_notification", words)
    uuid = item.get("from_tumblelog_uuid") or item.get("from_tumblelog_name")
    if kind == "mention":
        return Stub(id=post_id(uuid, item["target_post_id"]))
    blog = item.get("target_tumblelog_uuid") or item.get("target_tumblelog_name")
    post = post_id(
        blog or (None if kind == "note" and "mention" in item["type"] else me), item["target_post_id"]
    )
    first = item.get("target_root_post_id")
    alone = first in (None, "", item["target_post_id"])
    told = {**item, "uuid": uuid, "name": item.get("from_tumblelog_name"), "post": post.value}
    told |= {"root": post.value if alone else body.get("root"), "first": None if alone else first}
    told |= {"handle": item.get("target_tumblelog_name"), "tags": item.get("post_tags")}
    if kind == "note":
        return _reply(told, me)
    if str(item.get("added_text") or "").rstrip().endswith(("…", "...")):
        return Stub(id=post_id(uuid, item["post_id"]))  # it tells the beginning alone
    return _reblog(told, me)


def _reply(told: Told, me: str | None) -> Mention:
    """A bare reply. Whole seconds of its time are told by every way, and nothing else names it."""
    post = ExternalId("tumblr", "post", told["post"])
    root = None if told.get("root") is None else ExternalId("tumblr", "post", told["root"])
    number = told.get("first") or (root or post).value.rpartition("/")[2]
    found = npf.read([{"type": "text", "text": told["reply_text"], "formatting": told.get("formatting")}])
    ours = me is not None and post.value.startswith(f"{me}/")
    own = me is not None and told["uuid"] == me
    missing = [] if "formatting" in told else ["entities"]
    missing += [] if root else ["conversation"]
    missing += [] if told.get("is_public") else ["visibility"]
    where = post.value.rpartition("/")[2]
    return Mention.model_validate(
        {
            "id": reply_id(number, told["uuid"], told["timestamp"], told["reply_text"]),
            "kind": "reply" if ours else "mention",
            "direction": "outbound_native" if own else "inbound",
            "visibility": "public" if told.get("is_public") else "unknown",
            "author": author_of(told["uuid"], told["name"], me),
            "text": found.text,
            "entities": found.entities,
            "conversation": root,
            "in_reply_to": post,
            "subject": post if ours else None,
            "url": f"https://www.tumblr.com/{told['handle']}/{where}" if told.get("handle") else None,
            "created_at": moment(told["timestamp"]),
            "provenance": {"missing": missing},
        }
    )


_SAID_SHORT = ("text", "entities", "attachments", "author", "visibility", "in_reply_to", "quotes")


def _reblog(told: Told, me: str | None) -> Mention:
    """A reblog of ours, told in short: a lookup tells it whole."""
    identity = post_id(told["uuid"], told["post_id"])
    post = ExternalId("tumblr", "post", told["post"])
    found = npf.read([{"type": "text", "text": told.get("added_text")}])
    speaks = bool(found.text)
    found.tag(told.get("tags") or ())
    root = None if told.get("root") is None else ExternalId("tumblr", "post", told["root"])
    number = identity.value.rpartition("/")[2]
    own = me is not None and told["uuid"] == me
    return Mention.model_validate(
        {
            "id": identity,
            "kind": "quote" if speaks else "repost",
            "direction": "outbound_native" if own else "inbound",
            "author": author_of(told["uuid"], told["name"], me),
            "text": found.text,
            "entities": found.entities,
            "conversation": root,
            "in_reply_to": post,
            "quotes": post if speaks else None,
            "subject": post if me is not None and post.value.startswith(f"{me}/") else None,
            "url": f"https://www.tumblr.com/{told['name']}/{number}" if told.get("name") else None,
            "created_at": moment(told["timestamp"]),
            "provenance": {"missing": (*_SAID_SHORT, *(() if root else ("conversation",)))},
        }
    )


def to_counts(body: Told) -> Patch:
    """How often a post of ours was liked and reblogged."""
    counts = Metrics(likes=body.get("total_likes"), reposts=body.get("total_reblogs"))
    return Patch(id=ExternalId("tumblr", "post", body["post"]), changes={"metrics": counts})
