"""What Bluesky tells, as values: a post to a Mention, a repost to one, what is gone to a Gone. Pure.

A raw post is ``{"post": ...}`` with the post's view, and ``"hidden"`` where it was told whether the thread's author hid
it. A raw notification is what the list of notifications tells, for a post whose view was not to be had.

https://docs.bsky.app/docs/api/app-bsky-feed-get-posts
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialdesk.connector import Gone
from socialdesk.models import ExternalId, Mention
from socialdesk_bluesky.attached import attachments_of, quoted_in
from socialdesk_bluesky.facets import entities_of
from socialdesk_bluesky.ids import POST, as_text, owner_of, place_of, post_id, repost_id, sort_at
from socialdesk_bluesky.people import author_of, labels_of, relation_of

__all__ = ["to_gone", "to_mention", "to_repost"]

Told = Mapping[str, Any]
_COUNTS = {
    "likes": "likeCount",
    "replies": "replyCount",
    "reposts": "repostCount",
    "quotes": "quoteCount",
    "bookmarks": "bookmarkCount",
}
_NOTHING: Told = {}


def to_gone(body: Told) -> Gone:
    """What is not there any more, or not shown to the account."""
    return Gone(id=ExternalId("bluesky", body.get("kind", "post"), body["uri"]), state=body["state"])


def to_mention(body: Told, me: str | None) -> Mention:
    """The mention that a post is, for the account with the DID ``me`` (None: not known yet)."""
    view: Told = body.get("post") or body["notification"]
    record: Told = view["record"]
    uri, place = view["uri"], place_of(view["uri"])
    text = record.get("text") or ""
    reply = _reply_of(record)
    quoted = quoted_in(record)
    facets = record.get("facets")
    entities = entities_of(text, facets) if isinstance(facets, list) else []
    calls = me is not None and any(entity.target and entity.target.value == me for entity in entities)
    languages = record.get("langs")
    moment = sort_at(view)
    fields: dict[str, Any] = {
        "id": post_id(uri),
        "kind": _kind((place.repo, me, calls), reply, quoted),
        "direction": "outbound_native" if me is not None and place.repo == me else "inbound",
        "visibility": "public",  # there is no other post on Bluesky
        "author": author_of({**view["author"], "did": view["author"].get("did") or place.repo}, me),
        "text": text,
        "entities": entities,
        "language": languages[0] if isinstance(languages, list) and languages else None,
        "conversation": post_id(reply["root"] if reply else uri),
        "in_reply_to": post_id(reply["parent"]) if reply else None,
        "quotes": post_id(quoted) if quoted else None,
        "subject": _subject(me, reply, quoted),
        "attachments": attachments_of(view),
        "metrics": {name: view.get(key) for name, key in _COUNTS.items()},
        "url": f"https://bsky.app/profile/{place.repo}/post/{place.rkey}",
        "created_at": moment,
        "order": None if moment is None else as_text(moment),
        "ext": {"bluesky": _extras(view, record, reply)},
    }
    if body.get("hidden"):
        fields["state"] = "hidden"
    missing = _missing(body, me, reply)
    if missing:
        fields["provenance"] = {"missing": missing}
    return Mention.model_validate(fields)


def to_repost(body: Told, me: str | None) -> Mention:
    """The mention that a repost of a post of ours is: it has no text of its own."""
    told: Told = body["notification"]
    subject = post_id(told["record"]["subject"]["uri"])
    moment = sort_at(told)
    return Mention.model_validate(
        {
            "id": repost_id(told["uri"]),
            "kind": "repost",
            "visibility": "public",
            "author": author_of(told["author"], me),
            "subject": subject if owner_of(subject.value) == me else None,
            "url": told["author"] and f"https://bsky.app/profile/{told['author']['did']}",
            "created_at": moment,
            "order": None if moment is None else as_text(moment),
            "ext": {"bluesky": {"cid": told["cid"], "reposts": subject.value}},
        }
    )


def _reply_of(record: Told) -> dict[str, str]:
    """The uris of the post that a post answers and of the first one of its thread; empty where it answers none."""
    told = record.get("reply")
    if not isinstance(told, dict):
        return {}
    return {name: told[name]["uri"] for name in ("root", "parent")}


def _kind(whose: tuple[str, str | None, bool], reply: Told, quoted: str | None) -> str:
    """What a post is to the account: whom it answers, calls or quotes decides, not the way it came."""
    author, me, calls = whose
    if me is not None:
        if reply and owner_of(reply["parent"]) == me:
            return "reply"
        if calls:
            return "mention"
        if quoted and owner_of(quoted) == me:
            return "quote"
        if author == me:
            return "reply" if reply else "other"
    return "reply" if reply else "search_match"


def _subject(me: str | None, reply: Told, quoted: str | None) -> ExternalId | None:
    """The post of ours that a post is about: what it answers, what it quotes, or what began its thread."""
    for uri in (reply.get("parent"), quoted, reply.get("root")):
        if me is not None and uri is not None and owner_of(uri) == me and place_of(uri).collection == POST:
            return post_id(uri)
    return None


def _extras(view: Told, record: Told, reply: Told) -> dict[str, Any]:
    extras: dict[str, Any] = {"cid": view["cid"]}
    if reply:
        extras["root"] = dict(record["reply"]["root"])
    if view.get("indexedAt"):
        extras["indexed_at"] = view["indexedAt"]
    if record.get("createdAt"):
        extras["claimed_at"] = record["createdAt"]
    labels = labels_of(view)
    if labels:
        extras["labels"] = labels
    viewer = view.get("viewer") or _NOTHING
    for key, name in (("replyDisabled", "reply_disabled"), ("embeddingDisabled", "quote_disabled")):
        if viewer.get(key):
            extras[name] = True
    if isinstance(record.get("tags"), list) and record["tags"]:
        extras["tags"] = record["tags"]
    author = _author_extras(view["author"])
    if author:
        extras["author"] = author
    return extras


def _author_extras(told: Told) -> dict[str, Any]:
    extras: dict[str, Any] = dict(relation_of(told))
    labels = labels_of(told)
    if labels:
        extras["labels"] = labels
    associated = told.get("associated")
    chat = associated.get("chat") if isinstance(associated, dict) else None
    if isinstance(chat, dict) and chat.get("allowIncoming"):
        extras["takes_messages"] = chat["allowIncoming"]
    status = told.get("verification")
    if isinstance(status, dict):
        given = status.get("verifications")
        extras["verified_by"] = [
            str(one.get("issuerHandle") or one.get("issuer"))
            for one in (given if isinstance(given, list) else ())
            if isinstance(one, dict) and one.get("isValid")
        ]
        extras["verifier"] = status.get("trustedVerifierStatus") == "valid"
    return extras


def _missing(body: Told, me: str | None, reply: Told) -> tuple[str, ...]:
    """What this way did not tell, as names of Mention's fields. Whether we hid a post, only its thread tells."""
    missing = ["metrics", "attachments", "ext"] if "post" not in body else []
    if "hidden" not in body and reply and me is not None and owner_of(reply["root"]) == me:
        missing.append("state")
    return tuple(missing)
