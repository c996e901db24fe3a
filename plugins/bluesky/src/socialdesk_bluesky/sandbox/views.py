"""What the app view answers: people, posts, threads and notifications, as they look to whoever asks."""

from __future__ import annotations

from typing import Any

from .names import told
from .notifying import Note
from .refused import invalid
from .state import Record, User
from .world import World

MODERATION = "did:plc:ar7c4by46qjdydhdevvrndac"
VERIFIER = "did:plc:z72i7hdynmk6r22z27h6tvur"
_CDN = "https://cdn.bsky.app/img"


class Views:
    """The app view for one viewer; None is somebody who is not signed in. ``tells_blocked`` has posts of people who
    blocked the viewer among those looked up."""

    def __init__(self, world: World, viewer: User | None, *, tells_blocked: bool = False) -> None:
        self.world, self.viewer, self.tells_blocked = world, viewer, tells_blocked

    # ----------------------------------------------------------------------------------------------------- people

    def basic(self, user: User) -> dict[str, Any]:
        """app.bsky.actor.defs#profileViewBasic"""
        view: dict[str, Any] = {
            "did": user.did,
            "handle": "handle.invalid" if user.hides_handle else user.handle,
            "displayName": user.name,
            "associated": {
                "chat": {"allowIncoming": user.takes_messages},
                "activitySubscription": {"allowSubscriptions": "followers"},
            },
            "labels": self._labels(user.did, user.labels, user.own_labels, user),
            "createdAt": told(user.created_at),
        }
        if user.verified:
            proof = {
                "issuer": VERIFIER,
                "issuerHandle": "bsky.app",
                "uri": f"at://{VERIFIER}/app.bsky.graph.verification/3lbverified22a",
                "isValid": True,
                "createdAt": told(user.created_at),
            }
            view["verification"] = {
                "verifications": [proof],
                "verifiedStatus": "valid",
                "trustedVerifierStatus": "none",
            }
        if self.viewer is not None:
            view["viewer"] = self._relation(user, self.viewer)
        return view

    def profile(self, user: User) -> dict[str, Any]:
        """app.bsky.actor.defs#profileView"""
        return {**self.basic(user), "description": user.description, "indexedAt": told(user.created_at)}

    def detailed(self, user: User) -> dict[str, Any]:
        """app.bsky.actor.defs#profileViewDetailed"""
        followers = sum(1 for other in self.world.users.values() if user.did in other.follows)
        counts = {
            "followersCount": followers,
            "followsCount": len(user.follows),
            "postsCount": len(user.posts),
        }
        return {**self.profile(user), **counts}

    def _relation(self, user: User, viewer: User) -> dict[str, Any]:
        found: dict[str, Any] = {"muted": user.did in viewer.mutes, "blockedBy": viewer.did in user.blocks}
        for name, records, did in (
            ("blocking", viewer.blocks, user.did),
            ("following", viewer.follows, user.did),
            ("followedBy", user.follows, viewer.did),
        ):
            if did in records:
                found[name] = records[did].uri
        return found

    def _labels(self, uri: str, given: Any, own: Any, user: User) -> list[dict[str, Any]]:
        at = told(user.created_at)
        marks = [*((MODERATION, label) for label in given), *((user.did, label) for label in own)]
        return [{"src": source, "uri": uri, "val": label, "cts": at} for source, label in marks]

    # ------------------------------------------------------------------------------------------------------ posts

    def hides(self, post: Record) -> bool:
        """Whether one of the author and the viewer has blocked the other."""
        return self.viewer is not None and self.world.is_blocked(self.viewer, post.owner)

    def post(self, post: Record) -> dict[str, Any]:
        """app.bsky.feed.defs#postView"""
        world = self.world
        view: dict[str, Any] = {
            "uri": post.uri,
            "cid": post.shown_cid,
            "author": self.basic(post.owner),
            "record": post.shown,
            "bookmarkCount": 0,
            "replyCount": sum(1 for reply in world.replies[post.uri] if world.is_seen(reply)),
            "repostCount": len(world.reposts[post.uri]),
            "likeCount": len(world.likes[post.uri]),
            "quoteCount": sum(1 for quote in world.quotes[post.uri] if world.is_there(quote)),
            "indexedAt": told(post.seen_at),
            "labels": [],
        }
        embed = self._embed(post.shown.get("embed"), post.owner)
        if embed is not None:
            view["embed"] = embed
        if self.viewer is not None:
            view["viewer"] = self._standing(post, self.viewer)
        if post.uri in world.gates:
            view["threadgate"] = self.gate(post.uri)
        return view

    def _standing(self, post: Record, viewer: User) -> dict[str, Any]:
        world = self.world
        found: dict[str, Any] = {"bookmarked": False, "threadMuted": False}
        if not world.may_answer(viewer, post.root):
            found["replyDisabled"] = True
        found["embeddingDisabled"] = post.uri in world.unquotable and viewer is not post.owner
        for name, index in (("like", world.likes), ("repost", world.reposts)):
            if viewer.did in index[post.uri]:
                found[name] = index[post.uri][viewer.did].uri
        return found

    def gate(self, uri: str) -> dict[str, Any]:
        """app.bsky.feed.defs#threadgateView"""
        gate = self.world.gates[uri]
        return {"uri": gate.uri, "cid": gate.cid, "record": gate.shown, "lists": []}

    def _embed(self, embed: Any, owner: User) -> dict[str, Any] | None:
        match embed:
            case {"$type": "app.bsky.embed.images", "images": list(images)}:
                shown = [_image(image, owner, "thumb") for image in images]
                return {"$type": "app.bsky.embed.images#view", "images": shown}
            case {"$type": "app.bsky.embed.gallery", "items": list(items)}:
                gallery = "app.bsky.embed.gallery#viewImage"
                shown = [{"$type": gallery, **_image(image, owner, "thumbnail")} for image in items]
                return {"$type": "app.bsky.embed.gallery#view", "items": shown}
            case {"$type": "app.bsky.embed.external", "external": dict(card)}:
                view = {name: card[name] for name in ("uri", "title", "description")}
                if "thumb" in card:
                    view["thumb"] = f"{_CDN}/feed_thumbnail/plain/{owner.did}/{card['thumb']['ref']['$link']}"
                return {"$type": "app.bsky.embed.external#view", "external": view}
            case {"$type": "app.bsky.embed.record", "record": dict(ref)}:
                return {"$type": "app.bsky.embed.record#view", "record": self._quoted(str(ref["uri"]))}
            case {"$type": "app.bsky.embed.recordWithMedia", "record": dict(inner), "media": dict(media)}:
                return {
                    "$type": "app.bsky.embed.recordWithMedia#view",
                    "record": {"record": self._quoted(str(inner["record"]["uri"]))},
                    "media": self._embed(media, owner),
                }
        return None

    def _quoted(self, uri: str) -> dict[str, Any]:
        post = self.world.records.get(uri)
        if post is None or not self.world.is_there(post):
            return {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri, "notFound": True}
        if self.hides(post):
            blocked = {"$type": "app.bsky.embed.record#viewBlocked", "uri": uri, "blocked": True}
            return {**blocked, "author": {"did": post.owner.did}}
        return {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": uri,
            "cid": post.shown_cid,
            "author": self.basic(post.owner),
            "value": post.shown,
            "labels": [],
            "embeds": [],
            "indexedAt": told(post.seen_at),
        }

    # ----------------------------------------------------------------------------------------------------- threads

    def thread(self, uri: str, depth: int, height: int) -> dict[str, Any]:
        """What app.bsky.feed.getPostThread answers. Raises Refused where there is no such post."""
        post = self.world.records.get(uri)
        if post is None or not self.world.is_there(post):
            raise invalid(f"Post not found: {uri}", "NotFound")
        answer: dict[str, Any] = {"thread": self._node(post)}
        if not self.hides(post):
            self._grow(answer["thread"], post, depth)
            self._climb(answer["thread"], post, height)
        if post.root in self.world.gates:
            answer["threadgate"] = self.gate(post.root)
        return answer

    def _node(self, post: Record) -> dict[str, Any]:
        if self.hides(post):
            author = {"did": post.owner.did}
            if self.viewer is not None:
                author["viewer"] = self._relation(post.owner, self.viewer)  # type: ignore[assignment]  # JSON
            kind = "app.bsky.feed.defs#blockedPost"
            return {"$type": kind, "uri": post.uri, "blocked": True, "author": author}
        return {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.post(post), "threadContext": {}}

    def _grow(self, node: dict[str, Any], post: Record, depth: int) -> None:
        """Hang the replies under a post, level by level."""
        waiting = [(node, post, depth)]
        while waiting:
            node, post, left = waiting.pop()
            if left == 0 or "post" not in node:
                continue
            replies = [reply for reply in self.world.replies[post.uri] if self._shows(reply)]
            node["replies"] = [self._node(reply) for reply in sorted(replies, key=lambda one: one.sort_at)]
            ordered = sorted(replies, key=lambda one: one.sort_at)
            waiting += [
                (child, reply, left - 1) for child, reply in zip(node["replies"], ordered, strict=True)
            ]

    def _shows(self, reply: Record) -> bool:
        """A reply of somebody who and whose parent's author blocked one another is shown to nobody."""
        parent = self.world.owner_of(reply.parent or "")
        apart = parent is not None and self.world.is_blocked(parent, reply.owner)
        return self.world.is_seen(reply) and not apart

    def _climb(self, node: dict[str, Any], post: Record, height: int) -> None:
        above = post.parent
        while above is not None and height > 0:
            parent = self.world.records.get(above)
            if parent is None or not self.world.is_there(parent):
                kind = "app.bsky.feed.defs#notFoundPost"
                node["parent"] = {"$type": kind, "uri": above, "notFound": True}
                return
            node["parent"] = self._node(parent)
            node, above, height = node["parent"], parent.parent, height - 1
            if "post" not in node:
                return

    # ----------------------------------------------------------------------------------------------- notifications

    def note(self, note: Note) -> dict[str, Any]:
        """app.bsky.notification.listNotifications#notification"""
        record, viewer = note.record, self.viewer
        seen = viewer.seen_at if viewer is not None else None
        view: dict[str, Any] = {
            "uri": record.uri,
            "cid": record.shown_cid,
            "author": self.profile(record.owner),
            "reason": note.reason,
            "record": record.shown,
            "isRead": seen is not None and record.seen_at <= seen,
            "indexedAt": told(record.seen_at),
            "labels": [],
        }
        if note.subject is not None:
            view["reasonSubject"] = note.subject
        return view


def _image(image: dict[str, Any], owner: User, thumb: str) -> dict[str, Any]:
    cid = image["image"]["ref"]["$link"]
    shown = {
        thumb: f"{_CDN}/feed_thumbnail/plain/{owner.did}/{cid}",
        "fullsize": f"{_CDN}/feed_fullsize/plain/{owner.did}/{cid}",
        "alt": image.get("alt", ""),
    }
    return shown | ({"aspectRatio": image["aspectRatio"]} if "aspectRatio" in image else {})
