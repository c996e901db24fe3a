"""Posts as mentions: those of a listing, of a lookup and of a trail, in the newer and the older formats. Pure."""

from __future__ import annotations

from typing import Any

from socialdesk.connector import Gone
from socialdesk.models import ExternalId, Mention
from socialdesk_tumblr import legacy, npf
from socialdesk_tumblr.ids import moment, post_id, user_id
from socialdesk_tumblr.npf import Readable, Told

__all__ = ["answer_in", "author_of", "blog_of", "is_ask", "own_words", "root_of", "to_gone", "to_post"]

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


def author_of(uuid: str | None, name: str | None, me: str | None) -> dict[str, Any]:
    """The fields of an Author; a blog's title and picture are left out, since not every way tells them."""
    if not (uuid or name):
        return {}
    own = None if me is None or uuid is None else uuid == me
    identity = user_id(uuid) if uuid else None
    return {"id": identity, "handle": name, "url": npf.blog_url(name), "is_self": own}


# ---------------------------------------------------------------------------------------------------------- a post


def _chain_of(post: Told) -> list[ExternalId]:
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
    chain = _chain_of(post)
    return told or (chain[0] if chain and "broken_blog_name" not in post["trail"][0] else None)


def _parent_of(post: Told) -> ExternalId | None:
    told = _told_place(post, "parent_post_id", "parent_tumblelog_uuid")
    told = told or _told_place(post, "reblogged_from_id", "reblogged_from_uuid", "reblogged_from_name")
    chain = _chain_of(post)
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
    parent, root, chain = _parent_of(post), root_of(post), _chain_of(post)
    above = dict.fromkeys([*chain, *([parent] if parent else [])])
    ours = [identity for identity in above if me is not None and identity.value.startswith(f"{me}/")]
    fields = _common(post, found) | {
        "author": author_of(uuid, name, me),
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


def answer_in(post: Told) -> str:
    """What a question was answered with."""
    return _question(post)[1]


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
    return author_of(blog.get("uuid"), name, me)


def _submitter(post: Told, me: str | None) -> dict[str, Any]:
    blog = post.get("author_blog") or _NOBODY
    name = blog.get("name") or post.get("post_author")
    if name:
        return author_of(blog.get("uuid"), name, me)
    return {"display_name": post.get("anonymous_name") or _ANONYMOUS}


def to_gone(body: Told) -> Gone:
    return Gone(id=ExternalId("tumblr", "post", body["post"]), state=body["state"])
