"""What Tumblr tells, as values: posts, notes and notifications to mentions. Pure.

Three ways tell of one thing, and each tells something else; what a way cannot tell stands in ``provenance.missing``.
"""

from __future__ import annotations

from typing import Any

from socialdesk.connector import Gone, Item, Notice, Patch, Stub
from socialdesk.models import ExternalId, Mention, Metrics
from socialdesk_tumblr import legacy, npf
from socialdesk_tumblr.ids import moment, post_id, reply_id, user_id
from socialdesk_tumblr.npf import Readable, Told

__all__ = [
    "blog_of",
    "chain_of",
    "is_ask",
    "own_words",
    "root_of",
    "to_counts",
    "to_item",
    "to_note",
    "to_post",
]

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
_HELD = frozenset({"submission", "draft", "queued", "unapproved", "private"})
_ANONYMOUS = "Anonymous"
_NOBODY: dict[str, Any] = {}


def blog_of(post: Told) -> tuple[str | None, str | None]:
    """(uuid or name, name) of the blog that a post stands on."""
    blog = post.get("blog") or _NOBODY
    name = blog.get("name") or post.get("blog_name")
    return post.get("tumblelog_uuid") or blog.get("uuid") or name, name


def _id(post: Told) -> ExternalId:
    return post_id(blog_of(post)[0], post.get("id_string") or post["id"])


def _author(uuid: str | None, name: str | None, me: str | None) -> dict[str, Any]:
    if not (uuid or name):
        return {}
    own = None if me is None or uuid is None else uuid == me
    identity = user_id(uuid) if uuid else None
    return {"id": identity, "handle": name, "url": npf.blog_url(name), "is_self": own}


# ---------------------------------------------------------------------------------------------------------- a post


def chain_of(post: Told) -> list[ExternalId]:
    """The posts that a reblog carries above its own words, the oldest first. Those that are broken have no id."""
    found = []
    for item in post.get("trail") or ():
        number = (item.get("post") or _NOBODY).get("id")
        blog = item.get("blog") or _NOBODY
        if number and blog:
            found.append(post_id(blog.get("uuid") or blog.get("name"), number))
    return found


def _told_place(post: Told, number: str, *blogs: str) -> ExternalId | None:
    blog = next((post[name] for name in blogs if post.get(name)), None)
    return post_id(blog, post[number]) if blog and post.get(number) else None


def root_of(post: Told) -> ExternalId | None:
    """The first post of the thread that a post stands in: itself, where it is no reblog; None where it is not told."""
    parent = _parent_of(post)
    if parent is None and not post.get("trail"):
        return _id(post)
    told = _told_place(post, "reblogged_root_id", "reblogged_root_uuid", "reblogged_root_name")
    chain = chain_of(post)
    return told or (chain[0] if chain and "broken_blog_name" not in post["trail"][0] else None)


def _parent_of(post: Told) -> ExternalId | None:
    told = _told_place(post, "parent_post_id", "parent_tumblelog_uuid")
    told = told or _told_place(post, "reblogged_from_id", "reblogged_from_uuid", "reblogged_from_name")
    chain = chain_of(post)
    return told or (chain[-1] if chain else None)


def own_words(post: Told) -> Readable:
    """What a post itself says, without its tags."""
    if "content" in post:
        return npf.read(post["content"] or ())
    return legacy.read(post)


def is_ask(post: Told) -> bool:
    """Whether a post is a question that was asked of its blog, answered or not."""
    return "question" in post or any(told.get("type") == "ask" for told in post.get("layout") or ())


def to_post(post: Told, me: str | None) -> Mention:
    """The mention that a post is, for the blog with the uuid ``me`` (None: not known yet)."""
    uuid, name = blog_of(post)
    own = me is not None and uuid == me
    if own and is_ask(post):
        return _asked(post, me)
    found = own_words(post)
    found.tag(post.get("tags") or ())
    parent, root, chain = _parent_of(post), root_of(post), chain_of(post)
    above = dict.fromkeys([*chain, *([parent] if parent else [])])
    ours = [identity for identity in above if me is not None and identity.value.startswith(f"{me}/")]
    fields = _common(post, found) | {
        "author": _author(uuid, name, me),
        "conversation": root,
        "in_reply_to": parent,
        "subject": ours[-1] if ours else None,
    }
    said = own_words(post)
    fields["kind"] = _kind(post, bool(said.text or said.attachments), bool(ours), me)
    if fields["kind"] == "quote":
        fields["quotes"] = parent
    if post.get("state") == "submission":
        fields |= {"kind": "other", "author": _submitter(post, me), "direction": "inbound"}
        fields["ext"] = {"tumblr": {"submission": True}}
    elif own:
        fields["direction"] = "outbound_native"
    missing = (*(post.get("untold") or ()), *(() if root else ("conversation",)))
    missing += () if post.get("state") else ("visibility",)
    return Mention.model_validate(fields | ({"provenance": {"missing": missing}} if missing else {}))


def _kind(post: Told, speaks: bool, answers_us: bool, me: str | None) -> str:
    """What a post is to the blog: what it reblogs decides, then whom it names."""
    is_reblog = bool(post.get("trail")) or _parent_of(post) is not None
    if is_reblog and (answers_us or blog_of(post)[0] == me):
        return "quote" if speaks else "repost"
    if me is not None and any(entity.get("target") == user_id(me) for entity in own_words(post).entities):
        return "mention"
    if blog_of(post)[0] == me:
        return "other"
    return "repost" if is_reblog and not speaks else "search_match"


def _common(post: Told, found: Readable) -> dict[str, Any]:
    name = blog_of(post)[1]
    number = post.get("id_string") or post["id"]
    state = post.get("state")
    fields: dict[str, Any] = {
        "id": _id(post),
        "text": found.text,
        "entities": found.entities,
        "attachments": found.attachments,
        "url": f"https://www.tumblr.com/{name}/{number}" if name else None,
        "created_at": moment(post.get("timestamp")),
        "visibility": "direct" if state in _HELD else "public" if state == "published" else "unknown",
    }
    if post.get("interactability_reblog") == "noone":
        fields["ext"] = {"tumblr": {"interactability_reblog": "noone"}}
    if post.get("genesis_post_id") and str(post["genesis_post_id"]) != str(number):
        fields["aliases"] = (post_id(blog_of(post)[0], post["genesis_post_id"]),)
    return fields


def _asked(post: Told, me: str | None) -> Mention:
    """The question, whether it was answered or not: the answer is added to it, under the same id."""
    question, answer, blog = _question(post)
    held = post.get("state") == "submission"
    told: dict[str, Any] = {"answered": not held}
    if not held:
        told["answer"] = answer
    return Mention.model_validate(
        _common(post, question)
        | {
            "kind": "ask",
            "author": _asker(post, blog, me),
            "conversation": _id(post),
            "aliases": (),
            "ext": {"tumblr": told},
        }
    )


def _question(post: Told) -> tuple[Readable, str, Told]:
    """What was asked, what was answered, and whose question it is told to be."""
    layout = next((told for told in post.get("layout") or () if told.get("type") == "ask"), None)
    if layout is None:
        answer = legacy.plain(post.get("answer") or "").text
        return legacy.plain(post.get("question") or ""), answer, _NOBODY
    asked = set(layout.get("blocks") or ())
    blocks = post.get("content") or ()
    answer = npf.read([block for place, block in enumerate(blocks) if place not in asked]).text
    question = npf.read([block for place, block in enumerate(blocks) if place in asked])
    return question, answer, (layout.get("attribution") or _NOBODY).get("blog") or _NOBODY


def _asker(post: Told, blog: Told, me: str | None) -> dict[str, Any]:
    name = blog.get("name") or post.get("asking_name")
    if not (blog or post.get("asking_url")) and name in (None, _ANONYMOUS):
        return {"display_name": _ANONYMOUS}
    return _author(blog.get("uuid"), name, me)


def _submitter(post: Told, me: str | None) -> dict[str, Any]:
    blog = post.get("author_blog") or _NOBODY
    name = blog.get("name") or post.get("post_author")
    if name:
        return _author(blog.get("uuid"), name, me)
    return {"display_name": post.get("anonymous_name") or _ANONYMOUS}


# ------------------------------------------------------------------------------------------- notes and notifications


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
            "author": _author(told["uuid"], told["name"], me),
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
            "author": _author(told["uuid"], told["name"], me),
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


def to_gone(body: Told) -> Gone:
    return Gone(id=ExternalId("tumblr", "post", body["post"]), state=body["state"])
