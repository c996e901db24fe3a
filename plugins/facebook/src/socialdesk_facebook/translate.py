"""What Facebook tells, as values: a post, a comment or a recommendation to a Mention. Pure.

A raw item is ``{"post": ...}``, ``{"comment": ..., "post_id": ...}`` or ``{"review": ...}`` in the form in which the
Graph API tells it, whichever way it came; ``untold`` names the fields of a Mention that this way does not tell.

https://developers.facebook.com/docs/graph-api/reference/page-post and the pages beside it
"""

from __future__ import annotations

from typing import Any

from socialdesk.models import ExternalId, Mention
from socialdesk_facebook.values import Told, author_of, id_in, mapped, moment, rows, tags_in

__all__ = ["comment_id", "media_id", "post_id", "review_id", "root_of", "to_comment", "to_post", "to_review"]

post_id = ExternalId.maker("facebook", "post")
comment_id = ExternalId.maker("facebook", "comment")
review_id = ExternalId.maker("facebook", "review")
media_id = ExternalId.maker("facebook", "media")

_MEDIA = {
    "photo": "image",
    "sticker": "image",
    "cover_photo": "image",
    "profile_media": "image",
    "animated_image_autoplay": "animation",
    "animated_image_share": "animation",
    "animated_image_video": "animation",
    "video": "video",
    "video_autoplay": "video",
    "video_inline": "video",
    "video_share_youtube": "link",
    "share": "link",
    "link": "link",
    "file_upload": "file",
}
"""Facebook's types of attachments; what is not named here is ``other``."""

_KEPT_OF_POST = ("status_type", "parent_id", "can_reply_privately", "is_published")
_KEPT_OF_COMMENT = ("can_comment", "can_hide", "can_like", "can_remove", "can_reply_privately", "is_private")
_KEPT_OF_REVIEW = ("rating", "recommendation_type", "has_rating", "has_review")


def _common(body: Told, told: Told, me: str | None, kept: tuple[str, ...]) -> dict[str, Any]:
    """The fields that posts, comments and recommendations have alike; ``told`` is the item itself."""
    author = author_of(told.get("from"), me)
    text = told.get("message") or ""
    fields: dict[str, Any] = {
        "author": author,
        "text": text,
        "entities": list(tags_in(text, told.get("message_tags"))),
        "direction": "outbound_native" if author.is_self else "inbound",
        "url": told.get("permalink_url"),
        "created_at": moment(told.get("created_time")),
        "state": "hidden" if told.get("is_hidden") is True else "active",
        "ext": {"facebook": {name: told[name] for name in kept if told.get(name) is not None}},
    }
    untold = [] if author.id is not None else ["author"]
    if fields["created_at"] is None:
        untold.append("created_at")
    fields["provenance"] = {"missing": tuple(dict.fromkeys((*untold, *(body.get("untold") or ()))))}
    return fields


def to_post(body: Told, me: str | None) -> Mention:
    """The mention that a post is, for the Page with the id ``me`` (None: not known yet)."""
    post: Told = body["post"]
    identity = post_id(post["id"])
    fields = _common(body, post, me, _KEPT_OF_POST)
    own = fields["author"].is_self
    here = _is_of(identity.value, me) and post.get("is_published") is not False
    replies = mapped(mapped(post.get("comments")).get("summary")).get("total_count")
    return Mention.model_validate(
        {
            **fields,
            "id": identity,
            "kind": "other" if own else "mention",
            "visibility": "public" if here else "unknown",
            "conversation": identity,
            "attachments": _attachments(identity.value, rows(post.get("attachments"))),
            "metrics": {"replies": replies, "reposts": mapped(post.get("shares")).get("count")},
        }
    )


def to_comment(body: Told, me: str | None) -> Mention:
    """The mention that a comment is: in the conversation of its post, in answer to that or to another comment."""
    comment: Told = body["comment"]
    identity = comment_id(comment["id"])
    fields = _common(body, comment, me, _KEPT_OF_COMMENT)
    root = root_of(comment, body.get("post_id"), me)
    parent = id_in(mapped(comment.get("parent")))
    answered = comment_id(parent) if parent is not None else root
    public = "public" if root is not None and _is_of(root.value, me) else "unknown"
    attached = mapped(comment.get("attachment"))
    return Mention.model_validate(
        {
            **fields,
            "id": identity,
            "kind": "comment",
            "visibility": "direct" if comment.get("is_private") is True else public,
            "conversation": root,
            "in_reply_to": answered,
            "subject": root if public == "public" else None,
            "attachments": _attachments(identity.value, [attached] if attached else []),
            "metrics": {"likes": comment.get("like_count"), "replies": comment.get("comment_count")},
        }
    )


def to_review(body: Told, me: str | None) -> Mention:
    """The mention that a recommendation is. It has no id of its own: its story's names it."""
    review: Told = body["review"]
    told = {**review, "from": review.get("reviewer"), "message": review.get("review_text")}
    identity = review_id(review["open_graph_story"]["id"])
    return Mention.model_validate(
        {
            **_common(body, told, me, _KEPT_OF_REVIEW),
            "id": identity,
            "kind": "review",
            "visibility": "public",
            "conversation": identity,
        }
    )


def root_of(comment: Told, told: Any, me: str | None) -> ExternalId | None:
    """The post under which a comment stands: as it was ``told``, as the comment names it, or by its own id, whose
    first half is the post's second one where the post is the Page's."""
    if told is not None:
        return post_id(told)
    named = id_in(mapped(comment.get("object")))
    if named is not None and "_" in named:
        return post_id(named)
    first, _, last = str(comment["id"]).partition("_")
    return post_id(f"{me}_{first}") if me is not None and first and last else None


def _is_of(identity: str, me: str | None) -> bool:
    """Whether a post stands on the Page."""
    return me is not None and identity.startswith(f"{me}_")


def _attachments(owner: str, told: list[Told]) -> list[dict[str, Any]]:
    """The fields of each Attachment. Its id is its place: what Facebook calls it is not told by every way."""
    flat = [item for outer in told for item in (rows(outer.get("subattachments")) or [outer])]
    return [_attachment(f"{owner}/{number}", item) for number, item in enumerate(flat)]


def _attachment(identity: str, item: Told) -> dict[str, Any]:
    media = mapped(item.get("media"))
    image = mapped(media.get("image"))
    kind = _MEDIA.get(item.get("type") or "") or _MEDIA.get(item.get("media_type") or "", "other")
    shown = image.get("src")
    return {
        "id": media_id(identity),
        "kind": kind,
        "url": {"image": shown, "video": media.get("source")}.get(kind) or item.get("url") or shown,
        "preview_url": None if kind == "image" else shown,
        "alt_text": item.get("title") if kind == "link" else None,
        "width": image.get("width"),
        "height": image.get("height"),
    }
