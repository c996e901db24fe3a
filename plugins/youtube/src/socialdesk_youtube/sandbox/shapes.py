"""Comments, threads, videos and channels as the API tells them, for one caller."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import orjson

from .state import Channel, Comment, Video
from .text import displayed

if TYPE_CHECKING:
    from .youtube import YouTubeSandbox

SAMPLE = 5
CUT = 160


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def etag(value: Any) -> str:
    """What changes when a resource does."""
    digest = hashlib.sha1(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def resource(kind: str, name: Any, parts: Mapping[str, Any]) -> dict[str, Any]:
    """A resource with its parts: kind, etag and id are always told."""
    body = {"id": name, **parts}
    return {"kind": f"youtube#{kind}", "etag": etag(body), **body}


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom things are told, and how. ``filtered`` says that the owner asked by moderation status, which alone has
    it told of each comment."""

    sandbox: YouTubeSandbox
    channel: Channel | None = None
    plain: bool = False
    filtered: bool = False

    # --------------------------------------------------------------------------------------------------- comments

    def comment(self, comment: Comment, *, placed: bool) -> dict[str, Any]:
        """A comment; ``placed`` tells under which video it stands, which comments.list does not."""
        return resource("comment", comment.id, {"snippet": self.comment_snippet(comment, placed=placed)})

    def comment_snippet(self, comment: Comment, *, placed: bool) -> dict[str, Any]:
        author, sandbox = comment.author, self.sandbox
        snippet: dict[str, Any] = {}
        if placed:
            snippet = {"channelId": comment.video.channel.id, "videoId": comment.video.id}
        snippet["textDisplay"] = (
            comment.text if self.plain else displayed(comment.text, comment.video.id, sandbox.world.handles)
        )
        if sandbox.originals == "all" or self.channel is author:
            snippet["textOriginal"] = comment.text
        if comment.parent is not None:
            snippet["parentId"] = comment.parent.id
        snippet |= {
            "authorDisplayName": f"@{author.handle}",
            "authorProfileImageUrl": f"https://yt3.ggpht.com/{author.id[2:12]}=s48-c-k-c0x00ffffff-no-rj",
            "authorChannelUrl": f"http://www.youtube.com/@{author.handle}",
        }
        if author.active:
            snippet["authorChannelId"] = {"value": author.id}
        snippet |= {
            "canRate": True,
            "viewerRating": "like"
            if self.channel is not None and self.channel.id in comment.likes
            else "none",
            "likeCount": len(comment.likes),
        }
        if self.filtered:
            snippet["moderationStatus"] = comment.status
        if comment.picture is not None:
            dies = int((sandbox.clock.now() + timedelta(hours=6)).timestamp())
            snippet["imageUrl"] = f"{comment.picture}?expire={dies}"
        return snippet | {"publishedAt": stamp(comment.published_at), "updatedAt": stamp(comment.updated_at)}

    def thread(self, top: Comment, parts: frozenset[str]) -> dict[str, Any]:
        """A thread, with up to five of its replies."""
        replies = [
            reply for reply in top.replies if self.sandbox.world.shown(reply) and reply.status == "published"
        ]
        told: dict[str, Any] = {}
        if "snippet" in parts:
            told["snippet"] = {
                "channelId": top.video.channel.id,
                "videoId": top.video.id,
                "topLevelComment": self.comment(top, placed=True),
                "canReply": top.video.commentable and not top.closed,
                "totalReplyCount": self._count(top),
                "isPublic": top.status == "published" and top.video.privacy == "public",
            }
        if "replies" in parts and replies:
            sample = sorted(replies, key=lambda reply: reply.published_at, reverse=True)[:SAMPLE]
            told["replies"] = {"comments": [self.comment(reply, placed=True) for reply in sample]}
        return resource("commentThread", top.id, told)

    def _count(self, top: Comment) -> int:
        """How many replies are told: those taken away are counted on, and a new one may be counted late."""
        sandbox = self.sandbox
        before = sandbox.clock.now() - timedelta(seconds=sandbox.count_lag)
        counted = [reply for reply in top.replies if reply.published_at <= before]
        if not sandbox.counts_removed:
            counted = [reply for reply in counted if not reply.gone and reply.status == "published"]
        return len(counted)

    # ------------------------------------------------------------------------------------------- videos, channels

    def video(self, video: Video, parts: frozenset[str]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if "snippet" in parts:
            told["snippet"] = self._film(video) | {"tags": list(video.tags), "categoryId": "28"}
            told["snippet"] |= {"localized": {"title": video.title, "description": video.description}}
            if video.language:
                told["snippet"] |= {"defaultLanguage": video.language, "defaultAudioLanguage": video.language}
        if "statistics" in parts:
            counts = {"viewCount": video.views, "likeCount": video.likes, "favoriteCount": 0}
            if video.commentable:
                counts["commentCount"] = sum(1 + len(top.replies) for top in video.threads)
            told["statistics"] = {name: str(count) for name, count in counts.items()}
        if "status" in parts:
            told["status"] = {
                "uploadStatus": "processed",
                "privacyStatus": video.privacy,
                "license": "youtube",
                "embeddable": True,
                "publicStatsViewable": True,
                "madeForKids": False,
            }
        return resource("video", video.id, told)

    def _film(self, video: Video) -> dict[str, Any]:
        return {
            "publishedAt": stamp(video.published_at),
            "channelId": video.channel.id,
            "title": video.title,
            "description": video.description,
            "thumbnails": _thumbnails(f"https://i.ytimg.com/vi/{video.id}"),
            "channelTitle": video.channel.title,
            "liveBroadcastContent": "none",
        }

    def found_video(self, video: Video, parts: frozenset[str]) -> dict[str, Any]:
        """A search's result: the title is escaped, the description cut."""
        film = self._film(video) | {"title": _escaped(video.title), "publishTime": stamp(video.published_at)}
        words = video.description
        film["description"] = _escaped(words if len(words) <= CUT else f"{words[:CUT].rstrip()} ...")
        name = {"kind": "youtube#video", "videoId": video.id}
        return resource("searchResult", name, {"snippet": film} if "snippet" in parts else {})

    def found_channel(self, channel: Channel, parts: frozenset[str]) -> dict[str, Any]:
        snippet = {
            "publishedAt": stamp(channel.since),
            "channelId": channel.id,
            "title": _escaped(channel.title),
            "description": _escaped(channel.description),
            "thumbnails": _thumbnails(f"https://yt3.ggpht.com/{channel.id}"),
            "channelTitle": _escaped(channel.title),
            "liveBroadcastContent": "none",
        }
        name = {"kind": "youtube#channel", "channelId": channel.id}
        return resource("searchResult", name, {"snippet": snippet} if "snippet" in parts else {})

    def told_channel(self, channel: Channel, parts: frozenset[str]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if "snippet" in parts:
            told["snippet"] = {
                "title": channel.title,
                "description": channel.description,
                "customUrl": f"@{channel.handle}",
                "publishedAt": stamp(channel.since),
                "thumbnails": _thumbnails(f"https://yt3.ggpht.com/{channel.id}"),
                "localized": {"title": channel.title, "description": channel.description},
            }
        if "contentDetails" in parts:
            told["contentDetails"] = {"relatedPlaylists": {"likes": "", "uploads": f"UU{channel.id[2:]}"}}
        if "statistics" in parts:
            told["statistics"] = {
                "viewCount": str(sum(video.views for video in channel.videos)),
                "subscriberCount": str(channel.subscribers),
                "hiddenSubscriberCount": False,
                "videoCount": str(len(channel.videos)),
            }
        return resource("channel", channel.id, told)


def _escaped(text: str) -> str:
    return escape(text).replace("&#x27;", "&#39;")


def _thumbnails(base: str) -> dict[str, Any]:
    sizes = (
        ("default", "default", 120, 90),
        ("medium", "mqdefault", 320, 180),
        ("high", "hqdefault", 480, 360),
    )
    return {name: {"url": f"{base}/{file}.jpg", "width": w, "height": h} for name, file, w, h in sizes}


__all__ = ["Viewer", "etag", "resource", "stamp"]
