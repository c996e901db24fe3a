"""What X tells, as values: a post to a Mention, a problem to a Gone, a user to a Profile. Pure.

A raw post is ``{"post": ..., "users": {id: ...}, "posts": {id: ...}, "media": {key: ...}, "problems": [...]}``: the
post with what it names joined in. Both generations of field names are read everywhere: ``edit_history_tweet_ids`` and
``edit_history_post_ids``, ``note_tweet`` and ``note_post``, and so on.

https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Gone
from socialdesk.models import ExternalId, Mention
from socialdesk_twitter.ids import media_id, moment_of, post_id
from socialdesk_twitter.joining import GONE, NOTHING, Told, references_in
from socialdesk_twitter.people import address, author_of, contact_of
from socialdesk_twitter.readable import readable

__all__ = [
    "attachment_of",
    "full_text",
    "history",
    "to_gone",
    "to_mention",
]

_EDIT_WINDOW = timedelta(hours=2)

_REFERENCES = {
    "replied_to": "replied_to",
    "quoted": "quoted",
    "retweeted": "reposted",
    "reposted": "reposted",
}
_MEDIA = {"photo": "image", "animated_gif": "animation", "video": "video"}
_FIELD_OF = {"replied_to": "in_reply_to", "quoted": "quotes"}
_VISIBILITY = {True: "followers", False: "public"}
# X's own codes and withdrawn ones, as BCP 47; the others are codes for "no language" or already BCP 47.
# https://docs.x.com/x-api/posts/search/integrate/operators
_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}
_NO_LANGUAGE = frozenset({"und", "art", "zxx", "qam", "qct", "qht", "qme", "qst"})
_KEPT = ("reply_settings", "possibly_sensitive", "withheld", "community_id")
_TOLD_TOGETHER = ("in_reply_to", "quotes", "entities", "attachments")


def history(post: Told) -> Sequence[str]:
    """The ids of all versions of a post, oldest first; at least its own."""
    told = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids")
    if told is not None and not isinstance(told, list):
        raise ValueError("this is no list of versions")
    return tuple(dict.fromkeys(told or (post["id"],)))


def full_text(post: Told) -> tuple[str, Told | None]:
    """A post's whole text as X wrote it, and its entities: ``text`` ends near 280 where there is a note."""
    note = post.get("note_tweet") or post.get("note_post")
    if note and note.get("text"):
        return note["text"], note.get("entities") or post.get("entities")
    return post.get("text") or "", post.get("entities")


def to_gone(body: Told) -> Gone:
    """What a lookup's problem says of one post or message, or a delivery of what was deleted."""
    return Gone(
        id=ExternalId("twitter", body.get("kind") or "post", str(body["id"])),
        at=None if body.get("at") is None else datetime.fromisoformat(body["at"]),
        state=GONE.get(body.get("problem") or "", "deleted"),  # type: ignore[arg-type]  # values of a table
    )


def to_mention(body: Told, me: str | None) -> Mention:
    """The mention that a joined post is, for the account with the id ``me`` (None: not known yet)."""
    post: Told = body["post"]
    ids = history(post)
    posts: Told = body.get("posts") or NOTHING
    references: dict[str, str] = {}
    for told in references_in(post):
        references[_REFERENCES.get(told["type"], "other")] = told["id"]
    shown = posts.get(references["reposted"], post) if "reposted" in references else post
    written, marks = full_text(shown)
    text, entities = readable(written, marks)
    author_id = post.get("author_id")
    user = (body.get("users") or NOTHING).get(author_id or "")
    own = None if me is None or author_id is None else author_id == me
    fields: dict[str, Any] = {
        "id": post_id(ids[0]),
        "kind": _kind(post, references, posts, me) if references else _plain_kind(post, marks, me),
        "author": author_of(author_id, user, own),
        "text": text,
        "entities": entities,
        "order": ids[0].zfill(20),
        "url": address(user, post["id"]),
        "ext": {"twitter": _extras(body, references, user)},
    }
    if own:
        fields["direction"] = "outbound_native"
    if user is not None:
        fields["visibility"] = _VISIBILITY.get(user.get("protected"), "unknown")
    if len(ids) > 1:
        _version(fields, post, ids)
    if "withheld" in post:
        fields["state"] = "withheld"
    _place(fields, post, references, posts, me)
    _garnish(fields, post, shown, body.get("media") or NOTHING)
    missing = _missing(post, user)
    if "untold" in body:  # what was delivered tells less than what is asked for
        missing = tuple(dict.fromkeys((*missing, *body["untold"])))
    if missing:
        fields["provenance"] = {"missing": missing}
    return Mention.model_validate(fields)


def _version(fields: dict[str, Any], post: Told, ids: Sequence[str]) -> None:
    """Which of its versions the post is."""
    number = ids.index(post["id"]) if post["id"] in ids else len(ids) - 1
    fields["aliases"] = tuple(post_id(other) for other in ids[1:])
    fields["revision"] = number
    if number:
        fields["state"] = "edited"
        fields["edited_at"] = _edited_at(post)


def _plain_kind(post: Told, marks: Told | None, me: str | None) -> str:
    """What a post that refers to no other is to the account."""
    if me is not None:
        if _calls(marks, me):
            return "mention"
        if post.get("author_id") == me:
            return "other"
    return "search_match"


def _kind(post: Told, references: Told, posts: Told, me: str | None) -> str:
    """What a post is to the account: whom it answers, calls or quotes decides, not the way it came."""
    if "reposted" in references:
        return "repost"
    if me is not None:
        if "replied_to" in references and _answers(post, references, posts) == me:
            return "reply"
        if _calls(full_text(post)[1], me):
            return "mention"
        if "quoted" in references and (posts.get(references["quoted"]) or NOTHING).get("author_id") == me:
            return "quote"
    return "reply" if "replied_to" in references else "search_match"


def _answers(post: Told, references: Told, posts: Told) -> str | None:
    """The id of the person whom the post answers; None where it is not told."""
    told = post.get("in_reply_to_user_id")
    return told or (posts.get(references["replied_to"]) or NOTHING).get("author_id")


def _calls(marks: Told | None, me: str) -> bool:
    return any(mark.get("id") == me for mark in (marks or NOTHING).get("mentions") or ())


def _edited_at(post: Told) -> datetime | None:
    """When this version was written, by its id; None where that does not fit the time that X tells."""
    moment = moment_of(post["id"])
    told = post.get("created_at")
    if not told:
        return None
    created = datetime.fromisoformat(told)
    return moment if abs(moment - created) <= _EDIT_WINDOW else None


def _place(fields: dict[str, Any], post: Told, references: Told, posts: Told, me: str | None) -> None:
    """Where the post stands: its conversation, what it answers and quotes, and which post of ours it is about."""
    root_id = post.get("conversation_id")
    root = fields["conversation"] = post_id(root_id) if root_id else None
    for name, reference in references.items():
        other = posts.get(reference)
        first = history(other)[0] if other else reference
        author = other.get("author_id") if other else None
        target = root if root and first == root_id else post_id(first)
        if name in _FIELD_OF:
            fields[_FIELD_OF[name]] = target
        if author is None and name == "replied_to":
            author = post.get("in_reply_to_user_id")
        if me is not None and author == me:
            fields["subject"] = target


def _garnish(fields: dict[str, Any], post: Told, shown: Told, media: Told) -> None:
    """What is told beside the text: when and in which language it was written, counts, and what is attached."""
    if "created_at" in post:
        fields["created_at"] = datetime.fromisoformat(post["created_at"])
    language = post.get("lang")
    if language and language not in _NO_LANGUAGE:
        fields["language"] = _LANGUAGES.get(language, language)
    told = post.get("public_metrics")
    if told:
        fields["metrics"] = _counts(told)
    attached = shown.get("attachments")
    keys = attached.get("media_keys") if attached else None
    if keys:
        fields["attachments"] = [attachment_of(key, media.get(key) or NOTHING) for key in keys]


def _counts(metrics: Told) -> dict[str, Any]:
    told = metrics.get
    return {
        "likes": told("like_count"),
        "replies": told("reply_count"),
        "reposts": told("repost_count", told("retweet_count")),
        "quotes": told("quote_count"),
        "bookmarks": told("bookmark_count"),
        "views": told("impression_count"),
    }


def attachment_of(key: str, item: Told) -> dict[str, Any]:
    """The fields of an Attachment, as far as X told them."""
    told = item.get
    attachment = {
        "id": media_id(key),
        "kind": _MEDIA.get(told("type", ""), "other"),
        "url": told("url"),
        "preview_url": told("preview_image_url"),
        "alt_text": told("alt_text"),
        "width": told("width"),
        "height": told("height"),
    }
    if "duration_ms" in item:
        attachment["duration"] = item["duration_ms"] / 1000
    if told("variants"):
        films = [film for film in item["variants"] if film.get("url")]
        best = max(films, key=lambda film: film.get("bit_rate") or film.get("bitrate") or 0, default=NOTHING)
        if "url" not in item:
            attachment["url"] = best.get("url")
        attachment["media_type"] = best.get("content_type")
    return attachment


def _extras(body: Told, references: Told, user: Told | None) -> dict[str, Any]:
    post = body["post"]
    extras = {}
    for name in _KEPT:
        if name in post:
            extras[name] = post[name]
    controls = post.get("edit_controls")
    if controls:
        extras["editable_until"] = controls.get("editable_until")
    if "reposted" in references:
        extras["reposts"] = references["reposted"]
    if "problems" in body:
        extras["problems"] = body["problems"]
    contact = contact_of(user)
    if contact:
        extras["author"] = contact
    return extras


def _missing(post: Told, user: Told | None) -> tuple[str, ...]:
    """What this way did not tell, as names of Mention's fields."""
    if user is not None and "created_at" in post and "public_metrics" in post and "conversation_id" in post:
        return () if "protected" in user else ("visibility",)
    return tuple(_missing_names(post, user))


def _missing_names(post: Told, user: Told | None) -> Iterator[str]:
    if "author_id" not in post or user is None:
        yield "author"
    if "protected" not in (user or NOTHING):
        yield "visibility"
    for field, name in (
        ("conversation", "conversation_id"),
        ("created_at", "created_at"),
        ("metrics", "public_metrics"),
    ):
        if name not in post:
            yield field
    if "created_at" not in post:  # the fields were not asked for, so that an absent one says nothing
        yield from _TOLD_TOGETHER
