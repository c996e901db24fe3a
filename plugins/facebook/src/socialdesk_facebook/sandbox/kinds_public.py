"""What can be asked of posts, comments, photos and recommendations.

https://developers.facebook.com/docs/graph-api/reference/page-post, .../comment, .../recommendation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from .attachments import MEMBERS, Hanging, stories, tell_story
from .listings import comments, likes, reactions, tell_listed, tell_reaction, to_whom
from .paging import Listing
from .stamps import stamp
from .state import Actor, Page
from .telling import KINDS, Edge, Kind, List, Node, Rating, View, from_shown
from .written import Comment, Photo, Post, Tag, Written

PRIVATE_REPLY = timedelta(days=7)

POST_SILENT = frozenset(
    "actions admin_creator allowed_advertising_objectives application backdated_time call_to_action child_attachments "
    "comments_mirroring_domain coordinates event expanded_height expanded_width feed_targeting height "
    "instagram_eligibility is_app_share is_eligible_for_dark_post is_eligible_for_promotion is_fb_live_videos "
    "is_inline_created is_instagram_eligible is_live_clip multi_share_end_card multi_share_optimized parent_id place "
    "promotable_id promotion_status properties scheduled_publish_time story_tags subscribed target targeting via "
    "video_buying_eligibility was_fb_live_videos width".split()
)
COMMENT_SILENT = frozenset("admin_creator application live_broadcast_timestamp".split())

Tells = Mapping[str, Callable[[View, Any], Any]]


def _from(view: View, thing: Any) -> Node | None:
    author: Actor = thing.author
    return Node(author, ("id", "name")) if from_shown(view, author) else None


def _tag(tag: Tag) -> dict[str, Any]:
    kind = "page" if isinstance(tag.who, Page) else "user"
    said = {"id": tag.who.id, "name": tag.who.name, "type": kind}
    return {**said, "offset": tag.offset, "length": tag.length}


def _tags(view: View, thing: Written) -> list[dict[str, Any]] | None:
    return [_tag(tag) for tag in thing.tags] or None


def can_reply_privately(view: View, thing: Post | Comment) -> bool:
    """Whether a private reply may be sent: one, within seven days, to a person on the Page."""
    fresh = view.sandbox.clock.now() - thing.created_at <= PRIVATE_REPLY
    ours = thing.page is not None and view.caller.page is thing.page
    return ours and fresh and thing.private_reply is None and not isinstance(thing.author, Page)


def _liked(view: View, thing: Comment) -> bool:
    actor = view.caller.page or view.caller.user
    return actor is not None and actor.id in thing.likes


def _conversation(view: View, thing: Comment) -> dict[str, Any] | None:
    there = thing.private_reply
    if there is None:
        return None
    return {"id": there.id, "link": f"/{there.page.id}/inbox/{there.number}/"}


def _shares(view: View, post: Post) -> dict[str, int] | None:
    return {"count": post.shares} if post.shares else None


def _story(view: View, post: Post) -> str | None:
    return f"{post.author.name} added new photos." if len(post.photos) > 1 else None


def _hanging(view: View, post: Post, params: Mapping[str, str]) -> Listing:
    return Listing(
        [Hanging((0, place), told) for place, told in enumerate(stories(post))], newest_first=False
    )


def _one(view: View, comment: Comment) -> dict[str, Any] | None:
    told = stories(comment)
    if not told:
        return None
    return {name: value for name, value in told[0].items() if name not in ("media_type", "unshimmed_url")}


_COMMON: Tells = {
    "created_time": lambda view, thing: stamp(thing.created_at),
    "from": _from,
    "id": lambda view, thing: thing.id,
    "is_hidden": lambda view, thing: thing.hidden,
    "message": lambda view, thing: thing.text or None,
    "message_tags": _tags,
    "permalink_url": lambda view, thing: thing.permalink,
    "can_reply_privately": can_reply_privately,
}

_POST: Tells = {
    **_COMMON,
    "full_picture": lambda view, post: post.photos[0].src if post.photos else None,
    "icon": lambda view, post: "https://www.facebook.com/images/icons/photo.gif" if post.photos else None,
    "is_expired": lambda view, post: False,
    "is_popular": lambda view, post: False,
    "is_published": lambda view, post: post.published,
    "is_spherical": lambda view, post: False,
    "picture": lambda view, post: post.photos[0].src if post.photos else None,
    "privacy": lambda view, post: {
        "value": "",
        "description": "Public",
        "friends": "",
        "allow": "",
        "deny": "",
    },
    "shares": _shares,
    "status_type": lambda view, post: post.status_type,
    "story": _story,
    "timeline_visibility": lambda view, post: "hidden" if post.hidden else "normal",
    "updated_time": lambda view, post: stamp(post.updated_at),
}

_COMMENT: Tells = {
    **_COMMON,
    "attachment": _one,
    "can_comment": lambda view, comment: True,
    "can_hide": lambda view, comment: (
        view.caller.page is not None
        and view.caller.page is comment.page
        and comment.author is not comment.page
    ),
    "can_like": lambda view, comment: True,
    "can_remove": lambda view, comment: bool(
        view.caller.page and view.sandbox.world.may_remove(view.caller.page, comment)
    ),
    "comment_count": lambda view, comment: sum(not reply.deleted for reply in comment.replies),
    "is_private": lambda view, comment: False,
    "like_count": lambda view, comment: len(comment.likes),
    "object": lambda view, comment: Node(comment.root, ("created_time", "message", "id")),
    "parent": lambda view, comment: (
        Node(comment.parent, ("created_time", "from", "message", "id")) if comment.parent else None
    ),
    "private_reply_conversation": _conversation,
    "user_likes": _liked,
}

_PHOTO: Tells = {
    "created_time": lambda view, photo: stamp(photo.created_at),
    "from": _from,
    "height": lambda view, photo: photo.height,
    "icon": lambda view, photo: "https://www.facebook.com/images/icons/photo.gif",
    "id": lambda view, photo: photo.id,
    "images": lambda view, photo: [{"height": photo.height, "source": photo.src, "width": photo.width}],
    "link": lambda view, photo: photo.url,
    "name": lambda view, photo: photo.caption or None,
    "page_story_id": lambda view, photo: photo.post.id if photo.post else None,
    "picture": lambda view, photo: photo.src,
    "width": lambda view, photo: photo.width,
}

_RATING: Tells = {
    "created_time": lambda view, rating: stamp(rating.post.created_at),
    "has_rating": lambda view, rating: False,
    "has_review": lambda view, rating: bool(rating.post.text),
    "open_graph_story": lambda view, rating: Node(rating.post, ("id",)),
    "recommendation_type": lambda view, rating: "positive" if rating.post.positive else "negative",
    "review_text": lambda view, rating: rating.post.text or None,
    "reviewer": lambda view, rating: (
        Node(rating.post.author, ("name", "id")) if from_shown(view, rating.post.author) else None
    ),
}

COMMENTS = Edge(
    comments, ("created_time", "from", "message"), frozenset(("filter", "live_filter", "order", "since"))
)
LIKES = Edge(likes, ("id", "name"), tell=tell_listed)
REACTIONS = Edge(reactions, ("id", "name", "type"), frozenset(("type",)), tell=tell_reaction)


def _edges(**more: Edge) -> dict[str, Edge]:
    return {"comments": COMMENTS, "likes": LIKES, "reactions": REACTIONS, **more}


def _attached(listed: List) -> Edge:
    return Edge(listed, tuple(sorted(MEMBERS)), tell=tell_story, bare=True)


POST = Kind(
    "PagePost",
    _POST,
    ("created_time", "story", "message"),
    _edges(attachments=_attached(_hanging), to=Edge(to_whom, ("id", "name"), tell=tell_listed, bare=True)),
    POST_SILENT,
    {"shares": frozenset(("count",))},
)
COMMENT = Kind(
    "Comment",
    _COMMENT,
    ("created_time", "from", "message"),
    _edges(),
    COMMENT_SILENT,
    {"attachment": MEMBERS, "private_reply_conversation": frozenset(("id", "link"))},
)
PHOTO = Kind("Photo", _PHOTO, ("created_time", "name"), _edges(), frozenset(("updated_time",)))
RATING = Kind(
    "Recommendation",
    _RATING,
    ("created_time", "recommendation_type", "review_text", "reviewer"),
    silent=frozenset(("rating",)),
    has_id=False,
)

KINDS.add(Post, POST)
KINDS.add(Comment, COMMENT)
KINDS.add(Photo, PHOTO)
KINDS.add(Rating, RATING)

__all__ = ["COMMENT", "PHOTO", "POST", "RATING", "can_reply_privately"]
